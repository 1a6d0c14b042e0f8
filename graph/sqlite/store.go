// Package sqlite keeps facts in one local file: the log of change sets, and
// read-only views of it. DESIGN.md says what must not change, and why.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"debadge/graph"
)

// maxReaders bounds how many reads go on at once; more of them wait.
const maxReaders = 16

// Store implements [graph.Store] on one SQLite file. Any number of them, in any
// number of processes, may have the file open: readers never wait, writers wait
// for one another.
type Store struct {
	clock    func() time.Time
	writing  *sql.DB
	reading  *sql.DB
	writer   chan *session // the one session that writes
	readers  chan *session // sessions that nobody reads with
	slots    chan struct{} // one for each session that somebody reads with
	closing  chan struct{}
	shutting sync.Once
}

var _ graph.Store = (*Store)(nil)

// Open opens the store in a file and creates it, and its directory, if there is
// none. A file that is not a debadge store, or one of a newer version, is
// refused as KindInvalid and left as it was. Revisions are recorded at the time
// that clock tells.
func Open(ctx context.Context, path string, clock func() time.Time) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, graph.Unavailable("the directory of the store "+path+" cannot be made", err)
	}
	s, err := open(ctx, path, vfsName, clock)
	if err == nil {
		return s, nil
	}
	if e, ok := errors.AsType[*graph.Error](err); ok {
		named := *e
		named.Message = path + ": " + e.Message
		return nil, &named
	}
	return nil, err
}

// open reads and writes through a file system by its name in SQLite.
func open(ctx context.Context, path, vfs string, clock func() time.Time) (*Store, error) {
	if err := seal(); err != nil {
		return nil, err
	}
	if err := inspect(path); err != nil {
		return nil, err
	}
	name, err := dataSource(path, vfs)
	if err != nil {
		return nil, err
	}
	s := &Store{
		clock:   clock,
		writer:  make(chan *session, 1),
		readers: make(chan *session, maxReaders),
		slots:   make(chan struct{}, maxReaders),
		closing: make(chan struct{}),
	}
	if s.writing, err = sql.Open("sqlite", name+writerOptions); err != nil {
		return nil, translate(err)
	}
	if s.reading, err = sql.Open("sqlite", name+readerOptions); err != nil {
		return nil, translate(err)
	}
	w, err := openSession(ctx, s.writing)
	if err == nil {
		s.writer <- w
		err = establish(ctx, w)
	}
	if err != nil {
		_ = s.Close() // the first error is the one to tell
		return nil, err
	}
	return s, nil
}

// The options of the connections. A commit is acknowledged after a full sync.
// A larger write-ahead log than SQLite's default makes a bulk import copy each
// page to the file once instead of after every other change set.
const (
	commonOptions = "&_dqs=0&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=cell_size_check(1)" +
		"&_pragma=trusted_schema(0)&_pragma=temp_store(memory)"
	writerOptions = commonOptions + "&_txlock=immediate&_pragma=synchronous(full)&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(8000)"
	readerOptions = commonOptions + "&_pragma=query_only(1)&_pragma=cache_size(-16384)"
)

func dataSource(path, vfs string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", graph.Unavailable("the store's path cannot be found", err)
	}
	slashed := filepath.ToSlash(whole)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: slashed, RawQuery: "vfs=" + vfs}).String(), nil
}

// Close releases the file. Reads and writes that go on meanwhile are finished.
func (s *Store) Close() (err error) {
	s.shutting.Do(func() {
		close(s.closing)
		err = errors.Join(s.drain(), s.reading.Close(), s.writing.Close())
	})
	return translate(err)
}

// drain closes the sessions that are at rest, the writer last, so that it moves
// the log into the file.
func (s *Store) drain() error {
	var errs []error
	for _, rest := range []chan *session{s.readers, s.writer} {
		for done := false; !done; {
			select {
			case one := <-rest:
				errs = append(errs, one.close())
			default:
				done = true
			}
		}
	}
	return errors.Join(errs...)
}

func (s *Store) isClosed() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// usable says why nothing can be asked of the store, if so.
func (s *Store) usable(ctx context.Context) error {
	if s.isClosed() {
		return graph.Unavailable("the store is closed", os.ErrClosed)
	}
	return translate(ctx.Err())
}

// rest puts a session back, or closes it if it is of no more use.
func (s *Store) rest(one *session, among chan *session) {
	if one.broken {
		_ = one.close() // what broke it was told
	} else {
		among <- one
	}
	if s.isClosed() {
		_ = s.drain() // nobody is left to be told
	}
}

// read calls do with a session in a transaction that sees one state of the
// file.
func (s *Store) read(ctx context.Context, do func(*session) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-s.closing:
		return s.usable(ctx)
	case <-ctx.Done():
		return translate(ctx.Err())
	}
	r, err := s.reader(ctx)
	if err != nil {
		return err
	}
	defer s.rest(r, s.readers)
	return r.transaction(ctx, "BEGIN", func() error { return do(r) })
}

func (s *Store) reader(ctx context.Context) (*session, error) {
	select {
	case r := <-s.readers:
		return r, nil
	default:
		return openSession(ctx, s.reading)
	}
}

// write calls do with the writing session in a transaction; there is one at a
// time, here and in other processes.
func (s *Store) write(ctx context.Context, do func(*session) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	var w *session
	select {
	case w = <-s.writer:
	case <-s.closing:
		return s.usable(ctx)
	case <-ctx.Done():
		return translate(ctx.Err())
	}
	if w.broken {
		fresh, err := openSession(ctx, s.writing)
		if err != nil {
			s.writer <- w
			return err
		}
		_ = w.close() // what broke it was told
		w = fresh
	}
	defer func() {
		s.writer <- w
		if s.isClosed() {
			_ = s.drain() // nobody is left to be told
		}
	}()
	return w.transaction(ctx, "BEGIN IMMEDIATE", func() error { return do(w) })
}

// Status is as cheap as looking up the newest change, which carries the totals.
func (s *Store) Status(ctx context.Context) (status graph.StoreStatus, err error) {
	err = s.read(ctx, func(r *session) error {
		head, err := r.head(ctx)
		if err != nil {
			return err
		}
		status = graph.StoreStatus{
			Revision:   head.revision,
			RecordedAt: head.time(),
			Entities:   int(head.entities),
			Sources:    int(head.sources),
			Claims:     int(head.claims - head.retractions),
			Retracted:  int(head.retractions),
		}
		return nil
	})
	return status, err
}
