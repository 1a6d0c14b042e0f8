package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"debadge/graph"
	"debadge/graph/ingest"
	"debadge/graph/sqlite"
)

// failing is a store whose next appends fail, before or after they are
// committed.
type failing struct {
	graph.Store
	after int  // so many appends succeed
	lost  bool // the acknowledgement is lost, not the change set
}

var errAway = errors.New("the server is gone")

func (f *failing) Append(ctx context.Context, cs graph.ChangeSet) (graph.Receipt, error) {
	f.after--
	if f.after >= 0 {
		return f.Store.Append(ctx, cs)
	}
	if f.lost {
		if _, err := f.Store.Append(ctx, cs); err != nil {
			return graph.Receipt{}, err
		}
	}
	return graph.Receipt{}, graph.Unavailable("the store is away", errAway)
}

// state is everything that a store says, with retracted claims.
func state(tb testing.TB, s graph.Store) []string {
	tb.Helper()
	now := map[string]string{}
	gone := map[string]string{}
	err := s.Changes(tb.Context(), 0, func(c graph.Change) error {
		for _, e := range c.Entities {
			now[string(e.ID)] = fmt.Sprintf("%+v", e)
		}
		for _, e := range c.Sources {
			now[string(e.ID)] = fmt.Sprintf("%+v", e)
		}
		for _, e := range c.Claims {
			now[string(e.ID)] = fmt.Sprintf("%s %s %s %s %v", e.ID, e.From, e.ValidFrom, e.ValidTo, e.Citations)
		}
		for _, r := range c.Retractions {
			gone[string(r.Claim)] = fmt.Sprintf(" RETRACTED %s %s", r.Reason, r.ReplacedBy)
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	var lines []string
	for id, text := range now {
		lines = append(lines, text+gone[id])
	}
	slices.Sort(lines)
	return lines
}

// sequence draws editions of a register in the order of their dates.
func sequence() *rapid.Generator[[][]string] {
	row := rapid.Custom(func(t *rapid.T) string {
		n := rapid.IntRange(1, 9).Draw(t, "party")
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			return fmt.Sprintf("party %d Name%d", n, rapid.IntRange(1, 3).Draw(t, "name"))
		case 1:
			return fmt.Sprintf("owns %d %d", n, n%9+1)
		}
		from := rapid.SampledFrom([]string{"-", "2019-01-01", "2020", "2024-06-01", "2030-01-01"}).Draw(t, "from")
		to := rapid.SampledFrom([]string{"-", "-", "-", "2050-01-01"}).Draw(t, "to")
		return fmt.Sprintf("list %d Name%d k%d %s %s", n, rapid.IntRange(1, 3).Draw(t, "name"), rapid.IntRange(1, 2).Draw(t, "key"), from, to)
	})
	everybody := []string{"party 1 A", "party 2 B", "party 3 C", "party 4 D", "party 5 E", "party 6 F", "party 7 G", "party 8 H", "party 9 I"}
	return rapid.Custom(func(t *rapid.T) [][]string {
		var editions [][]string
		for range rapid.IntRange(1, 5).Draw(t, "editions") {
			lines := rapid.SliceOfN(row, 0, 12).Draw(t, "rows")
			if rapid.Bool().Draw(t, "everybody") {
				lines = append(lines, everybody...)
			}
			if rapid.IntRange(0, 4).Draw(t, "cut") == 0 {
				lines = append(lines, "cut")
			}
			editions = append(editions, lines)
		}
		return editions
	})
}

func editionDate(i int) graph.Date { return date(fmt.Sprintf("202%d-01-01", 2+i)) }

// fataler is a test, of rapid or not.
type fataler interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// checkInterrupted imports editions at one go and with interruptions, and wants
// the same to come out.
func checkInterrupted(t fataler, whole, torn graph.Store, editions [][]string, draw func(lowest, highest int) int) {
	for i, lines := range editions {
		options := ingest.Options{Edition: editionDate(i), AcceptShrink: true}
		if _, err := ingest.Import(context.Background(), whole, plainFormat(), rows(lines...), options); err != nil {
			t.Fatal(err)
		}
		options = options.InBatches(draw(1, 9))
		for range draw(0, 3) {
			f := &failing{Store: torn, after: draw(0, 9), lost: draw(0, 1) == 1}
			if _, err := ingest.Import(context.Background(), f, plainFormat(), rows(lines...), options); err != nil && !errors.Is(err, errAway) {
				t.Fatal(err)
			}
		}
		if _, err := ingest.Import(context.Background(), torn, plainFormat(), rows(lines...), options); err != nil {
			t.Fatal(err)
		}
		checkNothingLost(t, torn, lines)
		again, err := ingest.Import(context.Background(), torn, plainFormat(), rows(lines...), options)
		if err != nil || again.Commits != 0 {
			t.Fatalf("importing edition %d again made %d commits, %v", i, again.Commits, err)
		}
	}
}

// checkNothingLost wants every listing of an edition to be held as it says.
func checkNothingLost(t fataler, s graph.Store, lines []string) {
	held := map[string]bool{}
	err := s.View(context.Background(), graph.Moment{}, func(v graph.View) error {
		nodes, err := v.Nodes(context.Background(), []graph.ID{theList})
		if err != nil || nodes[0] == graph.NoNode {
			return err
		}
		edges, err := v.Adjacent(context.Background(), nodes, graph.Downstream, graph.SetOf(graph.ListedOn), nil)
		if err != nil {
			return err
		}
		for _, e := range edges {
			held[fmt.Sprintf("%s %s %s", strings.TrimPrefix(string(v.ID(e.Far)), "company:test:"), e.From, e.To)] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if w := strings.Fields(line); w[0] == "list" {
			if want := fmt.Sprintf("%s %s %s", w[1], date(w[4]).Earliest(), date(w[5]).Latest()); !held[want] {
				t.Fatalf("the edition holds %q, which the store has not: %v", want, held)
			}
		}
	}
}

func TestInterruptedImportsEndAlike(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		editions := sequence().Draw(r, "editions")
		whole, torn := memory(), memory()
		checkInterrupted(r, whole, torn, editions, func(lowest, highest int) int { return rapid.IntRange(lowest, highest).Draw(r, "n") })
		if diff := cmp.Diff(state(t, whole), state(t, torn)); diff != "" {
			r.Fatalf("at one go (-) and interrupted (+):\n%s", diff)
		}
	})
}

func TestInterruptedImportsEndAlikeInSQLite(t *testing.T) {
	clock := func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
	for seed := range 6 {
		random := rand.New(rand.NewPCG(0, uint64(seed)))
		editions := sequence().Filter(func(e [][]string) bool { return len(e) > 2 }).Example(seed)
		torn, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "torn.db"), clock)
		if err != nil {
			t.Fatal(err)
		}
		whole := memory()
		checkInterrupted(t, whole, torn, editions, func(lowest, highest int) int { return lowest + random.IntN(highest-lowest+1) })
		if diff := cmp.Diff(state(t, whole), state(t, torn)); diff != "" {
			t.Errorf("%v: in memory at one go (-) and in SQLite interrupted (+):\n%s", editions, diff)
		}
		if err := torn.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestResumesAtEveryChangeSet interrupts one import after each of its change
// sets in turn.
func TestResumesAtEveryChangeSet(t *testing.T) {
	first := []string{"list 1 A k - -", "list 2 B k - -", "list 3 C k 2020 -", "list 4 D k - -", "list 5 E k 2020 -", "list 6 F k - -"}
	second := []string{"owns 1 9", "list 1 A k 2020 -", "list 2 B k - -", "list 3 C k 2021 -", "list 4 D k - -", "list 7 G k - -", "party 9 I"}
	in := func(s graph.Store, edition int, lines []string) error {
		_, err := ingest.Import(t.Context(), s, plainFormat(), rows(lines...), ingest.Options{Edition: editionDate(edition), AcceptShrink: true}.InBatches(4))
		return err
	}
	whole := memory()
	for i, lines := range [][]string{first, second} {
		if err := in(whole, i, lines); err != nil {
			t.Fatal(err)
		}
	}
	want := state(t, whole)
	for after := 0; ; after++ {
		torn := memory()
		if err := in(torn, 0, first); err != nil {
			t.Fatal(err)
		}
		err := in(&failing{Store: torn, after: after}, 1, second)
		if err == nil {
			if after < 6 {
				t.Errorf("the import had %d change sets; too few to try", after)
			}
			return
		}
		if err := in(torn, 1, second); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, state(t, torn)); diff != "" {
			t.Errorf("interrupted after %d change sets (+):\n%s", after, diff)
		}
	}
}
