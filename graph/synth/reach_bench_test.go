package synth_test

import (
	"testing"

	"debadge/graph"
	"debadge/graph/synth"
)

// BenchmarkHub compares, in one run: a bare walk from the hub; a page of 100 of
// its products with and without how many there are; and the table that a page
// of the web shows, read for the first time and asked again.
func BenchmarkHub(b *testing.B) {
	w := build(b)
	question := graph.ReachQuestion{Origin: string(synth.Hub), AsOf: today, Policy: graph.DefaultPolicy()}
	shown := graph.ReachFilter{Most: 50, MostCounts: 200}
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			w.down.walk(w.hub)
		}
	})
	for name, uncounted := range map[string]bool{"page": false, "page-uncounted": true} {
		b.Run(name, func(b *testing.B) {
			q := question
			q.Limit, q.Uncounted = 100, uncounted
			for b.Loop() {
				if _, err := graph.Reach(b.Context(), w.index, q, func(graph.ReachRow) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("table", func(b *testing.B) {
		for b.Loop() {
			t, err := graph.ReadReachTable(b.Context(), w.index, question)
			if err == nil {
				_, err = t.Select(b.Context(), w.index, shown)
			}
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(t.Len()), "products")
		}
	})
	b.Run("table-again", func(b *testing.B) {
		t, err := graph.ReadReachTable(b.Context(), w.index, question)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := t.Select(b.Context(), w.index, shown); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkFindings compares, in one run: looking up bits; findings that are
// worked out; and findings that were found before.
func BenchmarkFindings(b *testing.B) {
	w := build(b)
	err := w.index.View(b.Context(), graph.Moment{}, func(v graph.View) error {
		nodes, err := v.Nodes(b.Context(), w.some(10_000))
		if err != nil {
			return err
		}
		bits := make([]uint64, len(w.number)/64+1)
		b.Run("bits", func(b *testing.B) {
			found := 0
			for b.Loop() {
				for _, n := range nodes {
					found += int(bits[n/64] >> (n % 64) & 1)
				}
			}
			perFinding(b, len(nodes)+found)
		})
		kept := graph.NewFindings(1 << 20)
		for name, findings := range map[string]*graph.Findings{"worked-out": nil, "kept": kept} {
			b.Run(name, func(b *testing.B) {
				a, err := findings.Assessor(b.Context(), v, graph.DefaultPolicy(), today, nil)
				if err != nil {
					b.Fatal(err)
				}
				defer a.Close()
				assess := func() {
					for _, n := range nodes {
						if _, err := a.Assess(b.Context(), n); err != nil {
							b.Fatal(err)
						}
					}
				}
				assess()
				for b.Loop() {
					assess()
				}
				perFinding(b, len(nodes))
			})
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// perFinding reports the time of one, where each round has so many.
func perFinding(b *testing.B, findings int) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*findings), "ns/finding")
}
