package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/graph/picture"
)

func (p *program) traceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "trace SUBJECT",
		Short: "Does a product or company trace back to a listed entity?",
		Long: `Trace walks upstream from a product or company: to the models it was rebadged
from, their makers and sellers, former names and owners, and says which listed
entities it traces back to, by which path, and on which evidence.

SUBJECT is an id such as product:aivres:kr2280-x2, or a name that one entity
has. If several have it they are shown, and the exit status is 1.

A subject that debadge does not know gives the finding unknown, never clear.`,
		Example: `  debadge trace KR2280-X2 --demo
  debadge trace "Aivres KR2280-X2" --as-of 2024-04-15 --policy strict
  debadge trace product:aivres:kr2280-x2 --list "Entity List" --paths 3 --format json`,
		Args:              takes("a product or company"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := p.question(args[0])
			if err != nil {
				return err
			}
			return p.with(cmd.Context(), reading, func(ctx context.Context, s graph.Store) error {
				answer, err := graph.Trace(ctx, s, q)
				if err != nil {
					return asked(err)
				}
				if answer.Subject == nil {
					p.hint(ctx, s, q.Subject, q.KnownAt)
				}
				switch p.flags.format {
				case "json":
					return graph.EncodeJSON(p.stdout, answer)
				case "dot", "svg":
					return p.drawTrace(ctx, s, answer)
				}
				names, err := endNames(ctx, s, answer)
				if err != nil {
					return err
				}
				return writeTrace(p.stdout, answer, names, p.flags.all)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "trace")
	return cmd
}

// drawTrace writes an answer as a picture.
func (p *program) drawTrace(ctx context.Context, s graph.Store, a graph.Answer) error {
	names, err := picture.ReadNames(ctx, s, a)
	if err != nil {
		return err
	}
	if p.flags.format == "dot" {
		return picture.DOT(p.stdout, a, picture.Options{Names: names})
	}
	return picture.SVG(p.stdout, a, picture.Options{Names: names})
}

// endNames looks up the names of the ends of disputed claims, which an answer
// gives as ids.
func endNames(ctx context.Context, s graph.Store, a graph.Answer) (map[graph.ID]string, error) {
	names := map[graph.ID]string{}
	if len(a.Disputed) == 0 {
		return names, nil
	}
	var ids []graph.ID
	for _, c := range a.Disputed {
		ids = append(ids, c.From, c.To)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	err := s.View(ctx, graph.Moment{Revision: a.Revision}, func(v graph.View) error {
		entities, err := v.Entities(ctx, ids)
		for _, e := range entities {
			names[e.ID] = e.Ref().FullName()
		}
		return err
	})
	return names, err
}
