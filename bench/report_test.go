package bench_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"debadge/bench"
)

// invented are results of two sizes, for a page that stays as it is.
func invented() []bench.Result {
	small := bench.Run{Products: 10_000, Entities: 10_504, Claims: 22_000, Date: "2026-01-02", Machine: "a processor, 2 cores", Load: "0.10", Version: "abc"}
	large := small
	large.Products, large.Entities, large.Claims, large.Load = 1_000_000, 1_100_004, 3_100_000, "0.20"
	one := func(run bench.Run, workload, side, unit string, p50, p99 float64) bench.Result {
		return bench.Result{Run: run, Workload: workload, Side: side, Unit: unit, Samples: 100, P50: p50, P99: p99}
	}
	return []bench.Result{
		one(small, bench.Trace, bench.Floor, "ns", 1000, 4000),
		one(small, bench.Trace, bench.Index, "ns", 1500, 20_000),
		one(small, bench.Trace, bench.ClearAllocs, "", 0, 0),
		one(large, bench.Trace, bench.Floor, "ns", 1700, 12_500),
		one(large, bench.Trace, bench.Index, "ns", 3400, 25_000),
		one(large, bench.Trace, bench.ClearAllocs, "", 1, 0),
		one(large, bench.Trace, bench.Cypher, "ns", 2_300_000, 19_000_000),
		one(large, bench.Reach, bench.Floor, "ns", 29_000_000, 0),
		one(large, bench.Reach, bench.WholeReach, "ns", 40_000_000, 0),
		one(large, bench.Memory, bench.IndexWhole, "B/claim", 171.4, 0),
		one(large, bench.Memory, bench.Arrays, "B", 77_594_624, 0),
		one(large, bench.Open, bench.AtRest, "ns", 1_400_000_000, 0),
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	if err := bench.Report(&got, invented()); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.golden", got.String())
}

func TestGrowth(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	if err := bench.Growth(&got, invented()); err != nil {
		t.Fatal(err)
	}
	golden(t, "growth.golden.svg", got.String())
}

// golden compares a text with a file, or writes it there.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("it is (+) other than %s says (-); if that is meant, run the test with -update and read it:\n%s", path, diff)
	}
}

// TestMergeKeepsWhatWasNotMeasured replaces what a new run has, and leaves the rest.
func TestMergeKeepsWhatWasNotMeasured(t *testing.T) {
	t.Parallel()
	before := invented()
	now := bench.Result{Run: before[0].Run, Workload: bench.Trace, Side: bench.Index, Unit: "ns", P50: 7}
	merged := bench.Merge(before, []bench.Result{now})
	if len(merged) != len(before) {
		t.Errorf("%d results became %d", len(before), len(merged))
	}
	if !slices.Contains(merged, now) || slices.Contains(merged, before[1]) {
		t.Errorf("the new result is not in place of the old one: %v", merged)
	}
}

// TestWrittenResultsAreRead also refuses what a newer version might have written.
func TestWrittenResultsAreRead(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := bench.Write(&b, invented()); err != nil {
		t.Fatal(err)
	}
	got, err := bench.Read(&b)
	if err != nil || !slices.Equal(got, invented()) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := bench.Read(strings.NewReader("{}\n{\"side\": 1}\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a number as a side: %v", err)
	}
	if _, err := bench.Read(strings.NewReader("{\"speed\": 1}\n")); err == nil {
		t.Error("a key that nobody knows was passed over")
	}
}

// TestTargetsAreMeasurable finds a workload for each side of a target.
func TestTargetsAreMeasurable(t *testing.T) {
	t.Parallel()
	for _, target := range bench.Targets() {
		for _, side := range []bench.Side{target.Of, target.To} {
			if side != (bench.Side{}) && !slices.ContainsFunc(bench.Workloads(), func(w bench.Workload) bool { return w.Name == side.Workload }) {
				t.Errorf("%q is about a workload %q", target.Says, side.Workload)
			}
		}
	}
}

// TestPageIsThatOfItsResults compares the page of docs with the results beside it.
func TestPageIsThatOfItsResults(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../docs/speed.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	results, err := bench.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, write := range pages() {
		var want bytes.Buffer
		if err := write(&want, results); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("../docs", name)
		if *update {
			if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want.Bytes()) {
			t.Errorf("docs/%s is not what docs/speed.ndjson makes; make bench RESULTS=docs writes it", name)
		}
	}
}
