package uk

import (
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
	"debadge/graph/ingest/party"
)

// target is a party with what its rows say of the listing.
type target struct {
	party   *party.Party
	primary bool // the name is a primary one
	ship    bool
	days    []days
	notes   []string
	number  string // of the entry, as its list calls it
}

// days are the dates of a listing.
type days struct{ from, listed graph.Date }

// add takes one row of the table.
func add(parties *party.Roll[*target], at ingest.Place, row file.Row, sink ingest.Sink) error {
	number := first(row, "OFSI Group ID", "Group ID", "Unique ID")
	name := party.Joined(" ", row.Get("Name 1"), row.Get("Name 2"), row.Get("Name 3"), row.Get("Name 4"), row.Get("Name 5"), row.Get("Name 6"))
	if name == "" {
		name = ingest.Tidy(row.Get("Name non-latin script"))
	}
	if number == "" || name == "" {
		at.Column = "Name 6"
		if number == "" {
			at.Column = "Group ID"
		}
		return sink.Refuse(ingest.Refusal{Place: at, Value: party.Joined(" ", number, name), Reason: "is empty; a row has the number of a party and a name"})
	}
	one, ok := parties.Find(number)
	if !ok {
		one = &target{
			party:  &party.Party{ID: ingest.PartyID(register, number, name), Name: name, At: at},
			number: first(row, "Unique ID", "Group ID"),
		}
		parties.Add(number, one)
	}
	held := one.party.Held()
	one.named(row, name)
	one.described(row)
	if err := one.dated(at, row, sink); err != nil {
		return err
	}
	return parties.Grow(one.party.Held() - held)
}

func first(row file.Row, columns ...string) string {
	for _, c := range columns {
		if v := row.Get(c); v != "" {
			return v
		}
	}
	return ""
}

// named sorts the row's name in: the first primary one is the party's.
func (t *target) named(row file.Row, name string) {
	kind := strings.ToLower(first(row, "Name type", "Alias Type"))
	strength := strings.ToLower(first(row, "Alias strength", "Alias Quality"))
	primary := strings.HasPrefix(kind, "primary name") && !strings.Contains(kind, "variation")
	switch {
	case primary && !t.primary:
		if t.party.Name != name {
			t.party.Alias(t.party.Name, "")
		}
		t.primary, t.party.Name = true, name
	case !primary && (strings.Contains(strength, "low") || strings.Contains(strength, "weak")):
		t.party.Set(party.WeakAlias, name)
	default:
		t.party.Alias(name, "")
	}
	t.party.Alias(row.Get("Name non-latin script"), "")
}

func (t *target) described(row file.Row) {
	p := t.party
	switch kind := strings.ToLower(first(row, "Designation Type", "Group Type", "Individual, Entity, Ship")); kind {
	case "ship":
		t.ship = true
	case party.Individual, party.Entity:
		p.Set(party.PartyType, kind)
	}
	p.Set(party.Program, first(row, "Regime Name", "Regime"))
	country := first(row, "Address Country", "Country")
	lines := make([]string, 0, 8)
	for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
		lines = append(lines, first(row, "Address Line "+n, "Address "+n))
	}
	lines = append(lines, first(row, "Address Postal Code", "Post/Zip Code"), country)
	p.Set(party.Address, party.Joined(", ", lines...))
	p.In(country)
	p.Set(party.RegistrationNumber, row.Get("Business registration number (s)"))
	if text := first(row, "D.O.B", "DOB"); text != "" {
		if d, ok := day(text); ok {
			text = d.String()
		}
		p.Set(party.DateOfBirth, text)
	}
	t.note("Parent company", row.Get("Parent company"))
	t.note("Subsidiaries", row.Get("Subsidiaries"))
}

func (t *target) note(what, text string) {
	if text = ingest.Tidy(text); text == "" {
		return
	}
	if text = what + ": " + text + "."; !slices.Contains(t.notes, text) {
		t.notes = append(t.notes, text)
	}
}

// dated notes when the row says that the party was listed. A date that cannot
// be read is told, and the party stays listed.
func (t *target) dated(at ingest.Place, row file.Row, sink ingest.Sink) error {
	read := func(column string) (graph.Date, error) {
		text := row.Get(column)
		d, ok := day(text)
		if ok || text == "" {
			return d, nil
		}
		at.Column = column
		return d, sink.Refuse(ingest.Refusal{
			Place: at, Value: text, Kept: true, Reason: "is not a date such as 31/12/2020; the party is listed without it",
		})
	}
	listed, err := read("Listed On")
	if err != nil {
		return err
	}
	designated, err := read("Date Designated")
	if err != nil {
		return err
	}
	if designated.IsZero() {
		if designated, err = read("UK Sanctions List Date Designated"); err != nil {
			return err
		}
	}
	d := days{from: designated, listed: listed}
	if d.from.IsZero() || (!listed.IsZero() && listed.Earliest() < d.from.Earliest()) {
		d.from = listed
	}
	if !d.from.IsZero() && !slices.Contains(t.days, d) {
		t.days = append(t.days, d)
	}
	return nil
}

// tell gives the sink the party's record. Rows that disagree about the dates
// make a listing each.
func (t *target) tell(sink ingest.Sink) error {
	if t.ship {
		sink.LeaveOut("vessel")
		return nil
	}
	if len(t.days) == 0 {
		t.days = []days{{}}
	}
	if len(t.days) > 1 {
		sink.Conflict(t.party.At, "the rows of "+t.party.Name+" give different dates of listing; each is kept as a listing")
	}
	for _, d := range t.days {
		s := t.party.Listed(list.ID, d.from)
		if !d.listed.IsZero() && d.listed != d.from {
			s.Attributes["published"] = d.listed.String()
		}
		notes := t.notes
		if regimes := t.party.Get(party.Program); len(regimes) > 0 {
			notes = slices.Insert(slices.Clone(notes), 0, "Regime: "+strings.Join(regimes, "; ")+".")
		}
		s.Citations = []graph.Citation{{Stance: graph.Supports, Locator: "entry " + t.number, Text: strings.Join(notes, " ")}}
		t.party.Claims = append(t.party.Claims, s)
	}
	return sink.Record(t.party.Record(list))
}
