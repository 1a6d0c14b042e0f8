package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"debadge/graph"
)

// version is set by the linker: -X main.version=v1.2.3.
var version string

// build says what this program was made from.
type build struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func thisBuild() build {
	b := build{Name: "debadge", Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		if b.Version == "" {
			b.Version = strings.Trim(info.Main.Version, "()")
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				b.Commit = s.Value + b.Commit
			case s.Key == "vcs.modified" && s.Value == "true":
				b.Commit += "+changes"
			}
		}
	}
	if b.Version == "" {
		b.Version = "unknown"
	}
	return b
}

func (p *program) versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Which debadge is this?",
		Example: "  debadge version\n  debadge version --format json",
		Args:    takes(),
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			if p.flags.format == "json" {
				return graph.EncodeJSON(p.stdout, b)
			}
			commit := ""
			if b.Commit != "" {
				commit = ", commit " + b.Commit
			}
			_, err := fmt.Fprintf(p.stdout, "debadge %s (%s, %s%s)\n", b.Version, b.Go, b.Platform, commit)
			return err
		},
	}
	p.register(cmd, cmd.Flags(), "version")
	return cmd
}
