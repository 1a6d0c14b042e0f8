package bods

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// told returns what a spool gives back: the entries of each key, the keys in
// order of their names.
func told(t *testing.T, s *spool) []string {
	t.Helper()
	var all []string
	err := s.each(func(key string, group []entry) error {
		var text strings.Builder
		fmt.Fprintf(&text, "%s:", key)
		for _, e := range group {
			fmt.Fprintf(&text, " %d/%d %v %s", e.file, e.line, e.told, e.data)
		}
		all = append(all, text.String())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func TestASpoolOnDiskGivesWhatOneInMemoryDoes(t *testing.T) {
	memory, disk := &spool{}, &spool{limit: 1000}
	for i := range 3000 {
		e := entry{key: fmt.Sprintf("key %d", i%700), file: i % 2, line: i + 1, told: i%3 > 0, data: []byte(strings.Repeat("x", i%50))}
		for _, s := range []*spool{memory, disk} {
			if err := s.add(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	if memory.dir != "" || disk.dir == "" || len(disk.held) > 0 {
		t.Fatalf("the one in memory is at %q, the one on disk at %q and holds %d", memory.dir, disk.dir, len(disk.held))
	}
	want, got := told(t, memory), told(t, disk)
	if len(want) != 700 || !slices.Equal(want, got) {
		t.Errorf("%d keys on disk, %d in memory, or other entries", len(got), len(want))
	}
	if err := disk.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(disk.dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", disk.dir, err)
	}
}
