package graph

import (
	"context"
	"errors"
	"slices"
)

// Touched returns the entities from which on, downstream, findings can differ
// between two revisions, each with the newest revision that touched it. Where
// claims were retracted it reads the feed from the start, to find out what they
// stated.
func Touched(ctx context.Context, s Store, since, until Revision) (map[ID]Revision, error) {
	stated, err := withdrawn(ctx, s, since, until)
	if err != nil {
		return nil, err
	}
	touched := map[ID]Revision{}
	err = changesBetween(ctx, s, since, until, func(c Change) error {
		for _, e := range c.Entities {
			if touchedByItself(e) {
				touched[e.ID] = c.Revision
			}
		}
		for _, claim := range c.Claims {
			for _, id := range touchedBy(claim) {
				touched[id] = c.Revision
			}
		}
		for _, r := range c.Retractions {
			for _, id := range touchedBy(stated[r.Claim]) {
				touched[id] = c.Revision
			}
		}
		return nil
	})
	return touched, err
}

// touchedBy returns from where on downstream a claim can change a finding: from
// what came from the origin, and from both ends where it is walked both ways.
func touchedBy(c Claim) []ID {
	rule := c.Relation.Rule()
	switch {
	case rule.Layer == Context:
		return nil // never walked
	case rule.Outward:
		return []ID{c.From}
	case rule.Symmetric:
		return []ID{c.From, c.To}
	}
	return []ID{c.To}
}

// touchedByItself reports whether what is said of an entity can change a finding:
// a country counts for ownership rules.
func touchedByItself(e Entity) bool {
	k := e.ID.Kind()
	return k == Company || k == Product
}

// CameFrom returns the companies and products of a view that came from some
// entities, and those themselves, by whatever a policy walks at any date and
// however far. Those that the view does not know are left out.
func CameFrom(ctx context.Context, v View, policy Policy, origins []ID) (map[ID]bool, error) {
	q, err := newInquiry(ctx, v, &policy, MinDay, nil)
	if err != nil {
		return nil, err
	}
	nodes, err := v.Nodes(ctx, origins)
	if err != nil {
		return nil, err
	}
	nodes = slices.DeleteFunc(nodes, func(n Node) bool { return n == NoNode })
	slices.Sort(nodes)
	w := newWalk(Downstream, entityLimit)
	defer w.release()
	for _, n := range slices.Compact(nodes) {
		w.add(n)
	}
	for begin := 0; begin < len(w.nodes); {
		end := len(w.nodes)
		if err := w.level(ctx, q, begin, end, false, true); err != nil {
			return nil, err
		}
		begin = end
	}
	came := make(map[ID]bool, len(w.nodes))
	for _, n := range w.nodes {
		if id := v.ID(n); id.Kind() == Company || id.Kind() == Product {
			came[id] = true
		}
	}
	return came, nil
}

// errRead ends a reading of the feed that has all that it was to read.
var errRead = errors.New("read far enough")

// changesBetween reads the changes after a revision and through another one.
func changesBetween(ctx context.Context, s Store, since, until Revision, each func(Change) error) error {
	if since >= until {
		return nil
	}
	err := s.Changes(ctx, since, func(c Change) error {
		if err := each(c); err != nil {
			return err
		}
		if c.Revision >= until {
			return errRead
		}
		return nil
	})
	if errors.Is(err, errRead) {
		return nil
	}
	return err
}

// withdrawn returns what the claims stated that were retracted in between. A
// retraction names a claim alone, and a view at the start finds claims by their
// ends alone, so they are looked for in the feed, from its start.
func withdrawn(ctx context.Context, s Store, since, until Revision) (map[ID]Claim, error) {
	wanted := map[ID]bool{}
	err := changesBetween(ctx, s, since, until, func(c Change) error {
		for _, r := range c.Retractions {
			wanted[r.Claim] = true
		}
		return nil
	})
	if err != nil || len(wanted) == 0 {
		return nil, err
	}
	stated := make(map[ID]Claim, len(wanted))
	err = changesBetween(ctx, s, 0, until, func(c Change) error {
		for _, claim := range c.Claims {
			if wanted[claim.ID] {
				stated[claim.ID] = claim
			}
		}
		if len(stated) == len(wanted) {
			return errRead
		}
		return nil
	})
	if err == nil && len(stated) < len(wanted) {
		return nil, Errorf(KindInternal, "the feed retracts %d claims that it never recorded", len(wanted)-len(stated))
	}
	return stated, err
}

// RestsOn returns the claims of the answer's paths and of its verdicts about
// owners, some of them twice.
func (a *Answer) RestsOn() []Claim {
	var all []Claim
	for _, l := range a.Listings {
		for _, p := range l.Paths {
			for _, h := range p.Hops {
				all = append(append(all, h.Claims...), h.Jointly...)
			}
		}
	}
	for _, o := range a.Ownership {
		for _, owner := range o.Owners {
			all = append(all, owner.Claims...)
		}
	}
	return all
}

// ListingsBeyond returns the listings that the answer shows and another one does
// not, or not so strongly or in that way.
func (a *Answer) ListingsBeyond(other *Answer) []StepListing {
	return missing(a.Listings, other.Listings)
}
