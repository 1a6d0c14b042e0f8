package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/sqlite"
)

// execute runs statements on a file behind the store's back, as another program
// does.
func execute(t *testing.T, path string, statements ...string) {
	t.Helper()
	executeOn(t, path, statements...)
}

// tamper does it with the store's own pages: their seals are right.
func tamper(t *testing.T, path string, statements ...string) {
	t.Helper()
	executeOn(t, "file:"+path+"?vfs=debadge", statements...)
}

func executeOn(t *testing.T, name string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// written returns the path of a closed store with two change sets.
func written(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := sqlite.Open(t.Context(), path, clock)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		if _, err := s.Append(t.Context(), killed("w", n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		file func(t *testing.T) string
		kind graph.ErrorKind
		says string
	}{
		{"a text", func(t *testing.T) string {
			t.Helper()
			return file(t, []byte(strings.Repeat("this is no database\n", 400)))
		}, graph.KindUnavailable, "not a database"},
		{"a database of another program", func(t *testing.T) string {
			t.Helper()
			path := filepath.Join(t.TempDir(), "other.db")
			execute(t, path, "CREATE TABLE accounts (id INTEGER PRIMARY KEY)")
			return path
		}, graph.KindInvalid, "another program"},
		{"an empty database of another program", func(t *testing.T) string {
			t.Helper()
			path := filepath.Join(t.TempDir(), "other.db")
			execute(t, path, "PRAGMA application_id = 1234")
			return path
		}, graph.KindInvalid, "another program"},
		{"a newer store", func(t *testing.T) string {
			t.Helper()
			path := written(t)
			execute(t, path, "PRAGMA user_version = 3")
			return path
		}, graph.KindInvalid, "newer debadge"},
		{"a store that was cut", func(t *testing.T) string {
			t.Helper()
			path := written(t)
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(path, info.Size()/2); err != nil {
				t.Fatal(err)
			}
			return path
		}, graph.KindUnavailable, "damaged"},
		{"a store with rows missing", func(t *testing.T) string {
			t.Helper()
			path := written(t)
			tamper(t, path, "DELETE FROM citations", "DELETE FROM claims WHERE key = (SELECT max(key) FROM claims)")
			return path
		}, graph.KindUnavailable, "damaged"},
		{"a directory", func(t *testing.T) string { t.Helper(); return t.TempDir() }, graph.KindUnavailable, "cannot be opened"},
		{"a path through a file", func(t *testing.T) string {
			t.Helper()
			return filepath.Join(file(t, []byte("x")), "store.db")
		}, graph.KindUnavailable, "directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := c.file(t)
			before, _ := os.ReadFile(path)
			s, err := sqlite.Open(t.Context(), path, clock)
			if err == nil {
				_ = s.Close()
				t.Fatal("it was opened")
			}
			if graph.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
				t.Errorf("the error is %s: %v (%v)", graph.KindOf(err), err, errors.Unwrap(err))
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

func file(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestForeignWriter has another program write into the store, which does not know
// of the seals of its pages: what it wrote is no answer.
func TestForeignWriter(t *testing.T) {
	t.Parallel()
	path := written(t)
	execute(t, path, "UPDATE claims SET status = 4 WHERE key = 3")
	s, err := sqlite.Open(t.Context(), path, clock)
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
		err = s.View(t.Context(), graph.Moment{}, func(v graph.View) error {
			_, err := v.StoredClaims(t.Context(), []graph.ID{killed("w", 0).Claims[2].ID})
			return err
		})
	}
	if graph.KindOf(err) != graph.KindUnavailable || err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a view of it ended with %v", err)
	}
}

// TestTampered changes what a claim says behind the store's back: the feed
// tells of it instead of telling the claim.
func TestTampered(t *testing.T) {
	t.Parallel()
	for _, statement := range []string{
		"UPDATE claims SET status = 4 WHERE key = 3",
		"UPDATE claims SET to_entity = 5 WHERE key = 3",
		"UPDATE claims SET valid_from = '2020' WHERE key = 3",
		"UPDATE citations SET stance = 'denies' WHERE claim = 3",
		"DELETE FROM citations WHERE claim = 3",
		"UPDATE entity_versions SET name = 'Y' WHERE key = 3",
		"UPDATE source_versions SET title = 'Y'",
		"UPDATE changes SET recorded_at = recorded_at + 1 WHERE revision = 1",
		"UPDATE changes SET claims = claims + 1 WHERE revision = 1",
		"UPDATE changes SET author = 'me' WHERE revision = 2",
	} {
		t.Run(statement, func(t *testing.T) {
			t.Parallel()
			path := written(t)
			tamper(t, path, statement)
			s := openAt(t, path, clock)
			err := s.Changes(t.Context(), 0, func(graph.Change) error { return nil })
			if graph.KindOf(err) != graph.KindUnavailable || err == nil || !strings.Contains(err.Error(), "damaged") {
				t.Errorf("the feed ended with %v", err)
			}
		})
	}
}

// TestFlippedBytes changes one byte of the file at random places: the feed
// brings what was written, or an error.
func TestFlippedBytes(t *testing.T) {
	t.Parallel()
	path := written(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	feed := func(path string) (changes []graph.Change, err error) {
		s, err := sqlite.Open(t.Context(), path, clock)
		if err != nil {
			return nil, err
		}
		defer func() { _ = s.Close() }()
		err = s.Changes(t.Context(), 0, func(c graph.Change) error {
			changes = append(changes, c)
			return nil
		})
		return changes, err
	}
	want, err := feed(path)
	if err != nil {
		t.Fatal(err)
	}
	rounds, found := 200, 0
	if testing.Short() {
		rounds = 20
	}
	for range rounds {
		at, bit := rand.IntN(len(whole)), byte(1+rand.IntN(255))
		flipped := bytes.Clone(whole)
		flipped[at] ^= bit
		got, err := feed(file(t, flipped))
		var known *graph.Error
		switch {
		case err != nil && !errors.As(err, &known):
			t.Errorf("byte %d ^ %d: the error is %v", at, bit, err)
		case err != nil:
			found++
		case !reflect.DeepEqual(got, want):
			t.Errorf("byte %d ^ %d: the feed brought something else", at, bit)
		}
	}
	t.Logf("%d of %d flipped bytes were noticed, the others did not matter", found, rounds)
}

// TestTwoStores has one file open twice, as two processes do: both write, and
// each sees what the other wrote.
func TestTwoStores(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	stores := make([]*sqlite.Store, 2)
	var opening sync.WaitGroup
	for i := range stores {
		opening.Go(func() {
			var err error
			if stores[i], err = sqlite.Open(t.Context(), path, clock); err != nil {
				t.Error(err)
			}
		})
	}
	opening.Wait()
	if t.Failed() {
		return
	}
	const sets = 20
	var writing sync.WaitGroup
	for i, s := range stores {
		writing.Go(func() {
			for n := range sets {
				_, err := s.Append(t.Context(), killed(strconv.Itoa(i), n))
				for graph.KindOf(err) == graph.KindUnavailable && err != nil { // SQLite's lock is not fair
					_, err = s.Append(t.Context(), killed(strconv.Itoa(i), n))
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	var feeds [2][]graph.Change
	for i, s := range stores {
		if err := s.Changes(t.Context(), 0, func(c graph.Change) error {
			feeds[i] = append(feeds[i], c)
			return nil
		}); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if len(feeds[0]) != 2*sets || !reflect.DeepEqual(feeds[0], feeds[1]) {
		t.Errorf("the feeds have %d and %d changes", len(feeds[0]), len(feeds[1]))
	}
	checkIntegrity(t, path)
}

// TestCanceledAppend ends the context at random moments of an append: it is
// either acknowledged or not there.
func TestCanceledAppend(t *testing.T) {
	t.Parallel()
	s := openAt(t, filepath.Join(t.TempDir(), "store.db"), clock)
	acknowledged := 0
	for n := range 60 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(8000))*time.Microsecond)
		cs := killed("c", n)
		cs.Retractions = nil
		_, err := s.Append(ctx, cs)
		cancel()
		if err == nil {
			acknowledged++
		} else if graph.KindOf(err) != graph.KindUnavailable || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %s: %v", graph.KindOf(err), err)
		}
		status, err := s.Status(t.Context())
		if err != nil || int(status.Revision) != acknowledged {
			t.Fatalf("%d were acknowledged and %d are there (%v)", acknowledged, status.Revision, err)
		}
	}
	t.Logf("%d of 60 were acknowledged", acknowledged)
}

// TestOpenBesideAWriter: a store to which somebody appends all the time is never
// taken for a damaged one.
func TestOpenBesideAWriter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := sqlite.Open(t.Context(), path, clock)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	done := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			default:
			}
			if _, err := s.Append(t.Context(), killed("w", n)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 100 {
		other, err := sqlite.Open(t.Context(), path, clock)
		if err != nil {
			t.Error(err)
			break
		}
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	}
	close(done)
	writing.Wait()
}
