package graph

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Revision counts the committed change sets of a store; 0 is the empty store.
type Revision uint32

// ChangeSet is what one author adds at one time: all of it is committed, or
// none. Appending it again changes nothing.
type ChangeSet struct {
	ID          string       `json:"id,omitempty"` // the idempotency key; derived from the content if empty
	Author      string       `json:"author,omitempty"`
	Reason      string       `json:"reason,omitempty"`
	Entities    []Entity     `json:"entities,omitempty"`
	Sources     []Source     `json:"sources,omitempty"`
	Claims      []Claim      `json:"claims,omitempty"`
	Retractions []Retraction `json:"retractions,omitempty"`

	Seen *Seen `json:"-"` // what the author had looked at; nil: whatever there is
}

// Change is a committed change set: what was new in it, when and in which
// order it was recorded. It is what a store's feed consists of.
type Change struct {
	ChangeSet
	Revision   Revision  `json:"revision"`
	RecordedAt time.Time `json:"recorded_at"`
	Digest     string    `json:"digest"` // of the change set as it was appended
}

// Receipt is a store's acknowledgement of a change set.
type Receipt struct {
	Revision   Revision  `json:"revision"` // that holds the change set
	RecordedAt time.Time `json:"recorded_at"`
	Added      int       `json:"added"`     // entities, sources and claims that were not there
	Changed    int       `json:"changed"`   // new versions of entities and sources
	Retracted  int       `json:"retracted"` // claims withdrawn
	Unchanged  int       `json:"unchanged"` // items that were there already
	Withdrawn  int       `json:"withdrawn"` // claims that were retracted before and stay so; to state one anew give it another id
	Replayed   bool      `json:"replayed"`  // the change set had been committed before; nothing is counted
}

// RecordTime returns when a change is recorded that is committed now, after a
// change recorded at last (zero if it is the first): in microseconds, and
// always later, so that each record time belongs to one revision even where
// the clock stands still or goes back.
func RecordTime(now, last time.Time) time.Time {
	now = now.UTC().Truncate(time.Microsecond)
	if !last.IsZero() && !now.After(last) {
		return last.UTC().Add(time.Microsecond)
	}
	return now
}

// maxProblems bounds how many things wrong with one input are told at once.
const maxProblems = 100

type problems struct {
	fields []FieldError
	more   int
}

func (p *problems) add(field, format string, args ...any) {
	if len(p.fields) == maxProblems {
		p.more++
		return
	}
	p.fields = append(p.fields, FieldError{field, fmt.Sprintf(format, args...)})
}

func (p *problems) err(message string) error {
	if len(p.fields) == 0 {
		return nil
	}
	if p.more > 0 {
		message += fmt.Sprintf(" (and %d more problems)", p.more)
	}
	return &Error{Kind: KindInvalid, Message: message, Fields: p.fields}
}

// Prepare checks everything that can be checked without the store, fills in
// what has a default (ids, confidence, unknown shares, the order of symmetric
// ends) and returns the change set in the form that is stored. The error names
// each field that is wrong.
func (cs ChangeSet) Prepare() (ChangeSet, error) {
	var p problems
	cs.Entities, cs.Sources = slices.Clone(cs.Entities), slices.Clone(cs.Sources)
	cs.Claims, cs.Retractions = slices.Clone(cs.Claims), slices.Clone(cs.Retractions)
	checkText(&p, "id", cs.ID, false)
	checkText(&p, "author", cs.Author, false)
	checkText(&p, "reason", cs.Reason, false)
	for i := range cs.Entities {
		cs.Entities[i] = cs.Entities[i].prepared(fmt.Sprintf("entities[%d]", i), &p)
	}
	for i := range cs.Sources {
		cs.Sources[i] = cs.Sources[i].prepared(fmt.Sprintf("sources[%d]", i), &p)
	}
	for i := range cs.Claims {
		cs.Claims[i] = cs.Claims[i].prepared(fmt.Sprintf("claims[%d]", i), &p)
	}
	for i, r := range cs.Retractions {
		r.check(fmt.Sprintf("retractions[%d]", i), &p)
	}
	checkRepeats(&p, "entities", cs.Entities, func(e Entity) ID { return e.ID })
	checkRepeats(&p, "sources", cs.Sources, func(s Source) ID { return s.ID })
	checkRepeats(&p, "claims", cs.Claims, func(c Claim) ID { return c.ID })
	checkRepeats(&p, "retractions", cs.Retractions, func(r Retraction) ID { return r.Claim })
	if err := p.err("the change set is refused"); err != nil {
		return ChangeSet{}, err
	}
	if cs.ID == "" {
		cs.ID = "sha256:" + cs.Digest()
	}
	return cs, nil
}

func checkRepeats[T any](p *problems, list string, items []T, id func(T) ID) {
	seen := make(map[ID]int, len(items))
	for i, item := range items {
		if first, ok := seen[id(item)]; ok && id(item) != "" {
			p.add(fmt.Sprintf("%s[%d]", list, i), "%s stands already at %s[%d]", id(item), list, first)
			continue
		}
		seen[id(item)] = i
	}
}

func (e Entity) prepared(at string, p *problems) Entity {
	if wrong := e.ID.check(Kinds()...); wrong != "" {
		p.add(at+".id", "%q %s", e.ID, wrong)
	}
	checkText(p, at+".name", e.Name, true)
	checkText(p, at+".brand", e.Brand, false)
	if e.Brand != "" && e.ID.Kind() != Product {
		p.add(at+".brand", "only a product has a brand")
	}
	for i, a := range e.Aliases {
		checkText(p, fmt.Sprintf("%s.aliases[%d].text", at, i), a.Text, true)
		checkText(p, fmt.Sprintf("%s.aliases[%d].language", at, i), a.Language, false)
	}
	if len(e.Aliases) == 0 {
		e.Aliases = nil
	}
	for _, k := range slices.Sorted(maps.Keys(e.Attributes)) {
		if !attributeForm(k) {
			p.add(at+".attributes", "%q is not an attribute name; use lower-case letters, digits and '_'", k)
		}
		if len(e.Attributes[k]) == 0 {
			p.add(at+".attributes."+k, "has no value; leave it out")
		}
		for i, v := range e.Attributes[k] {
			checkText(p, fmt.Sprintf("%s.attributes.%s[%d]", at, k, i), v, true)
		}
	}
	if len(e.Attributes) == 0 {
		e.Attributes = nil
	}
	return e
}

func attributeForm(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

var sourceKinds = []string{"regulation", "list", "court", "press", "vendor", "registry", "research", "other"}

// SourceKinds returns the kinds of documents that a source may be, in the order
// of the documentation. A source may also be of none.
func SourceKinds() []string { return slices.Clone(sourceKinds) }

func (s Source) prepared(at string, p *problems) Source {
	if wrong := s.ID.check(sourceKind); wrong != "" {
		p.add(at+".id", "%q %s", s.ID, wrong)
	}
	checkText(p, at+".title", s.Title, true)
	checkText(p, at+".publisher", s.Publisher, true)
	checkText(p, at+".url", s.URL, false)
	checkText(p, at+".language", s.Language, false)
	checkText(p, at+".digest", s.Digest, false)
	if s.Kind != "" && !slices.Contains(sourceKinds, s.Kind) {
		p.add(at+".kind", "%q is not a kind of source; use one of %s", s.Kind, strings.Join(sourceKinds, " "))
	}
	return s
}

func (r Retraction) check(at string, p *problems) {
	if wrong := r.Claim.check(claimKind); wrong != "" {
		p.add(at+".claim", "%q %s", r.Claim, wrong)
	}
	if r.ReplacedBy != "" {
		if wrong := r.ReplacedBy.check(claimKind); wrong != "" {
			p.add(at+".replaced_by", "%q %s", r.ReplacedBy, wrong)
		}
	}
	checkText(p, at+".reason", r.Reason, true)
}
