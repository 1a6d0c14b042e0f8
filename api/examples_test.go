package api

import (
	"bytes"
	"cmp"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"debadge/fixtures"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/ingest/bundle"
)

// demoStore holds the public cases that ship with debadge.
func demoStore(tb testing.TB) graph.Store {
	tb.Helper()
	store := index.NewMemory(noon)
	tb.Cleanup(func() { _ = store.Close() })
	for _, f := range fixtures.Files() {
		if _, err := bundle.Import(tb.Context(), store, f.Name, bytes.NewReader(f.Data), nil); err != nil {
			tb.Fatal(err)
		}
	}
	return store
}

// TestExamples asks every example of the document of the public cases.
func TestExamples(t *testing.T) {
	s, _ := remembering(t, func(o *Options) { o.Store = demoStore(t) })
	asked := map[string]bool{}
	for _, op := range s.server.routes {
		asked[op.OperationID] = true
		if len(examples[op.OperationID]) == 0 {
			t.Errorf("%s %s has no example in the table", op.Method, op.Path)
		}
		for _, e := range examples[op.OperationID] {
			r := httptest.NewRequestWithContext(t.Context(), op.Method, e.Target, strings.NewReader(e.Body))
			if e.Body == "" {
				r = request(t, op.Method, e.Target, nil)
			}
			r.Host = "127.0.0.1"
			r.Header.Set("Content-Type", cmp.Or(e.Type, jsonType))
			if e.Accept != "" {
				r.Header.Set("Accept", e.Accept)
			}
			w := s.ask(t, r)
			if (w.Code < http.StatusBadRequest) == e.Absent || !strings.Contains(w.Body.String(), e.Has) {
				t.Errorf("%s: %d, lacks %s\n%.1000s", e.Target, w.Code, e.Has, w.Body)
			}
			if !strings.Contains(string(s.server.document), strings.Split(e.Target, "&")[0]) {
				t.Errorf("%s is not in the document", e.Target)
			}
		}
	}
	for id := range examples {
		if !asked[id] {
			t.Errorf("%s has an example, but is no operation", id)
		}
	}
}
