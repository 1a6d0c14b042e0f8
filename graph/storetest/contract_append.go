package storetest

import (
	"fmt"
	"time"

	"debadge/graph"
)

func allOrNothing(p *probe) {
	p.append(world())
	before := p.changes(0)
	bad := graph.ChangeSet{
		Entities: []graph.Entity{entity("company:gamma", "Gamma"), entity("company:alpha", "Alpha renamed")},
		Sources:  []graph.Source{source("source:new")},
	}
	for i := range 300 {
		bad.Entities = append(bad.Entities, entity(graph.ID(fmt.Sprintf("product:gamma:p%03d", i)), "P"))
		bad.Claims = append(bad.Claims, claim("", graph.Makes, "company:gamma", graph.ID(fmt.Sprintf("product:gamma:p%03d", i))))
	}
	bad.Claims = append(bad.Claims, claim("", graph.Makes, "company:gamma", "product:gamma:missing"))
	_, err := p.store.Append(p.ctx, bad)
	p.fails("append", err, graph.KindInvalid)
	p.same("the log", p.changes(0), before)
	p.view(graph.Moment{}, func(v graph.View) {
		nodes, err := v.Nodes(p.ctx, []graph.ID{"company:gamma", "product:gamma:p000"})
		p.must("nodes", err)
		p.same("nodes", nodes, []graph.Node{graph.NoNode, graph.NoNode})
		p.same("name", p.entity(v, "company:alpha").Name, "Alpha")
		p.same("found", p.find(v, graph.Find{Key: "gamma"}), []graph.ID(nil))
		_, err = v.Sources(p.ctx, []graph.ID{"source:new"})
		p.fails("source", err, graph.KindNotFound)
	})
	bad.Claims = bad.Claims[:300]
	p.same("revision of the mended set", p.append(bad).Revision, graph.Revision(2))
}

func receipts(p *probe) {
	at := p.clock.now()
	p.same("first", p.append(world()), graph.Receipt{Revision: 1, RecordedAt: at, Added: 10})
	at = p.clock.step(time.Second)
	c := claim("claim:a", graph.Makes, "company:alpha", "product:alpha:one")
	p.same("second", p.append(graph.ChangeSet{
		Entities: []graph.Entity{entity("company:alpha", "Alpha Corp."), entity("company:beta", "Beta"), entity("company:gamma", "Gamma")},
		Sources:  []graph.Source{source("source:paper"), {ID: "source:register", Title: "Another title", Publisher: "P"}},
		Claims:   []graph.Claim{c},
	}), graph.Receipt{Revision: 2, RecordedAt: at, Added: 2, Changed: 2, Unchanged: 2})
	at = p.clock.step(time.Second)
	p.same("third", p.append(graph.ChangeSet{
		Claims:      []graph.Claim{c, claim("claim:b", graph.Makes, "company:beta", "product:alpha:one")},
		Retractions: []graph.Retraction{{Claim: "claim:a", Reason: "it was Beta"}},
	}), graph.Receipt{Revision: 3, RecordedAt: at, Added: 1, Unchanged: 1, Retracted: 1})
	p.same("status", p.status(), graph.StoreStatus{
		Revision: 3, RecordedAt: at, Entities: 9, Sources: 2, Claims: 1, Retracted: 1,
	})
}

func appendAgain(p *probe) {
	named := world()
	first := p.append(named)
	p.clock.step(time.Hour)
	nameless := claims(claim("", graph.Makes, "company:alpha", "product:alpha:one"))
	nameless.Author, nameless.Reason = "an author", "a reason"
	second := p.append(nameless)
	p.clock.step(time.Hour)
	before := p.changes(0)

	p.same("by its id", p.append(named), graph.Receipt{Revision: 1, RecordedAt: first.RecordedAt, Replayed: true})
	p.same("by its content", p.append(nameless), graph.Receipt{Revision: 2, RecordedAt: second.RecordedAt, Replayed: true})
	p.same("derived id", before[1].ID, "sha256:"+p.digest(nameless))
	spelled := nameless
	spelled.ID = before[1].ID
	p.same("by its derived id", p.append(spelled), graph.Receipt{Revision: 2, RecordedAt: second.RecordedAt, Replayed: true})
	p.same("the log", p.changes(0), before)
}

func appendConflict(p *probe) {
	p.append(world())
	before := p.changes(0)
	for name, change := range map[string]func(*graph.ChangeSet){
		"another author": func(cs *graph.ChangeSet) { cs.Author = "somebody" },
		"another reason": func(cs *graph.ChangeSet) { cs.Reason = "another" },
		"another entity": func(cs *graph.ChangeSet) { cs.Entities[0].Name = "Alpha Corp." },
		"one entity more": func(cs *graph.ChangeSet) {
			cs.Entities = append(cs.Entities, entity("company:gamma", "Gamma"))
		},
		"nothing": func(cs *graph.ChangeSet) { *cs = graph.ChangeSet{ID: cs.ID} },
	} {
		other := world()
		change(&other)
		_, err := p.store.Append(p.ctx, other)
		p.fails(name, err, graph.KindConflict)
	}
	p.same("the log", p.changes(0), before)
}

func sameContent(p *probe) {
	p.append(world())
	set := claims(
		claim("", graph.AffiliatedWith, "company:beta", "company:alpha"),
		claim("claim:b", graph.Makes, "company:alpha", "product:alpha:one"),
	)
	second := p.append(set)
	p.clock.step(time.Hour)
	before := p.changes(0)

	unchanged := func(n int) graph.Receipt {
		return graph.Receipt{Revision: 2, RecordedAt: second.RecordedAt, Unchanged: n}
	}
	other := set
	other.ID = "another id"
	p.same("with another id", p.append(other), unchanged(2))
	p.same("in another order", p.append(claims(set.Claims[1], set.Claims[0])), unchanged(2))
	p.same("a symmetric claim the other way round",
		p.append(claims(claim("", graph.AffiliatedWith, "company:alpha", "company:beta"))), unchanged(1))
	p.same("the world again", p.append(graph.ChangeSet{ID: "w", Entities: world().Entities, Sources: world().Sources}), unchanged(10))
	other.Author = "the id was never committed, so it is free"
	p.same("an id without a revision", p.append(other), unchanged(2))
	p.same("the log", p.changes(0), before)
}

func appendNothing(p *probe) {
	p.same("to an empty store", p.append(graph.ChangeSet{}), graph.Receipt{})
	p.same("status", p.status(), graph.StoreStatus{})
	first := p.append(world())
	p.clock.step(time.Hour)
	p.same("to a world", p.append(graph.ChangeSet{ID: "nothing", Author: "nobody"}),
		graph.Receipt{Revision: 1, RecordedAt: first.RecordedAt})
	p.same("the log", len(p.changes(0)), 1)
}

func inputUntouched(p *probe) {
	build := func() graph.ChangeSet {
		cs := world()
		cs.Claims = []graph.Claim{
			claim("claim:b", graph.IdenticalTo, "product:beta:two", "product:alpha:one"),
			claim("", graph.Owns, "company:beta", "company:alpha"),
			claim("claim:a", graph.Makes, "company:alpha", "product:alpha:one"),
		}
		return cs
	}
	cs := build()
	p.append(cs)
	p.same("the input", cs, build())
	p.same("what is stored", p.changes(0)[0].ChangeSet, p.arranged(build()))
}
