package storetest

import (
	"time"

	"debadge/graph"
)

// twoMakers is a world in which Alpha and Beta are said to make one product.
func (p *probe) twoMakers() {
	p.t.Helper()
	p.append(world())
	p.append(claims(
		claim("claim:a", graph.Makes, "company:alpha", "product:alpha:one"),
		claim("claim:b", graph.Makes, "company:beta", "product:alpha:one"),
	))
}

func withdraw(p *probe) {
	p.twoMakers()
	before := p.clock.now().Add(time.Microsecond) // the second change of one instant
	at := p.clock.step(time.Minute)
	retraction := graph.Retraction{Claim: "claim:a", Reason: "the notice was withdrawn"}
	p.same("receipt", p.append(graph.ChangeSet{Retractions: []graph.Retraction{retraction}}),
		graph.Receipt{Revision: 3, RecordedAt: at, Retracted: 1})
	p.same("change", p.changes(2)[0].Retractions, []graph.Retraction{retraction})
	for _, c := range []struct {
		name string
		at   graph.Moment
		want []graph.ID
	}{
		{"before the claims", graph.Moment{Revision: 1}, nil},
		{"before the retraction", graph.Moment{Revision: 2}, []graph.ID{"claim:a", "claim:b"}},
		{"just before it", graph.Moment{Time: at.Add(-time.Microsecond)}, []graph.ID{"claim:a", "claim:b"}},
		{"when the claims came", graph.Moment{Time: before}, []graph.ID{"claim:a", "claim:b"}},
		{"after it", graph.Moment{Revision: 3}, []graph.ID{"claim:b"}},
		{"at its time", graph.Moment{Time: at}, []graph.ID{"claim:b"}},
		{"now", graph.Moment{}, []graph.ID{"claim:b"}},
	} {
		p.view(c.at, func(v graph.View) {
			p.same(c.name+", upstream", p.around(v, graph.Upstream, every, "product:alpha:one"), c.want)
			var down []graph.ID
			if len(c.want) == 2 {
				down = c.want[:1]
			}
			p.same(c.name+", downstream", p.around(v, graph.Downstream, every, "company:alpha"), down)
		})
	}
	again := claim("claim:a", graph.Makes, "company:alpha", "product:alpha:one")
	p.same("stated once more", p.append(graph.ChangeSet{Claims: []graph.Claim{again}}),
		graph.Receipt{Revision: 3, RecordedAt: at, Withdrawn: 1})
	s := p.status()
	p.same("counts", []int{s.Claims, s.Retracted}, []int{1, 1})
}

func correct(p *probe) {
	p.twoMakers()
	set := claims(claim("claim:c", graph.Sells, "company:alpha", "product:alpha:one"))
	set.Retractions = []graph.Retraction{
		{Claim: "claim:b", Reason: "said twice", ReplacedBy: "claim:a"},
		{Claim: "claim:a", Reason: "it sells, it does not make", ReplacedBy: "claim:c"},
	}
	r := p.append(set)
	p.same("counts", []int{r.Added, r.Retracted}, []int{1, 2})
	p.same("change", p.changes(2)[0].ChangeSet, p.arranged(set))
	p.view(graph.Moment{}, func(v graph.View) {
		p.same("claims", p.around(v, graph.Upstream, every, "product:alpha:one"), []graph.ID{"claim:c"})
	})
	p.view(graph.Moment{Revision: 2}, func(v graph.View) {
		p.same("claims before", p.around(v, graph.Upstream, every, "product:alpha:one"), []graph.ID{"claim:a", "claim:b"})
	})
}

func retractTwice(p *probe) {
	p.twoMakers()
	third := p.append(graph.ChangeSet{Retractions: []graph.Retraction{{Claim: "claim:a", Reason: "first"}}})
	p.clock.step(time.Minute)
	p.same("again", p.append(graph.ChangeSet{Retractions: []graph.Retraction{{Claim: "claim:a", Reason: "second", ReplacedBy: "claim:b"}}}),
		graph.Receipt{Revision: 3, RecordedAt: third.RecordedAt, Unchanged: 1})
	p.same("the other with it", p.append(graph.ChangeSet{Retractions: []graph.Retraction{
		{Claim: "claim:a", Reason: "third"}, {Claim: "claim:b", Reason: "too"},
	}}), graph.Receipt{Revision: 4, RecordedAt: p.clock.now(), Retracted: 1, Unchanged: 1})
	p.same("change", p.changes(3)[0].Retractions, []graph.Retraction{{Claim: "claim:b", Reason: "too"}})
	s := p.status()
	p.same("counts", []int{s.Claims, s.Retracted}, []int{0, 2})
}

func neverOverwrite(p *probe) {
	p.twoMakers()
	p.append(graph.ChangeSet{Retractions: []graph.Retraction{{Claim: "claim:a", Reason: "r"}}})
	_, err := p.store.Append(p.ctx, claims(claim("claim:a", graph.Sells, "company:alpha", "product:alpha:one")))
	p.fails("other content under the id of a retracted claim", err, graph.KindInvalid)
	p.same("revision", p.status().Revision, graph.Revision(3))
}
