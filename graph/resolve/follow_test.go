package resolve_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/resolve"
)

func appended(t *testing.T, s graph.Store, name string) graph.Revision {
	t.Helper()
	receipt, err := s.Append(t.Context(), graph.ChangeSet{
		Author:   "tests",
		Entities: []graph.Entity{{ID: graph.ID("product:acme:" + name), Name: name, Brand: "Acme"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return receipt.Revision
}

func ticking() func() time.Time {
	var mu sync.Mutex
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
}

func outcome(x *resolve.Index, text string) resolve.Outcome {
	return x.Resolve(resolve.Query{Text: text}).Outcome
}

// TestFollowerSeesWhatWasWritten asks for each revision once it is written, and
// for the former ones after it.
func TestFollowerSeesWhatWasWritten(t *testing.T) {
	t.Parallel()
	s := index.NewMemory(ticking())
	f := resolve.NewFollower(s, resolve.Options{})
	defer f.Close()
	if x, err := f.At(t.Context(), graph.Moment{}); err != nil || x.Revision() != 0 {
		t.Fatalf("of an empty store: %v, %v", x, err)
	}
	const most = 9
	for i := 1; i <= most; i++ {
		r := appended(t, s, fmt.Sprintf("kr%d00", i))
		if err := f.Wait(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		x, err := f.At(t.Context(), graph.Moment{})
		if err != nil || x.Revision() != r || outcome(x, fmt.Sprintf("Acme KR-%d00", i)) != resolve.Resolved {
			t.Fatalf("revision %d: %v, %v", r, x.Revision(), err)
		}
	}
	for r := graph.Revision(1); r <= most; r++ {
		x, err := f.At(t.Context(), graph.Moment{Revision: r})
		if err != nil || x.Revision() != r {
			t.Fatalf("revision %d: %v", r, err)
		}
		if outcome(x, fmt.Sprintf("kr%d00", r)) != resolve.Resolved {
			t.Errorf("revision %d lacks its own name", r)
		}
		if r < most && outcome(x, fmt.Sprintf("kr%d00", r+1)) == resolve.Resolved {
			t.Errorf("revision %d has a later name", r)
		}
	}
	if _, err := f.At(t.Context(), graph.Moment{Revision: most + 1}); graph.KindOf(err) != graph.KindNotFound {
		t.Errorf("a revision that is not there: %v", err)
	}
	if x, err := f.At(t.Context(), graph.Moment{Time: time.Unix(1, 0)}); err != nil || x.Revision() != 0 {
		t.Errorf("before the first revision: %v", err)
	}
}

// TestFollowerWaitsNoLongerThanAsked demands a revision that never comes.
func TestFollowerWaitsNoLongerThanAsked(t *testing.T) {
	t.Parallel()
	s := index.NewMemory(ticking())
	appended(t, s, "kr100")
	f := resolve.NewFollower(s, resolve.Options{})
	defer f.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := f.Wait(ctx, 2); graph.KindOf(err) != graph.KindUnavailable {
		t.Errorf("%v", err)
	}
}

// TestFollowerTellsAnotherStore swaps the store for one that has other names at
// the same revision.
func TestFollowerTellsAnotherStore(t *testing.T) {
	t.Parallel()
	clock := ticking()
	first, second := index.NewMemory(clock), index.NewMemory(clock)
	appended(t, first, "kr100")
	appended(t, second, "zz999")
	s := &swapped{Store: first}
	f := resolve.NewFollower(s, resolve.Options{})
	defer f.Close()
	if err := f.Wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	s.swap(second)
	ctx, cancel := context.WithCancel(t.Context())
	var under sync.WaitGroup
	under.Go(func() { f.Run(ctx, time.Millisecond, func(err error) { t.Error(err) }) })
	defer under.Wait()
	defer cancel()
	for {
		x, err := f.At(t.Context(), graph.Moment{})
		if err != nil {
			t.Fatal(err)
		}
		if outcome(x, "zz999") == resolve.Resolved && outcome(x, "kr100") != resolve.Resolved {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// swapped is a store at whose address another one may stand.
type swapped struct {
	mu sync.Mutex
	graph.Store
}

func (s *swapped) swap(to graph.Store) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Store = to
}

func (s *swapped) now() graph.Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store
}

func (s *swapped) View(ctx context.Context, at graph.Moment, read func(graph.View) error) error {
	return s.now().View(ctx, at, read)
}

func (s *swapped) Changes(ctx context.Context, since graph.Revision, yield func(graph.Change) error) error {
	return s.now().Changes(ctx, since, yield)
}

// TestFollowerIsAskedByMany reads while it is written.
func TestFollowerIsAskedByMany(t *testing.T) {
	t.Parallel()
	s := index.NewMemory(ticking())
	appended(t, s, "kr100")
	f := resolve.NewFollower(s, resolve.Options{})
	defer f.Close()
	var under sync.WaitGroup
	for range 4 {
		under.Go(func() {
			var last graph.Revision
			for last < 30 {
				x, err := f.At(t.Context(), graph.Moment{})
				if err != nil || x.Revision() < last || outcome(x, "kr100") != resolve.Resolved {
					t.Errorf("after revision %d: %v", last, err)
					return
				}
				last = x.Revision()
			}
		})
	}
	for i := range 30 {
		r := appended(t, s, fmt.Sprintf("zz%d", i))
		if err := f.Wait(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	under.Wait()
}
