package ftm_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// tape is a sink that writes down what it is given, as text that a person can
// check against the file.
type tape struct {
	strings.Builder

	records  int
	claims   map[graph.Relation]int
	refused  int
	leftOut  map[string]int
	entities map[graph.ID]bool
}

func newTape() *tape {
	return &tape{claims: map[graph.Relation]int{}, leftOut: map[string]int{}, entities: map[graph.ID]bool{}}
}

func (t *tape) line(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

func (t *tape) entity(mark string, e graph.Entity) {
	t.line("  %s%s %q", mark, e.ID, e.Name)
	for _, a := range e.Aliases {
		t.line("      aka %q %s", a.Text, a.Language)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Attributes)) {
		t.line("      %s %q", name, e.Attributes[name])
	}
}

func (t *tape) Record(r ingest.Record) error {
	t.records++
	t.line("line %d", r.At.Line)
	for _, e := range r.Entities {
		t.entities[e.ID] = true
		t.entity("", e)
	}
	for _, e := range r.Mentions {
		t.entity("? ", e)
	}
	for _, c := range r.Claims {
		t.claims[c.Relation]++
		t.line("  %s -%s-> %s  [%s, %s) %s %s..%s %v", c.From, c.Relation, c.To, c.ValidFrom, c.ValidTo, c.Status, c.ShareMin, c.ShareMax, c.Attributes)
		t.line("      key %q", c.Key)
		for _, q := range c.Citations {
			t.line("      %s at %q: %q", q.Stance, q.Locator, q.Text)
		}
	}
	return nil
}

func (t *tape) Refuse(r ingest.Refusal) error {
	t.refused++
	what := "refused"
	if r.Kept {
		what = "refused (value)"
	}
	t.line("line %d %s: %s: %q %s", r.Line, what, r.Column, r.Value, r.Reason)
	return nil
}

func (t *tape) LeaveOut(what string)                { t.leftOut[what]++ }
func (t *tape) Conflict(_ ingest.Place, why string) { t.line("conflict: %s", why) }
func (t *tape) Incomplete(why string)               { t.line("incomplete: %s", why) }
func (t *tape) Edition(d graph.Date)                { t.line("edition %s", d) }
func (t *tape) Covers(list graph.ID)                { t.line("covers %s", list) }

// golden compares the tape with a file in testdata.
func (t *tape) golden(tb testing.TB, name string) {
	tb.Helper()
	for _, what := range slices.Sorted(maps.Keys(t.leftOut)) {
		t.line("left out: %s: %d", what, t.leftOut[what])
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(t.String()), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	if t.String() != string(want) {
		tb.Errorf("%s: got\n%s\nwant\n%s", name, t, want)
	}
}

// opened opens files for one import; a name without a folder is in testdata.
func opened(tb testing.TB, names ...string) []*file.File {
	tb.Helper()
	var files []*file.File
	for _, name := range names {
		if filepath.Base(name) == name {
			name = filepath.Join("testdata", name)
		}
		f, err := file.Open(name, file.Options{})
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = f.Close() })
		files = append(files, f)
	}
	return files
}

// content opens a text as if it stood in a file.
func content(tb testing.TB, text string) []*file.File {
	tb.Helper()
	f, err := file.New("made.txt", []byte(text), file.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return []*file.File{f}
}

// shared returns the path of a real file of the shared data, if that is beside
// the checkout or where the environment says.
func shared(path ...string) (string, bool) {
	given := os.Getenv("DEBADGE_SHARED_DATA") //nolint:forbidigo // where a test finds files that are not part of the repository
	roots := []string{given, filepath.Join("..", "..", "..", "..", "shared", "data")}
	for _, root := range roots {
		name := filepath.Join(append([]string{root}, path...)...)
		if _, err := os.Stat(name); root != "" && err == nil {
			return name, true
		}
	}
	return "", false
}
