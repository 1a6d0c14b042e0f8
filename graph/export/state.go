package export

import (
	"context"
	"encoding/binary"
	"time"

	"debadge/graph"
)

// recorded is when a store learned something.
type recorded struct {
	revision graph.Revision
	at       time.Time
}

// version is a version of an entity or of a source.
type version[T any] struct {
	item T
	recorded
	created graph.Revision // of the first version
	until   graph.Revision // of the next version; 0: it is the newest
}

// stated is a claim with what became of it.
type stated struct {
	graph.Claim
	recorded
	retraction *withdrawal // nil: not retracted
}

type withdrawal struct {
	graph.Retraction
	recorded
}

// totals is how much there is, as a store's status counts.
type totals struct {
	entities, sources, claims, retracted int
	misnamed                             int // claims, retracted or not: see [graph.Claim.IsMisnamed]
	changes                              int
}

// change is a change set without what it brought.
type change struct {
	recorded
	id, digest, author, reason string
	items                      int
}

// taker takes what a store holds, in the order of the methods below, each in
// the order of ids, the versions of one in the order of revisions. It must not
// keep what it is given.
type taker interface {
	begin(b Basis) error
	change(c change) error
	source(s version[graph.Source]) error
	entity(e version[graph.Entity]) error
	claim(c stated) error
	end(t totals) error
}

// The sections of the records, in their order.
const (
	changeSection = '0'
	sourceSection = '1'
	entitySection = '2'
	claimSection  = '3'
)

// deal reads the feed, puts it in order and hands it to a taker.
func deal(ctx context.Context, l *log, to taker) (err error) {
	if err := to.begin(l.basis); err != nil {
		return err
	}
	s := newSorted(l.opts.TempDir, memoryLimit)
	defer func() {
		if closing := s.close(); err == nil {
			err = closing
		}
	}()
	if err := l.each(ctx, func(c graph.Change) error { return s.file(&c) }); err != nil {
		return err
	}
	d := newDealer(to)
	if err := s.each(func(key, data []byte) error {
		if err := ctx.Err(); err != nil {
			return graph.Unavailable("the export was cut short", err)
		}
		return d.record(key, data)
	}); err != nil {
		return err
	}
	if err := d.flush(); err != nil {
		return err
	}
	return to.end(d.totals)
}

// file takes a change apart into records.
func (s *sorted) file(c *graph.Change) error {
	var key, p pen
	put := func(section byte, id graph.ID, write func()) error {
		key.b = append(append(key.b[:0], section), id...)
		key.b = append(key.b, 0) // ends the id: no id is another one's beginning
		key.b = binary.BigEndian.AppendUint32(key.b, uint32(c.Revision))
		p.b = p.b[:0]
		p.number(uint64(c.Revision))
		p.number(uint64(c.RecordedAt.UnixMicro()))
		write()
		return s.add(key.b, p.b)
	}
	if err := put(changeSection, "", func() {
		p.text(c.ID, c.Digest, c.Author, c.Reason)
		p.number(uint64(size(c.ChangeSet))) //nolint:gosec // a length is not negative
	}); err != nil {
		return err
	}
	for i := range c.Sources {
		if err := put(sourceSection, c.Sources[i].ID, func() { p.source(&c.Sources[i]) }); err != nil {
			return err
		}
	}
	for i := range c.Entities {
		if err := put(entitySection, c.Entities[i].ID, func() { p.entity(&c.Entities[i]) }); err != nil {
			return err
		}
	}
	for i := range c.Claims {
		if err := put(claimSection, c.Claims[i].ID, func() {
			p.number(0)
			p.claim(&c.Claims[i])
		}); err != nil {
			return err
		}
	}
	for i := range c.Retractions {
		// One of a claim of the same change set has its key, but for the end.
		if err := put(claimSection, c.Retractions[i].Claim, func() {
			key.b = append(key.b, 1)
			p.number(1)
			p.retraction(&c.Retractions[i])
		}); err != nil {
			return err
		}
	}
	return nil
}

// dealer puts the records of one item together.
type dealer struct {
	to       taker
	totals   totals
	sources  versions[graph.Source]
	entities versions[graph.Entity]
	claim    *stated
}

func newDealer(to taker) *dealer {
	d := &dealer{to: to}
	d.sources = versions[graph.Source]{id: func(s *graph.Source) graph.ID { return s.ID }, to: to.source, count: &d.totals.sources}
	d.entities = versions[graph.Entity]{id: func(e *graph.Entity) graph.ID { return e.ID }, to: to.entity, count: &d.totals.entities}
	return d
}

func (d *dealer) record(key, data []byte) error {
	r := &reader{b: data}
	at := recorded{revision: graph.Revision(r.number())} //nolint:gosec // as it was written
	at.at = time.UnixMicro(int64(r.number())).UTC()      //nolint:gosec // as it was written
	var err error
	switch key[0] {
	case changeSection:
		d.totals.changes++
		c := change{recorded: at, id: r.text(), digest: r.text(), author: r.text(), reason: r.text()}
		c.items = int(r.number()) //nolint:gosec // as it was written
		err = d.to.change(c)
	case sourceSection:
		err = d.sources.next(r.source(), at)
	case entitySection:
		if err = d.sources.flush(); err == nil {
			err = d.entities.next(r.entity(), at)
		}
	default:
		err = d.nextClaim(r, at)
	}
	if r.err != nil {
		return onDisk(r.err)
	}
	return err
}

// flush hands over what waits for a next version or a retraction.
func (d *dealer) flush() error {
	for _, last := range []func() error{d.sources.flush, d.entities.flush, d.flushClaim} {
		if err := last(); err != nil {
			return err
		}
	}
	return nil
}

func (d *dealer) nextClaim(r *reader, at recorded) error {
	if kind := r.number(); kind == 0 {
		err := d.flush()
		d.claim = &stated{Claim: r.claim(), recorded: at}
		return err
	}
	gone := withdrawal{r.retraction(), at}
	if d.claim == nil || d.claim.ID != gone.Claim {
		return graph.Errorf(graph.KindInternal, "the feed retracts %s, which it did not bring", gone.Claim)
	}
	d.claim.retraction = &gone
	return nil
}

func (d *dealer) flushClaim() error {
	if d.claim == nil {
		return nil
	}
	c := *d.claim
	d.claim = nil
	if c.IsMisnamed() {
		d.totals.misnamed++
	}
	if c.retraction == nil {
		d.totals.claims++
	} else {
		d.totals.retracted++
	}
	return d.to.claim(c)
}

// versions holds a version back until it is known whether there is a next one.
type versions[T any] struct {
	last  *version[T]
	id    func(*T) graph.ID
	to    func(version[T]) error
	count *int
}

func (v *versions[T]) next(item T, at recorded) error {
	next := &version[T]{item: item, recorded: at, created: at.revision}
	if v.last != nil && v.id(&v.last.item) == v.id(&item) {
		v.last.until, next.created = at.revision, v.last.created
	} else {
		*v.count++
	}
	err := v.flush()
	v.last = next
	return err
}

func (v *versions[T]) flush() error {
	if v.last == nil {
		return nil
	}
	last := *v.last
	v.last = nil
	return v.to(last)
}
