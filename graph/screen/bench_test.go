package screen_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/resolve"
	"debadge/graph/screen"
	"debadge/graph/sqlite"
	"debadge/graph/synth"
)

// world is a synthetic graph of DEBADGE_BENCH_PRODUCTS products, 10,000 if it
// is not set, in a SQLite file with an index on it. It is made once a process.
type world struct {
	store graph.Store
	names screen.Names
}

var (
	made *world
	once sync.Once
)

func build(b *testing.B) *world {
	b.Helper()
	once.Do(func() {
		folder, err := os.MkdirTemp("", "debadge-bench") //nolint:usetesting // outlives the benchmark that makes it
		if err != nil {
			b.Fatal(err)
		}
		local, err := sqlite.Open(b.Context(), filepath.Join(folder, "synth.db"), noon)
		if err != nil {
			b.Fatal(err)
		}
		fill(b, local, extent.Size(b, extent.Products, 10_000))
		made = &world{store: follow(b, local)}
		began := time.Now() //nolint:forbidigo // benchmarks measure time
		x, err := resolve.Open(b.Context(), made.store, graph.Moment{}, resolve.Options{})
		if err != nil {
			b.Fatal(err)
		}
		made.names = screen.NamesOf(x)
		fmt.Fprintf(os.Stdout, "# %d names of %d entities, %d MB, indexed in %s\n", x.Size().Names, x.Size().Entities, x.Size().Bytes>>20, time.Since(began).Round(time.Millisecond))
	})
	return made
}

const benchLines = 100_000

// perLine reports the time of one line, where each round has so many.
func perLine(b *testing.B, lines int) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/line")
}

// BenchmarkScreen compares, in one run: bare traces of ids in a loop; a file
// that names products by the same ids; and one that names them in text.
func BenchmarkScreen(b *testing.B) {
	w := build(b)
	lines := extent.Size(b, "DEBADGE_BENCH_LINES", benchLines)
	byID := order(b, w.store, synth.OrderOptions{Lines: lines, Seed: 7, IDs: true})
	text := order(b, w.store, synth.OrderOptions{Lines: lines, Seed: 7})
	keep(b, w, text)
	b.Run("bare", func(b *testing.B) { bare(b, w, byID) })
	for _, test := range []struct {
		name string
		text []byte
	}{{"identified", byID}, {"text", text}} {
		for _, format := range []string{"csv", "ndjson"} {
			b.Run(test.name+"-"+format, func(b *testing.B) {
				for b.Loop() {
					run(b, w, test.text, encoders[format](), nil)
				}
				perLine(b, lines)
			})
		}
	}
}

// bare assesses the products of a file that names them by ids.
func bare(b *testing.B, w *world, order []byte) {
	b.Helper()
	var ids []graph.ID
	for row := range strings.SplitSeq(strings.TrimSpace(string(order)), "\n") {
		ids = append(ids, graph.ID(row[strings.LastIndexByte(row, ',')+1:]))
	}
	ids = ids[1:]
	err := w.store.View(b.Context(), graph.Moment{}, func(v graph.View) error {
		opts := options(b, w.names)
		a, err := graph.NewAssessor(b.Context(), v, opts.Policy, opts.AsOf, nil)
		if err != nil {
			return err
		}
		defer a.Close()
		nodes, err := v.Nodes(b.Context(), ids)
		if err != nil {
			return err
		}
		for b.Loop() {
			for _, n := range nodes {
				if _, err := a.Assess(b.Context(), n); err != nil {
					return err
				}
			}
		}
		perLine(b, len(nodes))
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func run(b *testing.B, w *world, order []byte, e screen.Encoder, progress func(screen.Progress)) {
	b.Helper()
	f, err := file.New("order.csv", order, file.Options{})
	if err != nil {
		b.Fatal(err)
	}
	lines, err := screen.Open(f, screen.InputOptions{})
	if err != nil {
		b.Fatal(err)
	}
	opts := options(b, w.names)
	opts.Progress = progress
	if _, err := screen.Run(b.Context(), w.store, lines, e, io.Discard, opts); err != nil {
		b.Fatal(err)
	}
}

// keep writes the names and the texts of an order where DEBADGE_BENCH_KEEP
// says, for the comparison that compare_rapidfuzz.py makes.
func keep(b *testing.B, w *world, order []byte) {
	b.Helper()
	folder := os.Getenv("DEBADGE_BENCH_KEEP") //nolint:forbidigo // where a benchmark leaves its data is no setting of debadge
	if folder == "" {
		return
	}
	var all bytes.Buffer
	err := w.store.View(b.Context(), graph.Moment{}, func(v graph.View) error {
		ids, err := v.Find(b.Context(), graph.Find{Kind: graph.Product})
		if err != nil {
			return err
		}
		for part := range slices.Chunk(ids, 10_000) {
			entities, err := v.Entities(b.Context(), part)
			if err != nil {
				return err
			}
			for _, e := range entities {
				fmt.Fprintln(&all, e.Ref().FullName())
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for name, data := range map[string][]byte{"names.txt": all.Bytes(), "order.csv": order} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScreenMemory shows that what a run holds does not grow with the
// file: the most that the heap has beside the graph, for two lengths.
func BenchmarkScreenMemory(b *testing.B) {
	w := build(b)
	longest := extent.Size(b, "DEBADGE_BENCH_LINES", 10*benchLines)
	for _, lines := range []int{longest / 10, longest} {
		path := filepath.Join(b.TempDir(), "order.csv")
		if err := os.WriteFile(path, order(b, w.store, synth.OrderOptions{Lines: lines, Seed: 7}), 0o600); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%d-lines", lines), func(b *testing.B) {
			base := heap()
			most := uint64(0)
			for b.Loop() {
				f, err := file.Open(path, file.Options{})
				if err != nil {
					b.Fatal(err)
				}
				r, err := screen.Open(f, screen.InputOptions{})
				if err != nil {
					b.Fatal(err)
				}
				opts := options(b, w.names)
				step := lines / 20
				next := step
				opts.Progress = func(at screen.Progress) {
					if at.Lines >= next {
						next += step
						most = max(most, heap())
					}
				}
				if _, err := screen.Run(b.Context(), w.store, r, new(screen.NDJSON), io.Discard, opts); err != nil {
					b.Fatal(err)
				}
				if err := f.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(most-min(base, most))/(1<<20), "MB-beside-the-graph")
		})
	}
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
