package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/renameio/v2"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/graph/export"
	"debadge/graph/picture"
)

// exportFormat is a format that a store goes out in.
type exportFormat struct {
	name, short, about string
	write              func(ctx context.Context, s graph.Store, w io.Writer, o export.Options) error // nil: files of its own
}

// exportFormats is the table of formats; one more is one more row.
func (p *program) exportFormats() []exportFormat {
	return []exportFormat{
		{"cypher", "A script that makes the same store in an empty Neo4j 5", cypherAbout, p.exportCypher},
		{"neo4j-csv", "Files for neo4j-admin database import full", csvAbout, nil},
		{"ndjson", "The log of the store, which another store takes over as it is", ndjsonAbout, export.NDJSON},
		{"graphml", "A graph for Gephi, yEd, Cytoscape, igraph or networkx", drawnAbout, export.GraphML},
		{"gexf", "A graph for Gephi", drawnAbout, export.GEXF},
		{"ftm", "Entities of FollowTheMoney, for Aleph and the tools of OpenSanctions", drawnAbout, export.FtM},
		{"svg", "A picture of the part around some entities", pictureAbout, p.exportPicture(picture.PartSVG)},
		{"dot", "The same picture for Graphviz", pictureAbout, p.exportPicture(picture.PartDOT)},
	}
}

const cypherAbout = `The script makes the constraints, then everything that the store holds, and can
be run again. debadge opens what it makes with --store neo4j://HOST:PORT.`

const csvAbout = `The files go into the folder that --out names. The command that imports them is
printed; it makes a database that debadge opens.`

const ndjsonAbout = `A line is a change set, or what it brought. debadge import ndjson makes the same
store of it, with its revisions and record times.`

const drawnAbout = `What was known at one revision goes out: claims that were retracted, and former
versions, stay behind. Each claim has its status and its sources.`

const exportAbout = `The whole store goes out, or with --subject the part around some entities:
what they came from (--upstream, if nothing else is said), what came from them
(--downstream), or what is within some hops of them (--around N). A claim goes
out if both of its ends do; the lists always do.

Two exports of one revision are equal byte for byte.`

func (p *program) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "export FORMAT",
		Short:   "Give out claims to other tools",
		Example: "  debadge export cypher --out store.cypher\n  debadge export graphml --subject product:aivres:kr2280-x2 --demo",
		Args:    noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage("%s needs a format, such as:\n%s", cmd.CommandPath(), cmd.Example)
		},
	}
	for _, f := range p.exportFormats() {
		cmd.AddCommand(p.exportFormatCommand(f))
	}
	return cmd
}

func (p *program) exportFormatCommand(f exportFormat) *cobra.Command {
	example := "  debadge export " + f.name + " --subject product:aivres:kr2280-x2 --demo"
	if f.write == nil {
		example += " --out folder"
	}
	cmd := &cobra.Command{
		Use:     f.name,
		Short:   f.short,
		Long:    f.short + ".\n\n" + f.about + "\n\n" + exportAbout,
		Example: example,
		Args:    noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			options, err := p.exportOptions(cmd)
			if err != nil {
				return err
			}
			if f.write == nil && p.flags.out == "" {
				return usage("%s needs a folder for its files; name one with --out", cmd.CommandPath())
			}
			return p.with(cmd.Context(), streaming, func(ctx context.Context, s graph.Store) error {
				return p.export(ctx, s, f, options)
			})
		},
	}
	p.register(cmd, cmd.Flags(), exportPlace)
	p.register(cmd, cmd.Flags(), f.name)
	return cmd
}

// exportPlace is the place of the settings that every format has.
const exportPlace = "export FORMAT"

// exportingSettings are the rows of what gives out claims.
func exportingSettings() []setting {
	return []setting{
		{"as-of", "", "DATE", func(f *flags) any { return &f.asOf }, "", "only claims that hold on this day in the world, YYYY-MM-DD", []string{exportPlace}},
		{"policy", "", "NAME|FILE", func(f *flags) any { return &f.policy }, "", "only claims that this policy counts, and disputed ones: default, strict, cautious, or a file", []string{exportPlace}},
		{"subject", "", "ID", func(f *flags) any { return &f.subjects }, []string(nil), "only the part around this entity; may be repeated", []string{exportPlace}},
		{"upstream", "", "", func(f *flags) any { return &f.upstream }, false, "what the subjects came from", []string{exportPlace}},
		{"downstream", "", "", func(f *flags) any { return &f.downstream }, false, "what came from the subjects", []string{exportPlace}},
		{"around", "", "N", func(f *flags) any { return &f.around }, 0, "what is within so many hops of the subjects", []string{exportPlace}},
		{"out", "", "FILE", func(f *flags) any { return &f.out }, "", "write to this file (default: the standard output); for neo4j-csv, the folder", []string{exportPlace}},
		{"parameters", "", "FORM", func(f *flags) any { return &f.parameters }, "", "give the rows as parameters: shell for cypher-shell, json for drivers (default: within the statements)", []string{"cypher"}},
	}
}

func (p *program) exportOptions(cmd *cobra.Command) (o export.Options, err error) {
	if o.KnownAt, err = parseMoment(p.flags.knownAt); err != nil {
		return o, err
	}
	if p.flags.asOf != "" {
		day, err := p.asOf()
		if err != nil {
			return o, err
		}
		o.AsOf = &day
	}
	if cmd.Flags().Changed("policy") {
		policy, err := readPolicy(p.flags.policy)
		if err != nil {
			return o, err
		}
		o.Policy = &policy
	}
	for _, id := range p.flags.subjects {
		o.Part.Subjects = append(o.Part.Subjects, graph.ID(id))
	}
	o.Part.Upstream, o.Part.Downstream, o.Part.Around = p.flags.upstream, p.flags.downstream, p.flags.around
	switch directed := o.Part.Upstream || o.Part.Downstream || cmd.Flags().Changed("around"); {
	case directed && len(o.Part.Subjects) == 0:
		return o, usage("--upstream, --downstream and --around go from an entity; name one with --subject")
	case cmd.Flags().Changed("around") && o.Part.Around < 1:
		return o, usage("--around %d is no number of hops; write 1 or more", o.Part.Around)
	case !directed && len(o.Part.Subjects) > 0:
		o.Part.Upstream = true
	}
	return o, nil
}

func (p *program) export(ctx context.Context, s graph.Store, f exportFormat, o export.Options) error {
	show, done := p.exportProgress()
	o.Progress = show
	if f.write == nil {
		made, err := export.Neo4jCSV(ctx, s, p.flags.out, o)
		done()
		if err != nil {
			return err
		}
		return p.tellImportCommand(made)
	}
	if p.flags.out == "" {
		err := f.write(ctx, s, p.stdout, o)
		done()
		return err
	}
	err := toFile(p.flags.out, func(w io.Writer) error { return f.write(ctx, s, w, o) })
	done()
	return err
}

func (p *program) exportCypher(ctx context.Context, s graph.Store, w io.Writer, o export.Options) error {
	form, err := export.ParseParameters(p.flags.parameters)
	if err != nil {
		return usage("--parameters %s", err)
	}
	return export.Cypher(ctx, s, w, form, o)
}

// toFile writes a file that is there whole or not at all.
func toFile(path string, write func(io.Writer) error) error {
	file, err := renameio.NewPendingFile(path)
	if err != nil {
		return graph.Unavailable(path+" cannot be written: "+err.Error(), err)
	}
	defer func() { _ = file.Cleanup() }() // nothing is left of it once it is in place
	if err := write(file); err != nil {
		return err
	}
	if err := file.CloseAtomicallyReplace(); err != nil {
		return graph.Unavailable(path+" cannot be written: "+err.Error(), err)
	}
	return nil
}

func (p *program) tellImportCommand(made export.Import) error {
	_, err := fmt.Fprintf(p.stdout, "%s\n\nStop the server, run this on its machine, and start it again:\n\n%s\n\n"+
		"debadge makes the constraints and indexes when it opens the store first. Give it time for that if the store is large:\n\n"+
		"debadge store status --store bolt://HOST:PORT --timeout 30m\n", filesWritten(made), made.Command())
	return err
}

func filesWritten(made export.Import) string {
	nodes, relationships := 0, 0
	for _, f := range made.Files {
		if f.Type == "" {
			nodes += f.Rows
		} else {
			relationships += f.Rows
		}
	}
	return fmt.Sprintf("%s of nodes and %s of relationships in %s", plural(nodes, "row", "rows"), plural(relationships, "row", "rows"), escape(made.Dir))
}

// exportProgress shows how far an export is: a bar on a terminal, lines with
// some time between them elsewhere.
func (p *program) exportProgress() (show func(export.Progress), done func()) {
	if p.onTerminal() && p.flags.out != "" {
		var bar *progressbar.ProgressBar
		return func(at export.Progress) {
				if bar == nil {
					bar = progressbar.NewOptions64(int64(at.Last),
						progressbar.OptionSetWriter(p.stderr), progressbar.OptionSetDescription("revisions"), progressbar.OptionShowCount(),
						progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(20), progressbar.OptionClearOnFinish(),
					)
				}
				_ = bar.Set64(int64(at.Revision)) // only what is shown
			}, func() {
				if bar != nil {
					_ = bar.Finish() // only what is shown
				}
			}
	}
	last := p.clock()
	return func(at export.Progress) {
		if now := p.clock(); now.Sub(last) >= progressPause {
			last = now
			fmt.Fprintf(p.stderr, "%s read, to revision %d of %d\n", plural(at.Items, "item", "items"), at.Revision, at.Last)
		}
	}, func() {}
}

func (p *program) importNDJSONCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "ndjson FILE",
		Short: "Take over the log of another store as it is",
		Long: `Import ndjson reads what debadge export ndjson wrote, and makes the same store of
it: with its revisions, record times, retractions and former versions. The store
must be empty, or an earlier copy of the same one: what it has already is passed
over, so that an import that was cut short goes on where it was.

The file is read to its end before any of it is written; one that was altered
or cut short is refused. It may be compressed; - is the standard input.`,
		Example: "  debadge export ndjson --out log.ndjson\n  debadge import ndjson log.ndjson --store sqlite:copy.db",
		Args:    takes("a file, or - for the standard input"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.with(cmd.Context(), writing, func(ctx context.Context, s graph.Store) error {
				return p.restore(ctx, s, args[0])
			})
		},
	}
}

func (p *program) restore(ctx context.Context, s graph.Store, name string) (err error) {
	to, ok := s.(graph.Restorer)
	if !ok {
		return graph.Errorf(graph.KindInvalid, "the store %s does not take over a log", p.storeName())
	}
	p.flags.charset = "utf-8"
	files, err := p.openFiles([]string{name})
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
	}()
	if err != nil {
		return err
	}
	f := files[0]
	whole, err := export.CheckNDJSON(escape(f.Name), f.Text)
	if err != nil {
		return err
	}
	if err := f.Rewind(); err != nil {
		return err
	}
	last := p.clock()
	sum, err := export.Restore(ctx, to, escape(f.Name), f.Text, func(at export.Restored) {
		if now := p.clock(); now.Sub(last) >= progressPause {
			last = now
			fmt.Fprintf(p.stderr, "revision %d of %d\n", at.Reached, whole.Changes)
		}
	})
	if err != nil {
		if sum.Added > 0 {
			fmt.Fprintf(p.stderr, "%s stay committed, to revision %d; import again to go on\n", plural(sum.Added, "change set", "change sets"), sum.Reached)
		}
		return err
	}
	fmt.Fprintf(p.stdout, "%s: %s read, %s taken over; the store is at revision %d\n",
		escape(f.Name), plural(sum.Changes, "change set", "change sets"), thousands(sum.Added), sum.Reached)
	if whole.Basis.IsPart() {
		fmt.Fprintln(p.stdout, "It is a part of a store: what it does not hold may stand in the other one.")
	}
	return nil
}
