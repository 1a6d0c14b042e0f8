package index

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/synth"
)

// made is a log that makes its changes as they are asked for, so that it takes
// no memory beside the index.
type made struct {
	graph.Store
	products int
	change   func(graph.Change) // told of each, if set
}

func (m made) Changes(_ context.Context, since graph.Revision, yield func(graph.Change) error) error {
	revision := graph.Revision(0)
	return synth.Generate(synth.Options{Products: m.products, Seed: 1}, func(cs graph.ChangeSet) error {
		revision++
		if revision <= since {
			return nil
		}
		cs, err := cs.Prepare()
		if err != nil {
			return err
		}
		c := graph.Change{ChangeSet: inOrder(cs), Revision: revision, RecordedAt: time.Unix(int64(revision), 0), Digest: "d"}
		if m.change != nil {
			m.change(c)
		}
		return yield(c)
	})
}

func (m made) Close() error { return nil }

func wall() time.Time { return time.Now() } //nolint:forbidigo // benchmarks measure time

var benched = sync.OnceValues(func() (map[int]*index, *sync.Mutex) { return map[int]*index{}, &sync.Mutex{} })

func benchIndex(b *testing.B) *index {
	b.Helper()
	all, mu := benched()
	mu.Lock()
	defer mu.Unlock()
	n := extent.Size(b, extent.Products, 100_000)
	if all[n] == nil {
		all[n] = loaded(b, n)
	}
	return all[n]
}

func loaded(b *testing.B, products int) *index {
	b.Helper()
	x := newIndex()
	x.begin()
	if err := (made{products: products}).Changes(b.Context(), 0, x.apply); err != nil {
		b.Fatal(err)
	}
	x.finish()
	return x
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkMemory reports the memory of an index per claim: all in, and
// without entities, their names and sources.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		before := heap()
		x := loaded(b, extent.Size(b, extent.Products, 100_000))
		s := x.now()
		claims := float64(s.facts.n)
		b.ReportMetric(float64(heap()-before)/claims, "B/claim")
		base := s.base
		entities := s.entities.blob.n + uint64(s.entities.first.n)*4 + uint64(len(s.entities.ids.slots))*4 +
			s.sources.blob.n + uint64(len(base.keys.pairs))*8 + uint64(len(base.keys.start))*4 + uint64(len(base.order))*8
		b.ReportMetric(float64(heap()-before-entities)/claims, "B/claim-bare")
		parts := map[string]uint64{
			"facts": uint64(len(s.facts.chunks)) * chunkSize * 24, "ids": uint64(len(s.ids.chunks)) * chunkSize * 16,
			"evidence": s.details.n + uint64(s.evidence.n)*4, "texts": s.texts.n, "interned": uint64(len(x.interned.slots)) * 4,
			"byClaim": uint64(len(s.byClaim.slots)) * 4, "up": base.upstream.size(),
			"down": base.downstream.size(), "entities": entities, "keys": uint64(cap(base.keys.pairs)) * 8,
		}
		for name, size := range parts {
			b.Logf("%-10s %6.1f B/claim", name, float64(size)/claims)
		}
		runtime.KeepAlive(x)
	}
}

// BenchmarkLoad reads a whole feed, whose making is not counted.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		var spent time.Duration
		x, peak := newIndex(), uint64(0)
		x.begin()
		count := 0
		err := (made{products: extent.Size(b, extent.Products, 100_000)}).Changes(b.Context(), 0, func(c graph.Change) error {
			start := wall()
			err := x.apply(c)
			spent += time.Since(start)
			if count++; count%50 == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		start := wall()
		x.finish()
		finish := time.Since(start)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric((spent + finish).Seconds(), "load-s")
		b.ReportMetric(finish.Seconds(), "finish-s")
		b.ReportMetric(float64(max(peak, m.HeapAlloc))/1e6, "peak-MB")
		b.ReportMetric(float64(m.HeapSys)/1e6, "sys-MB")
	}
}

func (d *leads) size() uint64 {
	return uint64(cap(d.far))*8 + uint64(cap(d.claims))*4 + uint64(len(d.start))*4
}

func (a *adjacency) size() uint64 { return uint64(cap(a.edges))*24 + uint64(len(a.start))*4 }

// BenchmarkWalk walks upstream from random products: over plain integer arrays
// (the floor), and through a view.
func BenchmarkWalk(b *testing.B) {
	x := benchIndex(b)
	s := x.now()
	subjects := benchSubjects(s)
	b.Run("floor", func(b *testing.B) {
		up := s.base.upstream
		start, far := make([]int32, len(up.start)), make([]int32, len(up.edges))
		for i, v := range up.start {
			start[i] = int32(v)
		}
		for i, e := range up.edges {
			far[i] = int32(e.far)
		}
		seen, stamp := make([]int32, s.base.nodes), int32(0)
		var queue []int32
		i, visited := 0, 0
		var took []time.Duration
		for b.Loop() {
			begun := wall()
			stamp++
			queue = append(queue[:0], int32(subjects[i%len(subjects)]))
			seen[queue[0]] = stamp
			for at := 0; at < len(queue); at++ {
				n := queue[at]
				for _, f := range far[start[n]:start[n+1]] {
					if seen[f] != stamp {
						seen[f] = stamp
						queue = append(queue, f)
					}
				}
			}
			visited += len(queue)
			i++
			if len(took) < 1<<20 {
				took = append(took, time.Since(begun))
			}
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
		b.ReportMetric(float64(visited)/float64(b.N), "entities")
	})
	b.Run("view", func(b *testing.B) { benchWalk(b, s, subjects) })
	b.Run("view with others beside", func(b *testing.B) {
		t := *s
		t.freshUp = t.freshUp.add(0, 0)
		for i := range uint32(1000) {
			t.freshUp = t.freshUp.add(i*97%t.base.nodes, t.facts.n) // beyond the limit: passed over
		}
		then := *t.revisions.at(uint32(t.revision))
		then.claims--
		t.revisions = column[revision]{}
		for range t.revision + 1 {
			t.revisions.add(then)
		}
		benchWalk(b, &t, subjects)
	})
}

func benchSubjects(s *snapshot) []graph.Node {
	r := rand.New(rand.NewPCG(1, 2))
	var all []graph.Node
	for len(all) < 10_000 {
		n := r.Uint32N(s.entities.first.n)
		if s.entities.id(n).Kind() == graph.Product {
			all = append(all, graph.Node(n))
		}
	}
	return all
}

func benchWalk(b *testing.B, s *snapshot, subjects []graph.Node) {
	b.Helper()
	var (
		seen     = make([]int32, s.base.nodes)
		stamp    int32
		frontier []graph.Node
		next     []graph.Node
		edges    []graph.Edge
		i        int
		ctx      = b.Context()
		every    = ^graph.RelationSet(0)
		took     []time.Duration
	)
	for b.Loop() {
		start := wall()
		stamp++
		frontier = append(frontier[:0], subjects[i%len(subjects)])
		seen[frontier[0]] = stamp
		err := s.read(graph.Moment{}, func(v graph.View) error {
			for len(frontier) > 0 {
				var err error
				if edges, err = v.Adjacent(ctx, frontier, graph.Upstream, every, edges[:0]); err != nil {
					return err
				}
				next = next[:0]
				for k := range edges {
					if f := edges[k].Far; seen[f] != stamp {
						seen[f] = stamp
						next = append(next, f)
					}
				}
				frontier, next = next, frontier
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		i++
		if len(took) < 1<<20 {
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
}

// BenchmarkAppend applies claims one at a time to a large index.
func BenchmarkAppend(b *testing.B) {
	x := loaded(b, extent.Size(b, extent.Products, 100_000))
	s := x.now()
	subjects := benchSubjects(s)
	source := s.sources.id(0)
	i := 0
	took := make([]time.Duration, 0, 1<<20)
	for b.Loop() {
		cs := graph.ChangeSet{Claims: []graph.Claim{{
			Relation: graph.SucceededBy, From: s.entities.id(uint32(subjects[i%len(subjects)])),
			To: s.entities.id(uint32(subjects[(i+1+i/len(subjects))%len(subjects)])), Status: graph.Reported,
			Citations: []graph.Citation{{Source: source, Stance: graph.Supports, Locator: strconv.Itoa(i)}},
		}}}
		i++
		cs, err := cs.Prepare()
		if err != nil {
			continue
		}
		c := graph.Change{ChangeSet: cs, Revision: x.now().revision + 1}
		start := wall()
		if err := x.apply(c); err != nil {
			b.Fatal(err)
		}
		x.publish()
		took = append(took, time.Since(start))
	}
	x.builds.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(took[len(took)*999/1000].Nanoseconds()), "p999-ns")
	b.ReportMetric(float64(took[len(took)-1].Nanoseconds()), "max-ns")
}

// BenchmarkFile writes and reads a snapshot file.
func BenchmarkFile(b *testing.B) {
	s := &Store{}
	s.index.Store(benchIndex(b))
	path := filepath.Join(b.TempDir(), "index")
	b.Run("save", func(b *testing.B) {
		for b.Loop() {
			if err := s.Save(path); err != nil {
				b.Fatal(err)
			}
		}
		if info, err := os.Stat(path); err == nil {
			b.ReportMetric(float64(info.Size())/1e6, "MB")
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			file, r, err := openFile(path)
			if err != nil {
				b.Fatal(err)
			}
			y := blank()
			r.head(&y.snapshot)
			r.rest(y)
			if r.err != nil {
				b.Fatal(r.err)
			}
			_ = file.Close()
		}
	})
}

// BenchmarkFind looks products up by the key of their name, and all by id.
func BenchmarkFind(b *testing.B) {
	s := benchIndex(b).now()
	subjects := benchSubjects(s)
	keys, ids := make([]string, len(subjects)), make([]graph.ID, len(subjects))
	for i, n := range subjects {
		e := s.decodeEntity(s.entities.version(uint32(n), s.revision))
		keys[i], ids[i] = graph.NameKey(e.Brand+e.Name), e.ID
	}
	v := s.view(s.revision)
	b.Run("key", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if list, err := v.Find(b.Context(), graph.Find{Key: keys[i%len(keys)]}); err != nil || len(list) == 0 {
				b.Fatal(list, err)
			}
		}
	})
	b.Run("id", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if list, err := v.Nodes(b.Context(), ids[i%len(ids):i%len(ids)+1]); err != nil || list[0] < 0 {
				b.Fatal(list, err)
			}
		}
	})
}
