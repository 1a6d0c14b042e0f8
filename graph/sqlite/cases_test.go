package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/storetest"
)

// TestCases asks a SQLite store every case, directly and through an index.
func TestCases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		open storetest.Opener
	}{{"direct", direct}, {"index", indexed}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			storetest.RunCases(t, func(t *testing.T, sets []graph.ChangeSet) storetest.Asker {
				t.Helper()
				s, _ := c.open(t, func() time.Time { return storetest.FixedTime })
				for _, cs := range sets {
					if _, err := s.Append(t.Context(), cs); err != nil {
						t.Fatal(err)
					}
				}
				return storetest.StoreAsker(s)
			})
		})
	}
}

func TestProperties(t *testing.T) {
	t.Parallel()
	storetest.RunProperties(t, direct, indexed)
}

func direct(t *testing.T, clock func() time.Time) (graph.Store, func() graph.Store) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	return openAt(t, path, clock), func() graph.Store { return openAt(t, path, clock) }
}

func indexed(t *testing.T, clock func() time.Time) (graph.Store, func() graph.Store) {
	t.Helper()
	store, _ := direct(t, clock)
	s, err := index.Follow(t.Context(), store, index.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	return s, func() graph.Store { return s }
}
