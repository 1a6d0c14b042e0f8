package export_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/export"
	"debadge/graph/sqlite"
	"debadge/graph/storetest"
)

func stream(tb testing.TB, s graph.Store) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := export.NDJSON(tb.Context(), s, &b, export.Options{}); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func openSQLite(tb testing.TB) *sqlite.Store {
	tb.Helper()
	s, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "store.db"), fixed)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func restore(tb testing.TB, s graph.Restorer, data []byte) export.Restored {
	tb.Helper()
	sum, err := export.Restore(tb.Context(), s, "f", bytes.NewReader(data), func(export.Restored) {})
	if err != nil {
		tb.Fatal(err)
	}
	return sum
}

// TestRestoredIsTheSame restores a stream into every store, compares the logs,
// and wants the same bytes when it is exported again.
func TestRestoredIsTheSame(t *testing.T) {
	m := memory(t, append(rich(), attacked()...)...)
	data := stream(t, m)
	for name, s := range map[string]interface {
		graph.Store
		graph.Restorer
	}{"memory": memory(t), "sqlite": openSQLite(t), "neo4j": openNeo4j(t, empty(t))} {
		t.Run(name, func(t *testing.T) {
			sum := restore(t, s, data)
			if sum.Added != sum.Changes || sum.Reached != sum.Basis.Revision || sum.Changes < 3 {
				t.Errorf("restored %+v", sum)
			}
			same(t, m, s)
			if again := stream(t, s); !bytes.Equal(again, data) {
				t.Error("exported again it is not the same")
			}
			if sum := restore(t, s, data); sum.Added != 0 {
				t.Errorf("restored again: %+v", sum)
			}
			appendAll(t, s, rich()...)
			same(t, m, s)
		})
	}
}

func bySQLite(t *testing.T, from graph.Store) graph.Store {
	t.Helper()
	s := openSQLite(t)
	restore(t, s, stream(t, from))
	return s
}

// TestRestoredCopies asks copies in SQLite about random graphs and about the
// shipped cases.
func TestRestoredCopies(t *testing.T) {
	storetest.RunCopies(t, bySQLite)
	m := shipped(t)
	t.Logf("%d questions", storetest.SameAnswers(t, m, bySQLite(t, m), graph.DayOf(fixed())))
}

// TestAlteredStreamIsRefused changes, cuts and adds to a stream, and wants
// every such stream refused before anything is restored.
func TestAlteredStreamIsRefused(t *testing.T) {
	data := string(stream(t, memory(t, rich()...)))
	if sum, err := export.CheckNDJSON("f", strings.NewReader(data)); err != nil || sum.Changes != 3 {
		t.Fatalf("the stream itself: %+v, %v", sum, err)
	}
	lines := strings.SplitAfter(data, "\n")
	for name, text := range map[string]string{
		"empty": "", "a bundle": "{\"debadge\": 1}\n", "another version": strings.Replace(data, `"version":1`, `"version":2`, 1),
		"cut at a line": strings.Join(lines[:9], ""), "cut within a line": data[:len(data)/2], "no last line feed": strings.TrimSuffix(data, "\n"),
		"a line left out": strings.Join(lines[:5], "") + strings.Join(lines[6:], ""), "more behind it": data + "{}\n",
		"one word": strings.Replace(data, "nobody's", "somebody", 1), "an unknown key": strings.Replace(data, `"entity":{`, `"entity":{"x":1,`, 1),
		"two in a line": strings.Replace(data, `{"entity":`, `{"source":{},"entity":`, 1), "a time": strings.Replace(data, "2026", "2027", 1),
		"invalid UTF-8": strings.Replace(data, "nobody's", "nobody\xff", 1), "huge counts": strings.Replace(data, `"entities":`, `"entities":99999999`, 1),
		"a revision twice": strings.Replace(data, `"revision":2,`, `"revision":1,`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			if text == data {
				t.Fatal("nothing was altered")
			}
			if _, err := export.CheckNDJSON("f", strings.NewReader(text)); graph.KindOf(err) != graph.KindInvalid {
				t.Errorf("it is taken, or fails with %v", err)
			}
		})
	}
}

// FuzzNDJSON wants no panic, and a whole stream read the same twice.
func FuzzNDJSON(f *testing.F) {
	f.Add(stream(f, memory(f, rich()...)))
	f.Add(stream(f, memory(f)))
	f.Add([]byte(`{"debadge_log":{"version":1,"revision":0}}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := memory(t)
		if _, err := export.CheckNDJSON("f", bytes.NewReader(data)); err != nil {
			return
		}
		if _, err := export.Restore(t.Context(), m, "f", bytes.NewReader(data), func(export.Restored) {}); err != nil {
			return // what refers to nothing is found by a store alone
		}
		again := stream(t, m)
		other := memory(t)
		restore(t, other, again)
		if !bytes.Equal(again, stream(t, other)) {
			t.Error("a stream that was restored is not the same when it is exported")
		}
	})
}
