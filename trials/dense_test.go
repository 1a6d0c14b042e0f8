package trials

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"syscall"
	"testing"
	"time"

	"debadge/api"
	"debadge/extent"
	"debadge/graph"
	"debadge/graph/index"
)

// dense makes graphs that are hard to walk, in change sets of bounded size.
type dense struct {
	t     *testing.T
	store graph.Store
	set   graph.ChangeSet
}

func (d *dense) entity(id graph.ID) {
	d.set.Entities = append(d.set.Entities, graph.Entity{ID: id, Name: string(id)})
	d.room()
}

func (d *dense) claim(relation graph.Relation, from, to graph.ID, change func(*graph.Claim)) {
	c := cited(relation, from, to)
	if change != nil {
		change(&c)
	}
	d.set.Claims = append(d.set.Claims, c)
	d.room()
}

func (d *dense) room() {
	if len(d.set.Entities)+len(d.set.Claims) >= 20_000 {
		d.flush()
	}
}

func (d *dense) flush() {
	if _, err := d.store.Append(d.t.Context(), d.set); err != nil {
		d.t.Fatal(err)
	}
	d.set = graph.ChangeSet{}
}

// chain makes a listed company and a chain of so many products behind it.
func (d *dense) chain(name string, hops int) (end graph.ID) {
	company := graph.ID("company:" + name)
	d.entity(company)
	d.claim(graph.ListedOn, company, "list:l", nil)
	for i := range hops {
		next := graph.ID(fmt.Sprintf("product:%s:chain-%d", name, i))
		d.entity(next)
		if i == 0 {
			d.claim(graph.Makes, company, next, nil)
		} else {
			d.claim(graph.SucceededBy, end, next, nil)
		}
		end = next
	}
	return end
}

// hub makes a company with so many products, all of which are parts of one.
func (d *dense) hub(neighbors int) {
	end := d.chain("hub", 1)
	d.entity("product:hub:whole")
	d.claim(graph.ComponentOf, end, "product:hub:whole", nil)
	for i := range neighbors {
		id := graph.ID(fmt.Sprintf("product:hub:p%d", i))
		d.entity(id)
		d.claim(graph.Makes, "company:hub", id, func(c *graph.Claim) { c.ValidFrom = year(i) })
		d.claim(graph.ComponentOf, id, "product:hub:whole", nil)
	}
}

func year(i int) graph.Date {
	return graph.DayOf(time.Date(2000+i%20, time.Month(1+i%12), 1, 0, 0, 0, 0, time.UTC)).Date()
}

// clique makes so many entities each of which a claim leads to each other one, 14
// hops away from a listing, and one of them to a product.
func (d *dense) clique(name string, relation graph.Relation, members int) {
	companies := relation.Rule().Layer != graph.Lineage
	id := func(i int) graph.ID {
		if companies {
			return graph.ID(fmt.Sprintf("company:%s-m%d", name, i))
		}
		return graph.ID(fmt.Sprintf("product:%s:m%d", name, i))
	}
	for i := range members {
		d.entity(id(i))
	}
	if companies {
		d.claim(graph.ListedOn, id(0), "list:l", nil)
	} else {
		d.claim(graph.SucceededBy, d.chain(name, 13), id(0), nil)
	}
	for i := range members {
		for j := range i {
			a, b := id(j), id(i)
			if relation.Rule().Symmetric && a > b {
				a, b = b, a
			}
			if relation == graph.Owns && (i+j)%2 == 0 {
				a, b = b, a // rings all over
			}
			d.claim(relation, a, b, share)
		}
	}
	last := graph.ID("product:" + name + ":last")
	d.entity(last)
	if companies {
		d.claim(graph.Makes, id(members-1), last, nil)
	} else {
		d.claim(graph.SucceededBy, id(members-1), last, nil)
	}
}

// share says how much, where a claim is about ownership.
func share(c *graph.Claim) {
	if c.Relation == graph.Owns {
		c.ShareMin = graph.ShareOf(graph.WholeShare * 6 / 10)
		c.ShareMax = c.ShareMin
	}
}

// heap returns the memory of the process that is in use.
func heap() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}

// processor returns the time for which the process had one. Other programs on the
// machine do not count, a collection of garbage does.
func processor(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// allocated returns how much memory was taken so far, given back or not.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// watchHeap returns the most memory that was in use until it is called.
func watchHeap() (most func() uint64) {
	stop, found := make(chan struct{}), make(chan uint64)
	go func() {
		peak := heap()
		for {
			select {
			case <-stop:
				found <- max(peak, heap())
				return
			case <-time.After(2 * time.Millisecond):
				peak = max(peak, heap())
			}
		}
	}()
	return func() uint64 { close(stop); return <-found }
}

const (
	denseTime   = 2 * time.Second
	denseMemory = 512 << 20
)

// TestTrialL3 asks about hubs and cliques: each question is answered, or says at
// which limit the search ended, in two seconds and 512 MB beside the graph.
func TestTrialL3(t *testing.T) {
	neighbors, members, limit := 5_000, 150, 10*denseTime // where the race detector may be on
	if extent.Full() {
		neighbors, members, limit = 1_000_000, 2_000, denseTime
	}
	for _, test := range []struct {
		name string
		fill func(*dense)
	}{
		{"hub", func(d *dense) { d.hub(neighbors) }},
		{"same", func(d *dense) { d.clique("same", graph.IdenticalTo, members) }},
		{"next", func(d *dense) { d.clique("next", graph.SucceededBy, members) }},
		{"owns", func(d *dense) { d.clique("owns", graph.Owns, members) }},
		{"near", func(d *dense) { d.clique("near", graph.AffiliatedWith, members) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := &dense{t: t, store: open(t, newFile(t), clock)}
			d.set.Sources = []graph.Source{{ID: "source:notice", Title: "Notice", Publisher: "Regulator"}}
			d.entity("list:l")
			test.fill(d)
			d.flush()
			followed, err := index.Follow(t.Context(), d.store, index.Options{Clock: clock, Interval: time.Minute, MaxStale: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			d.store = followed
			askDense(t, d.store, test.name, limit)
			if err := d.store.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func askDense(t *testing.T, store graph.Store, name string, limit time.Duration) {
	t.Helper()
	h, err := api.New(api.Options{Store: store, Clock: clock, Log: slog.New(slog.DiscardHandler), Access: api.Access{Anonymous: api.Admin}})
	if err != nil {
		t.Fatal(err)
	}
	last, company := "product:"+name+":last", "company:"+name
	switch name {
	case "hub":
		last = "product:hub:whole"
	case "owns", "near":
		company += "-m0"
	}
	questions := []string{
		"/v1/trace?subject=" + last, "/v1/trace?paths=10&subject=" + last, "/v1/trace?paths=100&subject=" + last,
		"/v1/trace?policy=cautious&subject=" + last, "/v1/timeline?subject=" + last,
		"/v1/picture?subject=" + last, "/v1/timeline/picture?subject=" + last,
		"/v1/reach?origin=" + company, "/v1/reach?origin=list:l", "/v1/entities/" + last, "/v1/entities/" + company,
	}
	if name == "hub" {
		questions = append(questions, "/v1/trace?subject=product:hub:p7", "/v1/rebadgings?origin="+company)
	}
	for _, q := range questions {
		runtime.GC()
		debug.FreeOSMemory()
		beside := heap()
		old := debug.SetMemoryLimit(int64(beside) + denseMemory)
		percent := debug.SetGCPercent(-1) // a collection goes through the graph too: not before it must
		before, most, begin, worked := allocated(), watchHeap(), clock(), processor(t)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, q, http.NoBody))
		took, wall := processor(t)-worked, clock().Sub(begin)
		peak, all := most()-beside, allocated()-before
		debug.SetMemoryLimit(old)
		debug.SetGCPercent(percent)
		body := w.Body.String()
		cut := strings.Contains(body, `"complete": false`)
		_, reasons, _ := strings.Cut(body, `"reasons": [`)
		reasons, _, _ = strings.Cut(reasons, "]")
		t.Logf("%-60s %d in %s of a processor (%s), %d MB of %d allocated, %d KB, cut short: %v %.200s", q, w.Code, took.Round(time.Millisecond), wall.Round(time.Millisecond), peak>>20, all>>20, len(body)>>10, cut, strings.TrimSpace(reasons))
		if w.Code != http.StatusOK || took > limit || peak > denseMemory {
			t.Errorf("%s: %d in %s, %d MB: %.300s", q, w.Code, took, peak>>20, body)
		}
		if cut && strings.TrimSpace(reasons) == "" {
			t.Errorf("%s: does not say at which limit it ended", q)
		}
	}
}
