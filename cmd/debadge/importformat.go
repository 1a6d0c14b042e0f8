package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
	"debadge/graph/ingest/bods"
	"debadge/graph/ingest/csl"
	"debadge/graph/ingest/dod1260h"
	"debadge/graph/ingest/eu"
	"debadge/graph/ingest/ftm"
	"debadge/graph/ingest/gleif"
	"debadge/graph/ingest/ofac"
	"debadge/graph/ingest/sheet"
	"debadge/graph/ingest/uk"
	"debadge/graph/ingest/un"
)

// importFormat is the place of the settings that every format of other people's
// files has.
const importFormat = "import FORMAT"

// foreign is a format of other people's files.
type foreign struct {
	format   ingest.Format
	example  string        // arguments, a line each
	about    string        // what a user should know beside what holds for all formats
	template func() string // an empty file to fill in, nil for none
}

// foreignFormats is the table of formats; one more is one more row.
func foreignFormats() []foreign {
	return []foreign{
		{format: sheet.Format(), example: "--template > claims.csv\nclaims.xlsx", about: sheetAbout(), template: sheet.Template},
		{format: csl.Format(), example: "--edition 2022-08-01 csl.csv.gz\nconsolidated.json", about: cslAbout},
		{format: ofac.Format(), example: "--edition 2026-11-20 sdn.csv alt.csv add.csv sdn_comments.csv\n--edition 2026-11-20 cons_*.csv", about: ofacAbout},
		{format: dod1260h.Format(), example: "--edition 2026-06-08 1260h.csv"},
		{format: eu.Format(), example: "20261120-FULL-1_1.csv"},
		{format: uk.Format(), example: "ConList.csv"},
		{format: un.Format(), example: "consolidated.xml"},
		{format: ftm.Format(), example: "--edition 2026-11-20 entities.ftm.json"},
		{format: gleif.Format(), example: "--edition 2026-11-20 20261120-lei2-golden-copy.csv.zip\n--edition 2026-11-20 20261120-rr-golden-copy.csv.zip"},
		{format: bods.Format(), example: "--edition 2026-11-20 statements.json.gz"},
	}
}

// sheetAbout explains the table and its columns.
func sheetAbout() string {
	var text strings.Builder
	text.WriteString(`Each row is a claim: the two companies, products or lists, the relation, what is
known of it, and the source that says so. The two rows of the template are
examples: write yours in their place. A row that is taken out later ends
nothing; withdraw its claim with debadge retract.

The columns, of which relation, status and the two ends must be there:

`)
	for _, c := range sheet.Columns() {
		fmt.Fprintf(&text, "  %-18s%s\n", c[0], c[1])
	}
	return strings.TrimSuffix(text.String(), "\n")
}

const cslAbout = `The list says nothing of its own date: give it with --edition. Vessels and
aircraft are left out. A row without a date is kept, listed from a time that is
not known.`

const ofacAbout = `The files of one edition belong together: parties, aliases, addresses and
comments, each told by its shape. Vessels and aircraft are left out.`

const importAbout = `A file is read to its end before any of it is written. Rows that cannot be read
are refused one by one, told with line, column, value and reason, and the exit
status is then 1; --strict refuses the whole edition for one of them.

Importing a file again changes nothing, and completes an import that was cut
short. A newer edition corrects what it says differently, and closes the
listings that it no longer holds, if its date is known (--edition) and nothing
of it is missing or refused. An edition that is older than the one in the store
is refused, and one that would close more than a fifth of a list unless that is
accepted (--accept-shrink).

At the end companies are looked for that are one legal person under the ids of
several registers, as debadge link does (--no-link leaves that out).

Files may be compressed (.gz, .zip, archive.zip/member); - is the standard
input.`

func (p *program) importForeignCommand(f foreign) *cobra.Command {
	files := "FILE"
	if f.format.Together {
		files = "FILE..."
	}
	var example strings.Builder
	for line := range strings.SplitSeq(f.example, "\n") {
		fmt.Fprintf(&example, "  debadge import %s %s\n", f.format.Name, line)
	}
	long := fmt.Sprintf("Import %s reads %s.\n\n", f.format.Name, f.format.Summary)
	if f.about != "" {
		long += f.about + "\n\n"
	}
	cmd := &cobra.Command{
		Use:     f.format.Name + " " + files,
		Short:   sentenceCase(f.format.Summary),
		Long:    long + importAbout,
		Example: strings.TrimSuffix(example.String(), "\n"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.template != nil && p.flags.template {
				fmt.Fprint(p.stdout, f.template())
				return nil
			}
			return p.runImport(cmd, f.format, args)
		},
	}
	p.register(cmd, cmd.Flags(), importFormat)
	p.register(cmd, cmd.Flags(), f.format.Name)
	return cmd
}

func (p *program) runImport(cmd *cobra.Command, format ingest.Format, args []string) error {
	if len(args) == 0 {
		return usage("%s needs a file, such as:\n%s", cmd.CommandPath(), cmd.Example)
	}
	if len(args) > 1 && !format.Together {
		return usage("%s takes one file at a time: each is an edition of its own", cmd.CommandPath())
	}
	options, err := p.importOptions()
	if err != nil {
		return err
	}
	return p.with(cmd.Context(), writing, func(ctx context.Context, s graph.Store) error {
		return p.importForeign(ctx, s, format, args, options)
	})
}

// importOptions reads the flags of an import.
func (p *program) importOptions() (ingest.Options, error) {
	o := ingest.Options{
		Strict: p.flags.strict, DryRun: p.flags.dryRun, AcceptShrink: p.flags.acceptShrink, Author: p.flags.author,
	}
	if p.flags.edition == "" {
		return o, nil
	}
	var err error
	if o.Edition, err = graph.ParseDate(p.flags.edition); err != nil || !o.Edition.IsDay() {
		return o, usage("--edition %q is not the day of an edition; write YYYY-MM-DD", p.flags.edition)
	}
	if o.Edition.Earliest() > p.today() {
		return o, usage("--edition %s is in the future; an edition has the day on which it was published", o.Edition)
	}
	return o, nil
}

// importForeign imports the files as one edition and tells how it went.
func (p *program) importForeign(ctx context.Context, s graph.Store, format ingest.Format, names []string, options ingest.Options) (err error) {
	files, err := p.openFiles(names)
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
	}()
	if err != nil {
		return err
	}
	refused, err := p.openRefused()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, refused.close()) }()
	options.Refused = refused.add
	meter := p.newMeter(files)
	options.Progress = meter.show
	report, err := ingest.Import(ctx, s, format, files, options)
	meter.end()
	if err != nil && report.Commits > 0 {
		fmt.Fprintf(p.stderr, "%s stay committed, to revision %d; import again to go on\n",
			plural(report.Commits, "change set", "change sets"), report.Revision)
	}
	if err != nil {
		p.tellRefusals(report)
		return err
	}
	p.tellImport(format, files, report)
	if !p.flags.noLink && !p.flags.dryRun {
		if err := p.linkImported(ctx, s); err != nil {
			return err
		}
	}
	if report.Refused+report.RefusedValues > 0 {
		return errTold
	}
	return nil
}

// openFiles opens the files that are named; those that it opened come back also
// beside an error.
func (p *program) openFiles(names []string) ([]*file.File, error) {
	charset, err := file.ParseCharset(p.flags.charset)
	if err != nil {
		return nil, usageError{err}
	}
	var files []*file.File
	for _, name := range names {
		var f *file.File
		if name == "-" {
			f, err = file.Spool(standardInput, p.stdin, file.Options{Charset: charset})
		} else {
			f, err = file.Open(name, file.Options{Charset: charset})
		}
		if err != nil {
			return files, err
		}
		files = append(files, f)
	}
	return files, nil
}

// refusedRows is where refusals go: a file, if one is named.
type refusedRows struct {
	disk *os.File
	rows *ingest.RefusedFile
}

func (p *program) openRefused() (refusedRows, error) {
	if p.flags.refused == "" {
		return refusedRows{}, nil
	}
	disk, err := os.Create(p.flags.refused)
	if err != nil {
		return refusedRows{}, graph.Unavailable("the file of refused rows cannot be written: "+err.Error(), err)
	}
	return refusedRows{disk, ingest.NewRefusedFile(disk)}, nil
}

func (r refusedRows) add(refusal ingest.Refusal) error {
	if r.rows == nil {
		return nil
	}
	return r.rows.Add(refusal)
}

func (r refusedRows) close() error {
	if r.disk == nil {
		return nil
	}
	return r.disk.Close()
}
