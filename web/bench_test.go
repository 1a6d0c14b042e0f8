package web_test

import (
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"debadge/api"
	"debadge/extent"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/synth"
	"debadge/web"
)

func wall() time.Time { return time.Now().UTC() } //nolint:forbidigo // benchmarks measure time

// BenchmarkSubjectPage loads the page about a product, each time another one, and
// the parts of it that a slider exchanges; DEBADGE_BENCH_PRODUCTS is the size of
// the graph, 10,000 if not set.
func BenchmarkSubjectPage(b *testing.B) {
	store := index.NewMemory(wall)
	b.Cleanup(func() { _ = store.Close() })
	var products []graph.ID
	err := synth.Generate(synth.Options{Products: extent.Size(b, extent.Products, 10_000), Seed: 1}, func(cs graph.ChangeSet) error {
		for _, e := range cs.Entities {
			if e.ID.Kind() == graph.Product {
				products = append(products, e.ID)
			}
		}
		_, err := store.Append(b.Context(), cs)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(io.Discard, nil)) //nolint:sloglint // what a line of the log costs is a part of what is measured
	var handler http.Handler
	pages, err := web.New(web.Options{
		API: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }), Clock: wall, Log: log, Version: "1.2.3",
	})
	if err != nil {
		b.Fatal(err)
	}
	if handler, err = api.New(api.Options{Store: store, Clock: wall, Log: log, Access: api.Access{Anonymous: api.Admin}, Recall: true, Pages: pages}); err != nil {
		b.Fatal(err)
	}
	srv := httptest.NewServer(handler)
	b.Cleanup(srv.Close)
	s := &service{Server: srv}
	for name, header := range map[string]map[string]string{"whole": nil, "parts": {"Debadge-Part": "verdict answer"}} {
		b.Run(name, func(b *testing.B) {
			random := rand.New(rand.NewPCG(1, 2))
			var took []time.Duration
			for b.Loop() {
				id := products[random.IntN(len(products))]
				began := wall()
				if answer, body := s.get(b, "/entities/"+string(id), header); answer.StatusCode != http.StatusOK {
					b.Fatalf("%s: %d %s", id, answer.StatusCode, body)
				}
				took = append(took, wall().Sub(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2])/1e6, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100])/1e6, "p99-ms")
		})
	}
}
