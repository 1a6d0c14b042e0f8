package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/screen"
	"debadge/graph/synth"
)

// The benchmarks compare the service with what it could be at best, in one
// process and one run: client and server share the cores. What counts are the
// ratios. DEBADGE_BENCH_PRODUCTS is the size of the graph, 10,000 if not set.

func wall() time.Time { return time.Now().UTC() } //nolint:forbidigo // benchmarks measure time

// benched is the synthetic graph, made once a process, and a service on it.
type benched struct {
	server   *server
	products []graph.ID
	live     *httptest.Server
	client   *http.Client
}

var (
	benchOnce sync.Once
	benchMade *benched
)

func bench(b *testing.B) *benched {
	b.Helper()
	benchOnce.Do(func() {
		store := index.NewMemory(wall)
		made := &benched{}
		err := synth.Generate(synth.Options{Products: extent.Size(b, extent.Products, 10_000), Seed: 1}, func(cs graph.ChangeSet) error {
			for _, e := range cs.Entities {
				if e.ID.Kind() == graph.Product {
					made.products = append(made.products, e.ID)
				}
			}
			_, err := store.Append(context.Background(), cs) //nolint:usetesting // outlives the benchmark that makes it
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		log := slog.New(slog.NewJSONHandler(io.Discard, nil)) //nolint:sloglint // what a line of the log costs is a part of what is measured
		h, err := New(Options{
			Store: store, Clock: wall, Log: log, RequestTimeout: time.Minute,
			Access: Access{Anonymous: Admin}, MaxLag: time.Hour, Recall: true,
		})
		if err != nil {
			b.Fatal(err)
		}
		made.server = h.(*server) //nolint:errcheck,forcetypeassert // what New returns
		benchMade = made
	})
	// Connections belong to the benchmark: goleak looks for what is left.
	benchMade.live = httptest.NewServer(benchMade.server)
	benchMade.client = clientOf(b)
	b.Cleanup(benchMade.live.Close)
	return benchMade
}

func clientOf(b *testing.B) *http.Client {
	b.Helper()
	t := &http.Transport{MaxIdleConnsPerHost: 64, DialContext: (&net.Dialer{}).DialContext, DisableCompression: true}
	b.Cleanup(t.CloseIdleConnections)
	return &http.Client{Transport: t}
}

const screenedLines = 10_000

// BenchmarkScreenOverHTTP compares a batch of identified lines over HTTP with the same
// batch in process.
func BenchmarkScreenOverHTTP(b *testing.B) {
	w := bench(b)
	random := rand.New(rand.NewPCG(1, 2))
	lines := make([]screen.Input, screenedLines)
	for i := range lines {
		lines[i].ID = string(w.products[random.IntN(len(w.products))])
	}
	body, err := json.Marshal(lines)
	if err != nil {
		b.Fatal(err)
	}
	opts, err := w.server.screening(b.Context(), &Screened{})
	if err != nil {
		b.Fatal(err)
	}
	var inside, outside time.Duration
	var size int64
	for b.Loop() {
		start := wall()
		if _, err := screen.Run(b.Context(), w.server.Store, &givenLines{lines: lines}, new(screen.NDJSON), io.Discard, opts); err != nil {
			b.Fatal(err)
		}
		inside += wall().Sub(start)
		start = wall()
		size = w.post(b, "/v1/screen", jsonType, body)
		outside += wall().Sub(start)
	}
	n := float64(b.N)
	b.ReportMetric(inside.Seconds()*1000/n, "ms/in-process")
	b.ReportMetric(outside.Seconds()*1000/n, "ms/http")
	b.ReportMetric(outside.Seconds()/inside.Seconds(), "times")
	b.ReportMetric(float64(size)/1e6, "MB")
}

func (w *benched) post(b *testing.B, path, media string, body []byte) int64 {
	b.Helper()
	r, err := w.client.Post(w.live.URL+path, media, bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	size, err := io.Copy(io.Discard, r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		b.Fatal(r.Status, err)
	}
	return size
}

// BenchmarkTraceBesideReadyMade compares the requests a second of a trace with those of a gin
// handler that writes the same bytes ready-made. Subjects are drawn at random,
// and "hot" from a hundred of them.
func BenchmarkTraceBesideReadyMade(b *testing.B) {
	for _, test := range []struct {
		name     string
		subjects int
	}{{"hot", 100}, {"any", 0}} {
		b.Run(test.name, func(b *testing.B) { benchTrace(b, test.subjects) })
	}
}

// window is how long each side is measured in turn.
const window = 500 * time.Millisecond

func benchTrace(b *testing.B, subjects int) {
	b.Helper()
	w := bench(b)
	random := rand.New(rand.NewPCG(3, 4))
	if subjects == 0 {
		subjects = 20_000
	}
	paths := make([]string, subjects)
	ready := make(map[string][]byte, subjects)
	for i := range paths {
		paths[i] = "/v1/trace?subject=" + url.QueryEscape(string(w.products[random.IntN(len(w.products))]))
	}
	for _, p := range paths {
		rec := httptest.NewRecorder()
		w.server.ServeHTTP(rec, httptest.NewRequestWithContext(b.Context(), http.MethodGet, p, nil))
		if rec.Code != http.StatusOK {
			b.Fatal(rec.Body)
		}
		ready[p] = rec.Body.Bytes()
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/v1/trace", func(c *gin.Context) {
		c.Data(http.StatusOK, jsonType, ready["/v1/trace?"+c.Request.URL.RawQuery])
	})
	plain := httptest.NewServer(engine)
	defer plain.Close()
	var traced, written int64
	var rounds int64
	for b.Loop() {
		written += w.load(b, plain.URL, paths)
		traced += w.load(b, w.live.URL, paths)
		rounds++
	}
	seconds := window.Seconds() * float64(rounds)
	b.ReportMetric(float64(traced)/seconds, "traces/s")
	b.ReportMetric(float64(written)/seconds, "ready-made/s")
	b.ReportMetric(float64(traced)/float64(written), "of-ready-made")
}

// load asks from several connections at once for a while, and returns how many
// answers came.
func (w *benched) load(b *testing.B, base string, paths []string) int64 {
	b.Helper()
	const connections = 8
	var answered atomic.Int64
	var under sync.WaitGroup
	end := wall().Add(window)
	for c := range connections {
		under.Go(func() {
			for i := c; wall().Before(end); i += connections {
				r, err := w.client.Get(base + paths[i%len(paths)])
				if err != nil {
					b.Error(err)
					return
				}
				if _, err := io.Copy(io.Discard, r.Body); err != nil || r.StatusCode != http.StatusOK {
					b.Error(fmt.Errorf("%s: %w", r.Status, err))
				}
				_ = r.Body.Close()
				answered.Add(1)
			}
		})
	}
	under.Wait()
	return answered.Load()
}
