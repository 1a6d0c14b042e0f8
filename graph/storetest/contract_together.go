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
