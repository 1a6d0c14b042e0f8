package screen

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"debadge/graph"
)

// seeds are the files of testdata and of shared real bills of material.
func seeds(f *testing.F, pattern string) {
	f.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
}

// drain reads a bill of material to its end: it ends, with an error that says
// where, or with every line numbered and placed.
func drain(t *testing.T, parts bomParts) {
	t.Helper()
	r := &bomReader{name: "bill", parts: parts, leftOut: map[string]int{}, pos: func() (int64, int64) { return 0, 0 }}
	for n := 1; ; n++ {
		line, err := r.Next()
		switch {
		case errors.Is(err, io.EOF) && graph.KindOf(err) != graph.KindInvalid:
			return
		case err != nil:
			if graph.KindOf(err) != graph.KindInvalid {
				t.Fatalf("the error %v is not one about the input", err)
			}
			return
		case line.Number != n || line.At == "":
			t.Fatalf("line %d is %+v", n, line)
		case line.Bad == "" && !line.Input.namesProduct() && line.Input.Manufacturer == "" && line.Input.Supplier == "":
			t.Fatalf("line %d names nothing: %+v", n, line)
		}
	}
}

func FuzzCycloneDXJSON(f *testing.F) {
	seeds(f, "testdata/hbom*.json")
	for _, text := range []string{`{"components":[{"type":"device","name":"A"`, `{"components":[{},null,1,{"components":[{"type":"device","name":"x"}]}]}`, `{"metadata":{"component":{"cpe":"cpe:2.3:h:a\\:b:c"}}}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { drain(t, newBOMJSON("bill", strings.NewReader(text))) })
}

func FuzzCycloneDXXML(f *testing.F) {
	seeds(f, "testdata/*.xml")
	f.Add(`<bom xmlns="http://cyclonedx.org/schema/bom/1.2"><components><component type="device"><name>&lt;</name></component></components></bom>`)
	f.Add(`<bom xmlns="http://cyclonedx.org/schema/bom/1.2"></components></bom>`)
	f.Fuzz(func(t *testing.T, text string) { drain(t, newBOMXML("bill", strings.NewReader(text))) })
}

func FuzzItem(f *testing.F) {
	for _, text := range []string{`{"model":"X1"}`, `{"product":{"name":["X1","X2"]}}`, `"X1"`, `null`, `[[1]]`, `{"a":{"b":{"c":1e400}}}`, `{"":""}`, `{"model":"X1","model":"X2"}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return // items are valid when they get here
		}
		var o objects
		l, err := o.line(json.RawMessage(text))
		if err != nil && l.Bad == "" {
			t.Fatalf("%s: %v", text, err)
		}
		if l.Bad == "" && len(l.Cells) != 1 {
			t.Fatalf("%s is kept as %q", text, l.Cells)
		}
	})
}
