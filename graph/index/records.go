package index

import (
	"encoding/binary"
	"hash/maphash"
	"maps"
	"slices"
	"sync/atomic"

	"debadge/graph"
)

// catalog keeps records with ids and versions: entities or sources. A record's
// number is its place in the order of arrival.
type catalog struct {
	ids    *table
	first  column[uint32] // where a record's first version stands in blob
	blob   arena
	later  *pairs        // of a record with more versions: the first of them in laters
	laters column[later] // of all records, in the order of arrival
}

// later is a version of a record after its first.
type later struct {
	record, at uint32
	since      graph.Revision
	next       uint32 // the record's next version in laters + 1, 0 if none
}

// find returns a record's number; one at or above limit is not there yet.
func (c *catalog) find(id graph.ID, limit uint32) (uint32, bool) {
	return c.ids.find(maphash.String(seed, string(id)), func(n uint32) bool {
		if n >= limit {
			return false
		}
		at := c.blob.cursor(*c.first.at(n))
		return at.is(string(id))
	})
}

func (c *catalog) hash(n uint32) uint64 {
	at := c.blob.cursor(*c.first.at(n))
	return at.hash()
}

func (c *catalog) id(n uint32) graph.ID {
	at := c.blob.cursor(*c.first.at(n))
	return graph.ID(at.text())
}

// version is where a record stands as it was at a revision.
func (c *catalog) version(n uint32, r graph.Revision) cursor {
	at := *c.first.at(n)
	if c.laters.n > 0 {
		i, ok := c.later.get(n)
		for ok && i < c.laters.n {
			l := c.laters.at(i)
			if l.since > r {
				break
			}
			at = l.at
			i, ok = atomic.LoadUint32(&l.next)-1, true
		}
	}
	return c.blob.cursor(at)
}

// add adds a record, or a version of one that is there. Its bytes begin with
// its id.
func (c *catalog) add(id graph.ID, record []byte, r graph.Revision) uint32 {
	n, ok := c.find(id, c.first.n)
	at := c.blob.write(record)
	if !ok {
		n = c.first.add(at)
		c.enter(n)
		return n
	}
	c.chain(later{record: n, at: at, since: r})
	return n
}

func (c *catalog) enter(n uint32) { c.ids = c.ids.add(c.hash(n), n, c.hash) }

func (c *catalog) chain(l later) {
	i, ok := c.later.get(l.record)
	number := c.laters.add(l)
	if !ok {
		c.later = c.later.put(l.record, number)
		return
	}
	for {
		old := c.laters.at(i)
		if old.next == 0 {
			atomic.StoreUint32(&old.next, number+1)
			return
		}
		i = old.next - 1
	}
}

// encodeEntity writes names as they are and interns what many entities share.
func (x *index) encodeEntity(to []byte, e graph.Entity) []byte {
	to = appendText(to, string(e.ID))
	to = appendText(to, e.Name)
	to = x.appendRef(to, e.Brand)
	to = binary.AppendUvarint(to, uint64(len(e.Aliases)))
	for _, a := range e.Aliases {
		to = appendText(to, a.Text)
		to = x.appendRef(to, a.Language)
	}
	to = binary.AppendUvarint(to, uint64(len(e.Attributes)))
	if len(e.Attributes) == 0 {
		return to
	}
	for _, k := range slices.Sorted(maps.Keys(e.Attributes)) {
		to = x.appendRef(to, k)
		to = binary.AppendUvarint(to, uint64(len(e.Attributes[k])))
		for _, v := range e.Attributes[k] {
			to = x.appendRef(to, v)
		}
	}
	return to
}

func (s *snapshot) decodeEntity(at cursor) graph.Entity {
	e := graph.Entity{ID: graph.ID(at.text()), Name: at.text(), Brand: s.ref(&at)}
	if n := at.length(); n > 0 {
		e.Aliases = make([]graph.Alias, n)
		for i := range e.Aliases {
			e.Aliases[i] = graph.Alias{Text: at.text(), Language: s.ref(&at)}
		}
	}
	if n := at.length(); n > 0 {
		e.Attributes = make(map[string][]string, n)
		for range n {
			k := s.ref(&at)
			values := make([]string, at.length())
			for i := range values {
				values[i] = s.ref(&at)
			}
			e.Attributes[k] = values
		}
	}
	return e
}

func (x *index) encodeSource(to []byte, s graph.Source) []byte {
	to = appendText(to, string(s.ID))
	to = appendText(to, s.Title)
	to = x.appendRef(to, s.Publisher)
	to = appendText(to, s.Date.String())
	to = appendText(to, s.URL)
	to = x.appendRef(to, s.Language)
	to = x.appendRef(to, s.Kind)
	return appendText(to, s.Digest)
}

func (s *snapshot) decodeSource(at cursor) (graph.Source, error) {
	f := graph.Source{ID: graph.ID(at.text()), Title: at.text(), Publisher: s.ref(&at)}
	if err := f.Date.UnmarshalText([]byte(at.text())); err != nil {
		return graph.Source{}, graph.Errorf(graph.KindInternal, "the index holds a wrong date of %s: %w", f.ID, err)
	}
	f.URL, f.Language, f.Kind, f.Digest = at.text(), s.ref(&at), s.ref(&at), at.text()
	return f, nil
}
