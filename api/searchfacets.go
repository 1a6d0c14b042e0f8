package api

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"debadge/graph"
)

// facets count the candidates by what filters can ask for.
type facets struct {
	Kind    []facetCount `json:"kind"`
	Brand   []facetCount `json:"brand"`
	Country []facetCount `json:"country"`
	List    []facetCount `json:"list"`
	Finding []facetCount `json:"finding"`
	Status  []facetCount `json:"status"`
}

// facetCount is a value, and how many candidates have it.
type facetCount struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// mostValues bounds the values of one facet that are shown, the most frequent first.
const mostValues = 50

// facetCounts adds up facets.
type facetCounts struct {
	by    map[string]map[string]int
	total int
}

func (c *facetCounts) add(h *searchHit) {
	if c.by == nil {
		c.by = map[string]map[string]int{}
		for _, name := range facetNames() {
			c.by[name] = map[string]int{}
		}
	}
	c.total++
	for _, name := range facetNames() {
		for _, value := range h.values(name) {
			c.by[name][value]++
		}
	}
}

func (c *facetCounts) facets() facets {
	of := func(name string) []facetCount {
		all := []facetCount{}
		for _, value := range slices.Sorted(maps.Keys(c.by[name])) {
			all = append(all, facetCount{value, c.by[name][value]})
		}
		slices.SortStableFunc(all, func(a, b facetCount) int { return cmp.Compare(b.Count, a.Count) })
		return all[:min(len(all), mostValues)]
	}
	return facets{of(facetKind), of(facetBrand), of(facetCountry), of(facetList), of(facetFinding), of(facetStatus)}
}

// values are those of a facet that a candidate has.
func (h *searchHit) values(facet string) []string {
	one := func(text string) []string {
		if text == "" {
			return nil
		}
		return []string{text}
	}
	switch facet {
	case facetKind:
		return one(string(h.Entity.Kind))
	case facetBrand:
		return one(h.Entity.Brand)
	case facetCountry:
		return h.Countries
	case facetFinding:
		return one(string(h.Finding))
	case facetStatus:
		if h.Strength == 0 {
			return nil
		}
		return one(h.Strength.String())
	}
	lists := make([]string, len(h.Lists))
	for i, id := range h.Lists {
		lists[i] = string(id)
	}
	return lists
}

// passes reports whether the filters of some facets leave a candidate.
func (f *finder) passes(h *searchHit, names ...string) bool {
	for _, name := range names {
		asked, fits := false, false
		for _, want := range f.in.Include {
			if want.facet == name {
				asked = true
				fits = fits || want.among(h.values(name))
			}
		}
		if asked && !fits {
			return false
		}
		for _, no := range f.in.Exclude {
			if no.facet == name && no.among(h.values(name)) {
				return false
			}
		}
	}
	return true
}

// among compares without regard to letter case; the kind before the id of a list
// may be left out.
func (f *facetValue) among(values []string) bool {
	return slices.ContainsFunc(values, func(v string) bool {
		return strings.EqualFold(v, f.value) || f.facet == facetList && strings.EqualFold(v, "list:"+f.value)
	})
}

// afterID is the id behind which a page begins.
func (c *cursor) afterID() graph.ID { return graph.ID(c.after) }

// placeOf reads the place in a ranking at which a page begins.
func placeOf(c cursor, length int) (int, error) {
	if c.after == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.TrimPrefix(c.after, "#"))
	if err != nil || n < 0 || n > length {
		return 0, graph.Errorf(graph.KindInvalid, "this is not a cursor of the page before; ask without one")
	}
	return n, nil
}

func placeCursor(at graph.Revision, place int) string {
	c := cursor{at, "#" + strconv.Itoa(place)}
	return c.text()
}

// pinned is the moment of a revision and of no later one.
func pinned(r graph.Revision) graph.Moment {
	if r == 0 {
		return graph.Moment{Time: time.Unix(0, 0)} // no revision is as old
	}
	return graph.Moment{Revision: r}
}

// browsePage is how many entities are read at once.
const browsePage = 500

// ids returns what reads the ids after one, a page at a time: those of the kind
// that is asked for, and where only changed ones count, those alone.
func (f *finder) ids(ctx context.Context) (func(after graph.ID) ([]graph.ID, error), error) {
	if f.changed != nil {
		all := slices.Sorted(maps.Keys(f.changed))
		nodes, err := f.view.Nodes(ctx, all)
		if err != nil {
			return nil, err
		}
		known := all[:0]
		for i, id := range all {
			if nodes[i] != graph.NoNode && (f.in.Kind == "" || id.Kind() == graph.Kind(f.in.Kind)) {
				known = append(known, id)
			}
		}
		return func(after graph.ID) ([]graph.ID, error) {
			at, found := slices.BinarySearch(known, after)
			if found {
				at++
			}
			return known[at:min(at+browsePage, len(known))], nil
		}, nil
	}
	kinds := []graph.Kind{graph.Company, graph.Product} // in the order of ids
	if f.in.Kind != "" {
		kinds = []graph.Kind{graph.Kind(f.in.Kind)}
	}
	return func(after graph.ID) ([]graph.ID, error) {
		for _, kind := range kinds {
			ids, err := f.view.Find(ctx, graph.Find{Kind: kind, After: after, Limit: browsePage})
			if err != nil || len(ids) > 0 {
				return ids, err
			}
		}
		return nil, nil
	}, nil
}
