package resolve_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/resolve"
)

// The benchmark resolves against DEBADGE_BENCH_NAMES invented names, 10,000 if
// it is not set. If DEBADGE_BENCH_PYTHON names a Python that has rapidfuzz, the
// same free text is looked up in the same names with it in the same run.

// inventor makes names that look like real ones.
type inventor struct{ *rand.Rand }

func (v inventor) one(list string) string {
	words := strings.Fields(list)
	return words[v.IntN(len(words))]
}

func (v inventor) word() string {
	var b strings.Builder
	for range 2 + v.IntN(2) {
		b.WriteString(v.one("b ch d f g h j k l m n p q r s sh t v w x y z zh br tr st kr"))
		b.WriteString(v.one("a e i o u ai ao en in on ang ei ui ar or an un"))
	}
	w := b.String()
	return strings.ToUpper(w[:1]) + w[1:]
}

func (v inventor) company() string {
	parts := []string{v.word()}
	if v.IntN(3) == 0 {
		parts = append([]string{v.one("Beijing Shanghai Shenzhen Hangzhou Chengdu Moscow Munich Taipei Zhejiang Guangdong")}, parts...)
	}
	if v.IntN(3) == 0 {
		parts = append(parts, v.word())
	}
	parts = append(parts, v.one("Electronic Information Network Semiconductor Digital Communications Optical Precision Marine Software Robotics Aviation"))
	if v.IntN(2) == 0 {
		parts = append(parts, v.one("Technology Industry Group Systems International"))
	}
	return strings.Join(parts, " ") + " " + v.one("Co.,_Ltd. Inc. LLC GmbH Corporation Limited JSC")
}

func (v inventor) model() string {
	return v.one("AX BR CS DN FT GX KS LM NT PX QS RV NF KR SR DL IPC DS") + strconv.Itoa(100+v.IntN(9900)) + v.one("- ") + v.one("X G M V T S") + strconv.Itoa(1+v.IntN(40))
}

type named struct {
	entities []graph.Entity
	names    []string // as a search without debadge would list them
}

func invent(n int) named {
	v := inventor{rand.New(rand.NewPCG(5, 5))}
	var out named
	brands := make([]string, 400)
	for i := range brands {
		brands[i] = v.word()
	}
	for i := range n {
		if i%2 == 0 {
			name := strings.ReplaceAll(v.company(), "_", " ")
			out.entities = append(out.entities, company(strconv.Itoa(i), name))
			out.names = append(out.names, name)
			continue
		}
		brand, model := brands[v.IntN(len(brands))], v.model()
		out.entities = append(out.entities, product("b:"+strconv.Itoa(i), brand, model))
		out.names = append(out.names, brand+" "+model)
	}
	return out
}

// freeText writes names the way orders do, none as it is stored: misspelled, with
// legal forms left out, or inside of a line.
func (v inventor) freeText(e graph.Entity) string {
	if e.ID.Kind() == graph.Product {
		return v.one("Server Qty_2: New rack") + " " + strings.ToUpper(e.Brand) + " " + strings.ReplaceAll(e.Name, "-", " ") + "-A0-F0-00 2U"
	}
	name := []byte(strings.ToLower(e.Name))
	at := 1 + v.IntN(len(name)/2)
	switch v.IntN(3) {
	case 0:
		name = slices.Delete(name, at, at+1)
	case 1:
		name[at] = 'a' + byte(v.IntN(26))
	case 2:
		name[at], name[at-1] = name[at-1], name[at]
	}
	return string(name)
}

var benched struct {
	sync.Once
	index *resolve.Index
	named
}

func benchIndex(b *testing.B) *resolve.Index {
	b.Helper()
	benched.Do(func() {
		ctx := context.Background() //nolint:usetesting // outlives the benchmark that makes it
		benched.named = invent(extent.Size(b, "DEBADGE_BENCH_NAMES", 10_000))
		s := index.NewMemory(clock)
		for part := range slices.Chunk(benched.entities, 5000) {
			if _, err := s.Append(ctx, graph.ChangeSet{Entities: part}); err != nil {
				b.Fatal(err)
			}
		}
		began := time.Now() //nolint:forbidigo // benchmarks measure time
		var err error
		if benched.index, err = resolve.Open(ctx, s, graph.Moment{}, resolve.Options{}); err != nil {
			b.Fatal(err)
		}
		size := benched.index.Size()
		fmt.Fprintf(os.Stdout, "# %d names; index %d MB, %d bytes a name, built in %v\n",
			size.Names, size.Bytes>>20, size.Bytes/size.Names, time.Since(began).Round(time.Millisecond))
	})
	return benched.index
}

const benchQueries = 2000

func BenchmarkResolve(b *testing.B) {
	x := benchIndex(b)
	v := inventor{rand.New(rand.NewPCG(9, 9))}
	queries := map[string][]string{}
	meant := make([]graph.ID, benchQueries)
	for n := range benchQueries {
		i := v.IntN(len(benched.entities))
		meant[n] = benched.entities[i].ID
		queries["exact"] = append(queries["exact"], benched.names[i])
		queries["free-text"] = append(queries["free-text"], v.freeText(benched.entities[i]))
		queries["unknown"] = append(queries["unknown"], strings.ReplaceAll(v.company(), "_", " "))
	}
	for _, kind := range []string{"exact", "free-text", "unknown"} {
		b.Run(kind, func(b *testing.B) {
			b.ReportAllocs()
			var took []time.Duration
			bounded, right, wrong := 0, 0, 0
			for i := 0; b.Loop(); i++ {
				began := time.Now() //nolint:forbidigo // benchmarks measure time
				r := x.Resolve(resolve.Query{Text: queries[kind][i%benchQueries]})
				took = append(took, time.Since(began))
				if !r.Complete {
					bounded++
				}
				if r.Entity != nil && r.Entity.ID == meant[i%benchQueries] {
					right++
				} else if r.Entity != nil {
					wrong++
				}
			}
			slices.SortFunc(took, cmp.Compare)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
			b.ReportMetric(100*float64(bounded)/float64(len(took)), "%bounded")
			b.ReportMetric(100*float64(right)/float64(len(took)), "%right")
			b.ReportMetric(100*float64(wrong)/float64(len(took)), "%wrong")
		})
	}
	if python := os.Getenv("DEBADGE_BENCH_PYTHON"); python != "" { //nolint:forbidigo // the other side of the comparison
		b.Run("rapidfuzz", func(b *testing.B) { benchRapidfuzz(b, python, queries["free-text"]) })
	}
}

// benchRapidfuzz looks texts up with process.extractOne and reports its median.
func benchRapidfuzz(b *testing.B, python string, queries []string) {
	b.Helper()
	const some = 40 // it is slow
	cmd := exec.CommandContext(b.Context(), python, "testdata/extract_one.py")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(stdin)
	if err := json.NewEncoder(w).Encode(map[string]any{"names": benched.names, "queries": queries[:some]}); err != nil {
		b.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	stdin.Close()
	data, err := io.ReadAll(stdout)
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	var took struct{ P50, P99 float64 }
	if err := json.Unmarshal(data, &took); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(took.P50, "p50-ns")
	b.ReportMetric(took.P99, "p99-ns")
}
