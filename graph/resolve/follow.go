package resolve

import (
	"context"
	"fmt"
	"sync"
	"time"

	"debadge/graph"
)

// Follower keeps an index of names in step with a store, for a service that
// answers all the time: whoever asks gets an index that is whole and never
// changes, while the next one is made beside it. It may be used by any number
// of goroutines at once.
type Follower struct {
	store graph.Store
	opts  Options
	life  context.Context //nolint:containedctx // ends what no caller waits for any more
	stop  context.CancelFunc
	work  sync.WaitGroup
	turn  chan struct{} // one index of a former moment is made at a time

	mu      sync.Mutex
	kept    []stamped // the newest last
	current *flight   // an update under way
	next    *flight   // begins when current ends
	past    []*flight // of former moments, the latest asked for last
}

// stamped is an index with the time at which its revision was recorded, by
// which another store at the same address is known.
type stamped struct {
	*Index
	at time.Time
}

// flight is an index being made, for all who wait for it.
type flight struct {
	revision graph.Revision
	done     chan struct{}
	index    *Index // set before done is closed, and so is err
	err      error
}

const (
	keptRevisions = 4 // newest ones, which share most of their memory
	keptPast      = 4 // indexes of former moments, those being made included
	pollInterval  = 20 * time.Millisecond
)

// NewFollower returns a follower that begins when it is first asked, or when
// [Follower.Run] is called. Close ends what it does.
func NewFollower(s graph.Store, opts Options) *Follower {
	f := &Follower{store: s, opts: opts, turn: make(chan struct{}, 1)}
	f.life, f.stop = context.WithCancel(context.Background())
	return f
}

// Run reads the feed of the store each interval, until the context ends. What
// goes wrong is told to failed, and tried again.
func (f *Follower) Run(ctx context.Context, interval time.Duration, failed func(error)) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		if err := f.update(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Close ends what is being made and waits for that.
func (f *Follower) Close() {
	f.mu.Lock()
	f.stop()
	f.mu.Unlock()
	f.work.Wait()
}

// Revision returns that of the newest index; false if there is none yet.
func (f *Follower) Revision() (graph.Revision, bool) {
	x := f.newest()
	if x.Index == nil {
		return 0, false
	}
	return x.revision, true
}

func (f *Follower) newest() stamped {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.kept) == 0 {
		return stamped{}
	}
	return f.kept[len(f.kept)-1]
}

// At returns the index of a moment. The zero moment is the newest index that is
// there, which may be some revisions behind the store; a later one is begun for
// those who ask next. A former moment has its index made, which takes as long as
// reading all names does, unless it was asked for not long ago. KindUnavailable
// if the context ends before the index is there.
func (f *Follower) At(ctx context.Context, at graph.Moment) (*Index, error) {
	if at == (graph.Moment{}) {
		if x := f.newest(); x.Index != nil {
			return x.Index, nil
		}
		err := f.update(ctx)
		if x := f.newest(); x.Index != nil {
			return x.Index, nil
		}
		return nil, err
	}
	var revision graph.Revision
	err := f.store.View(ctx, at, func(v graph.View) error {
		revision, _ = v.At()
		return nil
	})
	if err != nil {
		return nil, err
	}
	if x := f.newest(); x.Index != nil && x.revision < revision {
		if err := f.Wait(ctx, revision); err != nil {
			return nil, err
		}
	}
	return f.former(ctx, revision)
}

// Wait returns once the newest index has a revision; KindUnavailable if the
// context ends before.
func (f *Follower) Wait(ctx context.Context, revision graph.Revision) error {
	for {
		x := f.newest()
		if x.Index != nil && x.revision >= revision {
			return nil
		}
		err := f.update(ctx)
		if x = f.newest(); x.Index != nil && x.revision >= revision {
			return nil
		}
		select {
		case <-f.life.Done():
			return graph.Unavailable("the index of names is closed", nil)
		case <-ctx.Done():
			have := "none yet"
			if x.Index != nil {
				have = fmt.Sprintf("revision %d", x.revision)
			}
			return graph.Unavailable(fmt.Sprintf("the index of names does not have revision %d yet (it has %s); try again", revision, have), errOr(err, ctx.Err()))
		case <-time.After(pollInterval):
		}
	}
}

func errOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// update brings the newest index into step with what the store had committed
// when it was called.
func (f *Follower) update(ctx context.Context) error {
	f.mu.Lock()
	var fl *flight
	switch {
	case f.life.Err() != nil:
		f.mu.Unlock()
		return graph.Unavailable("the index of names is closed", nil)
	case f.current == nil:
		fl = &flight{done: make(chan struct{})}
		f.current = fl
		f.start(fl)
	case f.next == nil:
		f.next = &flight{done: make(chan struct{})}
		fl = f.next
	default:
		fl = f.next
	}
	f.mu.Unlock()
	return fl.wait(ctx)
}

func (fl *flight) wait(ctx context.Context) error {
	select {
	case <-fl.done:
		return fl.err
	case <-ctx.Done():
		return graph.Unavailable("the index of names is still being made; try again", ctx.Err())
	}
}

// start makes the next index; f.mu is held.
func (f *Follower) start(fl *flight) {
	f.work.Go(func() {
		x, err := f.advance()
		f.mu.Lock()
		defer f.mu.Unlock()
		if fl.err = err; err == nil {
			f.keep(x)
		}
		close(fl.done)
		f.current, f.next = f.next, nil
		if f.current != nil {
			f.start(f.current)
		}
	})
}

// keep adds an index; f.mu is held.
func (f *Follower) keep(x stamped) {
	n := len(f.kept)
	switch {
	case n > 0 && f.kept[n-1].Index == x.Index:
		return
	case n > 0 && f.kept[n-1].revision >= x.revision: // of another store
		f.kept, f.past = nil, nil
	case n == keptRevisions:
		f.kept = append([]stamped(nil), f.kept[1:]...)
	}
	f.kept = append(f.kept, x)
}

// advance makes the index of the store as it is now: from the one before by
// what changed since, or anew where the store is not the one that it was.
func (f *Follower) advance() (stamped, error) {
	x := f.newest()
	if x.Index != nil {
		same, err := f.holds(x)
		if err != nil || same == x.revision && same != 0 {
			return x, err
		}
		if same != 0 {
			y, err := x.Update(f.life, f.store)
			if err != nil {
				return x, err
			}
			return f.stamp(y)
		}
	}
	y, err := Open(f.life, f.store, graph.Moment{}, f.opts)
	if err != nil {
		return x, err
	}
	return f.stamp(y)
}

// holds returns the newest revision of the store if it holds that of an index,
// recorded at the same time; else 0, as for a store without any revision.
func (f *Follower) holds(x stamped) (newest graph.Revision, err error) {
	if x.revision == 0 {
		return 0, nil
	}
	at := time.Time{}
	err = f.store.View(f.life, graph.Moment{Revision: x.revision}, func(v graph.View) error {
		_, at = v.At()
		return nil
	})
	switch {
	case graph.KindOf(err) == graph.KindNotFound:
		return 0, nil
	case err != nil || !at.Equal(x.at):
		return 0, err
	}
	err = f.store.View(f.life, graph.Moment{}, func(v graph.View) error {
		newest, _ = v.At()
		return nil
	})
	return newest, err
}

// stamp notes when the revision of an index was recorded.
func (f *Follower) stamp(x *Index) (stamped, error) {
	s := stamped{Index: x}
	if x.revision == 0 {
		return s, nil
	}
	err := f.store.View(f.life, graph.Moment{Revision: x.revision}, func(v graph.View) error {
		_, s.at = v.At()
		return nil
	})
	return s, err
}

// former returns the index of a revision that may be long past.
func (f *Follower) former(ctx context.Context, revision graph.Revision) (*Index, error) {
	fl, err := f.ask(revision)
	if err != nil {
		return nil, err
	}
	if err := fl.wait(ctx); err != nil {
		return nil, err
	}
	return fl.index, nil
}

// ask finds the index of a revision among those that are there or being made,
// or has it made.
func (f *Follower) ask(revision graph.Revision) (*flight, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.kept {
		if x.revision == revision {
			done := make(chan struct{})
			close(done)
			return &flight{done: done, index: x.Index}, nil
		}
	}
	oldest := -1
	for i, fl := range f.past {
		if fl.revision == revision && !fl.failed() {
			f.past = append(append(f.past[:i:i], f.past[i+1:]...), fl)
			return fl, nil
		}
		if oldest < 0 && fl.ended() {
			oldest = i
		}
	}
	switch {
	case f.life.Err() != nil:
		return nil, graph.Unavailable("the index of names is closed", nil)
	case len(f.past) >= keptPast && oldest < 0:
		return nil, graph.Unavailable("names of too many former moments are asked for at once; try again", nil)
	case len(f.past) >= keptPast:
		f.past = append(f.past[:oldest:oldest], f.past[oldest+1:]...)
	}
	fl := &flight{revision: revision, done: make(chan struct{})}
	f.past = append(f.past, fl)
	f.work.Go(func() { f.make(fl) })
	return fl, nil
}

func (fl *flight) ended() bool {
	select {
	case <-fl.done:
		return true
	default:
		return false
	}
}

func (fl *flight) failed() bool { return fl.ended() && fl.err != nil }

// make builds the index of a former revision.
func (f *Follower) make(fl *flight) {
	defer close(fl.done)
	select {
	case f.turn <- struct{}{}:
	case <-f.life.Done():
		fl.err = graph.Unavailable("the index of names is closed", nil)
		return
	}
	defer func() { <-f.turn }()
	at := graph.Moment{Revision: fl.revision}
	if fl.revision == 0 {
		at = graph.Moment{Time: time.Unix(0, 0)} // no revision is as old
	}
	fl.index, fl.err = Open(f.life, f.store, at, f.opts)
}
