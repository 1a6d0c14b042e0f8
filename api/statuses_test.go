package api

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"debadge/graph"
	"debadge/ledger"
)

// brokenLedger fails whatever is asked of it.
type brokenLedger struct{ fail func(context.Context) error }

var _ Ledger = brokenLedger{}

func (b brokenLedger) Decide(ctx context.Context, _ graph.Store, _ string, _ ledger.NewDecision) (ledger.Decision, error) {
	return ledger.Decision{}, b.fail(ctx)
}

func (b brokenLedger) Sign(ctx context.Context, _ string, _ ledger.NewSignOff) (ledger.Decision, error) {
	return ledger.Decision{}, b.fail(ctx)
}

func (b brokenLedger) Decision(ctx context.Context, _ string) (ledger.Decision, error) {
	return ledger.Decision{}, b.fail(ctx)
}

func (b brokenLedger) Decisions(ctx context.Context, _ ledger.Decisions) ([]ledger.Decision, error) {
	return nil, b.fail(ctx)
}

func (b brokenLedger) ChangedDecisions(ctx context.Context, _ graph.Store, _ graph.Day, _ ledger.Decisions) (ledger.Rescreened, []ledger.ChangedDecision, error) {
	return ledger.Rescreened{}, nil, b.fail(ctx)
}

func (b brokenLedger) VerifyDecisions(ctx context.Context, _ graph.Store, _ ledger.Decisions, _ func(ledger.DecisionCheck) error) error {
	return b.fail(ctx)
}

func (b brokenLedger) Log(ctx context.Context, _ ...ledger.Event) (int64, error) {
	return 0, b.fail(ctx)
}

func (b brokenLedger) Entries(ctx context.Context, _ ledger.Entries, _ func(ledger.IndexedEntry) error) error {
	return b.fail(ctx)
}
func (b brokenLedger) Checkpoint(ctx context.Context) ([]byte, error) { return nil, b.fail(ctx) }
func (b brokenLedger) Prove(ctx context.Context, _ int64) (ledger.Proof, error) {
	return ledger.Proof{}, b.fail(ctx)
}
func (b brokenLedger) VerifierKey(ctx context.Context) (string, error) { return "", b.fail(ctx) }

func (b brokenLedger) Watch(ctx context.Context, _ graph.Store, _ string, _ ledger.NewWatch) (ledger.Watch, error) {
	return ledger.Watch{}, b.fail(ctx)
}

func (b brokenLedger) Watched(ctx context.Context, _ string) (ledger.Watch, error) {
	return ledger.Watch{}, b.fail(ctx)
}

func (b brokenLedger) Watches(ctx context.Context) ([]ledger.Watch, error) { return nil, b.fail(ctx) }

func (b brokenLedger) Rescreen(ctx context.Context, _ graph.Store, _ graph.Day) (ledger.Rescreened, error) {
	return ledger.Rescreened{}, b.fail(ctx)
}

func (b brokenLedger) SetWatch(ctx context.Context, _, _ string, _ ledger.WatchState) (ledger.Watch, error) {
	return ledger.Watch{}, b.fail(ctx)
}

func (b brokenLedger) Events(ctx context.Context, _ int64, _ int) ([]ledger.OutboxEvent, error) {
	return nil, b.fail(ctx)
}

func (b brokenLedger) ReplaceSecret(ctx context.Context, _, _ string) (string, error) {
	return "", b.fail(ctx)
}

func (b brokenLedger) ReplayWatch(ctx context.Context, _, _ string, _ *int64) (int64, error) {
	return 0, b.fail(ctx)
}

// TestNoUndocumentedStatus fails store and ledger in every way under every
// operation: whatever comes of it stands in the document, which has no default
// that anything would match.
func TestNoUndocumentedStatus(t *testing.T) {
	hang := func(ctx context.Context) error {
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond): // what must not be cut short has a limit of its own
		}
		return graph.Unavailable("it was cut short", ctx.Err())
	}
	failures := map[string]func(context.Context) error{
		"hangs":             hang,
		"is away":           func(context.Context) error { return graph.Unavailable("it is away", nil) },
		"is damaged":        func(context.Context) error { return graph.Errorf(graph.KindInternal, "it is damaged") },
		"is unknown":        func(context.Context) error { return errors.New("it broke") },
		"has its own limit": func(context.Context) error { return fmt.Errorf("it: %w", context.DeadlineExceeded) },
	}
	store := worldStore(t)
	for _, fail := range failures {
		for _, broken := range []string{"store", "ledger"} {
			s, _ := remembering(t, func(o *Options) {
				withJobs(t, o, t.TempDir())
				o.RequestTimeout, o.StreamTimeout, o.Store = 20*time.Millisecond, 20*time.Millisecond, store
				if broken == "ledger" {
					o.Ledger = brokenLedger{fail}
				} else {
					o.Store = viewStore{store, func(ctx context.Context, _ func() error) error { return fail(ctx) }}
				}
			})
			s.askAll(t)
			if err := s.server.Jobs.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	s := newService(t, func(o *Options) { o.Store = store }) // no ledger, no jobs
	s.askAll(t)
}

// askAll asks the examples of all operations; ask compares the answers with the
// document.
func (s *service) askAll(t *testing.T) {
	t.Helper()
	for _, op := range s.server.routes {
		if op.Responses["default"] != nil {
			t.Errorf("%s answers by default", op.OperationID)
		}
		for _, e := range s.revised(op, examples[op.OperationID]) {
			r := httptest.NewRequestWithContext(t.Context(), op.Method, e.Target, strings.NewReader(e.Body))
			if e.Body == "" {
				r = request(t, op.Method, e.Target, nil)
			}
			r.Host = "127.0.0.1"
			r.Header.Set("Content-Type", cmp.Or(e.Type, jsonType))
			if e.Accept != "" {
				r.Header.Set("Accept", e.Accept)
			}
			s.askOrCut(t, r)
		}
	}
}

// revised adds to the examples of an operation one of a revision that is not there.
func (s *service) revised(op *huma.Operation, of []example) []example {
	takes := slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.Name == "known_at" })
	if !takes || len(of) == 0 {
		return of
	}
	later := of[0]
	path, query, _ := strings.Cut(later.Target, "?")
	values, _ := url.ParseQuery(query) // an example's
	values.Set("known_at", "9999")
	later.Target = path + "?" + values.Encode()
	return append(slices.Clone(of), later)
}

// askOrCut asks what may end in an answer that is cut off.
func (s *service) askOrCut(t *testing.T, r *http.Request) {
	t.Helper()
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler { //nolint:errorlint // the value that net/http panics with
			panic(v)
		}
	}()
	s.ask(t, r)
}

// TestUndocumentedStatusIsSeen proves that the tests would see one.
func TestUndocumentedStatusIsSeen(t *testing.T) {
	s := newService(t, nil)
	r := request(t, http.MethodGet, "/v1/version", nil)
	resp := s.get(t, "/v1/version").Result()
	resp.StatusCode, resp.Body = http.StatusTeapot, io.NopCloser(bytes.NewReader(nil))
	if ok, _ := s.valid.ValidateHttpResponse(r, resp); ok {
		t.Error("a status that is in no document passed")
	}
}
