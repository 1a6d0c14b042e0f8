package api

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkConditional measures an answer as it is, packed, and not computed again.
func BenchmarkConditional(b *testing.B) {
	h, err := New(Options{Store: demoStore(b), Clock: noon, Log: slog.New(slog.DiscardHandler), Access: Access{Anonymous: Admin}})
	if err != nil {
		b.Fatal(err)
	}
	ask := func(header map[string]string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/v1/trace?subject=KR2280-X2&as_of=2024-04-15", nil)
		for k, v := range header {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	tag := ask(nil).Header().Get("ETag")
	for name, header := range map[string]map[string]string{"plain": nil, "gzip": {"Accept-Encoding": "gzip"}, "304": {ifNoneMatch: tag}} {
		b.Run(name, func(b *testing.B) {
			var size int64
			for b.Loop() {
				size, _ = io.Copy(io.Discard, ask(header).Body)
			}
			b.ReportMetric(float64(size), "bytes/answer")
		})
	}
}
