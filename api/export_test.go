package api

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"debadge/graph/export"
	"debadge/graph/index"
)

func TestExports(t *testing.T) {
	store := worldStore(t)
	s := newService(t, func(o *Options) { o.Store = store })
	for format, f := range exportings {
		var want bytes.Buffer
		if err := f.write(t.Context(), store, &want, export.Options{}); err != nil {
			t.Fatal(err)
		}
		w := s.get(t, "/v1/export/"+format)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != f.contentType || !bytes.Equal(w.Body.Bytes(), want.Bytes()) || w.Header().Get("ETag") == "" {
			t.Errorf("%s: %d %s\n%.500s", format, w.Code, w.Header(), w.Body)
		}
	}
	part := s.get(t, "/v1/export/graphml?entity=product:beta:b1&as_of=2024-01-01&policy=default")
	if part.Code != http.StatusOK || !strings.Contains(part.Body.String(), "product:acme:a1") || strings.Contains(part.Body.String(), "product:gamma:g1") {
		t.Errorf("%d %s", part.Code, part.Body)
	}
	for target, status := range map[string]int{
		"/v1/export/csv": 422, "/v1/export/gexf?upstream=true": 422, "/v1/export/gexf?entity=company:nobody": 404, "/v1/export/ndjson?known_at=9": 404,
		"/v1/export/ftm?policy=lax": 422,
	} {
		if w := s.get(t, target); w.Code != status {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

// TestExportedLogMakesTheSameStore takes the log over HTTP into another store.
func TestExportedLogMakesTheSameStore(t *testing.T) {
	s := newService(t, nil)
	s.post(t, "/v1/changes", addition, nil)
	log := s.get(t, "/v1/export/ndjson").Body.Bytes()
	other := index.NewMemory(noon)
	t.Cleanup(func() { _ = other.Close() })
	_, err := export.Restore(t.Context(), other, "log", bytes.NewReader(log), func(export.Restored) {})
	if err != nil {
		t.Fatal(err)
	}
	copied := newService(t, func(o *Options) { o.Store = other })
	if again := copied.get(t, "/v1/export/ndjson").Body.Bytes(); !bytes.Equal(again, log) {
		t.Error("the log of the copy is another one")
	}
}
