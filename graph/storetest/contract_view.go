package storetest

import (
	"errors"
	"time"

	"debadge/graph"
)

func viewNodes(p *probe) {
	at := p.clock.now()
	p.append(world())
	p.clock.step(time.Minute)
	p.append(graph.ChangeSet{Entities: []graph.Entity{entity("company:late", "Late")}})
	ids := []graph.ID{"list:north", "company:none", "company:late", "", "company:alpha", "COMPANY:ALPHA", "company:alpha' or 1", "source:paper"}
	for _, c := range []struct {
		at    graph.Moment
		known []bool
	}{
		{graph.Moment{}, []bool{true, false, true, false, true, false, false, false}},
		{graph.Moment{Revision: 1}, []bool{true, false, false, false, true, false, false, false}},
		{graph.Moment{Time: at.Add(-time.Hour)}, make([]bool, len(ids))},
	} {
		p.view(c.at, func(v graph.View) {
			nodes, err := v.Nodes(p.ctx, ids)
			p.must("nodes", err)
			for i, n := range nodes {
				p.same("known: "+string(ids[i]), n != graph.NoNode, c.known[i])
				if n != graph.NoNode {
					p.same("id", v.ID(n), ids[i])
				}
			}
			none, err := v.Nodes(p.ctx, nil)
			p.must("no nodes", err)
			p.same("nodes of nothing", len(none), 0)
		})
	}
	p.view(graph.Moment{}, func(v graph.View) {
		revision, recorded := v.At()
		p.same("revision", revision, graph.Revision(2))
		p.same("time", recorded, p.clock.now())
	})
	p.view(graph.Moment{Revision: 1}, func(v graph.View) {
		revision, recorded := v.At()
		p.same("revision", revision, graph.Revision(1))
		p.same("time", recorded, at)
	})
}

func viewFind(p *probe) {
	p.append(graph.ChangeSet{Entities: []graph.Entity{
		entity("product:x:b", "KR2280-X2"),
		{ID: "product:x:a", Name: "kr2280 x2", Brand: "Aivres"},
		entity("company:kr", "KR 2280/X2"),
		entity("company:a9", "Nine"), entity("company:a.b", "Dot"), entity("company:a-b", "Dash"), entity("company:a_b", "Line"),
		entity("company:ab", "Two"), entity("company:a:b", "Colon"), entity("list:us", "US List"), entity("proceeding:p", "Case"),
	}})
	p.append(graph.ChangeSet{Entities: []graph.Entity{entity("product:x:c", "KR2280X2"), entity("product:x:b", "Renamed")}})
	companies := []graph.ID{"company:a-b", "company:a.b", "company:a9", "company:a:b", "company:a_b", "company:ab", "company:kr"}
	all := append([]graph.ID{}, companies...)
	all = append(all, "list:us", "proceeding:p", "product:x:a", "product:x:b", "product:x:c")
	for _, c := range []struct {
		name string
		at   graph.Revision
		find graph.Find
		want []graph.ID
	}{
		{"everything", 2, graph.Find{}, all},
		{"everything before", 1, graph.Find{}, all[:len(all)-1]},
		{"a page", 2, graph.Find{Limit: 3}, all[:3]},
		{"the next page", 2, graph.Find{Limit: 3, After: all[2]}, all[3:6]},
		{"the last page", 2, graph.Find{Limit: 3, After: all[9]}, all[10:]},
		{"after the end", 2, graph.Find{After: "product:x:c"}, nil},
		{"after what is not there", 2, graph.Find{After: "company:a0"}, all[2:]},
		{"a kind", 2, graph.Find{Kind: graph.Company}, companies},
		{"a page of a kind", 2, graph.Find{Kind: graph.Company, After: "company:a:b", Limit: 2}, companies[4:6]},
		{"a kind after another", 2, graph.Find{Kind: graph.List, After: "company:ab"}, []graph.ID{"list:us"}},
		{"a kind before another", 2, graph.Find{Kind: graph.Company, After: "list:us"}, nil},
		{"no such kind", 2, graph.Find{Kind: "vessel"}, nil},
		{"a key", 2, graph.Find{Key: "kr2280x2"}, []graph.ID{"company:kr", "product:x:a", "product:x:c"}},
		{"a key before", 1, graph.Find{Key: "kr2280x2"}, []graph.ID{"company:kr", "product:x:a", "product:x:b"}},
		{"a key of a kind", 2, graph.Find{Key: "kr2280x2", Kind: graph.Product}, []graph.ID{"product:x:a", "product:x:c"}},
		{"a key after an id", 2, graph.Find{Key: "kr2280x2", After: "product:x:a"}, []graph.ID{"product:x:c"}},
		{"a page of a key", 2, graph.Find{Key: "kr2280x2", Limit: 1}, []graph.ID{"company:kr"}},
		{"a key behind a brand", 2, graph.Find{Key: "aivreskr2280x2"}, []graph.ID{"product:x:a"}},
		{"the slug of a list", 2, graph.Find{Key: "us"}, []graph.ID{"list:us"}},
		{"no such key", 2, graph.Find{Key: "kr2280"}, nil},
		{"a new name", 2, graph.Find{Key: "renamed"}, []graph.ID{"product:x:b"}},
		{"a new name before", 1, graph.Find{Key: "renamed"}, nil},
	} {
		p.view(graph.Moment{Revision: c.at}, func(v graph.View) { p.same(c.name, p.find(v, c.find), c.want) })
	}
}

func viewFindSources(p *probe) {
	p.append(graph.ChangeSet{
		Entities: []graph.Entity{entity("company:alpha", "Alpha")},
		Sources:  []graph.Source{source("source:d"), source("source:a-b"), source("source:ab"), source("source:a.b"), source("source:a9")},
	})
	corrected := source("source:ab")
	corrected.Title = "Corrected"
	p.append(graph.ChangeSet{Sources: []graph.Source{source("source:c"), corrected}})
	all := []graph.ID{"source:a-b", "source:a.b", "source:a9", "source:ab", "source:c", "source:d"}
	for _, c := range []struct {
		name string
		at   graph.Revision
		find graph.Find
		want []graph.ID
	}{
		{"every source", 2, graph.Find{Sources: true}, all},
		{"every source before", 1, graph.Find{Sources: true}, []graph.ID{"source:a-b", "source:a.b", "source:a9", "source:ab", "source:d"}},
		{"a page", 2, graph.Find{Sources: true, Limit: 2}, all[:2]},
		{"the next page", 2, graph.Find{Sources: true, Limit: 2, After: all[1]}, all[2:4]},
		{"the last page", 2, graph.Find{Sources: true, Limit: 2, After: all[4]}, all[5:]},
		{"a page of all", 2, graph.Find{Sources: true, Limit: 6}, all},
		{"after what is not there", 2, graph.Find{Sources: true, After: "source:a0"}, all[2:]},
		{"after the end", 2, graph.Find{Sources: true, After: "source:d"}, nil},
		{"a kind that no source has", 2, graph.Find{Sources: true, Kind: graph.Company}, nil},
		{"a key that no source has", 2, graph.Find{Sources: true, Key: "alpha"}, nil},
		{"no source", 2, graph.Find{}, []graph.ID{"company:alpha"}},
	} {
		p.view(graph.Moment{Revision: c.at}, func(v graph.View) { p.same(c.name, p.find(v, c.find), c.want) })
	}
}

func viewOrder(p *probe) {
	p.append(world())
	p.append(claims(
		claim("claim:a", graph.Makes, "company:alpha", "product:alpha:one"),
		claim("claim:b", graph.Makes, "company:beta", "product:alpha:one"),
		claim("claim:c", graph.Sells, "company:beta", "product:alpha:one"),
	))
	p.view(graph.Moment{}, func(v graph.View) {
		ids := []graph.ID{"product:alpha:one", "company:beta", "list:north", "company:alpha", "company:beta"}
		entities, err := v.Entities(p.ctx, ids)
		p.must("entities", err)
		for i, e := range entities {
			p.same("entity", e.ID, ids[i])
		}
		p.same("number of entities", len(entities), len(ids))
		ids = []graph.ID{"source:register", "source:paper", "source:register"}
		sources, err := v.Sources(p.ctx, ids)
		p.must("sources", err)
		for i, s := range sources {
			p.same("source", s.ID, ids[i])
		}
		p.same("number of sources", len(sources), len(ids))

		var refs []graph.ClaimRef
		for _, e := range p.adjacent(v, graph.Upstream, every, "product:alpha:one") {
			refs = append(refs, e.Claim)
		}
		forth, err := v.Claims(p.ctx, refs)
		p.must("claims", err)
		back, err := v.Claims(p.ctx, []graph.ClaimRef{refs[2], refs[0], refs[1], refs[2]})
		p.must("claims", err)
		p.same("claims", back, []graph.Claim{forth[2], forth[0], forth[1], forth[2]})

		for _, id := range []graph.ID{"company:none", "source:paper", "", "company:ALPHA"} {
			_, err = v.Entities(p.ctx, []graph.ID{"company:alpha", id})
			p.fails("entity "+string(id), err, graph.KindNotFound)
		}
		_, err = v.Sources(p.ctx, []graph.ID{"source:paper", "source:none"})
		p.fails("source", err, graph.KindNotFound)
		p.nothingOfNothing(v)
	})
}

func (p *probe) nothingOfNothing(v graph.View) {
	p.t.Helper()
	entities, err := v.Entities(p.ctx, nil)
	p.must("no entities", err)
	sources, err := v.Sources(p.ctx, nil)
	p.must("no sources", err)
	claims, err := v.Claims(p.ctx, nil)
	p.must("no claims", err)
	edges, err := v.Adjacent(p.ctx, nil, graph.Upstream, every, nil)
	p.must("no frontier", err)
	p.same("items of nothing", len(entities)+len(sources)+len(claims)+len(edges), 0)
}

func viewError(p *probe) {
	p.append(world())
	enough := errors.New("enough")
	err := p.store.View(p.ctx, graph.Moment{}, func(graph.View) error { return enough })
	if !errors.Is(err, enough) {
		p.t.Errorf("the error of read came back as %v", err)
	}
	own := graph.Errorf(graph.KindAmbiguous, "which one?")
	err = p.store.View(p.ctx, graph.Moment{}, func(graph.View) error { return own })
	p.fails("view", err, graph.KindAmbiguous)
	p.view(graph.Moment{}, func(v graph.View) { p.node(v, "company:alpha") })
}

// viewSnapshot appends while a view is open: the view stays as it was.
func viewSnapshot(p *probe) {
	p.twoMakers()
	p.view(graph.Moment{}, func(v graph.View) {
		look := func(when string) {
			p.t.Helper()
			revision, _ := v.At()
			p.same("revision "+when, revision, graph.Revision(2))
			p.same("claims "+when, p.around(v, graph.Upstream, every, "product:alpha:one"), []graph.ID{"claim:a", "claim:b"})
			p.same("name "+when, p.entity(v, "company:alpha").Name, "Alpha")
			p.same("found "+when, p.find(v, graph.Find{Key: "alpha"}), []graph.ID{"company:alpha"})
			nodes, err := v.Nodes(p.ctx, []graph.ID{"company:gamma"})
			p.must("nodes", err)
			p.same("node "+when, nodes, []graph.Node{graph.NoNode})
		}
		look("before")
		set := claims(claim("claim:c", graph.Makes, "company:gamma", "product:alpha:one"))
		set.Entities = []graph.Entity{entity("company:gamma", "Alpha"), entity("company:alpha", "Renamed")}
		set.Retractions = []graph.Retraction{{Claim: "claim:a", Reason: "r"}}
		p.same("revision of the append", p.append(set).Revision, graph.Revision(3))
		look("after")
	})
	p.view(graph.Moment{}, func(v graph.View) {
		p.same("claims in a new view", p.around(v, graph.Upstream, every, "product:alpha:one"), []graph.ID{"claim:b", "claim:c"})
	})
}
