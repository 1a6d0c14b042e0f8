package ledger_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"testing"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/ledger"
)

func benchLedger(b *testing.B) *ledger.Ledger {
	b.Helper()
	l, err := ledger.Open(b.Context(), filepath.Join(b.TempDir(), "ledger.db"), options())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	return l
}

// BenchmarkKey looks up a key among 1,000, as every request does.
func BenchmarkKey(b *testing.B) {
	l := benchLedger(b)
	var text string
	for i := range 1000 {
		var err error
		if text, _, err = l.CreateKey(b.Context(), ledger.CommandLine, ledger.NewKey{Name: strconv.Itoa(i), Role: ledger.Reader}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		hash, err := ledger.ParseKey(text)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := l.Key(b.Context(), hash); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLog appends entries, each synced to the disk.
func BenchmarkLog(b *testing.B) {
	l := benchLedger(b)
	for b.Loop() {
		if _, err := l.Log(b.Context(), ledger.Event{Actor: "key:erp", Kind: ledger.ScreeningEntry, Subject: "order", Details: map[string]int{"lines": 10_000}}); err != nil {
			b.Fatal(err)
		}
	}
}

// benchStore has so many makers with ten products each.
func benchStore(b *testing.B, makers int) *index.Memory {
	b.Helper()
	s := index.NewMemory(noon)
	cs := graph.ChangeSet{
		ID: "start", Sources: []graph.Source{{ID: "source:gazette", Title: "Gazette", Publisher: "Gazette"}},
		Entities: []graph.Entity{{ID: "list:embargo", Name: "Embargo"}},
	}
	for m := range makers {
		maker := graph.ID(fmt.Sprintf("company:m%d", m))
		cs.Entities = append(cs.Entities, graph.Entity{ID: maker, Name: fmt.Sprintf("Maker %d", m)})
		for i := range 10 {
			product := graph.ID(fmt.Sprintf("product:m%d:p%d", m, i))
			cs.Entities = append(cs.Entities, graph.Entity{ID: product, Name: fmt.Sprintf("P%d-%d", m, i)})
			cs.Claims = append(cs.Claims, claim(fmt.Sprintf("m%d-%d", m, i), graph.Makes, maker, product))
		}
	}
	if _, err := s.Append(b.Context(), cs); err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkRescreen lists one maker after another, of whose ten products one has
// been decided on, among 10,000 decisions.
func BenchmarkRescreen(b *testing.B) {
	const makers = 10_000
	l, s := benchLedger(b), benchStore(b, makers)
	for m := range makers {
		if _, err := l.Decide(b.Context(), s, "key:tester", decideOn(fmt.Sprintf("product:m%d:p0", m))); err != nil {
			b.Fatal(err)
		}
	}
	looked := 0
	for m := 0; b.Loop(); m++ {
		b.StopTimer()
		if _, err := s.Append(b.Context(), with(claim(fmt.Sprintf("listed-%d", m), graph.ListedOn, graph.ID(fmt.Sprintf("company:m%d", m%makers)), "list:embargo"))); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		done, err := l.Rescreen(b.Context(), s, today())
		if err != nil {
			b.Fatal(err)
		}
		looked += done.Looked
	}
	b.ReportMetric(float64(looked)/float64(b.N), "looked/op")
}
