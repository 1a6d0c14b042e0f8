package bods_test

import (
	"testing"

	"debadge/graph/ingest/bods"
)

func TestGolden(t *testing.T) {
	for _, name := range []string{"statements-0.4.json", "statements-0.3.json"} {
		files := opened(t, name)
		var tapes [2]*tape
		for i := range tapes {
			tapes[i] = newTape()
			if err := files[0].Rewind(); err != nil {
				t.Fatal(err)
			}
			if err := bods.Format().Read(t.Context(), files, tapes[i]); err != nil {
				t.Fatal(err)
			}
		}
		if tapes[0].String() != tapes[1].String() {
			t.Errorf("%s: read again it says\n%s", name, tapes[1])
		}
		tapes[0].golden(t, name+".golden")
	}
}
