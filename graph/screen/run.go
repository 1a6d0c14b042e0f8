package screen

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
	"time"

	"debadge/graph"
)

// Options say how lines are answered.
type Options struct {
	Names   Names // recognizes what lines name
	AsOf    graph.Day
	KnownAt graph.Moment
	Policy  graph.Policy
	Lists   []string // narrows the policy's lists to these
	Explain bool     // with the paths to each listing

	Findings *graph.Findings // that several runs share; nil keeps none

	Workers  int            // that answer at once; 0 is one a core
	Timeout  time.Duration  // for some hundred lines; 0 is none
	Progress func(Progress) // is told how far it is; nil is nobody
}

// Progress says how far a run is.
type Progress struct {
	Lines       int   // answered and written
	Done, Total int64 // of the input, in bytes; a total of 0 is not known
}

// Reader gives the lines of a file in their order.
type Reader interface {
	// Head says what the file is, before its first line is read.
	Head() (name, format string, columns []string)

	// Next returns the next line, [io.EOF] after the last one. Another error
	// ends the file: what follows cannot be read.
	Next() (Line, error)

	// LeftOut counts what in the input, as far as it was read, is no line.
	LeftOut() map[string]int

	// Position says how far it has read, in bytes; a total of 0 is not known.
	Position() (done, total int64)
}

// Encoder writes the answers in one format.
type Encoder interface {
	// Begin writes what stands before the rows, and returns where they go.
	Begin(w io.Writer, h Head) (io.Writer, error)

	// Encode appends a row. It is called by several goroutines at once.
	Encode(b []byte, r *Row) ([]byte, error)

	// End writes what stands behind the rows. It is called once after Begin,
	// whatever happened, and gives back what Begin took.
	End(s Summary) error
}

// batchSize is how many lines are answered at a time, on one view.
const batchSize = 256

// batch is some lines on their way: read, then answered, then written.
type batch struct {
	lines   []Line
	rows    []Row
	encoded []byte // all rows
	at      Progress
	leftOut map[string]int
	err     error // of reading on, or of answering
	done    chan struct{}
}

// Run answers every line that r gives and writes the answers to w, in the same
// order. It returns the counts of the lines that it wrote, also with an error;
// then Summary.Finished is false.
func Run(ctx context.Context, s graph.Store, r Reader, e Encoder, w io.Writer, opts Options) (Summary, error) {
	a, err := newAnswerer(ctx, s, opts)
	if err != nil {
		return Summary{}, err
	}
	sum := Summary{Head: Head{Basis: a.basis}}
	sum.Input, sum.Format, sum.Columns = r.Head()
	rows, err := e.Begin(w, sum.Head)
	if err != nil {
		return sum, err
	}
	count := newCounter()
	err = pump(ctx, a, r, e, func(b *batch) error {
		if _, err := rows.Write(b.encoded); err != nil {
			return graph.Unavailable("the output cannot be written", err)
		}
		for i := range b.rows {
			count.add(&b.rows[i])
		}
		free := b.encoded // and not the batch, which would stay in memory
		a.buffers.Put(&free)
		count.LeftOut = b.leftOut
		if opts.Progress != nil && len(b.rows) > 0 {
			b.at.Lines = count.actions.Lines
			opts.Progress(b.at)
		}
		return nil
	})
	sum.Counts, sum.Finished = count.counts(), err == nil
	if err != nil {
		sum.Reason = reason(err)
	}
	return sum, errors.Join(err, e.End(sum))
}

// reason says why a run ended early, with nothing that is for the log alone.
func reason(err error) string {
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	if e, ok := errors.AsType[*graph.Error](err); ok {
		return e.Message
	}
	return "a fault of debadge"
}

// pump moves batches from the reader through the workers to write, which gets
// them in order. It waits for no reader that is stuck.
func pump(ctx context.Context, a *answerer, r Reader, e Encoder, write func(*batch) error) error {
	ctx, stop := context.WithCancel(ctx)
	workers := a.opts.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	work := make(chan *batch)
	order := make(chan *batch, 2*workers) // which bounds what is in memory
	var busy sync.WaitGroup
	defer busy.Wait()
	defer stop()
	go read(ctx, r, work, order)
	for range workers {
		busy.Go(func() { a.serve(ctx, work, e) })
	}
	for {
		b, err := await(ctx, order)
		if err == nil {
			err = write(b)
		}
		switch {
		case err != nil:
			return err
		case errors.Is(b.err, io.EOF):
			return nil
		case b.err != nil:
			return b.err
		}
	}
}

// serve answers batches until there are no more.
func (a *answerer) serve(ctx context.Context, work <-chan *batch, e Encoder) {
	for {
		select {
		case <-ctx.Done():
			return
		case b, ok := <-work:
			if !ok {
				return
			}
			if err := a.answer(ctx, b, e); err != nil {
				b.rows, b.encoded, b.err = nil, nil, err
			}
			close(b.done)
		}
	}
}

// await returns the next batch in order, once it is answered. An interruption
// comes first, also where the batch is ready.
func await(ctx context.Context, order <-chan *batch) (*batch, error) {
	if ctx.Err() != nil {
		return nil, interrupted(ctx)
	}
	var b *batch
	select {
	case <-ctx.Done():
		return nil, interrupted(ctx)
	case b = <-order:
	}
	select {
	case <-ctx.Done():
		return nil, interrupted(ctx)
	case <-b.done:
		return b, nil
	}
}

func interrupted(ctx context.Context) error {
	return graph.Unavailable("the screening was interrupted", context.Cause(ctx))
}

// read makes batches until the input ends. The last one carries the error with
// which it ended, behind its lines.
func read(ctx context.Context, r Reader, work, order chan<- *batch) {
	for {
		b := &batch{done: make(chan struct{}), lines: make([]Line, 0, batchSize)}
		for len(b.lines) < batchSize && b.err == nil && ctx.Err() == nil {
			var line Line
			if line, b.err = r.Next(); b.err == nil {
				b.lines = append(b.lines, line)
			}
		}
		b.at.Done, b.at.Total = r.Position()
		b.leftOut = r.LeftOut()
		last := b.err != nil
		for _, to := range []chan<- *batch{order, work} {
			select {
			case <-ctx.Done():
				return
			case to <- b:
			}
		}
		if last {
			close(work)
			return
		}
	}
}
