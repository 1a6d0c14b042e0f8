package gleif_test

import (
	"maps"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest/gleif"
	"debadge/graph/ingest/ingesttest"
)

// The counts of the real files were taken with Python's json module and grep;
// where a file is not there, the retold one stands for it.
func TestRealFiles(t *testing.T) {
	owns, linked := graph.Owns, graph.AffiliatedWith
	for _, c := range []struct {
		name            string
		retold          string
		records, retell int
		claims, retells map[graph.Relation]int
	}{
		{"lei-data.json", "lei-flat.json", 13, 2, nil, map[graph.Relation]int{graph.RenamedTo: 1}},
		{"rr-data.json", "rr-flat.json", 10, 2, map[graph.Relation]int{owns: 2, linked: 8}, map[graph.Relation]int{owns: 1, linked: 1}},
		{"rr-data.xml", "rr.xml", 10, 8, map[graph.Relation]int{owns: 2, linked: 8}, map[graph.Relation]int{owns: 5, linked: 3}},
		{"repex-data.json", "repex-flat.json", 10, 2, nil, nil},
	} {
		name, there := ingesttest.Shared("gleif", c.name)
		if !there {
			name, c.records, c.claims = c.retold, c.retell, c.retells
		}
		for _, name := range []string{name, c.retold} {
			records, claims := c.records, c.claims
			if name == c.retold {
				records, claims = c.retell, c.retells
			}
			got := read(t, name)
			if len(got.Records) != records || !maps.Equal(got.Counts(), claims) {
				t.Errorf("%s: %d records, claims %v, want %d and %v", name, len(got.Records), got.Counts(), records, claims)
			}
			report := ingesttest.Import(t, ingesttest.Memory(), gleif.Format(), ingesttest.Open(t, name))
			if n := claims[owns] + claims[linked] + claims[graph.RenamedTo]; report.Added != n {
				t.Errorf("%s: %d claims in the store, want %d", name, report.Added, n)
			}
		}
	}
}

func TestTheFlatJSONOfToolsSaysTheSame(t *testing.T) {
	for _, name := range []string{"lei-flat.json", "rr-flat.json", "repex-flat.json"} {
		ingesttest.Golden(t, name+".golden", read(t, name))
	}
}
