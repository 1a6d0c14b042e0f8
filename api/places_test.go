package api

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func newPlaces(all int) *places {
	return &places{all: all, clock: time.Now} //nolint:forbidigo // that of the bubble
}

// asker waits for places in a goroutine of its own.
func asker(ctx context.Context, take func(context.Context) (*hold, error)) (got func() (*hold, error)) {
	type result struct {
		h   *hold
		err error
	}
	c := make(chan result, 1)
	go func() {
		h, err := take(ctx)
		c <- result{h, err}
	}()
	return func() (*hold, error) { r := <-c; return r.h, r.err }
}

func mustTake(t *testing.T, take func(context.Context) (*hold, error)) *hold {
	t.Helper()
	h, err := take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestPlacesInTurn checks that a burst is served in the order in which it came,
// and that what wants all places is not passed by.
func TestPlacesInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(2)
		first := mustTake(t, p.take)
		large := asker(t.Context(), p.takeAll)
		synctest.Wait()
		small := asker(t.Context(), p.take)
		synctest.Wait()
		if len(p.queue) != 2 {
			t.Fatalf("%d wait: the small one passed by", len(p.queue))
		}
		time.Sleep(10 * time.Millisecond)
		first.leave()
		first.leave()
		l, err := large()
		if err != nil || p.taken != 2 || len(p.queue) != 1 {
			t.Fatalf("%v, %d taken, %d wait", err, p.taken, len(p.queue))
		}
		l.leave()
		s, err := small()
		if err != nil || p.taken != 1 {
			t.Fatalf("%v, %d taken", err, p.taken)
		}
		s.leave()
		if p.taken != 0 || p.long != 0 {
			t.Errorf("%d are taken, %d lent", p.taken, p.long)
		}
	})
}

// TestPlacesTurnAway checks that a burst waits, and that once nothing has been free
// for a while few do, and not for long.
func TestPlacesTurnAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(1)
		h := mustTake(t, p.take)
		waiting := []func() (*hold, error){}
		for range crowd + strainedAfter/(10*time.Millisecond) + 1 {
			waiting = append(waiting, asker(t.Context(), p.take))
			synctest.Wait()
		}
		for begin := p.clock(); len(p.queue) > 1; { // each takes 10 ms, and another one comes
			waiting = append(waiting, asker(t.Context(), p.take))
			time.Sleep(10 * time.Millisecond)
			h.leave()
			var err error
			if h, err = waiting[0](); err != nil {
				t.Fatal(err)
			}
			waiting = waiting[1:]
			if p.clock().Sub(begin) > 2*strainedAfter {
				t.Fatalf("%d still wait", len(p.queue))
			}
		}
		for _, late := range waiting[1:] {
			if _, err := late(); !isBusy(err) {
				t.Error(err)
			}
		}
		if p.refuse() == nil {
			t.Error("one who comes now would wait")
		}
		begin := time.Now() //nolint:forbidigo // that of the bubble
		if _, err := p.take(t.Context()); !isBusy(err) || time.Since(begin) != 0 {
			t.Errorf("after %s: %v", time.Since(begin), err)
		}
		h.leave()
		if h, err := waiting[0](); err != nil {
			t.Error(err)
		} else {
			late := asker(t.Context(), p.take)
			if _, err := late(); !isBusy(err) || time.Since(begin) > 10*time.Millisecond {
				t.Errorf("waited for %s under strain: %v", time.Since(begin), err)
			}
			h.leave()
		}
		time.Sleep(strainedFor)
		mustTake(t, p.take).leave()
		if p.refuse() != nil || p.strained(p.clock()) {
			t.Error("still strained")
		}
	})
}

func isBusy(err error) bool {
	var p *problem
	return errors.As(err, &p) && p.fault == unavailable && p.retryAfter > 0
}

// TestPlacesLent checks that long answers let others begin, but not without end.
func TestPlacesLent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(1)
		long := mustTake(t, p.take)
		begin := time.Now() //nolint:forbidigo // that of the bubble
		second := mustTake(t, p.take)
		if time.Since(begin) != longLeast {
			t.Errorf("began after %s", time.Since(begin))
		}
		if _, err := p.take(t.Context()); !isBusy(err) {
			t.Errorf("a third one: %v", err)
		}
		second.leave()
		long.leave()
		if p.taken != 0 || p.long != 0 {
			t.Errorf("%d are taken, %d lent", p.taken, p.long)
		}
	})
}

// TestPlacesLeft checks that who leaves while it waits takes nothing along.
func TestPlacesLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(2)
		h := mustTake(t, p.take)
		ctx, leave := context.WithCancel(t.Context())
		large, small := asker(ctx, p.takeAll), asker(t.Context(), p.take)
		synctest.Wait()
		leave()
		if _, err := large(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		s, err := small() // it had waited behind the large one
		if err != nil {
			t.Fatal(err)
		}
		s.leave()
		h.leave()
		if p.taken != 0 || len(p.queue) != 0 {
			t.Errorf("%d are taken, %d wait", p.taken, len(p.queue))
		}
	})
}

// TestAnswersAtOnce asks more than is answered at once: the store sees no more at
// a time, and who comes too late is told when to come again.
func TestAnswersAtOnce(t *testing.T) {
	var mu sync.Mutex
	inside, most := 0, 0
	store := worldStore(t)
	s := newService(t, func(o *Options) {
		o.Clock = time.Now //nolint:forbidigo // the time that passes decides
		o.Limits = Limits{Answers: 2}
		o.Store = viewStore{store, func(_ context.Context, read func() error) error {
			mu.Lock()
			inside++
			most = max(most, inside)
			mu.Unlock()
			time.Sleep(5 * time.Millisecond)
			mu.Lock()
			inside--
			mu.Unlock()
			return read()
		}}
	})
	var all sync.WaitGroup
	statuses := map[int]int{}
	for range 300 {
		all.Go(func() {
			w := s.ask(t, request(t, http.MethodGet, "/v1/trace?subject=B1", nil))
			mu.Lock()
			defer mu.Unlock()
			statuses[w.Code]++
			if w.Code != http.StatusOK && (w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "1") {
				t.Errorf("%d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
			}
		})
	}
	all.Wait()
	if most > 4 || statuses[http.StatusOK] < 2 || statuses[http.StatusServiceUnavailable] == 0 { // two, and two that lent their places
		t.Errorf("%d at once, %v", most, statuses)
	}
	if w := s.ask(t, request(t, http.MethodGet, "/v1/trace?subject=B1", nil)); w.Code != http.StatusOK {
		t.Errorf("afterwards: %d", w.Code)
	}
}

// TestPlacesOfAFewBusyCallers checks that callers who keep all places taken are not
// turned away as long as none of them waits for long.
func TestPlacesOfAFewBusyCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(2)
		end := p.clock().Add(2 * time.Second)
		for range 8 {
			go func() {
				for p.clock().Before(end) {
					h, err := p.take(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					time.Sleep(time.Millisecond)
					h.leave()
				}
			}()
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
	})
}
