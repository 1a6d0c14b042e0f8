package api

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"debadge/graph"
	"debadge/jobs"
)

// fakeImporter notes what it is asked to bring in: real formats are tried where
// they are wired.
type fakeImporter struct {
	mu     sync.Mutex
	orders []any
}

func (f *fakeImporter) Formats() []ImportFormat {
	return []ImportFormat{{"bundle", "its own"}, {"csl", "a list"}}
}
func (f *fakeImporter) Registers() []string { return []string{"us-csl"} }

func (f *fakeImporter) note(o any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.orders = append(f.orders, o)
}

func (f *fakeImporter) Import(_ context.Context, o ImportOrder, progress func(done, total int64)) (any, error) {
	data, err := os.ReadFile(o.Path)
	if err != nil {
		return nil, err
	}
	o.Path = ""
	f.note(o)
	progress(int64(len(data)), int64(len(data)))
	if strings.Contains(string(data), "broken") {
		return nil, graph.Errorf(graph.KindInvalid, "line 1 is broken")
	}
	return map[string]int{"read": len(data)}, nil
}

func (f *fakeImporter) Refresh(_ context.Context, o RefreshOrder) (any, error) {
	f.note(o)
	return map[string]bool{"unchanged": true}, nil
}

// withJobs runs jobs beside a service; the queue is stopped with the test.
func withJobs(t *testing.T, o *Options, dir string) *fakeImporter {
	t.Helper()
	wall := func() time.Time { return time.Now().UTC() } //nolint:forbidigo // jobs are kept as long as a machine says
	q, err := jobs.Open(jobs.Options{Dir: dir, Clock: wall, MaxSize: 1 << 20, Retry: time.Millisecond, Failed: func(j jobs.Job, err error) {
		if graph.KindOf(err) == graph.KindInternal {
			t.Errorf("%s: %v", j.Kind, err)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	importer := &fakeImporter{}
	o.Jobs, o.Importer = q, importer
	return importer
}

// runJobs begins to do them.
func (s *service) runJobs(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var under sync.WaitGroup
	under.Go(func() { s.server.Jobs.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		under.Wait()
		if err := s.server.Jobs.Close(); err != nil {
			t.Error(err)
		}
	})
}

// made returns a job that was just made.
func made(t *testing.T, w *httptest.ResponseRecorder) jobAnswer {
	t.Helper()
	if w.Code != http.StatusAccepted {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	j := decode[jobAnswer](t, w.Body.Bytes())
	if w.Header().Get("Location") != "/v1/jobs/"+j.ID || j.Created.IsZero() {
		t.Fatalf("%s %+v", w.Header(), j)
	}
	return j
}

func (s *service) awaitJob(t *testing.T, id string, state jobs.State) jobAnswer {
	t.Helper()
	var j jobAnswer
	for range 1000 {
		w := s.get(t, "/v1/jobs/"+id)
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if j = decode[jobAnswer](t, w.Body.Bytes()); j.State == state {
			return j
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%+v", j)
	return j
}

// withoutWorkbook asks for a workbook of a screening that kept none: what comes is
// no other form in its place.
func (s *service) withoutWorkbook(t *testing.T, dir string, j *jobAnswer) {
	t.Helper()
	if !slices.Contains(j.Types, xlsxType) || len(j.Types) != len(jobResults) {
		t.Errorf("the forms of the result are %q", j.Types)
	}
	if err := os.Remove(filepath.Join(dir, j.ID, "result.xlsx")); err != nil {
		t.Fatal(err)
	}
	w := s.ask(t, request(t, http.MethodGet, j.Result, map[string]string{"Accept": xlsxType}))
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "an earlier version") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if now := decode[jobAnswer](t, s.get(t, "/v1/jobs/"+j.ID).Body.Bytes()); slices.Contains(now.Types, xlsxType) || len(now.Types) != len(jobResults)-1 {
		t.Errorf("the forms of the result are %q", now.Types)
	}
}

// TestScreenJob goes the whole way, in every form of the result.
func TestScreenJob(t *testing.T) {
	dir := t.TempDir()
	s := newService(t, func(o *Options) { withJobs(t, o, dir) })
	s.runJobs(t)
	j := s.awaitJob(t, made(t, s.send(t, "/v1/jobs/screen?as_of=2026-01-01&explain=true&map=product=Typ", csvType, "Nr,Typ\n7,A1\n8,G1\n9,nobody's\n")).ID, jobs.Done)
	if j.Result != "/v1/jobs/"+j.ID+"/result" || j.Progress.Items != 3 || !strings.Contains(string(j.Summary), `"lines": 3`) || j.Ended == nil {
		t.Errorf("%+v %s", j, j.Summary)
	}
	for accept, check := range map[string]func(body string) bool{
		"": func(body string) bool {
			a := decode[screenAnswer](t, []byte(body))
			return rowWords(a.Rows) == "1 block listed, 2 pass clear, 3 review unknown" && a.AsOf.String() == "2026-01-01" && strings.Contains(body, `"paths"`)
		},
		ndjsonType: func(body string) bool {
			rows, head := readStream(t, strings.NewReader(body))
			return len(rows) == 3 && head != nil && head.Finished
		},
		csvType: func(body string) bool {
			cells, err := csv.NewReader(strings.NewReader(body)).ReadAll()
			return err == nil && len(cells) == 4 && cells[1][0] == "7" && cells[1][4] == "block"
		},
		xlsxType: func(body string) bool { return strings.HasPrefix(body, "PK") },
		htmlType + ",*/*;q=0.1": func(body string) bool {
			return strings.HasPrefix(body, "<!DOCTYPE html>") || strings.HasPrefix(body, "<!doctype html>")
		},
	} {
		w := s.ask(t, request(t, http.MethodGet, j.Result, map[string]string{"Accept": accept}))
		if w.Code != http.StatusOK || !check(w.Body.String()) {
			t.Errorf("%q: %d %s %.300s", accept, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
	s.withoutWorkbook(t, dir, &j)
	all := decode[jobsAnswer](t, s.get(t, "/v1/jobs").Body.Bytes())
	if len(all.Jobs) != 1 || all.Jobs[0].ID != j.ID {
		t.Errorf("%+v", all)
	}
	if w := s.ask(t, request(t, http.MethodDelete, "/v1/jobs/"+j.ID, nil)); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, path := range []string{"", "/result"} {
		if w := s.get(t, "/v1/jobs/"+j.ID+path); w.Code != http.StatusNotFound {
			t.Errorf("a removed job: %d %s", w.Code, w.Body)
		}
	}
}

// TestJobsThatFail says why.
func TestJobsThatFail(t *testing.T) {
	s := newService(t, func(o *Options) { withJobs(t, o, t.TempDir()) })
	s.runJobs(t)
	for _, test := range []struct{ target, body, problem string }{
		{"/v1/jobs/screen", "Farbe\nrot\n", "no column"},
		{"/v1/jobs/screen", "<html>", "no CycloneDX"},
		{"/v1/jobs/screen?file_format=xlsx", "a,b\n", "no spreadsheet"},
		{"/v1/jobs/import?format=csl", "broken", "line 1 is broken"},
	} {
		j := s.awaitJob(t, made(t, s.send(t, test.target, "application/octet-stream", test.body)).ID, jobs.Failed)
		if !strings.Contains(j.Problem, test.problem) || strings.Contains(j.Problem, os.TempDir()) {
			t.Errorf("%s: %s", test.target, j.Problem)
		}
		w := s.get(t, "/v1/jobs/"+j.ID+"/result")
		if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), test.problem) {
			t.Errorf("%s: %d %s", test.target, w.Code, w.Body)
		}
	}
}

// TestJobsRefuse what can be seen to be wrong at once.
func TestJobsRefuse(t *testing.T) {
	s := newService(t, func(o *Options) { withJobs(t, o, t.TempDir()) })
	s.runJobs(t)
	big := strings.Repeat("x", 1<<20+1)
	for _, test := range []struct {
		target, media, body string
		status              int
		has                 string
	}{
		{"/v1/jobs/screen", "image/png", "x", 415, "text/csv"},
		{"/v1/jobs/screen", csvType + "; charset=latin1", "x", 415, "UTF-8"},
		{"/v1/jobs/screen", csvType, big, 413, "1048576"},
		{"/v1/jobs/screen?policy=lax", csvType, "x", 422, "query.policy"},
		{"/v1/jobs/screen?list=nowhere", csvType, "x", 404, "nowhere"},
		{"/v1/jobs/screen?known_at=7", csvType, "x", 404, ""},
		{"/v1/jobs/screen?map=x", csvType, "x", 422, "query.map"},
		{"/v1/jobs/screen?file_format=spdx", csvType, "x", 422, "query.file_format"},
		{"/v1/jobs/screen?charset=ebcdic", csvType, "x", 422, "query.charset"},
		{"/v1/jobs/import", csvType, "x", 422, "query.format"},
		{"/v1/jobs/import?format=pdf", csvType, "x", 422, "bundle, csl"},
		{"/v1/jobs/import?format=csl&edition=2030-01-01", csvType, "x", 422, "future"},
		{"/v1/jobs/import?format=csl", "image/png", "x", 415, ""},
	} {
		w := s.send(t, test.target, test.media, test.body)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.has) {
			t.Errorf("%s: %d %s", test.target, w.Code, w.Body)
		}
	}
	r := request(t, http.MethodPost, "/v1/jobs/refresh?register=nowhere", nil)
	if w := s.ask(t, r); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "us-csl") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	chunked := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/jobs/screen", struct{ *strings.Reader }{strings.NewReader(big)})
	chunked.Header.Set("Content-Type", csvType)
	chunked.ContentLength = -1
	if w := s.ask(t, chunked); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("of unknown length: %d %s", w.Code, w.Body)
	}
	broken := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/jobs/screen", errorReader{})
	broken.Header.Set("Content-Type", csvType)
	if w := s.ask(t, broken); w.Code != http.StatusServiceUnavailable {
		t.Errorf("cut off: %d %s", w.Code, w.Body)
	}
	if all := decode[jobsAnswer](t, s.get(t, "/v1/jobs").Body.Bytes()); len(all.Jobs) != 0 {
		t.Errorf("refused, and kept: %+v", all)
	}
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, errors.New("the line is dead") }

// TestImportJobs hands on what was asked.
func TestImportJobs(t *testing.T) {
	var importer *fakeImporter
	s := newService(t, func(o *Options) {
		importer = withJobs(t, o, t.TempDir())
		o.Access = Access{Keys: everyKey()}
	})
	s.runJobs(t)
	do := func(method, target, body, role string) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
		if body != "" {
			r.Header.Set("Content-Type", csvType)
		}
		r.Header.Set("Authorization", "Bearer dbk_"+role)
		return s.ask(t, r)
	}
	if w := do("POST", "/v1/jobs/import?format=csl", "x", "screener"); w.Code != http.StatusForbidden {
		t.Errorf("a screener imports: %d", w.Code)
	}
	var ids []string
	for _, target := range []string{"/v1/jobs/import?format=csl&edition=2026-05-01&strict=true&accept_shrink=true&no_link=true&charset=latin-1", "/v1/jobs/refresh?register=us-csl&dry_run=true"} {
		body := ""
		if strings.Contains(target, "import") {
			body = "some"
		}
		w := do("POST", target, body, "analyst")
		id := made(t, w).ID
		ids = append(ids, id)
		for range 1000 {
			if w = do("GET", "/v1/jobs/"+id+"/result", "", "analyst"); w.Code == http.StatusOK {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		if !json.Valid(w.Body.Bytes()) || w.Code != http.StatusOK {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	want := []any{
		ImportOrder{Format: "csl", Edition: date(t, "2026-05-01"), Charset: "latin-1", Author: "key:the analyst", Strict: true, AcceptShrink: true, NoLink: true},
		RefreshOrder{Register: "us-csl", Author: "key:the analyst", DryRun: true},
	}
	importer.mu.Lock()
	defer importer.mu.Unlock()
	if len(importer.orders) != 2 || importer.orders[0] != want[0] || importer.orders[1] != want[1] {
		t.Errorf("%+v", importer.orders)
	}
	for _, role := range []string{"screener", "admin"} { // a job is its caller's alone
		for _, method := range []string{"GET", "DELETE"} {
			if w := do(method, "/v1/jobs/"+ids[0], "", role); w.Code != http.StatusNotFound {
				t.Errorf("%s %s: %d", role, method, w.Code)
			}
		}
	}
}

// TestJobsSurviveARestart answers with a service what another one was asked.
func TestJobsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	first := newService(t, func(o *Options) { withJobs(t, o, dir) })
	id := made(t, first.send(t, "/v1/jobs/screen", csvType, "model\nA1\n")).ID
	if err := first.server.Jobs.Close(); err != nil {
		t.Fatal(err)
	}
	second := newService(t, func(o *Options) { withJobs(t, o, dir) })
	second.runJobs(t)
	second.awaitJob(t, id, jobs.Done)
	if w := second.get(t, "/v1/jobs/"+id+"/result"); rowWords(decode[screenAnswer](t, w.Body.Bytes()).Rows) != "1 block listed" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestCancelAJob while it waits: nothing runs here.
func TestCancelAJob(t *testing.T) {
	s := newService(t, func(o *Options) { withJobs(t, o, t.TempDir()) })
	defer s.server.Jobs.Close()
	id := made(t, s.send(t, "/v1/jobs/screen", csvType, "model\nA1\n")).ID
	if w := s.get(t, "/v1/jobs/"+id+"/result"); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "waiting") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := s.ask(t, request(t, http.MethodDelete, "/v1/jobs/"+id, nil)); w.Code != http.StatusNoContent {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	s.awaitJob(t, id, jobs.Canceled)
	if w := s.get(t, "/v1/jobs/"+id+"/result"); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "canceled") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestWithoutJobs says that there are none.
func TestWithoutJobs(t *testing.T) {
	s := newService(t, nil)
	for _, w := range []*httptest.ResponseRecorder{
		s.get(t, "/v1/jobs"), s.get(t, "/v1/jobs/x"), s.get(t, "/v1/jobs/x/result"), s.send(t, "/v1/jobs/screen", csvType, "model\nA1\n"),
		s.send(t, "/v1/jobs/import?format=csl", csvType, "x"),
		s.ask(t, request(t, http.MethodDelete, "/v1/jobs/x", nil)), s.ask(t, request(t, http.MethodPost, "/v1/jobs/refresh?register=x", nil)),
	} {
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}
