package storetest_test

import (
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/storetest"
)

func TestEngine(t *testing.T) {
	t.Parallel()
	storetest.RunEngine(t)
}

func memory(_ *testing.T, clock func() time.Time) (graph.Store, func() graph.Store) {
	s := index.NewMemory(clock)
	return s, func() graph.Store { return s }
}

func TestPropertiesInMemory(t *testing.T) {
	t.Parallel()
	storetest.RunProperties(t, memory)
}

func TestCasesInMemory(t *testing.T) {
	t.Parallel()
	storetest.RunCases(t, func(t *testing.T, sets []graph.ChangeSet) storetest.Asker {
		t.Helper()
		s := index.NewMemory(func() time.Time { return storetest.FixedTime })
		for _, cs := range sets {
			if _, err := s.Append(t.Context(), cs); err != nil {
				t.Fatal(err)
			}
		}
		return storetest.StoreAsker(s)
	})
}
