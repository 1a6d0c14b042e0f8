package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"debadge/graph"
	"debadge/graph/ingest/bundle"
)

func (p *program) importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "import FORMAT FILE...",
		Short:   "Add claims from files",
		Example: "  debadge import bundle cases/*.json\n  debadge import csl --edition 2022-08-01 csl.csv.gz",
		Long: `Import adds what files say to the store, and creates the store if there is
none. Each format has a help page of its own, which says what becomes of its
rows: debadge help import csl.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return usage("%q is not a format that debadge imports; use %s", args[0], strings.Join(commandNames(cmd), ", "))
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage("%s needs a format and a file, such as:\n%s", cmd.CommandPath(), cmd.Example)
		},
	}
	cmd.AddCommand(p.importBundleCommand(), p.importNDJSONCommand())
	for _, f := range foreignFormats() {
		cmd.AddCommand(p.importForeignCommand(f))
	}
	return cmd
}

func (p *program) importBundleCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "bundle FILE...",
		Short: "Add what debadge's own JSON files hold",
		Long: `Import bundle adds the entities, sources, claims and retractions of debadge's
own JSON files to the store, and creates the store if there is none. A file
named - is the standard input.

A file is checked to its end before any of it is written: if anything in it is
wrong, every such item is told with file, line, item and field, and nothing of
the file is added. The files after it are still imported, and the exit status
is 1. Importing a file again changes nothing.

A file of more than 5,000 items is committed in parts of so many. Should the
store refuse one of them, or fail, the parts before it stay, and importing the
file again goes on from there. So it is with the standard input, which can be
read only once: parts before one that is wrong stay.`,
		Example: `  debadge import bundle cases/*.json
  debadge import bundle --store sqlite:claims.db big.json
  zcat big.json.gz | debadge import bundle -`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("%s needs a file, such as:\n%s", cmd.CommandPath(), cmd.Example)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.with(cmd.Context(), writing, func(ctx context.Context, s graph.Store) error {
				return p.importFiles(ctx, s, args)
			})
		},
	}
}

// standardInput is how messages call the file -.
const standardInput = "standard input"

// tally adds up what an import did.
type tally struct {
	read, added, changed, retracted, unchanged, refused int
	files, refusedFiles                                 int
}

func (p *program) importFiles(ctx context.Context, s graph.Store, names []string) error {
	var sum tally
	for _, name := range names {
		report, err := p.importFile(ctx, s, name)
		if name == "-" {
			name = standardInput
		}
		sum.files++
		sum.read += report.Items
		sum.added += report.Added
		sum.changed += report.Changed
		sum.retracted += report.Retracted
		sum.unchanged += report.Unchanged
		if err == nil {
			fmt.Fprintf(p.stdout, "%s: %s\n", escape(name), reportWords(report))
			continue
		}
		sum.refusedFiles++
		sum.refused += report.Items - report.Added - report.Changed - report.Retracted - report.Unchanged
		fmt.Fprintf(p.stderr, "debadge: %s\n", p.message(err))
		if report.Committed > 0 {
			fmt.Fprintf(p.stderr, "%s: %s before that stay committed, to revision %d; import the file again to go on\n",
				escape(name), plural(report.Committed, "part", "parts"), report.Revision)
		}
		if kind := graph.KindOf(err); kind == graph.KindUnavailable && !errors.As(err, new(*os.PathError)) || ctx.Err() != nil {
			break // what follows would fail as well
		}
	}
	if left := len(names) - sum.files; left > 0 {
		fmt.Fprintf(p.stderr, "%s not tried\n", plural(left, "file was", "files were"))
	}
	if len(names) > 1 || sum.refusedFiles > 0 {
		fmt.Fprintf(p.stdout, "%s: %s read, %s added, %s changed, %s retracted, %s unchanged, %s refused\n",
			plural(sum.files, "file", "files"), thousands(sum.read), thousands(sum.added), thousands(sum.changed),
			thousands(sum.retracted), thousands(sum.unchanged), thousands(sum.refused))
	}
	if sum.refusedFiles > 0 {
		return errTold
	}
	return nil
}

func reportWords(r bundle.Report) string {
	parts := []string{plural(r.Items, "item", "items") + " read", thousands(r.Added) + " added"}
	for _, part := range []struct {
		n    int
		what string
	}{{r.Changed, "changed"}, {r.Retracted, "retracted"}, {r.Unchanged, "unchanged"}} {
		if part.n > 0 {
			parts = append(parts, thousands(part.n)+" "+part.what)
		}
	}
	text := strings.Join(parts, ", ")
	if r.Revision > 0 {
		text += fmt.Sprintf(" (revision %d)", r.Revision)
	}
	return text
}

// importFile imports one file, which it checks first if it can be read twice.
func (p *program) importFile(ctx context.Context, s graph.Store, name string) (bundle.Report, error) {
	if name == "-" {
		return p.importFrom(ctx, s, standardInput, p.stdin, -1)
	}
	f, err := os.Open(name) //nolint:gosec // the file that the user names
	if err != nil {
		return bundle.Report{}, graph.Unavailable(name+" cannot be read", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return p.importFrom(ctx, s, name, f, -1)
	}
	sum, err := bundle.Check(name, f)
	if err != nil {
		return bundle.Report{Summary: sum}, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return bundle.Report{Summary: sum}, graph.Unavailable(name+" cannot be read again", err)
	}
	return p.importFrom(ctx, s, name, f, info.Size())
}

// importFrom imports what r holds and shows how far it is: a bar on a terminal,
// a line each part elsewhere. A size below 0 is not known.
func (p *program) importFrom(ctx context.Context, s graph.Store, name string, r io.Reader, size int64) (bundle.Report, error) {
	show := func(*bundle.Part, graph.Receipt) {}
	if p.onTerminal() {
		bar := progressbar.NewOptions64(size,
			progressbar.OptionSetWriter(p.stderr), progressbar.OptionSetDescription(escape(name)),
			progressbar.OptionShowBytes(true), progressbar.OptionSetPredictTime(true),
			progressbar.OptionSetWidth(20), progressbar.OptionClearOnFinish(),
		)
		defer func() { _ = bar.Finish() }() // only what is shown
		r = io.TeeReader(r, bar)
	} else {
		show = func(part *bundle.Part, receipt graph.Receipt) {
			if part.Number > 1 || part.Len() == bundle.MaxItems {
				fmt.Fprintf(p.stderr, "%s: part %d committed (revision %d)\n", escape(name), part.Number, receipt.Revision)
			}
		}
	}
	return bundle.Import(ctx, s, name, r, show)
}

// onTerminal reports whether a person watches the messages.
func (p *program) onTerminal() bool { return terminal(p.stderr) }

// terminal reports whether what is written is shown as it comes.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
