package api

import (
	"container/list"
	"math"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"
)

// Limits bound what one caller, or all together, may take of the service. A
// caller is a key, whom a token names, or else an address. 0 is no limit.
type Limits struct {
	PerSecond float64 // requests of one caller, on average
	Burst     int     // requests of one caller at once beyond that; default twice PerSecond
	PerCaller int     // requests of one caller in flight
	InAll     int     // requests in flight
	Answers   int     // computed at the same time
}

// maxCallers bounds the table of callers. Who was not seen for the longest time
// is forgotten first.
const maxCallers = 10_000

// limiter counts the requests of each caller.
type limiter struct {
	Limits

	mu      sync.Mutex
	callers map[string]*list.Element
	order   list.List // of *account, the one seen last in front
	flying  int
}

type account struct {
	key    string
	rate   *rate.Limiter
	flying int
}

func newLimiter(l Limits) *limiter {
	if l.Burst == 0 {
		l.Burst = max(1, int(math.Ceil(min(2*l.PerSecond, math.MaxInt32))))
	}
	return &limiter{Limits: l, callers: map[string]*list.Element{}}
}

// addressKey names an address in the table. One subscriber has 64 bits of IPv6.
func addressKey(a netip.Addr) string {
	a = a.Unmap()
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// enter begins a request of a caller, or says why not.
func (l *limiter) enter(key string, now time.Time) (leave func(), p *problem) {
	if l.PerSecond == 0 && l.PerCaller == 0 {
		return func() {}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.account(key)
	if p := a.spend(now); p != nil {
		return nil, p
	}
	if l.PerCaller > 0 && a.flying >= l.PerCaller {
		return nil, newProblem(tooMany, "more than "+strconv.Itoa(l.PerCaller)+" requests at the same time; wait for an answer before asking more")
	}
	a.flying++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		a.flying--
	}, nil
}

// count counts a request of a caller that was turned away.
func (l *limiter) count(key string, now time.Time) *problem {
	if l.PerSecond == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.account(key).spend(now)
}

// spend takes one request out of what the caller has.
func (a *account) spend(now time.Time) *problem {
	if a.rate == nil {
		return nil
	}
	r := a.rate.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	r.CancelAt(now)
	p := newProblem(tooMany, "more requests a second than the service takes of one caller; go slower")
	p.retryAfter = wait
	return p
}

// account returns what is counted of a caller, and makes room for it.
func (l *limiter) account(key string) *account {
	if e, ok := l.callers[key]; ok {
		l.order.MoveToFront(e)
		return accountIn(e)
	}
	a := &account{key: key}
	if l.PerSecond > 0 {
		a.rate = rate.NewLimiter(rate.Limit(l.PerSecond), l.Burst)
	}
	l.callers[key] = l.order.PushFront(a)
	for e := l.order.Back(); len(l.callers) > maxCallers && e != l.order.Front(); {
		before := e.Prev()
		if old := accountIn(e); old.flying == 0 {
			l.order.Remove(e)
			delete(l.callers, old.key)
		}
		e = before
	}
	return a
}

func accountIn(e *list.Element) *account {
	a, _ := e.Value.(*account)
	return a
}

// within serves the rest of a request if its caller has not had too much.
func (s *server) within(c *gin.Context, key string) {
	if isProbe(c.FullPath()) {
		return
	}
	leave, p := s.limiter.enter(key, s.Clock())
	if p != nil {
		s.turnAway(c, p)
		return
	}
	defer leave()
	c.Next()
}

// isProbe reports whether a route tells how the service is. That must be told
// above all when there is too much to do.
func isProbe(path string) bool { return path == livePath || path == readyPath }

// admit bounds the requests in flight of all callers.
func (s *server) admit(c *gin.Context) {
	l := s.limiter
	_, counted := agentOf(c.Request.Context())
	if l.InAll == 0 || isProbe(c.FullPath()) || counted {
		return
	}
	l.mu.Lock()
	full := l.flying >= l.InAll
	if !full {
		l.flying++
	}
	l.mu.Unlock()
	if full {
		p := newProblem(unavailable, "the service is answering as many requests as it takes at the same time; ask again, of another replica or later")
		p.retryAfter = time.Second
		s.turnAway(c, p)
		return
	}
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.flying--
	}()
	c.Next()
}
