package bench

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Run is what was measured where, when and on how much.
type Run struct {
	Products int    `json:"products"`
	Entities int    `json:"entities"`
	Claims   int    `json:"claims"`
	Date     string `json:"date"`
	Machine  string `json:"machine"`
	Load     string `json:"load"` // of the machine when the run began
	Version  string `json:"version"`
}

// Result is one side of one workload. Durations are in nanoseconds, sizes in
// bytes; what is no duration has a value alone.
type Result struct {
	Run
	Workload string  `json:"workload"`
	Side     string  `json:"side"`
	Unit     string  `json:"unit"` // ns, B, B/claim, per s or a count
	Samples  int     `json:"samples"`
	P50      float64 `json:"p50"`
	P99      float64 `json:"p99,omitempty"` // 0 where a few samples say nothing of it
}

// Read returns the results that were written before, one in a line.
func Read(r io.Reader) ([]Result, error) {
	var all []Result
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var one Result
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.DisallowUnknownFields()
		if err := d.Decode(&one); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		all = append(all, one)
	}
	return all, lines.Err()
}

// Write writes results, one in a line.
func Write(w io.Writer, results []Result) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, r := range results {
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// Merge puts new results in place of those of the same size, workload and side.
// A run that measured a part of the workloads leaves the others as they were.
func Merge(before, now []Result) []Result {
	merged := slices.DeleteFunc(slices.Clone(before), func(r Result) bool {
		return slices.ContainsFunc(now, r.replaces)
	})
	merged = append(merged, now...)
	slices.SortStableFunc(merged, func(a, b Result) int {
		return cmp.Or(cmp.Compare(a.Products, b.Products), cmp.Compare(workloadOrder(a.Workload), workloadOrder(b.Workload)))
	})
	return merged
}

func (r Result) replaces(o Result) bool {
	return r.Products == o.Products && r.Workload == o.Workload && r.Side == o.Side
}
