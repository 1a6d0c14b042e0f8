package trials

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/synth"
)

// mix is mixed work on a service: some hands do each sort of it, over and over.
type mix struct {
	*process
	products []graph.ID
	first    graph.Revision // before the work
	pause    sync.RWMutex   // held to write while the service is looked at
	done     map[string]*atomic.Int64
	written  atomic.Int64
	turned   atomic.Int64 // questions that were turned away, to come again
	wrong    chan error
}

// errand is one sort of work and how often a second it is done.
type errand struct {
	name string
	rate float64
	do   func(ctx context.Context, m *mix, random *rand.Rand) error
}

func errands() []errand {
	return []errand{
		{"trace", 60, func(ctx context.Context, m *mix, random *rand.Rand) error {
			return m.ask(ctx, http.MethodGet, "/v1/trace?subject="+m.product(random), "", nil)
		}},
		{"timeline", 5, func(ctx context.Context, m *mix, random *rand.Rand) error {
			return m.ask(ctx, http.MethodGet, "/v1/timeline?subject="+m.product(random), "", nil)
		}},
		{"picture", 3, func(ctx context.Context, m *mix, random *rand.Rand) error {
			return m.ask(ctx, http.MethodGet, "/v1/picture?subject="+m.product(random), "image/svg+xml", nil)
		}},
		{"dossier", 1, func(ctx context.Context, m *mix, random *rand.Rand) error {
			return m.ask(ctx, http.MethodGet, "/v1/dossier?subject="+m.product(random), "text/html", nil)
		}},
		{"search", 10, func(ctx context.Context, m *mix, random *rand.Rand) error {
			_, name, _ := strings.Cut(string(m.products[random.IntN(len(m.products))]), ":")
			return m.ask(ctx, http.MethodGet, "/v1/entities?q="+url.QueryEscape(strings.ReplaceAll(name, ":", " ")), "", nil)
		}},
		{"reach", 1, func(ctx context.Context, m *mix, _ *rand.Rand) error {
			return m.ask(ctx, http.MethodGet, "/v1/reach?limit=100&origin="+string(synth.Hub), "", nil)
		}},
		{"screen", 2, func(ctx context.Context, m *mix, random *rand.Rand) error {
			lines := make([]map[string]string, 200)
			for i := range lines {
				lines[i] = map[string]string{"id": string(m.products[random.IntN(len(m.products))])}
			}
			return m.ask(ctx, http.MethodPost, "/v1/screen", "", lines)
		}},
		{"write", 2, func(ctx context.Context, m *mix, random *rand.Rand) error {
			n := m.written.Add(1)
			id := graph.ID(fmt.Sprintf("product:mixed:follow-up-%d", n))
			return m.ask(ctx, http.MethodPost, "/v1/changes", "", map[string]any{
				"author": "trial", "reason": "mixed work",
				"entities": []any{map[string]any{"id": id, "name": fmt.Sprintf("MX%d", n), "brand": "Mixed"}},
				"sources":  []any{map[string]any{"id": "source:mixed", "title": "Data sheet", "publisher": "A reseller"}},
				"claims": []any{map[string]any{
					"relation": "SUCCEEDED_BY", "from": m.products[random.IntN(len(m.products))], "to": id, "status": "reported",
					"citations": []any{map[string]any{"source": "source:mixed", "stance": "supports"}},
				}},
			})
		}},
		{"decision", 0.5, func(ctx context.Context, m *mix, random *rand.Rand) error {
			return m.ask(ctx, http.MethodPost, "/v1/decisions", "", map[string]any{
				"subject": m.products[random.IntN(len(m.products))], "action": "review", "reasoning": "mixed work", "author": "trial",
			})
		}},
		{"changed decisions", 0.05, func(ctx context.Context, m *mix, _ *rand.Rand) error {
			return m.ask(ctx, http.MethodGet, "/v1/decisions?changed=true&limit=20", "", nil)
		}},
		{"follower", 0.5, func(ctx context.Context, m *mix, _ *rand.Rand) error {
			ctx, leave := context.WithTimeout(ctx, 2*time.Second) // a client that reads for a while, and goes
			defer leave()
			if err := m.ask(ctx, http.MethodGet, fmt.Sprintf("/v1/changes?since=%d", m.first), "text/event-stream", nil); ctx.Err() == nil {
				return fmt.Errorf("the feed ended: %w", err)
			}
			return nil
		}},
		{"export", 0.5, func(ctx context.Context, m *mix, random *rand.Rand) error {
			return m.ask(ctx, http.MethodGet, "/v1/export/graphml?around=2&entity="+m.product(random), "application/graphml+xml", nil)
		}},
		{"export of all", 0.02, func(ctx context.Context, m *mix, _ *rand.Rand) error {
			return m.ask(ctx, http.MethodGet, "/v1/export/ndjson", "application/x-ndjson", nil)
		}},
		{"refused", 2, func(ctx context.Context, m *mix, _ *rand.Rand) error {
			if err := m.ask(ctx, http.MethodGet, "/v1/trace?subjekt=x", "", nil); err == nil || !strings.Contains(err.Error(), "422") {
				return fmt.Errorf("a wrong question: %w", err)
			}
			return nil
		}},
	}
}

func (m *mix) product(random *rand.Rand) string {
	return url.QueryEscape(string(m.products[random.IntN(len(m.products))]))
}

// ask asks, and reads the whole answer. Where the machine is busy with something
// else, the service may turn a question away: it says when to come again, and a
// client that means well does.
func (m *mix) ask(ctx context.Context, method, path, accept string, body any) error {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return err
		}
	}
	for since := clock(); ; {
		again, err := m.once(ctx, method, path, accept, data)
		if again == 0 || clock().Sub(since) > mostPatience {
			return err
		}
		m.turned.Add(1)
		time.Sleep(again)
	}
}

// mostPatience is for how long a client comes again.
const mostPatience = 30 * time.Second

// once asks once. again says after which time to ask again, if the service
// turned the question away; 0 if it did not.
func (m *mix) once(ctx context.Context, method, path, accept string, body []byte) (again time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, method, m.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := m.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s: %s %.300s", path, resp.Status, got)
	}
	if resp.StatusCode == http.StatusServiceUnavailable {
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After")) // without it, it is no turning away
		again = time.Duration(seconds) * time.Second
	}
	return again, err
}

// work does one sort of work until ctx ends.
func (m *mix) work(ctx context.Context, e errand, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 6))
	tick := time.NewTicker(time.Duration(float64(time.Second) / e.rate))
	defer tick.Stop()
	for {
		m.pause.RLock()
		begin := clock()
		err := e.do(context.WithoutCancel(ctx), m, random)
		m.pause.RUnlock()
		if err != nil {
			select {
			case m.wrong <- fmt.Errorf("%s, begun at %s, after %s: %w", e.name, begin.Format(time.TimeOnly), clock().Sub(begin), err):
			default:
			}
		}
		m.done[e.name].Add(1)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sample is how a service is between two stretches of work.
type sample struct {
	heap, resident, goroutines, descriptors float64
	written                                 int64
}

// look waits until nobody asks anything, and looks at the service.
func (m *mix) look() sample {
	m.pause.Lock()
	defer m.pause.Unlock()
	m.client.CloseIdleConnections()
	time.Sleep(500 * time.Millisecond) // connections end, the index catches up
	g := m.gauges()
	return sample{g["go_memstats_heap_alloc_bytes"], g["process_resident_memory_bytes"], g["go_goroutines"], g["process_open_fds"], m.written.Load()}
}

// middle returns the median of some samples by one measure.
func middle(samples []sample, of func(sample) float64) float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

const (
	fewestSamples = 8

	// bytesPerWrite is what a write of the trial, a product and a claim about it,
	// may add to what is in memory: twice the 1.5 KB that 6,000 such writes were
	// measured to add, each, as tables grow by doubling. Of those, 500 bytes are in
	// the index of the graph (the records of an entity and a claim, their ids in
	// hash tables, a revision, and the lists of claims and of name keys beside the
	// base). The others are in the indexes of names: each of the four newest
	// revisions that are kept has a segment of all names since the last rebuilding,
	// with 250 bytes a name. Decisions are in the ledger's file alone.
	bytesPerWrite = 3 << 10

	// memories is by how much the answers that are kept, pools and buffers may
	// differ between two moments.
	memories = 4 << 20
)

// withoutSamples is the environment of a service that takes no samples of what
// it allocates: writing those out, which is how a collection of garbage is asked
// for, leaves garbage that grows with them.
var withoutSamples = []string{"GODEBUG=memprofilerate=0"}

// TestTrialL6 works on a service for a long time in every way at once: heap,
// descriptors and goroutines stay as they are, but for what was written.
func TestTrialL6(t *testing.T) {
	size, length, every := 2_000, 20*time.Second, time.Second
	if extent.Full() {
		size, length, every = 20_000, time.Hour, 30*time.Second
	}
	path, products := synthetic(t, size)
	m := &mix{process: start(t, "sqlite:"+path, withoutSamples), products: products, done: map[string]*atomic.Int64{}, wrong: make(chan error, 20)}
	var ready struct {
		Store struct{ Revision graph.Revision }
	}
	if err := json.Unmarshal(m.body(m.url+"/readyz"), &ready); err != nil {
		t.Fatal(err)
	}
	m.first = ready.Store.Revision
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var hands sync.WaitGroup
	for i, e := range errands() {
		m.done[e.name] = new(atomic.Int64)
		hands.Go(func() { m.work(ctx, e, uint64(i)) })
	}
	var samples []sample
	for end := clock().Add(length); clock().Before(end) || len(samples) < fewestSamples; {
		time.Sleep(every)
		samples = append(samples, m.look())
		if s := samples[len(samples)-1]; extent.Full() && len(samples)%10 == 0 {
			t.Logf("%s, %d samples: heap %.1f MB, resident %.1f MB, %.0f goroutines, %.0f descriptors, %d writes",
				clock().Format(time.TimeOnly), len(samples), s.heap/1e6, s.resident/1e6, s.goroutines, s.descriptors, s.written)
		}
	}
	stop()
	hands.Wait()
	close(m.wrong)
	for err := range m.wrong {
		t.Error(err)
	}
	for _, e := range errands() {
		t.Logf("%s: %d times", e.name, m.done[e.name].Load())
	}
	t.Logf("turned away, and asked again: %d times", m.turned.Load())
	m.judge(t, samples)
}

// judge compares the second quarter of the samples with the last one.
func (m *mix) judge(t *testing.T, samples []sample) {
	t.Helper()
	quarter := len(samples) / 4
	early, late := samples[quarter:2*quarter], samples[len(samples)-quarter:]
	writes := middle(late, func(s sample) float64 { return float64(s.written) }) - middle(early, func(s sample) float64 { return float64(s.written) })
	for _, measure := range []struct {
		name  string
		of    func(sample) float64
		spare float64 // by which it may grow
	}{
		{"heap", func(s sample) float64 { return s.heap }, memories + writes*bytesPerWrite},
		{"goroutines", func(s sample) float64 { return s.goroutines }, 2},
		{"descriptors", func(s sample) float64 { return s.descriptors }, 2},
	} {
		before, after := middle(early, measure.of), middle(late, measure.of)
		t.Logf("%s: %.0f in the second quarter, %.0f in the last, with %.0f writes between", measure.name, before, after, writes)
		if after > before+measure.spare {
			t.Errorf("%s grows from %.0f to %.0f, by more than %.0f", measure.name, before, after, measure.spare)
		}
	}
	t.Logf("%.0f bytes of heap a write", (middle(late, func(s sample) float64 { return s.heap })-middle(early, func(s sample) float64 { return s.heap }))/max(writes, 1))
}
