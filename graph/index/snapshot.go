package index

import (
	"sort"
	"sync/atomic"
	"time"

	"debadge/graph"
)

// snapshot is an index at one revision: headers of columns that grow without
// changing, and a base. It is copied to become the next one.
type snapshot struct {
	revision graph.Revision
	change   changeKey // that made the revision
	numbers  *numbering
	late     *atomic.Pointer[lateNodes] // shared by all snapshots of the index

	revisions column[revision] // the first is the empty revision 0
	entities  catalog
	sources   catalog

	// Of each claim:
	facts    column[fact]
	ids      column[rawID]
	evidence column[uint32] // where its citations and attributes stand in details

	details      arena
	texts        arena // interned, each behind its length
	shares       column[shares]
	byClaim      *table
	retired      *pairs // claims to the revisions that retracted them
	retiredCount int

	base      *base
	freshUp   *chains // nodes to claims that are not in the base
	freshDown *chains
	freshKeys *chains // hashes of name keys to nodes
}

// numbering stands for one way to number entities: that of an index and all of
// its snapshots.
type numbering struct{ _ byte }

// changeKey tells one change from another.
type changeKey struct{ id, digest string }

// revision is when a revision was recorded, and how much there was then.
type revision struct {
	seconds                       int64
	nanos, nodes, sources, claims uint32
}

// at returns a revision and when it was recorded.
func (s *snapshot) at(r graph.Revision) (graph.Revision, time.Time) {
	if r == 0 {
		return 0, time.Time{}
	}
	v := s.revisions.at(uint32(r))
	return r, time.Unix(v.seconds, int64(v.nanos)).UTC()
}

// retracted reports whether a claim was retracted by a revision.
func (s *snapshot) retracted(claim uint32, r graph.Revision) bool {
	by, ok := s.retired.get(claim)
	return ok && by <= uint32(r)
}

// moment returns the revision that a moment means.
func (s *snapshot) moment(at graph.Moment) (graph.Revision, error) {
	switch {
	case at.Revision > s.revision:
		return 0, graph.Errorf(graph.KindNotFound, "revision %d does not exist; the newest is %d", at.Revision, s.revision)
	case at.Revision != 0:
		return at.Revision, nil
	case at.Time.IsZero():
		return s.revision, nil
	}
	low, high := graph.Revision(0), s.revision // the answer is between them
	for low < high {
		middle := low + (high-low+1)/2
		if _, t := s.at(middle); t.After(at.Time) {
			high = middle - 1
		} else {
			low = middle
		}
	}
	return low, nil
}

// read calls read with a view at a moment.
func (s *snapshot) read(at graph.Moment, read func(graph.View) error) error {
	r, err := s.moment(at)
	if err != nil {
		return err
	}
	v := s.view(r)
	defer v.end()
	return read(v)
}

// existing looks up what a plan needs.
func (s *snapshot) existing(n graph.Names) (graph.Existing, error) {
	known := graph.Existing{
		Entities: make(map[graph.ID]graph.Entity, len(n.Entities)),
		Sources:  make(map[graph.ID]graph.Source, len(n.Sources)),
		Claims:   make(map[graph.ID]graph.StoredClaim, len(n.Claims)),
	}
	for _, id := range n.Entities {
		if i, ok := s.entities.find(id, s.entities.first.n); ok {
			known.Entities[id] = s.decodeEntity(s.entities.version(i, s.revision))
		}
	}
	for _, id := range n.Sources {
		if i, ok := s.sources.find(id, s.sources.first.n); ok {
			source, err := s.decodeSource(s.sources.version(i, s.revision))
			if err != nil {
				return known, err
			}
			known.Sources[id] = source
		}
	}
	for _, id := range n.Claims {
		if i, ok := s.claim(id); ok {
			stored, err := s.storedClaim(i)
			if err != nil {
				return known, err
			}
			known.Claims[id] = stored
		}
	}
	return known, nil
}

func (s *snapshot) storedClaim(n uint32) (graph.StoredClaim, error) {
	claim, err := s.decodeClaim(n)
	if err != nil {
		return graph.StoredClaim{}, err
	}
	stored := graph.StoredClaim{Claim: claim, Recorded: s.recorded(n)}
	if by, ok := s.retired.get(n); ok {
		stored.Retracted = graph.Revision(by)
	}
	return stored, nil
}

// recorded returns the revision that recorded a claim: the first that counts it.
func (s *snapshot) recorded(claim uint32) graph.Revision {
	n := sort.Search(int(s.revision), func(r int) bool { return s.revisions.at(uint32(r)).claims > claim }) //nolint:gosec // below a revision
	return graph.Revision(n)                                                                                //nolint:gosec // at most s.revision
}

func (s *snapshot) status() graph.StoreStatus {
	st := graph.StoreStatus{
		Entities: int(s.entities.first.n), Sources: int(s.sources.first.n),
		Claims: int(s.facts.n) - s.retiredCount, Retracted: s.retiredCount,
	}
	st.Revision, st.RecordedAt = s.at(s.revision)
	return st
}
