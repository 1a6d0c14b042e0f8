package graph_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"debadge/graph"
)

func TestEncodeJSONKeepsNamesReadable(t *testing.T) {
	var b strings.Builder
	ref := graph.EntityRef{ID: "company:a-b", Kind: graph.Company, Name: "A & B <浪潮>"}
	if err := graph.EncodeJSON(&b, ref); err != nil {
		t.Fatal(err)
	}
	want := "{\n  \"id\": \"company:a-b\",\n  \"kind\": \"company\",\n  \"name\": \"A & B <浪潮>\"\n}\n"
	if b.String() != want {
		t.Errorf("got %s, want %s", b.String(), want)
	}
}

// FuzzEncodeJSON compares what is written with what the standard library writes.
func FuzzEncodeJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, `-1.5e3`, `"a"`, `{"a":{},"b":[],"c":[{}],"d":{"e":[1,2,[3]]}}`,
		`["{\"", "\\", "\\\"", "]\\", ":,", "浪潮", "\u2028", "<&>", ""]`, `{"\\":"\\\\","\"":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v any
		if json.Unmarshal(data, &v) != nil {
			return
		}
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		got, err := graph.AppendJSON(nil, v)
		if err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s: got %s, want %s (%v)", data, got, want.Bytes(), err)
		}
	})
}
