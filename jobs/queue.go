package jobs

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"debadge/graph"
)

// Queue is the jobs of one folder. It may be used by any number of goroutines
// at once.
type Queue struct {
	opts Options
	lock *os.File

	mu    sync.Mutex
	works map[string]Work
	jobs  map[string]*entry
	woken chan struct{} // has one element if there may be something to do
}

// entry is a job, and what ends it while it runs.
type entry struct {
	job    Job
	cancel context.CancelCauseFunc // nil unless it runs
}

// Open reads the jobs of a folder. One folder is for one process: another one
// is KindConflict.
func Open(opts Options) (*Queue, error) {
	if opts.Dir == "" || opts.Clock == nil {
		return nil, graph.Errorf(graph.KindInternal, "jobs need a folder and a clock")
	}
	opts.AtOnce = cmp.Or(opts.AtOnce, defaultAtOnce)
	opts.Most = cmp.Or(opts.Most, defaultMost)
	opts.Keep = cmp.Or(opts.Keep, defaultKeep)
	opts.MaxSize = cmp.Or(opts.MaxSize, defaultMaxSize)
	opts.Retry = cmp.Or(opts.Retry, defaultRetry)
	if opts.Failed == nil {
		opts.Failed = func(Job, error) {}
	}
	if err := os.MkdirAll(opts.Dir, folderMode); err != nil {
		return nil, graph.Unavailable("the folder of jobs cannot be made: "+err.Error(), err)
	}
	f, err := os.OpenFile(filepath.Join(opts.Dir, lockFile), os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, graph.Unavailable("the folder of jobs cannot be written to: "+err.Error(), err)
	}
	if err := lock(f); err != nil {
		_ = f.Close() // nothing was written
		return nil, graph.Errorf(graph.KindConflict, "another service keeps its jobs in %s; name another folder", opts.Dir)
	}
	q := &Queue{opts: opts, lock: f, works: map[string]Work{}, jobs: map[string]*entry{}, woken: make(chan struct{}, 1)}
	if err := q.load(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return q, nil
}

// Close lets another process have the folder. Nothing runs any more: Run has
// returned.
func (q *Queue) Close() error { return q.lock.Close() }

// Handle names what does jobs of a kind.
func (q *Queue) Handle(kind string, w Work) {
	q.mu.Lock()
	q.works[kind] = w
	q.mu.Unlock()
	q.wake() // some may wait for it
}

// Add keeps a job with its input, which may be nil. It is on disk when Add
// returns. An input that is too large is [ErrTooLarge]; too many that wait are
// KindUnavailable.
func (q *Queue) Add(kind, caller string, params any, input io.Reader) (Job, error) {
	data, err := json.Marshal(params)
	if err != nil {
		return Job{}, graph.Errorf(graph.KindInternal, "the parameters of a job cannot be written: %w", err)
	}
	if q.waiting() >= q.opts.Most {
		return Job{}, graph.Unavailable("too many jobs are waiting; try again later", nil)
	}
	j := Job{
		ID: strings.ToLower(rand.Text()), Kind: kind, Caller: caller, Params: data, State: Waiting, Created: q.opts.Clock().UTC(),
	}
	if err := q.write(&j, input); err != nil {
		return Job{}, err
	}
	q.mu.Lock()
	q.jobs[j.ID] = &entry{job: j}
	q.mu.Unlock()
	q.wake()
	return j, nil
}

func (q *Queue) wake() {
	select {
	case q.woken <- struct{}{}:
	default:
	}
}

func (q *Queue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 0
	for _, e := range q.jobs {
		if e.job.State == Waiting {
			n++
		}
	}
	return n
}

// Get returns a job; KindNotFound if there is none of that id, or no longer.
func (q *Queue) Get(id string) (Job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if e := q.jobs[id]; e != nil {
		return e.job, nil
	}
	return Job{}, graph.Errorf(graph.KindNotFound, "there is no such job; what has ended is removed after a while")
}

// Of returns the jobs of a caller, the latest first.
func (q *Queue) Of(caller string) []Job {
	q.mu.Lock()
	defer q.mu.Unlock()
	var all []Job
	for _, e := range q.jobs {
		if e.job.Caller == caller {
			all = append(all, e.job)
		}
	}
	slices.SortFunc(all, func(a, b Job) int { return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID)) })
	return all
}

var errCanceled = errors.New("the job was canceled")

// Cancel ends a job that waits or runs; one that has ended is removed with its
// results.
func (q *Queue) Cancel(id string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := q.jobs[id]
	switch {
	case e == nil:
		return graph.Errorf(graph.KindNotFound, "there is no such job; what has ended is removed after a while")
	case e.cancel != nil:
		e.cancel(errCanceled)
		return nil
	case e.job.State == Waiting:
		j := e.job
		j.State, j.Ended = Canceled, q.opts.Clock().UTC()
		if err := q.save(&j); err != nil {
			return err
		}
		e.job = j
		return nil
	}
	return q.remove(e)
}

// remove takes away a job that has ended; q.mu is held.
func (q *Queue) remove(e *entry) error {
	if err := os.RemoveAll(q.folder(e.job.ID)); err != nil {
		return graph.Unavailable("the job cannot be removed", err)
	}
	delete(q.jobs, e.job.ID)
	return nil
}

// sweep removes what ended long ago.
func (q *Queue) sweep() {
	q.mu.Lock()
	defer q.mu.Unlock()
	old := q.opts.Clock().Add(-q.opts.Keep)
	for _, e := range q.jobs {
		if !e.job.State.Ended() || e.job.Ended.After(old) {
			continue
		}
		if err := q.remove(e); err != nil {
			q.opts.Failed(e.job, err)
		}
	}
}

// MaxSize returns how many bytes an input may have.
func (q *Queue) MaxSize() int64 { return q.opts.MaxSize }
