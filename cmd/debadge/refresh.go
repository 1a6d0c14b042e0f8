package main

import (
	"cmp"
	"context"
	_ "embed" // the shipped manifest
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/graph/ingest"
	"debadge/graph/refresh"
)

// shippedManifest names the public addresses of lists; nothing in it is enabled.
//
//go:embed registers.yaml
var shippedManifest []byte

func (p *program) refreshCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "refresh [NAME...]",
		Short: "Bring lists and registers up to date",
		Long: `Refresh asks the publishers of the registers in a manifest whether there is a
newer edition, checks what comes, and imports it: those that are enabled, or
those that are named. An edition that is cut off, empty, of something else, or
that shrinks by more than a fifth is refused; whatever fails, the last good
edition stays, and debadge lists tells why.

It says what an edition brought, and whose findings changed by it under the
policy. Without --manifest the shipped one counts, in which nothing is enabled;
--print-manifest prints it, to be kept and changed. debadge serve --manifest
refreshes on the schedules in it.`,
		Example: `  debadge refresh --print-manifest > registers.yaml
  debadge refresh --manifest registers.yaml
  debadge refresh us-csl --dry-run`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if p.flags.printManifest {
				_, err := p.stdout.Write(shippedManifest)
				return err
			}
			if p.flags.demo || p.flags.store == "memory:" {
				return usage("nothing can be refreshed in %s: it is made anew each time", p.storeName())
			}
			registers, err := p.registers(args)
			if err != nil {
				return err
			}
			return p.with(cmd.Context(), writing, func(ctx context.Context, s graph.Store) error {
				return p.refresh(ctx, s, registers)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "refresh")
	return cmd
}

// manifest reads the manifest that the flags name, or the shipped one.
func (p *program) manifest() (refresh.Manifest, error) {
	data, folder := shippedManifest, ""
	if path := p.flags.manifest; path != "" {
		var err error
		if data, err = os.ReadFile(path); err != nil { //nolint:gosec // the file that the user names
			return refresh.Manifest{}, graph.Unavailable("the manifest "+path+" cannot be read", err)
		}
		if folder, err = filepath.Abs(filepath.Dir(path)); err != nil {
			return refresh.Manifest{}, graph.Unavailable("the folder of the manifest is not known", err)
		}
	}
	return refresh.ParseManifest(data, folder, func(name string) bool { _, ok := formatNamed(name); return ok })
}

func formatNamed(name string) (ingest.Format, bool) {
	for _, f := range foreignFormats() {
		if f.format.Name == name {
			return f.format, true
		}
	}
	return ingest.Format{}, false
}

// registers returns the entries that are named, or else those that are enabled.
func (p *program) registers(names []string) ([]refresh.Register, error) {
	m, err := p.manifest()
	if err != nil {
		return nil, err
	}
	var chosen []refresh.Register
	for _, name := range names {
		r, ok := m.Find(name)
		if !ok {
			return nil, usage("the manifest has no register %q", name)
		}
		chosen = append(chosen, r)
	}
	if len(names) > 0 {
		return chosen, nil
	}
	var all []string
	for _, r := range m.Registers {
		all = append(all, r.Name)
		if r.Enabled {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) == 0 {
		return nil, usage("no register is enabled in the manifest; name some of: %s", strings.Join(all, ", "))
	}
	return chosen, nil
}

// refresher makes what refreshes registers in a store.
func (p *program) refresher(s graph.Store) (*refresh.Refresher, error) {
	policy, err := readPolicy(cmp.Or(p.flags.policy, graph.DefaultPolicy().Name))
	if err != nil {
		return nil, err
	}
	folder := p.refreshFolder()
	if folder == "" {
		return nil, usage("there is no home directory to keep editions in; name a folder with --refresh-folder")
	}
	return &refresh.Refresher{
		Store: s, Formats: formatNamed, HTTP: refresh.Client(), Folder: folder,
		Policy: policy, Clock: p.clock, Author: p.flags.author,
	}, nil
}

// refreshFolder is where states and editions are kept: beside a SQLite file, else
// in the user's data directory.
func (p *program) refreshFolder() string {
	if p.flags.refreshFolder != "" {
		return p.flags.refreshFolder
	}
	if path, ok := strings.CutPrefix(p.storeName(), "sqlite:"); ok && path != "" {
		return path + ".registers"
	}
	if path := p.defaultPath(); path != "" {
		return filepath.Join(filepath.Dir(path), "registers")
	}
	return ""
}

func (p *program) refresh(ctx context.Context, s graph.Store, registers []refresh.Register) error {
	r, err := p.refresher(s)
	if err != nil {
		return err
	}
	failed := false
	for _, reg := range registers {
		outcome, err := r.Refresh(ctx, reg, refresh.Options{DryRun: p.flags.dryRun, AcceptShrink: p.flags.acceptShrink, Rows: maxShown})
		if err != nil {
			failed = true
			fmt.Fprintf(p.stderr, "debadge: %s: %s\n", escape(reg.Name), p.message(err))
			if ctx.Err() != nil {
				break
			}
			continue
		}
		p.tellRefresh(outcome)
	}
	if failed {
		return errTold
	}
	return nil
}

func (p *program) tellRefresh(o refresh.Outcome) {
	g := newPage(p.stdout)
	defer func() { _ = g.flush() }() // a broken output shows at the next line that is written
	switch {
	case o.Unchanged && o.Edition.IsZero():
		g.line("", "%s: nothing newer", o.Name)
		return
	case o.Unchanged:
		g.line("", "%s: nothing newer than the edition of %s", o.Name, o.Edition)
		return
	case p.flags.dryRun:
		g.line("", "%s: an edition of %s; dry run: nothing was written", o.Name, o.Edition)
	default:
		g.line("", "%s: edition of %s", o.Name, o.Edition)
	}
	g.line("  read      ", "%s, %s refused", plural(o.Report.Records, "record", "records"), thousands(o.Report.Refused))
	g.line("  claims    ", "%s", countWords(o.Report.Counts))
	for _, note := range append(o.Report.Notes, o.Notes...) {
		g.line("  note      ", "%s", note)
	}
	if o.Linked != nil && o.Linked.Stated+o.Linked.Withdrawn > 0 {
		g.line("  linked    ", "%s stated, %s withdrawn", thousands(o.Linked.Stated), thousands(o.Linked.Withdrawn))
	}
	if f := o.Findings; f != nil {
		g.line("  findings  ", "%s of %s changed", thousands(f.Total), thousands(f.Looked))
		for _, row := range f.Rows {
			g.line("    - ", "%s: %s → %s", row.Subject.FullName(), findingWords(row.Before), findingWords(row.After))
		}
	}
}

func findingWords(a graph.Assessment) string {
	text := string(a.Finding)
	if a.Strength != 0 {
		text += ", " + a.Strength.String()
	}
	return text + ", " + a.Action.String()
}

// keepCurrent refreshes on the schedules of a manifest until the context ends.
func (p *program) keepCurrent(ctx context.Context, r *refresh.Refresher, m refresh.Manifest, rec recorder) {
	log := rec.log
	err := r.Run(ctx, m, func(o refresh.Outcome, err error) {
		rec.refreshed(ctx, o, err)
		attrs := []slog.Attr{slog.String("register", o.Name), slog.String("edition", o.Edition.String()), slog.Bool("unchanged", o.Unchanged)}
		if o.Findings != nil {
			attrs = append(attrs, slog.Int("findings_changed", o.Findings.Total))
		}
		if err != nil {
			log.LogAttrs(ctx, slog.LevelError, "refresh failed; the last good edition stays", append(attrs, slog.String("error", err.Error()))...)
			return
		}
		log.LogAttrs(ctx, slog.LevelInfo, "refreshed", attrs...)
	})
	if err != nil {
		log.LogAttrs(ctx, slog.LevelError, "registers are not kept current", slog.String("error", err.Error()))
	}
}
