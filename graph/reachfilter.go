package graph

import (
	"cmp"
	"context"
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
	MostCounts int // values of one condition to count at most; 0 is all
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

// Select returns a page of what a filter leaves, and reads the names that it
// shows from the store of the table. It looks at each row for the time of a few
// comparisons.
func (t *ReachTable) Select(ctx context.Context, s Store, f ReachFilter) (ReachSelection, error) {
	var (
		found ReachSelection
		fits  bool
	)
	err := s.View(ctx, t.question.KnownAt, func(v View) (err error) {
		if fits = t.Fits(v); fits {
			found, err = t.pick(ctx, v, f)
		}
		return err
	})
	if err != nil || fits {
		return found, err
	}
	again, err := ReadReachTable(ctx, s, t.question)
	if err != nil {
		return found, err
	}
	return again.Select(ctx, s, f)
}

func (t *ReachTable) pick(ctx context.Context, v View, f ReachFilter) (ReachSelection, error) {
	p := picked{t: t}
	if err := p.masks(ctx, v, f); err != nil {
		return ReachSelection{}, err
	}
	p.count()
	order, err := t.order(ctx, v, f.Order)
	if err != nil {
		return ReachSelection{}, err
	}
	p.page(f, order)
	return p.tell(ctx, v, f.MostCounts)
}

// picked is what a filter leaves, in numbers.
type picked struct {
	t                     *ReachTable
	brands, sellers, hows []uint8 // which conditions each brand, set of sellers and way of being reached fails
	total                 int
	byBrand, bySet        []int
	byAction, byStrength  []int // by how
	byWay, byCompany      []int // by how
	rows                  []*tableRow
}

// fails returns a bit if something does not fit.
func fails(bit uint8, fits bool) uint8 {
	if fits {
		return 0
	}
	return bit
}

func (p *picked) masks(ctx context.Context, v View, f ReachFilter) error {
	t := p.t
	p.brands, p.sellers, p.hows = make([]uint8, len(t.brands)), make([]uint8, len(t.sets)), make([]uint8, len(t.how))
	if len(f.Brands) > 0 {
		for i, b := range t.brands {
			p.brands[i] = fails(brandFails, slices.Contains(f.Brands, b))
		}
	}
	if len(f.Sellers) > 0 {
		wanted, err := t.marked(ctx, v, &t.sellers, f.Sellers)
		if err != nil {
			return err
		}
		for i, set := range t.sets {
			p.sellers[i] = fails(sellerFails, slices.ContainsFunc(set, func(n int32) bool { return wanted[n] }))
		}
	}
	companies, err := t.marked(ctx, v, &t.companies, f.Companies)
	if err != nil {
		return err
	}
	for i, h := range t.how {
		p.hows[i] = fails(actionFails, len(f.Actions) == 0 || slices.Contains(f.Actions, h.action)) |
			fails(strengthFails, len(f.Strengths) == 0 || slices.Contains(f.Strengths, h.strength)) |
			fails(wayFails, len(f.Ways) == 0 || slices.Contains(f.Ways, h.way)) |
			fails(companyFails, len(f.Companies) == 0 || companies[h.company])
	}
	return nil
}

// failed are the conditions that a row fails.
func (p *picked) failed(r *tableRow) uint8 {
	return p.brands[r.brand] | p.sellers[r.sellers] | p.hows[r.how]
}

// count counts the values of each condition among the rows that all the others
// leave.
func (p *picked) count() {
	hows := len(p.t.how)
	p.byBrand, p.bySet = make([]int, len(p.brands)), make([]int, len(p.sellers))
	p.byAction, p.byStrength, p.byWay, p.byCompany = make([]int, hows), make([]int, hows), make([]int, hows), make([]int, hows)
	left := make([]int, hows)
	for i := range p.t.rows {
		r := &p.t.rows[i]
		switch p.failed(r) {
		case 0:
			p.byBrand[r.brand]++
			p.bySet[r.sellers]++
			left[r.how]++
		case brandFails:
			p.byBrand[r.brand]++
		case sellerFails:
			p.bySet[r.sellers]++
		case actionFails:
			p.byAction[r.how]++
		case strengthFails:
			p.byStrength[r.how]++
		case wayFails:
			p.byWay[r.how]++
		case companyFails:
			p.byCompany[r.how]++
		}
	}
	for i, n := range left {
		p.total += n
		p.byAction[i] += n
		p.byStrength[i] += n
		p.byWay[i] += n
		p.byCompany[i] += n
	}
}

// page finds the rows that are shown.
func (p *picked) page(f ReachFilter, order []int32) {
	at := 0
	for i := range p.t.rows {
		r := &p.t.rows[i]
		if order != nil {
			r = &p.t.rows[order[i]]
		}
		if p.failed(r) != 0 {
			continue
		}
		if at++; at <= f.From {
			continue
		}
		p.rows = append(p.rows, r)
		if len(p.rows) == f.Most {
			return
		}
	}
}

// tell names what is shown.
func (p *picked) tell(ctx context.Context, v View, most int) (ReachSelection, error) {
	t := p.t
	bySeller, byCompany := make([]int, len(t.sellers.nodes)), make([]int, len(t.companies.nodes))
	for i, n := range p.bySet {
		for _, seller := range t.sets[i] {
			bySeller[seller] += n
		}
	}
	for i, n := range p.byCompany {
		byCompany[t.how[i].company] += n
	}
	sellers, companies := leading(bySeller, most, t.sellers.before), leading(byCompany, most, t.companies.before)
	var nodes []Node
	for _, r := range p.rows {
		nodes = append(nodes, r.product, t.companies.nodes[t.how[r.how].company], t.lists.nodes[t.how[r.how].list])
		nodes = append(nodes, t.sellersOf(r)...)
	}
	nodes = append(append(nodes, t.sellers.of(sellers)...), t.companies.of(companies)...)
	names, err := t.names(ctx, v, nodes)
	if err != nil {
		return ReachSelection{}, err
	}
	s := ReachSelection{Total: p.total, Rows: make([]ReachTableRow, len(p.rows))}
	for i, r := range p.rows {
		s.Rows[i] = t.row(r, names)
	}
	s.Counts = p.counts(most)
	s.Counts.Sellers, s.Counts.Companies = t.sellers.counts(sellers, bySeller, names), t.companies.counts(companies, byCompany, names)
	return s, nil
}

// sellersOf returns the sellers of a row in the order of ids.
func (t *ReachTable) sellersOf(r *tableRow) []Node {
	set := slices.Clone(t.sets[r.sellers])
	slices.SortFunc(set, func(a, b int32) int { return cmp.Compare(t.sellers.ranks[a], t.sellers.ranks[b]) })
	return t.sellers.of(set)
}

func (t *ReachTable) row(r *tableRow, names map[Node]EntityRef) ReachTableRow {
	how := &t.how[r.how]
	row := ReachTableRow{Sellers: []EntityRef{}, ReachRow: ReachRow{
		Product: names[r.product], Way: how.way, Strength: how.strength, Action: how.action,
		Entity: names[t.companies.nodes[how.company]], List: names[t.lists.nodes[how.list]],
	}}
	for _, n := range t.sellersOf(r) {
		row.Sellers = append(row.Sellers, names[n])
	}
	return row
}

// counts are those of what has no id.
func (p *picked) counts(most int) ReachCounts {
	t := p.t
	var actions [Block + 1]int
	var strengths [Disputed + 1]int
	var ways [ByAffiliation + 1]int
	for i, h := range t.how {
		actions[h.action] += p.byAction[i]
		strengths[h.strength] += p.byStrength[i]
		ways[h.way] += p.byWay[i]
	}
	return ReachCounts{
		Brands:    textCounts(p.byBrand, most, func(i int32) string { return t.brands[i] }),
		Actions:   textCounts(actions[:], 0, func(i int32) string { return actionNames[i] }),
		Strengths: textCounts(strengths[:], 0, func(i int32) string { return statusNames[i] }),
		Ways:      textCounts(ways[:], 0, func(i int32) string { return wayNames[i] }),
	}
}

// textCounts are the counts of values that are known by a text.
func textCounts(counts []int, most int, text func(int32) string) []ReachCount {
	all := []ReachCount{}
	for _, i := range leading(counts, most, func(a, b int32) bool { return text(a) < text(b) }) {
		all = append(all, ReachCount{Value: text(i), Count: counts[i]})
	}
	return all
}

// before reports whether an entity comes before another one in the order of ids.
func (h *handles) before(a, b int32) bool { return h.ranks[a] < h.ranks[b] }

// of returns the handles of some numbers.
func (h *handles) of(numbers []int32) []Node {
	nodes := make([]Node, len(numbers))
	for i, n := range numbers {
		nodes[i] = h.nodes[n]
	}
	return nodes
}

func (h *handles) counts(numbers []int32, counts []int, names map[Node]EntityRef) []ReachCount {
	all := make([]ReachCount, len(numbers))
	for i, n := range numbers {
		ref := names[h.nodes[n]]
		all[i] = ReachCount{Value: string(ref.ID), Name: ref.FullName(), Count: counts[n]}
	}
	return all
}

// leading returns the places of the highest counts, at most some of them unless
// that is 0, the highest first, those that are equal in an order.
func leading(counts []int, most int, before func(a, b int32) bool) []int32 {
	compare := func(a, b int32) int {
		switch {
		case counts[a] != counts[b]:
			return counts[b] - counts[a]
		case before(a, b):
			return -1
		case before(b, a):
			return 1
		}
		return 0
	}
	var found []int32
	for i, n := range counts {
		at := int32(i)
		switch {
		case n == 0:
		case most == 0:
			found = append(found, at)
		case len(found) < most || compare(at, found[most-1]) < 0:
			place, _ := slices.BinarySearchFunc(found, at, compare)
			found = slices.Insert(found[:min(len(found), most-1)], place, at)
		}
	}
	if most == 0 {
		slices.SortFunc(found, compare)
	}
	return found
}
