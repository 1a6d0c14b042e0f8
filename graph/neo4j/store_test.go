package neo4j_test

import (
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/storetest"
)

func TestStore(t *testing.T) {
	storetest.RunStore(t, func(t *testing.T, clock func() time.Time) (graph.Store, func() graph.Store) {
		t.Helper()
		server := empty(t)
		return openAt(t, server, clock), func() graph.Store { return openAt(t, server, clock) }
	})
}

func TestRestore(t *testing.T) {
	storetest.RunRestore(t, func(t *testing.T, clock func() time.Time) (graph.Store, func() graph.Store) {
		t.Helper()
		server := empty(t)
		return openAt(t, server, clock), func() graph.Store { return openAt(t, server, clock) }
	})
}
