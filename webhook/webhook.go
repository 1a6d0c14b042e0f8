// Package webhook delivers the events of watch lists to their endpoints, signed
// as Standard Webhooks has it
// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md),
// at least once. What is to be delivered, and what became of it, stands in the
// ledger: a process that ends loses nothing. An endpoint cannot be used to reach
// what only the service can: see address.go.
package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"debadge/graph"
	"debadge/ledger"
)

// Outbox is what has to be delivered.
type Outbox interface {
	// Due returns events whose time has come, the oldest first, at most each of
	// one endpoint.
	Due(ctx context.Context, limit, each int) ([]ledger.OutboxEvent, error)

	// Secrets returns the keys that the events of a watch are signed with.
	Secrets(ctx context.Context, watch string) ([][]byte, error)

	// MarkDelivered and MarkFailed say what became of an event. One that failed
	// is due again at a time, and with none given up. KindConflict means that it
	// is not to be delivered any more.
	MarkDelivered(ctx context.Context, id string) error
	MarkFailed(ctx context.Context, id, reason string, next time.Time) error
}

var _ Outbox = (*ledger.Ledger)(nil)

// Options say how events are delivered. Clock and Log are needed; the rest has
// defaults.
type Options struct {
	Clock   func() time.Time
	Log     *slog.Logger
	Agent   string         // how the service names itself
	Allowed []netip.Prefix // networks that may be reached though they are not public

	Interval time.Duration // between two looks at the outbox; default 1 s
	Timeout  time.Duration // of one attempt; default 10 s
	Attempts int           // after so many an event is given up; default 12
	Base     time.Duration // before the second attempt; then four times as long each; default 5 s
	Longest  time.Duration // between two attempts; default 12 h
	Resolver *net.Resolver // default: that of the system
}

const (
	defaultInterval = time.Second
	defaultTimeout  = 10 * time.Second
	defaultAttempts = 12 // over two and a half days
	defaultBase     = 5 * time.Second
	defaultLongest  = 12 * time.Hour

	growth = 4

	atOnce  = 16  // endpoints
	inTurn  = 8   // events of one endpoint, in order
	inRound = 256 // events

	maxHeader = 16 << 10 // bytes of an answer that are read
)

// Sender delivers events.
type Sender struct {
	options Options
	outbox  Outbox
	client  *http.Client

	mu   sync.Mutex
	busy map[string]bool // endpoints that are being delivered to
	slot chan struct{}
	work sync.WaitGroup
}

// New returns a sender for an outbox. It does nothing before Run.
func New(outbox Outbox, o Options) (*Sender, error) {
	if outbox == nil || o.Clock == nil || o.Log == nil {
		return nil, graph.Errorf(graph.KindInvalid, "webhooks need an outbox, a clock and a log")
	}
	for _, d := range []struct {
		into      *time.Duration
		otherwise time.Duration
	}{{&o.Interval, defaultInterval}, {&o.Timeout, defaultTimeout}, {&o.Base, defaultBase}, {&o.Longest, defaultLongest}} {
		if *d.into <= 0 {
			*d.into = d.otherwise
		}
	}
	if o.Attempts <= 0 {
		o.Attempts = defaultAttempts
	}
	dialer := net.Dialer{Timeout: o.Timeout, Control: reachable{o.Allowed}.control, Resolver: o.Resolver}
	return &Sender{
		options: o, outbox: outbox, busy: map[string]bool{}, slot: make(chan struct{}, atOnce),
		client: &http.Client{
			Timeout: o.Timeout,
			// No proxy, whatever the environment says: it would resolve names in our place.
			Transport: &http.Transport{
				DialContext: dialer.DialContext, DisableKeepAlives: true, DisableCompression: true,
				TLSHandshakeTimeout: o.Timeout, ResponseHeaderTimeout: o.Timeout, MaxResponseHeaderBytes: maxHeader,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Run delivers what is due until ctx ends, and waits for what is under way. An
// attempt that is cut short counts as none.
func (s *Sender) Run(ctx context.Context) {
	defer s.work.Wait()
	told := ""
	for {
		err := s.round(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			told = ""
		case err.Error() != told:
			told = err.Error()
			s.options.Log.LogAttrs(ctx, slog.LevelWarn, "events cannot be delivered", slog.String("error", told))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(s.options.Interval):
		}
	}
}

// round begins to deliver what is due to the endpoints that have nothing under way.
func (s *Sender) round(ctx context.Context) error {
	due, err := s.outbox.Due(ctx, inRound, inTurn)
	if err != nil {
		return err
	}
	var order []string
	events := map[string][]ledger.OutboxEvent{}
	for _, e := range due {
		if events[e.Endpoint] == nil {
			order = append(order, e.Endpoint)
		}
		events[e.Endpoint] = append(events[e.Endpoint], e)
	}
	for _, endpoint := range order {
		if !s.take(endpoint) {
			continue
		}
		s.work.Go(func() {
			defer s.release(endpoint)
			select {
			case s.slot <- struct{}{}:
				defer func() { <-s.slot }()
			case <-ctx.Done():
				return
			}
			s.inOrder(ctx, events[endpoint])
		})
	}
	return nil
}

func (s *Sender) take(endpoint string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	free := !s.busy[endpoint]
	s.busy[endpoint] = true
	return free
}

func (s *Sender) release(endpoint string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.busy, endpoint)
}

// inOrder delivers events of one endpoint, up to the first one that it does not take.
func (s *Sender) inOrder(ctx context.Context, events []ledger.OutboxEvent) {
	for i := range events {
		e := &events[i]
		f := s.attempt(ctx, e)
		if ctx.Err() != nil && f != nil {
			return
		}
		if err := s.settle(ctx, e, f); err != nil && graph.KindOf(err) != graph.KindConflict {
			s.options.Log.LogAttrs(ctx, slog.LevelWarn, "what became of an event cannot be written down; it will be delivered again",
				slog.String("event", e.ID), slog.String("error", err.Error()))
			return
		}
		if f != nil {
			return
		}
	}
}

// settle writes down what became of an attempt.
func (s *Sender) settle(ctx context.Context, e *ledger.OutboxEvent, f *failure) error {
	ctx = context.WithoutCancel(ctx) // what was delivered is noted even while the service stops
	if f == nil {
		return s.outbox.MarkDelivered(ctx, e.ID)
	}
	attempts := e.Attempts + 1
	var next time.Time
	if attempts < s.options.Attempts && !f.final {
		next = s.options.Clock().Add(s.wait(attempts))
	} else {
		s.options.Log.LogAttrs(ctx, slog.LevelWarn, "an event was given up; replay its watch once the endpoint takes events",
			slog.String("event", e.ID), slog.String("watch", e.Watch), slog.Int("attempts", attempts), slog.String("reason", f.reason))
	}
	return s.outbox.MarkFailed(ctx, e.ID, f.reason, next)
}

// wait is how long to wait after so many attempts: between half of the time and
// all of it, so that many events do not come back at once.
func (s *Sender) wait(attempts int) time.Duration {
	d := s.options.Base
	for range attempts - 1 {
		if d = min(d*growth, s.options.Longest); d == s.options.Longest {
			break
		}
	}
	return d/2 + rand.N(d/2+1) //nolint:gosec // nobody gains by guessing it
}

// message is the body of a webhook.
type message struct {
	Type      string          `json:"type"`
	Timestamp time.Time       `json:"timestamp"` // when the finding was found to have changed
	Data      json.RawMessage `json:"data"`
}

// eventType is the type of all events that there are.
const eventType = "finding.changed"

// failure is why an endpoint did not take an event.
type failure struct {
	reason string
	final  bool // it will never take it
}

// attempt delivers an event once.
func (s *Sender) attempt(ctx context.Context, e *ledger.OutboxEvent) *failure {
	body, err := json.Marshal(message{eventType, e.CreatedAt, e.Event})
	if err != nil {
		return &failure{"the event cannot be written as JSON", true}
	}
	keys, err := s.outbox.Secrets(ctx, e.Watch)
	if err != nil {
		return &failure{"the secret of the watch cannot be read", false}
	}
	if len(keys) == 0 {
		return &failure{"the watch has no secret to sign with; make one", false}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.Endpoint, strings.NewReader(string(body)))
	if err != nil {
		return &failure{"the endpoint is not an address", true}
	}
	now := s.options.Clock()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", s.options.Agent)
	r.Header.Set("webhook-id", e.ID)
	r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("webhook-signature", Sign(keys, e.ID, now, body))
	answer, err := s.client.Do(r)
	if err != nil {
		return &failure{reason: reasonOf(err)}
	}
	_ = answer.Body.Close() // nothing in it counts
	switch code := answer.StatusCode; {
	case code >= http.StatusOK && code < http.StatusMultipleChoices:
		return nil
	case code == http.StatusGone:
		return &failure{"410: the endpoint takes no more events", true}
	case code >= http.StatusMultipleChoices && code < http.StatusBadRequest:
		return &failure{reason: fmt.Sprintf("%d: the endpoint leads elsewhere, and redirects are not followed", code)}
	default:
		return &failure{reason: strconv.Itoa(code) + " " + http.StatusText(code)}
	}
}

// Sign returns the signatures of a message, one of each key, as the header
// webhook-signature has them.
func Sign(keys [][]byte, id string, at time.Time, body []byte) string {
	all := make([]string, len(keys))
	for i, key := range keys {
		mac := hmac.New(sha256.New, key)
		_, _ = fmt.Fprintf(mac, "%s.%d.%s", id, at.Unix(), body) // a hash takes everything
		all[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(all, " ")
}
