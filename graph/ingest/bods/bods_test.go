package bods_test

import (
	"testing"

	"debadge/graph/ingest/bods"
	"debadge/graph/ingest/ingesttest"
)

func TestGolden(t *testing.T) {
	for _, name := range []string{"statements-0.4.json", "statements-0.3.json"} {
		files := ingesttest.Open(t, name)
		got := ingesttest.ReadAll(t, bods.Format(), files)
		if err := files[0].Rewind(); err != nil {
			t.Fatal(err)
		}
		if again := ingesttest.ReadAll(t, bods.Format(), files); got.String() != again.String() {
			t.Errorf("%s: read again it says\n%s", name, again)
		}
		ingesttest.Golden(t, name+".golden", got)
	}
}
