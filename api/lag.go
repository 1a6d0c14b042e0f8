package api

import (
	"fmt"
	"time"

	"debadge/graph"
)

// Index is what answers come from where that is not the store itself: a copy in
// memory that follows it.
type Index interface {
	// Progress returns the newest revision of the index and until when it has
	// seen everything that the store had. It reports false if there is none.
	Progress() (revision graph.Revision, seen time.Time, ok bool)
}

type indexState struct {
	Revision graph.Revision `json:"revision"`
	Behind   graph.Revision `json:"behind"` // how many revisions it lacks
}

// indexState says how far the index has come, nil if there is none. It is an
// error if it is behind for longer than it may be.
func (s *server) indexState(newest graph.Revision) (*indexState, error) {
	if s.Index == nil {
		return nil, nil //nolint:nilnil // no index, which is no error
	}
	revision, seen, ok := s.Index.Progress()
	if !ok {
		return nil, nil //nolint:nilnil // no index, which is no error
	}
	state := &indexState{Revision: revision, Behind: newest - min(newest, revision)}
	if lag := s.Clock().Sub(seen); lag > s.MaxLag {
		return nil, graph.Unavailable(fmt.Sprintf("the index is at revision %d and has not seen the store for %s; %s is allowed",
			revision, lag.Round(time.Second), s.MaxLag), nil)
	}
	return state, nil
}
