package storetest

import (
	"time"

	"debadge/graph"
)

func claimsByID(p *probe) {
	p.twoMakers()
	p.append(graph.ChangeSet{Retractions: []graph.Retraction{{Claim: "claim:a", Reason: "r"}}})
	p.append(claims(claim("claim:late", graph.Sells, "company:beta", "product:alpha:one")))
	type record struct{ Recorded, Retracted graph.Revision }
	for _, c := range []struct {
		at   graph.Revision
		ids  []graph.ID
		want []record
	}{
		{4, []graph.ID{"claim:late", "claim:a", "claim:b", "claim:a"}, []record{{4, 0}, {2, 3}, {2, 0}, {2, 3}}},
		{3, []graph.ID{"claim:a"}, []record{{2, 3}}},
		{2, []graph.ID{"claim:b", "claim:a"}, []record{{2, 0}, {2, 0}}},
		{2, nil, nil},
	} {
		p.view(graph.Moment{Revision: c.at}, func(v graph.View) {
			found, err := v.StoredClaims(p.ctx, c.ids)
			p.must("stored claims", err)
			var got []record
			for i, s := range found {
				p.same("id", s.ID, c.ids[i])
				p.same("citations", len(s.Citations), 1)
				got = append(got, record{s.Recorded, s.Retracted})
			}
			p.same("record times", got, c.want)
		})
	}
	for at, id := range map[graph.Revision]graph.ID{1: "claim:a", 3: "claim:late", 4: "claim:none"} {
		p.view(graph.Moment{Revision: at}, func(v graph.View) {
			_, err := v.StoredClaims(p.ctx, []graph.ID{id})
			p.fails(string(id)+" before it was recorded", err, graph.KindNotFound)
		})
	}
}

// see says in a change set that its author has looked at a revision.
func (p *probe) see(cs graph.ChangeSet, at graph.Revision) graph.ChangeSet {
	p.t.Helper()
	p.view(graph.Moment{Revision: at}, func(v graph.View) {
		seen, err := cs.See(p.ctx, v)
		p.must("see", err)
		cs.Seen = seen
	})
	return cs
}

func changedSince(p *probe) {
	p.twoMakers()
	paper := graph.Source{ID: "source:second", Title: "Second", Publisher: "P"}
	p.append(graph.ChangeSet{
		Entities: []graph.Entity{entity("company:alpha", "Renamed"), entity("company:new", "New")}, Sources: []graph.Source{paper},
		Claims:      claims(claim("claim:late", graph.Sells, "company:beta", "product:alpha:one")).Claims,
		Retractions: []graph.Retraction{{Claim: "claim:a", Reason: "r"}},
	})
	paper.Title = "Second, as corrected"
	for name, cs := range map[string]graph.ChangeSet{
		"another version of an entity": {Entities: []graph.Entity{entity("company:alpha", "Mine")}},
		"an entity that is there now":  {Entities: []graph.Entity{entity("company:new", "Mine")}},
		"a source that is there now":   {Sources: []graph.Source{paper}},
		"a claim that is there now":    claims(claim("claim:late", graph.Sells, "company:beta", "product:alpha:one")),
		"a claim that was retracted":   {Retractions: []graph.Retraction{{Claim: "claim:a", Reason: "mine"}}},
		"one of several": {
			Entities:    []graph.Entity{entity("company:other", "Other")},
			Retractions: []graph.Retraction{{Claim: "claim:b", Reason: "mine"}, {Claim: "claim:a", Reason: "mine"}},
		},
	} {
		_, err := p.store.Append(p.ctx, p.see(cs, 2))
		p.fails(name, err, graph.KindOutdated)
	}
	p.same("revision", p.status().Revision, graph.Revision(3))
}

func asItWas(p *probe) {
	p.twoMakers()
	p.append(graph.ChangeSet{Entities: []graph.Entity{entity("company:beta", "Renamed")}})
	p.clock.step(time.Minute)
	cs := claims(claim("claim:c", graph.Sells, "company:beta", "product:alpha:one"))
	cs.ID, cs.Entities = "mine", []graph.Entity{entity("company:alpha", "Mine"), entity("company:new", "New")}
	cs.Retractions = []graph.Retraction{{Claim: "claim:a", Reason: "mine", ReplacedBy: "claim:c"}}
	cs = p.see(cs, 2) // what changed since is none of its items
	r := p.append(cs)
	p.same("counts", []int{int(r.Revision), r.Added, r.Changed, r.Retracted}, []int{4, 2, 1, 1})
	again := p.append(cs) // what it goes by is what it made itself
	p.same("again", []any{again.Revision, again.Replayed}, []any{graph.Revision(4), true})
	p.same("change", p.changes(3)[0].Retractions, cs.Retractions)
}
