package main

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/graph/link"
)

func (p *program) linkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "link",
		Short: "Find companies that are one under the ids of several registers",
		Long: `Link compares all companies of the store and states a SAME_AS claim for each
two that are one legal person: both carry one LEI, USCC, UEI, CAGE code, DUNS
number, or registration number of one country; or both bear one full legal
name and no country, LEI or USCC that is known contradicts. It compares
exactly, never by likeness. Every claim is reported, not confirmed, and says
in its citation what matched.

What no longer follows is withdrawn, and linking again changes nothing. Two
companies of which somebody retracted such a claim are never linked again:

  debadge retract CLAIM --reason "another company of that name"

A name or number that more than five companies of one register carry links
nobody; the report says so.`,
		Example: `  debadge link --dry-run
  debadge link --store neo4j://localhost:7687`,
		Args:              takes(),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if !p.flags.dryRun && (p.flags.demo || p.flags.store == "memory:") {
				return usage("nothing can be stated in %s: it is made anew each time; ask with --dry-run", p.storeName())
			}
			s, err := p.open(cmd.Context(), reading) // without the time limit of an answer
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.Close()) }()
			return p.link(cmd.Context(), s, p.flags.dryRun)
		},
	}
	p.register(cmd, cmd.Flags(), "link")
	return cmd
}

// link links the companies of a store, or says what that would state.
func (p *program) link(ctx context.Context, s graph.Store, dry bool) error {
	plan, err := link.Run(ctx, s, dry)
	if err != nil {
		return err
	}
	if p.flags.format == "json" {
		return graph.EncodeJSON(p.stdout, plan)
	}
	return p.writeLinks(plan, dry)
}

// linkImported links companies behind an import and tells in two lines what
// that did; debadge link tells the rest.
func (p *program) linkImported(ctx context.Context, s graph.Store) error {
	plan, err := link.Run(ctx, s, false)
	if err != nil {
		return err
	}
	g, r := newPage(p.stdout), plan.Report
	g.hang("", "  ", "%s compared: %s are one legal person", plural(r.Companies, "company", "companies"), plural(r.Pairs, "pair", "pairs"))
	g.hang("  ", "    ", "stated %s, withdrawn %s, unchanged %s (revision %d); debadge link tells by what, and what was left apart",
		thousands(r.Stated), thousands(r.Withdrawn), thousands(r.Unchanged), r.Revision)
	return g.flush()
}

// maxShared is how many names are told that too many companies carry.
const maxShared = 10

func (p *program) writeLinks(plan link.Plan, dry bool) error {
	g, r := newPage(p.stdout), plan.Report
	g.hang("", "  ", "%s compared: %s are one legal person", plural(r.Companies, "company", "companies"), plural(r.Pairs, "pair", "pairs"))
	for _, what := range slices.Sorted(maps.Keys(r.By)) {
		g.hang("  ", "    ", "%s by %s", plural(r.By[what], "claim", "claims"), what)
	}
	if dry {
		g.hang("  ", "    ", "to be stated %s, to be withdrawn %s, unchanged %s; nothing was written",
			thousands(r.Stated), thousands(r.Withdrawn), thousands(r.Unchanged))
		for _, c := range plan.Claims {
			g.hang("  + ", "    ", "%s is the same legal person as %s: %s", c.From, c.To, c.Citations[0].Text)
		}
		for _, c := range plan.Retractions {
			g.hang("  - ", "    ", "%s: %s", c.Claim, c.Reason)
		}
	} else {
		g.hang("  ", "    ", "stated %s, withdrawn %s, unchanged %s (revision %d)",
			thousands(r.Stated), thousands(r.Withdrawn), thousands(r.Unchanged), r.Revision)
	}
	if r.Ambiguous > 0 {
		g.hang("  ! ", "    ", "%s by a name of several companies, of which one at most can be meant", plural(r.Ambiguous, "claim is", "claims are"))
	}
	writeUnlinked(g, r)
	return g.flush()
}

// writeUnlinked says what was not linked though it looks alike.
func writeUnlinked(g *page, r link.Report) {
	if r.Contradicted > 0 {
		g.hang("  ", "    ", "not linked: %s with something in common, but contradicting each other", plural(r.Contradicted, "pair", "pairs"))
	}
	if r.Separated > 0 {
		g.hang("  ", "    ", "not linked: %s that somebody separated", plural(r.Separated, "pair", "pairs"))
	}
	for _, pair := range r.Joined {
		g.hang("  ! ", "    ", "%s and %s were separated by somebody, and are one all the same by way of others", pair.A, pair.B)
	}
	for _, s := range r.Shared[:min(len(r.Shared), maxShared)] {
		register := s.Register
		switch register {
		case "":
			register = "no register"
		case link.AllRegisters:
			register = "all registers"
		}
		g.hang("  ! ", "    ", "not linked by the %s “%s”: %s of %s carry it", s.What, s.Value, plural(s.Companies, "company", "companies"), register)
	}
	if more := len(r.Shared) - maxShared; more > 0 {
		g.hang("  ! ", "    ", "nor by %s that too many carry", plural(more, "more value", "more values"))
	}
}
