package csl

import (
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// tell gives the sink what an entry says.
func (e entry) tell(known numbers, sink ingest.Sink) error {
	l, ok := listOf(e.source)
	if !ok {
		return e.refuse(sink, "source", e.source, "is none of the lists that are known; a row without its list says nothing", false)
	}
	switch kind := strings.ToLower(e.kind); kind {
	case "vessel", "aircraft":
		sink.LeaveOut(kind)
		return nil
	}
	names := ingest.ParseNames(e.name)
	if names.Name == "" {
		return e.refuse(sink, "name", e.name, "is missing; a row without a name lists nobody", false)
	}
	w, err := e.when(l, sink)
	if err != nil {
		return err
	}
	r := ingest.Record{At: e.at, Mentions: []graph.Entity{l.entity()}}
	party, former := e.party(names)
	r.Entities = []graph.Entity{party}
	r.Claims = []ingest.Statement{e.listing(l, w, party.ID, e.key())}
	for _, name := range former {
		e.formerly(&r, name, party, e.listing(l, w, "", "formerly\n"+e.key()))
	}
	e.relatives(&r, names, party)
	e.links(&r, known, party)
	for _, n := range notices(e.notice) {
		r.Sources = append(r.Sources, n.source())
	}
	return sink.Record(r)
}

func (e entry) refuse(sink ingest.Sink, column, value, reason string, kept bool) error {
	at := e.at
	at.Column = column
	return sink.Refuse(ingest.Refusal{Place: at, Value: value, Reason: reason, Kept: kept})
}

// id names a party: by the Treasury's number, which is the party's for ever, or
// by its name. No other number in the list stays the same.
func (e entry) id(name string) graph.ID {
	if e.number != "" {
		return ingest.PartyID(treasury, e.number, "")
	}
	return ingest.PartyID(register, "", name)
}

// key tells the listings of one party apart: several rows with an address and a
// notice each. A number needs no more, as it comes once on each list.
func (e entry) key() string {
	if e.number != "" {
		return ""
	}
	return strings.Join(e.places, "; ") + "\n" + ingest.Tidy(e.notice)
}

// party describes the party, and returns the former names beside it.
func (e entry) party(names ingest.Names) (graph.Entity, []string) {
	p := graph.Entity{ID: e.id(names.Name), Name: names.Name, Attributes: map[string][]string{}}
	aliases, former := ingest.ParseAliases(e.names)
	aliases = slices.Concat(names.Aliases, aliases)
	for _, id := range e.ids {
		if id.label == issuerName {
			aliases = append(aliases, ingest.Tidy(id.value))
		}
		id.attribute(p.Attributes)
	}
	for _, a := range aliases {
		if alias := (graph.Alias{Text: a}); a != p.Name && !slices.Contains(p.Aliases, alias) {
			p.Aliases = append(p.Aliases, alias)
		}
	}
	for _, place := range e.places {
		add(p.Attributes, "address", place)
		if code, ok := e.country(place); ok {
			add(p.Attributes, graph.CountryAttribute, code)
		}
	}
	if e.kind != "" { // the whole Entity List has none: nobody becomes a person for that
		add(p.Attributes, "party_type", strings.ToLower(ingest.Tidy(e.kind)))
	}
	for _, program := range e.programs {
		add(p.Attributes, "program", program)
	}
	for _, birth := range e.births {
		add(p.Attributes, "date_of_birth", birth)
	}
	return p, slices.Concat(names.Former, former)
}

func add(to map[string][]string, name, value string) {
	if value != "" && !slices.Contains(to[name], value) {
		to[name] = append(to[name], value)
	}
}

// country reads the last part of an address. The Denied Persons List leaves the
// country of addresses in the US out, so that a code such as CA may be a state:
// then only a name is taken.
func (e entry) country(place string) (string, bool) {
	last := place[strings.LastIndexByte(place, ',')+1:]
	code, ok := ingest.Country(last)
	if ok && e.number == "" && strings.Contains(strings.ToLower(e.source), "denied persons") && slices.Contains(usStates, strings.TrimSpace(last)) {
		return "", false
	}
	return code, ok
}

// usStates are the codes of states that are codes of countries as well.
var usStates = []string{"AL", "AR", "AZ", "CA", "CO", "DE", "GA", "ID", "IL", "IN", "KY", "LA", "MA", "MD", "ME", "MN", "MO", "MS", "MT", "NC", "NE", "PA", "SC", "SD", "TN", "VA"}

// formerly adds a former name as a company of its own: the entry lists the party
// under that name as well, and who asks for it must not get a clear.
func (e entry) formerly(r *ingest.Record, name string, party graph.Entity, listing ingest.Statement) {
	old := graph.Entity{ID: ingest.PartyID(register, "", name), Name: name}
	if old.ID == party.ID {
		return
	}
	r.Mentions = append(r.Mentions, old)
	listing.From = old.ID
	renamed := graph.Claim{Relation: graph.RenamedTo, From: old.ID, To: party.ID, Status: graph.Confirmed}
	r.Claims = append(r.Claims, ingest.Statement{Claim: renamed}, listing)
}

// relatives adds the companies that stand in a name beside the party. The rules
// list an "Affiliated Entity" in the entry of its principal, so it is the
// affiliated entity that the row lists, with the name as printed.
func (e entry) relatives(r *ingest.Record, names ingest.Names, party graph.Entity) {
	if names.Principal != "" {
		principal := ingest.ParseNames(names.Principal).Name
		e.relate(r, principal, graph.Claim{Relation: graph.AffiliatedWith, To: party.ID})
	}
	if names.Parent != "" {
		e.relate(r, names.Parent, graph.Claim{Relation: graph.Owns, To: party.ID, Attributes: map[string]string{"interest": "control"}})
	}
}

func (e entry) relate(r *ingest.Record, name string, c graph.Claim) {
	other := graph.Entity{ID: ingest.PartyID(register, "", name), Name: name}
	if name == "" || other.ID == c.To {
		return
	}
	c.From, c.Status = other.ID, graph.Confirmed
	r.Mentions = append(r.Mentions, other)
	r.Claims = append(r.Claims, ingest.Statement{Claim: c})
}

// links adds the parties to which the Treasury says that this one is linked, if
// the edition holds exactly one of that name.
func (e entry) links(r *ingest.Record, known numbers, party graph.Entity) {
	if e.number == "" {
		return
	}
	for _, name := range linkedTo(e.remarks) {
		id := ingest.PartyID(treasury, known[name], "")
		if known[name] == "" || id == party.ID {
			continue
		}
		r.Mentions = append(r.Mentions, graph.Entity{ID: id, Name: name})
		c := graph.Claim{Relation: graph.AffiliatedWith, From: party.ID, To: id, Status: graph.Confirmed}
		r.Claims = append(r.Claims, ingest.Statement{Claim: c, Key: "linked to"})
	}
}

const linkMark = "Linked To:"

// linkedTo returns the names in a remark such as (Linked To: A; Linked To: B (C)).
func linkedTo(remark string) []string {
	var names []string
	for at := strings.Index(remark, "("+linkMark); at >= 0; at = strings.Index(remark, "("+linkMark) {
		remark = remark[at+1:]
		inner := remark[:closing(remark)]
		for part := range strings.SplitSeq(inner, linkMark) {
			if name := ingest.Tidy(strings.Trim(part, "; ")); name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// closing returns where the bracket closes that is open when a text begins.
func closing(text string) int {
	depth := 1
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(text)
}
