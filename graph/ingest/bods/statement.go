package bods

import (
	"bytes"
	"encoding/json"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// kind is what a statement is about.
type kind uint8

const (
	unknownKind kind = iota
	entityKind
	personKind
	relationshipKind
)

var kinds = map[string]kind{
	"entity": entityKind, "person": personKind, "relationship": relationshipKind,
	"entityStatement": entityKind, "personStatement": personKind, "ownershipOrControlStatement": relationshipKind,
}

// statement is a statement of either layout.
type statement struct {
	header
	details
	at   ingest.Place
	kind kind
	date graph.Date
}

// header is what every statement has. Names of members are read in any letter
// case, so statementID of 0.3 is statementId of 0.4.
type header struct {
	StatementID   string          `json:"statementId"`
	StatementDate string          `json:"statementDate"`
	StatementType string          `json:"statementType"` // 0.3
	Replaces      []string        `json:"replacesStatements"`
	RecordID      string          `json:"recordId"` // 0.4, and so the following
	RecordType    string          `json:"recordType"`
	RecordStatus  string          `json:"recordStatus"`
	RecordDetails json.RawMessage `json:"recordDetails"`
	Publication   struct {
		Publisher struct {
			Name string `json:"name"`
			URL  string `json:"url"`
		} `json:"publisher"`
	} `json:"publicationDetails"`
}

// details are recordDetails of 0.4; in 0.3 they stand in the statement itself.
type details struct {
	// of an entity
	EntityType     word         `json:"entityType"`
	Name           string       `json:"name"`
	AlternateNames []string     `json:"alternateNames"`
	Jurisdiction   place        `json:"jurisdiction"`
	Incorporated   place        `json:"incorporatedInJurisdiction"` // 0.3
	Public         publicity    `json:"publicListing"`
	Identifiers    []identifier `json:"identifiers"`
	Addresses      []address    `json:"addresses"`
	Unspecified    reason       `json:"unspecifiedEntityDetails"`

	// of a person
	PersonType        string  `json:"personType"`
	Names             []name  `json:"names"`
	Nationalities     []place `json:"nationalities"`
	BirthDate         string  `json:"birthDate"`
	UnspecifiedPerson reason  `json:"unspecifiedPersonDetails"`

	// of a relationship
	Subject         end        `json:"subject"`
	InterestedParty end        `json:"interestedParty"`
	Interests       []interest `json:"interests"`
	Components      []string   `json:"componentRecords"`
	OldComponents   []string   `json:"componentStatementIDs"` // 0.3
}

type identifier struct {
	Scheme     string `json:"scheme"`
	SchemeName string `json:"schemeName"`
	ID         string `json:"id"`
}

type address struct {
	Address  string `json:"address"`
	PostCode string `json:"postCode"`
	Country  place  `json:"country"`
}

type name struct {
	FullName   string `json:"fullName"`
	GivenName  string `json:"givenName"`
	FamilyName string `json:"familyName"`
}

type publicity struct {
	Listings []struct {
		Security struct {
			Scheme string `json:"idScheme"`
			ID     string `json:"id"`
			Ticker string `json:"ticker"`
		} `json:"security"`
	} `json:"securitiesListings"`
}

type reason struct {
	Reason      string `json:"reason"`
	Description string `json:"description"`
}

// text joins the code and the words of a reason.
func (r reason) text() string {
	return strings.Trim(strings.TrimSpace(r.Reason)+": "+strings.TrimSpace(r.Description), ": ")
}

// word is a code that 0.4 puts into an object with its subtype.
type word string

// UnmarshalJSON reads "arrangement" and {"type": "arrangement"}.
func (w *word) UnmarshalJSON(data []byte) error {
	var object struct {
		Type string `json:"type"`
	}
	if bytes.HasPrefix(data, []byte("{")) {
		err := json.Unmarshal(data, &object)
		*w = word(object.Type)
		return err
	}
	return json.Unmarshal(data, (*string)(w))
}

// place is a country or a part of one, by its ISO 3166 code.
type place string

// UnmarshalJSON reads "GB" and {"code": "GB", "name": …}.
func (p *place) UnmarshalJSON(data []byte) error {
	var object struct {
		Code string `json:"code"`
	}
	if bytes.HasPrefix(data, []byte("{")) {
		err := json.Unmarshal(data, &object)
		*p = place(object.Code)
		return err
	}
	return json.Unmarshal(data, (*string)(p))
}

// end is an end of a relationship: the record or statement that describes it,
// or why nobody does.
type end struct {
	record string
	reason string
}

// UnmarshalJSON reads a recordId, a reference of 0.3, or a reason.
func (e *end) UnmarshalJSON(data []byte) error {
	if !bytes.HasPrefix(data, []byte("{")) {
		return json.Unmarshal(data, &e.record)
	}
	var object struct {
		reason
		Entity      string `json:"describedByEntityStatement"`
		Person      string `json:"describedByPersonStatement"`
		Unspecified reason `json:"unspecified"`
	}
	err := json.Unmarshal(data, &object)
	e.record = object.Entity + object.Person
	if e.record == "" {
		e.reason = strings.Trim(object.text()+": "+object.Unspecified.text(), ": ")
	}
	return err
}

// parse reads a statement; reason says what is wrong with it.
func parse(at ingest.Place, data []byte) (s statement, column, reason string) {
	s.at = at
	if err := json.Unmarshal(data, &s.header); err != nil {
		return s, "", "is not a BODS statement: " + problem(err)
	}
	s.kind = kinds[s.RecordType+s.StatementType]
	switch {
	case s.RecordType+s.StatementType == "":
		return s, "recordType", "is missing, and so is statementType of BODS 0.3"
	case s.kind == unknownKind:
		return s, "recordType", "is none of entity, person and relationship"
	case s.StatementID == "":
		return s, "statementId", "is missing"
	case s.RecordType != "" && s.RecordID == "":
		return s, "recordId", "is missing"
	}
	body := []byte(s.RecordDetails)
	if s.RecordType == "" {
		body = data
	}
	if len(body) == 0 {
		return s, "recordDetails", "is missing"
	}
	if err := json.Unmarshal(body, &s.details); err != nil {
		return s, "recordDetails", problem(err)
	}
	var err error
	if s.date, err = day(s.StatementDate); err != nil {
		return s, "statementDate", err.Error()
	}
	return s, "", ""
}

// problem words an error of encoding/json without its Go types.
func problem(err error) string {
	text := err.Error()
	text = strings.TrimPrefix(text, "json: ")
	text, _, _ = strings.Cut(text, " of type ")
	return strings.ReplaceAll(text, "Go struct field ", "")
}

// series is what the statement belongs to: in 0.4 the record, in 0.3 itself.
func (s *statement) series() string {
	if s.RecordType == "" {
		return s.StatementID
	}
	return s.publisher() + " " + s.RecordID
}

func (s *statement) publisher() string {
	if p := s.Publication.Publisher; p.Name != "" {
		return p.Name
	}
	return s.Publication.Publisher.URL
}

// closed says that the record ends with this statement.
func (s *statement) closed() bool { return s.RecordStatus == "closed" }

// follows says that the statement takes the place of an earlier one.
func (s *statement) follows() bool { return len(s.Replaces) > 0 || s.RecordStatus == "updated" }

const leiPrefix = "XI-LEI-" // the scheme of LEIs in org-id.guide

// party is the company that a reference in the statement means.
func (s *statement) party(reference string) graph.ID {
	if rest, ok := strings.CutPrefix(reference, leiPrefix); ok {
		if lei, ok := ingest.LEI(rest); ok {
			return ingest.LEIParty(lei)
		}
	}
	id := "company:bods:"
	if publisher := s.publisher(); s.RecordType != "" && publisher != "" {
		id += ingest.Reference(strings.Join(strings.Fields(strings.ToLower(publisher)), "-")) + ":"
	}
	return graph.ID(id + ingest.Reference(reference))
}

func (s *statement) mention(reference string) graph.Entity {
	return graph.Entity{ID: s.party(reference), Name: reference}
}
