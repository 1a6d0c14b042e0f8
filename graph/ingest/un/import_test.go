package un_test

import (
	"testing"

	"debadge/graph/ingest/ingesttest"
	"debadge/graph/ingest/un"
)

func TestImport(t *testing.T) {
	store := ingesttest.Memory()
	first := ingesttest.Import(t, store, un.Format(), ingesttest.Open(t, fixtures[0]))
	if first.Added != 3 || first.Edition.String() != "2032-02-01" || first.Refused != 1 || first.RefusedValues != 1 {
		t.Errorf("the first import: %+v", first)
	}
	if again := ingesttest.Import(t, store, un.Format(), ingesttest.Open(t, fixtures[0])); again.Commits != 0 || again.Unchanged != 3 {
		t.Errorf("the same file again: %+v", again)
	}
	for _, c := range []struct{ subject, day, want string }{
		{"Sample Trading", "2031-04-23", "clear"},
		{"Sample Trading", "2031-04-24", "company:un-sc:sxe.001 2031-04-24"},
		{"Сэм Образец", "2031-01-01", "company:un-sc:sxi.001 2030-12-31"},
		{"No Reference Ltd", "2001-01-01", "company:un-sc:2000002 "},
	} {
		if got := ingesttest.ListedFrom(t, store, c.subject, c.day); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.subject, c.day, got, c.want)
		}
	}
}
