package api

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/index"
)

// braid is a store in which each product of a layer is the successor of all
// products of the layer before: a walk with alternatives takes seconds.
func braid(t *testing.T) graph.Store {
	t.Helper()
	const layers, wide = 15, 30
	s := index.NewMemory(noon)
	cs := graph.ChangeSet{
		Entities: []graph.Entity{{ID: "list:l", Name: "List"}, {ID: "company:origin", Name: "Origin"}},
		Sources:  []graph.Source{{ID: "source:s", Title: "Notice", Publisher: "Regulator"}},
	}
	cite := func(relation graph.Relation, from, to graph.ID) {
		cs.Claims = append(cs.Claims, graph.Claim{
			Relation: relation, From: from, To: to, Status: graph.Reported, Citations: []graph.Citation{{Source: "source:s", Stance: graph.Supports}},
		})
	}
	id := func(layer, i int) graph.ID { return graph.ID(fmt.Sprintf("product:braid:p%d-%d", layer, i)) }
	cite(graph.ListedOn, "company:origin", "list:l")
	for layer := range layers {
		for i := range wide {
			cs.Entities = append(cs.Entities, graph.Entity{ID: id(layer, i), Name: string(id(layer, i))})
			if layer == 0 {
				cite(graph.Makes, "company:origin", id(layer, i))
				continue
			}
			for j := range wide {
				cite(graph.SucceededBy, id(layer-1, j), id(layer, i))
			}
		}
	}
	if _, err := s.Append(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	return s
}

// holdings is a store in which a group of companies, each held by many of the
// others, changes hands every day for years: of a trace the walk takes a moment,
// and what held since when, and what the answer rests on, takes seconds.
func holdings(t *testing.T) graph.Store {
	t.Helper()
	const companies, owners, days = 120, 12, 2500
	s := index.NewMemory(noon)
	cs := graph.ChangeSet{
		Entities: []graph.Entity{{ID: "list:l", Name: "List"}, {ID: "product:group:p", Name: "P"}},
		Sources:  []graph.Source{{ID: "source:s", Title: "Register", Publisher: "Registrar"}},
	}
	id := func(i int) graph.ID { return graph.ID(fmt.Sprintf("company:c%d", i)) }
	cite := func(c graph.Claim) {
		c.Status, c.Citations = graph.Reported, []graph.Citation{{Source: "source:s", Stance: graph.Supports}}
		cs.Claims = append(cs.Claims, c)
	}
	random := rand.New(rand.NewPCG(7, 7))
	for i := range companies {
		cs.Entities = append(cs.Entities, graph.Entity{ID: id(i), Name: string(id(i))})
		for range owners {
			from := graph.DayOf(noon()) - graph.Day(random.IntN(days))
			share := graph.ShareOf(int32(1+random.IntN(9)) * 1_000_000)
			cite(graph.Claim{
				Relation: graph.Owns, From: id((i + 1 + random.IntN(companies-1)) % companies), To: id(i),
				ValidFrom: from.Date(), ValidTo: (from + graph.Day(1+random.IntN(days))).Date(), ShareMin: share, ShareMax: share,
			})
		}
	}
	cite(graph.Claim{Relation: graph.ListedOn, From: id(companies - 1), To: "list:l"})
	cite(graph.Claim{Relation: graph.Makes, From: id(0), To: "product:group:p"})
	if _, err := s.Append(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestTrialF7 has clients cancel while a walk goes on, and while what it found is
// weighed: the work for them stops, and no goroutine is left.
func TestTrialF7(t *testing.T) {
	for _, c := range []struct {
		name    string
		store   func(*testing.T) graph.Store
		subject string
	}{
		{"in the walk", braid, "product:braid:p14-0"},
		{"weighing what was found", holdings, "product:group:p"},
	} {
		t.Run(c.name, func(t *testing.T) { clientsLeave(t, c.store(t), "/v1/trace?paths=50&subject="+c.subject) })
	}
}

func clientsLeave(t *testing.T, store graph.Store, question string) {
	t.Helper()
	s := newService(t, func(o *Options) { o.Store = store })
	before := runtime.NumGoroutine()
	clients := extent.Rounds(100, 1000)
	stopped := make(chan time.Duration, clients)
	slots := make(chan struct{}, runtime.GOMAXPROCS(0)) // more would wait for a processor, not for the walk
	var all sync.WaitGroup
	for range clients {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			if late, left := leave(t, s, question, time.Duration(rand.IntN(20_000))*time.Microsecond); left {
				stopped <- late
			}
		})
	}
	all.Wait()
	close(stopped)
	var late []time.Duration
	for d := range stopped {
		late = append(late, d)
	}
	slices.Sort(late)
	if len(late) < clients*9/10 {
		t.Fatalf("%d of %d clients were answered before they left: the walk is too short", clients-len(late), clients)
	}
	p99 := late[(len(late)-1)*99/100]
	t.Logf("of %d clients %d left in mid-walk; work went on for %s at p50, %s at p99, %s at most",
		clients, len(late), late[len(late)/2], p99, late[len(late)-1])
	limit := 250 * time.Millisecond
	if !extent.Full() {
		limit = time.Second // beside all other tests, with the race detector, a processor is not always there
	}
	if p99 > limit {
		t.Errorf("work goes on for %s at p99", p99)
	}
	waitFor(t, func() bool { return runtime.NumGoroutine() <= before })
}

// leave asks, and leaves after a while: how long does the work go on?
func leave(t *testing.T, s *service, question string, after time.Duration) (late time.Duration, left bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	gone := make(chan time.Time, 1)
	timer := time.AfterFunc(after, func() {
		gone <- time.Now() //nolint:forbidigo // how late is measured
		cancel()
	})
	s.ServeHTTP(httptest.NewRecorder(), request(t, http.MethodGet, question, nil).WithContext(ctx))
	done := time.Now() //nolint:forbidigo // as above
	if timer.Stop() {
		return 0, false
	}
	return done.Sub(<-gone), true
}
