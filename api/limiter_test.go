package api

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"debadge/graph"
)

// TestRate checks that a caller who asks too fast is told when to go on, and
// that nobody else feels it.
func TestRate(t *testing.T) {
	var now atomic.Int64
	now.Store(noon().UnixNano())
	s := newService(t, func(o *Options) {
		guarded(o)
		o.Clock = func() time.Time { return time.Unix(0, now.Load()) }
		o.Limits = Limits{PerSecond: 2, Burst: 3}
	})
	as := func(shown, from string) int {
		r := request(t, http.MethodGet, "/v1/version", nil)
		if shown != "" {
			r = request(t, http.MethodGet, "/v1/lists", map[string]string{"Authorization": shown})
		}
		r.RemoteAddr = from
		w := s.ask(t, r)
		if seconds, err := strconv.Atoi(w.Header().Get("Retry-After")); w.Code == http.StatusTooManyRequests && (err != nil || seconds != 1) {
			t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
		}
		return w.Code
	}
	const here, there = "192.0.2.1:1", "192.0.2.2:1"
	expect := func(what, shown, from string, status int) {
		t.Helper()
		if got := as(shown, from); got != status {
			t.Errorf("%s: %d, not %d", what, got, status)
		}
	}
	for range 3 {
		expect("within the burst", "Bearer dbk_reader", here, 200)
	}
	expect("beyond it", "Bearer dbk_reader", here, 429)
	expect("from elsewhere", "Bearer dbk_reader", there, 429)
	expect("another key", "Bearer dbk_admin", here, 200)
	expect("a token", "Bearer a.b.reader", here, 200)
	for range 3 {
		expect("guesses", "Bearer dbk_guess", here, 401)
	}
	expect("more guesses", "Bearer dbk_guess", here, 429)
	expect("the address they came from", "", here, 429)
	expect("another address", "", there, 200)
	for range 5 {
		if w := s.get(t, "/livez"); w.Code != http.StatusOK {
			t.Errorf("a probe: %d", w.Code)
		}
	}
	now.Add(int64(500 * time.Millisecond))
	expect("half a second later", "Bearer dbk_reader", here, 200)
	expect("and again", "Bearer dbk_reader", here, 429)
}

// TestConcurrency checks that requests in flight are bounded, of one caller and
// of all, and that what ended counts no more.
func TestConcurrency(t *testing.T) {
	release := make(chan struct{})
	var inside sync.WaitGroup
	store := worldStore(t)
	s := newService(t, func(o *Options) {
		guarded(o)
		o.Limits = Limits{PerCaller: 2, InAll: 3}
		o.Store = viewStore{store, func(ctx context.Context, read func() error) error {
			inside.Done()
			<-release
			return read()
		}}
	})
	ask := func(shown string) int {
		return s.ask(t, request(t, http.MethodGet, "/v1/changes", map[string]string{"Authorization": shown})).Code
	}
	answers := make(chan int, 3)
	for _, shown := range []string{"Bearer dbk_reader", "Bearer dbk_reader", "Bearer dbk_admin"} {
		inside.Add(1)
		go func() { answers <- ask(shown) }()
		inside.Wait()
		if shown == "Bearer dbk_reader" {
			continue
		}
		if got := ask("Bearer dbk_officer"); got != http.StatusServiceUnavailable {
			t.Errorf("more than all: %d", got)
		}
		if w := s.get(t, "/livez"); w.Code != http.StatusOK {
			t.Errorf("a probe: %d", w.Code)
		}
	}
	close(release)
	for range 3 {
		if got := <-answers; got != http.StatusOK {
			t.Errorf("%d", got)
		}
	}
	inside.Add(1)
	if got := ask("Bearer dbk_reader"); got != http.StatusOK {
		t.Errorf("afterwards: %d", got)
	}
	if s.server.limiter.flying != 0 {
		t.Errorf("%d are counted as in flight", s.server.limiter.flying)
	}
}

func TestConcurrencyOfOneCaller(t *testing.T) {
	l := newLimiter(Limits{PerCaller: 2})
	leave, p := l.enter("a", noon())
	if p != nil {
		t.Fatal(p)
	}
	if _, p := l.enter("a", noon()); p != nil {
		t.Fatal(p)
	}
	if _, p := l.enter("a", noon()); p == nil || p.Status != http.StatusTooManyRequests {
		t.Errorf("%+v", p)
	}
	if _, p := l.enter("b", noon()); p != nil {
		t.Errorf("%+v", p)
	}
	leave()
	if _, p := l.enter("a", noon()); p != nil {
		t.Errorf("%+v", p)
	}
}

// TestLimiterForgets checks that a flood of addresses does not fill the memory,
// and forgets nobody who is being answered.
func TestLimiterForgets(t *testing.T) {
	l := newLimiter(Limits{PerSecond: 1, PerCaller: 1})
	if _, p := l.enter("here", noon()); p != nil {
		t.Fatal(p)
	}
	for i := range 3 * maxCallers {
		leave, p := l.enter(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), noon())
		if p != nil {
			t.Fatal(p)
		}
		leave()
	}
	if n := len(l.callers); n > maxCallers || n != l.order.Len() {
		t.Errorf("%d callers, %d in order", n, l.order.Len())
	}
	if _, p := l.enter("here", noon().Add(time.Hour)); p == nil {
		t.Error("a caller in flight was forgotten")
	}
}

func TestAddressKey(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::1": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := addressKey(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestLimitsBelowZero(t *testing.T) {
	for _, l := range []Limits{{PerSecond: -1}, {Burst: -1}, {PerCaller: -1}, {InAll: -1}} {
		o := newService(t, nil).server.Options
		o.Limits = l
		if _, err := New(o); graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%+v: %v", l, err)
		}
	}
}
