package api

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// How long a question waits for a place. While places are free now and then, there
// is a burst, and everybody is served in turn; so are a few callers who ask again as
// soon as they have their answer. Where a crowd waits and no place was free for a
// while, more is asked than can be answered: then few wait, and not for long, and all
// others are told so at once (Maurer, "Fail at Scale", ACM Queue 13(8), 2015).
const (
	longestWait   = 500 * time.Millisecond
	strainedAfter = 100 * time.Millisecond // without a free place, if there is a crowd
	crowd         = 8                      // waiting for each place
	strainedFor   = 2 * time.Second        // after somebody was turned away
	shortWait     = 5 * time.Millisecond   // of one who waits under strain, or as long as places are held

	// An answer that takes longLeast, and longTimes as long as others, lets another
	// one begin beside it: a few long ones do not hold up all others.
	longLeast = 100 * time.Millisecond
	longTimes = 4
)

// places bounds how many answers are computed at the same time: more than the
// machine computes at once would each be slower, and none sooner. Places are
// held while an answer is computed, not while its question is read, nor while
// the answer is sent.
type places struct {
	clock func() time.Time

	mu    sync.Mutex
	all   int // 0 is no limit
	taken int
	long  int           // places that were given up by answers that are not done; at most all
	queue []*waiter     // in the order in which they came
	empty time.Time     // when a place was last free, and nobody waited for it
	mean  time.Duration // for which places are held

	refused time.Time // when somebody was turned away last
}

type waiter struct {
	wants  int
	turn   chan struct{} // closed when it is decided
	served bool          // it has its places, and is not turned away
}

// hold is what an answer has while it is computed.
type hold struct {
	of    *places
	since time.Time
	timer *time.Timer
	has   int // places
	lent  int // of them, to others that began beside it
}

// take waits for one place. The error says that there is none in time.
func (p *places) take(ctx context.Context) (*hold, error) { return p.takeSome(ctx, 1) }

// takeAll waits for all places, for an answer that uses all processors.
func (p *places) takeAll(ctx context.Context) (*hold, error) { return p.takeSome(ctx, p.all) }

func (p *places) takeSome(ctx context.Context, wants int) (*hold, error) {
	if p.all == 0 {
		return nil, nil //nolint:nilnil // without a limit there is nothing to hold
	}
	now := p.clock()
	p.mu.Lock()
	if len(p.queue) == 0 && p.taken+wants <= p.all {
		p.taken += wants
		p.empty = now
		defer p.mu.Unlock()
		return p.begin(now, wants), nil
	}
	if p.full(now) {
		p.mu.Unlock()
		return nil, tooBusy()
	}
	w := &waiter{wants: wants, turn: make(chan struct{})}
	p.queue = append(p.queue, w)
	timer := time.NewTimer(p.wait(now))
	p.mu.Unlock()
	defer timer.Stop()
	err := tooBusy()
	select {
	case <-w.turn:
	case <-timer.C:
	case <-ctx.Done():
		err = ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.queue, w); i >= 0 {
		p.queue = slices.Delete(p.queue, i, i+1)
		p.serve() // who was behind it may want less
	}
	if !w.served {
		return nil, err
	}
	return p.begin(p.clock(), wants), nil // if nobody waits for the answer any more, it ends by itself
}

// refuse returns an error if a question that comes now would be turned away, so
// that it need not be read.
func (p *places) refuse() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all > 0 && p.full(p.clock()) {
		return tooBusy()
	}
	return nil
}

func tooBusy() error {
	p := newProblem(unavailable, "more is asked than the service can answer in time; ask again, of another replica or later")
	p.retryAfter = time.Second
	return p
}

// strained reports whether more is asked than can be answered: somebody was turned
// away of late.
func (p *places) strained(now time.Time) bool { return now.Sub(p.refused) < strainedFor }

// full reports whether as many wait as may: one who comes now is turned away.
func (p *places) full(now time.Time) bool {
	if len(p.queue) < p.room(now) {
		return false
	}
	p.refused = now
	return true
}

// room is how many may wait. Under strain it is those who are served about as soon
// as if nobody waited.
func (p *places) room(now time.Time) int {
	switch {
	case p.strained(now):
		return max(p.all, int(shortWait/max(p.mean/time.Duration(p.all), 1)))
	case now.Sub(p.empty) > strainedAfter:
		return crowd * p.all
	default:
		return math.MaxInt
	}
}

// wait is how long one who comes now may wait.
func (p *places) wait(now time.Time) time.Duration {
	if p.strained(now) {
		return max(shortWait, p.mean)
	}
	return longestWait
}

// begin counts from now on how long places are held.
func (p *places) begin(now time.Time, has int) *hold {
	h := &hold{of: p, since: now, has: has}
	h.timer = time.AfterFunc(max(longLeast, longTimes*p.mean), func() { h.lend(has) })
	return h
}

// lend gives up places of an answer that goes on, as long as not too many are
// given up.
func (h *hold) lend(most int) {
	if h == nil {
		return
	}
	p := h.of
	p.mu.Lock()
	defer p.mu.Unlock()
	n := min(most, h.has-h.lent, p.all-p.long)
	h.lent += n
	p.long += n
	p.free(n)
}

// leave ends the use of places. It may be called again.
func (h *hold) leave() {
	if h == nil {
		return
	}
	h.timer.Stop()
	p := h.of
	p.mu.Lock()
	defer p.mu.Unlock()
	if h.has == 0 {
		return
	}
	p.mean += (p.clock().Sub(h.since) - p.mean) / 16
	p.long -= h.lent
	p.free(h.has - h.lent)
	h.has, h.lent = 0, 0
}

// free gives back places, and gives them to those who wait.
func (p *places) free(n int) {
	p.taken -= n
	p.serve()
	if len(p.queue) == 0 && p.taken < p.all {
		p.empty = p.clock()
	}
}

// serve gives free places to those who wait, in turn.
func (p *places) serve() {
	for len(p.queue) > 0 && p.taken+p.queue[0].wants <= p.all {
		w := p.queue[0]
		p.queue = slices.Delete(p.queue, 0, 1)
		p.taken += w.wants
		w.served = true
		close(w.turn)
	}
	if now := p.clock(); len(p.queue) > p.room(now) { // it was no burst
		p.refused = now
		room := p.room(now)
		for _, w := range p.queue[room:] {
			close(w.turn)
		}
		p.queue = p.queue[:room]
	}
}
