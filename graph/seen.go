package graph

import (
	"context"
	"fmt"
)

// Seen is what the author of a change set had looked at: each entity, source
// and claim that the change set brings or withdraws, as it was at a revision. A
// store that holds another version of one by now refuses the change set, in the
// transaction that would write it, so that nobody's change is undone unseen.
type Seen struct {
	revision          Revision
	entities, sources map[ID]string // the digests of the versions; none is what was not known
}

// See looks at what a change set names in a view.
func (cs ChangeSet) See(ctx context.Context, v View) (*Seen, error) {
	revision, _ := v.At()
	s := &Seen{revision: revision, entities: map[ID]string{}, sources: map[ID]string{}}
	ids := make([]ID, len(cs.Entities))
	for i, e := range cs.Entities {
		ids[i] = e.ID
	}
	nodes, err := v.Nodes(ctx, ids)
	if err != nil {
		return nil, err
	}
	known := ids[:0:0]
	for i, n := range nodes {
		if n != NoNode {
			known = append(known, ids[i])
		}
	}
	entities, err := v.Entities(ctx, known)
	if err != nil {
		return nil, err
	}
	for _, e := range entities {
		s.entities[e.ID] = e.Digest()
	}
	for _, source := range cs.Sources {
		found, err := v.Sources(ctx, []ID{source.ID})
		if err != nil && KindOf(err) != KindNotFound {
			return nil, err
		}
		for _, f := range found {
			s.sources[f.ID] = f.ContentDigest()
		}
	}
	return s, nil
}

// check compares what was seen with what a store holds.
func (s *Seen) check(cs ChangeSet, known Existing) error {
	if s == nil {
		return nil
	}
	var p problems
	for i, e := range cs.Entities {
		digest := ""
		if old, there := known.Entities[e.ID]; there {
			digest = old.Digest()
		}
		s.compare(&p, fmt.Sprintf("entities[%d]", i), digest, s.entities[e.ID])
	}
	for i, c := range cs.Sources {
		digest := ""
		if old, there := known.Sources[c.ID]; there {
			digest = old.ContentDigest()
		}
		s.compare(&p, fmt.Sprintf("sources[%d]", i), digest, s.sources[c.ID])
	}
	for i, c := range cs.Claims {
		s.compareClaim(&p, fmt.Sprintf("claims[%d]", i), known.Claims[c.ID])
	}
	for i, r := range cs.Retractions {
		s.compareClaim(&p, fmt.Sprintf("retractions[%d]", i), known.Claims[r.Claim])
	}
	if len(p.fields) == 0 {
		return nil
	}
	return &Error{
		Kind: KindOutdated, Fields: p.fields,
		Message: fmt.Sprintf("what the change set touches has changed since revision %d; look at it again, and send the change with the new revision", s.revision),
	}
}

func (s *Seen) compare(p *problems, field, now, then string) {
	switch {
	case now == then:
	case then == "":
		p.add(field, "was recorded since")
	default:
		p.add(field, "has another version since")
	}
}

func (s *Seen) compareClaim(p *problems, field string, c StoredClaim) {
	switch {
	case c.Recorded > s.revision:
		p.add(field, "was recorded since, at revision %d", c.Recorded)
	case c.Retracted > s.revision:
		p.add(field, "was retracted since, at revision %d", c.Retracted)
	}
}
