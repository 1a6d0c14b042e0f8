package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
)

// ReachTable is a whole reach with the brands and sellers of its products, kept
// so that pages, filters and counts of it cost little. It does not change, and
// may be used by several goroutines.
type ReachTable struct {
	Head ReachAnswer // Total is that of the reach; Next is empty

	rows    []tableRow // in the order of product ids
	how     []ReachRow // without a product: each way, strength, action, company and list that occur together
	brands  []string
	sellers [][]EntityRef // sets of them, the empty one first

	sorting sync.Mutex
	orders  map[ReachOrder][]int32
}

type tableRow struct {
	product             EntityRef
	how, brand, sellers int32
}

// Len is how many products the table has.
func (t *ReachTable) Len() int { return len(t.rows) }

// ReadReachTable reads a whole reach. The cursor and the limit of the question
// do not matter.
func ReadReachTable(ctx context.Context, s Store, question ReachQuestion) (*ReachTable, error) {
	question.Cursor, question.Limit = "", 0
	t := &ReachTable{sellers: [][]EntityRef{nil}, orders: map[ReachOrder][]int32{}}
	hows, brands := map[ReachRow]int32{}, map[string]int32{}
	head, err := Reach(ctx, s, question, func(r ReachRow) error {
		product := r.Product
		r.Product = EntityRef{}
		how, brand := place(hows, &t.how, r), place(brands, &t.brands, product.Brand)
		product.Brand = t.brands[brand] // one text for all
		t.rows = append(t.rows, tableRow{product: product, how: how, brand: brand})
		return nil
	})
	if err != nil {
		return nil, err
	}
	t.Head = head
	return t, s.View(ctx, Moment{Revision: head.Revision}, func(v View) error { return t.readSellers(ctx, v, question) })
}

// place returns the place of a value among others, and adds it if it is new.
func place[T comparable](places map[T]int32, all *[]T, value T) int32 {
	at, ok := places[value]
	if !ok {
		at = int32(len(*all)) //nolint:gosec // bounded by the rows
		places[value] = at
		*all = append(*all, value)
	}
	return at
}

// readSellers finds out who sells the products on the day, by claims that count.
func (t *ReachTable) readSellers(ctx context.Context, v View, q ReachQuestion) error {
	sets, names := map[string]int32{"": 0}, map[ID]EntityRef{}
	var edges []Edge
	for rows := range slices.Chunk(t.rows, reachPage) {
		ids := make([]ID, len(rows))
		for i, r := range rows {
			ids[i] = r.product.ID
		}
		nodes, err := v.Nodes(ctx, ids)
		if err != nil {
			return err
		}
		if edges, err = v.Adjacent(ctx, nodes, Upstream, SetOf(Sells), edges[:0]); err != nil {
			return err
		}
		sellers := map[Node][]ID{}
		for _, e := range edges {
			if e.Status <= q.Policy.WeakestStatus && e.Confidence >= q.Policy.MinConfidence && e.From <= q.AsOf && q.AsOf < e.To {
				sellers[e.Near] = append(sellers[e.Near], v.ID(e.Far))
			}
		}
		for i, n := range nodes {
			if rows[i].sellers, err = t.sellerSet(ctx, v, sellers[n], sets, names); err != nil {
				return err
			}
		}
	}
	return nil
}

// sellerSet returns the place of a set of sellers.
func (t *ReachTable) sellerSet(ctx context.Context, v View, ids []ID, sets map[string]int32, names map[ID]EntityRef) (int32, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var key strings.Builder
	for _, id := range ids {
		key.WriteString(string(id) + " ")
	}
	if at, ok := sets[key.String()]; ok {
		return at, nil
	}
	set := make([]EntityRef, len(ids))
	for i, id := range ids {
		if _, known := names[id]; !known {
			entities, err := v.Entities(ctx, []ID{id})
			if err != nil {
				return 0, err
			}
			names[id] = entities[0].Ref()
		}
		set[i] = names[id]
	}
	at := int32(len(t.sellers)) //nolint:gosec // bounded by the rows
	t.sellers, sets[key.String()] = append(t.sellers, set), at
	return at, nil
}

// ReachOrder is an order of the products of a table.
type ReachOrder string

// The orders. What is equal otherwise is in the order of ids.
const (
	ByID       ReachOrder = "id"
	ByName     ReachOrder = "name"
	ByBrand    ReachOrder = "brand"
	ByAction   ReachOrder = "action"   // what is blocked first
	ByStrength ReachOrder = "strength" // what is confirmed first
)

// order returns the rows in an order.
func (t *ReachTable) order(by ReachOrder) []int32 {
	if by == ByID || by == "" {
		return nil
	}
	t.sorting.Lock()
	defer t.sorting.Unlock()
	if o, ok := t.orders[by]; ok {
		return o
	}
	o := make([]int32, len(t.rows))
	for i := range o {
		o[i] = int32(i) //nolint:gosec // bounded by the rows
	}
	slices.SortStableFunc(o, func(a, b int32) int { return t.compare(by, &t.rows[a], &t.rows[b]) })
	t.orders[by] = o
	return o
}

func (t *ReachTable) compare(by ReachOrder, a, b *tableRow) int {
	switch by {
	case ByName:
		return cmp.Compare(a.product.Name, b.product.Name)
	case ByBrand:
		return cmp.Compare(a.product.Brand, b.product.Brand)
	case ByAction:
		return -cmp.Compare(t.how[a.how].Action, t.how[b.how].Action)
	case ByStrength:
		return cmp.Compare(t.how[a.how].Strength, t.how[b.how].Strength)
	case ByID:
	}
	return 0
}
