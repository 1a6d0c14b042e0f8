package trials

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/sqlite"
)

// open opens a store in a file until the test ends.
func open(t *testing.T, path string, clock func() time.Time) *sqlite.Store {
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

// replica follows a file as a service of its own does.
func replica(t *testing.T, path string) *index.Store {
	t.Helper()
	s, err := index.Follow(t.Context(), open(t, path, clock), index.Options{
		Clock: clock, Interval: 20 * time.Millisecond, MaxStale: time.Hour,
	})
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

func newFile(tb testing.TB) string {
	tb.Helper()
	return filepath.Join(tb.TempDir(), "store.db")
}

func cited(relation graph.Relation, from, to graph.ID) graph.Claim {
	return graph.Claim{
		Relation: relation, From: from, To: to, Status: graph.Confirmed,
		Citations: []graph.Citation{{Source: "source:notice", Stance: graph.Supports}},
	}
}

// appendTo appends until the lock of the file is free: it is not a fair one.
func appendTo(ctx context.Context, s graph.Store, cs graph.ChangeSet) (graph.Receipt, error) {
	for {
		r, err := s.Append(ctx, cs)
		if err == nil || graph.KindOf(err) != graph.KindUnavailable || ctx.Err() != nil {
			return r, err
		}
	}
}

// clock is that of the machine, where a trial does not turn it.
var clock = time.Now //nolint:forbidigo // stores and services of a trial run as real ones do

var day = graph.DayOf(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))

func ask(subject graph.ID, at graph.Revision) graph.Question {
	return graph.Question{Subject: string(subject), AsOf: day, Policy: graph.DefaultPolicy(), KnownAt: graph.Moment{Revision: at}}
}
