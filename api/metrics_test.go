package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"debadge/graph"
	"debadge/jobs"
)

// TestMetrics checks what a scrape tells, and that it tells of nobody.
func TestMetrics(t *testing.T) {
	at := progress{revision: 1, seen: noon().Add(-3 * time.Second)}
	s := newService(t, func(o *Options) { o.Index = &at })
	for range 2 {
		s.get(t, "/v1/trace?subject=B1")
	}
	s.get(t, "/v1/trace?subject=nobody-knows")
	s.get(t, "/v1/entities/product:acme:a1")
	s.get(t, "/v1/secret-path")
	s.ask(t, request(t, "INVENTED", "/v1/lists", nil))
	w := s.get(t, "/metrics")
	body := w.Body.String()
	for _, line := range []string{
		`debadge_http_requests_total{method="GET",route="/v1/trace",status="200"} 3`,
		`debadge_http_requests_total{method="GET",route="/v1/entities/:id",status="200"} 1`,
		`debadge_http_requests_total{method="GET",route="none",status="404"} 1`,
		`debadge_http_requests_total{method="other",route="none",status="405"} 1`,
		`debadge_http_request_duration_seconds_count{method="GET",route="/v1/trace"} 3`,
		`debadge_findings_total{action="review",finding="listed"} 2`,
		`debadge_findings_total{action="review",finding="unknown"} 1`,
		`debadge_http_requests_in_flight 1`,
		`debadge_build_info{version="1.2.3"} 1`,
		`debadge_store_up 1`,
		`debadge_store_revision 1`,
		`debadge_index_revision 1`,
		`debadge_index_revisions_behind 0`,
		`debadge_index_lag_seconds 3`,
		`# TYPE go_goroutines gauge`,
	} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	for _, private := range []string{"acme:a1", "nobody-knows", "secret-path", "INVENTED"} {
		if strings.Contains(body, private) {
			t.Errorf("the metrics have %s", private)
		}
	}
}

// TestFindingsAreCounted checks that each finding of an answer that has many
// counts once, whichever way it was asked for.
func TestFindingsAreCounted(t *testing.T) {
	s := newService(t, func(o *Options) { withJobs(t, o, t.TempDir()) })
	s.runJobs(t)
	count := func(label string) (n int) {
		for line := range strings.Lines(s.get(t, "/metrics").Body.String()) {
			if rest, ok := strings.CutPrefix(line, "debadge_findings_total{"+label+"} "); ok {
				n, _ = strconv.Atoi(strings.TrimSpace(rest))
			}
		}
		return n
	}
	const block, unknown = `action="block",finding="listed"`, `action="review",finding="unknown"`
	lines := `[{"id": "product:acme:a1"}, {"product": "A1"}, {"product": "nobody knows"}]`
	s.send(t, "/v1/screen", jsonType, lines)
	if count(block) != 2 || count(unknown) != 1 {
		t.Errorf("lines at once: %d blocked, %d unknown", count(block), count(unknown))
	}
	s.send(t, "/v1/screen/stream", csvType, "product\nA1\nnobody knows\n")
	if count(block) != 3 || count(unknown) != 2 {
		t.Errorf("a stream: %d blocked, %d unknown", count(block), count(unknown))
	}
	s.awaitJob(t, made(t, s.send(t, "/v1/jobs/screen", csvType, "product\nA1\n")).ID, jobs.Done)
	if count(block) != 4 {
		t.Errorf("a file: %d blocked", count(block))
	}
	before, rows := count(block), 0
	for _, r := range decode[reachPage](t, s.get(t, "/v1/reach?origin=company:acme").Body.Bytes()).Rows {
		if r.Action == graph.Block {
			rows++
		}
	}
	s.ask(t, request(t, http.MethodGet, "/v1/reach?origin=company:acme", map[string]string{"Accept": ndjsonType}))
	if rows == 0 || count(block) != before+2*rows {
		t.Errorf("reach: %d blocked before, %d rows twice, %d after", before, rows, count(block))
	}
}

func TestMetricsWithoutStore(t *testing.T) {
	s := newService(t, func(o *Options) { o.Store = awayStore{graph.Unavailable("away", errors.New("reset"))} })
	body := s.get(t, "/metrics").Body.String()
	if !strings.Contains(body, "debadge_store_up 0\n") || strings.Contains(body, "debadge_store_revision ") {
		t.Errorf("%s", body)
	}
}

// TestSpans checks what a trace tells, and that it tells of nobody.
func TestSpans(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	store := worldStore(t)
	var failure error
	s := newService(t, func(o *Options) {
		o.Tracer = provider
		o.Store = viewStore{store, func(ctx context.Context, read func() error) error {
			_, span := provider.Tracer("store").Start(ctx, "view")
			defer span.End()
			if failure != nil {
				return failure
			}
			return read()
		}}
	})
	const parent = "4bf92f3577b34da6a3ce929d0e0e4736"
	header := map[string]string{"Traceparent": "00-" + parent + "-00f067aa0ba902b7-01", "User-Agent": "secret-agent"}
	s.ask(t, request(t, http.MethodGet, "/v1/trace?subject=B1", header))
	s.get(t, "/livez")
	failure = graph.Unavailable("away", nil)
	s.ask(t, request(t, http.MethodGet, "/v1/lists", header))
	spans := exporter.GetSpans()
	var names []string
	for _, span := range spans {
		names = append(names, span.Name)
		if span.SpanContext.TraceID().String() != parent {
			t.Errorf("%s is in the trace %s", span.Name, span.SpanContext.TraceID())
		}
		for _, a := range span.Attributes {
			if text := a.Value.String(); strings.Contains(text, "B1") || strings.Contains(text, "secret-agent") || strings.Contains(text, "192.0.2.1") {
				t.Errorf("%s: %s", a.Key, text)
			}
		}
	}
	for _, want := range []string{"GET /v1/trace", "GET /v1/lists", "view"} {
		if !strings.Contains(strings.Join(names, ","), want) {
			t.Errorf("no span %s among %v", want, names)
		}
	}
	last := spans[len(spans)-1]
	if last.Status.Code != codes.Error || !slices.Contains(last.Attributes, attribute.Int("http.response.status_code", 503)) {
		t.Errorf("%+v", last)
	}
}
