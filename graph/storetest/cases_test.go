package storetest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"debadge/graph"
)

var update = flag.Bool("update", false, "write the answers of a plain store into the cases, to be read before they are kept")

// TestUpdate writes expectations, and on the way holds the files to one form.
func TestUpdate(t *testing.T) {
	for name, c := range readCases(t) {
		sets := c.sets(t)
		plain := newPlainStore(nil)
		for _, cs := range sets {
			if _, err := plain.append(cs); err != nil {
				t.Fatal(err)
			}
		}
		for i, q := range c.Questions {
			data, err := q.put(t.Context(), StoreAsker(plain))
			if *update {
				c.Questions[i].Expect = q.compact(t, data, err)
			}
		}
		var b bytes.Buffer
		if err := graph.EncodeJSON(&b, c); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(caseDir, name+".json")
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if data, err := os.ReadFile(file); err != nil || !bytes.Equal(data, b.Bytes()) {
			t.Errorf("%s is not in the form that -update writes: %v", file, err)
		}
	}
}
