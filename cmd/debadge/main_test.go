package main

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts")

// noon is the time of every test: a day on which no rule of the shipped
// policies begins or ends.
func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"debadge": func() {
			p := program{clock: noon, env: os.Environ(), stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
			os.Exit(p.run(context.Background(), os.Args[1:]))
		},
	})
}

func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_DATA_HOME", filepath.Join(e.WorkDir, "home"))
			// The bundle that most scripts ask about.
			data, err := os.ReadFile(filepath.Join("testdata", "case.json"))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "case.json"), data, 0o600)
		},
	})
}
