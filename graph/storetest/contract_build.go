package storetest

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"debadge/graph"
)

// probe is one test's store, with what the tests ask of it again and again.
type probe struct {
	t      *testing.T
	ctx    context.Context
	clock  *handClock
	store  graph.Store
	reopen func() graph.Store
}

func newProbe(t *testing.T, open Opener) *probe {
	t.Helper()
	clock := &handClock{at: time.Date(2024, 2, 29, 23, 59, 58, 123456000, time.UTC)}
	store, reopen := open(t, clock.now)
	return &probe{t: t, ctx: t.Context(), clock: clock, store: store, reopen: reopen}
}

// handClock stands still until it is set.
type handClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *handClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *handClock) set(at time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
	return at
}

func (c *handClock) step(d time.Duration) time.Time { return c.set(c.now().Add(d)) }

// must ends the test if a call failed.
func (p *probe) must(what string, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v (cause: %v)", what, err, errors.Unwrap(err))
	}
}

// same compares exactly.
func (p *probe) same(what string, got, want any) {
	p.t.Helper()
	if !reflect.DeepEqual(got, want) {
		p.t.Errorf("%s\n got: %+v\nwant: %+v", what, got, want)
	}
}

// fails wants an error of a kind.
func (p *probe) fails(what string, err error, kind graph.ErrorKind) {
	p.t.Helper()
	e, known := errors.AsType[*graph.Error](err)
	switch {
	case err == nil:
		p.t.Errorf("%s: no error, want one that is %s", what, kind)
	case !known:
		p.t.Errorf("%s: the error is no graph.Error: %v", what, err)
	case e.Kind != kind:
		p.t.Errorf("%s: the error is %s, want %s: %v", what, e.Kind, kind, err)
	}
}

func (p *probe) append(cs graph.ChangeSet) graph.Receipt {
	p.t.Helper()
	r, err := p.store.Append(p.ctx, cs)
	p.must("append", err)
	return r
}

func (p *probe) changes(since graph.Revision) []graph.Change {
	p.t.Helper()
	return p.changesOf(p.store, since)
}

func (p *probe) changesOf(store graph.Store, since graph.Revision) []graph.Change {
	p.t.Helper()
	var all []graph.Change
	p.must("changes", store.Changes(p.ctx, since, func(c graph.Change) error {
		all = append(all, c)
		return nil
	}))
	return all
}

func (p *probe) status() graph.StoreStatus {
	p.t.Helper()
	s, err := p.store.Status(p.ctx)
	p.must("status", err)
	return s
}

func (p *probe) view(at graph.Moment, read func(v graph.View)) {
	p.t.Helper()
	calls := 0
	p.must("view", p.store.View(p.ctx, at, func(v graph.View) error {
		calls++
		read(v)
		return nil
	}))
	if calls == 0 {
		p.t.Errorf("view at %+v: read was not called", at)
	}
}

func (p *probe) node(v graph.View, id graph.ID) graph.Node {
	p.t.Helper()
	nodes, err := v.Nodes(p.ctx, []graph.ID{id})
	p.must("nodes", err)
	if len(nodes) != 1 || nodes[0] == graph.NoNode {
		p.t.Fatalf("%s has no node", id)
	}
	return nodes[0]
}

func (p *probe) find(v graph.View, f graph.Find) []graph.ID {
	p.t.Helper()
	ids, err := v.Find(p.ctx, f)
	p.must("find", err)
	if len(ids) == 0 {
		return nil
	}
	return ids
}

const every = ^graph.RelationSet(0)

func (p *probe) adjacent(v graph.View, d graph.Direction, set graph.RelationSet, ids ...graph.ID) []graph.Edge {
	p.t.Helper()
	nodes, err := v.Nodes(p.ctx, ids)
	p.must("nodes", err)
	edges, err := v.Adjacent(p.ctx, nodes, d, set, nil)
	p.must("adjacent", err)
	return edges
}

// around returns the ids of the claims on one entity in a direction, sorted.
func (p *probe) around(v graph.View, d graph.Direction, set graph.RelationSet, id graph.ID) []graph.ID {
	p.t.Helper()
	edges := p.adjacent(v, d, set, id)
	refs := make([]graph.ClaimRef, len(edges))
	for i, e := range edges {
		refs[i] = e.Claim
	}
	claims, err := v.Claims(p.ctx, refs)
	p.must("claims", err)
	var ids []graph.ID
	for _, c := range claims {
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	return ids
}

func (p *probe) entity(v graph.View, id graph.ID) graph.Entity {
	p.t.Helper()
	list, err := v.Entities(p.ctx, []graph.ID{id})
	p.must("entities", err)
	return list[0]
}

func entity(id graph.ID, name string) graph.Entity { return graph.Entity{ID: id, Name: name} }

func source(id graph.ID) graph.Source {
	return graph.Source{ID: id, Title: "Title of " + string(id), Publisher: "A publisher"}
}

// world has two entities of each kind and two sources, and no claim.
func world() graph.ChangeSet {
	return graph.ChangeSet{
		ID: "world",
		Entities: []graph.Entity{
			entity("company:alpha", "Alpha"), entity("company:beta", "Beta"),
			entity("product:alpha:one", "One"), entity("product:beta:two", "Two"),
			entity("list:north", "Northern List"), entity("list:south", "Southern List"),
			entity("proceeding:first", "First Case"), entity("proceeding:second", "Second Case"),
		},
		Sources: []graph.Source{source("source:paper"), source("source:register")},
	}
}

// oneOf and anotherOf name the entities of a kind in world.
var (
	oneOf = map[graph.Kind]graph.ID{
		graph.Company: "company:alpha", graph.Product: "product:alpha:one",
		graph.List: "list:north", graph.Proceeding: "proceeding:first",
	}
	anotherOf = map[graph.Kind]graph.ID{
		graph.Company: "company:beta", graph.Product: "product:beta:two",
		graph.List: "list:south", graph.Proceeding: "proceeding:second",
	}
)

// claim returns a reported claim that rests on source:paper.
func claim(id graph.ID, r graph.Relation, from, to graph.ID, with ...func(*graph.Claim)) graph.Claim {
	c := graph.Claim{
		ID: id, Relation: r, From: from, To: to, Status: graph.Reported,
		Citations: []graph.Citation{{Source: "source:paper", Stance: graph.Supports}},
	}
	for _, w := range with {
		w(&c)
	}
	return c
}

func date(text string) graph.Date {
	d, err := graph.ParseDate(text)
	if err != nil {
		panic(err) // a fault of the test
	}
	return d
}

func share(text string) graph.Share {
	s, err := graph.ParseShare(text)
	if err != nil {
		panic(err) // a fault of the test
	}
	return s
}

func valid(from, to string) func(*graph.Claim) {
	return func(c *graph.Claim) {
		if from != "" {
			c.ValidFrom = date(from)
		}
		if to != "" {
			c.ValidTo = date(to)
		}
	}
}

func attribute(name, value string) func(*graph.Claim) {
	return func(c *graph.Claim) { c.Attributes = map[string]string{name: value} }
}

func claims(list ...graph.Claim) graph.ChangeSet { return graph.ChangeSet{Claims: list} }

// arranged is a change set as a feed brings it: prepared, in the order of ids.
func (p *probe) arranged(cs graph.ChangeSet) graph.ChangeSet {
	p.t.Helper()
	cs, err := cs.Prepare()
	p.must("prepare", err)
	slices.SortFunc(cs.Entities, func(a, b graph.Entity) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(cs.Sources, func(a, b graph.Source) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(cs.Claims, func(a, b graph.Claim) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(cs.Retractions, func(a, b graph.Retraction) int { return cmp.Compare(a.Claim, b.Claim) })
	return cs
}

// digest is that of a change set as it is appended.
func (p *probe) digest(cs graph.ChangeSet) string {
	p.t.Helper()
	cs, err := cs.Prepare()
	p.must("prepare", err)
	return cs.Digest()
}
