package bundle_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest/bundle"
)

// log is a store that only remembers what was appended: what the tests need of
// one, with a fault on demand.
type log struct {
	graph.Store
	known    graph.Existing
	ids      []string
	refuseAt int
}

func newLog() *log {
	return &log{known: graph.Existing{
		Entities: map[graph.ID]graph.Entity{}, Sources: map[graph.ID]graph.Source{}, Claims: map[graph.ID]graph.StoredClaim{},
	}}
}

func (l *log) Append(_ context.Context, cs graph.ChangeSet) (graph.Receipt, error) {
	cs, err := cs.Prepare()
	if err != nil {
		return graph.Receipt{}, err
	}
	if len(l.ids)+1 == l.refuseAt {
		return graph.Receipt{}, graph.Unavailable("the store is away", nil)
	}
	plan, receipt, err := cs.Plan(l.known)
	if err != nil {
		return graph.Receipt{}, err
	}
	for _, e := range plan.Entities {
		l.known.Entities[e.ID] = e
	}
	for _, s := range plan.Sources {
		l.known.Sources[s.ID] = s
	}
	for _, c := range plan.Claims {
		l.known.Claims[c.ID] = graph.StoredClaim{Claim: c, Recorded: 1}
	}
	if !plan.IsEmpty() {
		l.ids = append(l.ids, cs.ID)
	}
	receipt.Revision = graph.Revision(len(l.ids))
	return receipt, nil
}

func TestImportGoesOnWhereItWasInterrupted(t *testing.T) {
	text, store := long(6_000, ""), newLog()
	store.refuseAt = 3
	report, err := bundle.Import(t.Context(), store, "f.json", strings.NewReader(text), nil)
	if graph.KindOf(err) != graph.KindUnavailable || report.Committed != 2 || report.Added != 10_000 {
		t.Fatalf("interrupted: %+v, %v", report, err)
	}
	store.refuseAt = 0
	report, err = bundle.Import(t.Context(), store, "f.json", strings.NewReader(text), nil)
	if err != nil || report.Committed != 3 || report.Added != 2_000 || report.Unchanged != 10_000 {
		t.Fatalf("resumed: %+v, %v", report, err)
	}
	before := fmt.Sprint(store.ids)
	report, err = bundle.Import(t.Context(), store, "f.json", strings.NewReader(text), nil)
	if err != nil || report.Added != 0 || report.Unchanged != 12_000 || fmt.Sprint(store.ids) != before {
		t.Fatalf("again: %+v, %v", report, err)
	}
}

func TestImportTellsWhereAStoreRefuses(t *testing.T) {
	const text = `{"debadge": 1,
  "sources": [{"id": "source:s", "title": "S", "publisher": "P"}],
  "claims": [{
    "relation": "OWNS", "from": "company:a",
    "to": "company:b", "status": "alleged",
    "citations": [{"stance": "supports", "source": "source:other"}]
  }]}`
	report, err := bundle.Import(t.Context(), newLog(), "f.json", strings.NewReader(text), nil)
	const want = `f.json is refused
  f.json:4:33: claims[0].from: company:a is not known; add the entity in this change set or before it
  f.json:5:11: claims[0].to: company:b is not known; add the entity in this change set or before it
  f.json:6:52: claims[0].citations[0].source: source:other is not known; add the source in this change set or before it`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
	if report.Committed != 0 || report.Items != 2 {
		t.Errorf("got %+v", report)
	}
}

func TestImportOfNothingAppendsNothing(t *testing.T) {
	report, err := bundle.Import(t.Context(), nil, "f.json", strings.NewReader(`{"debadge": 1}`), nil)
	if err != nil || report.Committed != 0 {
		t.Errorf("got %+v, %v", report, err)
	}
}

func BenchmarkCheck(b *testing.B) {
	text := long(50_000, "")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := bundle.Check("f.json", strings.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}
