package export

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"unicode/utf8"

	"debadge/graph"
)

// maxLine bounds a line of the stream in bytes, and maxItems how much one
// change may hold: it is in memory while it is read.
const (
	maxLine  = 64 << 20
	maxItems = 5_000_000
)

// Restored says what [Restore] did.
type Restored struct {
	Basis   Basis          // what the stream holds
	Changes int            // read
	Added   int            // of them, those that the store did not have yet
	Items   int            // entities, sources, claims and retractions read
	Reached graph.Revision // that the store has now
}

// CheckNDJSON reads a stream to its end without a store: a stream that is cut
// short or was altered is refused before any of it is restored.
func CheckNDJSON(name string, r io.Reader) (Restored, error) {
	return readLog(name, r, func(c graph.Change) error {
		_, err := c.Prepared()
		return err
	})
}

// Restore reads a stream that [NDJSON] wrote into a store that is empty, or an
// earlier copy. Changes that the store has already are passed over, so that it
// goes on where it was interrupted. show is called after each change.
func Restore(ctx context.Context, s graph.Restorer, name string, r io.Reader, show func(Restored)) (Restored, error) {
	added := 0
	var reached graph.Revision
	sum, err := readLog(name, r, func(c graph.Change) error {
		receipt, err := s.Restore(ctx, c)
		if err != nil {
			return err
		}
		reached = receipt.Revision
		if !receipt.Replayed {
			added++
		}
		show(Restored{Added: added, Reached: reached})
		return nil
	})
	sum.Added, sum.Reached = added, reached
	return sum, err
}

// logReader reads the lines of a stream.
type logReader struct {
	name  string
	from  *bufio.Reader
	sum   hash.Hash
	lines int
	total Restored
}

// readLog yields the changes of a stream.
func readLog(name string, from io.Reader, yield func(graph.Change) error) (Restored, error) {
	r := &logReader{name: name, from: bufio.NewReaderSize(from, 1<<16), sum: sha256.New()}
	err := r.read(yield)
	return r.total, err
}

func (r *logReader) wrong(format string, args ...any) error {
	return graph.Errorf(graph.KindInvalid, "%s:%d: %s", r.name, r.lines, fmt.Sprintf(format, args...))
}

func (r *logReader) read(yield func(graph.Change) error) error {
	first, err := r.next()
	switch {
	case err != nil:
		return err
	case first.Head == nil:
		return r.wrong("this is not an export as ndjson, which begins with debadge_log")
	case first.Head.Version != ndjsonVersion:
		return r.wrong("this is version %d of the format; version %d is the only one that is known", first.Head.Version, ndjsonVersion)
	}
	r.total.Basis = first.Head.Basis
	for {
		before := hex.EncodeToString(r.sum.Sum(nil))
		l, err := r.next()
		if err != nil {
			return err
		}
		switch {
		case l.Change != nil:
			if err := r.change(l.Change, yield); err != nil {
				return err
			}
		case l.End != nil:
			return r.end(l.End, before)
		default:
			return r.wrong("neither a change nor the end")
		}
	}
}

// end checks that the stream is whole, and that nothing follows.
func (r *logReader) end(e *endLine, sum string) error {
	if e.SHA256 != sum || e.Items != r.total.Items || e.Revision != r.total.Basis.Revision || int(e.Revision) != r.total.Changes {
		return r.wrong("the end does not fit to what is before it: the file was altered; export again")
	}
	rest, err := io.ReadAll(io.LimitReader(r.from, 1))
	if err != nil {
		return graph.Unavailable(r.name+" cannot be read: "+err.Error(), err)
	}
	if len(rest) > 0 {
		return r.wrong("something follows the end")
	}
	return nil
}

func (r *logReader) change(head *changeLine, yield func(graph.Change) error) error {
	at := r.lines
	if int(head.Revision) != r.total.Changes+1 {
		return r.wrong("revision %d where %d belongs", head.Revision, r.total.Changes+1)
	}
	for _, n := range []int{head.Entities, head.Sources, head.Claims, head.Retractions} {
		if n < 0 || n > maxItems {
			return r.wrong("a change has %d items of one kind; at most %d are read", n, maxItems)
		}
	}
	c := graph.Change{Revision: head.Revision, RecordedAt: head.RecordedAt, Digest: head.Digest}
	c.ID, c.Author, c.Reason = head.ID, head.Author, head.Reason
	err := errors.Join(
		items(r, head.Entities, &c.Entities, func(l *line) *graph.Entity { return l.Entity }, "an entity"),
		items(r, head.Sources, &c.Sources, func(l *line) *graph.Source { return l.Source }, "a source"),
		items(r, head.Claims, &c.Claims, func(l *line) *graph.Claim { return l.Claim }, "a claim"),
		items(r, head.Retractions, &c.Retractions, func(l *line) *graph.Retraction { return l.Retraction }, "a retraction"),
	)
	if err != nil {
		return err
	}
	r.total.Changes++
	r.total.Items += size(c.ChangeSet)
	if err := yield(c); err != nil {
		return named(fmt.Sprintf("%s:%d", r.name, at), err)
	}
	return nil
}

// named puts the place in a file before an error about what stands there.
func named(place string, err error) error {
	e, ok := errors.AsType[*graph.Error](err)
	if !ok {
		return err
	}
	at := *e
	at.Message = place + ": " + e.Message
	return &at
}

// items reads lines of one kind.
func items[T any](r *logReader, n int, to *[]T, of func(*line) *T, what string) error {
	for range n {
		l, err := r.next()
		if err != nil {
			return err
		}
		item := of(&l)
		if item == nil {
			return r.wrong("%s belongs here", what)
		}
		*to = append(*to, *item)
	}
	return nil
}

// next reads a line.
func (r *logReader) next() (l line, err error) {
	r.lines++
	var raw []byte
	for {
		part, err := r.from.ReadSlice('\n')
		raw = append(raw, part...)
		switch {
		case len(raw) > maxLine:
			return l, r.wrong("the line is longer than %d MiB", maxLine>>20)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			return l, r.wrong("the file was cut short: its end is missing")
		case err != nil:
			return l, graph.Unavailable(r.name+" cannot be read: "+err.Error(), err)
		}
		break
	}
	if !utf8.Valid(raw) {
		return l, r.wrong("not valid UTF-8")
	}
	r.sum.Write(raw)
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return l, r.wrong("%v", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return l, r.wrong("something follows the object")
	}
	if l.parts() != 1 {
		return l, r.wrong("a line is one of debadge_log, change, entity, source, claim, retraction and end")
	}
	return l, nil
}

// parts counts what a line holds.
func (l *line) parts() int {
	n := 0
	for _, there := range []bool{
		l.Head != nil, l.Change != nil, l.Entity != nil, l.Source != nil, l.Claim != nil, l.Retraction != nil, l.End != nil,
	} {
		if there {
			n++
		}
	}
	return n
}
