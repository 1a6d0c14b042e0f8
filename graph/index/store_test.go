package index_test

import (
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/storetest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.RunStore(t, func(_ *testing.T, clock func() time.Time) (graph.Store, func() graph.Store) {
		m := index.NewMemory(clock)
		return m, func() graph.Store { return m }
	})
}

func TestFollow(t *testing.T) {
	t.Parallel()
	storetest.RunStore(t, func(t *testing.T, clock func() time.Time) (graph.Store, func() graph.Store) {
		t.Helper()
		m := index.NewMemory(clock)
		open := func() graph.Store {
			s, err := index.Follow(t.Context(), m, index.Options{Clock: clock})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		return open(), open
	})
}

func TestMemoryRestores(t *testing.T) {
	t.Parallel()
	storetest.RunRestore(t, func(_ *testing.T, clock func() time.Time) (graph.Store, func() graph.Store) {
		m := index.NewMemory(clock)
		return m, func() graph.Store { return m }
	})
}
