package export

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"debadge/graph"
)

// TestSorted puts random records in order, through files of every size, and
// leaves none of those behind.
func TestSorted(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		s := newSorted(dir, rapid.IntRange(1, 300).Draw(t, "limit"))
		want := map[string]string{}
		for i := range rapid.IntRange(0, 60).Draw(t, "records") {
			key := rapid.StringMatching(`[a-c]{0,3}`).Draw(t, "key") + strconv.Itoa(i)
			want[key] = rapid.String().Draw(t, "data")
			if err := s.add([]byte(key), []byte(want[key])); err != nil {
				t.Fatal(err)
			}
		}
		var last []byte
		n := 0
		if err := s.each(func(key, data []byte) error {
			if n > 0 && bytes.Compare(last, key) >= 0 {
				t.Fatalf("%q comes after %q", key, last)
			}
			if want[string(key)] != string(data) {
				t.Fatalf("%q has %q", key, data)
			}
			last, n = slices.Clone(key), n+1
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.close(); err != nil || n != len(want) {
			t.Fatalf("%d of %d records, %v", n, len(want), err)
		}
	})
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// FuzzRecord wants no panic from a temporary file that is not what was written.
func FuzzRecord(f *testing.F) {
	var p pen
	p.claim(&graph.Claim{ID: "claim:a", Attributes: map[string]string{"entry": "x"}, Citations: []graph.Citation{{Source: "source:s"}}})
	f.Add(p.b)
	p = pen{}
	p.entity(&graph.Entity{ID: "company:a", Aliases: []graph.Alias{{Text: "x"}}, Attributes: map[string][]string{"a": {"b"}}})
	f.Add(p.b)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, section := range []byte{changeSection, sourceSection, entitySection, claimSection} {
			d := newDealer(&drawn{to: &graphML{}, sources: map[graph.ID]graph.Source{}})
			if err := d.record([]byte{section}, data); err != nil && graph.KindOf(err) != graph.KindUnavailable && graph.KindOf(err) != graph.KindInternal {
				t.Error(err)
			}
		}
	})
}
