package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"debadge/graph"
)

// Run is a job under way, as its work sees it.
type Run struct {
	Job Job
	q   *Queue
	ctx context.Context //nolint:containedctx // ends when the job is canceled
}

// Input is the path of the job's input.
func (r *Run) Input() string { return filepath.Join(r.q.folder(r.Job.ID), inputFile) }

// KeepInput lets the input stay as long as the job does, whatever comes of it.
func (r *Run) KeepInput() { r.Job.KeepsInput = true }

// Create makes a result, in place of one that was begun before.
func (r *Run) Create(name string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(r.q.folder(r.Job.ID), filepath.Base(name)), os.O_RDWR|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return nil, graph.Unavailable("a result cannot be written", err)
	}
	return f, nil
}

// Progress says how far the work is.
func (r *Run) Progress(p Progress) {
	r.q.mu.Lock()
	defer r.q.mu.Unlock()
	if e := r.q.jobs[r.Job.ID]; e != nil {
		e.job.Progress = p
	}
}

// Summarize keeps what is to be told of the result.
func (r *Run) Summarize(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return graph.Errorf(graph.KindInternal, "the summary of a job cannot be written: %w", err)
	}
	r.Job.Summary = data
	return nil
}

// sweepEvery is how often it is looked for what ended long ago.
const sweepEvery = time.Minute

// Run does the jobs until the context ends, several at once, those that came
// first before others. A job that is under way then waits for the next time.
func (q *Queue) Run(ctx context.Context) {
	var busy sync.WaitGroup
	defer busy.Wait()
	free := make(chan struct{}, q.opts.AtOnce)
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	q.sweep()
	for ctx.Err() == nil {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return
		}
		r := q.next(ctx, sweep.C)
		if r == nil {
			return
		}
		busy.Go(func() {
			defer func() { <-free }()
			q.do(ctx, r)
		})
	}
}

// next waits for a job and takes it; nil if the context ended.
func (q *Queue) next(ctx context.Context, sweep <-chan time.Time) *Run {
	for {
		if r := q.take(ctx); r != nil {
			return r
		}
		select {
		case <-ctx.Done():
			return nil
		case <-sweep:
			q.sweep()
		case <-q.woken:
		}
	}
}

// take makes the job that waits for longest run.
func (q *Queue) take(parent context.Context) *Run {
	q.mu.Lock()
	defer q.mu.Unlock()
	var first *entry
	for _, e := range q.jobs {
		if e.job.State == Waiting && q.works[e.job.Kind] != nil && (first == nil || e.job.Created.Before(first.job.Created)) {
			first = e
		}
	}
	if first == nil {
		return nil
	}
	j := first.job
	j.State, j.Started, j.Progress = Running, q.opts.Clock().UTC(), Progress{Total: j.Size}
	j.Began++
	if err := q.save(&j); err != nil {
		q.opts.Failed(j, err)
		return nil // tried again when something else happens
	}
	r := &Run{Job: j, q: q}
	r.ctx, first.cancel = context.WithCancelCause(parent)
	first.job = j
	return r
}

// do does a job and keeps what came of it.
func (q *Queue) do(parent context.Context, r *Run) {
	q.mu.Lock()
	work := q.works[r.Job.Kind]
	q.mu.Unlock()
	err := q.attempt(r.ctx, work, r) //nolint:contextcheck // made from the parent, to be canceled alone
	q.end(parent, r, err)
	q.wake()
}

// attempt does the work, and again while something is not available.
func (q *Queue) attempt(ctx context.Context, work Work, r *Run) error {
	for try := 1; ; try++ {
		err := guarded(ctx, work, r)
		if graph.KindOf(err) != graph.KindUnavailable || ctx.Err() != nil || try == mostRetries {
			return err
		}
		q.opts.Failed(r.Job, err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(q.opts.Retry):
		}
	}
}

// guarded turns a panic into an error: one file must not end the service.
func guarded(ctx context.Context, work Work, r *Run) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return work(ctx, r)
}

// end keeps what came of a job.
func (q *Queue) end(parent context.Context, r *Run, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := q.jobs[r.Job.ID]
	j := e.job
	defer e.cancel(nil)
	switch {
	case err == nil:
		j.State, j.Summary = Done, r.Job.Summary
	case errors.Is(context.Cause(r.ctx), errCanceled): //nolint:contextcheck // what ended the job, not what ended the queue
		j.State = Canceled
	case parent.Err() != nil: // it is done the next time
		j.State, j.Progress = Waiting, Progress{}
		j.Began--
	default:
		j.State, j.Problem = Failed, problem(err)
		q.opts.Failed(j, err)
	}
	j.KeepsInput = r.Job.KeepsInput
	if j.State.Ended() {
		j.Ended = q.opts.Clock().UTC()
		q.clear(&j)
	}
	e.job, e.cancel = j, nil
	if err := q.save(&j); err != nil {
		q.opts.Failed(j, err)
	}
}

// clear removes what an ended job has no use for: its input, unless it is kept,
// and results that are not whole.
func (q *Queue) clear(j *Job) {
	keep := []string{stateFile}
	if j.KeepsInput {
		keep = append(keep, inputFile)
	}
	entries, err := os.ReadDir(q.folder(j.ID))
	if err != nil {
		return // the sweep takes it away later
	}
	for _, e := range entries {
		if !slices.Contains(keep, e.Name()) && (j.State != Done || e.Name() == inputFile) {
			_ = os.Remove(filepath.Join(q.folder(j.ID), e.Name())) // likewise
		}
	}
}

// problem says why a job failed, with nothing that is for the log alone.
func problem(err error) string {
	if e, ok := errors.AsType[*graph.Error](err); ok && e.Kind != graph.KindInternal {
		parts := []string{e.Message}
		for _, f := range e.Fields[:min(len(e.Fields), mostFields)] {
			parts = append(parts, f.Field+" "+f.Message)
		}
		return strings.Join(parts, "; ")
	}
	return "debadge could not do it; the log has the cause under the id of the job"
}

// mostFields bounds the fields that a problem names.
const mostFields = 10
