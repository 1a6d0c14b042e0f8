package storetest

import (
	"fmt"
	"time"

	"debadge/graph"
)

func (p *probe) appendNamed(name string) graph.Receipt {
	p.t.Helper()
	return p.append(graph.ChangeSet{Entities: []graph.Entity{entity("company:named", name)}})
}

func (p *probe) nameAt(at graph.Moment) (name string, revision graph.Revision) {
	p.t.Helper()
	p.view(at, func(v graph.View) {
		revision, _ = v.At()
		if list, err := v.Entities(p.ctx, []graph.ID{"company:named"}); err == nil {
			name = list[0].Name
		} else {
			p.fails("entity", err, graph.KindNotFound)
		}
	})
	return name, revision
}

func momentTime(p *probe) {
	start := p.clock.now()
	for _, name := range []string{"one", "two", "three"} {
		p.appendNamed(name)
		p.clock.step(time.Hour)
	}
	for _, c := range []struct {
		after time.Duration
		name  string
		at    graph.Revision
	}{
		{-100 * 365 * 24 * time.Hour, "", 0},
		{-time.Microsecond, "", 0},
		{0, "one", 1},
		{time.Nanosecond, "one", 1},
		{time.Hour - time.Microsecond, "one", 1},
		{time.Hour - time.Nanosecond, "one", 1},
		{time.Hour, "two", 2},
		{2 * time.Hour, "three", 3},
		{100 * 365 * 24 * time.Hour, "three", 3},
	} {
		for _, zone := range []*time.Location{time.UTC, time.FixedZone("east", 8*60*60)} {
			name, at := p.nameAt(graph.Moment{Time: start.Add(c.after).In(zone)})
			p.same(fmt.Sprint(c.after, " after the first revision"), fmt.Sprint(name, " ", at), fmt.Sprint(c.name, " ", c.at))
		}
	}
	name, at := p.nameAt(graph.Moment{Revision: 2, Time: start})
	p.same("a revision goes before a time", fmt.Sprint(name, " ", at), "two 2")
	p.view(graph.Moment{Time: start.Add(-time.Hour)}, func(v graph.View) {
		revision, recorded := v.At()
		p.same("revision before the first", revision, graph.Revision(0))
		p.same("its time", recorded, time.Time{})
		p.same("what is found", p.find(v, graph.Find{}), []graph.ID(nil))
	})
}

func momentOutOfReach(p *probe) {
	read := func(graph.View) error {
		p.t.Error("read was called")
		return nil
	}
	p.fails("revision 1 of an empty store", p.store.View(p.ctx, graph.Moment{Revision: 1}, read), graph.KindNotFound)
	p.append(world())
	p.fails("the next revision", p.store.View(p.ctx, graph.Moment{Revision: 2}, read), graph.KindNotFound)
	p.fails("the last revision there can be", p.store.View(p.ctx, graph.Moment{Revision: 1<<32 - 1}, read), graph.KindNotFound)
	p.fails("a time with it", p.store.View(p.ctx, graph.Moment{Revision: 2, Time: p.clock.now()}, read), graph.KindNotFound)
}

// clockGoesBack sets the clock back: recorded_at stands still, and the order is
// that of the revisions.
func clockGoesBack(p *probe) {
	start := p.clock.now()
	var last time.Time
	for i, step := range []time.Duration{0, time.Hour, -24 * time.Hour, 0, time.Minute, 25 * time.Hour, -time.Microsecond, time.Microsecond} {
		at := p.clock.step(step)
		r := p.appendNamed(fmt.Sprint("name ", i))
		p.same("revision", r.Revision, graph.Revision(i+1))
		if r.RecordedAt.Before(last) || r.RecordedAt.Before(at) {
			p.t.Errorf("revision %d was recorded at %s, after %s and by a clock at %s", i+1, r.RecordedAt, last, at)
		}
		last = r.RecordedAt
	}
	changes := p.changes(0)
	for i, c := range changes {
		p.same("revision", c.Revision, graph.Revision(i+1))
		name, at := p.nameAt(graph.Moment{Revision: c.Revision})
		p.same("name", fmt.Sprint(name, " ", at), fmt.Sprintf("name %d %d", i, i+1))
		if i > 0 && c.RecordedAt.Before(changes[i-1].RecordedAt) {
			p.t.Errorf("revision %d was recorded before the one before it", c.Revision)
		}
		newest := i
		for newest+1 < len(changes) && !changes[newest+1].RecordedAt.After(c.RecordedAt) {
			newest++
		}
		name, at = p.nameAt(graph.Moment{Time: c.RecordedAt})
		p.same("newest at its time", fmt.Sprint(name, " ", at), fmt.Sprintf("name %d %d", newest, newest+1))
	}
	_, at := p.nameAt(graph.Moment{Time: start})
	p.same("revision at the start", at, graph.Revision(1))
}

func timePrecision(p *probe) {
	zone := time.FixedZone("west", -5*60*60)
	p.clock.set(time.Date(2026, 11, 1, 1, 30, 0, 999_999_999, zone))
	want := time.Date(2026, 11, 1, 6, 30, 0, 999_999_000, time.UTC)
	r := p.append(world())
	p.same("receipt", r.RecordedAt, want)
	p.same("change", p.changes(0)[0].RecordedAt, want)
	p.same("status", p.status().RecordedAt, want)
	p.view(graph.Moment{Time: want}, func(v graph.View) {
		revision, at := v.At()
		p.same("revision", revision, graph.Revision(1))
		p.same("view", at, want)
	})
}
