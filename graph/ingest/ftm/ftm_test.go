package ftm_test

import (
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest/ftm"
)

func TestGolden(t *testing.T) {
	for _, name := range []string{"entities.ftm.json", "nested.json"} {
		got := newTape()
		files := opened(t, name)
		if err := ftm.Format().Read(t.Context(), files, got); err != nil {
			t.Fatal(err)
		}
		again := newTape()
		if err := files[0].Rewind(); err != nil {
			t.Fatal(err)
		}
		if err := ftm.Format().Read(t.Context(), files, again); err != nil {
			t.Fatal(err)
		}
		if got.String() != again.String() {
			t.Errorf("%s: read again it says\n%s", name, again)
		}
		got.golden(t, name+".golden")
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":        "",
		"a table":        "a,b\n1,2\n",
		"JSON of others": `[{"a":1}]`,
	} {
		if err := ftm.Format().Read(t.Context(), content(t, text), newTape()); graph.KindOf(err) != graph.KindInvalid || err == nil {
			t.Errorf("%s: %v, want an invalid file", name, err)
		}
	}
}

func TestEntitiesDeepInsideOthersAreReadOrRefused(t *testing.T) {
	var text strings.Builder
	for i := range 20 {
		id := strings.Repeat("x", i+1)
		text.WriteString(`{"id":"` + id + `","schema":"Company","properties":{"name":["` + id + `"],"notes":[`)
	}
	text.WriteString(strings.Repeat("]}}", 20))
	got := newTape()
	if err := ftm.Format().Read(t.Context(), content(t, text.String()), got); err != nil {
		t.Fatal(err)
	}
	if len(got.entities) != 9 || got.refused != 1 {
		t.Errorf("%d parties, %d refused, want 9 and the rest refused once\n%s", len(got.entities), got.refused, got)
	}
}
