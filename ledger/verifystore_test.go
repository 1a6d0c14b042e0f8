package ledger_test

import (
	"path/filepath"
	"testing"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/sqlite"
)

// TestVerifyStore finds a store that says something else than it said when the
// log followed it, and takes one that says the same, whichever store it is.
func TestVerifyStore(t *testing.T) {
	t.Parallel()
	l, s := inMemory(t), index.NewMemory(noon)
	if n, err := l.VerifyStore(t.Context(), s); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
	mustAppend(t, s, listedCase(), without("a1-is-b1"), makerSet(1))
	if _, err := l.Follow(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, s, makerSet(2)) // beyond the log
	if n, err := l.VerifyStore(t.Context(), s); err != nil || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
	other, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), noon)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	mustAppend(t, other, listedCase(), without("a1-is-b1"))
	_, err = l.VerifyStore(t.Context(), other)
	wantError(t, err, graph.KindConflict, "ends at revision 2")
	mustAppend(t, other, makerSet(1))
	if n, err := l.VerifyStore(t.Context(), other); err != nil || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
	changed := listedCase()
	changed.Claims[0].Status = graph.Reported // under the same id, author and reason
	_, err = l.VerifyStore(t.Context(), newStore(t, changed, without("a1-is-b1"), makerSet(1)))
	wantError(t, err, graph.KindConflict, "revision 1 of the store")
}
