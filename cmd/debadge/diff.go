package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"debadge/graph"
)

// learnedShown is how many change sets, items and findings a page shows.
const learnedShown = 20

func (p *program) diffCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff --from TIME|REVISION [--to TIME|REVISION]",
		Short: "What did the store learn between two moments, and whose findings changed by it?",
		Long: `Diff tells the change sets that were recorded after one moment and by another
one, with author and reason; the entities, sources and claims that came with
them; and each company and product that has another finding, strength or action
at the second moment than at the first one, with the claims that made it so.

Both findings are those of one day in the world (--as-of) by one policy: what
differs is what debadge knew.`,
		Example: `  debadge diff --from 2026-01-31
  debadge diff --from 12 --to 14 --policy strict --all
  debadge diff --from 2026-01-31T12:00:00Z --format json`,
		Args:              takes(),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := p.diffQuestion()
			if err != nil {
				return err
			}
			return p.with(cmd.Context(), streaming, func(ctx context.Context, s graph.Store) error {
				if s, err = p.indexed(ctx, s); err != nil {
					return err
				}
				answer, err := graph.Diff(ctx, s, q)
				if err != nil {
					return asked(err)
				}
				if p.flags.format == "json" {
					return graph.EncodeJSON(p.stdout, answer)
				}
				return p.writeDiff(answer)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "diff")
	return cmd
}

func (p *program) diffQuestion() (graph.DiffQuestion, error) {
	q := graph.DiffQuestion{Limit: learnedShown}
	if p.flags.all {
		q.Limit = 0
	}
	if err := p.checkRead(); err != nil {
		return q, err
	}
	if p.flags.since == "" {
		return q, usage("diff needs --from, a time or a revision, such as --from 2026-01-31")
	}
	var err error
	if q.From, err = graph.ParseMoment(p.flags.since); err != nil {
		return q, usage("--from %s", err)
	}
	if p.flags.until != "" {
		if q.To, err = graph.ParseMoment(p.flags.until); err != nil {
			return q, usage("--to %s", err)
		}
	}
	if q.AsOf, err = p.asOf(); err != nil {
		return q, err
	}
	q.Policy, err = readPolicy(p.flags.policy)
	return q, err
}

func (p *program) writeDiff(a graph.DiffAnswer) error {
	g := newPage(p.stdout)
	n := a.Counts
	if n.ChangeSets == 0 {
		g.line("", "Nothing was recorded in between.")
	} else {
		g.line("", "%s between two moments", plural(n.ChangeSets, "change set was recorded", "change sets were recorded"))
	}
	g.gap()
	g.line("  from      ", "%s", momentWords(a.From))
	g.line("  to        ", "%s", momentWords(a.To))
	g.line("  as of     ", "%s", a.AsOf)
	g.line("  policy    ", "%s (%.19s…)", a.Policy.Name, a.Policy.Digest)
	if n.ChangeSets == 0 {
		return g.flush()
	}
	g.gap()
	g.line("  entities  ", "%s recorded, %s changed", thousands(n.EntitiesRecorded), thousands(n.EntitiesChanged))
	g.line("  sources   ", "%s recorded or changed", thousands(n.Sources))
	g.line("  claims    ", "%s recorded, %s corrected, %s retracted", thousands(n.ClaimsRecorded), thousands(n.ClaimsCorrected), thousands(n.ClaimsRetracted))
	for _, cs := range a.ChangeSets {
		g.gap()
		g.line(fmt.Sprintf("revision %d  ", cs.Revision), "%s, by %s: %s", cs.RecordedAt.Format("2006-01-02 15:04:05 UTC"),
			orElse(cs.Author, "nobody named"), orElse(cs.Reason, "no reason is given"))
		for _, item := range a.Items {
			if item.Revision == cs.Revision {
				g.hang(itemMark(item.What), "    ", "%s", itemWords(item))
			}
		}
	}
	shown := len(a.Items)
	if all := n.EntitiesRecorded + n.EntitiesChanged + n.Sources + n.ClaimsRecorded + n.ClaimsCorrected + n.ClaimsRetracted; all > shown || n.ChangeSets > len(a.ChangeSets) {
		g.gap()
		g.line("", "%s of %s change sets and %s of %s items are shown; all of them: --all",
			thousands(len(a.ChangeSets)), thousands(n.ChangeSets), thousands(shown), thousands(all))
	}
	writeDiffFindings(g, a.Findings)
	return g.flush()
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func momentWords(e graph.DiffEnd) string {
	if e.RecordedAt == nil {
		return "revision 0: nothing was recorded yet"
	}
	return fmt.Sprintf("revision %d, recorded at %s", e.Revision, e.RecordedAt.UTC().Format("2006-01-02 15:04:05 UTC"))
}

func itemMark(what graph.DiffWhat) string {
	switch what {
	case graph.EntityRecorded, graph.SourceRecorded, graph.ClaimRecorded:
		return "  + "
	case graph.ClaimRetracted:
		return "  - "
	case graph.EntityChanged, graph.SourceChanged, graph.ClaimCorrected:
	}
	return "  ~ "
}

// itemWords says what was learned in words.
func itemWords(i graph.DiffItem) string {
	switch i.What {
	case graph.EntityRecorded, graph.EntityChanged, graph.SourceRecorded, graph.SourceChanged:
		return fmt.Sprintf("%s  (%s)", i.Name, i.ID)
	case graph.ClaimRecorded, graph.ClaimRetracted, graph.ClaimCorrected:
	}
	near, far := i.Relation.Ends(i.From, i.To)
	text := fmt.Sprintf("%s (%s) [%s]", sentence(graph.Claim{Relation: i.Relation, ShareMin: i.ShareMin, ShareMax: i.ShareMax}, string(near), string(far)), citedWords(i), i.ID)
	switch i.What { //nolint:exhaustive // the others say no more
	case graph.ClaimRetracted:
		return "retracted: " + text + ": " + i.Reason
	case graph.ClaimCorrected:
		return "corrected by " + string(i.ReplacedBy) + ": " + text + ": " + i.Reason
	}
	return text
}

// citedWords says how far a claim is established, by which sources, and which of
// them deny it.
func citedWords(i graph.DiffItem) string {
	var supports, denies []string
	for _, c := range i.Citations {
		if c.Stance == graph.Denies {
			denies = append(denies, string(c.Source))
		} else {
			supports = append(supports, string(c.Source))
		}
	}
	text := i.Status.String() + "; " + strings.Join(supports, ", ")
	if len(denies) > 0 {
		text += "; denied in " + strings.Join(denies, ", ")
	}
	return text
}

func writeDiffFindings(g *page, f graph.DiffFindings) {
	g.gap()
	if f.Total == 0 {
		g.line("", "No finding changed; %s compared.", plural(f.Looked, "company or product was", "companies and products were"))
		return
	}
	g.line("", "%s of %s compared", plural(f.Total, "finding changed", "findings changed"), thousands(f.Looked))
	for _, row := range f.Rows {
		g.gap()
		g.line("", "%s  (%s)", row.Subject.FullName(), row.Subject.ID)
		g.line("    ", "%s → %s", findingWords(row.Before), findingWords(row.After))
		for _, l := range row.Lost {
			g.hang("  - ", "    ", "%s on %s: %s, %s", l.Entity.FullName(), l.List.FullName(), l.Way, l.Strength)
		}
		for _, l := range row.Gained {
			g.hang("  + ", "    ", "%s on %s: %s, %s", l.Entity.FullName(), l.List.FullName(), l.Way, l.Strength)
		}
		for _, b := range row.Because {
			words := itemWords(b)
			if b.What == graph.EntityRecorded {
				words = "it was not known before"
			}
			g.hang("    because ", "      ", "%s (revision %d)", words, b.Revision)
		}
		if len(row.Because) == 0 {
			g.hang("    because ", "      ", "%s", "of what is beside its paths: shares of other owners, countries of companies, or the age of a list")
		}
	}
	if f.Total > len(f.Rows) {
		g.gap()
		g.line("", "%s of %s findings are shown; all of them: --all", thousands(len(f.Rows)), thousands(f.Total))
	}
}
