package ftm_test

import (
	"testing"

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
