package index

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"debadge/graph"
)

// Options say how a [Store] keeps up with the store that it follows.
type Options struct {
	Clock func() time.Time // required

	// Interval is how often the feed is read in the background, so that changes
	// by others appear; 0 is never.
	Interval time.Duration

	// MaxStale is how long ago the feed may have been read when a view begins;
	// an older one is read first. 0 reads it before each view.
	MaxStale time.Duration

	// Timeout is how long the followed store may take for its next change
	// before it counts as away; 0 is 10 seconds.
	Timeout time.Duration

	// SnapshotPath is a file that keeps the index from one run to the next;
	// empty is none. It is read by [Follow] and written after much was read
	// from the feed and at [Store.Close].
	SnapshotPath string

	// Logger is told what does not reach a caller, such as why a snapshot file
	// was not used; nil is nobody.
	Logger *slog.Logger
}

const defaultTimeout = 10 * time.Second

// Store answers views from memory and follows another store for everything
// else. While that store is away, views are KindUnavailable and say why; they
// are back as soon as it is.
type Store struct {
	log   graph.Store
	opts  Options
	index atomic.Pointer[index] // written by the one flight under way

	life context.Context //nolint:containedctx // the life of the store, which flights outlive their callers by
	stop context.CancelFunc
	done sync.WaitGroup // the background and the flights

	saved uint32 // how many items the snapshot file has; used before and after all else

	synced atomic.Int64          // when the last successful sync began
	away   atomic.Pointer[error] // why the last sync failed, nil if it did not

	mu      sync.Mutex // guards what follows
	closed  bool
	current *flight       // under way
	next    *flight       // begins when current ends
	grown   chan struct{} // closed when the index has a new revision
}

var _ graph.Store = (*Store)(nil)

// Follow returns a store that answers the views of log from memory, once it
// has read its feed. It owns log from then on: Close closes both. If it fails,
// log is left open.
func Follow(ctx context.Context, log graph.Store, opts Options) (*Store, error) {
	if opts.Clock == nil {
		return nil, graph.Errorf(graph.KindInternal, "an index needs a clock")
	}
	if opts.Timeout == 0 {
		opts.Timeout = defaultTimeout
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Store{log: log, opts: opts, grown: make(chan struct{})}
	s.life, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := s.open(ctx); err != nil {
		s.stop()
		return nil, err
	}
	if opts.Interval > 0 {
		s.done.Go(s.follow)
	}
	return s, nil
}

// open reads the snapshot file, if it is of use, and the feed.
func (s *Store) open(ctx context.Context) error {
	var x *index
	if s.opts.SnapshotPath != "" {
		var err error
		if x, err = s.restore(ctx); err != nil {
			return err
		}
	}
	if x == nil {
		if err := s.load(ctx, func() {}); err != nil {
			return err
		}
	} else {
		began := s.opts.Clock()
		s.index.Store(x)
		s.saved = x.now().items()
		if err := s.catchUp(ctx, func() {}); err != nil {
			return err
		}
		s.synced.Store(began.UnixNano())
	}
	if s.worthSaving() {
		s.done.Go(func() { s.save(s.life) })
	}
	return nil
}

// worthSaving reports whether the snapshot file, if there is to be one, is
// missing much of what the index holds.
func (s *Store) worthSaving() bool {
	items := s.now().items()
	return s.opts.SnapshotPath != "" && (s.saved == 0 && items > 0 || items > s.saved+freshest+s.saved/shareFresh)
}

func (s *Store) save(ctx context.Context) {
	items := s.now().items()
	if err := s.Save(s.opts.SnapshotPath); err != nil {
		s.opts.Logger.WarnContext(ctx, "snapshot file not written", slog.String("path", s.opts.SnapshotPath), slog.String("reason", err.Error()))
		return
	}
	s.saved = items
}

// Append appends to the followed store and applies the feed before it returns,
// so that a view sees what its own process wrote.
func (s *Store) Append(ctx context.Context, cs graph.ChangeSet) (graph.Receipt, error) {
	receipt, err := s.log.Append(ctx, cs)
	if err != nil {
		return receipt, err
	}
	if s.now().revision < receipt.Revision {
		if err := s.Sync(ctx); err != nil {
			// The change set is committed, and an error would say that it is
			// not. No view will miss it: the next one syncs first or fails.
			s.away.CompareAndSwap(nil, &err)
		}
	}
	return receipt, nil
}

// Changes yields the feed of the followed store.
func (s *Store) Changes(ctx context.Context, since graph.Revision, yield func(graph.Change) error) error {
	return s.log.Changes(ctx, since, yield)
}

// Status asks the followed store.
func (s *Store) Status(ctx context.Context) (graph.StoreStatus, error) { return s.log.Status(ctx) }

// View calls read, once, with a snapshot of the memory that is in step with
// the feed as far as MaxStale asks.
func (s *Store) View(ctx context.Context, at graph.Moment, read func(graph.View) error) error {
	if err := interrupted(ctx); err != nil {
		return err
	}
	if s.life.Err() != nil {
		return errClosed()
	}
	if !s.fresh() || at.Revision > s.now().revision {
		if err := s.Sync(ctx); err != nil {
			return err
		}
	}
	return s.now().read(at, read)
}

func (s *Store) fresh() bool {
	if s.opts.MaxStale <= 0 || s.away.Load() != nil {
		return false
	}
	age := s.opts.Clock().UnixNano() - s.synced.Load()
	return age >= 0 && age <= int64(s.opts.MaxStale) // below 0 the clock was set back, and says nothing
}

func (s *Store) now() *snapshot { return s.index.Load().now() }

// Revision returns the newest revision that the index has.
func (s *Store) Revision() graph.Revision { return s.now().revision }

// Wait returns once the index has a revision; KindUnavailable if the context
// ends before.
func (s *Store) Wait(ctx context.Context, revision graph.Revision) error {
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	for {
		s.mu.Lock()
		grown := s.grown
		s.mu.Unlock()
		if s.Revision() >= revision {
			return nil
		}
		err := s.Sync(ctx)
		if s.Revision() >= revision {
			return nil
		}
		if s.life.Err() != nil {
			return errClosed()
		}
		select {
		case <-ctx.Done():
			return graph.Unavailable(waitedMessage(revision, s.Revision()), errors.Join(ctx.Err(), err))
		case <-grown:
		case <-poll.C:
		}
	}
}

// Close ends the following, then closes the followed store.
func (s *Store) Close() error {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	s.stop()
	s.done.Wait()
	if s.worthSaving() {
		s.save(context.WithoutCancel(s.life))
	}
	return s.log.Close()
}
