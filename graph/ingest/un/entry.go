package un

import (
	"strings"

	"debadge/graph/ingest"
	"debadge/graph/ingest/party"
)

// entry is an INDIVIDUAL or an ENTITY, whose parts are named after it.
type entry struct {
	DataID    string `xml:"DATAID"`
	First     string `xml:"FIRST_NAME"`
	Second    string `xml:"SECOND_NAME"`
	Third     string `xml:"THIRD_NAME"`
	Fourth    string `xml:"FOURTH_NAME"`
	Original  string `xml:"NAME_ORIGINAL_SCRIPT"`
	ListType  string `xml:"UN_LIST_TYPE"`
	Reference string `xml:"REFERENCE_NUMBER"`
	ListedOn  string `xml:"LISTED_ON"`

	PersonAliases   []alias   `xml:"INDIVIDUAL_ALIAS"`
	EntityAliases   []alias   `xml:"ENTITY_ALIAS"`
	PersonAddresses []address `xml:"INDIVIDUAL_ADDRESS"`
	EntityAddresses []address `xml:"ENTITY_ADDRESS"`
	Births          []birth   `xml:"INDIVIDUAL_DATE_OF_BIRTH"`
}

type alias struct {
	Quality string `xml:"QUALITY"` // Good, Low, a.k.a., f.k.a.
	Name    string `xml:"ALIAS_NAME"`
}

type address struct {
	Street  string `xml:"STREET"`
	City    string `xml:"CITY"`
	State   string `xml:"STATE_PROVINCE"`
	Zip     string `xml:"ZIP_CODE"`
	Country string `xml:"COUNTRY"`
}

type birth struct {
	Date string `xml:"DATE"`
	Year string `xml:"YEAR"`
	From string `xml:"FROM_YEAR"`
	To   string `xml:"TO_YEAR"`
}

// describe adds what the entry says beside the name and the listing.
func (e *entry) describe(p *party.Party) {
	p.Alias(e.Original, "")
	for _, list := range [][]alias{e.PersonAliases, e.EntityAliases} {
		for _, a := range list {
			if strings.EqualFold(strings.TrimSpace(a.Quality), "low") {
				p.Set(party.WeakAlias, a.Name)
				continue
			}
			p.Alias(a.Name, "")
		}
	}
	for _, list := range [][]address{e.PersonAddresses, e.EntityAddresses} {
		for _, a := range list {
			p.Set(party.Address, party.Joined(", ", a.Street, a.City, a.State, a.Zip, a.Country))
			p.In(a.Country)
		}
	}
	for _, b := range e.Births {
		switch date, ok := day(b.Date); {
		case ok:
			p.Set(party.DateOfBirth, date.String())
		case ingest.Tidy(b.From) != "":
			p.Set(party.DateOfBirth, party.Joined(" to ", b.From, b.To))
		default:
			p.Set(party.DateOfBirth, b.Year)
		}
	}
}
