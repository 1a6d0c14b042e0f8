package graph_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
)

// clearProducts is a store with a product that leads to nine others and ten companies, and
// to no listing; and the same with everything laid out.
func clearProducts(t *testing.T) (beside, laidOut graph.Store) {
	t.Helper()
	clock := func() time.Time { return time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) }
	beside = index.NewMemory(clock)
	cite := []graph.Citation{{Source: "source:a", Stance: graph.Supports}}
	cs := graph.ChangeSet{
		Author: "t", Reason: "t", Sources: []graph.Source{{ID: "source:a", Title: "A", Publisher: "P"}},
		Entities: []graph.Entity{{ID: "company:listed", Name: "Listed"}, {ID: "list:a", Name: "A"}},
		Claims:   []graph.Claim{{Relation: graph.ListedOn, From: "company:listed", To: "list:a", Status: graph.Confirmed, Citations: cite}},
	}
	for i := range 10 {
		company, product := graph.ID(fmt.Sprintf("company:c%d", i)), graph.ID(fmt.Sprintf("product:c:p%d", i))
		cs.Entities = append(cs.Entities, graph.Entity{ID: company, Name: string(company)}, graph.Entity{ID: product, Name: string(product)})
		cs.Claims = append(cs.Claims, graph.Claim{Relation: graph.Makes, From: company, To: product, Status: graph.Reported, Citations: cite})
		if i > 0 {
			cs.Claims = append(cs.Claims,
				graph.Claim{Relation: graph.Owns, From: cs.Claims[len(cs.Claims)-1].From, To: "company:c0", Status: graph.Alleged, Citations: cite},
				graph.Claim{Relation: graph.SucceededBy, From: graph.ID(fmt.Sprintf("product:c:p%d", i-1)), To: product, Status: graph.Confirmed, Citations: cite})
		}
	}
	if _, err := beside.Append(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	following, err := index.Follow(t.Context(), beside, index.Options{Clock: clock, MaxStale: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = following.Close() })
	return beside, following
}

// TestClearTakesNoMemory: an answer that is clear allocates nothing, whether the
// index has the claims laid out or beside that.
func TestClearTakesNoMemory(t *testing.T) {
	beside, laidOut := clearProducts(t)
	for name, store := range map[string]graph.Store{"laid out": laidOut, "beside": beside} {
		t.Run(name, func(t *testing.T) {
			err := store.View(t.Context(), graph.Moment{}, func(v graph.View) error {
				a, err := graph.NewAssessor(t.Context(), v, graph.DefaultPolicy(), date("2024-05-05").Earliest(), nil)
				if err != nil {
					return err
				}
				defer a.Close()
				nodes, err := v.Nodes(t.Context(), []graph.ID{"product:c:p9"})
				if err != nil {
					return err
				}
				allocations := testing.AllocsPerRun(100, func() {
					if got, err := a.Assess(t.Context(), nodes[0]); err != nil || got.Finding != graph.Clear {
						t.Fatalf("%+v %v", got, err)
					}
				})
				if allocations != 0 {
					t.Errorf("%v allocations a clear answer", allocations)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// numbered is what a view of an index has, and counts how often it is asked for
// claims.
type numbered struct {
	numberedView
	asked *int
}

type numberedView interface {
	graph.View
	NodeCount() int
	Ranks(nodes []graph.Node, ranks []uint32) bool
	Order(after graph.ID, most int) []graph.Node
	Links(frontier []graph.Node, d graph.Direction, set graph.RelationSet, on graph.Day, weakest graph.Status, least graph.Confidence, links []graph.Link) ([]graph.Link, bool)
	Brands(nodes []graph.Node, brands []uint32)
	Brand(brand uint32) string
	Numbering() any
}

func (n numbered) Adjacent(ctx context.Context, frontier []graph.Node, d graph.Direction, set graph.RelationSet, edges []graph.Edge) ([]graph.Edge, error) {
	*n.asked++
	return n.numberedView.Adjacent(ctx, frontier, d, set, edges)
}

func (n numbered) Links(frontier []graph.Node, d graph.Direction, set graph.RelationSet, on graph.Day, weakest graph.Status, least graph.Confidence, links []graph.Link) ([]graph.Link, bool) {
	*n.asked++
	return n.numberedView.Links(frontier, d, set, on, weakest, least, links)
}

// TestFindingsAreLookedUp: what was found on a day by some rules at a revision is
// not worked out again, as long as it is kept.
func TestFindingsAreLookedUp(t *testing.T) {
	store, _ := clearProducts(t)
	findings := graph.NewFindings(1)
	strict, err := graph.StrictPolicy().Sealed()
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		day    string
		policy graph.Policy
		at     graph.Revision
		again  bool
	}{
		{"2024-05-05", graph.DefaultPolicy(), 1, false},
		{"2024-05-05", graph.DefaultPolicy(), 1, true},
		{"2024-05-06", graph.DefaultPolicy(), 1, false},
		{"2024-05-05", graph.DefaultPolicy(), 1, false}, // only one day is kept
		{"2024-05-05", strict, 1, false},
		{"2024-05-05", strict, 1, true},
		{"2024-05-05", strict, 2, false},
	} {
		if c.at == 2 {
			if _, err := store.Append(t.Context(), graph.ChangeSet{Author: "t", Reason: "t", Entities: []graph.Entity{{ID: "company:other", Name: "Other"}}}); err != nil {
				t.Fatal(err)
			}
		}
		err := store.View(t.Context(), graph.Moment{Revision: c.at}, func(v graph.View) error {
			asked := 0
			known, ok := v.(numberedView)
			if !ok {
				t.Fatal("the view of an index does not number entities")
			}
			a, err := findings.Assessor(t.Context(), numbered{known, &asked}, c.policy, date(c.day).Earliest(), nil)
			if err != nil {
				return err
			}
			defer a.Close()
			nodes, err := v.Nodes(t.Context(), []graph.ID{"product:c:p9"})
			if err != nil {
				return err
			}
			asked = 0 // about the lists
			got, err := a.Assess(t.Context(), nodes[0])
			if got != (graph.Assessment{Finding: graph.Clear, Action: graph.Pass, Complete: true}) || (asked == 0) != c.again {
				t.Errorf("case %d: %+v, asked for claims %d times", i, got, asked)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
