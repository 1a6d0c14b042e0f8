package ledger_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/ledger"
)

// ticking is a clock that a test moves.
type ticking struct {
	mu  sync.Mutex
	now time.Time
}

func newTicking() *ticking { return &ticking{now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)} }

func (c *ticking) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *ticking) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func noon() time.Time { return newTicking().now }

func options() ledger.Options { return ledger.Options{Clock: noon, Holder: "a test"} }

func openAt(t *testing.T, path string, o ledger.Options) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func inMemory(t *testing.T) *ledger.Ledger {
	t.Helper()
	return openAt(t, "", options())
}

// both returns a ledger in memory and one in a file.
func both(t *testing.T, o ledger.Options) []*ledger.Ledger {
	t.Helper()
	return []*ledger.Ledger{openAt(t, "", o), openAt(t, filepath.Join(t.TempDir(), "new", "ledger.db"), o)}
}

// wantError compares the kind of an error and what it says.
func wantError(t *testing.T, err error, kind graph.ErrorKind, says string) {
	t.Helper()
	if err == nil || graph.KindOf(err) != kind || !strings.Contains(err.Error(), says) {
		t.Errorf("the error is %v, not one that is %s and says %q", err, kind, says)
	}
}

func logMany(t *testing.T, l *ledger.Ledger, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		if _, err := l.Log(t.Context(), ledger.Event{
			Actor: "key:tester", Kind: ledger.ScreeningEntry, Subject: fmt.Sprintf("order-%d", i), Details: map[string]any{"lines": i, "name": "Zoë <&> 浪潮"},
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// execute runs statements on a file behind the ledger's back.
func execute(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, statement string
		kind            graph.ErrorKind
		says            string
	}{
		{"a database of another program", "CREATE TABLE accounts (id INTEGER PRIMARY KEY)", graph.KindInvalid, "another program"},
		{"a claim store", "PRAGMA application_id = 1684169831", graph.KindInvalid, "another program"},
		{"a newer ledger", "PRAGMA application_id = 1684171879; PRAGMA user_version = 99", graph.KindInvalid, "newer debadge"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "file.db")
			execute(t, path, c.statement)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, readOnly := range []bool{false, true} {
				o := options()
				o.ReadOnly = readOnly
				_, err := ledger.Open(t.Context(), path, o)
				wantError(t, err, c.kind, c.says)
				wantError(t, err, c.kind, path)
			}
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
	t.Run("none to read", func(t *testing.T) {
		t.Parallel()
		o := options()
		o.ReadOnly = true
		path := filepath.Join(t.TempDir(), "none.db")
		_, err := ledger.Open(t.Context(), path, o)
		wantError(t, err, graph.KindNotFound, "no ledger yet")
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Error("a file was made")
		}
	})
}

// TestOneHolder has a ledger open twice: the second one is told who has it, can
// read, and can do what cannot wait.
func TestOneHolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	first := openAt(t, path, ledger.Options{Clock: noon, Holder: "debadge serve"})
	logMany(t, first, 0, 3)
	_, err := ledger.Open(t.Context(), path, options())
	wantError(t, err, graph.KindConflict, "debadge serve (process ")

	reader := openAt(t, path, ledger.Options{Clock: noon, ReadOnly: true})
	if v, err := reader.Verify(t.Context()); err != nil || v.Entries != 3 {
		t.Errorf("%+v, %v", v, err)
	}
	_, err = reader.Log(t.Context(), ledger.Event{Actor: "a", Kind: ledger.ImportEntry})
	wantError(t, err, graph.KindConflict, "to be read alone")

	beside := openAt(t, path, ledger.Options{Clock: noon, Beside: true})
	if _, _, err := beside.CreateKey(t.Context(), ledger.CommandLine, ledger.NewKey{Name: "late", Role: ledger.Reader}); err != nil {
		t.Error(err)
	}
	logMany(t, first, 3, 5)
	if v, err := reader.Verify(t.Context()); err != nil || v.Entries != 6 || v.Keys != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	logMany(t, openAt(t, path, options()), 5, 6)
}

// TestWritersBeside appends from many at once, as several processes do: each
// entry has its own place, and the tree is whole.
func TestWritersBeside(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	openAt(t, path, options())
	const writers, each = 4, 15
	var writing sync.WaitGroup
	for w := range writers {
		l := openAt(t, path, ledger.Options{Clock: noon, Beside: true})
		writing.Go(func() {
			for i := range each {
				e := ledger.Event{Actor: fmt.Sprintf("writer %d", w), Kind: ledger.ImportEntry, Subject: strconv.Itoa(i)}
				_, err := l.Log(t.Context(), e)
				for graph.KindOf(err) == graph.KindUnavailable && err != nil { // SQLite's lock is not fair
					_, err = l.Log(t.Context(), e)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	v, err := openAt(t, path, ledger.Options{Clock: noon, ReadOnly: true}).Verify(t.Context())
	if err != nil || v.Entries != writers*each {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestEntries(t *testing.T) {
	t.Parallel()
	for _, l := range both(t, options()) {
		logMany(t, l, 0, 5)
		last, err := l.Log(t.Context(),
			ledger.Event{Actor: "Ann", Kind: ledger.ImportEntry, Subject: "list:x"},
			ledger.Event{Actor: "Bob", Kind: ledger.PolicyEntry, Subject: "order-2", Digest: "sha256:" + strings.Repeat("0a", 32)})
		if err != nil || last != 6 {
			t.Fatalf("%d, %v", last, err)
		}
		for _, c := range []struct {
			which ledger.Entries
			want  string
		}{
			{ledger.Entries{}, "0 1 2 3 4 5 6"},
			{ledger.Entries{Newest: true, Limit: 2}, "6 5"},
			{ledger.Entries{From: 3, Limit: 3}, "3 4 5"},
			{ledger.Entries{Kind: ledger.ScreeningEntry}, "0 1 2 3 4"},
			{ledger.Entries{Subject: "order-2"}, "2 6"},
			{ledger.Entries{Subject: "order-2", Kind: ledger.PolicyEntry}, "6"},
			{ledger.Entries{Kind: "nothing"}, ""},
		} {
			var got []string
			if err := l.Entries(t.Context(), c.which, func(e ledger.IndexedEntry) error {
				got = append(got, strconv.FormatInt(e.Index, 10))
				if !e.Time.Equal(noon()) || e.Actor == "" {
					t.Errorf("%+v", e)
				}
				return nil
			}); err != nil || strings.Join(got, " ") != c.want {
				t.Errorf("%+v: %v, %v", c.which, got, err)
			}
		}
		var first string
		if err := l.Export(t.Context(), func(data string) error {
			if first == "" {
				first = data
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		want := `{"actor":"key:tester","details":{"lines":0,"name":"Zoë <&> 浪潮"},"kind":"screening","subject":"order-0","time":"2026-06-01T12:00:00Z"}`
		if first != want {
			t.Errorf("the first entry is %s", first)
		}
	}
}

// TestRefusedEntry leaves nothing of several entries if one of them is wrong.
func TestRefusedEntry(t *testing.T) {
	t.Parallel()
	l := inMemory(t)
	good := ledger.Event{Actor: "Ann", Kind: ledger.ImportEntry}
	for _, bad := range []ledger.Event{
		{Kind: ledger.ImportEntry},
		{Actor: " ", Kind: ledger.ImportEntry},
		{Actor: "Ann"},
		{Actor: "Ann", Kind: "Not A Kind"},
		{Actor: "Ann", Kind: ledger.ImportEntry, Digest: "sha256:0A"},
		{Actor: "Ann", Kind: ledger.ImportEntry, Details: func() {}},
		{Actor: "Ann", Kind: ledger.ImportEntry, Details: strings.Repeat("x", 1<<20)},
	} {
		if _, err := l.Log(t.Context(), good, bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
	if v, err := l.Verify(t.Context()); err != nil || v.Entries != 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

// makerSet is a change set with a company, a product and what joins them.
func makerSet(n int) graph.ChangeSet {
	company, product := graph.ID(fmt.Sprintf("company:maker-%d", n)), graph.ID(fmt.Sprintf("product:maker-%d:x", n))
	return graph.ChangeSet{
		ID: fmt.Sprintf("set %d", n), Author: "Ann", Reason: "catalog",
		Entities: []graph.Entity{{ID: company, Name: fmt.Sprintf("Maker %d", n)}, {ID: product, Name: fmt.Sprintf("X%d", n)}},
		Sources:  []graph.Source{{ID: "source:catalog", Title: "Catalog", Publisher: "Maker"}},
		Claims: []graph.Claim{{
			Relation: graph.Makes, From: company, To: product, Status: graph.Confirmed,
			Citations: []graph.Citation{{Source: "source:catalog", Stance: graph.Supports}},
		}},
	}
}

func mustAppend(t *testing.T, s graph.Store, sets ...graph.ChangeSet) {
	t.Helper()
	for _, cs := range sets {
		if _, err := s.Append(t.Context(), cs); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFollow makes one entry of each revision, however often it is asked to and
// however many there are.
func TestFollow(t *testing.T) {
	t.Parallel()
	for _, l := range both(t, options()) {
		s := index.NewMemory(noon)
		follow := func(want graph.Revision) {
			t.Helper()
			for range 2 {
				if got, err := l.Follow(t.Context(), s); err != nil || got != want {
					t.Fatalf("revision %d, %v; want %d", got, err, want)
				}
			}
		}
		follow(0)
		for n := range 3 {
			mustAppend(t, s, makerSet(n))
		}
		follow(3)
		for n := range 450 {
			mustAppend(t, s, makerSet(100+n))
		}
		follow(453)
		v, err := l.Verify(t.Context())
		if err != nil || v.Entries != 453 || v.Revision != 453 {
			t.Fatalf("%+v, %v", v, err)
		}
		if err := l.Entries(t.Context(), ledger.Entries{Subject: "revision:2"}, func(e ledger.IndexedEntry) error {
			if e.Actor != "Ann" || !strings.Contains(string(e.Details), `"change_set":"set 1"`) || len(e.Digest) != 71 {
				t.Errorf("%+v", e)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
}

// TestFollowAnotherStore refuses a store that does not have what the log knows.
func TestFollowAnotherStore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	right := index.NewMemory(noon)
	mustAppend(t, right, makerSet(0), makerSet(1), makerSet(2))
	l := openAt(t, path, options())
	if _, err := l.Follow(t.Context(), right); err != nil {
		t.Fatal(err)
	}
	rolledBack := index.NewMemory(noon)
	mustAppend(t, rolledBack, makerSet(0), makerSet(1))
	_, err := l.Follow(t.Context(), rolledBack)
	wantError(t, err, graph.KindConflict, "rolled back")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, rolledBack, makerSet(7))
	l = openAt(t, path, options())
	_, err = l.Follow(t.Context(), rolledBack)
	wantError(t, err, graph.KindConflict, "went on otherwise")
	if got, err := l.Follow(t.Context(), right); err != nil || got != 3 {
		t.Errorf("revision %d, %v", got, err)
	}
}

func newStore(t *testing.T, sets ...graph.ChangeSet) graph.Store {
	t.Helper()
	s := index.NewMemory(noon)
	mustAppend(t, s, sets...)
	return s
}
