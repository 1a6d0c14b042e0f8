package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"debadge/api"
	"debadge/api/client"
	"debadge/fixtures"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/ingest/bundle"
)

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

// serve runs a service on the public cases behind a wrapper.
func serve(t *testing.T, wrap func(http.Handler) http.Handler) *client.Client {
	t.Helper()
	store := index.NewMemory(noon)
	t.Cleanup(func() { _ = store.Close() })
	for _, f := range fixtures.Files() {
		if _, err := bundle.Import(t.Context(), store, f.Name, bytes.NewReader(f.Data), nil); err != nil {
			t.Fatal(err)
		}
	}
	h, err := api.New(api.Options{Store: store, Clock: noon, Log: slog.New(slog.DiscardHandler), Version: "1.2.3", Access: api.Access{Anonymous: api.Admin}})
	if err != nil {
		t.Fatal(err)
	}
	if wrap != nil {
		h = wrap(h)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	c, err := client.New(srv.URL+"/", client.Options{HTTP: srv.Client(), Wait: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// methods says by which method each operation is called, or why by none; and
// into what its JSON answer is read.
var methods = map[string]struct {
	method, without string
	answer          any
}{
	"trace": {method: "Trace", answer: graph.Answer{}}, "timeline": {method: "Timeline", answer: graph.TimelineAnswer{}},
	"reach": {method: "Reach", answer: client.ReachPage{}}, "rebadgings": {method: "Rebadgings", answer: graph.RebadgingsAnswer{}},
	"diff": {method: "Diff", answer: graph.DiffAnswer{}}, "search": {method: "Search", answer: client.SearchAnswer{}},
	"entity": {method: "Entity", answer: client.EntityAnswer{}}, "lists": {method: "Lists", answer: graph.ListsAnswer{}},
	"list": {method: "List", answer: client.ListAnswer{}}, "policies": {method: "Policies", answer: client.PoliciesAnswer{}},
	"policy": {method: "Policy", answer: client.Policy{}}, "claim": {method: "Claim", answer: client.ClaimAnswer{}},
	"source": {method: "Source", answer: client.SourceAnswer{}}, "changes": {method: "Changes", answer: client.ChangesPage{}},
	"append": {method: "Append", answer: client.Receipt{}}, "retract": {method: "Retract", answer: client.Receipt{}},
	"correct": {method: "Correct", answer: client.Receipt{}},
	"ready":   {method: "Ready", answer: client.ReadyAnswer{}}, "version": {method: "Version", answer: client.VersionAnswer{}},
	"picture": {method: "Picture"}, "timeline-picture": {method: "TimelinePicture"}, "dossier": {method: "Dossier"}, "export": {method: "Export"},
	"live":    {without: "a probe of whoever runs the service"},
	"metrics": {without: "Prometheus asks for it"},
	"openapi": {without: "it describes the service; this client is checked against it"},
	"docs":    {without: "a page for people"},
	"mcp":     {without: "agents bring their own client"},

	"decide": {without: "officers decide where they see the dossier"}, "decisions": {without: "as decide"}, "decisions-verify": {without: "as decide"}, "decision": {without: "as decide"},
	"watch": {without: "events come by webhook; Follow reads the feed that they are made of"}, "watches": {without: "as watch"}, "watched": {without: "as watch"},
	"watch-events": {without: "as watch"}, "watch-pause": {without: "as watch"}, "watch-resume": {without: "as watch"}, "watch-end": {without: "as watch"},
	"watch-secret": {without: "as watch"}, "watch-replay": {without: "as watch"},
	"audit": {without: "debadge audit verifies the log, with checkpoints kept elsewhere"}, "audit-proof": {without: "as audit"}, "audit-checkpoint": {without: "as audit"}, "audit-key": {without: "as audit"},

	"screen": {without: "lines and answers are those of debadge screen, which reads and writes files"}, "screen-stream": {without: "as screen"},
	"screen-job": {without: "a file of jobs, as screen"}, "import-job": {without: "a file, as debadge import reads it"}, "refresh-job": {without: "as imports"},
	"jobs": {without: "belongs to the jobs above"}, "job": {without: "as jobs"}, "job-result": {without: "as jobs"}, "job-cancel": {without: "as jobs"},
	"reconcile": {without: "OpenRefine brings its own client"}, "reconcile-post": {without: "as reconcile"}, "reconcile-preview": {without: "as reconcile"},
	"suggest-entity": {without: "as reconcile"}, "suggest-type": {without: "as reconcile"}, "suggest-property": {without: "as reconcile"}, "propose-properties": {without: "as reconcile"},
}

type document struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Samples     []struct {
			Source string `json:"source"`
		} `json:"x-codeSamples"`
	} `json:"paths"`
}

// curl is a sample of the document.
var curl = regexp.MustCompile(`(?s)^curl (?:-X \w+ )?(?:-H 'Accept: ([^']*)' )?(?:-H 'Content-Type: [^']*' -d '(.*)' )?'http://127.0.0.1:8080([^']*)'$`)

// TestEveryOperation compares the client with the document: each operation has
// a method, and the types read each JSON example with nothing left over.
func TestEveryOperation(t *testing.T) {
	var handler http.Handler
	serve(t, func(h http.Handler) http.Handler { handler = h; return h })
	var d document
	if err := json.Unmarshal(ask(t, handler, "get", "/openapi.json", "", ""), &d); err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for path, operations := range d.Paths {
		for method, op := range operations {
			described[op.OperationID] = true
			row, ok := methods[op.OperationID]
			if !ok || (row.method == "") == (row.without == "") {
				t.Errorf("%s %s (%s): say by which method it is called, or why by none", method, path, op.OperationID)
				continue
			}
			if _, ok := reflect.TypeFor[*client.Client]().MethodByName(row.method); row.method != "" && !ok {
				t.Errorf("the client has no method %s", row.method)
			}
			for _, sample := range op.Samples {
				if row.method == "" {
					continue
				}
				m := curl.FindStringSubmatch(sample.Source)
				if m == nil {
					t.Errorf("%s: this is no sample: %s", op.OperationID, sample.Source)
					continue
				}
				if row.answer == nil || m[1] != "" {
					continue
				}
				into := reflect.New(reflect.TypeOf(row.answer)).Interface()
				strict := json.NewDecoder(bytes.NewReader(ask(t, handler, method, m[3], m[1], m[2])))
				strict.DisallowUnknownFields()
				if err := strict.Decode(into); err != nil {
					t.Errorf("%s: %v", m[3], err)
				}
			}
		}
	}
	for id := range methods {
		if !described[id] {
			t.Errorf("%s is in the table, but is no operation", id)
		}
	}
}

func ask(t *testing.T, h http.Handler, method, target, accept, body string) []byte {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), strings.ToUpper(method), target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	} else {
		r.Body = http.NoBody
	}
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

var at = client.At{AsOf: "2024-04-15"}

func TestQuestions(t *testing.T) {
	c := serve(t, nil)
	ctx := t.Context()
	answer, err := c.Trace(ctx, "KR2280-X2", client.At{AsOf: "2024-04-15", Lists: []string{"us-bis-entity-list"}}, 3)
	if err != nil || answer.Finding != graph.Listed || answer.Strength != graph.Alleged {
		t.Errorf("%+v %v", answer, err)
	}
	var all, streamed []graph.ID
	for cursor := ""; ; {
		page, err := c.Reach(ctx, "company:inspur-group", at, client.Page{Limit: 2, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Rows {
			all = append(all, r.Product.ID)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	head, err := c.ReachAll(ctx, "company:inspur-group", at, func(r graph.ReachRow) error {
		streamed = append(streamed, r.Product.ID)
		return nil
	})
	if err != nil || head.Total != len(all) || !reflect.DeepEqual(all, streamed) {
		t.Errorf("pages %v, stream %v, %+v %v", all, streamed, head, err)
	}
	if _, err := c.Policy(ctx, "lax"); !is(err, http.StatusNotFound) {
		t.Errorf("%v", err)
	}
	if svg, err := c.Picture(ctx, "KR2280-X2", "svg", at, 1); err != nil || !bytes.Contains(svg, []byte("<svg")) {
		t.Errorf("%v", err)
	}
	log, err := c.Export(ctx, "ndjson", nil, client.At{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(log)
	_ = log.Close()
	if err != nil || !bytes.HasPrefix(data, []byte(`{"debadge_log"`)) {
		t.Errorf("%.100s %v", data, err)
	}
}

func is(err error, status int) bool {
	p, ok := errors.AsType[*client.Problem](err)
	return ok && p.Status == status && p.RequestID != "" && strings.Contains(p.Error(), p.RequestID)
}

func TestWrites(t *testing.T) {
	c := serve(t, nil)
	ctx := t.Context()
	before, err := c.Changes(ctx, 0, client.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	cs := graph.ChangeSet{
		Author: "a.lopez", Reason: "data sheet read",
		Entities: []graph.Entity{{ID: "product:aivres:kr2280-x3", Name: "KR2280-X3", Brand: "Aivres"}},
		Sources:  []graph.Source{{ID: "source:data-sheet", Title: "Data sheet", Publisher: "A reseller"}},
		Claims: []graph.Claim{{
			Relation: graph.SucceededBy, From: "product:aivres:kr2280-x2", To: "product:aivres:kr2280-x3", Status: graph.Reported,
			Citations: []graph.Citation{{Source: "source:data-sheet", Stance: graph.Supports}},
		}},
	}
	added, err := c.Append(ctx, cs, client.Write{Key: "sheet", Seen: before.Revision})
	if err != nil || added.Revision != before.Revision+1 || added.Added != 3 || added.ChangeSet != "sheet" {
		t.Fatalf("%+v %v", added, err)
	}
	cs.Entities[0].Name = "KR2280-X3b"
	if _, err := c.Append(ctx, cs, client.Write{Seen: before.Revision}); !is(err, http.StatusPreconditionFailed) {
		t.Errorf("%v", err)
	}
	fix := graph.ChangeSet{Author: "a.lopez", Reason: "it is dated", Claims: cs.Claims}
	fix.Claims[0].ValidFrom, _ = graph.ParseDate("2025")
	fixed, err := c.Correct(ctx, added.Claims[0], fix, client.Write{})
	if err != nil || fixed.Retracted != 1 {
		t.Fatalf("%+v %v", fixed, err)
	}
	if _, err := c.Retract(ctx, fixed.Claims[0], "a.lopez", "not so", "", client.Write{}); err != nil {
		t.Fatal(err)
	}
	claim, err := c.Claim(ctx, fixed.Claims[0], "")
	if err != nil || claim.Retracted == nil || claim.Retracted.Reason != "not so" {
		t.Errorf("%+v %v", claim, err)
	}
	if _, err := c.Append(ctx, graph.ChangeSet{Author: "a"}, client.Write{}); !is(err, http.StatusUnprocessableEntity) {
		t.Errorf("%v", err)
	}
}

// TestFollow checks that a feed goes on over connections that break.
func TestFollow(t *testing.T) {
	var asked atomic.Int32
	c := serve(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			if r.Header.Get("Accept") == "text/event-stream" && asked.Add(1) < 4 {
				w = &fragile{ResponseWriter: w, left: 40_000, broken: cancel}
			}
			h.ServeHTTP(w, r.WithContext(ctx))
		})
	})
	last, err := c.Changes(t.Context(), 0, client.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	done := errors.New("all came")
	next := graph.Revision(1)
	err = c.Follow(t.Context(), 0, func(change graph.Change) error {
		if change.Revision != next {
			return fmt.Errorf("revision %d came, want %d", change.Revision, next)
		}
		if next++; next > last.Revision {
			return done
		}
		return nil
	})
	if !errors.Is(err, done) || asked.Load() < 4 {
		t.Errorf("%v after %d connections", err, asked.Load())
	}
}

// fragile breaks a stream after some bytes.
type fragile struct {
	http.ResponseWriter
	left   int
	broken func()
}

func (f *fragile) Write(data []byte) (int, error) {
	if f.left -= len(data); f.left < 0 {
		f.broken()
		return 0, io.ErrClosedPipe
	}
	return f.ResponseWriter.Write(data)
}

func (f *fragile) Unwrap() http.ResponseWriter { return f.ResponseWriter }

// TestRetries checks what is asked again, and that a write is then made once.
func TestRetries(t *testing.T) {
	for _, test := range []struct {
		status, calls int
	}{{http.StatusServiceUnavailable, 3}, {http.StatusTooManyRequests, 3}, {http.StatusBadGateway, 3}, {http.StatusInternalServerError, 1}, {http.StatusConflict, 1}} {
		calls, keys := 0, map[string]bool{}
		c := serve(t, func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls++
				keys[r.Header.Get("Idempotency-Key")] = true
				if calls < 3 {
					http.Error(w, "from a proxy", test.status)
					return
				}
				h.ServeHTTP(w, r)
			})
		})
		_, err := c.Append(t.Context(), graph.ChangeSet{Author: "a", Reason: "r", Entities: []graph.Entity{{ID: "company:new", Name: "New"}}}, client.Write{})
		if calls != test.calls || len(keys) != 1 || (err == nil) != (test.calls == 3) {
			t.Errorf("%d: %d calls, %v, %v", test.status, calls, keys, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, address := range []string{"", "localhost:8080", "ftp://x", "://"} {
		if _, err := client.New(address, client.Options{}); graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%q: %v", address, err)
		}
	}
}
