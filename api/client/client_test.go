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
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"debadge/api"
	"debadge/api/client"
	"debadge/fixtures"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/ingest/bundle"
	"debadge/jobs"
	"debadge/ledger"
)

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

// importer reads nothing: imports are tried where they are made.
type importer struct{}

func (importer) Formats() []api.ImportFormat {
	return []api.ImportFormat{{Name: "bundle", About: "its own"}}
}
func (importer) Registers() []string { return []string{"us-csl"} }

func (importer) Import(_ context.Context, o api.ImportOrder, _ func(done, total int64)) (any, error) {
	return o, nil
}

func (importer) Refresh(_ context.Context, o api.RefreshOrder) (any, error) {
	if o.DryRun {
		return nil, graph.Errorf(graph.KindInvalid, "the edition is broken")
	}
	return o, nil
}

// ticking is a clock on which a second passes whenever somebody looks.
func ticking() func() time.Time {
	var looks atomic.Int64
	return func() time.Time { return noon().Add(time.Duration(looks.Add(1)) * time.Second) }
}

// fourEyes is the default policy, by which every decision needs two officers.
func fourEyes() graph.Policy {
	p := graph.DefaultPolicy()
	p.Name, p.SecondOfficer = "four-eyes", []graph.Action{graph.Pass, graph.Review, graph.Block}
	return p
}

// keep opens a ledger that is forgotten with the test.
func keep(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), "", ledger.Options{Clock: noon, Holder: "a test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// work does the jobs of a queue until the test ends.
func work(t *testing.T, q *jobs.Queue) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var under sync.WaitGroup
	under.Go(func() { q.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		under.Wait()
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
}

// serve runs a service on the public cases behind a wrapper.
func serve(t *testing.T, wrap func(http.Handler) http.Handler) *client.Client {
	t.Helper()
	queue, err := jobs.Open(jobs.Options{Dir: t.TempDir(), Clock: ticking(), MaxSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	store := index.NewMemory(noon)
	t.Cleanup(func() { _ = store.Close() })
	for _, f := range fixtures.Files() {
		if _, err := bundle.Import(t.Context(), store, f.Name, bytes.NewReader(f.Data), nil); err != nil {
			t.Fatal(err)
		}
	}
	h, err := api.New(api.Options{
		Store: store, Clock: noon, Log: slog.New(slog.DiscardHandler), Version: "1.2.3", Access: api.Access{Anonymous: api.Admin},
		Ledger: keep(t), Jobs: queue, Importer: importer{}, Policies: []graph.Policy{fourEyes()},
	})
	if err != nil {
		t.Fatal(err)
	}
	work(t, queue)
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
	"reach": {method: "Reach", answer: client.ReachPage{}}, "reach-table": {method: "ReachTable", answer: client.ReachTablePage{}}, "rebadgings": {method: "Rebadgings", answer: graph.RebadgingsAnswer{}},
	"diff": {method: "Diff", answer: graph.DiffAnswer{}}, "search": {method: "Search", answer: client.SearchAnswer{}},
	"entity": {method: "Entity", answer: client.EntityAnswer{}}, "neighbors": {method: "Neighbors", answer: client.NeighborsAnswer{}}, "lists": {method: "Lists", answer: graph.ListsAnswer{}},
	"list": {method: "List", answer: client.ListAnswer{}}, "policies": {method: "Policies", answer: client.PoliciesAnswer{}},
	"policy": {method: "Policy", answer: client.Policy{}}, "claim": {method: "Claim", answer: client.ClaimAnswer{}},
	"sources": {method: "Sources", answer: client.SourcesPage{}},
	"source":  {method: "Source", answer: client.SourceAnswer{}}, "contested": {method: "Contested", answer: client.ContestedAnswer{}}, "changes": {method: "Changes", answer: client.ChangesPage{}},
	"append": {method: "Append", answer: client.Receipt{}}, "retract": {method: "Retract", answer: client.Receipt{}},
	"correct": {method: "Correct", answer: client.Receipt{}},
	"ready":   {method: "Ready", answer: client.ReadyAnswer{}}, "version": {method: "Version", answer: client.VersionAnswer{}},
	"picture": {method: "Picture"}, "timeline-picture": {method: "TimelinePicture"}, "dossier": {method: "Dossier"}, "export": {method: "Export"},
	"me": {method: "Me", answer: client.Caller{}},

	"screen": {method: "Screen", answer: client.ScreenAnswer{}}, "screen-stream": {method: "ScreenStream"},
	"import-choices": {method: "ImportChoices", answer: client.ImportChoices{}},
	"screen-job":     {method: "ScreenFile", answer: client.Job{}}, "import-job": {method: "ImportFile", answer: client.Job{}}, "refresh-job": {method: "Refresh", answer: client.Job{}},
	"screen-columns": {method: "ScreenColumns", answer: client.ColumnsAnswer{}}, "screen-again": {method: "ScreenAgain", answer: client.Job{}},
	"job-rows": {method: "ScreenedRows", answer: client.RowsPage{}}, "job-columns": {method: "ScreenedColumns", answer: client.ColumnsAnswer{}},
	"choose": {method: "Choose", answer: client.Receipt{}},
	"jobs":   {method: "Jobs", answer: client.JobsAnswer{}}, "job": {method: "Job", answer: client.Job{}}, "job-result": {method: "JobResult"}, "job-cancel": {method: "CancelJob"},

	"decide": {method: "Decide", answer: client.Decision{}}, "decision-sign-off": {method: "SignOff", answer: client.Decision{}}, "decision": {method: "Decision", answer: client.Decision{}},
	"decisions": {method: "Decisions", answer: client.DecisionsPage{}}, "decisions-verify": {method: "VerifyDecisions", answer: client.VerifiedPage{}},
	"watch": {method: "Watch", answer: client.Watch{}}, "watched": {method: "Watched", answer: client.Watch{}}, "watches": {method: "Watches", answer: client.WatchesPage{}},
	"watch-events": {method: "WatchEvents", answer: client.EventsPage{}}, "watch-pause": {method: "PauseWatch", answer: client.Watch{}},
	"watch-resume": {method: "ResumeWatch", answer: client.Watch{}}, "watch-end": {method: "EndWatch", answer: client.Watch{}},
	"watch-secret": {method: "ReplaceSecret", answer: client.SecretAnswer{}}, "watch-replay": {method: "ReplayWatch", answer: client.ReplayAnswer{}},
	"audit": {method: "Audit", answer: client.AuditPage{}}, "audit-proof": {method: "AuditProof", answer: client.AuditProof{}},
	"audit-checkpoint": {method: "AuditCheckpoint"}, "audit-key": {method: "AuditKey"},

	"live":    {without: "a probe of whoever runs the service"},
	"metrics": {without: "Prometheus asks for it"},
	"openapi": {without: "it describes the service; this client is checked against it"},
	"docs":    {without: "a page for people"},
	"mcp":     {without: "agents bring their own client"},

	"reconcile": {without: "OpenRefine brings its own client"}, "reconcile-post": {without: "as reconcile"}, "reconcile-preview": {without: "as reconcile"},
	"suggest-entity": {method: "Suggest", answer: client.SuggestAnswer{}}, "suggest-type": {without: "as reconcile"}, "suggest-property": {without: "as reconcile"}, "propose-properties": {without: "as reconcile"},
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
var curl = regexp.MustCompile(`(?s)^curl (?:-X \w+ )?(?:-H 'Accept: ([^']*)' )?(?:-H 'Content-Type: ([^']*)' -d '(.*)' )?'http://127.0.0.1:8080([^']*)'$`)

// TestEveryOperation compares the client with the document: each operation has
// a method, and the types read each JSON example with nothing left over.
func TestEveryOperation(t *testing.T) {
	var handler http.Handler
	c := serve(t, func(h http.Handler) http.Handler { handler = h; return h })
	var d document
	if err := json.Unmarshal(ask(t, handler, "get", "/openapi.json", nil), &d); err != nil {
		t.Fatal(err)
	}
	job := occupy(t, c)
	var last []func() // what would take away what the others ask for
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
				read := func() {
					readSample(t, handler, method, strings.ReplaceAll(sample.Source, "01J0000000", job), row.answer)
				}
				switch {
				case row.method == "":
				case op.OperationID == "watch-end", op.OperationID == "job-cancel":
					last = append(last, read)
				default:
					read()
				}
			}
		}
	}
	for _, read := range last {
		read()
	}
	for id := range methods {
		if !described[id] {
			t.Errorf("%s is in the table, but is no operation", id)
		}
	}
}

// occupy puts into a service what the examples ask for, and returns a job.
func occupy(t *testing.T, c *client.Client) (job string) {
	t.Helper()
	if _, err := c.Decide(t.Context(), client.NewDecision{Subject: "KR2280-X2", Action: graph.Block, Reasoning: "seen", Author: "a.lopez", Question: client.DecidedQuestion{Policy: "four-eyes"}}, client.Once{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Watch(t.Context(), client.NewWatch{Subject: "KR2280-X2", Endpoint: "https://erp.example/hook"}); err != nil {
		t.Fatal(err)
	}
	j, err := c.ScreenFile(t.Context(), strings.NewReader("product\nKR2280-X2\n"), client.FileForm{Format: "csv"}, client.Screening{At: at})
	if err == nil {
		j, err = c.AwaitJob(t.Context(), j.ID, nil)
	}
	if err != nil || j.State != client.JobDone {
		t.Fatalf("%+v %v", j, err)
	}
	return j.ID
}

// readSample asks a sample, and reads its JSON answer strictly.
func readSample(t *testing.T, h http.Handler, method, sample string, answer any) {
	t.Helper()
	m := curl.FindStringSubmatch(sample)
	if m == nil {
		t.Errorf("this is no sample: %s", sample)
		return
	}
	header := map[string]string{"Accept": m[1], "Content-Type": m[2], "Body": m[3]}
	data := ask(t, h, method, m[4], header)
	if answer == nil || m[1] != "" {
		return
	}
	into := reflect.New(reflect.TypeOf(answer)).Interface()
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	if err := strict.Decode(into); err != nil {
		t.Errorf("%s: %v", m[4], err)
	}
}

// ask sends a request; the value of Body is what it brings.
func ask(t *testing.T, h http.Handler, method, target string, header map[string]string) []byte {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), strings.ToUpper(method), target, strings.NewReader(header["Body"]))
	if header["Body"] == "" {
		r.Body = http.NoBody
	}
	for _, name := range []string{"Accept", "Content-Type"} {
		if header[name] != "" {
			r.Header.Set(name, header[name])
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code >= http.StatusMultipleChoices {
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
	claim, err := c.Claim(ctx, fixed.Claims[0], client.At{MinRevision: fixed.Revision})
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
