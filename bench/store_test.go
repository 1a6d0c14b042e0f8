package bench_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver of the bare inserts

	"debadge/bench"
	"debadge/graph"
	"debadge/graph/export"
	"debadge/graph/index"
	"debadge/graph/sqlite"
	"debadge/graph/synth"
)

// copied is a copy of the store's file and of the log beside it, byte for byte;
// nobody writes meanwhile.
func (w *world) copied(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.db")
	for _, suffix := range []string{"", "-wal"} {
		from, err := os.Open(w.path + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		to, err := os.Create(path + suffix)
		if err == nil {
			_, err = io.Copy(to, from)
			err = errors.Join(err, to.Close(), from.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// perSecond is a rate of claims.
func (w *world) perSecond(took time.Duration) float64 {
	return float64(w.sheet.run.Claims) / took.Seconds()
}

// imported compares the import that made the store with bare inserts of the rows
// that it has now, in as many transactions, by the same driver.
func (w *world) imported(t *testing.T, _ amount) {
	t.Helper()
	status, err := w.index.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.sheet.value(bench.Import, bench.SQLiteImport, "claims/s", w.perSecond(w.written))
	took, rows := w.bare(t, int(status.Revision))
	t.Logf("%d rows of all tables, bare in %s, by debadge in %s", rows, took, w.written)
	w.sheet.value(bench.Import, bench.SQLiteBare, "claims/s", w.perSecond(took))
	if asked("neo4j") {
		w.byAdmin(t)
	}
}

// bare copies every table of the store's file row by row, and returns how long the
// inserts and commits took.
func (w *world) bare(t *testing.T, transactions int) (took time.Duration, rows int) {
	t.Helper()
	from, err := sql.Open("sqlite", "file:"+w.path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "bare.db")+
		"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(1)&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(8000)")
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	to.SetMaxOpenConns(1)
	tables := schemaOf(t, from, to)
	total := 0
	for _, table := range tables {
		var n int
		if err := from.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		total += n
	}
	each := max(total/transactions, 1)
	for _, table := range tables {
		some, n := copyTable(t, from, to, table, each)
		took, rows = took+some, rows+n
	}
	if rows != total {
		t.Fatalf("%d of %d rows were copied", rows, total)
	}
	return took, rows
}

// schemaOf makes the tables and indexes of one file in another one, and returns the
// tables, those first that others refer to.
func schemaOf(t *testing.T, from, to *sql.DB) []string {
	t.Helper()
	found, err := from.QueryContext(t.Context(), "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	var tables []string
	for found.Next() {
		var kind, name, text string
		if err := found.Scan(&kind, &name, &text); err != nil {
			t.Fatal(err)
		}
		if _, err := to.ExecContext(t.Context(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if kind == "table" {
			tables = append(tables, name)
		}
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return tables
}

// copyTable inserts so many rows a transaction; reading them is not counted.
func copyTable(t *testing.T, from, to *sql.DB, table string, each int) (took time.Duration, rows int) {
	t.Helper()
	found, err := from.QueryContext(t.Context(), "SELECT * FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	text := "INSERT INTO " + table + " VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")"
	var batch [][]any
	flush := func() {
		began := now()
		if err := insert(t, to, text, batch); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		took += now().Sub(began)
		rows += len(batch)
		batch = batch[:0]
	}
	for found.Next() {
		row, at := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			at[i] = &row[i]
		}
		if err := found.Scan(at...); err != nil {
			t.Fatal(err)
		}
		if batch = append(batch, row); len(batch) == each {
			flush()
		}
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	flush()
	return took, rows
}

func insert(t *testing.T, to *sql.DB, text string, batch [][]any) error {
	t.Helper()
	tx, err := to.BeginTx(t.Context(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // nothing to do once it is committed
	statement, err := tx.PrepareContext(t.Context(), text)
	if err != nil {
		return err
	}
	for _, row := range batch {
		if _, err := statement.ExecContext(t.Context(), row...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// opened measures what a new process needs to its first answer.
func (w *world) opened(t *testing.T, n amount) {
	t.Helper()
	snapshot := filepath.Join(t.TempDir(), "index")
	onFile := func(name string, opts *index.Options) side {
		return w.opening(t, name, opts, func() (graph.Store, error) { return sqlite.Open(t.Context(), w.path, now) })
	}
	fromSnapshot := onFile(bench.FromSnapshot, &index.Options{Clock: now, SnapshotPath: snapshot})
	if err := fromSnapshot.ask(0); err != nil { // leaves the file
		t.Fatal(err)
	}
	sides := []side{onFile(bench.Rebuilt, &index.Options{Clock: now}), fromSnapshot, onFile("debadge on SQLite, directly", nil)}
	if asked("neo4j") {
		sides = append(sides, w.besideNeo4j(t)...)
	}
	w.sheet.measure(t, bench.Open, n.few, sides)
}

// opening opens a store, with an index on it if there are options, and asks for a
// product that is listed. What Close does is not counted.
func (w *world) opening(t *testing.T, name string, opts *index.Options, open func() (graph.Store, error)) side {
	t.Helper()
	subject := w.product[slices.IndexFunc(w.product, func(n int32) bool { return w.verdict(n) != 0 })]
	var took time.Duration
	return side{name: name, took: func() time.Duration { return took }, ask: func(int) error {
		began := now()
		store, err := open()
		if err == nil && opts != nil {
			store, err = index.Follow(t.Context(), store, *opts)
		}
		if err != nil {
			return err
		}
		answer, err := graph.Trace(t.Context(), store, w.question(subject))
		took = now().Sub(began)
		if err == nil && answer.Finding != graph.Listed {
			err = fmt.Errorf("%s is %s", w.ids[subject], answer.Finding)
		}
		return errors.Join(err, store.Close())
	}}
}

// exported measures every stream that can be written, and that a copy restored from
// one holds as much as the store.
func (w *world) exported(t *testing.T, _ amount) {
	t.Helper()
	w.restored(t)
	for _, one := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"ndjson", func(to io.Writer) error { return export.NDJSON(t.Context(), w.index, to, export.Options{}) }},
		{"graphml", func(to io.Writer) error { return export.GraphML(t.Context(), w.index, to, export.Options{}) }},
		{"ftm", func(to io.Writer) error { return export.FtM(t.Context(), w.index, to, export.Options{}) }},
		{"cypher", func(to io.Writer) error {
			return export.Cypher(t.Context(), w.index, to, export.Literals, export.Options{})
		}},
	} {
		began := now()
		if err := one.write(io.Discard); err != nil {
			t.Fatal(err)
		}
		w.sheet.value(bench.Export, one.name, "claims/s", w.perSecond(now().Sub(began)))
	}
}

// restored writes the store out and into another one.
func (w *world) restored(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "all.ndjson")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := export.NDJSON(t.Context(), w.index, file, export.Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	other, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "restored.db"), now)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	began := now()
	if _, err := export.Restore(t.Context(), other, "all.ndjson", file, func(export.Restored) {}); err != nil {
		t.Fatal(err)
	}
	took := now().Sub(began)
	want, err := w.index.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := other.Status(t.Context()); err != nil || got != want {
		t.Fatalf("%+v, %v was restored of %+v", got, err, want)
	}
	w.sheet.value(bench.Import, "debadge restore into SQLite", "claims/s", w.perSecond(took))
}

// memory tells what the index takes, in all and without what belongs to no claim,
// beside the floor's arrays.
func (w *world) memory(t *testing.T, _ amount) {
	t.Helper()
	claims := float64(w.sheet.run.Claims)
	w.sheet.value(bench.Memory, bench.IndexWhole, "B/claim", float64(w.holds)/claims)
	w.sheet.value(bench.Memory, bench.IndexBare, "B/claim", (float64(w.holds)-float64(w.withoutClaims(t)))/claims)
	w.sheet.value(bench.Memory, bench.Arrays, "B", float64(w.up.bytes()+w.down.bytes()))
}

// withoutClaims is what an index takes of the same entities and sources alone.
func (w *world) withoutClaims(t *testing.T) uint64 {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "entities.db"), now)
	if err != nil {
		t.Fatal(err)
	}
	err = synth.Generate(options(w.sheet.run.Products), func(cs graph.ChangeSet) error {
		cs.Claims, cs.Retractions = nil, nil
		if len(cs.Entities)+len(cs.Sources) == 0 {
			return nil
		}
		_, err := store.Append(t.Context(), cs)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before := heap()
	x, err := index.Follow(t.Context(), store, index.Options{Clock: now})
	if err != nil {
		t.Fatal(err)
	}
	took := heap() - before
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return took
}
