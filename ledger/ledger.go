// Package ledger keeps what the service itself has to remember, in one SQLite
// file apart from the claims: API keys, decisions, watch lists with their
// outbox, and the log that everything done leaves an entry in. The log is a
// Merkle tree as in RFC 6962, by golang.org/x/mod/sumdb/tlog; its checkpoints
// are signed notes of the form of C2SP's tlog-checkpoint; its entries are
// canonical JSON (RFC 8785). DESIGN.md says what must not change, and why.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"debadge/graph"
)

// maxReaders bounds how many reads of one file go on at once; more of them wait.
const maxReaders = 8

// Options say how a ledger is opened.
type Options struct {
	// Clock tells the time of entries.
	Clock func() time.Time
	// Holder is how the process names itself to another one that finds the
	// ledger taken, such as "debadge serve".
	Holder string
	// KeyFile holds the key that signs checkpoints; "" is a file beside the ledger.
	KeyFile string
	// ReadOnly opens a ledger that is there, to look at; nothing is taken or made.
	ReadOnly bool
	// Beside writes without taking the ledger, even while another process has
	// it. It is for the changes that cannot wait, such as revoking a key.
	Beside bool
}

// Ledger is one open ledger. All methods may be called at once by several
// goroutines; all errors are [*graph.Error].
type Ledger struct {
	options Options
	path    string // "": in memory
	writing *sql.DB
	reading *sql.DB // the same as writing, in memory
	lock    *lock   // nil: not taken

	rescreens chan struct{} // holds one while findings are brought up to date

	mu       sync.Mutex
	signing  *signer // once it was needed
	compared bool    // the position in the feed, with the store
}

// Open opens the ledger in a file, and creates it and its directory if there is
// none; no path is a ledger in memory. One process has a ledger: the next one
// is refused as KindConflict, unless it only reads or writes beside. A file
// that is not a ledger, or one of a newer version, is KindInvalid and left as
// it was.
func Open(ctx context.Context, path string, options Options) (*Ledger, error) {
	l := &Ledger{options: options, path: path, rescreens: make(chan struct{}, 1)}
	err := l.open(ctx)
	if err == nil {
		return l, nil
	}
	_ = l.Close() // the first error is the one to tell
	if e, ok := errors.AsType[*graph.Error](err); ok && path != "" {
		named := *e
		named.Message = path + ": " + e.Message
		return nil, &named
	}
	return nil, err
}

func (l *Ledger) open(ctx context.Context) (err error) {
	if l.path == "" {
		if l.writing, err = sql.Open("sqlite", "file:ledger"+memoryOptions); err != nil {
			return translate(err)
		}
		l.writing.SetMaxOpenConns(1) // another connection would be another ledger
		l.reading = l.writing
		return l.establish(ctx)
	}
	if l.options.ReadOnly {
		if _, err := os.Stat(l.path); errors.Is(err, fs.ErrNotExist) {
			return graph.Errorf(graph.KindNotFound, "there is no ledger yet; it is made when the first key, decision or checkpoint is")
		}
	} else if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return graph.Unavailable("the directory of the ledger cannot be made", err)
	}
	name, err := dataSource(l.path)
	if err != nil {
		return err
	}
	if !l.options.ReadOnly && !l.options.Beside {
		if l.lock, err = take(ctx, l.path, l.options.Holder); err != nil {
			return err
		}
	}
	if !l.options.ReadOnly {
		if err := own(l.path); err != nil {
			return err
		}
	}
	if l.reading, err = sql.Open("sqlite", name+readerOptions); err != nil {
		return translate(err)
	}
	l.reading.SetMaxOpenConns(maxReaders)
	l.reading.SetMaxIdleConns(maxReaders)
	if l.options.ReadOnly {
		return l.read(ctx, func(tx *sql.Tx) error { return mustBeLedger(ctx, tx) })
	}
	if l.writing, err = sql.Open("sqlite", name+writerOptions); err != nil {
		return translate(err)
	}
	l.writing.SetMaxOpenConns(1)
	return l.establish(ctx)
}

// own makes the file of a new ledger, for nobody else to read: it holds secrets.
func own(path string) error {
	const mode = 0o600
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, mode) //nolint:gosec // where the operator says
	if err != nil {
		return graph.Unavailable("the file of the ledger cannot be made", err)
	}
	return f.Close()
}

// The options of the connections. A commit is acknowledged after a full sync.
const (
	commonOptions = "?_dqs=0&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=cell_size_check(1)" +
		"&_pragma=trusted_schema(0)&_pragma=temp_store(memory)"
	writerOptions = commonOptions + "&_txlock=immediate&_pragma=synchronous(full)"
	readerOptions = commonOptions + "&_pragma=query_only(1)"
	memoryOptions = commonOptions + "&mode=memory"
)

func dataSource(path string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", graph.Unavailable("the ledger's path cannot be found", err)
	}
	slashed := filepath.ToSlash(whole)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: slashed}).String(), nil
}

// Close releases the file and lets another process have the ledger.
func (l *Ledger) Close() error {
	var errs []error
	if l.reading != nil && l.reading != l.writing {
		errs = append(errs, l.reading.Close())
	}
	if l.writing != nil {
		errs = append(errs, l.writing.Close())
	}
	if l.lock != nil {
		errs = append(errs, l.lock.release())
	}
	return translate(errors.Join(errs...))
}

// Writable reports whether this process may write to the ledger.
func (l *Ledger) Writable() bool { return !l.options.ReadOnly }

func (l *Ledger) now() time.Time { return l.options.Clock().UTC().Truncate(time.Microsecond) }

// read calls do with one state of the ledger. In memory nothing else goes on
// meanwhile, so do must not call the ledger.
func (l *Ledger) read(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := l.reading.BeginTx(ctx, nil)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = tx.Rollback() }() // there is nothing to keep
	return translate(do(tx))
}

// write calls do in a transaction, the only one that writes. It goes on if ctx
// ends meanwhile, so that its outcome is known.
func (l *Ledger) write(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	if l.options.ReadOnly {
		return graph.Errorf(graph.KindConflict, "the ledger was opened to be read alone")
	}
	if err := ctx.Err(); err != nil {
		return translate(err)
	}
	ctx = context.WithoutCancel(ctx)
	tx, err := l.writing.BeginTx(ctx, nil)
	if err != nil {
		return translate(err)
	}
	if err := do(ctx, tx); err != nil {
		_ = tx.Rollback() // why is what matters
		return translate(err)
	}
	return translate(tx.Commit())
}

// micros writes a time as it is stored.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
