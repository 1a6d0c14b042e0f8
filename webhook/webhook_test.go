package webhook

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/ledger"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ticking is a clock that a test moves.
type ticking struct {
	mu  sync.Mutex
	now time.Time
}

func newTicking() *ticking { return &ticking{now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)} }

func (c *ticking) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *ticking) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// scene is a ledger in a file, beside a store in which the finding of a product
// is turned over by turn.
type scene struct {
	clock  *ticking
	path   string
	ledger *ledger.Ledger
	store  graph.Store
	turns  int
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{clock: newTicking(), path: filepath.Join(t.TempDir(), "ledger.db"), store: index.NewMemory(newTicking().time)}
	t.Cleanup(func() { _ = s.store.Close() })
	s.open(t)
	s.append(t, graph.ChangeSet{
		Entities: []graph.Entity{
			{ID: "list:some", Name: "Some List"}, {ID: "company:acme", Name: "Acme"}, {ID: "product:acme:a1", Name: "A1"},
		},
		Claims: []graph.Claim{claim("makes", graph.Makes, "company:acme", "product:acme:a1")},
	})
	return s
}

func claim(id string, r graph.Relation, from, to graph.ID) graph.Claim {
	return graph.Claim{
		ID: graph.ID("claim:" + id), Relation: r, From: from, To: to, Status: graph.Confirmed,
		Citations: []graph.Citation{{Source: "source:notice", Stance: graph.Supports}},
	}
}

func (s *scene) open(t *testing.T) {
	t.Helper()
	l, err := ledger.Open(t.Context(), s.path, ledger.Options{Clock: s.clock.time, Holder: "a test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s.ledger = l
}

func (s *scene) append(t *testing.T, cs graph.ChangeSet) {
	t.Helper()
	cs.Sources = []graph.Source{{ID: "source:notice", Title: "A notice", Publisher: "Office", Kind: "regulation", Date: graph.DayOf(newTicking().time()).Date()}}
	if _, err := s.store.Append(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
}

func (s *scene) watch(t *testing.T, endpoint string) ledger.Watch {
	t.Helper()
	w, err := s.ledger.Watch(t.Context(), s.store, "key:tester", ledger.NewWatch{
		Subject: "A1", Watcher: "tests", Endpoint: endpoint, Policy: graph.DefaultPolicy(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// turn lists the maker, or takes it off: an event for each watch.
func (s *scene) turn(t *testing.T) {
	t.Helper()
	id := "listed-" + strconv.Itoa(s.turns/2)
	if s.turns%2 == 0 {
		s.append(t, graph.ChangeSet{Claims: []graph.Claim{claim(id, graph.ListedOn, "company:acme", "list:some")}})
	} else {
		s.append(t, graph.ChangeSet{Reason: "withdrawn", Retractions: []graph.Retraction{{Claim: graph.ID("claim:" + id), Reason: "withdrawn"}}})
	}
	s.turns++
	if _, err := s.ledger.Rescreen(t.Context(), s.store, graph.DayOf(s.clock.time())); err != nil {
		t.Fatal(err)
	}
}

func (s *scene) sender(t *testing.T, change func(*Options)) *Sender {
	t.Helper()
	o := Options{
		Clock: s.clock.time, Log: slog.New(slog.DiscardHandler), Agent: "debadge/tests", Interval: time.Millisecond,
		Allowed: prefixes("127.0.0.0/8"),
	}
	if change != nil {
		change(&o)
	}
	sender, err := New(s.ledger, o)
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

// deliver does one round, and waits for it.
func deliver(t *testing.T, s *Sender) {
	t.Helper()
	if err := s.round(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.work.Wait()
}

func (s *scene) events(t *testing.T) []ledger.OutboxEvent {
	t.Helper()
	all, err := s.ledger.Events(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// receiver takes webhooks and answers what it is told to.
type receiver struct {
	*httptest.Server
	answer func(n int) int // the status of the nth request, counted from 0

	mu    sync.Mutex
	taken []received
}

type received struct {
	header http.Header
	body   []byte
}

func newReceiver(t *testing.T, answer func(n int) int) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.taken = append(r.taken, received{q.Header, body})
		w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
		w.WriteHeader(r.answer(len(r.taken) - 1))
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.taken
}

func always(code int) func(int) int { return func(int) int { return code } }

// TestSign compares with the example of the specification's reference library.
func TestSign(t *testing.T) {
	key, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	got := Sign([][]byte{key, []byte("other")}, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	first, second, _ := strings.Cut(got, " ")
	if first != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" || !strings.HasPrefix(second, "v1,") || second == first {
		t.Error(got)
	}
}

// TestDelivers has an event arrive once, signed, and verified as a receiver does.
func TestDelivers(t *testing.T) {
	s, r := newScene(t), newReceiver(t, always(http.StatusNoContent))
	w := s.watch(t, r.URL+"/hook")
	old, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(w.Secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ledger.ReplaceSecret(t.Context(), "key:tester", w.ID); err != nil {
		t.Fatal(err)
	}
	s.turn(t)
	sender := s.sender(t, nil)
	for range 3 {
		deliver(t, sender)
	}
	if len(r.all()) != 1 {
		t.Fatalf("%d requests", len(r.all()))
	}
	got := r.all()[0]
	id, at := got.header.Get("webhook-id"), got.header.Get("webhook-timestamp")
	if id != "event-1" || at != strconv.FormatInt(s.clock.time().Unix(), 10) || got.header.Get("User-Agent") != "debadge/tests" {
		t.Errorf("%v", got.header)
	}
	signatures := strings.Fields(got.header.Get("webhook-signature"))
	if len(signatures) != 2 || signatures[1] != Sign([][]byte{old}, id, s.clock.time(), got.body) {
		t.Errorf("the receiver that has the old secret cannot verify %v", signatures)
	}
	var m struct {
		Type string
		Data ledger.FindingChanged
	}
	if err := json.Unmarshal(got.body, &m); err != nil || m.Type != "finding.changed" || m.Data.After.Finding != graph.Listed || m.Data.Subject != "product:acme:a1" {
		t.Errorf("%s, %v", got.body, err)
	}
	if e := s.events(t)[0]; e.State != ledger.Delivered || e.Attempts != 1 {
		t.Errorf("%+v", e)
	}
}

// TestTriesAgain has a receiver that fails at first: the event is tried again
// after longer and longer times, keeps its id, and those behind it wait.
func TestTriesAgain(t *testing.T) {
	s := newScene(t)
	r := newReceiver(t, func(n int) int {
		if n < 3 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	})
	s.watch(t, r.URL)
	s.turn(t)
	sender := s.sender(t, nil)
	for n, pause := range []time.Duration{0, 5 * time.Second, 20 * time.Second, 80 * time.Second} {
		if n > 0 {
			s.clock.add(pause/2 - time.Second)
			deliver(t, sender)
			if len(r.all()) != n {
				t.Fatalf("attempt %d came before its time", n+1)
			}
			s.clock.add(pause/2 + time.Second)
		}
		deliver(t, sender)
		if len(r.all()) != n+1 {
			t.Fatalf("%d attempts, not %d", len(r.all()), n+1)
		}
		if e := s.events(t)[0]; n < 3 && (e.State != ledger.Pending || e.Attempts != n+1 || e.LastError != "503 Service Unavailable") {
			t.Errorf("%+v", e)
		}
	}
	if e := s.events(t)[0]; e.State != ledger.Delivered {
		t.Errorf("%+v", e)
	}
	for _, q := range r.all() {
		if q.header.Get("webhook-id") != "event-1" {
			t.Errorf("%v", q.header)
		}
	}
}

// TestGivesUp has dead letters after the last attempt or where there is no use,
// and delivers them once they are replayed.
func TestGivesUp(t *testing.T) {
	for _, c := range []struct {
		name     string
		code     int
		attempts int
		says     string
	}{
		{"fails", http.StatusInternalServerError, 3, "500"},
		{"leads elsewhere", http.StatusFound, 3, "redirects are not followed"},
		{"keeps the method elsewhere", http.StatusTemporaryRedirect, 3, "redirects are not followed"},
		{"is gone", http.StatusGone, 1, "410"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			r := newReceiver(t, func(n int) int {
				if n >= c.attempts {
					return http.StatusOK
				}
				return c.code
			})
			w := s.watch(t, r.URL)
			s.turn(t)
			sender := s.sender(t, func(o *Options) { o.Attempts = 3 })
			for range 6 {
				deliver(t, sender)
				s.clock.add(time.Hour)
			}
			if e := s.events(t)[0]; e.State != ledger.Dead || e.Attempts != c.attempts || !strings.Contains(e.LastError, c.says) || len(r.all()) != c.attempts {
				t.Fatalf("%+v after %d requests", e, len(r.all()))
			}
			if n, err := s.ledger.ReplayWatch(t.Context(), "key:tester", w.ID, nil); n != 1 || err != nil {
				t.Fatal(n, err)
			}
			deliver(t, sender)
			if e := s.events(t)[0]; e.State != ledger.Delivered {
				t.Errorf("%+v", e)
			}
		})
	}
}

// TestNeverAnswers has an endpoint that takes connections and says nothing: its
// attempts end, and others are delivered to meanwhile.
func TestNeverAnswers(t *testing.T) {
	s := newScene(t)
	hold := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hold }))
	defer silent.Close()
	defer close(hold)
	r := newReceiver(t, always(http.StatusOK))
	for range 10 {
		s.watch(t, silent.URL)
	}
	s.watch(t, r.URL)
	s.turn(t)
	deliver(t, s.sender(t, func(o *Options) { o.Timeout = 200 * time.Millisecond }))
	all := s.events(t)
	if last := all[len(all)-1]; last.State != ledger.Delivered || len(r.all()) != 1 {
		t.Errorf("%+v", last)
	}
	if e := all[0]; e.State != ledger.Pending || e.Attempts != 1 || e.LastError != "the endpoint did not answer in time" {
		t.Errorf("%+v", e)
	}
	if e := all[1]; e.Attempts != 0 {
		t.Errorf("the endpoint was asked again at once: %+v", e)
	}
}

// TestSurvivesRestarts stops the service again and again, also in the middle of
// attempts: every event arrives at least once, and the last state is that all were
// delivered.
func TestSurvivesRestarts(t *testing.T) {
	s, r := newScene(t), newReceiver(t, func(n int) int {
		if n%3 == 0 {
			return http.StatusBadGateway
		}
		return http.StatusOK
	})
	s.watch(t, r.URL)
	for range 12 {
		s.turn(t)
	}
	for restart := 0; ; restart++ {
		ctx, cancel := newDeadline(t, time.Duration(5+restart)*time.Millisecond)
		s.sender(t, nil).Run(ctx)
		cancel()
		if err := s.ledger.Close(); err != nil {
			t.Fatal(err)
		}
		s.clock.add(time.Hour)
		s.open(t)
		left := 0
		for _, e := range s.events(t) {
			if e.State != ledger.Delivered {
				left++
			}
		}
		if left == 0 {
			break
		}
	}
	seen := map[string]bool{}
	for _, q := range r.all() {
		seen[q.header.Get("webhook-id")] = true
	}
	if len(seen) != 12 {
		t.Errorf("%d events arrived, of 12", len(seen))
	}
}

func TestOptions(t *testing.T) {
	if _, err := New(nil, Options{}); graph.KindOf(err) != graph.KindInvalid {
		t.Error(err)
	}
	s := newScene(t).sender(t, nil)
	for attempts, most := range map[int]time.Duration{1: 5 * time.Second, 2: 20 * time.Second, 8: 12 * time.Hour, 1000: 12 * time.Hour} {
		for range 100 {
			if d := s.wait(attempts); d < most/2 || d > most {
				t.Fatalf("%s after %d attempts", d, attempts)
			}
		}
	}
}

func TestReachable(t *testing.T) {
	open := reachable{prefixes("10.1.0.0/16", "fd00::/8")}
	for text, want := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1::1": true, "10.1.2.3": true, "::ffff:10.1.2.3": true, "fd00::1": true,
		"10.2.0.1": false, "::ffff:10.2.0.1": false, "fc00::1": false, "fd00::1%eth0": true, "127.0.0.1": false, "::1": false, "0.0.0.0": false, "::": false,
		"169.254.169.254": false, "fd00:ec2::254": true, "fe80::1%eth0": false, "224.0.0.1": false, "ff02::1": false, "255.255.255.255": false,
		"100.64.0.1": false, "192.0.0.192": false, "198.18.0.1": false, "64:ff9b::a00:1": false, "64:ff9b:1::1": false, "::10.0.0.1": false,
		"2002:a00:1::1": false, "2001::1": false, "2001:db8::1": false, "100::1": false, "fec0::1": false, "::ffff:0:10.0.0.1": false,
	} {
		if got := open.may(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}
