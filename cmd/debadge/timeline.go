package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/graph/picture"
)

func (p *program) timelineCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "timeline SUBJECT",
		Short: "How did the finding about a product or company change over time?",
		Long: `Timeline says the finding for each stretch of time between the dates that
matter to the subject, by what debadge knows now (or knew at --known-at).`,
		Example: `  debadge timeline KR2280-X2 --demo
  debadge timeline product:aivres:kr2280-x2 --list "Entity List" --format json`,
		Args:              takes("a product or company"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := p.question(args[0])
			if err != nil {
				return err
			}
			return p.with(cmd.Context(), reading, func(ctx context.Context, s graph.Store) error {
				answer, err := graph.Timeline(ctx, s, q)
				if err != nil {
					return asked(err)
				}
				if answer.Subject == nil {
					p.hint(ctx, s, q.Subject, q.KnownAt)
				}
				switch p.flags.format {
				case "json":
					return graph.EncodeJSON(p.stdout, answer)
				case "svg":
					return p.drawTimeline(ctx, s, q, answer)
				}
				return writeTimeline(p.stdout, answer, p.flags.all)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "timeline")
	return cmd
}

// drawTimeline writes the finding over time as a picture. What it follows from
// is that of the day asked about.
func (p *program) drawTimeline(ctx context.Context, s graph.Store, q graph.Question, t graph.TimelineAnswer) error {
	q.KnownAt = graph.Moment{Revision: t.Revision}
	answer, err := graph.Trace(ctx, s, q)
	if err != nil {
		return asked(err)
	}
	names, err := picture.ReadNames(ctx, s, answer)
	if err != nil {
		return err
	}
	return picture.TimelineSVG(p.stdout, t, answer, picture.Options{Names: names})
}

func writeTimeline(w io.Writer, a graph.TimelineAnswer, all bool) error {
	g := newPage(w)
	if a.Subject == nil {
		g.line("", "debadge does not know %q: this is not a clear.", a.Query)
	} else {
		g.line("", "%s over time", a.Subject.FullName())
	}
	if len(a.Reasons) > 0 {
		g.line("", "Not settled at some time:")
		g.bullets(a.Reasons)
	}
	g.gap()
	if a.Subject != nil {
		g.line("  subject   ", "%s", a.Subject.ID)
	}
	g.basis(graph.Basis{KnownAt: a.KnownAt, Revision: a.Revision, Policy: a.Policy, Lists: a.Lists})
	var before []graph.StepListing
	for _, s := range a.Steps {
		g.gap()
		finding := strings.ToUpper(string(s.Finding))
		if s.Strength != 0 {
			finding += ", " + s.Strength.String()
		}
		g.line("", "%s: %s; action: %s", stretch(s), finding, s.Action)
		if all {
			before = nil
		}
		writeChanges(g, before, s.Listings)
		before = s.Listings
	}
	return g.flush()
}

func stretch(s graph.Step) string {
	if s.From.IsZero() && s.To.IsZero() {
		return "at any time"
	}
	return period(s.From, s.To)
}

// writeChanges writes which listings a step has that the one before had not,
// and the other way round.
func writeChanges(g *page, before, now []graph.StepListing) {
	type key struct {
		entity, list graph.ID
		way          graph.Way
	}
	old := map[key]graph.StepListing{}
	for _, l := range before {
		old[key{l.Entity.ID, l.List.ID, l.Way}] = l
	}
	for _, l := range now {
		k := key{l.Entity.ID, l.List.ID, l.Way}
		was, there := old[k]
		delete(old, k)
		switch {
		case !there:
			g.hang("  + ", "    ", "%s", stepListing(l))
		case was.Strength != l.Strength:
			g.hang("  ~ ", "    ", "%s (before: %s)", stepListing(l), was.Strength)
		}
	}
	for _, l := range before {
		if _, gone := old[key{l.Entity.ID, l.List.ID, l.Way}]; gone {
			g.hang("  - ", "    ", "no longer %s", stepListing(l))
		}
	}
}

func stepListing(l graph.StepListing) string {
	return fmt.Sprintf("%s on %s: %s, %s", l.Entity.FullName(), l.List.FullName(), l.Way, l.Strength)
}
