package screen_test

import (
	"bytes"
	"crypto/sha256"
	"path/filepath"
	"testing"
	"time"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/index"
	"debadge/graph/neo4j"
	"debadge/graph/neo4j/neo4jtest"
	"debadge/graph/resolve"
	"debadge/graph/screen"
	"debadge/graph/sqlite"
	"debadge/graph/synth"
)

func TestMain(m *testing.M) { neo4jtest.Main(m) }

func fill(tb testing.TB, s graph.Store, products int) {
	tb.Helper()
	err := synth.Generate(synth.Options{Products: products, Seed: 1}, func(cs graph.ChangeSet) error {
		_, err := s.Append(tb.Context(), cs)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func follow(tb testing.TB, s graph.Store) graph.Store {
	tb.Helper()
	x, err := index.Follow(tb.Context(), s, index.Options{Clock: noon, MaxStale: time.Hour})
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

// order is a purchase order over the products of a store.
func order(tb testing.TB, s graph.Store, opts synth.OrderOptions) []byte {
	tb.Helper()
	var b bytes.Buffer
	err := s.View(tb.Context(), graph.Moment{}, func(v graph.View) error {
		b.Reset()
		return synth.Orders(tb.Context(), v, opts, &b)
	})
	if err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func names(tb testing.TB, s graph.Store) screen.Names {
	tb.Helper()
	n, err := screen.OpenNames(tb.Context(), s, graph.Moment{}, resolve.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// screened screens a file and returns the answers.
func screened(tb testing.TB, s graph.Store, n screen.Names, text []byte, e screen.Encoder) ([]byte, screen.Summary) {
	tb.Helper()
	f, err := file.New("order.csv", text, file.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	lines, err := screen.Open(f, screen.InputOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	var out bytes.Buffer
	sum, err := screen.Run(tb.Context(), s, lines, e, &out, options(tb, n))
	if err != nil {
		tb.Fatal(err)
	}
	return out.Bytes(), sum
}

// TestEveryStoreScreensAlike screens an order of products that are known,
// unknown, misspelled and clear on SQLite and on Neo4j with an index, and on
// Neo4j directly, there its first lines. DEBADGE_SCREEN_LINES and
// DEBADGE_SCREEN_PRODUCTS set how much.
func TestEveryStoreScreensAlike(t *testing.T) {
	lines, products := extent.Size(t, "DEBADGE_SCREEN_LINES", 600), extent.Size(t, "DEBADGE_SCREEN_PRODUCTS", 1500)
	local, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "claims.db"), noon)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, local, products)
	indexed := follow(t, local)
	defer indexed.Close()
	server := neo4jtest.Start(t)
	server.Wipe(t)
	remote, err := neo4j.Open(t.Context(), neo4j.Config{URI: server.URI, User: server.User, Password: server.Password, Clock: noon})
	if err != nil {
		t.Fatal(err)
	}
	defer remote.Close()
	fill(t, remote, products)

	text := order(t, indexed, synth.OrderOptions{Lines: lines, Seed: 7})
	few := prefix(text, mostDirect)
	var want, wantFew []byte
	for _, way := range []struct {
		name   string
		store  graph.Store
		direct bool
	}{{"SQLite with an index", indexed, false}, {"Neo4j with an index", follow(t, remote), false}, {"Neo4j directly", remote, true}} {
		if !bytes.Equal(text, order(t, way.store, synth.OrderOptions{Lines: lines, Seed: 7})) {
			t.Fatalf("%s: the generator writes another order", way.name)
		}
		n := names(t, way.store)
		if !way.direct {
			got := told(t, way.name, way.store, n, text, lines)
			if want == nil {
				want = got
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s gives other answers than SQLite with an index", way.name)
			}
		}
		got := told(t, way.name, way.store, n, few, min(lines, mostDirect))
		if wantFew == nil {
			wantFew = got
		}
		if !bytes.Equal(got, wantFew) {
			t.Errorf("%s gives other answers to the first lines than SQLite with an index", way.name)
		}
	}
}

// mostDirect bounds the lines that are asked about directly, which takes some
// milliseconds a line.
const mostDirect = 2000

// prefix is an order of the first lines of another one.
func prefix(text []byte, lines int) []byte {
	end := 0
	for range lines + 1 { // the header is one
		at := bytes.IndexByte(text[end:], '\n')
		if at < 0 {
			return text
		}
		end += at + 1
	}
	return text[:end]
}

// told screens an order and tells how long it took.
func told(t *testing.T, name string, s graph.Store, n screen.Names, text []byte, lines int) []byte {
	t.Helper()
	began := time.Now() //nolint:forbidigo // how long it takes is told, and not tested
	got, sum := screened(t, s, n, text, new(screen.NDJSON))
	t.Logf("%s: %d lines in %s, %v, %v, digest %x", name, sum.Lines, time.Since(began).Round(time.Millisecond), sum.Actions, sum.Resolutions, sha256.Sum256(got))
	mixed(t, sum, lines)
	return got
}

// mixed checks that an order has lines of every kind.
func mixed(t *testing.T, sum screen.Summary, lines int) {
	t.Helper()
	if sum.Lines != lines || !sum.Finished {
		t.Errorf("%d of %d lines were answered", sum.Lines, lines)
	}
	for _, action := range []string{"block", "review", "pass"} {
		if sum.Actions[action] < lines/50 {
			t.Errorf("%d lines are to %s; the order is too uniform", sum.Actions[action], action)
		}
	}
	for _, r := range []screen.Resolution{screen.Identified, screen.Matched, screen.NotKnown} {
		if sum.Resolutions[r] < lines/50 {
			t.Errorf("%d lines are %s; the order is too uniform", sum.Resolutions[r], r)
		}
	}
}
