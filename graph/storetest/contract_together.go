package storetest

import (
	"fmt"
	"slices"
	"sync"

	"debadge/graph"
)

const writers, setsPerWriter = 16, 4

// together runs do in many goroutines at once and waits for them.
func (p *probe) together(n int, do func(i int)) {
	p.t.Helper()
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	all.Wait()
}

// writersTogether lets many write at once: some of their ids are their own,
// others are everybody's.
func writersTogether(p *probe) {
	p.append(world())
	var mu sync.Mutex
	acknowledged := map[graph.Revision]string{1: "world"}
	p.together(writers, func(w int) {
		for i := range setsPerWriter {
			cs := graph.ChangeSet{ID: fmt.Sprintf("writer %d, set %d", w, i)}
			product := graph.ID(fmt.Sprintf("product:w:p%d-%d", w, i))
			cs.Entities = []graph.Entity{
				entity(product, "P"),
				entity(graph.ID(fmt.Sprintf("company:shared%d", i)), "Shared"),          // the same for all
				entity(graph.ID(fmt.Sprintf("list:shared%d", i)), fmt.Sprint("By ", w)), // a version by each
			}
			cs.Claims = []graph.Claim{
				claim("", graph.Makes, "company:alpha", product),
				claim("", graph.ListedOn, "company:alpha", graph.ID(fmt.Sprintf("list:shared%d", i))),
			}
			r, err := p.store.Append(p.ctx, cs)
			if err != nil {
				p.t.Errorf("append: %v", err)
				return
			}
			mu.Lock()
			if other, ok := acknowledged[r.Revision]; ok {
				p.t.Errorf("revision %d was given to %q and to %q", r.Revision, other, cs.ID)
			}
			acknowledged[r.Revision] = cs.ID
			mu.Unlock()
		}
	})
	feed := p.changes(0)
	p.same("number of revisions", len(feed), 1+writers*setsPerWriter)
	brought := map[graph.ID]int{}
	for i, c := range feed {
		p.same("revision", c.Revision, graph.Revision(i+1))
		p.same("change set of the revision", c.ID, acknowledged[c.Revision])
		for _, k := range c.Claims {
			brought[k.ID]++
		}
	}
	for id, n := range brought {
		if n != 1 {
			p.t.Errorf("claim %s was recorded %d times", id, n)
		}
	}
	p.same("number of claims", len(brought), writers*setsPerWriter+setsPerWriter)
	s := p.status()
	p.same("status", []int{s.Claims, s.Entities}, []int{len(brought), 8 + writers*setsPerWriter + 2*setsPerWriter})
}

// writersCollide lets many append the same change set at once.
func writersCollide(p *probe) {
	p.append(world())
	receipts := make([]graph.Receipt, writers)
	p.together(writers, func(w int) {
		cs := claims(claim("", graph.Makes, "company:alpha", "product:alpha:one"))
		cs.ID = "everybody's"
		var err error
		if receipts[w], err = p.store.Append(p.ctx, cs); err != nil {
			p.t.Errorf("append: %v", err)
		}
	})
	first := 0
	for _, r := range receipts {
		p.same("revision", r.Revision, graph.Revision(2))
		if !r.Replayed {
			first++
		}
	}
	p.same("receipts that are no replay", first, 1)
	conflicts := make([]error, writers)
	p.together(writers, func(w int) {
		_, conflicts[w] = p.store.Append(p.ctx, graph.ChangeSet{
			ID: "contested", Entities: []graph.Entity{entity(graph.ID(fmt.Sprintf("company:c%d", w)), "C")},
		})
	})
	won := slices.Index(conflicts, nil)
	for w, err := range conflicts {
		if w != won {
			p.fails("append under an id that is taken", err, graph.KindConflict)
		}
	}
	p.same("revisions", len(p.changes(0)), 3)
}

// readerSeesWhole reads while others write: every change set brings a product
// and the claim that makes it, and no view shows one without the other.
func readerSeesWhole(p *probe) {
	p.append(world())
	done := make(chan struct{})
	var reading sync.WaitGroup
	for range 2 {
		reading.Go(func() {
			var last graph.Revision
			for {
				select {
				case <-done:
					return
				default:
				}
				last = p.readWhole(last)
			}
		})
	}
	p.together(4, func(w int) {
		for i := range 2 * setsPerWriter {
			id := graph.ID(fmt.Sprintf("product:w:p%d-%d", w, i))
			cs := claims(claim("", graph.Makes, "company:alpha", id))
			cs.Entities = []graph.Entity{entity(id, "P")}
			if _, err := p.store.Append(p.ctx, cs); err != nil {
				p.t.Errorf("append: %v", err)
			}
		}
	})
	close(done)
	reading.Wait()
}

func (p *probe) readWhole(last graph.Revision) graph.Revision {
	err := p.store.View(p.ctx, graph.Moment{}, func(v graph.View) error {
		revision, _ := v.At()
		if revision < last {
			p.t.Errorf("revision %d was seen after %d", revision, last)
		}
		last = revision
		ids, err := v.Find(p.ctx, graph.Find{Kind: graph.Product, After: "product:w:"})
		if err != nil {
			return err
		}
		nodes, err := v.Nodes(p.ctx, []graph.ID{"company:alpha"})
		if err != nil {
			return err
		}
		edges, err := v.Adjacent(p.ctx, nodes, graph.Downstream, every, nil)
		if len(ids) != len(edges) || len(ids) != int(revision)-1 {
			p.t.Errorf("revision %d shows %d products and %d claims", revision, len(ids), len(edges))
		}
		return err
	})
	if err != nil {
		p.t.Errorf("view: %v", err)
	}
	return last
}

// readersOfVersions reads while one writer gives an entity a new version again
// and again, with more products each time: whatever is read at a revision, by a
// view or in the feed, is of that revision and whole.
func readersOfVersions(p *probe) {
	p.append(world())
	const sets, brings = 40, 15
	named := func(r graph.Revision) string { return fmt.Sprint("Alpha in revision ", r) }
	done := make(chan struct{})
	var reading sync.WaitGroup
	for _, read := range []func() error{
		func() error { return p.viewVersion(named, brings) }, func() error { return p.viewVersion(named, brings) },
		func() error { return p.feedVersions(named, brings) }, func() error { return p.feedVersions(named, brings) },
	} {
		reading.Go(func() {
			for {
				if err := read(); err != nil {
					p.t.Errorf("read: %v", err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for i := range sets {
		cs := graph.ChangeSet{Entities: []graph.Entity{entity("company:alpha", named(graph.Revision(i+2)))}}
		for n := range brings {
			id := graph.ID(fmt.Sprintf("product:v:p%d-%d", i, n))
			cs.Entities = append(cs.Entities, entity(id, "P"))
			cs.Claims = append(cs.Claims, claim("", graph.Makes, "company:alpha", id))
		}
		if _, err := p.store.Append(p.ctx, cs); err != nil {
			p.t.Errorf("append: %v", err)
		}
	}
	close(done)
	reading.Wait()
}

func (p *probe) viewVersion(named func(graph.Revision) string, brings int) error {
	return p.store.View(p.ctx, graph.Moment{}, func(v graph.View) error {
		revision, _ := v.At()
		nodes, err := v.Nodes(p.ctx, []graph.ID{"company:alpha"})
		if err != nil {
			return err
		}
		edges, err := v.Adjacent(p.ctx, nodes, graph.Downstream, every, nil)
		if err != nil {
			return err
		}
		found, err := v.Entities(p.ctx, []graph.ID{"company:alpha"})
		if err != nil {
			return err
		}
		if n := int(revision-1) * brings; len(edges) != n || (revision > 1 && found[0].Name != named(revision)) {
			p.t.Errorf("revision %d shows %d claims of %q, want %d", revision, len(edges), found[0].Name, n)
		}
		return nil
	})
}

func (p *probe) feedVersions(named func(graph.Revision) string, brings int) error {
	return p.store.Changes(p.ctx, 1, func(c graph.Change) error {
		if len(c.Entities) != 1+brings || len(c.Claims) != brings || c.Entities[0].Name != named(c.Revision) {
			p.t.Errorf("revision %d brings %d entities, the first of them %q, and %d claims", c.Revision, len(c.Entities), c.Entities[0].Name, len(c.Claims))
		}
		return nil
	})
}
