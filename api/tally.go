package api

import (
	"slices"
	"sync/atomic"

	"debadge/graph"
	"debadge/graph/screen"
)

// findings are the findings that there are, in the order of a tally.
var findings = [...]graph.Finding{graph.Listed, graph.Clear, graph.Unknown}

// tally counts the findings of one answer, which has many, and is added to the
// metrics once. Several goroutines may count at a time.
type tally [len(findings)][graph.Block + 1]atomic.Int64

func (t *tally) found(f graph.Finding, a graph.Action) {
	if i := slices.Index(findings[:], f); i >= 0 && int(a) < len(t[i]) {
		t[i][a].Add(1)
	}
}

// add counts all findings of a tally as answered, and empties it.
func (m *metrics) add(t *tally) {
	for i, f := range findings {
		for a := range t[i] {
			if n := t[i][a].Swap(0); n > 0 {
				m.findings.WithLabelValues(string(f), graph.Action(a).String()).Add(float64(n))
			}
		}
	}
}

// counted is an encoder that counts the findings of its rows.
type counted struct {
	screen.Encoder
	metrics *metrics
	tally   tally
}

// counting counts what an encoder writes of a run, or of the part of it that was
// answered.
func (s *server) counting(e screen.Encoder) screen.Encoder {
	return &counted{Encoder: e, metrics: s.metrics}
}

// Encode appends a row.
func (c *counted) Encode(b []byte, r *screen.Row) ([]byte, error) {
	c.tally.found(r.Finding, r.Action)
	return c.Encoder.Encode(b, r)
}

// End writes what stands behind the rows.
func (c *counted) End(sum screen.Summary) error {
	c.metrics.add(&c.tally)
	return c.Encoder.End(sum)
}
