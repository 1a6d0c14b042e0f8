package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"debadge/graph"
)

// CypherAsk is what the trace in Cypher alone (upstream_trace) is asked; its
// fields are that query's parameters.
type CypherAsk struct {
	Subject       graph.ID
	AsOf          graph.Day
	Revision      graph.Revision
	Lists         []graph.ID
	Statuses      []graph.Status
	MinConfidence graph.Confidence
	ShareMin      graph.Share // 0: any share is ownership
	Affiliations  int         // 0 or 1
}

// CypherRow is what it answers, but for the path and the date.
type CypherRow struct {
	Company, List      graph.ID
	Affiliations, Hops int
}

// question is the question of the reference that asks the same: a rule of one
// owner alone, which takes every kind of interest.
func (a CypherAsk) question() graph.Question {
	policy := graph.DefaultPolicy()
	policy.WeakestStatus, policy.MinConfidence, policy.MaxAffiliations = slices.Max(a.Statuses), a.MinConfidence, a.Affiliations
	rule := graph.OwnershipRule{
		Name: "one owner", Form: graph.Majority, Threshold: a.ShareMin,
		Interests: []graph.Interest{graph.Equity, graph.Voting, graph.Control},
	}
	if a.ShareMin.Micro() == 0 {
		rule.Form = graph.AnyShare
	}
	policy.Ownership = []graph.OwnershipRule{rule}
	q := graph.Question{Subject: string(a.Subject), AsOf: a.AsOf, KnownAt: graph.Moment{Revision: a.Revision}, Policy: policy}
	for _, l := range a.Lists {
		q.Lists = append(q.Lists, string(l))
	}
	return q
}

// Nearest answers as the trace in Cypher alone: for each company and list the
// fewest affiliations, and with them the fewest hops, in the order of ids.
func (r *Reference) Nearest(a CypherAsk) []CypherRow {
	q := a.question()
	best := map[[2]graph.ID]CypherRow{}
	for _, t := range r.read(q.Policy, q.Lists, q.AsOf).search(a.Subject, graph.ByAffiliation, 0) {
		row := CypherRow{t.company(a.Subject), t.list, t.affiliations, len(t.hops)}
		key := [2]graph.ID{row.Company, row.List}
		old, ok := best[key]
		if !ok || cmp.Or(cmp.Compare(row.Affiliations, old.Affiliations), cmp.Compare(row.Hops, old.Hops)) < 0 {
			best[key] = row
		}
	}
	var rows []CypherRow
	for _, row := range best {
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(x, y CypherRow) int {
		return cmp.Or(cmp.Compare(x.Company, y.Company), cmp.Compare(x.List, y.List))
	})
	return rows
}

// RunCypher puts random graphs into a store and compares what a trace in Cypher
// alone answers there with the reference.
func RunCypher(t *testing.T, store graph.Store, trace func(ctx context.Context, a CypherAsk) ([]CypherRow, error)) {
	t.Helper()
	ctx := t.Context()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, fmt.Sprintf("i%d.", drawn.Add(1)))
		a := CypherAsk{AsOf: p.asOf, Affiliations: pick(t, "affiliations", 0, 1), ShareMin: share(pick(t, "least share", "0", "50", "25")), Lists: p.lists}
		a.Statuses = pick(t, "statuses", []graph.Status{graph.Confirmed}, []graph.Status{graph.Confirmed, graph.Reported}, []graph.Status{graph.Confirmed, graph.Reported, graph.Alleged})
		a.MinConfidence = pick[graph.Confidence](t, "least confidence", 0, 60, 80)
		for _, cs := range p.sets {
			receipt, err := store.Append(ctx, cs)
			if err != nil {
				t.Fatal(err)
			}
			a.Revision = receipt.Revision
		}
		r, err := NewReference(p.sets, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, a.Subject = range p.subjects() {
			got, err := trace(ctx, a)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(r.Nearest(a), got); diff != "" {
				t.Fatalf("%+v: the reference (-) and Cypher (+) differ:\n%s", a, diff)
			}
		}
	})
}
