package api

import (
	"context"
	"fmt"
	"time"

	"debadge/graph"
)

// Freshness is the part of a question that demands a revision: who wrote a
// change set reads it at the revision of the receipt or a later one, whichever
// replica answers.
type Freshness struct {
	MinRevision graph.Revision `query:"min_revision" maximum:"2147483647" minimum:"1"`
}

func (f *Freshness) least() graph.Revision { return f.MinRevision }

// demanding is an input that may demand a revision.
type demanding interface{ least() graph.Revision }

// lateError says that a revision was not there in time.
type lateError struct{ wanted, have graph.Revision }

// Error says which revision is missing.
func (e *lateError) Error() string {
	return fmt.Sprintf("revision %d was not here within the time limit: the service is at revision %d; nothing was found out", e.wanted, e.have)
}

// freshPoll is how long to wait before the store is asked again.
const freshPoll = 20 * time.Millisecond

// await returns once the served store has the revision that a question demands.
func (s *server) await(ctx context.Context, in any) error {
	demand, ok := in.(demanding)
	if !ok || demand.least() == 0 {
		return nil
	}
	late := &lateError{wanted: demand.least()}
	for {
		err := s.Store.View(ctx, graph.Moment{Revision: late.wanted}, func(graph.View) error { return nil })
		if graph.KindOf(err) == graph.KindNotFound {
			err = s.Store.View(ctx, graph.Moment{}, func(v graph.View) error { late.have, _ = v.At(); return nil })
		} else if err == nil {
			return nil
		}
		if err != nil && (late.have == 0 || ctx.Err() == nil) {
			return err
		}
		select {
		case <-ctx.Done():
			return late
		case <-time.After(freshPoll):
		}
	}
}
