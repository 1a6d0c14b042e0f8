package api

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"debadge/graph"
)

// TestRecall answers the same question once, and anew whenever something that
// the answer rests on is another one.
func TestRecall(t *testing.T) {
	var day atomic.Int64
	day.Store(noon().Unix())
	store := worldStore(t)
	s := newService(t, func(o *Options) {
		o.Recall, o.Store, o.Clock = true, store, func() time.Time { return time.Unix(day.Load(), 0).UTC() }
	})
	const target = "/v1/trace?subject=product:beta:b1"
	kept := func() *remembered {
		s.server.memory.mu.Lock()
		defer s.server.memory.mu.Unlock()
		return s.server.memory.young[target]
	}
	ask := func() string {
		t.Helper()
		w := s.get(t, target)
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return w.Header().Get("Content-Type") + w.Header().Get("Content-Length") + w.Body.String()
	}
	first := ask()
	was := kept()
	if was == nil || ask() != first || kept() != was {
		t.Fatal("the answer was not kept, or computed again")
	}
	if metrics := s.get(t, "/metrics").Body.String(); !strings.Contains(metrics, `debadge_findings_total{action="review",finding="listed"} 2`) {
		t.Errorf("an answer that was recalled is not counted: %s", metrics)
	}
	for what, change := range map[string]func(){
		"a write": func() {
			write(t, store, graph.ChangeSet{Author: "tests", Entities: []graph.Entity{{ID: "company:new", Name: "New"}}})
		},
		"a day":    func() { day.Add(24 * 60 * 60) },
		"a reload": func() { _ = s.server.shelf.Replace(nil) },
	} {
		was := kept()
		change()
		ask()
		if now := kept(); now == nil || now == was {
			t.Errorf("after %s the answer is the one before", what)
		}
	}
	write(t, store, graph.ChangeSet{Author: "tests", Entities: []graph.Entity{{ID: "product:beta:b1", Name: "Other", Brand: "Beta"}}})
	if again := ask(); !strings.Contains(again, `"name": "Other"`) {
		t.Errorf("%s", again)
	}
}

// TestRecallKeepsNoProblem asks what fails, and what has a body or a condition.
func TestRecallKeepsNoProblem(t *testing.T) {
	s := newService(t, func(o *Options) { o.Recall = true })
	for _, target := range []string{"/v1/trace?subject=Twin", "/v1/trace?subject=B1&asof=2020-01-01", "/v1/lists", "/v1/trace?subject=B1&min_revision=0"} {
		s.get(t, target)
	}
	if n := len(s.server.memory.young); n != 0 {
		t.Errorf("%d answers are kept", n)
	}
}

// TestMemoryIsBounded keeps what is in use, and drops the rest.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	var m memory
	at := basisNow{revision: 1}
	body := make([]byte, recallMost)
	m.add(at, "used", &remembered{packed: body})
	most := 0
	for i := range 4 * recallBytes / recallMost {
		m.add(at, strconv.Itoa(i), &remembered{packed: body})
		if m.get(at, "used") == nil {
			t.Fatal("what is in use was dropped")
		}
		most = max(most, len(m.young)+len(m.old))
	}
	if most > 2*(recallBytes/recallMost+2) {
		t.Errorf("%d answers are kept", most)
	}
	if m.get(basisNow{revision: 2}, "used") != nil {
		t.Error("an answer of another revision was recalled")
	}
	m.add(basisNow{revision: 2}, "new", &remembered{packed: body})
	m.add(at, "late", &remembered{packed: body})
	if m.get(basisNow{revision: 2}, "new") == nil {
		t.Error("an answer that came late took the place of newer ones")
	}
}
