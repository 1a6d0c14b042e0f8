package ftm

import (
	"fmt"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// link says how a schema that links two entities becomes a claim. from and to
// are the properties that hold the ends.
type link struct {
	relation graph.Relation
	from, to string
	interest graph.Interest
	words    []string // properties that say what kind of link it is, kept as the citation's text
}

var links = map[string]link{
	"Ownership":   {graph.Owns, "owner", "asset", graph.Equity, []string{"role", "ownershipType", "percentage", "sharesType", "sharesCount"}},
	"Control":     {graph.Owns, "controller", "controlled", graph.Control, []string{"role", "controlType"}},
	"Succession":  {graph.RenamedTo, "predecessor", "successor", graph.Equity, []string{"role", "summary"}},
	"UnknownLink": {graph.AffiliatedWith, "subject", "object", graph.Equity, []string{"role", "summary"}},
	"Associate":   {graph.AffiliatedWith, "person", "associate", graph.Equity, []string{"relationship"}},
	sanction:      {graph.ListedOn, "entity", "", graph.Equity, []string{"program", "authorityId"}},
	// the property parent of an old LegalEntity, read as if it were a link
	subsidiary: {graph.Owns, "parent", self, graph.Control, nil},
}

const (
	sanction   = "Sanction"
	subsidiary = "parent"
	self       = "self"
)

const maxCitation = 500 // characters of a link's description that are kept

// link gives the sink the claims that a link makes.
func (r *reader) link(at ingest.Place, e *entity, l link) error {
	from, err := r.ends(at, e, l.from)
	if err != nil || len(from) == 0 {
		return err
	}
	claim, ok, err := r.claim(at, e, l)
	if err != nil || !ok {
		return err
	}
	record := ingest.Record{At: at}
	var to []graph.ID
	if e.Schema == sanction {
		if record.Mentions = e.lists(); len(record.Mentions) == 0 {
			return r.sink.Refuse(ingest.Refusal{Place: in(at, "authority"), Value: e.ID, Reason: "names no programId, dataset, authority or publisher, so it cannot be said on which list this is"})
		}
		for _, list := range record.Mentions {
			to = append(to, list.ID)
		}
		record.Mentions = append(record.Mentions, r.programs(e, from)...)
	} else {
		owned, err := r.ends(at, e, l.to)
		if err != nil {
			return err
		}
		for _, id := range owned {
			to = append(to, partyID(id))
		}
	}
	for _, id := range from {
		for _, far := range to {
			claim.From, claim.To = partyID(id), far
			record.Claims = append(record.Claims, claim)
		}
	}
	if len(record.Claims) == 0 {
		return nil
	}
	return r.sink.Record(record)
}

// programs adds what a Sanction says of its program to the parties under it.
func (r *reader) programs(e *entity, parties []string) []graph.Entity {
	programs := e.all("program")
	if len(programs) == 0 {
		return nil
	}
	var all []graph.Entity
	for _, id := range parties {
		if r.parties.has(id) {
			all = append(all, graph.Entity{ID: partyID(id), Name: id, Attributes: map[string][]string{"program": programs}})
		}
	}
	return all
}

// claim makes what all claims of a link have in common. ok is false where the
// link is left out.
func (r *reader) claim(at ingest.Place, e *entity, l link) (_ ingest.Statement, ok bool, err error) {
	event := l.relation.Rule().Event
	begins, err := r.dates(at, e, "startDate", "date")
	if err != nil {
		return ingest.Statement{}, false, err
	}
	ends, err := r.dates(at, e, "endDate")
	if err != nil {
		return ingest.Statement{}, false, err
	}
	if len(ends) == 0 && e.over() && !event {
		r.sink.LeaveOut(e.Schema + " that is over, without an end date")
		return ingest.Statement{}, false, nil
	}
	c := graph.Claim{Relation: l.relation, Status: graph.Reported, Citations: []graph.Citation{e.citation(at, l)}}
	if e.Schema == sanction {
		c.Status = e.status()
		listed, err := r.dates(at, e, "listingDate")
		if err != nil {
			return ingest.Statement{}, false, err
		}
		if len(listed) > 0 {
			c.Attributes = map[string]string{"published": listed[0].String()}
		}
		if len(begins) == 0 {
			begins = listed
		}
	}
	if len(begins) > 0 {
		c.ValidFrom = slices.MinFunc(begins, func(a, b graph.Date) int { return int(a.Earliest()) - int(b.Earliest()) })
	}
	if len(ends) > 0 && !event {
		c.ValidTo = slices.MaxFunc(ends, func(a, b graph.Date) int { return int(a.Latest()) - int(b.Latest()) })
	}
	if !c.ValidTo.IsZero() && c.ValidFrom.Earliest() >= c.ValidTo.Latest() {
		reason := "is not before the endDate " + c.ValidTo.String()
		if err := r.sink.Refuse(ingest.Refusal{Place: in(at, "startDate"), Value: c.ValidFrom.String(), Reason: reason, Kept: true}); err != nil {
			return ingest.Statement{}, false, err
		}
		c.ValidFrom = graph.Date{}
	}
	if l.relation == graph.Owns {
		e.share(l, &c)
	}
	return ingest.Statement{Claim: c, Key: e.ID}, true, nil
}

func (e *entity) share(l link, c *graph.Claim) {
	c.ShareMin, c.ShareMax = graph.ShareOf(0), graph.ShareOf(graph.WholeShare)
	if l.interest != graph.Equity {
		c.Attributes = map[string]string{"interest": l.interest.String()}
		return
	}
	c.ShareMin, c.ShareMax = shares(e.all("percentage"))
}

func (e *entity) citation(at ingest.Place, l link) graph.Citation {
	text := strings.Join(e.all(l.words...), "; ")
	if runes := []rune(text); len(runes) > maxCitation {
		text = string(runes[:maxCitation]) + "…"
	}
	return graph.Citation{Stance: graph.Supports, Locator: fmt.Sprintf("line %d: %s %s", at.Line, e.Schema, e.ID), Text: text}
}

// dates reads the values of the first of some properties that has any. A year
// or a month goes if a day in it is among them: it says the same, less
// precisely. What is no date is refused, and the link kept without it.
func (r *reader) dates(at ingest.Place, e *entity, names ...string) (dates []graph.Date, err error) {
	for _, name := range names {
		texts := e.all(name)
		for _, text := range texts {
			if slices.ContainsFunc(texts, func(other string) bool { return strings.HasPrefix(other, text+"-") }) {
				continue
			}
			day, _, _ := strings.Cut(text, "T")
			d, wrong := graph.ParseDate(strings.TrimSpace(day))
			if wrong != nil {
				if err := r.sink.Refuse(ingest.Refusal{Place: in(at, name), Value: text, Reason: wrong.Error(), Kept: true}); err != nil {
					return nil, err
				}
				continue
			}
			dates = append(dates, d)
		}
		if len(dates) > 0 {
			break
		}
	}
	return dates, nil
}

// over says that the status of a link is one of those that mean that it has
// ended. Without a date of the end it can be given no place in time.
func (e *entity) over() bool {
	return slices.ContainsFunc(e.all("status"), func(status string) bool {
		switch strings.ToLower(status) {
		case "inactive", "expired", "ended", "terminated", "removed", "delisted", "former", "historical", "ceased":
			return true
		}
		return false
	})
}

// ends returns what a property refers to, without the things among it. What no
// file given describes stays: the store may have it, and else the import
// refuses the record.
func (r *reader) ends(at ingest.Place, e *entity, name string) ([]string, error) {
	if name == self {
		return []string{e.ID}, nil
	}
	references := e.all(name)
	if len(references) == 0 {
		return nil, r.sink.Refuse(ingest.Refusal{Place: in(at, name), Value: e.ID, Reason: "is missing; " + e.Schema + " needs it"})
	}
	return slices.DeleteFunc(references, func(id string) bool {
		thing := !r.parties.has(id) && r.things.has(id)
		if thing {
			r.sink.LeaveOut(e.Schema + " of what is no company or person")
		}
		return thing
	}), nil
}

func in(at ingest.Place, property string) ingest.Place {
	at.Column = strings.TrimSuffix("properties."+property, ".")
	return at
}
