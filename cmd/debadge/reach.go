package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"

	"github.com/spf13/cobra"

	"debadge/graph"
)

// rowsShown is how many rows a page for people has if nothing else is asked.
const rowsShown = 100

func (p *program) reachCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reach ENTITY|LIST",
		Short: "Which products trace back to a listed entity, or to a list?",
		Long: `Reach walks downstream from a listed company, or from every company on a list,
and says which products trace back to it, each with its strongest path.

With --limit the answer names a cursor for the rows that follow; they are of
the same revision, whatever was recorded meanwhile.`,
		Example: `  debadge reach "Inspur Group" --demo
  debadge reach list:us-bis-entity-list --as-of 2024-04-15 --limit 50
  debadge reach "Entity List" --format ndjson`,
		Args:              takes("a company or a list"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := p.originQuestion(cmd, args[0])
			if err != nil {
				return err
			}
			return p.with(cmd.Context(), reading, func(ctx context.Context, s graph.Store) error {
				return p.askedOfOrigin(ctx, s, q, p.reach(ctx, s, q))
			})
		},
	}
	p.register(cmd, cmd.Flags(), "reach")
	return cmd
}

// originQuestion is a question that goes downstream from an entity or a list.
func (p *program) originQuestion(cmd *cobra.Command, origin string) (graph.ReachQuestion, error) {
	q, err := p.question(origin)
	if err != nil {
		return graph.ReachQuestion{}, err
	}
	if p.flags.limit < 0 {
		return graph.ReachQuestion{}, usage("--limit %d is below 0", p.flags.limit)
	}
	if p.flags.format == "text" && !cmd.Flags().Changed("limit") {
		p.flags.limit = rowsShown
	}
	return graph.ReachQuestion{
		Origin: q.Subject, AsOf: q.AsOf, KnownAt: q.KnownAt, Policy: q.Policy, Lists: q.Lists, Cursor: p.flags.cursor, Limit: p.flags.limit,
	}, nil
}

// askedOfOrigin tells, of an origin that is not known, what may be meant.
func (p *program) askedOfOrigin(ctx context.Context, s graph.Store, q graph.ReachQuestion, err error) error {
	if err != nil && graph.KindOf(err) == graph.KindNotFound {
		p.hint(ctx, s, q.Origin, q.KnownAt)
	}
	return asked(err)
}

// reachAnswer is a reach as one JSON object, as the HTTP API gives it.
type reachAnswer struct {
	graph.ReachAnswer
	Rows []graph.ReachRow `json:"rows"`
}

// reachLine is a line of a stream: a row, or at the end the head.
type reachLine struct {
	Row  *graph.ReachRow    `json:"row,omitempty"`
	Head *graph.ReachAnswer `json:"head,omitempty"`
}

func (p *program) reach(ctx context.Context, s graph.Store, q graph.ReachQuestion) error {
	if p.flags.format == "ndjson" {
		return p.streamReach(ctx, s, q)
	}
	answer := reachAnswer{Rows: []graph.ReachRow{}}
	var err error
	answer.ReachAnswer, err = graph.Reach(ctx, s, q, func(row graph.ReachRow) error {
		answer.Rows = append(answer.Rows, row)
		return nil
	})
	if err != nil {
		return err
	}
	if p.flags.format == "json" {
		return graph.EncodeJSON(p.stdout, answer)
	}
	return writeReach(p.stdout, answer)
}

func (p *program) streamReach(ctx context.Context, s graph.Store, q graph.ReachQuestion) error {
	w := bufio.NewWriter(p.stdout)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	head, err := graph.Reach(ctx, s, q, func(row graph.ReachRow) error { return e.Encode(reachLine{Row: &row}) })
	if err != nil {
		_ = w.Flush() // without the head at the end the answer is seen to be cut short
		return err
	}
	if err := e.Encode(reachLine{Head: &head}); err != nil {
		return err
	}
	return w.Flush()
}

func writeReach(w io.Writer, a reachAnswer) error {
	g := newPage(w)
	g.line("", "%s to %s", plural(a.Total, "product traces back", "products trace back"), a.Origin.FullName())
	if !a.Complete {
		g.line("", "Not everything could be seen: there may be more.")
	}
	g.bullets(a.Reasons)
	g.gap()
	g.line("  origin    ", "%s", a.Origin.ID)
	g.line("  as of     ", "%s", a.AsOf)
	g.basis(a.Basis)
	if len(a.Rows) > 0 {
		g.gap()
	}
	for _, r := range a.Rows {
		g.line("", "%s  (%s)", r.Product.FullName(), r.Product.ID)
		g.line("    ", "%s, %s; action: %s; ends at %s on %s", r.Way, r.Strength, r.Action, r.Entity.FullName(), r.List.FullName())
	}
	if a.Next != "" {
		g.gap()
		g.line("", "%s of %s shown. The rows that follow: --cursor %s, or all: --limit 0", thousands(len(a.Rows)), thousands(a.Total), a.Next)
	}
	return g.flush()
}
