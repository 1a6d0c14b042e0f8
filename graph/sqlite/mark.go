package sqlite

import (
	"context"
	"math"
	"time"

	"debadge/graph"
)

// mark is the state after a change: its revision and time, and the last key of
// each table. Keys have no gaps, so the last one is also the count.
type mark struct {
	revision       graph.Revision
	recorded       int64 // microseconds since 1970
	entities       int64
	entityVersions int64
	sources        int64
	sourceVersions int64
	claims         int64
	retractions    int64
}

const markColumns = "revision, recorded_at, entities, entity_versions, sources, source_versions, claims, retractions"

func (m *mark) into() []any {
	return []any{
		&m.revision, &m.recorded, &m.entities, &m.entityVersions,
		&m.sources, &m.sourceVersions, &m.claims, &m.retractions,
	}
}

// time is when the change was recorded; zero for revision 0.
func (m *mark) time() time.Time {
	if m.revision == 0 {
		return time.Time{}
	}
	return time.UnixMicro(m.recorded).UTC()
}

// tooFar reports whether a key would not fit a View's handle, of 32 bits.
func (m *mark) tooFar() bool {
	return max(m.entities, m.entityVersions, m.sources, m.sourceVersions, m.claims, m.retractions) > math.MaxInt32
}

// head returns the newest mark, the zero one for an empty store.
func (s *session) head(ctx context.Context) (m mark, err error) {
	_, err = s.one(ctx, m.into(), "SELECT "+markColumns+" FROM changes ORDER BY revision DESC LIMIT 1")
	return m, err
}

// markAt returns the mark of a moment.
func (s *session) markAt(ctx context.Context, at graph.Moment) (m mark, err error) {
	switch {
	case at.Revision != 0:
		found, err := s.one(ctx, m.into(), "SELECT "+markColumns+" FROM changes WHERE revision = ?", int64(at.Revision))
		if err == nil && !found {
			err = graph.Errorf(graph.KindNotFound, "the store has not reached revision %d", at.Revision)
		}
		return m, err
	case at.Time.IsZero():
		return s.head(ctx)
	}
	_, err = s.one(ctx, m.into(), "SELECT "+markColumns+
		" FROM changes WHERE recorded_at <= ? ORDER BY recorded_at DESC, revision DESC LIMIT 1", at.Time.UnixMicro())
	return m, err
}
