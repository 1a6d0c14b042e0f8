package link_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"debadge/graph"
	"debadge/graph/link"
)

// version is what a register says of a company at one time.
func version(t *rapid.T, id string) string {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	line := []string{id + "|" + pick("name", "Alpha_Works", "ALPHA_WORKS", "Beta_Works", "Alphaworks", "浪潮集团") +
		pick("alias", "", "", "|Alpha_Works", "|Beta_Works")}
	for _, attribute := range []string{
		pick("country", "", "", "country=CN", "country=GB"), pick("lei", "", "", lei1, lei2),
		pick("duns", "", "", "duns=150483782"), pick("number", "", "", "registration_number=01234567"),
		pick("party", "", "", "", "", "party_type=individual"),
	} {
		if attribute != "" {
			line = append(line, attribute)
		}
	}
	return strings.Join(line, " ")
}

// TestOrder imports the same companies in two orders, links them at different
// times, and wants the same claims: they are a function of the companies.
func TestOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		last := map[string]string{}
		var steps []string
		for i := range rapid.IntRange(2, 14).Draw(r, "companies") {
			id := fmt.Sprintf("%s:%d", rapid.SampledFrom([]string{"x", "y"}).Draw(r, "register"), i)
			last[id] = version(r, id)
			if rapid.Bool().Draw(r, "changes") {
				steps = append(steps, version(r, id))
			}
			steps = append(steps, last[id])
		}
		once, stepwise := newStore(t), newStore(t)
		for _, line := range rapid.Permutation(slices.Collect(valuesOf(last))).Draw(r, "order") {
			once.add(companies(line))
		}
		once.link()
		for _, line := range rapid.Permutation(steps).Draw(r, "other order") {
			stepwise.add(companies(line))
			if rapid.Bool().Draw(r, "link") {
				stepwise.link()
			}
		}
		for _, line := range last { // what is known in the end
			stepwise.add(companies(line))
		}
		stepwise.link()
		if diff := cmp.Diff(contents(once), contents(stepwise)); diff != "" {
			r.Fatalf("linked once (-) and stepwise (+):\n%s", diff)
		}
		if again := stepwise.link(); again.Stated+again.Withdrawn != 0 {
			r.Fatalf("linked again: %+v", again)
		}
	})
}

func valuesOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		ids := []string{}
		for id := range m {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		for _, id := range ids {
			if !yield(m[id]) {
				return
			}
		}
	}
}

// contents is what the claims that stand say, without their ids.
func contents(s store) []string {
	all := []string{}
	for _, c := range s.claims() {
		all = append(all, fmt.Sprintf("%s %s %s %s %v", c.From, c.To, c.Status, c.Confidence, c.Citations))
	}
	slices.Sort(all)
	return all
}

// TestFollow follows a store change by change and finds what a new linker finds.
func TestFollow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		s, l := newStore(t), link.New()
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			id := fmt.Sprintf("x:%d", rapid.IntRange(0, 5).Draw(r, "company"))
			s.add(companies(version(r, id)))
			if standing := s.claims(); len(standing) > 0 && rapid.Bool().Draw(r, "separate") {
				ids := []graph.ID{}
				for id := range standing {
					ids = append(ids, id)
				}
				slices.Sort(ids)
				claim := rapid.SampledFrom(ids).Draw(r, "claim")
				ends := standing[claim]
				s.add(graph.ChangeSet{Author: "a.lopez", Retractions: []graph.Retraction{{Claim: claim, Reason: "no"}}})
				s.link()
				for _, c := range s.claims() {
					if c.From == ends.From && c.To == ends.To {
						r.Fatalf("%s and %s were separated and are linked by %s", c.From, c.To, c.ID)
					}
				}
			}
			if err := l.Follow(t.Context(), s); err != nil {
				r.Fatal(err)
			}
			plan := l.Plan()
			fresh, err := link.Run(t.Context(), s, true)
			if err != nil {
				r.Fatal(err)
			}
			if diff := cmp.Diff(fresh.Report, plan.Report); diff != "" {
				r.Fatalf("anew (-) and by following (+):\n%s", diff)
			}
			if !slices.EqualFunc(fresh.Claims, plan.Claims, func(a, b graph.Claim) bool { return a.ID == b.ID && a.Digest() == b.Digest() }) ||
				!slices.Equal(fresh.Retractions, plan.Retractions) {
				r.Fatalf("anew %+v, by following %+v", fresh, plan)
			}
			if err := plan.Commit(t.Context(), s); err != nil {
				r.Fatal(err)
			}
		}
	})
}

// BenchmarkPlan compares 100,000 companies, of which a third have a name of
// another register's company.
func BenchmarkPlan(b *testing.B) {
	s := newStore(b)
	const n, part = 100_000, 5000
	for i := 0; i < n; i += part {
		var lines []string
		for j := i; j < i+part; j++ {
			lines = append(lines, fmt.Sprintf("r%d:%d|Works_%d_Limited|W%d_Other_Name country=CN duns=%09d", j%3, j, j*2/3, j, j))
		}
		s.add(companies(lines...))
	}
	for b.Loop() {
		p, err := link.Run(b.Context(), s, true)
		if err != nil || p.Report.Companies != n || p.Report.Pairs == 0 {
			b.Fatalf("%+v, %v", p.Report, err)
		}
	}
}
