package api

import (
	"context"
	"errors"

	"debadge/graph"
)

// errEnough ends the reading of a feed.
var errEnough = errors.New("enough")

// changedSince returns the products and companies that have a new version, or a
// claim added or withdrawn, after one revision and up to another.
func (s *server) changedSince(ctx context.Context, since, until graph.Revision) (map[graph.ID]bool, error) {
	changed := map[graph.ID]bool{}
	note := func(ids ...graph.ID) {
		for _, id := range ids {
			if kind := id.Kind(); kind == graph.Product || kind == graph.Company {
				changed[id] = true
			}
		}
	}
	withdrawn := map[graph.ID]bool{}
	err := s.feed(ctx, since, until, func(c graph.Change) error {
		for i := range c.Entities {
			note(c.Entities[i].ID)
		}
		for i := range c.Claims {
			note(c.Claims[i].From, c.Claims[i].To)
		}
		for i := range c.Retractions {
			withdrawn[c.Retractions[i].Claim] = true
		}
		if len(changed) > mostChanged {
			return graph.Errorf(graph.KindInvalid, "more than %d entities changed since revision %d; ask from a later one, or read the feed", mostChanged, since)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return changed, s.noteWithdrawn(ctx, withdrawn, since, note)
}

// noteWithdrawn notes the ends of claims that were recorded by a revision and
// withdrawn later: a retraction names the claim alone.
func (s *server) noteWithdrawn(ctx context.Context, claims map[graph.ID]bool, since graph.Revision, note func(...graph.ID)) error {
	if len(claims) == 0 {
		return nil
	}
	return s.feed(ctx, 0, since, func(c graph.Change) error {
		for i := range c.Claims {
			if claims[c.Claims[i].ID] {
				note(c.Claims[i].From, c.Claims[i].To)
				delete(claims, c.Claims[i].ID)
			}
		}
		if len(claims) == 0 {
			return errEnough
		}
		return nil
	})
}

// feed yields the changes after one revision and up to another.
func (s *server) feed(ctx context.Context, since, until graph.Revision, yield func(graph.Change) error) error {
	if since >= until {
		return nil
	}
	err := s.Store.Changes(ctx, since, func(c graph.Change) error {
		if c.Revision > until {
			return errEnough
		}
		return yield(c)
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}
