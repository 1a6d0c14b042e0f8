package ledger_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/ledger"
)

func mustWatch(t *testing.T, l *ledger.Ledger, s graph.Store, subject, endpoint string) ledger.Watch {
	t.Helper()
	w, err := l.Watch(t.Context(), s, "key:tester", ledger.NewWatch{Subject: subject, Watcher: "procurement", Endpoint: endpoint, Policy: graph.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func rescreen(t *testing.T, l *ledger.Ledger, s graph.Store) ledger.Rescreened {
	t.Helper()
	done, err := l.Rescreen(t.Context(), s, today())
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func events(t *testing.T, l *ledger.Ledger) (all []ledger.OutboxEvent, said []ledger.FindingChanged) {
	t.Helper()
	all, err := l.Events(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		var f ledger.FindingChanged
		if err := json.Unmarshal(e.Event, &f); err != nil {
			t.Fatal(err)
		}
		said = append(said, f)
	}
	return all, said
}

// TestWatch writes one event for each change of a finding that is watched.
func TestWatch(t *testing.T) {
	t.Parallel()
	for _, l := range both(t, options()) {
		s := newStore(t, listedCase())
		w := mustWatch(t, l, s, "C1", "https://example.com/hook")
		if w.ID != "watch-1" || w.Subject != "product:other:c1" || w.Found.Finding != graph.Clear || w.Policy.Name != "default" {
			t.Errorf("%+v", w)
		}
		mustWatch(t, l, s, "product:badge:b1", "")
		rescreen(t, l, s)
		if all, _ := events(t, l); len(all) != 0 {
			t.Fatalf("%+v", all)
		}
		mustAppend(t, s, with(claim("other-listed", graph.ListedOn, "company:other", "list:embargo")))
		for range 3 {
			rescreen(t, l, s)
		}
		all, said := events(t, l)
		if len(all) != 1 || all[0].ID != "event-1" || all[0].Watch != "watch-1" || all[0].Endpoint != "https://example.com/hook" || all[0].State != ledger.Pending {
			t.Fatalf("%+v", all)
		}
		f := said[0]
		if f.Subject != "product:other:c1" || f.Before.Finding != graph.Clear || f.After.Finding != graph.Listed || f.Revision != 2 ||
			len(f.Gained) != 1 || len(f.ClaimsGained) != 1 || f.Policy.Name != "default" {
			t.Errorf("%+v", f)
		}
		mustAppend(t, s, without("other-listed", "a1-is-b1"))
		if done := rescreen(t, l, s); done.Events != 2 || done.Changed != 2 {
			t.Errorf("%+v", done)
		}
		all, said = events(t, l)
		if len(all) != 3 || said[1].After.Finding != graph.Clear || said[2].Subject != "product:badge:b1" || len(said[2].Lost) != 1 {
			t.Errorf("%+v", said)
		}
		if later, err := l.Events(t.Context(), 2, 10); err != nil || len(later) != 1 || later[0].Seq != 3 {
			t.Errorf("%+v, %v", later, err)
		}
		watches, err := l.Watches(t.Context())
		if err != nil || len(watches) != 2 || watches[1].Found.Finding != graph.Clear {
			t.Errorf("%+v, %v", watches, err)
		}
		if v, err := l.Verify(t.Context()); err != nil || v.Entries != 2 {
			t.Errorf("%+v, %v", v, err)
		}
	}
}

func TestWatchRefused(t *testing.T) {
	t.Parallel()
	l, s := inMemory(t), newStore(t, listedCase())
	for _, c := range []struct {
		watch ledger.NewWatch
		kind  graph.ErrorKind
		says  string
	}{
		{ledger.NewWatch{Subject: "C1"}, graph.KindInvalid, "who watches"},
		{ledger.NewWatch{Subject: "Z9", Watcher: "a"}, graph.KindNotFound, "Z9"},
		{ledger.NewWatch{Subject: "C1", Watcher: "a", Endpoint: "ftp://example.com"}, graph.KindInvalid, "endpoint"},
		{ledger.NewWatch{Subject: "C1", Watcher: "a", Endpoint: "https://user:secret@example.com"}, graph.KindInvalid, "endpoint"},
		{ledger.NewWatch{Subject: "C1", Watcher: "a", Endpoint: "/hook"}, graph.KindInvalid, "endpoint"},
		{ledger.NewWatch{Subject: "C1", Watcher: "a", Lists: []string{"no such list"}}, graph.KindNotFound, "no such list"},
	} {
		c.watch.Policy = graph.DefaultPolicy()
		_, err := l.Watch(t.Context(), s, "key:tester", c.watch)
		wantError(t, err, c.kind, c.says)
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Error("the error repeats a password")
		}
	}
	_, err := l.SetWatch(t.Context(), "key:tester", "watch-1", ledger.WatchPaused)
	wantError(t, err, graph.KindNotFound, "watch-1")
}

// TestDelivery takes events through everything that can become of them.
func TestDelivery(t *testing.T) {
	t.Parallel()
	clock := newTicking()
	l, s := openAt(t, "", ledger.Options{Clock: clock.time}), newStore(t, listedCase())
	mustWatch(t, l, s, "C1", "https://example.com/hook")
	mustWatch(t, l, s, "C1", "")
	mustAppend(t, s, with(claim("other-listed", graph.ListedOn, "company:other", "list:embargo")))
	rescreen(t, l, s)
	due := func(want ...string) {
		t.Helper()
		found, err := l.Due(t.Context(), 10, 5)
		var ids []string
		for _, e := range found {
			ids = append(ids, e.ID)
		}
		if err != nil || fmt.Sprint(ids) != fmt.Sprint(want) {
			t.Errorf("due are %v, not %v (%v)", ids, want, err)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	set := func(state ledger.WatchState) {
		t.Helper()
		w, err := l.SetWatch(t.Context(), "key:tester", "watch-1", state)
		if err != nil || w.State != state {
			t.Errorf("%+v, %v", w, err)
		}
	}
	due("event-1") // the other one has no endpoint
	must(l.MarkFailed(t.Context(), "event-1", "503 "+strings.Repeat("x", 600), clock.time().Add(time.Minute)))
	due()
	clock.add(time.Minute)
	due("event-1")
	set(ledger.WatchPaused)
	due()
	set(ledger.WatchActive)
	due("event-1")
	must(l.MarkFailed(t.Context(), "event-1", "gone", time.Time{}))
	due()
	wantError(t, l.MarkDelivered(t.Context(), "event-1"), graph.KindConflict, "event-1")
	must(l.Replay(t.Context(), "event-1"))
	due("event-1")
	must(l.MarkDelivered(t.Context(), "event-1"))
	due()
	wantError(t, l.MarkFailed(t.Context(), "event-1", "late", time.Time{}), graph.KindConflict, "event-1")
	wantError(t, l.Replay(t.Context(), "event-9"), graph.KindConflict, "event-9")
	wantError(t, l.Replay(t.Context(), "9"), graph.KindInvalid, "event-1")
	all, _ := events(t, l)
	if all[0].State != ledger.Delivered || all[0].Attempts != 1 || all[0].LastError != "" || all[1].State != ledger.Pending {
		t.Errorf("%+v", all)
	}
	set(ledger.WatchEnded)
	_, err := l.SetWatch(t.Context(), "key:tester", "watch-1", ledger.WatchActive)
	wantError(t, err, graph.KindConflict, "ended")
	mustAppend(t, s, without("other-listed"))
	if done := rescreen(t, l, s); done.Events != 1 || done.Total != 1 {
		t.Errorf("%+v", done)
	}
}

// TestNoEventTwice follows a store that goes on changing, and opens the ledger
// anew at any time: the events of a watch are exactly the changes of its
// finding, in order.
func TestNoEventTwice(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	g := newGrowing(t, 5)
	for range 10 {
		g.grow(t)
	}
	l := openAt(t, path, options())
	found := map[string]graph.Assessment{}
	for i := range growingSize {
		w := mustWatch(t, l, g.store, string(g.product(i)), "")
		found[w.ID] = w.Found
	}
	for range 40 {
		g.grow(t)
		if g.r.IntN(3) == 0 {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			l = openAt(t, path, options())
		}
		rescreen(t, l, g.store)
	}
	all, said := events(t, l)
	for i, f := range said {
		if f.Before != found[f.Watch] || f.After == f.Before {
			t.Errorf("event %d goes from %+v to %+v, and before it was %+v", i, f.Before, f.After, found[f.Watch])
		}
		found[f.Watch] = f.After
	}
	watches, err := l.Watches(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range watches {
		if w.Found != found[w.ID] {
			t.Errorf("%s ends at %+v, and its events at %+v", w.ID, w.Found, found[w.ID])
		}
	}
	if len(all) < 10 {
		t.Errorf("only %d events", len(all))
	}
}
