package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/sqlite"
	"debadge/graph/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.RunStore(t, func(t *testing.T, clock func() time.Time) (graph.Store, func() graph.Store) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "new directory", "a store?with#odd%20name.db")
		return openAt(t, path, clock), func() graph.Store { return openAt(t, path, clock) }
	})
}

func openAt(t *testing.T, path string, clock func() time.Time) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestRestore(t *testing.T) {
	t.Parallel()
	storetest.RunRestore(t, func(t *testing.T, clock func() time.Time) (graph.Store, func() graph.Store) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "store.db")
		return openAt(t, path, clock), func() graph.Store { return openAt(t, path, clock) }
	})
}
