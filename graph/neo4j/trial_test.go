package neo4j_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/neo4j"
	"debadge/graph/neo4j/neo4jtest"
)

// written is what became of the change sets of a trial, by name.
type written struct {
	mu     sync.Mutex
	stored map[string]graph.Revision // acknowledged
	failed map[string]error          // not acknowledged
	most   int                       // of one round: how many there are, so that each has another name
}

// fill appends until an append fails, or for as long as ctx lasts.
func (w *written) fill(ctx context.Context, t *testing.T, s graph.Store, limit time.Duration) {
	t.Helper()
	for ctx.Err() == nil {
		w.mu.Lock()
		w.most++
		name := fmt.Sprintf("set%d", w.most)
		w.mu.Unlock()
		receipt, err := within(t, limit, func(ctx context.Context) (graph.Receipt, error) { return s.Append(ctx, chain(name)) })
		w.mu.Lock()
		if err == nil {
			w.stored[name] = receipt.Revision
		} else {
			w.failed[name] = err
		}
		w.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (w *written) acknowledged() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.stored)
}

// backName is the change set by which back tries to append.
const backName = "away"

// settle appends once more what was not acknowledged: that is how its caller
// finds out. What was said not to be stored must not be.
func (w *written) settle(t *testing.T, s graph.Store) (ambiguous, kept int) {
	t.Helper()
	for name, lost := range w.failed {
		receipt, err := s.Append(t.Context(), chain(name))
		if err != nil {
			t.Fatalf("append %s again: %v", name, err)
		}
		unknown := strings.Contains(lost.Error(), "not known")
		if unknown {
			ambiguous++
		}
		if receipt.Replayed && name != backName {
			kept++
			if !unknown {
				t.Errorf("%s was stored, and the error was %v", name, lost)
			}
		}
		w.stored[name] = receipt.Revision
	}
	clear(w.failed)
	return ambiguous, kept
}

// check reads the whole feed: each change set is there once, as acknowledged.
func (w *written) check(t *testing.T, s graph.Store) {
	t.Helper()
	found := map[string]graph.Revision{}
	if err := s.Changes(t.Context(), 0, func(c graph.Change) error {
		name := strings.TrimPrefix(c.ID, "chain ")
		if _, twice := found[name]; twice {
			t.Errorf("%s is stored twice", name)
		}
		if found[name] = c.Revision; int(c.Revision) != len(found) || len(c.Claims) != 1 {
			t.Errorf("the %d. change is revision %d, with %d claims", len(found), c.Revision, len(c.Claims))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(found, w.stored) {
		t.Errorf("%d change sets are stored, %d were acknowledged, or they differ in their revisions", len(found), len(w.stored))
	}
}

// within gives a call a deadline, and checks that it ends by it, and how.
func within[T any](t *testing.T, limit time.Duration, call func(context.Context) (T, error)) (T, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	began := now()
	value, err := call(ctx)
	if took := time.Since(began); took > limit+time.Second {
		t.Errorf("a call took %s, with a deadline of %s (%v)", took.Round(time.Millisecond), limit, err)
	}
	if err != nil && graph.KindOf(err) != graph.KindUnavailable {
		t.Errorf("a call failed with %s: %v", graph.KindOf(err), err)
	}
	return value, err
}

// reads are the ways to read a store, each of which reads all that a question needs.
func reads(s graph.Store, subject graph.ID) []func(context.Context) error {
	return []func(context.Context) error{
		func(ctx context.Context) error {
			a, err := graph.Trace(ctx, s, graph.Question{Subject: string(subject), Policy: graph.DefaultPolicy(), AsOf: graph.DayOf(now())})
			if err == nil && a.Subject == nil {
				return graph.Errorf(graph.KindNotFound, "%s is not known", subject)
			}
			return err
		},
		func(ctx context.Context) error {
			return s.View(ctx, graph.Moment{}, func(v graph.View) error { return walkUp(ctx, v, subject) })
		},
		func(ctx context.Context) error { return s.Changes(ctx, 0, func(graph.Change) error { return nil }) },
		func(ctx context.Context) error { _, err := s.Status(ctx); return err },
	}
}

// TestTrialF4 kills Neo4j while some write and some read: no acknowledged change
// set is lost, none is there twice, what is not known to be stored is reported as
// such, and reads are back within ten seconds of Neo4j: of when it answers one who
// comes then, which on a busy machine it does late, since it has to compile its plans.
func TestTrialF4(t *testing.T) {
	const limit, backWithin = 5 * time.Second, 10 * time.Second
	server := neo4jtest.StartOwn(t)
	config := configOf(server, now)
	config.Retry = time.Second
	s, err := neo4j.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	appendAll(t, s, chain("seed"))
	w := &written{stored: map[string]graph.Revision{"seed": 1}, failed: map[string]error{}}
	var ambiguous, kept, failed int
	var cut int64
	var cold, waits []time.Duration
	for range extent.Rounds(3, 50) {
		before := w.acknowledged()
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		broken := make(chan int64, 4)
		for i := range 4 {
			all.Go(func() { w.fill(ctx, t, s, limit) })
			all.Go(func() { broken <- readOn(ctx, t, reads(s, "product:seed")[i], limit) })
		}
		for w.acknowledged() < before+4 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		server.Kill(t)
		all.Wait()
		stop()
		for range 4 {
			cut += <-broken
		}
		failed += len(w.failed)
		server.Restart(t)
		cold = append(cold, answersNow(t, openAt(t, server, now), time.Minute))
		waits = append(waits, answersNow(t, s, backWithin))
		a, k := w.settle(t, s)
		ambiguous, kept = ambiguous+a, kept+k
		w.check(t, s)
	}
	slices.Sort(waits)
	slices.Sort(cold)
	t.Logf("%d kills: %d appends acknowledged, %d failed, of them %d with an outcome that was not known, %d of which were stored; "+
		"%d reads cut; reads back after %s at p50, %s at most; a store opened anew had waited for %s, %s at most, until Neo4j had its first plans",
		len(waits), len(w.stored)-1-failed, failed, ambiguous, kept, cut, waits[len(waits)/2], waits[len(waits)-1], cold[len(cold)/2], cold[len(cold)-1])
	if waits[len(waits)-1] > backWithin {
		t.Errorf("reads were back only after %s", waits[len(waits)-1])
	}
}

// answersNow returns how long it takes until each way to read has worked.
func answersNow(t *testing.T, s graph.Store, within time.Duration) time.Duration {
	t.Helper()
	began := now()
	for _, read := range reads(s, "product:seed") {
		for err := read(t.Context()); err != nil && time.Since(began) < within; err = read(t.Context()) {
			time.Sleep(10 * time.Millisecond)
		}
	}
	return time.Since(began)
}

// readOn reads until a read fails, and returns how many did, which is one at most.
func readOn(ctx context.Context, t *testing.T, read func(context.Context) error, limit time.Duration) int64 {
	t.Helper()
	for ctx.Err() == nil {
		if _, err := within(t, limit, func(ctx context.Context) (struct{}, error) { return struct{}{}, read(ctx) }); err != nil {
			return 1
		}
	}
	return 0
}

// TestTrialF6 puts a bad network before Neo4j: every call ends by its deadline,
// nothing is lost or there twice, and when the network is well again everything
// works and nothing is left over, here or on the server.
func TestTrialF6(t *testing.T) {
	for _, toxic := range []struct {
		name, kind string
		attributes map[string]any
	}{
		{"500 ms ± 200", "latency", map[string]any{"latency": 500, "jitter": 200}},
		{"10 KB/s", "bandwidth", map[string]any{"rate": 10}},
		{"sliced", "slicer", map[string]any{"average_size": 32, "size_variation": 16, "delay": 5000}},
		{"reset", "reset_peer", map[string]any{"timeout": 50}},
		{"black hole", "timeout", map[string]any{"timeout": 0}},
	} {
		t.Run(toxic.name, func(t *testing.T) {
			text, err := json.Marshal(map[string]any{"name": "t", "type": toxic.kind, "stream": "downstream", "attributes": toxic.attributes})
			if err != nil {
				t.Fatal(err)
			}
			badNetwork(t, string(text))
		})
	}
}

func badNetwork(t *testing.T, toxic string) {
	t.Helper()
	server := empty(t)
	zerolog.SetGlobalLevel(zerolog.Disabled) // what the proxy does is told by the calls
	network := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop()),
		"neo4j", "127.0.0.1:0", strings.TrimPrefix(server.URI, "bolt://"))
	if err := network.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(network.Stop)
	before := connections(t, server)
	config := configOf(server, now)
	config.URI, config.Retry = "bolt://"+network.Listen, time.Second
	s, err := neo4j.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	appendAll(t, s, chain("before"))
	w := &written{stored: map[string]graph.Revision{"before": 1}, failed: map[string]error{}}
	for _, read := range reads(s, "product:before") {
		if err := read(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := network.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Duration(extent.Rounds(4, 60))*time.Second)
	defer stop()
	var all sync.WaitGroup
	var answered, cut atomic.Int64
	for _, limit := range []time.Duration{300 * time.Millisecond, 2 * time.Second, time.Duration(extent.Rounds(5, 30)) * time.Second} {
		for _, read := range reads(s, "product:before") {
			all.Go(func() {
				for ctx.Err() == nil {
					w.fill(ctx, t, s, limit)
				}
			})
			all.Go(func() {
				for ctx.Err() == nil {
					cut.Add(readOn(ctx, t, answers(read, &answered), limit))
				}
			})
		}
	}
	all.Wait()
	if err := network.Toxics.RemoveToxic(t.Context(), "t"); err != nil {
		t.Fatal(err)
	}
	stored, failed := w.acknowledged()-1, len(w.failed)
	back(t, s)
	w.failed[backName] = errors.New("was appended by back")
	ambiguous, kept := w.settle(t, s)
	w.check(t, s)
	noTransactions(t, server)
	t.Logf("reads: %d answered, %d ended by their deadline; appends: %d acknowledged, %d not, "+
		"of them %d with an outcome that was not known, %d of which were stored", answered.Load(), cut.Load(), stored, failed, ambiguous, kept)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	noMoreConnections(t, server, before)
}

// answers counts how often a read is answered.
func answers(read func(context.Context) error, count *atomic.Int64) func(context.Context) error {
	return func(ctx context.Context) error {
		err := read(ctx)
		if err == nil {
			count.Add(1)
		}
		return err
	}
}

// noTransactions waits until the server has no transaction but the one that asks:
// what a call began that gave up ends with its time limit at the latest.
func noTransactions(t *testing.T, server *neo4jtest.Server) {
	t.Helper()
	for end := now().Add(10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		rows, _ := run(t, server, "SHOW TRANSACTIONS YIELD currentQuery, status WHERE NOT currentQuery STARTS WITH 'SHOW TRANSACTIONS' RETURN currentQuery, status", nil)
		if len(rows) == 0 {
			return
		}
		if now().After(end) {
			t.Fatalf("%d transactions are left on the server, such as %v", len(rows), rows[0].Values)
		}
	}
}

// connections returns how many the server has.
func connections(t *testing.T, server *neo4jtest.Server) int {
	t.Helper()
	rows, _ := run(t, server, "CALL dbms.listConnections() YIELD connectionId RETURN connectionId", nil)
	return len(rows)
}

// noMoreConnections waits until the server has no more than before the store was
// opened: one that a session did not give back stays open when the pool is closed.
func noMoreConnections(t *testing.T, server *neo4jtest.Server, before int) {
	t.Helper()
	for end := now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		n := connections(t, server)
		if n <= before {
			break
		}
		if now().After(end) {
			t.Errorf("%d connections became %d", before, n)
			break
		}
	}
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	if strings.Contains(string(stacks), "debadge/graph/neo4j.(*Store)") {
		t.Errorf("a call goes on:\n%s", stacks)
	}
}
