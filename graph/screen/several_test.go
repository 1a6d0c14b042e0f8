package screen_test

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"debadge/graph/screen"
)

// TestSeveralAreAsEachAlone compares the forms written at once with those
// written one by one.
func TestSeveralAreAsEachAlone(t *testing.T) {
	t.Parallel()
	encoders := func() []screen.Encoder {
		return []screen.Encoder{new(screen.NDJSON), &screen.CSV{Explain: true}, new(screen.JSON), new(screen.HTML)}
	}
	head := screen.Head{Input: "order", Format: "csv", Columns: []string{"model"}}
	rows := []screen.Row{{Line: 1, At: "line 1", Cells: []string{"=a\n\"b\""}}, {Line: 2, At: "line 2"}, {Line: 3, At: "line 3", Reasons: []string{"why"}}}
	run := func(e screen.Encoder, w io.Writer, batch int) {
		t.Helper()
		to, err := e.Begin(w, head)
		if err != nil {
			t.Fatal(err)
		}
		for some := range slices.Chunk(rows, batch) {
			var b []byte
			for i := range some {
				if b, err = e.Encode(b, &some[i]); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := to.Write(b); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.End(screen.Summary{Head: head, Finished: true}); err != nil {
			t.Fatal(err)
		}
	}
	for batch := 1; batch <= len(rows); batch++ {
		var together []bytes.Buffer
		var outputs []screen.Output
		together = make([]bytes.Buffer, len(encoders()))
		for i, e := range encoders() {
			outputs = append(outputs, screen.Output{Encoder: e, To: &together[i]})
		}
		run(screen.NewSeveral(outputs...), nil, batch)
		for i, e := range encoders() {
			var alone bytes.Buffer
			run(e, &alone, batch)
			if alone.Len() == 0 || alone.String() != together[i].String() {
				t.Errorf("form %d:\n%s\nalone:\n%s", i, together[i].String(), alone.String())
			}
		}
	}
}
