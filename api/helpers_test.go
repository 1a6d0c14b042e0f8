package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"go.uber.org/goleak"

	"debadge/graph"
	"debadge/graph/index"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

func date(t *testing.T, text string) graph.Date {
	t.Helper()
	d, err := graph.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// world is a small graph: acme is listed since March 2023 and makes a1, which
// beta sells as b1 since June 2023; gamma's g1 traces back to nobody; two
// products are called Twin.
func world(t *testing.T) graph.ChangeSet {
	t.Helper()
	cited := []graph.Citation{{Source: "source:notice", Stance: graph.Supports, Locator: "¶ 41", Text: "says so <b>&</b>"}}
	claim := func(r graph.Relation, from, to graph.ID, status graph.Status, since string) graph.Claim {
		return graph.Claim{Relation: r, From: from, To: to, Status: status, ValidFrom: date(t, since), Citations: cited}
	}
	party := claim(graph.PartyTo, "company:acme", "proceeding:acme-v-beta", graph.Confirmed, "2024")
	party.Attributes = map[string]string{"role": "defendant"}
	delisted := claim(graph.ListedOn, "company:delta", "list:us-list", graph.Confirmed, "2020-01-01")
	delisted.ValidTo = date(t, "2022-01-01")
	owns := claim(graph.Owns, "company:acme", "company:epsilon", graph.Reported, "2020")
	owns.ShareMin, owns.ShareMax = graph.ShareOf(20_000_000), graph.ShareOf(33_330_000)
	return graph.ChangeSet{
		ID: "world", Author: "tests",
		Entities: []graph.Entity{
			{ID: "list:us-list", Name: "Some List"},
			{ID: "list:eu-list", Name: "Other List"},
			{ID: "company:acme", Name: "Acme", Aliases: []graph.Alias{{Text: "阿克米", Language: "zh"}}, Attributes: map[string][]string{"country": {"CN"}}},
			{ID: "company:beta", Name: "Beta"},
			{ID: "company:gamma", Name: "Gamma"},
			{ID: "company:delta", Name: "Delta"},
			{ID: "company:epsilon", Name: "Epsilon"},
			{ID: "proceeding:acme-v-beta", Name: "Acme v. Beta"},
			{ID: "product:acme:a1", Name: "A1", Brand: "Acme"},
			{ID: "product:beta:b1", Name: "B1", Brand: "Beta"},
			{ID: "product:gamma:g1", Name: "G1", Brand: "Gamma"},
			{ID: "product:gamma:twin", Name: "Twin", Brand: "Gamma"},
			{ID: "product:beta:twin", Name: "Twin", Brand: "Beta"},
		},
		Sources: []graph.Source{{ID: "source:notice", Title: "A notice", Publisher: "Office", Date: date(t, "2023-03"), Kind: "regulation"}},
		Claims: []graph.Claim{
			claim(graph.ListedOn, "company:acme", "list:us-list", graph.Confirmed, "2023-03"),
			claim(graph.Makes, "company:acme", "product:acme:a1", graph.Confirmed, "2020"),
			claim(graph.RebrandedAs, "product:acme:a1", "product:beta:b1", graph.Alleged, "2023-06"),
			claim(graph.Sells, "company:beta", "product:beta:b1", graph.Reported, "2023-06"),
			claim(graph.Makes, "company:gamma", "product:gamma:g1", graph.Confirmed, "2020"),
			claim(graph.AffiliatedWith, "company:acme", "company:beta", graph.Reported, "2021"),
			claim(graph.IdenticalTo, "product:beta:b1", "product:beta:twin", graph.Reported, "2024"),
			owns, party, delisted,
		},
	}
}

func worldStore(t *testing.T) graph.Store {
	t.Helper()
	m := index.NewMemory(noon)
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := m.Append(t.Context(), world(t)); err != nil {
		t.Fatal(err)
	}
	return m
}

// logLines collects JSON log lines of a service.
type logLines struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

func (l *logLines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.String()
}

type service struct {
	http.Handler
	server *server
	log    *logLines
	valid  validator.Validator
}

func newService(t *testing.T, change func(*Options)) *service {
	t.Helper()
	log := &logLines{}
	o := Options{
		Clock: noon, Version: "1.2.3", StoreName: "memory", Access: Access{Anonymous: Admin},
		Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&o)
	}
	if o.Store == nil {
		o.Store = worldStore(t)
	}
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s, ok := h.(*server)
	if !ok {
		t.Fatalf("New returned a %T", h)
	}
	return &service{Handler: h, server: s, log: log, valid: documentValidator(t, s.document)}
}

// validators are kept by their documents, of which the tests have few: making
// one takes a second, and several with the race detector.
var validators = struct {
	sync.Mutex
	by map[string]validator.Validator
}{by: map[string]validator.Validator{}}

func documentValidator(t *testing.T, document []byte) validator.Validator {
	t.Helper()
	validators.Lock()
	defer validators.Unlock()
	if v := validators.by[string(document)]; v != nil {
		return v
	}
	d, err := libopenapi.NewDocument(document)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(d)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	validators.by[string(document)] = v
	return v
}

// ask sends a request and checks the response against the OpenAPI document.
func (s *service) ask(t *testing.T, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if id := w.Header().Get(requestIDHeader); !requestIDForm.MatchString(id) {
		t.Errorf("request id %q", id)
	}
	described := s.server.huma.OpenAPI().Paths
	for path, item := range described {
		prefix, _, templated := strings.Cut(path, "{")
		if operationIn(item, r.Method) == nil {
			continue
		}
		if r.URL.Path == path || templated && strings.HasPrefix(r.URL.Path, prefix) {
			s.check(t, r, w)
			break
		}
	}
	return w
}

// check compares a response with the document, a stream line by line.
func (s *service) check(t *testing.T, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	parts := [][]byte{w.Body.Bytes()}
	if w.Header().Get("Content-Type") == ndjsonType {
		parts = slices.Collect(bytes.Lines(w.Body.Bytes()))
	}
	for _, part := range parts {
		resp := w.Result()
		resp.Body = io.NopCloser(bytes.NewReader(part))
		validators.Lock()
		ok, errs := s.valid.ValidateHttpResponse(r, resp)
		validators.Unlock()
		if !ok {
			for _, e := range errs {
				t.Errorf("%s %d: %s: %s %+v", r.URL, w.Code, e.Message, e.Reason, e.SchemaValidationErrors)
			}
		}
	}
}

func (s *service) get(t *testing.T, target string) *httptest.ResponseRecorder {
	t.Helper()
	return s.ask(t, request(t, http.MethodGet, target, nil))
}

func request(t *testing.T, method, target string, header map[string]string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	return r
}

// decode reads a body strictly: a field that the type does not have is an error.
func decode[T any](t *testing.T, body []byte) T {
	t.Helper()
	var v T
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

// awayStore fails as a store does that cannot be reached: nothing real does
// that on demand.
type awayStore struct{ err error }

func (a awayStore) Append(context.Context, graph.ChangeSet) (graph.Receipt, error) {
	return graph.Receipt{}, a.err
}

func (a awayStore) Changes(context.Context, graph.Revision, func(graph.Change) error) error {
	return a.err
}

func (a awayStore) View(context.Context, graph.Moment, func(graph.View) error) error { return a.err }

func (a awayStore) Status(context.Context) (graph.StoreStatus, error) {
	return graph.StoreStatus{}, a.err
}

func (a awayStore) Close() error { return nil }

// viewStore answers views by a function, and the rest by a real store.
type viewStore struct {
	graph.Store
	view func(ctx context.Context, read func() error) error
}

func (v viewStore) View(ctx context.Context, at graph.Moment, read func(graph.View) error) error {
	return v.view(ctx, func() error { return v.Store.View(ctx, at, read) })
}
