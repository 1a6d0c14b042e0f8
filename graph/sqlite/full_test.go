package sqlite

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"debadge/graph"
)

// clock stands still.
func clock() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC) }

// TestNoSpace limits the size of the file: an append that does not fit is
// refused as such, reading goes on, and so does writing once there is space.
func TestNoSpace(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, err := Open(ctx, filepath.Join(t.TempDir(), "store.db"), clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	limit := func(pages int) {
		t.Helper()
		w := <-s.writer
		defer func() { s.writer <- w }()
		if _, err := w.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	big := func(n int) graph.ChangeSet {
		var cs graph.ChangeSet
		for i := range 1000 {
			cs.Entities = append(cs.Entities, graph.Entity{ID: graph.ID(fmt.Sprintf("company:c%d-%d", n, i)), Name: fmt.Sprintf("Company %d", i)})
		}
		return cs
	}
	if _, err := s.Append(ctx, big(0)); err != nil {
		t.Fatal(err)
	}
	limit(1)
	for range 3 {
		_, err := s.Append(ctx, big(1))
		if graph.KindOf(err) != graph.KindUnavailable || !isCode(err, codeFull) {
			t.Fatalf("the error is %s: %v", graph.KindOf(err), err)
		}
		status, err := s.Status(ctx)
		if err != nil || status.Entities != 1000 || status.Revision != 1 {
			t.Fatalf("status %+v, %v", status, err)
		}
	}
	limit(1 << 20)
	if r, err := s.Append(ctx, big(1)); err != nil || r.Revision != 2 || r.Added != 1000 {
		t.Fatalf("receipt %+v, %v", r, err)
	}
}

// TestNumbers pins the numbers that stand in every file.
func TestNumbers(t *testing.T) {
	t.Parallel()
	want := "[MAKES=1 SELLS=2 LICENSES=3 REBRANDED_AS=4 SUCCEEDED_BY=5 IDENTICAL_TO=6 COMPONENT_OF=7 OWNS=8" +
		" RENAMED_TO=9 AFFILIATED_WITH=10 LISTED_ON=11 PARTY_TO=12 SAME_AS=13" +
		" confirmed=1 reported=2 alleged=3 disputed=4 equity=0 voting=1 control=2]"
	var got []string
	for _, r := range graph.Relations() {
		got = append(got, fmt.Sprintf("%s=%d", r, r))
	}
	for s := graph.Confirmed; s <= graph.Disputed; s++ {
		got = append(got, fmt.Sprintf("%s=%d", s, s))
	}
	for i := graph.Equity; i <= graph.Control; i++ {
		got = append(got, fmt.Sprintf("%s=%d", i, i))
	}
	if fmt.Sprint(got) != want {
		t.Errorf("the numbers are\n%v, and in every file they are\n%s", got, want)
	}
}

// TestViewEnds keeps a view beyond its end.
func TestViewEnds(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var kept graph.View
	if err := s.View(t.Context(), graph.Moment{}, func(v graph.View) error { kept = v; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := kept.Nodes(t.Context(), []graph.ID{"company:a"}); graph.KindOf(err) != graph.KindInternal || err == nil {
		t.Errorf("a view was used after its end: %v", err)
	}
}
