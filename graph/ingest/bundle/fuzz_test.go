package bundle_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest/bundle"
)

// FuzzDecode checks that what is accepted is JSON, is read as encoding/json
// reads it, and comes back the same.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(whole))
	seeds, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range seeds {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		cs, err := bundle.Decode("f.json", bytes.NewReader(data))
		if err != nil {
			if kind := graph.KindOf(err); kind != graph.KindInvalid {
				t.Fatalf("an error of kind %s: %v", kind, err)
			}
			return
		}
		var plain graph.ChangeSet
		if err := json.Unmarshal(data, &plain); err != nil {
			t.Fatalf("accepted, but encoding/json says %v", err)
		}
		if a, b := encoded(t, cs), encoded(t, plain); a != b {
			t.Fatalf("read as\n%s\nbut encoding/json reads\n%s", a, b)
		}
		text := encoded(t, cs)
		again, err := bundle.Decode("f.json", bytes.NewReader([]byte(text)))
		if err != nil {
			t.Fatalf("its canonical form is refused: %v\n%s", err, text)
		}
		if second := encoded(t, again); second != text {
			t.Fatalf("first\n%s\nthen\n%s", text, second)
		}
		a, errA := cs.Prepare()
		b, errB := again.Prepare()
		if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
			t.Fatalf("prepared as\n%+v\nthen as\n%+v", a, b)
		}
	})
}

func encoded(t *testing.T, cs graph.ChangeSet) string {
	t.Helper()
	var b bytes.Buffer
	if err := bundle.Encode(&b, cs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
