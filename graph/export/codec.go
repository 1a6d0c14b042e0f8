package export

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"debadge/graph"
)

// pen writes records for the files in which they are put in order: every text
// behind its length.
type pen struct{ b []byte }

func (p *pen) number(n uint64) { p.b = binary.AppendUvarint(p.b, n) }

func (p *pen) text(texts ...string) {
	for _, t := range texts {
		p.number(uint64(len(t)))
		p.b = append(p.b, t...)
	}
}

func (p *pen) share(s graph.Share) {
	if s.IsZero() {
		p.number(0)
		return
	}
	p.number(uint64(s.Micro()) + 1) //nolint:gosec // a share is not negative
}

func (p *pen) entity(e *graph.Entity) {
	p.text(string(e.ID), e.Name, e.Brand)
	p.number(uint64(len(e.Aliases)))
	for _, a := range e.Aliases {
		p.text(a.Text, a.Language)
	}
	p.number(uint64(len(e.Attributes)))
	for _, name := range slices.Sorted(maps.Keys(e.Attributes)) {
		p.text(name)
		p.number(uint64(len(e.Attributes[name])))
		p.text(e.Attributes[name]...)
	}
}

func (p *pen) source(s *graph.Source) {
	p.text(string(s.ID), s.Title, s.Publisher, s.Date.String(), s.URL, s.Language, s.Kind, s.Digest)
}

func (p *pen) claim(c *graph.Claim) {
	p.text(string(c.ID), string(c.From), string(c.To), c.ValidFrom.String(), c.ValidTo.String())
	p.number(uint64(c.Relation))
	p.number(uint64(c.Status))
	p.number(uint64(c.Confidence))
	p.share(c.ShareMin)
	p.share(c.ShareMax)
	p.number(uint64(len(c.Attributes)))
	for _, name := range slices.Sorted(maps.Keys(c.Attributes)) {
		p.text(name, c.Attributes[name])
	}
	p.number(uint64(len(c.Citations)))
	for _, q := range c.Citations {
		p.text(string(q.Source), string(q.Stance), q.Locator, q.Text)
	}
}

func (p *pen) retraction(r *graph.Retraction) {
	p.text(string(r.Claim), r.Reason, string(r.ReplacedBy))
}

var errRecord = errors.New("a record in a temporary file is not what was written")

// reader reads what a pen wrote, and remembers what went wrong.
type reader struct {
	b   []byte
	err error
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.err, r.b = errRecord, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) text() string {
	n := r.number()
	if n > uint64(len(r.b)) {
		r.err, r.b = errRecord, nil
		return ""
	}
	text := string(r.b[:n])
	r.b = r.b[n:]
	return text
}

// count reads how many items follow, of which each takes a byte at least.
func (r *reader) count() int {
	n := r.number()
	if n > uint64(len(r.b)) {
		r.err, r.b = errRecord, nil
		return 0
	}
	return int(n) //nolint:gosec // at most the length of a slice
}

func (r *reader) id() graph.ID { return graph.ID(r.text()) }

func (r *reader) date() (d graph.Date) {
	if err := d.UnmarshalText([]byte(r.text())); err != nil {
		r.err = err
	}
	return d
}

func (r *reader) share() graph.Share {
	n := r.number()
	if n == 0 {
		return graph.Share{}
	}
	return graph.ShareOf(int32(n - 1)) //nolint:gosec // as it was written
}

func (r *reader) entity() graph.Entity {
	e := graph.Entity{ID: r.id(), Name: r.text(), Brand: r.text()}
	for range r.count() {
		e.Aliases = append(e.Aliases, graph.Alias{Text: r.text(), Language: r.text()})
	}
	for range r.count() {
		if e.Attributes == nil {
			e.Attributes = map[string][]string{}
		}
		name := r.text()
		for range r.count() {
			e.Attributes[name] = append(e.Attributes[name], r.text())
		}
	}
	return e
}

func (r *reader) source() graph.Source {
	return graph.Source{
		ID: r.id(), Title: r.text(), Publisher: r.text(), Date: r.date(),
		URL: r.text(), Language: r.text(), Kind: r.text(), Digest: r.text(),
	}
}

func (r *reader) claim() graph.Claim {
	c := graph.Claim{ID: r.id(), From: r.id(), To: r.id(), ValidFrom: r.date(), ValidTo: r.date()}
	c.Relation = graph.Relation(r.number())     //nolint:gosec // as it was written
	c.Status = graph.Status(r.number())         //nolint:gosec // as it was written
	c.Confidence = graph.Confidence(r.number()) //nolint:gosec // as it was written
	c.ShareMin, c.ShareMax = r.share(), r.share()
	for range r.count() {
		if c.Attributes == nil {
			c.Attributes = map[string]string{}
		}
		name := r.text()
		c.Attributes[name] = r.text()
	}
	for range r.count() {
		c.Citations = append(c.Citations, graph.Citation{
			Source: r.id(), Stance: graph.Stance(r.text()), Locator: r.text(), Text: r.text(),
		})
	}
	return c
}

func (r *reader) retraction() graph.Retraction {
	return graph.Retraction{Claim: r.id(), Reason: r.text(), ReplacedBy: r.id()}
}
