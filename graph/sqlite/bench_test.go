package sqlite_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"testing"

	"debadge/graph"
	"debadge/graph/sqlite"
)

const benchItems = 5000

// bulk is the n-th change set of an import: 5,000 claims, and what they are
// between when fresh says so.
func bulk(n int, fresh bool) graph.ChangeSet {
	var cs graph.ChangeSet
	if fresh {
		cs.Sources = []graph.Source{{ID: graph.ID(fmt.Sprintf("source:s%d", n)), Title: "Catalog", Publisher: "Maker"}}
	}
	for i := range benchItems {
		product := graph.ID(fmt.Sprintf("product:maker:m%d-%d", n, i))
		if fresh {
			cs.Entities = append(cs.Entities, graph.Entity{ID: product, Name: fmt.Sprintf("KR%d-X%d", i, n), Brand: "Maker"})
		}
		from := graph.ID(fmt.Sprintf("product:maker:m%d-%d", n, max(i-1, 0)))
		relation := graph.SucceededBy
		if i%2 == 0 {
			from, relation = graph.ID(fmt.Sprintf("company:maker%d", i%100)), graph.Makes
		}
		cs.Claims = append(cs.Claims, graph.Claim{
			Relation: relation, From: from, To: product, Status: graph.Reported,
			Citations: []graph.Citation{{Source: graph.ID(fmt.Sprintf("source:s%d", n)), Stance: graph.Supports, Locator: "p. 12", Text: "the catalog says so"}},
		})
	}
	return cs
}

func makers() graph.ChangeSet {
	var cs graph.ChangeSet
	for i := range 100 {
		cs.Entities = append(cs.Entities, graph.Entity{ID: graph.ID(fmt.Sprintf("company:maker%d", i)), Name: "Maker"})
	}
	return cs
}

func benchStore(b *testing.B) *sqlite.Store {
	b.Helper()
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "store.db"), clock)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	if _, err := s.Append(b.Context(), makers()); err != nil {
		b.Fatal(err)
	}
	return s
}

func appendTo(b *testing.B, s graph.Store, cs graph.ChangeSet) {
	b.Helper()
	if _, err := s.Append(b.Context(), cs); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkAppendClaims measures claims between products that are there.
func BenchmarkAppendClaims(b *testing.B) {
	s := benchStore(b)
	n := 0
	for b.Loop() {
		b.StopTimer()
		cs := bulk(n, true)
		appendTo(b, s, graph.ChangeSet{Entities: cs.Entities, Sources: cs.Sources})
		cs = bulk(n, false)
		b.StartTimer()
		appendTo(b, s, cs)
		n++
	}
	b.ReportMetric(float64(n*benchItems)/b.Elapsed().Seconds(), "claims/s")
}

// BenchmarkAppendImport measures 5,000 products with 5,000 claims between them.
func BenchmarkAppendImport(b *testing.B) {
	s := benchStore(b)
	n := 0
	for b.Loop() {
		appendTo(b, s, bulk(n, true))
		n++
	}
	b.ReportMetric(float64(n*benchItems)/b.Elapsed().Seconds(), "claims/s")
}

// BenchmarkAppendSmall measures the full sync of a change set of one claim.
func BenchmarkAppendSmall(b *testing.B) {
	s := benchStore(b)
	cs := bulk(0, true)
	appendTo(b, s, graph.ChangeSet{Entities: cs.Entities, Sources: cs.Sources})
	n := 0
	for b.Loop() {
		c := cs.Claims[n%benchItems]
		c.Status, c.Confidence = graph.Alleged, graph.Confidence(1+n/benchItems)
		appendTo(b, s, graph.ChangeSet{Claims: []graph.Claim{c}})
		n++
	}
}

// BenchmarkChanges measures the feed of 100,000 claims.
func BenchmarkChanges(b *testing.B) {
	s := benchStore(b)
	for n := range 20 {
		appendTo(b, s, bulk(n, true))
	}
	b.ResetTimer()
	claims := 0
	for b.Loop() {
		if err := s.Changes(b.Context(), 0, func(c graph.Change) error {
			claims += len(c.Claims)
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(claims)/b.Elapsed().Seconds(), "claims/s")
}

// BenchmarkAdjacent measures one step of a walk, as wide as a frontier.
func BenchmarkAdjacent(b *testing.B) {
	s := benchStore(b)
	for n := range 20 {
		appendTo(b, s, bulk(n, true))
	}
	for _, width := range []int{1, 10, 1000} {
		b.Run(strconv.Itoa(width), func(b *testing.B) {
			err := s.View(b.Context(), graph.Moment{}, func(v graph.View) error {
				ids := make([]graph.ID, width)
				for i := range ids {
					ids[i] = graph.ID(fmt.Sprintf("product:maker:m%d-%d", i%20, i))
				}
				nodes, err := v.Nodes(b.Context(), ids)
				if err != nil {
					return err
				}
				var edges []graph.Edge
				for b.Loop() {
					if edges, err = v.Adjacent(b.Context(), nodes, graph.Upstream, ^graph.RelationSet(0), edges[:0]); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
