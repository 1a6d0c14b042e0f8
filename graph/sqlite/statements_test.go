package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"path/filepath"
	"sync/atomic"
	"testing"

	"debadge/graph"
	"debadge/graph/synth"
)

// counted makes connections that count the statements that they run.
type counted struct {
	real driver.Driver
	name string
	ran  atomic.Int64
}

func (c *counted) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.real.Open(c.name)
	return countedConn{conn, c}, err
}

func (c *counted) Driver() driver.Driver { return c.real }

type countedConn struct {
	driver.Conn
	by *counted
}

func (c countedConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	s, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, text) //nolint:errcheck // what the driver has
	return countedStmt{s, c.by}, err
}

type countedStmt struct {
	driver.Stmt
	by *counted
}

func (s countedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.by.ran.Add(1)
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args) //nolint:errcheck // what the driver has
}

func (s countedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.by.ran.Add(1)
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args) //nolint:errcheck // what the driver has
}

// countReads lets a store read over connections that count.
func countReads(t *testing.T, s *Store, path string) *counted {
	t.Helper()
	name, err := dataSource(path, vfsName)
	if err != nil {
		t.Fatal(err)
	}
	c := &counted{real: s.reading.Driver(), name: name + readerOptions}
	if err := s.reading.Close(); err != nil {
		t.Fatal(err)
	}
	s.reading = sql.OpenDB(c)
	return c
}

// TestStatements holds how many statements questions take on a graph that never
// changes, where a clock would not tell one more of them.
func TestStatements(t *testing.T) {
	t.Parallel()
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "store.db")
	s, err := Open(ctx, path, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var products []graph.ID
	err = synth.Generate(synth.Options{Products: 1000, Seed: 1}, func(cs graph.ChangeSet) error {
		for _, e := range cs.Entities {
			if e.ID.Kind() == graph.Product {
				products = append(products, e.ID)
			}
		}
		_, err := s.Append(ctx, cs)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	by := countReads(t, s, path)
	const asked = 50
	day := graph.DayOf(clock())
	question := func(i, paths int) graph.Question {
		return graph.Question{Subject: string(products[i*len(products)/asked]), AsOf: day, Policy: graph.DefaultPolicy(), Paths: paths}
	}
	for _, test := range []struct {
		name string
		ask  func(i int) error
		want int64
	}{
		{"status", func(int) error { _, err := s.Status(ctx); return err }, 150},
		{"trace", func(i int) error { _, err := graph.Trace(ctx, s, question(i, 1)); return err }, 1116},
		{"five paths", func(i int) error { _, err := graph.Trace(ctx, s, question(i, 5)); return err }, 1116},
		{"timeline", func(i int) error { _, err := graph.Timeline(ctx, s, question(i, 1)); return err }, 1044},
		{"page of a reach", func(int) error {
			q := graph.ReachQuestion{Origin: string(synth.Hub), AsOf: day, Policy: graph.DefaultPolicy(), Limit: 100}
			_, err := graph.Reach(ctx, s, q, func(graph.ReachRow) error { return nil })
			return err
		}, 4400},
	} {
		before := by.ran.Load()
		for i := range asked {
			if err := test.ask(i); err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
		}
		if ran := by.ran.Load() - before; ran != test.want {
			t.Errorf("%d times a %s took %d statements, not %d", asked, test.name, ran, test.want)
		}
	}
}
