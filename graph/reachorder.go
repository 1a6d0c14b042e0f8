package graph

import (
	"cmp"
	"context"
	"slices"
)

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

// order returns the places of the rows in an order, nil if that is theirs.
func (t *ReachTable) order(ctx context.Context, v View, by ReachOrder) ([]int32, error) {
	if by == ByID || by == "" {
		return nil, nil
	}
	t.sorting.Lock()
	defer t.sorting.Unlock()
	if o, ok := t.orders[by]; ok {
		return o, nil
	}
	var o []int32
	switch by {
	case ByName:
		var err error
		if o, err = t.byName(ctx, v); err != nil {
			return nil, err
		}
	case ByBrand:
		o = t.byBrand()
	case ByAction:
		o = t.byKey(int(Block)+1, func(r *tableRow) int32 { return int32(Block - t.how[r.how].action) })
	case ByStrength:
		o = t.byKey(int(Disputed)+1, func(r *tableRow) int32 { return int32(t.how[r.how].strength) })
	case ByID:
	}
	t.orders[by] = o
	return o, nil
}

func (t *ReachTable) byName(ctx context.Context, v View) ([]int32, error) {
	type named struct {
		name string
		row  int32
	}
	all := make([]named, 0, len(t.rows))
	nodes := make([]Node, 0, floodBlock)
	for rows := range slices.Chunk(t.rows, floodBlock) {
		nodes = nodes[:0]
		for i := range rows {
			nodes = append(nodes, rows[i].product)
		}
		entities, err := v.Entities(ctx, t.idsOf(v, nodes))
		if err != nil {
			return nil, err
		}
		for i := range entities {
			all = append(all, named{entities[i].Name, int32(len(all))}) //nolint:gosec // bounded by the nodes
		}
	}
	slices.SortFunc(all, func(a, b named) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.row, b.row)) })
	o := make([]int32, len(all))
	for i := range all {
		o[i] = all[i].row
	}
	return o, nil
}

func (t *ReachTable) byBrand() []int32 {
	order := make([]int32, len(t.brands))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(t.brands[a], t.brands[b]) })
	rank := make([]int32, len(order))
	for place, brand := range order {
		rank[brand] = int32(place)
	}
	return t.byKey(len(rank), func(r *tableRow) int32 { return rank[r.brand] })
}

// byKey puts those with the least keys first; all keys are below some number.
func (t *ReachTable) byKey(keys int, key func(*tableRow) int32) []int32 {
	start := make([]int32, keys+1)
	for i := range t.rows {
		start[key(&t.rows[i])+1]++
	}
	for k := range keys {
		start[k+1] += start[k]
	}
	o := make([]int32, len(t.rows))
	for i := range t.rows {
		k := key(&t.rows[i])
		o[start[k]] = int32(i)
		start[k]++
	}
	return o
}
