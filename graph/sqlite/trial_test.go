package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"debadge/extent"
	"debadge/graph"
)

// failing is a file system in which a call that writes fails: the one that it is
// told, or all from that one on. It stands on the store's own.
var failing struct {
	register sync.Once
	mu       sync.Mutex
	methods  map[uintptr]uintptr

	calls atomic.Int64 // so far
	first atomic.Int64 // that fails; 0: none
	last  atomic.Int64
	code  atomic.Int32 // with which it fails
}

// failingMethods begin as methods do, which is what readSealed and writeSealed
// look for.
type failingMethods struct {
	methods

	inner uintptr
}

const failingName = "failing"

func fails() bool {
	n := failing.calls.Add(1)
	return n >= failing.first.Load() && n <= failing.last.Load()
}

func innerOf(file uintptr) *lib.Tsqlite3_io_methods {
	return at[lib.Tsqlite3_io_methods](at[failingMethods](at[lib.Tsqlite3_file](file).FpMethods).inner)
}

func failingWrite(tls *libc.TLS, file, buffer uintptr, amount int32, offset int64) int32 {
	if fails() {
		return failing.code.Load()
	}
	return method[writeMethod](innerOf(file).FxWrite)(tls, file, buffer, amount, offset)
}

func failingSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	if fails() {
		return failing.code.Load()
	}
	return method[func(*libc.TLS, uintptr, int32) int32](innerOf(file).FxSync)(tls, file, flags)
}

func failingTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	if fails() {
		return failing.code.Load()
	}
	return method[func(*libc.TLS, uintptr, int64) int32](innerOf(file).FxTruncate)(tls, file, size)
}

func failingShare(tls *libc.TLS, file uintptr, region, size, extend int32, into uintptr) int32 {
	if extend != 0 && fails() {
		return failing.code.Load()
	}
	return method[func(*libc.TLS, uintptr, int32, int32, int32, uintptr) int32](innerOf(file).FxShmMap)(tls, file, region, size, extend, into)
}

func openFailing(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32 {
	code := openSealed(tls, vfs, name, file, flags, outFlags)
	opened := at[lib.Tsqlite3_file](file)
	if code != lib.SQLITE_OK || opened.FpMethods == 0 {
		return code
	}
	failing.mu.Lock()
	defer failing.mu.Unlock()
	if failing.methods[opened.FpMethods] == 0 {
		replaced := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(failingMethods{})))
		m := at[failingMethods](replaced)
		m.inner = opened.FpMethods
		if flags&lib.SQLITE_OPEN_MAIN_DB != 0 {
			m.methods = *at[methods](opened.FpMethods)
		} else {
			m.Tsqlite3_io_methods = *at[lib.Tsqlite3_io_methods](opened.FpMethods)
		}
		m.FxWrite, m.FxSync = addressOf[writeMethod](failingWrite), addressOf(failingSync)
		m.FxTruncate, m.FxShmMap = addressOf(failingTruncate), addressOf(failingShare)
		failing.methods[opened.FpMethods] = replaced
	}
	opened.FpMethods = failing.methods[opened.FpMethods]
	return code
}

func registerFailing(t *testing.T) {
	t.Helper()
	if err := seal(); err != nil {
		t.Fatal(err)
	}
	failing.register.Do(func() {
		tls := libc.NewTLS()
		name, err := libc.CString(failingName)
		if err != nil {
			t.Fatal(err)
		}
		own := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(lib.Tsqlite3_vfs{})))
		vfs := at[lib.Tsqlite3_vfs](own)
		*vfs = *at[lib.Tsqlite3_vfs](sealing.system)
		vfs.FpNext, vfs.FzName, vfs.FxOpen = 0, name, addressOf[openMethod](openFailing)
		failing.methods = map[uintptr]uintptr{}
		if code := lib.Xsqlite3_vfs_register(tls, own, 0); code != lib.SQLITE_OK {
			t.Fatal(code)
		}
	})
}

// TestTrialF2 lets each call fail that writes to a store, syncs, truncates or
// makes room, as with a full disk and as with a broken one, once and from there
// on: the error is told, reads go on, nothing is lost or corrupt, and writes go on
// once they can.
func TestTrialF2(t *testing.T) {
	registerFailing(t)
	base := filepath.Join(t.TempDir(), "store.db")
	s, err := Open(t.Context(), base, clock)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(t.Context(), items(0)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		before []byte // the file
		opened bool   // before the disk fails
	}{{"a store that is open", whole, true}, {"a store that is opened", whole, false}, {"a store that is made", nil, false}} {
		t.Run(c.name, func(t *testing.T) {
			calls := failAt(t, c.before, c.opened, 0, 0, lib.SQLITE_OK)
			tried, told := 0, 0
			for n := int64(1); n <= calls; n++ {
				for way := range 4 {
					if extent.Rounds(1, 4) == 1 && (n+int64(way))%12 != 0 {
						continue
					}
					code, last := int32(lib.SQLITE_FULL), n
					if way&1 == 1 {
						code = lib.SQLITE_IOERR_WRITE
					}
					if way&2 == 2 {
						last = math.MaxInt64
					}
					tried++
					if failAt(t, c.before, c.opened, n, last, code) > 0 {
						told++
					}
				}
			}
			t.Logf("%d calls that write, %d failures of them: %d were told, the others did not matter", calls, tried, told)
			if calls < 10 || told < tried/2 {
				t.Errorf("the trial hardly writes: %d calls, %d errors", calls, told)
			}
		})
	}
}

// items is a change set of a few pages.
func items(n int) graph.ChangeSet {
	cs := graph.ChangeSet{ID: fmt.Sprintf("items %d", n), Sources: []graph.Source{{ID: "source:s", Title: "S", Publisher: "P"}}}
	for i := range 30 {
		maker, product := graph.ID(fmt.Sprintf("company:m%d-%d", n, i)), graph.ID(fmt.Sprintf("product:m:p%d-%d", n, i))
		cs.Entities = append(cs.Entities, graph.Entity{ID: maker, Name: "M"}, graph.Entity{ID: product, Name: "P"})
		cs.Claims = append(cs.Claims, graph.Claim{
			Relation: graph.Makes, From: maker, To: product, Status: graph.Reported,
			Citations: []graph.Citation{{Source: "source:s", Stance: graph.Supports}},
		})
	}
	return cs
}

// failAt works on a copy of a store, where calls from the first to the last one
// fail. It returns how many errors were told, or how many calls there were where
// none fails.
func failAt(t *testing.T, before []byte, opened bool, first, last int64, code int32) int64 {
	t.Helper()
	ctx, where := t.Context(), fmt.Sprintf("call %d to %d fails with %d", first, last, code)
	folder := t.TempDir()
	path := filepath.Join(folder, "store.db")
	if before != nil {
		if err := os.WriteFile(path, before, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	arm := func(first, last int64) {
		failing.code.Store(code)
		failing.calls.Store(0)
		failing.first.Store(first)
		failing.last.Store(last)
	}
	told := int64(0)
	tell := func(err error) bool {
		if err == nil {
			return false
		}
		told++
		if graph.KindOf(err) != graph.KindUnavailable {
			t.Errorf("%s: the error is %s: %v", where, graph.KindOf(err), err)
		}
		return true
	}
	if !opened {
		arm(first, last)
	}
	s, err := open(ctx, path, failingName, clock)
	if tell(err) {
		arm(0, 0)
		if s, err = open(ctx, path, failingName, clock); err != nil {
			t.Fatalf("%s: it is not opened afterwards: %v", where, err)
		}
	}
	checkpointOften(t, s)
	if opened {
		arm(first, last)
	}
	stored := map[int]bool{}
	for n := 1; n <= 3; n++ {
		_, err := s.Append(ctx, items(n))
		stored[n] = !tell(err)
		readAll(ctx, t, s, where, stored)
	}
	calls := failing.calls.Load()
	arm(0, 0)
	for n := 1; n <= 3; n++ {
		receipt, err := s.Append(ctx, items(n))
		if err != nil || receipt.Replayed != stored[n] {
			t.Errorf("%s: appended again: %+v, %v; it was stored: %t", where, receipt, err, stored[n])
		}
		stored[n] = true
	}
	readAll(ctx, t, s, where, stored)
	if err := s.Close(); err != nil {
		t.Errorf("%s: close: %v", where, err)
	}
	whatIsLeft(t, path, where, stored)
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if first == 0 {
		return calls
	}
	return told
}

// checkpointOften has each change set copied from the log to the file.
func checkpointOften(t *testing.T, s *Store) {
	t.Helper()
	w := <-s.writer
	defer func() { s.writer <- w }()
	if _, err := w.conn.ExecContext(t.Context(), "PRAGMA wal_autocheckpoint = 5"); err != nil {
		t.Fatal(err)
	}
}

// readAll reads the feed, and what it must hold.
func readAll(ctx context.Context, t *testing.T, s *Store, where string, stored map[int]bool) {
	t.Helper()
	found := map[string]bool{}
	if err := s.Changes(ctx, 0, func(c graph.Change) error { found[c.ID] = true; return nil }); err != nil {
		t.Errorf("%s: the feed ends with %v", where, err)
	}
	for n, is := range stored {
		if id := items(n).ID; found[id] != is {
			t.Errorf("%s: %s is in the feed: %t, was acknowledged: %t", where, id, found[id], is)
		}
	}
}

// whatIsLeft opens the store anew, reads it, and has SQLite check the file.
func whatIsLeft(t *testing.T, path, where string, stored map[int]bool) {
	t.Helper()
	s, err := Open(t.Context(), path, clock)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	readAll(t.Context(), t, s, where, stored)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&vfs="+vfsName)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var verdict string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("%s: integrity check: %q, %v", where, verdict, err)
	}
}
