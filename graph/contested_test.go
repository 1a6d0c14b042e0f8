package graph_test

import (
	"slices"
	"testing"

	"debadge/graph"
)

// TestFindContested finds each sort of conflict, one by one and all at once.
func TestFindContested(t *testing.T) {
	by := func(stance graph.Stance) graph.Citation { return graph.Citation{Source: "source:s", Stance: stance} }
	claim := func(id graph.ID, r graph.Relation, from, to graph.ID, change func(*graph.Claim)) graph.Claim {
		c := graph.Claim{ID: id, Relation: r, From: from, To: to, Status: graph.Reported, Citations: []graph.Citation{by(graph.Supports)}}
		if change != nil {
			change(&c)
		}
		return c
	}
	share := func(from string, n int32) func(*graph.Claim) {
		return func(c *graph.Claim) {
			c.ValidFrom, c.ShareMin, c.ShareMax = dateOf(t, from), graph.ShareOf(n*1_000_000), graph.ShareOf(n*1_000_000)
		}
	}
	s := grown(t, graph.ChangeSet{
		Author: "t", Reason: "t", Sources: []graph.Source{{ID: "source:s", Title: "S", Publisher: "P"}},
		Entities: []graph.Entity{
			{ID: "company:a", Name: "A"}, {ID: "company:b", Name: "B"}, {ID: "product:o1", Name: "O1"}, {ID: "product:o2", Name: "O2"}, {ID: "product:p", Name: "P"},
		},
		Claims: []graph.Claim{
			claim("claim:own1", graph.Owns, "company:a", "company:b", share("2020", 20)),
			claim("claim:own2", graph.Owns, "company:a", "company:b", share("2020-05", 30)),
			claim("claim:own3", graph.Owns, "company:a", "company:b", share("2021", 30)),
			claim("claim:re1", graph.RebrandedAs, "product:o1", "product:p", nil),
			claim("claim:re2", graph.RebrandedAs, "product:o2", "product:p", func(c *graph.Claim) { c.Citations = append(c.Citations, by(graph.Denies)) }),
			claim("claim:link", graph.AffiliatedWith, "company:a", "company:b", func(c *graph.Claim) { c.Status = graph.Disputed }),
			claim("claim:quiet", graph.Makes, "company:b", "product:p", nil),
		},
	})
	want := []string{
		"disputed claim:link", "shares claim:own2 claim:own1", "dates claim:own3 claim:own1", "shares claim:own3 claim:own1", "dates claim:own3 claim:own2",
		"denied claim:re2", "origin claim:re2 claim:re1",
	}
	for _, limit := range []int{1, 100} {
		var got []string
		looked := 0
		for after := graph.ID(""); ; {
			var part graph.Contested
			err := s.View(t.Context(), graph.Moment{}, func(v graph.View) (err error) {
				part, err = graph.FindContested(t.Context(), v, after, limit)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			looked += part.Looked
			for _, r := range part.Rows {
				line := string(r.Conflict) + " " + string(r.Claim.ID)
				if r.Other != nil {
					line += " " + string(r.Other.ID)
				}
				got = append(got, line)
			}
			if after = part.After; after == "" {
				break
			}
		}
		if !slices.Equal(got, want) || looked != 7 {
			t.Errorf("%d a part, %d claims looked at:\n%q", limit, looked, got)
		}
	}
}
