package synth_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/neo4j/neo4jtest"
	"debadge/graph/sqlite"
	"debadge/graph/synth"
)

// The benchmarks run on synthetic graphs of DEBADGE_BENCH_PRODUCTS products,
// 10,000 if it is not set. Each compares ways to answer one question in one
// run; what counts are the ratios.

var today = mustDay("2024-06-01")

func mustDay(text string) graph.Day {
	d, err := graph.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d.Earliest()
}

func now() time.Time { return time.Now().UTC() } //nolint:forbidigo // benchmarks measure time

// world is a synthetic graph in a SQLite file with an index on it, beside the
// same claims as plain integer arrays.
type world struct {
	path    string
	store   *sqlite.Store
	index   *index.Store
	claims  int
	subject []graph.ID
	up      arrays
	down    arrays
	hub     int32
	number  map[graph.ID]int32
}

// arrays is a graph without time, evidence or strength.
type arrays struct {
	start, far []int32
	counted    []bool
	mark       []int32
	queue      []int32
	epoch      int32
}

var made *world

// build makes the world once a process; its file goes with the first benchmark's
// temporary folder, which is not removed before the process ends.
func build(b *testing.B) *world {
	b.Helper()
	if made != nil {
		return made
	}
	ctx := context.Background()                      //nolint:usetesting // outlives the benchmark that makes it
	folder, err := os.MkdirTemp("", "debadge-bench") //nolint:usetesting // outlives the benchmark that makes it
	if err != nil {
		b.Fatal(err)
	}
	w := &world{path: filepath.Join(folder, "synth.db"), number: map[graph.ID]int32{}}
	if w.store, err = sqlite.Open(ctx, w.path, now); err != nil {
		b.Fatal(err)
	}
	var edges [][2]int32
	number := func(id graph.ID) int32 {
		n, ok := w.number[id]
		if !ok {
			n = int32(len(w.number))
			w.number[id] = n
		}
		return n
	}
	var listed []graph.ID
	err = synth.Generate(synth.Options{Products: extent.Size(b, extent.Products, 10_000), Seed: 1}, func(cs graph.ChangeSet) error {
		for _, e := range cs.Entities {
			number(e.ID)
			if e.ID.Kind() == graph.Product {
				w.subject = append(w.subject, e.ID)
			}
		}
		for _, c := range cs.Claims {
			w.claims++
			switch rule := c.Relation.Rule(); rule.Layer {
			case graph.Listing:
				listed = append(listed, c.From)
			case graph.Context:
			case graph.Lineage, graph.Attribution, graph.Identity, graph.Ownership, graph.Affiliation:
				edges = append(edges, [2]int32{number(c.From), number(c.To)})
				if rule.Symmetric {
					edges = append(edges, [2]int32{number(c.To), number(c.From)})
				}
			}
		}
		_, err := w.store.Append(ctx, cs)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	w.up, w.down = newArrays(len(w.number), edges, 1, 0), newArrays(len(w.number), edges, 0, 1)
	for _, id := range listed {
		w.up.counted[w.number[id]] = true
	}
	for _, id := range w.subject {
		w.down.counted[w.number[id]] = true
	}
	w.hub = w.number[synth.Hub]
	edges = nil
	before := heap()
	if w.index, err = index.Follow(ctx, w.store, index.Options{Clock: now, MaxStale: time.Hour}); err != nil {
		b.Fatal(err)
	}
	fmt.Fprintf(os.Stdout, "# %d products, %d entities, %d claims; index %d MB, %.0f bytes a claim with everything\n",
		len(w.subject), len(w.number), w.claims, (heap()-before)>>20, float64(heap()-before)/float64(w.claims))
	made = w
	return w
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func newArrays(nodes int, edges [][2]int32, near, far int) arrays {
	a := arrays{
		start: make([]int32, nodes+1), far: make([]int32, len(edges)),
		counted: make([]bool, nodes), mark: make([]int32, nodes),
	}
	for _, e := range edges {
		a.start[e[near]+1]++
	}
	for i := range nodes {
		a.start[i+1] += a.start[i]
	}
	at := slices.Clone(a.start)
	for _, e := range edges {
		a.far[at[e[near]]] = e[far]
		at[e[near]]++
	}
	return a
}

// walk visits everything on one side of an entity and counts what is of interest
// there: upstream the listed companies, downstream the products.
func (a *arrays) walk(from int32) int {
	found := 0
	a.epoch++
	a.queue = append(a.queue[:0], from)
	a.mark[from] = a.epoch
	for i := 0; i < len(a.queue); i++ {
		n := a.queue[i]
		if a.counted[n] {
			found++
		}
		for _, far := range a.far[a.start[n]:a.start[n+1]] {
			if a.mark[far] != a.epoch {
				a.mark[far] = a.epoch
				a.queue = append(a.queue, far)
			}
		}
	}
	return found
}

// some returns subjects in an order that is the same for every way to answer.
func (w *world) some(n int) []graph.ID {
	r := rand.New(rand.NewPCG(7, 7))
	ids := make([]graph.ID, n)
	for i := range ids {
		ids[i] = w.subject[r.IntN(len(w.subject))]
	}
	return ids
}

// warmUp is how many questions are asked before the clock runs: Neo4j plans and
// compiles a statement when it first meets it.
const warmUp = 50

// quantiles runs ask for each subject, b.N times over, and reports p50 and p99.
func quantiles(b *testing.B, ids []graph.ID, ask func(id graph.ID) error) {
	b.Helper()
	for _, id := range ids[:warmUp] {
		if err := ask(id); err != nil {
			b.Fatal(err)
		}
	}
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		id := ids[i%len(ids)]
		began := now()
		if err := ask(id); err != nil {
			b.Fatal(err)
		}
		took = append(took, now().Sub(began))
	}
	slices.SortFunc(took, cmp.Compare)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
}

func BenchmarkTrace(b *testing.B) {
	w := build(b)
	ctx := b.Context()
	ids := w.some(10_000)
	b.Run("floor", func(b *testing.B) {
		quantiles(b, ids, func(id graph.ID) error {
			w.up.walk(w.number[id])
			return nil
		})
	})
	b.Run("index", func(b *testing.B) {
		err := w.index.View(ctx, graph.Moment{}, func(v graph.View) error {
			a, err := graph.NewAssessor(ctx, v, graph.DefaultPolicy(), today, nil)
			if err != nil {
				return err
			}
			defer a.Close()
			nodes := make(map[graph.ID]graph.Node, len(ids))
			for _, id := range ids {
				n, err := v.Nodes(ctx, []graph.ID{id})
				if err != nil {
					return err
				}
				nodes[id] = n[0]
			}
			quantiles(b, ids, func(id graph.ID) error {
				_, err := a.Assess(ctx, nodes[id])
				return err
			})
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	})
	full := func(s graph.Store) func(graph.ID) error {
		return func(id graph.ID) error {
			_, err := graph.Trace(ctx, s, graph.Question{Subject: string(id), AsOf: today, Policy: graph.DefaultPolicy()})
			return err
		}
	}
	b.Run("index-with-evidence", func(b *testing.B) { quantiles(b, ids, full(w.index)) })
	b.Run("sqlite-direct-with-evidence", func(b *testing.B) { quantiles(b, ids, full(w.store)) })
}

func BenchmarkReach(b *testing.B) {
	w := build(b)
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			w.down.walk(w.hub)
		}
		b.ReportMetric(float64(w.down.walk(w.hub)), "products")
	})
	b.Run("index", func(b *testing.B) {
		question := graph.ReachQuestion{Origin: string(synth.Hub), AsOf: today, Policy: graph.DefaultPolicy(), Limit: 1}
		total := 0
		for b.Loop() {
			answer, err := graph.Reach(b.Context(), w.index, question, func(graph.ReachRow) error { return nil })
			if err != nil {
				b.Fatal(err)
			}
			total = answer.Total
		}
		b.ReportMetric(float64(total), "products")
	})
}

// BenchmarkColdStart is what a new process needs from opening the store to its
// first answer.
func BenchmarkColdStart(b *testing.B) {
	w := build(b)
	ctx := b.Context()
	snapshot := filepath.Join(b.TempDir(), "index")
	first := func(b *testing.B, opts *index.Options) {
		b.Helper()
		store, err := sqlite.Open(ctx, w.path, now)
		if err != nil {
			b.Fatal(err)
		}
		var s graph.Store = store
		if opts != nil {
			if s, err = index.Follow(ctx, store, *opts); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := graph.Trace(ctx, s, graph.Question{Subject: string(w.subject[0]), AsOf: today, Policy: graph.DefaultPolicy()}); err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("sqlite-direct", func(b *testing.B) {
		for b.Loop() {
			first(b, nil)
		}
	})
	b.Run("sqlite-index", func(b *testing.B) {
		for b.Loop() {
			first(b, &index.Options{Clock: now})
		}
	})
	b.Run("sqlite-index-snapshot", func(b *testing.B) {
		first(b, &index.Options{Clock: now, SnapshotPath: snapshot})
		for b.Loop() {
			first(b, &index.Options{Clock: now, SnapshotPath: snapshot})
		}
	})
}

func TestMain(m *testing.M) { neo4jtest.Main(m) }
