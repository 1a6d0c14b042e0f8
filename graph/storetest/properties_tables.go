package storetest

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"debadge/graph"
)

// sameTables: what a table of a reach says by any filter, order and page is what
// one finds by looking at every row.
func (p problem) sameTables(t *rapid.T, s graph.Store, at graph.Revision) {
	ctx := context.Background()
	origin := pick(t, "origin", slices.Concat(p.lists, p.owners)...)
	q := p.reach(origin)
	q.KnownAt = graph.Moment{Revision: at}
	page, err := reachPage(ctx, s, q)
	if err != nil {
		return // the list does not count, as the answers say
	}
	table, err := graph.ReadReachTable(ctx, s, q)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(page.ReachAnswer, table.Head) {
		t.Fatalf("the head of a reach is\n%+v\nand that of its table\n%+v", page.ReachAnswer, table.Head)
	}
	samePages(t, s, q, page)
	rows := withSellers(t, s, q, page)
	f := drawFilter(t, rows)
	got, err := table.Select(ctx, s, f)
	if err != nil {
		t.Fatal(err)
	}
	if want := selected(rows, f); !reflect.DeepEqual(want, got) {
		t.Fatalf("table of %s by %+v:\n%+v\nand every row looked at:\n%+v", origin, f, got, want)
	}
}

// samePages: pages of which nobody counts all rows hold the rows that one page of
// all of them holds, and are complete if that is.
func samePages(t *rapid.T, s graph.Store, q graph.ReachQuestion, whole ReachPage) {
	q.Uncounted, q.Limit = true, rapid.IntRange(1, 3).Draw(t, "limit")
	var rows []graph.ReachRow
	for {
		page, err := reachPage(context.Background(), s, q)
		if err != nil {
			t.Fatal(err)
		}
		if page.Total != graph.NotCounted && page.Total != whole.Total || len(page.Rows) > q.Limit || !page.Complete && whole.Complete {
			t.Fatalf("a page of %d rows is\n%+v\nof\n%+v", q.Limit, page, whole)
		}
		rows = append(rows, page.Rows...)
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if len(rows) != len(whole.Rows) || len(rows) > 0 && !reflect.DeepEqual(rows, whole.Rows) {
		t.Fatalf("pages of %d rows of %s hold\n%+v\nand all of it\n%+v", q.Limit, q.Origin, rows, whole.Rows)
	}
}

// withSellers looks up who sells each product of a reach.
func withSellers(t *rapid.T, s graph.Store, q graph.ReachQuestion, page ReachPage) []graph.ReachTableRow {
	rows := []graph.ReachTableRow{}
	err := s.View(context.Background(), graph.Moment{Revision: page.Revision}, func(v graph.View) error {
		for _, r := range page.Rows {
			row := graph.ReachTableRow{ReachRow: r, Sellers: []graph.EntityRef{}}
			nodes, err := v.Nodes(context.Background(), []graph.ID{r.Product.ID})
			if err != nil {
				return err
			}
			edges, err := v.Adjacent(context.Background(), nodes, graph.Upstream, graph.SetOf(graph.Sells), nil)
			if err != nil {
				return err
			}
			var ids []graph.ID
			for _, e := range edges {
				if e.Status <= q.Policy.WeakestStatus && e.Confidence >= q.Policy.MinConfidence && e.From <= q.AsOf && q.AsOf < e.To {
					ids = append(ids, v.ID(e.Far))
				}
			}
			slices.Sort(ids)
			sellers, err := v.Entities(context.Background(), slices.Compact(ids))
			if err != nil {
				return err
			}
			for _, e := range sellers {
				row.Sellers = append(row.Sellers, e.Ref())
			}
			rows = append(rows, row)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// drawFilter draws conditions that some of the rows meet.
func drawFilter(t *rapid.T, rows []graph.ReachTableRow) graph.ReachFilter {
	f := graph.ReachFilter{
		Order:      pick(t, "order", graph.ByID, graph.ByName, graph.ByBrand, graph.ByAction, graph.ByStrength),
		From:       rapid.IntRange(0, 3).Draw(t, "from"),
		Most:       rapid.IntRange(1, 5).Draw(t, "most"),
		MostCounts: rapid.IntRange(0, 3).Draw(t, "counts"),
	}
	if len(rows) == 0 {
		return f
	}
	row := pick(t, "like", rows...)
	if often(t, "brand", 4) {
		f.Brands = []string{row.Product.Brand}
	}
	if often(t, "seller", 4) {
		f.Sellers = []graph.ID{"company:nobody"}
		for _, e := range row.Sellers {
			f.Sellers = append(f.Sellers, e.ID)
		}
	}
	if often(t, "action", 4) {
		f.Actions = []graph.Action{row.Action}
	}
	if often(t, "strength", 4) {
		f.Strengths = []graph.Status{row.Strength}
	}
	if often(t, "way", 4) {
		f.Ways = []graph.Way{row.Way}
	}
	if often(t, "company", 4) {
		f.Companies = []graph.ID{row.Entity.ID}
	}
	return f
}

// conditions are what a filter asks of a row, each by itself.
func conditions(f graph.ReachFilter, r *graph.ReachTableRow) [6]bool {
	return [6]bool{
		len(f.Brands) == 0 || slices.Contains(f.Brands, r.Product.Brand),
		len(f.Sellers) == 0 || slices.ContainsFunc(r.Sellers, func(e graph.EntityRef) bool { return slices.Contains(f.Sellers, e.ID) }),
		len(f.Actions) == 0 || slices.Contains(f.Actions, r.Action),
		len(f.Strengths) == 0 || slices.Contains(f.Strengths, r.Strength),
		len(f.Ways) == 0 || slices.Contains(f.Ways, r.Way),
		len(f.Companies) == 0 || slices.Contains(f.Companies, r.Entity.ID),
	}
}

func selected(rows []graph.ReachTableRow, f graph.ReachFilter) graph.ReachSelection {
	left := []graph.ReachTableRow{}
	counts := [6]map[graph.ReachCount]int{}
	for i := range counts {
		counts[i] = map[graph.ReachCount]int{}
	}
	for i := range rows {
		r := &rows[i]
		holds := conditions(f, r)
		if holds == [6]bool{true, true, true, true, true, true} {
			left = append(left, *r)
		}
		for c, values := range [6][]graph.ReachCount{
			{{Value: r.Product.Brand}},
			counted(r.Sellers),
			{{Value: r.Action.String()}},
			{{Value: r.Strength.String()}},
			{{Value: r.Way.String()}},
			counted([]graph.EntityRef{r.Entity}),
		} {
			others := holds
			others[c] = true
			if others != [6]bool{true, true, true, true, true, true} {
				continue
			}
			for _, v := range values {
				counts[c][v]++
			}
		}
	}
	slices.SortStableFunc(left, func(a, b graph.ReachTableRow) int {
		switch f.Order {
		case graph.ByName:
			return strings.Compare(a.Product.Name, b.Product.Name)
		case graph.ByBrand:
			return strings.Compare(a.Product.Brand, b.Product.Brand)
		case graph.ByAction:
			return cmp.Compare(b.Action, a.Action)
		case graph.ByStrength:
			return cmp.Compare(a.Strength, b.Strength)
		case graph.ByID:
		}
		return 0
	})
	from := min(f.From, len(left))
	return graph.ReachSelection{
		Total: len(left), Rows: left[from:min(from+f.Most, len(left))],
		Counts: graph.ReachCounts{
			Brands: frequent(counts[0], f.MostCounts), Sellers: frequent(counts[1], f.MostCounts), Actions: frequent(counts[2], 0),
			Strengths: frequent(counts[3], 0), Ways: frequent(counts[4], 0), Companies: frequent(counts[5], f.MostCounts),
		},
	}
}

func counted(refs []graph.EntityRef) []graph.ReachCount {
	var all []graph.ReachCount
	for _, e := range refs {
		all = append(all, graph.ReachCount{Value: string(e.ID), Name: e.FullName()})
	}
	return all
}

func frequent(counts map[graph.ReachCount]int, most int) []graph.ReachCount {
	all := []graph.ReachCount{}
	for c, n := range counts {
		c.Count = n
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b graph.ReachCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	if most > 0 {
		all = all[:min(len(all), most)]
	}
	return all
}

// sameFindings: a finding that is looked up, or put together from what was found
// about companies on the way to others, is that of a trace, with the same listings.
func (p problem) sameFindings(t *rapid.T, s graph.Store, at graph.Revision) {
	ctx := context.Background()
	findings := graph.NewFindings(0)
	err := s.View(ctx, graph.Moment{Revision: at}, func(v graph.View) error {
		nodes, err := v.Nodes(ctx, p.subjects())
		if err != nil {
			return err
		}
		traced := make([]string, len(nodes))
		for i, subject := range p.subjects() {
			answer, err := graph.TraceView(ctx, v, p.question(subject, 1))
			if err != nil {
				return err
			}
			found := graph.Assessment{Finding: answer.Finding, Strength: answer.Strength, Action: answer.Action, Complete: answer.Complete}
			traced[i] = fmt.Sprint(found, reachedListings(answer), len(answer.Listings))
		}
		for range 2 {
			sharing, err := findings.Assessor(ctx, v, p.policy, p.asOf, p.narrow)
			if err != nil {
				return err
			}
			for i, n := range nodes {
				got, err := assessedBy(ctx, sharing, n)
				if err != nil {
					return err
				}
				if got != traced[i] {
					t.Fatalf("%s is assessed as %s and traced as %s", p.subjects()[i], got, traced[i])
				}
			}
			sharing.Close()
		}
		return nil
	})
	if err != nil && graph.KindOf(err) != graph.KindNotFound { // a list that the revision does not have yet
		t.Fatal(err)
	}
}

func assessedBy(ctx context.Context, a *graph.Assessor, n graph.Node) (string, error) {
	found, err := a.Assess(ctx, n)
	if err != nil {
		return "", err
	}
	listings, total, err := a.Listings(ctx, 1000)
	return fmt.Sprint(found, listings, total), err
}
