package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"debadge/graph"
)

func (p *program) rebadgingsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rebadgings ENTITY|LIST",
		Short: "Which products got a new badge or another seller after the listing?",
		Long: `Rebadgings lists the pattern that matters most: each product of a listed
company, or of one on a list, that was rebadged, or sold under another company's
name, on or after the day of the listing.`,
		Example: `  debadge rebadgings "Inspur Group" --demo
  debadge rebadgings list:us-bis-entity-list --as-of 2024-04-15 --format json`,
		Args:              takes("a company or a list"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := p.originQuestion(cmd, args[0])
			if err != nil {
				return err
			}
			return p.with(cmd.Context(), reading, func(ctx context.Context, s graph.Store) error {
				answer, err := graph.AnswerRebadgings(ctx, s, q)
				switch {
				case err != nil:
					return p.askedOfOrigin(ctx, s, q, err)
				case p.flags.format == "json":
					return graph.EncodeJSON(p.stdout, answer)
				}
				return writeRebadgings(p.stdout, answer)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "rebadgings")
	return cmd
}

func writeRebadgings(w io.Writer, a graph.RebadgingsAnswer) error {
	g := newPage(w)
	g.line("", "%s after a listing of %s", plural(a.Total, "new badge or seller", "new badges or sellers"), a.Origin.FullName())
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
		near, far := r.To, r.From
		g.line("", "%s  (%s)", sentence(r.Claims[0], near.FullName(), far.FullName()), r.To.ID)
		g.line("    ", "from %s; %s was listed from %s on %s; it traces back %s, %s",
			r.Date, r.Entity.FullName(), r.ListedFrom, r.List.FullName(), wayWords(r.Way), r.Strength)
	}
	if a.Total > len(a.Rows) {
		g.gap()
		g.line("", "%s of %s shown; all of them: --limit 0", thousands(len(a.Rows)), thousands(a.Total))
	}
	return g.flush()
}
