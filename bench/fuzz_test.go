package bench_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"debadge/bench"
)

// FuzzRead wants of whatever can be read that it is written and read again as it
// is, and that a page and a picture can be made of it.
func FuzzRead(f *testing.F) {
	var known bytes.Buffer
	if err := bench.Write(&known, invented()); err != nil {
		f.Fatal(err)
	}
	f.Add(known.String())
	f.Add("")
	f.Add("{}\n\n{\"products\":-1,\"p50\":-1e300,\"workload\":\"trace\",\"side\":\"|\\n\"}")
	f.Add("{\"products\":10,\"p50\":5,\"workload\":\"trace\",\"side\":\"debadge, index: the finding\"}")
	f.Add("{\"side\":1}")
	f.Fuzz(func(t *testing.T, text string) {
		results, err := bench.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		var again, page bytes.Buffer
		if err := bench.Write(&again, results); err != nil {
			t.Fatal(err)
		}
		if got, err := bench.Read(&again); err != nil || !slices.Equal(got, results) {
			t.Errorf("%v became %v, %v", results, got, err)
		}
		if err := bench.Report(&page, results); err != nil {
			t.Error(err)
		}
		if err := bench.Growth(&page, results); err != nil {
			t.Error(err)
		}
	})
}
