package ftm_test

import (
	"strings"
	"testing"

	"debadge/graph/ingest/ftm"
	"debadge/graph/ingest/ingesttest"
)

func TestGolden(t *testing.T) {
	for _, name := range []string{"entities.ftm.json", "nested.json"} {
		files := ingesttest.Open(t, name)
		got := ingesttest.ReadAll(t, ftm.Format(), files)
		if err := files[0].Rewind(); err != nil {
			t.Fatal(err)
		}
		if again := ingesttest.ReadAll(t, ftm.Format(), files); got.String() != again.String() {
			t.Errorf("%s: read again it says\n%s", name, again)
		}
		ingesttest.Golden(t, name+".golden", got)
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	ingesttest.Refused(t, ftm.Format(), "made.txt", map[string]string{
		"nothing":        "",
		"a table":        "a,b\n1,2\n",
		"JSON of others": `[{"a":1}]`,
	})
}

func TestEntitiesDeepInsideOthersAreReadOrRefused(t *testing.T) {
	var text strings.Builder
	for i := range 20 {
		id := strings.Repeat("x", i+1)
		text.WriteString(`{"id":"` + id + `","schema":"Company","properties":{"name":["` + id + `"],"notes":[`)
	}
	text.WriteString(strings.Repeat("]}}", 20))
	got := ingesttest.ReadAll(t, ftm.Format(), ingesttest.Made(t, "made.txt", text.String()))
	if got.Parties() != 9 || len(got.Refusals) != 1 {
		t.Errorf("%d parties, %d refused, want 9 and the rest refused once\n%s", got.Parties(), len(got.Refusals), got)
	}
}
