package graph_test

import (
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
