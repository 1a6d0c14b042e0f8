package neo4j_test

import (
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/neo4j"
	"debadge/graph/neo4j/neo4jtest"
	"debadge/graph/synth"
)

// wire passes everything on between a driver and a server, and counts how often the
// driver speaks after the server did: a round trip each.
type wire struct {
	net.Listener
	mu       sync.Mutex
	trips    int
	answered bool // the server spoke last
}

func newWire(t *testing.T, server *neo4jtest.Server) *wire {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: l, answered: true}
	var under sync.WaitGroup
	under.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return // closed
			}
			far, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(server.URI, "bolt://"))
			if err != nil {
				t.Error(err)
				return
			}
			under.Go(func() { w.pass(far, near, true) })
			under.Go(func() { w.pass(near, far, false) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		under.Wait()
	})
	return w
}

// pass copies one direction until either side ends.
func (w *wire) pass(to, from net.Conn, asks bool) {
	defer to.Close()
	buffer := make([]byte, 1<<16)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		w.mu.Lock()
		if asks && w.answered {
			w.trips++
		}
		w.answered = !asks
		w.mu.Unlock()
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (w *wire) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trips
}

// TestRoundTrips holds how often questions go to the server and back, on a graph
// that never changes. A driver may send what belongs together in two pieces, with
// an answer to the first one in between, so the counts are bounds.
func TestRoundTrips(t *testing.T) {
	server := empty(t)
	var products []graph.ID
	full := openAt(t, server, now)
	err := synth.Generate(synth.Options{Products: 1000, Seed: 1}, func(cs graph.ChangeSet) error {
		for _, e := range cs.Entities {
			if e.ID.Kind() == graph.Product {
				products = append(products, e.ID)
			}
		}
		_, err := full.Append(t.Context(), cs)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	by := newWire(t, server)
	config := configOf(server, now)
	config.URI = "bolt://" + by.Addr().String()
	s, err := neo4j.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	const asked = 50
	day := graph.DayOf(time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC))
	question := func(i, paths int) graph.Question {
		return graph.Question{Subject: string(products[i*len(products)/asked]), AsOf: day, Policy: graph.DefaultPolicy(), Paths: paths}
	}
	for _, test := range []struct {
		name string
		ask  func(i int) error
		most int
	}{
		{"status", func(int) error { _, err := s.Status(t.Context()); return err }, 150},
		{"trace", func(i int) error { _, err := graph.Trace(t.Context(), s, question(i, 1)); return err }, 531},
		{"trace with five paths", func(i int) error { _, err := graph.Trace(t.Context(), s, question(i, 5)); return err }, 533},
		{"timeline", func(i int) error { _, err := graph.Timeline(t.Context(), s, question(i, 1)); return err }, 472},
	} {
		before := by.count()
		for i := range asked {
			if err := test.ask(i); err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
		}
		trips := by.count() - before
		t.Logf("%d times a %s took %d round trips", asked, test.name, trips)
		if trips > test.most || trips < asked {
			t.Errorf("%d times a %s took %d round trips; more than %d", asked, test.name, trips, test.most)
		}
	}
}
