package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/graph/refresh"
)

// listsAnswer are the lists, and how refreshing them went.
type listsAnswer struct {
	graph.ListsAnswer
	Registers []refresh.State `json:"registers,omitempty"`
}

func (p *program) listsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lists",
		Short: "Which lists are there, in which edition, and how old?",
		Long: `Lists shows every list that the store holds: how many are on it as of a day,
which edition of it was imported last, and how old that edition is. A list
without an edition was put together by hand, from documents. Behind them
stands how refreshing each register went last.`,
		Example: `  debadge lists
  debadge lists --as-of 2024-04-15 --format json`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			asOf, at, err := p.dates()
			if err != nil {
				return err
			}
			return p.with(cmd.Context(), reading, func(ctx context.Context, s graph.Store) error {
				var answer listsAnswer
				var err error
				if answer.ListsAnswer, err = graph.Lists(ctx, s, at, asOf); err != nil {
					return err
				}
				if answer.Registers, err = refresh.States(p.refreshFolder()); err != nil {
					return err
				}
				if p.flags.format == "json" {
					return graph.EncodeJSON(p.stdout, answer)
				}
				return writeLists(p.stdout, answer)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "lists")
	return cmd
}

// dates reads --as-of and --known-at.
func (p *program) dates() (graph.Day, graph.Moment, error) {
	asOf, err := p.asOf()
	if err != nil {
		return 0, graph.Moment{}, err
	}
	at, err := parseMoment(p.flags.knownAt)
	return asOf, at, err
}

func writeLists(w io.Writer, a listsAnswer) error {
	g := newPage(w)
	g.line("", "%s as of %s", plural(len(a.Lists), "list", "lists"), a.AsOf)
	g.gap()
	for _, l := range a.Lists {
		g.line("", "%s  (%s)", l.Name, l.ID)
		g.line("    ", "%s; %s", plural(l.Members, "member", "members"), editionAge(l))
	}
	for i, r := range a.Registers {
		if i == 0 {
			g.gap()
		}
		text := "never fetched"
		if r.CheckedAt != nil {
			text = "looked for a newer edition at " + r.CheckedAt.UTC().Format("2006-01-02 15:04 UTC")
		}
		if r.Error != "" && r.TriedAt != nil {
			text += fmt.Sprintf("; FAILED at %s: %s", r.TriedAt.UTC().Format("2006-01-02 15:04 UTC"), r.Error)
		}
		g.line("register ", "%s: %s", r.Name, text)
	}
	return g.flush()
}

// editionAge tells which edition of a list was imported, and how old it is.
func editionAge(l graph.ListSummary) string {
	if l.AgeDays == nil {
		return "from documents, no edition was imported"
	}
	text := "edition of " + l.Edition.String()
	if *l.AgeDays >= 0 {
		text += ", " + plural(*l.AgeDays, "day", "days") + " old"
	}
	if !*l.Complete {
		text += ", cut off"
	}
	if l.Stale {
		text += fmt.Sprintf(", STALE: it may be %s old", plural(l.MaxAgeDays, "day", "days"))
	}
	return text
}

// membersAnswer are the members of a list as one JSON object.
type membersAnswer struct {
	List     graph.EntityRef `json:"list"`
	AsOf     graph.Date      `json:"as_of"`
	KnownAt  *time.Time      `json:"known_at"`
	Revision graph.Revision  `json:"revision"`
	Total    int             `json:"total"`
	Members  []graph.Member  `json:"members"` // in id order
}

func (p *program) membersCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "members LIST",
		Short: "Who is on a list?",
		Long: `Members shows the companies that are on a list as of a day, in the order of their
ids, with the entry by which they are and from when to when it holds.`,
		Example: `  debadge members "Entity List" --demo
  debadge members list:us-dod-1260h --as-of 2026-03-01 --known-at 2026-05-01 --format json`,
		Args:              takes("a list"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			asOf, at, err := p.dates()
			if err != nil {
				return err
			}
			return p.with(cmd.Context(), reading, func(ctx context.Context, s graph.Store) error {
				answer, err := members(ctx, s, args[0], at, asOf)
				if err != nil {
					return asked(err)
				}
				if p.flags.format == "json" {
					return graph.EncodeJSON(p.stdout, answer)
				}
				return writeMembers(p.stdout, answer)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "members")
	return cmd
}

func members(ctx context.Context, s graph.Store, list string, at graph.Moment, asOf graph.Day) (membersAnswer, error) {
	var answer membersAnswer
	err := s.View(ctx, at, func(v graph.View) error {
		found, err := graph.Resolve(ctx, v, list, graph.List)
		if err != nil {
			return err
		}
		revision, recorded := v.At()
		answer = membersAnswer{List: found.Ref(), AsOf: asOf.Date(), Revision: revision}
		if !recorded.IsZero() {
			answer.KnownAt = &recorded
		}
		all, err := graph.Memberships(ctx, v, found.ID, asOf)
		if err != nil {
			return err
		}
		answer.Total = len(all)
		answer.Members, err = graph.ReadMembers(ctx, v, all)
		return err
	})
	return answer, err
}

func writeMembers(w io.Writer, a membersAnswer) error {
	g := newPage(w)
	g.line("", "%s on %s as of %s", plural(a.Total, "company", "companies"), a.List.Name, a.AsOf)
	g.gap()
	g.line("  list      ", "%s", a.List.ID)
	g.line("  known at  ", "%s", knownAt(a.KnownAt, a.Revision))
	g.gap()
	for _, m := range a.Members {
		g.line("", "%s  (%s)", m.Entity.Name, m.Entity.ID)
		for _, c := range m.Claims {
			text := "listed"
			if !c.ValidFrom.IsZero() {
				text += " from " + c.ValidFrom.String()
			}
			if !c.ValidTo.IsZero() {
				text += " until " + c.ValidTo.String()
			}
			if entry := c.Attributes["entry"]; entry != "" && entry != m.Entity.Name {
				text += "; printed there as “" + entry + "”"
			}
			g.line("    ", "%s, %s [%s]", text, c.Status, c.ID)
		}
	}
	return g.flush()
}
