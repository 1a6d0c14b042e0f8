package storetest

import (
	"context"
	"errors"
	"time"

	"debadge/graph"
)

func emptyStore(p *probe) {
	p.same("status", p.status(), graph.StoreStatus{})
	p.same("changes", p.changes(0), []graph.Change(nil))
	for _, at := range []graph.Moment{{}, {Time: p.clock.now()}} {
		p.view(at, func(v graph.View) {
			revision, recorded := v.At()
			p.same("revision", revision, graph.Revision(0))
			p.same("time", recorded, time.Time{})
			p.same("found", p.find(v, graph.Find{}), []graph.ID(nil))
			nodes, err := v.Nodes(p.ctx, []graph.ID{"company:alpha"})
			p.must("nodes", err)
			p.same("nodes", nodes, []graph.Node{graph.NoNode})
			_, err = v.Entities(p.ctx, []graph.ID{"company:alpha"})
			p.fails("entities", err, graph.KindNotFound)
			p.nothingOfNothing(v)
		})
	}
}

// calls are all ways to ask a store for something.
func calls(ctx context.Context, s graph.Store) map[string]func() error {
	return map[string]func() error{
		"append": func() error {
			_, err := s.Append(ctx, graph.ChangeSet{ID: "late", Entities: []graph.Entity{entity("company:late", "Late")}})
			return err
		},
		"append again": func() error { _, err := s.Append(ctx, world()); return err },
		"changes":      func() error { return s.Changes(ctx, 0, func(graph.Change) error { return nil }) },
		"changes since the newest": func() error {
			return s.Changes(ctx, 1, func(graph.Change) error { return nil })
		},
		"view":            func() error { return s.View(ctx, graph.Moment{}, func(graph.View) error { return nil }) },
		"view of another": func() error { return s.View(ctx, graph.Moment{Revision: 9}, func(graph.View) error { return nil }) },
		"status":          func() error { _, err := s.Status(ctx); return err },
	}
}

func canceledContext(p *probe) {
	set := world()
	set.Claims = []graph.Claim{claim("claim:a", graph.Makes, "company:alpha", "product:alpha:one")}
	p.append(set)
	before := p.changes(0)
	ended, cancel := context.WithCancel(p.ctx)
	cancel()
	late, stop := context.WithDeadline(p.ctx, time.Unix(0, 0))
	defer stop()
	for _, c := range []struct {
		ctx  context.Context
		want error
	}{{ended, context.Canceled}, {late, context.DeadlineExceeded}} {
		for name, call := range calls(c.ctx, p.store) {
			err := call()
			p.fails(name, err, graph.KindUnavailable)
			if !errors.Is(err, c.want) {
				p.t.Errorf("%s: the cause is %v, want %v", name, errors.Unwrap(err), c.want)
			}
		}
	}
	p.same("the log", p.changes(0), before)
	p.canceledWithin()
	p.same("the log", p.changes(0), before)
}

// canceledWithin ends the context between two questions to one view.
func (p *probe) canceledWithin() {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	err := p.store.View(ctx, graph.Moment{}, func(v graph.View) error {
		nodes, err := v.Nodes(ctx, []graph.ID{"company:alpha"})
		p.must("nodes", err)
		edges, err := v.Adjacent(ctx, nodes, graph.Downstream, every, nil)
		p.must("adjacent", err)
		cancel()
		for name, ask := range map[string]func() error{
			"nodes":    func() error { _, err := v.Nodes(ctx, []graph.ID{"company:alpha"}); return err },
			"find":     func() error { _, err := v.Find(ctx, graph.Find{}); return err },
			"adjacent": func() error { _, err := v.Adjacent(ctx, nodes, graph.Downstream, every, nil); return err },
			"entities": func() error { _, err := v.Entities(ctx, []graph.ID{"company:alpha"}); return err },
			"claims":   func() error { _, err := v.Claims(ctx, []graph.ClaimRef{edges[0].Claim}); return err },
			"stored":   func() error { _, err := v.StoredClaims(ctx, []graph.ID{"claim:o1"}); return err },
			"sources":  func() error { _, err := v.Sources(ctx, []graph.ID{"source:paper"}); return err },
		} {
			p.fails(name+" within a view", ask(), graph.KindUnavailable)
		}
		return ctx.Err()
	})
	if err == nil {
		p.t.Error("a view whose read failed came back without an error")
	}
	p.append(graph.ChangeSet{}) // the store goes on
	p.view(graph.Moment{}, func(v graph.View) { p.node(v, "company:alpha") })
}

func useAfterClose(p *probe) {
	p.append(world())
	p.must("close", p.store.Close())
	for name, call := range calls(p.ctx, p.store) {
		p.fails(name, call(), graph.KindUnavailable)
	}
	p.must("close again", p.store.Close())
}

func reopened(p *probe) {
	set := rich()
	p.append(set)
	p.clock.step(time.Hour)
	p.append(graph.ChangeSet{
		Entities:    []graph.Entity{entity("company:alpha", "Renamed")},
		Retractions: []graph.Retraction{{Claim: "claim:o1", Reason: "it was sold", ReplacedBy: "claim:o2"}},
	})
	feed, status := p.changes(0), p.status()
	var edges [][]graph.ID
	look := func() (list [][]graph.ID) {
		for _, at := range []graph.Revision{1, 2} {
			p.view(graph.Moment{Revision: at}, func(v graph.View) {
				list = append(list, p.around(v, graph.Upstream, every, "company:alpha"), []graph.ID{graph.ID(p.entity(v, "company:alpha").Name)})
			})
		}
		return list
	}
	edges = look()

	p.store = p.reopen()
	p.same("the log", p.changes(0), feed)
	p.same("status", p.status(), status)
	p.same("claims and names", look(), edges)
	p.same("a change set that was committed", p.append(set), graph.Receipt{Revision: 1, RecordedAt: feed[0].RecordedAt, Replayed: true})
	p.clock.step(-2 * time.Hour)
	p.same("the next change set", p.append(graph.ChangeSet{Entities: []graph.Entity{entity("company:new", "New")}}),
		graph.Receipt{Revision: 3, RecordedAt: feed[1].RecordedAt.Add(time.Microsecond), Added: 1})
	p.same("the log from there on", p.changes(2)[0].Entities, []graph.Entity{entity("company:new", "New")})
}
