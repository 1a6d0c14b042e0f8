package graph

import (
	"cmp"
	"slices"
)

// ReachFilter selects products of a table. Of one condition any value fits; all
// conditions that are given must hold.
type ReachFilter struct {
	Brands     []string // "" is a product without one
	Sellers    []ID
	Actions    []Action
	Strengths  []Status
	Ways       []Way
	Companies  []ID // listed ones to which the rows refer
	Order      ReachOrder
	From, Most int // rows to leave out, and to show at most
}

// ReachSelection is what a filter leaves of a table.
type ReachSelection struct {
	Total  int             // rows that the filter leaves
	Rows   []ReachTableRow // of the page
	Counts ReachCounts     // of the values of each condition, among the rows that all the other conditions leave
}

// ReachTableRow is a product of a table.
type ReachTableRow struct {
	ReachRow
	Sellers []EntityRef `json:"sellers"` // on the day, by claims that count
}

// ReachCounts are how many rows have a value, the most frequent first.
type ReachCounts struct {
	Brands    []ReachCount `json:"brands"`
	Sellers   []ReachCount `json:"sellers"`
	Actions   []ReachCount `json:"actions"`
	Strengths []ReachCount `json:"strengths"`
	Ways      []ReachCount `json:"ways"`
	Companies []ReachCount `json:"companies"`
}

// ReachCount is a value and how many rows have it. Sellers and companies are
// named by their ids.
type ReachCount struct {
	Value string `json:"value"`
	Name  string `json:"name,omitempty"`
	Count int    `json:"count"`
}

// The conditions, as bits: which of them a row fails.
const (
	brandFails = 1 << iota
	sellerFails
	actionFails
	strengthFails
	wayFails
	companyFails
)

// Select returns a page of what a filter leaves. It looks at each row for the
// time of a few comparisons.
func (t *ReachTable) Select(f ReachFilter) ReachSelection {
	brandMask, sellerMask, howMask := t.masks(f)
	brands, sellers := make([]int, len(t.brands)), make([]int, len(t.sellers))
	hows := map[int][]int{actionFails: make([]int, len(t.how)), strengthFails: make([]int, len(t.how)), wayFails: make([]int, len(t.how)), companyFails: make([]int, len(t.how))}
	actions, strengths, ways, companies := hows[actionFails], hows[strengthFails], hows[wayFails], hows[companyFails]
	s := ReachSelection{Rows: []ReachTableRow{}}
	for i := range t.rows {
		r := &t.rows[i]
		switch brandMask[r.brand] | sellerMask[r.sellers] | howMask[r.how] {
		case 0:
			s.Total++
			brands[r.brand]++
			sellers[r.sellers]++
			actions[r.how]++
			strengths[r.how]++
			ways[r.how]++
			companies[r.how]++
		case brandFails:
			brands[r.brand]++
		case sellerFails:
			sellers[r.sellers]++
		case actionFails:
			actions[r.how]++
		case strengthFails:
			strengths[r.how]++
		case wayFails:
			ways[r.how]++
		case companyFails:
			companies[r.how]++
		}
	}
	s.Counts = t.counts(brands, sellers, hows)
	t.page(f, &s, func(r *tableRow) bool { return brandMask[r.brand]|sellerMask[r.sellers]|howMask[r.how] == 0 })
	return s
}

// masks says which conditions each brand, set of sellers and way of being reached
// fails.
func (t *ReachTable) masks(f ReachFilter) (brands, sellers, hows []int) {
	fails := func(bit int, fits bool) int {
		if fits {
			return 0
		}
		return bit
	}
	brands, sellers, hows = make([]int, len(t.brands)), make([]int, len(t.sellers)), make([]int, len(t.how))
	for i, b := range t.brands {
		brands[i] = fails(brandFails, len(f.Brands) == 0 || slices.Contains(f.Brands, b))
	}
	for i, set := range t.sellers {
		sellers[i] = fails(sellerFails, len(f.Sellers) == 0 || slices.ContainsFunc(set, func(e EntityRef) bool { return slices.Contains(f.Sellers, e.ID) }))
	}
	for i, h := range t.how {
		hows[i] = fails(actionFails, len(f.Actions) == 0 || slices.Contains(f.Actions, h.Action)) |
			fails(strengthFails, len(f.Strengths) == 0 || slices.Contains(f.Strengths, h.Strength)) |
			fails(wayFails, len(f.Ways) == 0 || slices.Contains(f.Ways, h.Way)) |
			fails(companyFails, len(f.Companies) == 0 || slices.Contains(f.Companies, h.Entity.ID))
	}
	return brands, sellers, hows
}

// page fills in the rows that are shown.
func (t *ReachTable) page(f ReachFilter, s *ReachSelection, fits func(*tableRow) bool) {
	order, at := t.order(f.Order), 0
	for i := range t.rows {
		r := &t.rows[i]
		if order != nil {
			r = &t.rows[order[i]]
		}
		if !fits(r) {
			continue
		}
		if at++; at <= f.From {
			continue
		}
		row := t.how[r.how]
		row.Product = r.product
		s.Rows = append(s.Rows, ReachTableRow{row, append([]EntityRef{}, t.sellers[r.sellers]...)})
		if len(s.Rows) == f.Most {
			return
		}
	}
}

// tally adds up counts by value.
type tally map[string]*ReachCount

func (t tally) add(value, name string, n int) {
	if n == 0 {
		return
	}
	if t[value] == nil {
		t[value] = &ReachCount{Value: value, Name: name}
	}
	t[value].Count += n
}

func (t tally) sorted() []ReachCount {
	all := []ReachCount{}
	for _, c := range t {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b ReachCount) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
	return all
}

func (t *ReachTable) counts(brands, sellers []int, hows map[int][]int) ReachCounts {
	byBrand, bySeller := tally{}, tally{}
	for i, n := range brands {
		byBrand.add(t.brands[i], "", n)
	}
	for i, n := range sellers {
		for _, e := range t.sellers[i] {
			bySeller.add(string(e.ID), e.FullName(), n)
		}
	}
	byAction, byStrength, byWay, byCompany := tally{}, tally{}, tally{}, tally{}
	for i, h := range t.how {
		byAction.add(h.Action.String(), "", hows[actionFails][i])
		byStrength.add(h.Strength.String(), "", hows[strengthFails][i])
		byWay.add(h.Way.String(), "", hows[wayFails][i])
		byCompany.add(string(h.Entity.ID), h.Entity.FullName(), hows[companyFails][i])
	}
	return ReachCounts{byBrand.sorted(), bySeller.sorted(), byAction.sorted(), byStrength.sorted(), byWay.sorted(), byCompany.sorted()}
}
