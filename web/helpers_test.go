package web_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"debadge/api"
	"debadge/fixtures"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/ingest/bundle"
	"debadge/graph/resolve"
	"debadge/jobs"
	"debadge/ledger"
	"debadge/web"
)

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

// service is the API with its pages, on the public cases as serve --demo has
// them, in memory.
type service struct {
	*httptest.Server
	store  graph.Store
	ledger *ledger.Ledger
	jobs   string // the folder of its jobs
}

// serve runs a service until the test ends. Without a credential one is an
// admin, unless change says otherwise.
func serve(tb testing.TB, change func(*api.Options, *web.Options)) *service {
	tb.Helper()
	store := index.NewMemory(noon)
	tb.Cleanup(func() { _ = store.Close() })
	for _, f := range fixtures.Files() {
		if _, err := bundle.Import(tb.Context(), store, f.Name, bytes.NewReader(f.Data), nil); err != nil {
			tb.Fatal(err)
		}
	}
	kept, err := ledger.Open(tb.Context(), "", ledger.Options{Clock: noon, Holder: "test"})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = kept.Close() })
	folder := tb.TempDir()
	queue, err := jobs.Open(jobs.Options{Dir: folder, Clock: noon})
	if err != nil {
		tb.Fatal(err)
	}
	names := resolve.NewFollower(store, resolve.Options{})
	log := slog.New(slog.DiscardHandler)
	o := api.Options{
		Store: store, StoreName: "demo", Clock: noon, Log: log, Version: "1.2.3", Access: api.Access{Anonymous: api.Admin, Keys: ledgerKeys{kept}},
		Ledger: kept, Jobs: queue, Names: names, Importer: slowImporter{}, Recall: true,
	}
	var handler http.Handler
	w := web.Options{
		API: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }), Clock: noon, Log: log, Version: "1.2.3",
	}
	if change != nil {
		change(&o, &w)
	}
	if o.Pages, err = web.New(w); err != nil {
		tb.Fatal(err)
	}
	if handler, err = api.New(o); err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(tb.Context()))
	var under sync.WaitGroup
	under.Go(func() { queue.Run(ctx) })
	under.Go(func() { names.Run(ctx, 50*time.Millisecond, func(error) {}) })
	tb.Cleanup(func() {
		cancel()
		under.Wait()
		names.Close()
		_ = queue.Close()
	})
	srv := httptest.NewServer(handler)
	tb.Cleanup(srv.Close)
	return &service{Server: srv, store: store, ledger: kept, jobs: folder}
}

// ledgerKeys are the keys of the ledger, as the service has them.
type ledgerKeys struct{ ledger *ledger.Ledger }

// Key returns the key of a text.
func (k ledgerKeys) Key(ctx context.Context, text string) (api.Key, error) {
	hash, err := ledger.ParseKey(text)
	if err != nil {
		return api.Key{}, err
	}
	found, err := k.ledger.Key(ctx, hash)
	if err != nil {
		return api.Key{}, err
	}
	return api.Key{Name: found.Name, Role: api.Role(found.Role), Expires: found.ExpiresAt, Revoked: found.RevokedAt}, nil
}

// key makes a key of a role.
func (s *service) key(tb testing.TB, role ledger.Role) string {
	tb.Helper()
	text, _, err := s.ledger.CreateKey(tb.Context(), "test", ledger.NewKey{Name: "key of a " + string(role), Role: role})
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// get loads a page as a browser without script does. It follows no redirect.
func (s *service) get(tb testing.TB, path string, header map[string]string) (reply, string) {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, s.URL+path, http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	return s.send(tb, r)
}

// reply is an answer whose body was read.
type reply struct {
	StatusCode int
	Header     http.Header
}

// Cookies are those that the answer sets.
func (r reply) Cookies() []*http.Cookie { return (&http.Response{Header: r.Header}).Cookies() }

// send sends a request and reads the answer whole.
func (s *service) send(tb testing.TB, r *http.Request) (reply, string) {
	tb.Helper()
	c := *s.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := c.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer answer.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(answer.Body); err != nil && !errors.Is(err, context.Canceled) {
		tb.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header}, b.String()
}
