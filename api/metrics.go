package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"debadge/graph"
)

// metricsType is the text format of Prometheus.
const metricsType = "text/plain"

// metrics count what the service does. Their labels are of small, fixed sets: a
// subject, a name or an address is in none of them.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	findings *prometheus.CounterVec
	flying   prometheus.Gauge
}

func newMetrics(s *server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "debadge_http_requests_total", Help: "Requests that were answered, by route and status.",
		}, []string{"method", "route", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "debadge_http_request_duration_seconds", Help: "How long answers took, by route.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"method", "route"}),
		findings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "debadge_findings_total", Help: "Findings that were answered, of traces, screened lines, products of a reach and decisions, by what the policy makes of them.",
		}, []string{"finding", "action"}),
		flying: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "debadge_http_requests_in_flight", Help: "Requests that are being answered.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "debadge_build_info", Help: "Is 1; the labels say what the service was built from.", ConstLabels: prometheus.Labels{"version": s.Version},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.took, m.findings, m.flying, build, stateCollector{s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// found counts a finding that was answered.
func (m *metrics) found(f graph.Finding, a graph.Action) {
	m.findings.WithLabelValues(string(f), a.String()).Inc()
}

// answered counts a request.
func (m *metrics) answered(c *gin.Context, r *record, took time.Duration) {
	method, route := methodLabel(c.Request.Method), cmp.Or(c.FullPath(), r.page, "none")
	m.requests.WithLabelValues(method, route, strconv.Itoa(r.status(c))).Inc()
	m.took.WithLabelValues(method, route).Observe(took.Seconds())
}

// methodLabel keeps what anybody can invent out of a label.
func methodLabel(method string) string {
	known := []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}
	if slices.Contains(known, method) {
		return method
	}
	return "other"
}

// stateCollector asks the store and the index how they are at each scrape.
type stateCollector struct{ s *server }

// scrapePatience is how long the store may take to say how it is.
const scrapePatience = 2 * time.Second

var (
	storeUp       = prometheus.NewDesc("debadge_store_up", "Whether the store answers.", nil, nil)
	storeRevision = prometheus.NewDesc("debadge_store_revision", "The newest revision of the store.", nil, nil)
	storeClaims   = prometheus.NewDesc("debadge_store_claims", "Claims in the store, retracted ones not counted.", nil, nil)
	indexRevision = prometheus.NewDesc("debadge_index_revision", "The newest revision of the index.", nil, nil)
	indexBehind   = prometheus.NewDesc("debadge_index_revisions_behind", "Revisions of the store that the index lacks.", nil, nil)
	indexLag      = prometheus.NewDesc("debadge_index_lag_seconds", "For how long the index has not seen everything that the store has.", nil, nil)
)

// Describe names the states.
func (c stateCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{storeUp, storeRevision, storeClaims, indexRevision, indexBehind, indexLag} {
		to <- d
	}
}

// Collect leaves out what is not known.
func (c stateCollector) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64) { to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	ctx, cancel := context.WithTimeout(context.Background(), scrapePatience)
	defer cancel()
	status, err := c.s.Store.Status(ctx)
	if err != nil {
		gauge(storeUp, 0)
	} else {
		gauge(storeUp, 1)
		gauge(storeRevision, float64(status.Revision))
		gauge(storeClaims, float64(status.Claims))
	}
	if c.s.Index == nil {
		return
	}
	revision, seen, ok := c.s.Index.Progress()
	if !ok {
		return
	}
	gauge(indexRevision, float64(revision))
	gauge(indexLag, max(0, c.s.Clock().Sub(seen).Seconds()))
	if err == nil {
		gauge(indexBehind, float64(status.Revision-min(status.Revision, revision)))
	}
}

func (s *server) addMetrics() {
	op := operationFor(mayMeasure, http.MethodGet, "metrics", "/metrics", "service", "Metrics for Prometheus",
		"Answers in the text format of Prometheus: requests and how long they took by route, findings by action, the state of the store and of the index.")
	respondWith(op, metricsType, &huma.Schema{Type: huma.TypeString})
	scrape := promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{DisableCompression: true})
	serve(s, op, func(hc huma.Context, _ *struct{}) {
		c := humagin.Unwrap(hc)
		scrape.ServeHTTP(c.Writer, c.Request)
	})
}
