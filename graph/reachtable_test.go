package graph_test

import (
	"reflect"
	"testing"

	"debadge/graph"
)

// TestReachTable filters, sorts and pages a reach, and compares the whole of it
// with the reach itself.
func TestReachTable(t *testing.T) {
	s := hub(t, 30)
	cite := []graph.Citation{{Source: "source:a", Stance: graph.Supports}}
	sells := func(status graph.Status, seller, product graph.ID) graph.Claim {
		return graph.Claim{Relation: graph.Sells, From: seller, To: product, Status: status, Citations: cite}
	}
	_, err := s.Append(t.Context(), graph.ChangeSet{
		Author: "t", Reason: "t",
		Entities: []graph.Entity{{ID: "company:shop", Name: "Shop"}, {ID: "product:z:badge", Name: "Badge", Brand: "Zed"}},
		Claims: []graph.Claim{
			sells(graph.Confirmed, "company:shop", "product:z:badge"), sells(graph.Confirmed, "company:shop", "product:hub:0003"),
			sells(graph.Disputed, "company:shop", "product:hub:0004"),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	q := graph.ReachQuestion{Origin: "company:hub", AsOf: date("2024-05-05").Earliest(), Policy: graph.DefaultPolicy()}
	var rows []graph.ReachRow
	head, err := graph.Reach(t.Context(), s, q, func(r graph.ReachRow) error { rows = append(rows, r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	table, err := graph.ReadReachTable(t.Context(), s, q)
	if err != nil {
		t.Fatal(err)
	}
	var paged []graph.ReachRow
	selected := func(f graph.ReachFilter) graph.ReachSelection {
		t.Helper()
		found, err := table.Select(t.Context(), s, f)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for from := 0; from < table.Len(); from += 7 {
		for _, r := range selected(graph.ReachFilter{From: from, Most: 7}).Rows {
			paged = append(paged, r.ReachRow)
		}
	}
	if !reflect.DeepEqual(paged, rows) || !reflect.DeepEqual(table.Head, head) || len(rows) != 31 {
		t.Errorf("%d rows of a table, %d of a reach; %+v", len(paged), len(rows), table.Head)
	}
	for name, c := range map[string]struct {
		f     graph.ReachFilter
		left  int
		first graph.ID
	}{
		"by seller, whose disputed claims do not count": {graph.ReachFilter{Sellers: []graph.ID{"company:shop"}}, 2, "product:hub:0003"},
		"by brand":              {graph.ReachFilter{Brands: []string{"Zed"}}, 1, "product:z:badge"},
		"by brand and seller":   {graph.ReachFilter{Brands: []string{"Zed"}, Sellers: []graph.ID{"company:hub"}}, 0, ""},
		"by action":             {graph.ReachFilter{Actions: []graph.Action{graph.Review, graph.Pass}}, 1, "product:z:badge"},
		"by way and strength":   {graph.ReachFilter{Ways: []graph.Way{graph.Direct}, Strengths: []graph.Status{graph.Confirmed}}, 30, "product:hub:0000"},
		"those of a brand last": {graph.ReachFilter{Order: graph.ByBrand, From: 30}, 31, "product:z:badge"},
		"by name":               {graph.ReachFilter{Order: graph.ByName}, 31, "product:z:badge"},
	} {
		t.Run(name, func(t *testing.T) {
			c.f.Most = 5
			got := selected(c.f)
			first := graph.ID("")
			if len(got.Rows) > 0 {
				first = got.Rows[0].Product.ID
			}
			if got.Total != c.left || first != c.first {
				t.Errorf("%d left, the first is %q: %+v", got.Total, first, got.Counts)
			}
		})
	}
	counts := selected(graph.ReachFilter{Brands: []string{"Zed"}, Most: 1}).Counts
	if want := []graph.ReachCount{{Value: "", Count: 30}, {Value: "Zed", Count: 1}}; !reflect.DeepEqual(counts.Brands, want) {
		t.Errorf("brands %+v", counts.Brands)
	}
	if want := []graph.ReachCount{{Value: "company:shop", Name: "Shop", Count: 1}}; !reflect.DeepEqual(counts.Sellers, want) {
		t.Errorf("sellers %+v", counts.Sellers)
	}
}
