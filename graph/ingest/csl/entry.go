package csl

import (
	"encoding/json"
	"strings"

	"debadge/graph/file"
	"debadge/graph/ingest"
)

// entry is a row of the table, or an item of the JSON, in one form.
type entry struct {
	at                              ingest.Place
	source, number, kind            string
	name, notice, start, end        string
	standardOrder, remarks          string
	requirement, policy             string
	programs, names, births, places []string // places are addresses in one line
	ids                             []identifier
}

// identifier is a number, or a note with its label, that the list gives a party.
type identifier struct{ label, value string }

func fromRow(row file.Row) entry {
	e := entry{
		at:     ingest.Place{Line: row.Line},
		source: row.Get("source"), number: row.Get("entity_number"), kind: row.Get("type"),
		name: row.Get("name"), notice: row.Get("federal_register_notice"), start: row.Get("start_date"), end: row.Get("end_date"),
		standardOrder: row.Get("standard_order"), remarks: row.Get("remarks"),
		requirement: row.Get("license_requirement"), policy: row.Get("license_policy"),
		programs: split(row.Get("programs")), names: split(row.Get("alt_names")),
		births: split(row.Get("dates_of_birth")), places: split(row.Get("addresses")),
	}
	for _, item := range split(row.Get("ids")) {
		if id, ok := labeled(item); ok {
			e.ids = append(e.ids, id)
		}
	}
	return e
}

// split parts what the table joins by semicolons.
func split(text string) []string {
	var parts []string
	for part := range strings.SplitSeq(text, ";") {
		if part = ingest.Tidy(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// item is how the service writes an entry; null stands for what is missing.
type item struct {
	Source                string  `json:"source"`
	EntityNumber          texts   `json:"entity_number"`
	Type                  string  `json:"type"`
	Name                  string  `json:"name"`
	FederalRegisterNotice string  `json:"federal_register_notice"`
	StartDate             string  `json:"start_date"`
	EndDate               string  `json:"end_date"`
	StandardOrder         string  `json:"standard_order"`
	Remarks               string  `json:"remarks"`
	LicenseRequirement    string  `json:"license_requirement"`
	LicensePolicy         string  `json:"license_policy"`
	Programs              texts   `json:"programs"`
	AltNames              texts   `json:"alt_names"`
	DatesOfBirth          texts   `json:"dates_of_birth"`
	Addresses             []place `json:"addresses"`
	IDs                   []mark  `json:"ids"`
}

type place struct {
	Address    string `json:"address"`
	City       string `json:"city"`
	State      string `json:"state"`
	PostalCode string `json:"postal_code"`
	Country    string `json:"country"`
}

// line writes the place as the table does.
func (p place) line() string {
	var parts []string
	for _, part := range []string{p.Address, p.City, p.State, p.PostalCode, p.Country} {
		if part = ingest.Tidy(part); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

type mark struct {
	Type   string `json:"type"`
	Number texts  `json:"number"`
}

// texts is a list, which some editions write as one text with semicolons, or as
// a number where it has one member.
type texts []string

// UnmarshalJSON takes all of these forms.
func (t *texts) UnmarshalJSON(data []byte) error {
	var several []*string
	if err := json.Unmarshal(data, &several); err == nil {
		for _, s := range several {
			if s != nil {
				*t = append(*t, split(*s)...)
			}
		}
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err == nil {
		*t = texts{number.String()}
		return nil
	}
	var one string
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*t = split(one)
	return nil
}

func fromJSON(in file.Item) (entry, error) {
	var i item
	if err := json.Unmarshal(in.JSON, &i); err != nil {
		return entry{}, &file.BadRow{Line: in.Line, Value: file.Shorten(string(in.JSON)), Reason: "is not an entry of the list: " + err.Error()}
	}
	e := entry{
		at:     ingest.Place{Line: in.Line},
		source: ingest.Tidy(i.Source), number: strings.Join(i.EntityNumber, " "), kind: i.Type,
		name: strings.TrimSpace(i.Name), notice: ingest.Tidy(i.FederalRegisterNotice), start: i.StartDate, end: i.EndDate,
		standardOrder: i.StandardOrder, remarks: i.Remarks, requirement: i.LicenseRequirement, policy: i.LicensePolicy,
		programs: i.Programs, names: i.AltNames, births: i.DatesOfBirth,
	}
	for _, p := range i.Addresses {
		// An address holds semicolons that the table takes for ends, too.
		e.places = append(e.places, split(p.line())...)
	}
	for _, id := range i.IDs {
		e.ids = append(e.ids, identifier{ingest.Tidy(id.Type), strings.Join(id.Number, "; ")})
	}
	return e, nil
}
