package bench_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/resolve"
	"debadge/graph/sqlite"
	"debadge/graph/synth"
)

// asOf is the day that everything is asked about.
var asOf = func() graph.Day {
	d, err := graph.ParseDate("2024-06-01")
	if err != nil {
		panic(err) // the text above is a date
	}
	return d.Earliest()
}()

// policy is the one that everything is asked by, sealed as a service holds it.
var policy = func() graph.Policy {
	sealed, err := graph.DefaultPolicy().Sealed()
	if err != nil {
		panic(err) // the built-in policy is valid
	}
	return sealed
}()

// world is one synthetic graph in every form in which it is asked: as a store
// with an index on it, as the floor's arrays, and as plain claims.
type world struct {
	whole   *testing.T // for what outlives a part of the benchmark
	path    string
	index   *index.Store // on the file at path
	sheet   *sheet
	ids     []graph.ID // by number
	number  map[graph.ID]int32
	product []int32 // numbers of the products
	sources int
	hub     int32

	up, down *floor
	plain    *plain
	caught   map[when]map[int32]bool
	written  time.Duration // by the import
	holds    uint64        // what the heap has for the index

	resolver   *resolve.Index // made when it is first needed, as the others here
	python     *networkx
	inNeo4j    *onNeo4j
	inPostgres *postgres
}

// options are those of a benchmark's synthetic graph.
func options(products int) synth.Options { return synth.Options{Products: products, Seed: 1} }

func newWorld(t *testing.T, products int) *world {
	t.Helper()
	w := &world{
		whole: t, path: filepath.Join(t.TempDir(), "store.db"), sheet: &sheet{}, number: map[graph.ID]int32{},
		plain: &plain{}, caught: map[when]map[int32]bool{},
	}
	store, err := sqlite.Open(t.Context(), w.path, now)
	if err != nil {
		t.Fatal(err)
	}
	w.fill(t, store, products)
	before := heap()
	if w.index, err = index.Follow(t.Context(), store, index.Options{Clock: now, MaxStale: time.Hour}); err != nil {
		t.Fatal(err)
	}
	w.holds = heap() - before
	t.Cleanup(func() {
		if err := w.index.Close(); err != nil {
			t.Error(err)
		}
	})
	w.sheet.run = machine(t)
	w.sheet.run.Products, w.sheet.run.Entities, w.sheet.run.Claims = products, len(w.ids), len(w.plain.claims)
	return w
}

// fill makes the graph once, for the store and the arrays, and times what the
// store does.
func (w *world) fill(t *testing.T, store graph.Store, products int) {
	t.Helper()
	named := map[graph.ID]int32{} // claims that may be retracted
	err := synth.Generate(options(products), func(cs graph.ChangeSet) error {
		w.take(cs, named)
		began := now()
		_, err := store.Append(t.Context(), cs)
		w.written += now().Sub(began)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.plain.index(len(w.ids))
	w.hub = w.number[synth.Hub]
	var edges [][2]int32
	listed := make([]bool, len(w.ids))
	for i := range w.plain.claims {
		switch c := &w.plain.claims[i]; {
		case c.gone || c.relation == graph.PartyTo:
		case c.relation == graph.ListedOn:
			listed[c.from] = true
		default:
			edges = append(edges, [2]int32{c.from, c.to})
			if symmetric(c.relation) {
				edges = append(edges, [2]int32{c.to, c.from})
			}
		}
	}
	w.up, w.down = newFloor(len(w.ids), edges, 1, 0), newFloor(len(w.ids), edges, 0, 1)
	w.up.counted, w.down.counted = listed, w.plain.product
}

func (w *world) take(cs graph.ChangeSet, named map[graph.ID]int32) {
	for _, e := range cs.Entities {
		n := int32(len(w.ids))
		w.number[e.ID] = n
		w.ids = append(w.ids, e.ID)
		w.plain.product = append(w.plain.product, e.ID.Kind() == graph.Product)
		switch e.ID.Kind() {
		case graph.Product:
			w.product = append(w.product, n)
		case graph.Company:
			w.plain.company = append(w.plain.company, n)
		case graph.List, graph.Proceeding:
		}
	}
	w.sources += len(cs.Sources)
	for _, r := range cs.Retractions {
		w.plain.claims[named[r.Claim]].gone = true
	}
	for _, c := range cs.Claims {
		if c.ID != "" {
			named[c.ID] = int32(len(w.plain.claims))
		}
		w.plain.claims = append(w.plain.claims, plainClaim{
			from: w.number[c.From], to: w.number[c.To], first: c.ValidFrom.Earliest(), end: c.ValidTo.Latest(),
			least: c.ShareMin.Micro(), relation: c.Relation, status: c.Status, interest: c.Interest(),
		})
	}
}

// caughtAt remembers whom the aggregate rule catches.
func (w *world) caughtAt(at when) map[int32]bool {
	in, ok := w.caught[at]
	if !ok {
		in = w.plain.caught(w.plain.company, at)
		w.caught[at] = in
	}
	return in
}

// verdict is the strength of the strongest path from a product to a listing, by
// the plain computation; 0 is none.
func (w *world) verdict(n int32) graph.Status { return w.plain.verdict(n, asOf, w.caughtAt) }

// some returns products in an order that is the same for every side.
func (w *world) some(n int) []int32 {
	r := rand.New(rand.NewPCG(7, 7))
	subjects := make([]int32, n)
	for i := range subjects {
		subjects[i] = w.product[r.IntN(len(w.product))]
	}
	return subjects
}

// nodes returns the handles of entities in a view.
func (w *world) nodes(ctx context.Context, v graph.View, numbers []int32) ([]graph.Node, error) {
	ids := make([]graph.ID, len(numbers))
	for i, n := range numbers {
		ids[i] = w.ids[n]
	}
	var nodes []graph.Node
	for part := range slices.Chunk(ids, 10_000) {
		some, err := v.Nodes(ctx, part)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, some...)
	}
	return nodes, nil
}

// view runs a part of the benchmark on one view of the index.
func (w *world) view(t *testing.T, read func(v graph.View) error) {
	t.Helper()
	if err := w.index.View(t.Context(), graph.Moment{}, read); err != nil {
		t.Fatal(err)
	}
}

func assessor(t *testing.T, v graph.View) *graph.Assessor {
	t.Helper()
	a, err := graph.NewAssessor(t.Context(), v, policy, asOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
