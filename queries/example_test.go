package queries_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"debadge/queries"
)

// TestQuestionsRunInBrowser checks that each question says in its header, in
// order, what Neo4j Browser has to be told, and that every question is one that
// reads and is bounded.
func TestQuestionsRunInBrowser(t *testing.T) {
	if n := len(queries.Pack()); n < 16 {
		t.Errorf("the pack has %d questions", n)
	}
	for _, q := range queries.Pack() {
		values, err := queries.Example(q.Browser)
		if err != nil {
			t.Errorf("%s: %v", q.Name, err)
		}
		if got, want := slices.Sorted(maps.Keys(values)), slices.Sorted(slices.Values(names(q.Parameters))); !slices.Equal(got, want) {
			t.Errorf("%s tells Browser %v, its parameters are %v", q.Name, got, want)
		}
		for _, p := range q.Parameters {
			if p.Default != values[p.Name] || p.Required() && p.Default == "" {
				t.Errorf("%s has the default %q for %s", q.Name, p.Default, p.Name)
			}
		}
		for _, word := range []string{"CREATE", "MERGE", "SET ", "DELETE", "REMOVE", "LOAD CSV", "*]", "*..]"} {
			if strings.Contains(q.Text, word) {
				t.Errorf("%s says %s", q.Name, word)
			}
		}
		if !strings.HasSuffix(strings.TrimSpace(q.Source()), q.Text) || !strings.HasPrefix(q.Source(), "// ") {
			t.Errorf("the file of %s is not its header and its text", q.Name)
		}
	}
}

func TestExample(t *testing.T) {
	got, err := queries.Example(`:param {a: 'x', b: date(), c: ['p', 'q'], d: [], e: -3, f: datetime(), g: date('2024-01-02'), h: ''}`)
	want := map[string]string{"a": "x", "b": "today", "c": "p,q", "d": "", "e": "-3", "f": "now", "g": "2024-01-02", "h": ""}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("read %v, %v", got, err)
	}
	for _, wrong := range []string{"", ":param a => 1", ":param {a}", ":param {a: b}", ":param {a: 1, a: 2}", ":param {a: 'it\\'s'}", ":param {a: [1]}"} {
		if got, err := queries.Example(wrong); err == nil {
			t.Errorf("read %v from %q", got, wrong)
		}
	}
}

func FuzzExample(f *testing.F) {
	for _, q := range queries.Pack() {
		f.Add(q.Browser)
	}
	f.Add(":param {a: ['x', ], b: date('')}")
	f.Fuzz(func(t *testing.T, line string) {
		values, err := queries.Example(line)
		for name, value := range values {
			if err != nil || name == "" || !strings.Contains(line, name) || strings.ContainsAny(value, `'\`) {
				t.Errorf("read %q as %q: %v", line, values, err)
			}
		}
	})
}
