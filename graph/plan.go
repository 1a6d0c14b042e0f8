package graph

import "fmt"

// StoredClaim is a claim with its record time in revisions.
type StoredClaim struct {
	Claim
	Recorded  Revision
	Retracted Revision // 0: not retracted
}

// By returns the claim as it was known at a revision that is not before the one
// that recorded it.
func (c StoredClaim) By(at Revision) StoredClaim {
	if c.Retracted > at {
		c.Retracted = 0
	}
	return c
}

// Existing is what a store holds, at its newest revision, of the ids that a
// change set names (see [ChangeSet.Names]).
type Existing struct {
	Entities map[ID]Entity
	Sources  map[ID]Source
	Claims   map[ID]StoredClaim
}

// Names are the ids that a store has to look up before [ChangeSet.Plan].
type Names struct{ Entities, Sources, Claims []ID }

// Names returns every id that the change set brings or refers to, each once.
func (cs ChangeSet) Names() Names {
	var n Names
	seen := map[ID]bool{"": true}
	note := func(list *[]ID, id ID) {
		if !seen[id] {
			seen[id] = true
			*list = append(*list, id)
		}
	}
	for _, e := range cs.Entities {
		note(&n.Entities, e.ID)
	}
	for _, s := range cs.Sources {
		note(&n.Sources, s.ID)
	}
	for _, c := range cs.Claims {
		note(&n.Claims, c.ID)
		note(&n.Entities, c.From)
		note(&n.Entities, c.To)
		for _, q := range c.Citations {
			note(&n.Sources, q.Source)
		}
	}
	for _, r := range cs.Retractions {
		note(&n.Claims, r.Claim)
		note(&n.Claims, r.ReplacedBy)
	}
	return n
}

// Plan compares a prepared change set with what the store holds and returns
// what is new in it, with the receipt's counts. Every store calls it inside the
// transaction that writes, so that all stores accept and refuse the same. A
// change set with nothing new has an empty plan: the store keeps its revision. A
// new version of an entity keeps what debadge itself wrote into the one before,
// such as which edition of a list was imported, where it says nothing of it.
func (cs ChangeSet) Plan(known Existing) (ChangeSet, Receipt, error) {
	var (
		p       problems
		receipt Receipt
		plan    = ChangeSet{ID: cs.ID, Author: cs.Author, Reason: cs.Reason}
	)
	if err := cs.Seen.check(cs, known); err != nil {
		return plan, receipt, err
	}
	entities, sources := map[ID]bool{}, map[ID]bool{}
	for _, e := range cs.Entities {
		entities[e.ID] = true
		old, there := known.Entities[e.ID]
		e = e.keeping(old)
		if receipt.count(there, there && old.Digest() == e.Digest()) {
			plan.Entities = append(plan.Entities, e)
		}
	}
	for _, s := range cs.Sources {
		sources[s.ID] = true
		old, there := known.Sources[s.ID]
		if receipt.count(there, there && old.ContentDigest() == s.ContentDigest()) {
			plan.Sources = append(plan.Sources, s)
		}
	}
	for i, c := range cs.Claims {
		at := fmt.Sprintf("claims[%d]", i)
		c.checkReferences(at, &p, known, entities, sources)
		old, there := known.Claims[c.ID]
		if there && old.Digest() != c.Digest() {
			p.add(at+".id", "%s is stored with other content and a claim is never overwritten; retract it and name the new one as replaced_by", c.ID)
			continue
		}
		if there && old.Retracted != 0 {
			receipt.Withdrawn++
		} else if receipt.count(there, there) {
			plan.Claims = append(plan.Claims, c)
		}
	}
	plan.Retractions = cs.planRetractions(&p, known, &receipt)
	return plan, receipt, p.err("the change set is refused")
}

// count books one item in the receipt and reports whether it is to be written.
func (r *Receipt) count(there, same bool) bool {
	switch {
	case same:
		r.Unchanged++
	case there:
		r.Changed++
	default:
		r.Added++
	}
	return !same
}

func (c Claim) checkReferences(at string, p *problems, known Existing, entities, sources map[ID]bool) {
	for _, end := range []struct {
		field string
		id    ID
	}{{"from", c.From}, {"to", c.To}} {
		if _, ok := known.Entities[end.id]; !ok && !entities[end.id] {
			p.add(at+"."+end.field, "%s is not known; add the entity in this change set or before it", end.id)
		}
	}
	for i, q := range c.Citations {
		if _, ok := known.Sources[q.Source]; !ok && !sources[q.Source] {
			p.add(fmt.Sprintf("%s.citations[%d].source", at, i), "%s is not known; add the source in this change set or before it", q.Source)
		}
	}
}

func (cs ChangeSet) planRetractions(p *problems, known Existing, receipt *Receipt) []Retraction {
	brought := make(map[ID]bool, len(cs.Claims))
	for _, c := range cs.Claims {
		brought[c.ID] = true
	}
	var plan []Retraction
	for i, r := range cs.Retractions {
		at := fmt.Sprintf("retractions[%d]", i)
		old, there := known.Claims[r.Claim]
		if !there {
			p.add(at+".claim", "%s is not known", r.Claim)
			continue
		}
		if r.ReplacedBy == r.Claim {
			p.add(at+".replaced_by", "a claim does not take its own place")
		}
		if _, ok := known.Claims[r.ReplacedBy]; r.ReplacedBy != "" && !ok && !brought[r.ReplacedBy] {
			p.add(at+".replaced_by", "%s is not known; add the claim in this change set or before it", r.ReplacedBy)
		}
		if old.Retracted != 0 {
			receipt.Unchanged++
			continue
		}
		receipt.Retracted++
		plan = append(plan, r)
	}
	return plan
}

// IsEmpty reports whether the change set brings nothing.
func (cs ChangeSet) IsEmpty() bool {
	return len(cs.Entities)+len(cs.Sources)+len(cs.Claims)+len(cs.Retractions) == 0
}
