package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"debadge/graph"
)

// storePaths are the paths whose answer needs the store.
var storePaths = []string{
	"/v1/trace?subject=B1", "/v1/timeline?subject=B1", "/v1/reach?origin=company:acme",
	"/v1/entities/company:acme", "/v1/lists", "/v1/lists/us-list", "/readyz",
}

// TestStoreFails checks that no failure of the store is an answer.
func TestStoreFails(t *testing.T) {
	secret := errors.New("dial bolt://user:secret@db: refused")
	for _, test := range []struct {
		name   string
		err    error
		status int
		slug   string
	}{
		{"away", graph.Unavailable("the store cannot be reached", secret), 503, "unavailable"},
		{"internal", graph.Errorf(graph.KindInternal, "reading: %w", secret), 500, "internal"},
		{"unknown error", secret, 500, "internal"},
		{"its own time limit", fmt.Errorf("query: %w", context.DeadlineExceeded), 503, "unavailable"},
	} {
		s := newService(t, func(o *Options) { o.Store = awayStore{test.err} })
		for _, target := range storePaths {
			for _, accept := range []string{jsonType, ndjsonType} {
				w := s.ask(t, request(t, http.MethodGet, target, map[string]string{"Accept": accept}))
				status, slug := test.status, test.slug
				if target == "/readyz" {
					status, slug = 503, "unavailable"
				}
				p := decode[problem](t, w.Body.Bytes())
				if w.Code != status || p.Type != "/docs#problem-"+slug || strings.Contains(w.Body.String(), "secret") {
					t.Errorf("%s, %s: %d %s", test.name, target, w.Code, w.Body)
				}
				if (w.Header().Get("Retry-After") != "") != (status == 503) {
					t.Errorf("%s, %s: Retry-After %q", test.name, target, w.Header().Get("Retry-After"))
				}
				if target == "/readyz" && !strings.Contains(p.Detail, "(memory)") {
					t.Errorf("the store is not named: %s", p.Detail)
				}
			}
		}
		if strings.Contains(s.log.text(), "secret") != errors.Is(test.err, secret) {
			t.Errorf("%s: the log has %s", test.name, s.log.text())
		}
		if w := s.get(t, "/livez"); w.Code != http.StatusOK {
			t.Errorf("%s: /livez is %d", test.name, w.Code)
		}
	}
}

func TestClosedStore(t *testing.T) {
	store := worldStore(t)
	s := newService(t, func(o *Options) { o.Store = store })
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, target := range storePaths {
		if w := s.get(t, target); w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

func TestKinds(t *testing.T) {
	for kind, want := range map[graph.ErrorKind]int{
		graph.KindInternal: 500, graph.KindInvalid: 422, graph.KindNotFound: 404, graph.KindConflict: 409,
		graph.KindAmbiguous: 409, graph.KindUnavailable: 503, graph.ErrorKind(99): 500,
	} {
		p := problemOf(t.Context(), fmt.Errorf("wrapped: %w", graph.Errorf(kind, "what is wrong")))
		if p.Status != want || want != 500 && p.Detail != "what is wrong" {
			t.Errorf("%s: %+v", kind, p)
		}
	}
}

func TestTimeLimit(t *testing.T) {
	store := worldStore(t)
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, func(o *Options) {
			o.Store = viewStore{store, func(ctx context.Context, _ func() error) error {
				<-ctx.Done()
				return graph.Unavailable("the call was cut short", ctx.Err())
			}}
		})
		late := time.After(6*defaultRequestTimeout + time.Second)
		for _, target := range storePaths[:6] {
			w := s.get(t, target)
			if w.Code != http.StatusGatewayTimeout || w.Header().Get("Retry-After") == "" {
				t.Errorf("%s: %d %s", target, w.Code, w.Body)
			}
		}
		select {
		case <-late:
			t.Error("answers took longer than their limit")
		default:
		}
	})
}

func TestClientLeaves(t *testing.T) {
	store := worldStore(t)
	s := newService(t, func(o *Options) { o.Store = store })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, target := range storePaths[:6] {
		s.ServeHTTP(httptest.NewRecorder(), request(t, http.MethodGet, target, nil).WithContext(ctx))
	}
	for line := range strings.Lines(s.log.text()) {
		got := decode[map[string]any](t, []byte(line))
		if got["level"] != "INFO" || got["status"] != float64(statusClientGone) {
			t.Errorf("%s", line)
		}
	}
}

func TestPanic(t *testing.T) {
	store := worldStore(t)
	s := newService(t, func(o *Options) {
		o.Store = viewStore{store, func(context.Context, func() error) error { panic("a secret fault") }}
	})
	r := request(t, http.MethodGet, "/v1/trace?subject=B1", map[string]string{requestIDHeader: "mine-1"})
	w := s.ask(t, r)
	p := decode[problem](t, w.Body.Bytes())
	if w.Code != http.StatusInternalServerError || p.RequestID != "mine-1" || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	line := decode[map[string]any](t, []byte(s.log.text()))
	if line["request_id"] != "mine-1" || line["level"] != "ERROR" || line["error"] != "panic: a secret fault" || line["stack"] == nil {
		t.Errorf("%v", line)
	}
}

func TestRequestIDs(t *testing.T) {
	s := newService(t, nil)
	for _, given := range []string{"", "abc-1.2_3", strings.Repeat("a", 64), strings.Repeat("a", 65), "a b", "a\"b", "-a", "é", `x","level":"ERROR`} {
		w := s.ask(t, request(t, http.MethodGet, "/v1/trace?subject=Twin", map[string]string{requestIDHeader: given}))
		id := w.Header().Get(requestIDHeader)
		if kept := id == given; kept != requestIDForm.MatchString(given) {
			t.Errorf("%q became %q", given, id)
		}
		if p := decode[problem](t, w.Body.Bytes()); p.RequestID != id {
			t.Errorf("problem %q, header %q", p.RequestID, id)
		}
		lines := strings.Split(strings.TrimSpace(s.log.text()), "\n")
		last := decode[map[string]any](t, []byte(lines[len(lines)-1]))
		if last["request_id"] != id || last["route"] != "/v1/trace" || last["status"] != float64(409) || strings.Contains(lines[len(lines)-1], "Twin") {
			t.Errorf("log: %v", last)
		}
	}
}

// TestOwnProblems checks what becomes of the problems that huma finds in a
// body, on an operation that is there for this test alone.
func TestOwnProblems(t *testing.T) {
	s := newService(t, nil)
	type input struct {
		Body struct {
			Name  string `json:"name"  maxLength:"5"`
			Count int    `json:"count"`
		}
	}
	huma.Register(s.server.huma, huma.Operation{Method: http.MethodPost, Path: "/test", OperationID: "test", MaxBodyBytes: 1000},
		func(context.Context, *input) (*reply, error) { return &reply{Body: func(huma.Context) {}}, nil })
	s.server.rules[rule{http.MethodPost, "/test"}] = mayWrite
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	for _, test := range []struct {
		contentType, body string
		status            int
	}{
		{jsonType, `{"name":"a","count":1}`, 200},
		{jsonType, ``, 400},
		{jsonType, `{"name":`, 400},
		{jsonType, `{"name":"secret-too-long","count":1}`, 422},
		{jsonType, `{"name":"a","count":1,"unknown":{"secret":1}}`, 422},
		{jsonType, `{"name":"a","count":"secret"}`, 422},
		{jsonType, `{"name":"` + strings.Repeat("secret", 1000) + `"}`, 413},
		{jsonType, deep, 413},
		{"text/csv", `secret`, 415},
		{"application/x-www-form-urlencoded", `secret=1`, 415},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/test", strings.NewReader(test.body))
		r.Header.Set("Content-Type", test.contentType)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != test.status || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%.60s: %d %s", test.body, w.Code, w.Body)
		}
		if w.Code == http.StatusOK {
			continue
		}
		if p := decode[problem](t, w.Body.Bytes()); p.Status != test.status || p.RequestID == "" || w.Header().Get("Content-Type") != problemType {
			t.Errorf("%.60s: %s %s", test.body, w.Header(), w.Body)
		}
	}
}

// TestStream checks the lines of a stream, and that one that was cut short
// cannot be taken for a whole one.
func TestStream(t *testing.T) {
	store := worldStore(t)
	s := newService(t, func(o *Options) { o.Store = store })
	accept := map[string]string{"Accept": "application/json;q=0.5, application/x-ndjson"}
	for _, limit := range []int{0, 1, 3} {
		target := "/v1/reach?origin=us-list"
		if limit > 0 {
			target += "&limit=" + strconv.Itoa(limit)
		}
		pageAnswer := decode[reachPage](t, s.get(t, target).Body.Bytes())
		w := s.ask(t, request(t, http.MethodGet, target, accept))
		if w.Header().Get("Content-Type") != ndjsonType || w.Header().Get("Vary") != "Accept" {
			t.Fatalf("%s", w.Header())
		}
		var rows []graph.ReachRow
		var head *graph.ReachAnswer
		for line := range bytes.Lines(w.Body.Bytes()) {
			l := decode[reachLine](t, line)
			if head != nil || l.Problem != nil {
				t.Fatalf("a line after the head: %s", line)
			}
			if head = l.Head; head == nil {
				rows = append(rows, *l.Row)
			}
		}
		streamed, err := json.Marshal(reachPage{ReachAnswer: *head, Rows: rows})
		if err != nil {
			t.Fatal(err)
		}
		paged, err := json.Marshal(pageAnswer)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(streamed, paged) {
			t.Errorf("stream %s\npage %s", streamed, paged)
		}
	}
}

func TestStreamCutShort(t *testing.T) {
	store := worldStore(t)
	views := 0
	s := newService(t, func(o *Options) {
		o.Store = viewStore{store, func(_ context.Context, read func() error) error {
			if views++; views > 3 {
				return graph.Unavailable("the store went away", errors.New("reset"))
			}
			return read()
		}}
	})
	// Rows are written down in pages of a view each: enough of them that the
	// store goes away between two.
	var cs graph.ChangeSet
	for i := range 2500 {
		id := graph.ID("product:acme:m" + strconv.Itoa(i))
		cs.Entities = append(cs.Entities, graph.Entity{ID: id, Name: "M" + strconv.Itoa(i)})
		cs.Claims = append(cs.Claims, graph.Claim{
			Relation: graph.Makes, From: "company:acme", To: id, Status: graph.Confirmed,
			Citations: []graph.Citation{{Source: "source:notice", Stance: graph.Supports}},
		})
	}
	if _, err := store.Append(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/v1/reach?origin=company:acme", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", ndjsonType)
	resp, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err == nil {
		t.Error("the end of the body looks like that of a whole one")
	}
	lines := bytes.Split(bytes.TrimSpace(body.Bytes()), []byte("\n"))
	last := decode[reachLine](t, lines[len(lines)-1])
	if len(lines) < 1000 || last.Problem == nil || last.Problem.Status != 503 || last.Problem.RequestID == "" {
		t.Errorf("%d lines, the last one %s", len(lines), lines[len(lines)-1])
	}
}
