package graph

import (
	"context"
	"slices"
	"sync"
)

// ReachTable is a whole reach with the brands and sellers of its products, kept
// so that pages, filters and counts of it cost little. It holds numbers; names
// are read when they are shown. It does not change, and may be used by several
// goroutines.
type ReachTable struct {
	Head ReachAnswer // Total is that of the reach; Next is empty

	question  ReachQuestion
	numbering any         // of the views to which the handles here belong
	ids       map[Node]ID // what the handles mean, if no other view has the same

	rows      []tableRow // in the order of product ids
	how       []tableHow
	brands    []string
	sellers   handles
	sets      [][]int32 // of sellers, the empty one first
	companies handles
	lists     handles

	sorting sync.Mutex
	orders  map[ReachOrder][]int32
}

type tableRow struct {
	product             Node
	how, brand, sellers int32
}

// tableHow is a way, strength, action, company and list that occur together.
type tableHow struct {
	way           Way
	strength      Status
	action        Action
	company, list int32
}

// Len is how many products the table has.
func (t *ReachTable) Len() int { return len(t.rows) }

// ReadReachTable reads a whole reach. The cursor and the limit of the question
// do not matter.
func ReadReachTable(ctx context.Context, s Store, question ReachQuestion) (*ReachTable, error) {
	question.Cursor, question.Limit = "", 0
	var table *ReachTable
	err := s.View(ctx, question.KnownAt, func(v View) error {
		t := &ReachTable{question: question, sets: [][]int32{nil}, orders: map[ReachOrder][]int32{}}
		head, found, err := reach(ctx, v, &question, "")
		if err != nil {
			return err
		}
		t.Head = head
		t.question.KnownAt = Moment{Revision: head.Revision}
		if err := t.fill(ctx, &found); err != nil {
			return err
		}
		t.numbering = numberingOf(v)
		if t.numbering == nil {
			t.keepIDs(v)
		}
		table = t
		return nil
	})
	if err != nil {
		return nil, err
	}
	return table, nil
}

// numberingOf returns what views have in common whose handles mean the same, nil
// if others have none of this view's.
func numberingOf(v View) any {
	if d, ok := v.(dense); ok {
		return d.Numbering()
	}
	return nil
}

// keepIDs reads the ids of all handles.
func (t *ReachTable) keepIDs(v View) {
	t.ids = make(map[Node]ID, len(t.rows))
	for _, r := range t.rows {
		t.ids[r.product] = v.ID(r.product)
	}
	for _, h := range []*handles{&t.sellers, &t.companies, &t.lists} {
		for _, n := range h.nodes {
			t.ids[n] = v.ID(n)
		}
	}
}

// Fits reports whether the table can name its products by a view. It cannot once
// the store began anew from its log.
func (t *ReachTable) Fits(v View) bool { return t.ids != nil || numberingOf(v) == t.numbering }

// names reads entities by their handles.
func (t *ReachTable) names(ctx context.Context, v View, nodes []Node) (map[Node]EntityRef, error) {
	slices.Sort(nodes)
	nodes = slices.Compact(nodes)
	entities, err := v.Entities(ctx, t.idsOf(v, nodes))
	if err != nil {
		return nil, err
	}
	names := make(map[Node]EntityRef, len(nodes))
	for i, e := range entities {
		names[nodes[i]] = e.Ref()
	}
	return names, nil
}

func (t *ReachTable) idsOf(v View, nodes []Node) []ID {
	ids := make([]ID, len(nodes))
	for i, n := range nodes {
		if t.ids != nil {
			ids[i] = t.ids[n]
		} else {
			ids[i] = v.ID(n)
		}
	}
	return ids
}

// marked tells of each of some handles whether its entity is among some.
func (t *ReachTable) marked(ctx context.Context, v View, of *handles, ids []ID) ([]bool, error) {
	is := make([]bool, len(of.nodes))
	if t.ids != nil {
		for i, n := range of.nodes {
			is[i] = slices.Contains(ids, t.ids[n])
		}
		return is, nil
	}
	wanted, err := v.Nodes(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i, n := range of.nodes {
		is[i] = slices.Contains(wanted, n)
	}
	return is, nil
}
