package export_test

import (
	"bytes"
	"io"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/export"
	"debadge/graph/neo4j/neo4jtest"
	"debadge/graph/sqlite"
	"debadge/graph/synth"
)

func now() time.Time { return time.Now().UTC() } //nolint:forbidigo // benchmarks measure time

// synthetic is a store in SQLite with so many products.
func synthetic(b *testing.B) *sqlite.Store {
	b.Helper()
	s := openSQLite(b)
	if err := synth.Generate(synth.Options{Products: extent.Size(b, extent.Products, 10_000), Seed: 1}, func(cs graph.ChangeSet) error {
		_, err := s.Append(b.Context(), cs)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkLoad brings one synthetic store into Neo4j: by files for
// neo4j-admin, and by change sets over Bolt. Each is timed until debadge can
// ask: with the constraints and indexes. Both must answer as the store does.
func BenchmarkLoad(b *testing.B) {
	s := synthetic(b)
	for range b.N {
		began := now()
		made := csvFiles(b, s, export.Options{})
		written := now()
		server, took := neo4jtest.StartImported(b, made.Arguments(made.Dir, "neo4j")...)
		indexing := now()
		target := openNeo4j(b, server)
		files, admin, index := written.Sub(began), took, now().Sub(indexing)
		status, err := target.Status(b.Context())
		if err != nil {
			b.Fatal(err)
		}

		own := openNeo4j(b, neo4jtest.StartOwn(b))
		began = now()
		if err := s.Changes(b.Context(), 0, func(c graph.Change) error {
			_, err := own.Restore(b.Context(), c)
			return err
		}); err != nil {
			b.Fatal(err)
		}
		bolt := now().Sub(began)
		if other, err := own.Status(b.Context()); err != nil || other != status {
			b.Fatalf("%+v, %v and %+v", other, err, status)
		}
		b.ReportMetric(float64(sameSample(b, s, target, own)), "traces-alike")
		b.ReportMetric(files.Seconds(), "export-s")
		b.ReportMetric(admin.Seconds(), "neo4j-admin-s")
		b.ReportMetric(index.Seconds(), "indexes-s")
		b.ReportMetric(bolt.Seconds(), "bolt-s")
		b.ReportMetric(bolt.Seconds()/(files+admin+index).Seconds(), "times-faster")
		b.ReportMetric(float64(status.Claims), "claims")
	}
}

// sampled is how many products copies of a large store are asked about.
const sampled = 1000

// sameSample wants the same traces of sampled products from a store and its
// copies.
func sameSample(b *testing.B, store graph.Store, copies ...graph.Store) int {
	b.Helper()
	var ids []graph.ID
	if err := store.View(b.Context(), graph.Moment{}, func(v graph.View) (err error) {
		ids, err = v.Find(b.Context(), graph.Find{Kind: graph.Product})
		return err
	}); err != nil {
		b.Fatal(err)
	}
	trace := func(s graph.Store, id graph.ID) string {
		answer, err := graph.Trace(b.Context(), s, graph.Question{Subject: string(id), AsOf: graph.DayOf(fixed()), Policy: graph.DefaultPolicy()})
		if err != nil {
			b.Fatal(err)
		}
		var text bytes.Buffer
		if err := graph.EncodeJSON(&text, answer); err != nil {
			b.Fatal(err)
		}
		return text.String()
	}
	for i, c := range copies {
		copies[i] = followed(b, c)
	}
	n := 0
	for i := 0; i < len(ids); i += max(1, len(ids)/sampled) {
		n++
		want := trace(store, ids[i])
		for _, c := range copies {
			if got := trace(c, ids[i]); got != want {
				b.Fatalf("%s is traced as\n%s\nby the store, and by a copy as\n%s", ids[i], want, got)
			}
		}
	}
	return n
}

// BenchmarkExport writes a synthetic store in each format, and tells how much
// memory that took at most.
func BenchmarkExport(b *testing.B) {
	s := synthetic(b)
	formats := map[string]func(io.Writer) error{
		"cypher": func(w io.Writer) error { return export.Cypher(b.Context(), s, w, export.Literals, export.Options{}) },
	}
	for name, write := range map[string]writer{"ndjson": export.NDJSON, "graphml": export.GraphML, "gexf": export.GEXF, "ftm": export.FtM} {
		formats[name] = func(w io.Writer) error { return write(b.Context(), s, w, export.Options{}) }
	}
	for name, write := range formats {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				var size counter
				runtime.GC()
				if err := write(&size); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(size.bytes)/1e6, "MB")
				b.ReportMetric(float64(size.heap)/1e6, "heap-MB")
			}
		})
	}
}

// counter counts bytes, and looks at the heap now and then.
type counter struct {
	bytes, heap, looked uint64
}

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += uint64(len(p))
	if c.bytes-c.looked > 1<<20 {
		c.looked = c.bytes
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.heap = max(c.heap, m.HeapAlloc)
	}
	return len(p), nil
}

// BenchmarkRestore restores a log into SQLite.
func BenchmarkRestore(b *testing.B) {
	original := synthetic(b)
	data := stream(b, original)
	for range b.N {
		s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "copy.db"), now)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := export.Restore(b.Context(), s, "f", bytes.NewReader(data), func(export.Restored) {}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		b.ReportMetric(float64(sameSample(b, original, s)), "traces-alike")
		b.StartTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
