package bench_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"debadge/bench"
	"debadge/extent"
)

var (
	resultsFlag = flag.String("results", "", "the folder where results and the page about them are kept; empty: nowhere")
	besideFlag  = flag.String("beside", "", "what else is measured, with commas between: postgres, networkx, rapidfuzz, neo4j, serve, or all")
)

// asked is whether what is no part of debadge is to be measured.
func asked(what string) bool {
	all := strings.Split(*besideFlag, ",")
	return slices.Contains(all, what) || slices.Contains(all, "all")
}

// amount is how much is measured: little where a run of the tests only shows that
// the benchmark works and that its answers are right.
type amount struct {
	trace, slow, few turns
	checked          int // answers that are checked
	lines            int // of an order
}

func amounts() amount {
	if *resultsFlag == "" {
		return amount{trace: turns{2, 100}, slow: turns{2, 5}, few: turns{1, 1}, checked: 200, lines: 1000}
	}
	return amount{trace: turns{20, 1000}, slow: turns{20, 10}, few: turns{5, 1}, checked: 2000, lines: 10_000}
}

// TestSpeed is the benchmark. DEBADGE_BENCH_PRODUCTS is the size of the graph,
// 1,000 if it is not set, with which it takes seconds.
func TestSpeed(t *testing.T) {
	w := newWorld(t, extent.Size(t, extent.Products, 1000))
	n := amounts()
	t.Logf("%d products, %d claims, %s", w.sheet.run.Products, w.sheet.run.Claims, w.sheet.run.Machine)
	for _, part := range []struct {
		name string
		run  func(*world, *testing.T, amount)
	}{
		{"trace", (*world).trace},
		{"timeline", (*world).timeline},
		{"reach", (*world).reach},
		{"typical", (*world).typical},
		{"screen", (*world).screen},
		{"text", (*world).text},
		{"append", (*world).appended},
		{"import", (*world).imported},
		{"open", (*world).opened},
		{"export", (*world).exported},
		{"serve", (*world).served},
		{"memory", (*world).memory},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.run(w, t, n) }) {
			t.FailNow() // what is wrong is not worth its time
		}
		keep(t, w.sheet.results) // a long run that is cut short has done something
	}
}

// keep merges the results with those that are in the folder, and writes the page.
func keep(t *testing.T, results []bench.Result) {
	t.Helper()
	before := []bench.Result(nil)
	folder := *resultsFlag
	if folder == "" {
		folder = t.TempDir()
	}
	path := filepath.Join(folder, "speed.ndjson")
	file, err := os.Open(path)
	if err == nil {
		before, err = bench.Read(file)
		err = errors.Join(err, file.Close())
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	all := bench.Merge(before, results)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, path, bench.Write, all)
	for name, page := range pages() {
		write(t, filepath.Join(folder, name), page, all)
	}
}

// pages are what is written about results, by the names of the files.
func pages() map[string]func(io.Writer, []bench.Result) error {
	return map[string]func(io.Writer, []bench.Result) error{"speed.md": bench.Report, "speed.svg": bench.Growth}
}

func write(t *testing.T, path string, page func(io.Writer, []bench.Result) error, results []bench.Result) {
	t.Helper()
	var b bytes.Buffer
	if err := page(&b, results); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
