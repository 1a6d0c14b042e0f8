package index

import (
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"os"

	"debadge/graph"
)

// restore returns the index that the snapshot file holds, nil if there is none
// of use. An error is that of the log.
func (s *Store) restore(ctx context.Context) (*index, error) {
	file, r, err := openFile(s.opts.SnapshotPath)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil //nolint:nilnil // no file is no fault
	}
	if err != nil {
		s.warn(ctx, err)
		return nil, nil //nolint:nilnil // the feed has everything
	}
	defer file.Close()
	x := blank()
	r.head(&x.snapshot)
	if r.err == nil {
		same, err := s.holds(ctx, x.revision, x.change)
		if err != nil {
			return nil, err
		}
		if !same {
			r.fail("the store's revision %d is not the one that it was made from", x.revision)
		}
	}
	if r.err == nil {
		r.rest(x)
	}
	if r.err != nil {
		s.warn(ctx, r.err)
		return nil, nil //nolint:nilnil // the feed has everything
	}
	return x, nil
}

func (s *Store) warn(ctx context.Context, err error) {
	s.opts.Logger.WarnContext(ctx, "snapshot file not used", slog.String("path", s.opts.SnapshotPath), slog.String("reason", err.Error()))
}

// holds reports whether a change made a revision of the log.
func (s *Store) holds(ctx context.Context, r graph.Revision, key changeKey) (bool, error) {
	if r == 0 {
		return true, nil
	}
	var (
		found = errors.New("found")
		same  bool
	)
	err := s.log.Changes(ctx, r-1, func(c graph.Change) error {
		same = c.Revision == r && key == changeKey{c.ID, c.Digest}
		return found
	})
	if err != nil && !errors.Is(err, found) {
		return false, err
	}
	return same, nil
}

func (r *fileReader) head(s *snapshot) {
	r.section(headSection, func(length uint64) {
		if length > 1<<20 {
			r.fail("its head is too long")
			return
		}
		head := make([]byte, length)
		r.read(head)
		for _, to := range []*string{&s.change.id, &s.change.digest} {
			n, k := binary.Uvarint(head)
			if k <= 0 || n > uint64(len(head)-k) { //nolint:gosec // k is at most len(head)
				r.fail("its head is damaged")
				return
			}
			*to, head = string(head[k:k+int(n)]), head[k+int(n):] //nolint:gosec // n is at most len(head)
		}
		if len(head) != 4 {
			r.fail("its head is damaged")
			return
		}
		s.revision = graph.Revision(one(head))
	})
}

// rest reads everything after the head and makes what follows from it.
func (r *fileReader) rest(x *index) {
	x.revisions = items(r, revisionSection, 24, func(p []byte) revision {
		return revision{int64(binary.LittleEndian.Uint64(p)), one(p[8:]), one(p[12:]), one(p[16:]), one(p[20:])} //nolint:gosec // as it was written
	})
	r.catalog(entitySection, &x.entities)
	r.catalog(sourceSection, &x.sources)
	r.claims(x)
	order := items(r, orderSection, 4, func(p []byte) graph.Node { return graph.Node(one(p)) }) //nolint:gosec // checked below
	pairs := items(r, keySection, 8, func(p []byte) uint64 { return binary.LittleEndian.Uint64(p) })
	if r.err == nil && r.left > 0 {
		r.fail("it goes on after its end")
	}
	if r.err == nil {
		r.check(x)
	}
	if r.err != nil {
		return
	}
	x.frozen = true
	b := &base{
		revision: x.revision, nodes: x.entities.first.n, claims: x.facts.n, retiredCount: x.retiredCount,
		order: flat(&order), keys: newKeys(flat(&pairs)),
	}
	b.rank = make([]graph.Node, len(b.order))
	for i, n := range b.order {
		if number(n) >= b.nodes {
			r.fail("its order of ids is damaged")
			return
		}
		b.rank[n] = graph.Node(i)
	}
	b.connect(&x.snapshot)
	x.base = b
	x.publishLocked()
}

func flat[T any](c *column[T]) []T {
	all := make([]T, 0, c.n)
	for i := range c.n {
		all = append(all, *c.at(i))
	}
	return all
}

func (r *fileReader) catalog(kind section, c *catalog) {
	c.first = items(r, kind, 4, one)
	c.blob = r.arena(kind + 1)
	laters := items(r, kind+2, 12, func(p []byte) later {
		return later{record: one(p), at: one(p[4:]), since: graph.Revision(one(p[8:]))}
	})
	for n := range c.first.n {
		if uint64(*c.first.at(n)) >= c.blob.n {
			r.fail("part %d is damaged", kind)
		}
	}
	for i := range laters.n {
		if l := laters.at(i); l.record >= c.first.n || uint64(l.at) >= c.blob.n {
			r.fail("part %d is damaged", kind+2)
		}
	}
	if r.err != nil {
		return
	}
	c.ids = newTable(int(c.first.n))
	for n := range c.first.n {
		c.ids.put(c.hash(n), n+1)
	}
	for i := range laters.n {
		c.chain(*laters.at(i))
	}
}

func (r *fileReader) claims(x *index) {
	x.facts = items(r, factSection, 24, func(p []byte) fact {
		return fact{
			from: graph.Node(one(p)), to: graph.Node(one(p[4:])), begin: graph.Day(one(p[8:])), end: graph.Day(one(p[12:])), //nolint:gosec // as it was written
			share: one(p[16:]), relation: graph.Relation(p[20]), status: graph.Status(p[21]), confidence: graph.Confidence(p[22]), extra: p[23],
		}
	})
	x.ids = items(r, idSection, uint64(len(rawID{})), func(p []byte) rawID { return rawID(p) })
	x.evidence = items(r, evidenceSection, 4, one)
	x.details = r.arena(detailSection)
	x.texts = r.arena(textSection)
	x.shares = items(r, shareSection, 12, func(p []byte) shares {
		return shares{int32(one(p)), int32(one(p[4:])), one(p[8:])} //nolint:gosec // as it was written
	})
	gone := items(r, retiredSection, 8, func(p []byte) retiredClaim { return retiredClaim{near: one(p[4:]), claim: one(p)} })
	if gone.n > 0 {
		x.retired = newPairs(int(gone.n))
	}
	for i := range gone.n {
		x.retired = x.retired.put(gone.at(i).claim, gone.at(i).near)
	}
	x.retiredCount = int(gone.n)
}

// check refuses numbers that lead nowhere: a file that is whole by its sums,
// but not one of ours.
func (r *fileReader) check(x *index) {
	newest := x.revisions.n - 1
	if newest != uint32(x.revision) || x.ids.n != x.facts.n || x.evidence.n != x.facts.n || x.shares.n == 0 {
		r.fail("its parts do not belong together")
		return
	}
	if v := x.revisions.at(newest); v.nodes != x.entities.first.n || v.sources != x.sources.first.n || v.claims != x.facts.n {
		r.fail("its parts do not belong together")
		return
	}
	for n := range x.facts.n {
		f := x.facts.at(n)
		if max(number(f.from), number(f.to)) >= x.entities.first.n || f.share >= x.shares.n || uint64(*x.evidence.at(n)) >= x.details.n {
			r.fail("claim %d of it is damaged", n)
			return
		}
	}
}

// thaw makes what only a writer needs, when the first change comes after the
// index was read from a file.
func (x *index) thaw() {
	if !x.frozen {
		return
	}
	x.frozen = false
	for i := range x.shares.n {
		x.byShare[*x.shares.at(i)] = i
	}
	x.byClaim = newTable(int(x.facts.n))
	for n := range x.facts.n {
		x.byClaim.put(x.claimHash(n), n+1)
	}
	for at := uint64(0); at < x.texts.n; {
		place := uint32(at)
		c := x.texts.cursor(place)
		n := c.number()
		x.interned = x.interned.add(x.textHash(place), place, x.textHash)
		at += n + uint64(len(binary.AppendUvarint(nil, n)))
	}
}
