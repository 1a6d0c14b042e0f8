package bods

import (
	"encoding/json"
	"fmt"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// interest is one interest of a relationship, as stated.
type interest struct {
	Type      string `json:"type"`
	Level     string `json:"directOrIndirect"`
	OldLevel  string `json:"interestLevel"` // 0.2
	Details   string `json:"details"`
	Share     share  `json:"share"`
	StartDate string `json:"startDate"`
	EndDate   string `json:"endDate"`
}

func (i *interest) level() string { return i.Level + i.OldLevel }

// share holds numbers as they are printed: as numbers, or as texts by some.
// In 0.1 the exclusive ends say with true or false how the others are meant.
type share struct {
	Exact            json.RawMessage `json:"exact"`
	Minimum          json.RawMessage `json:"minimum"`
	Maximum          json.RawMessage `json:"maximum"`
	ExclusiveMinimum json.RawMessage `json:"exclusiveMinimum"`
	ExclusiveMaximum json.RawMessage `json:"exclusiveMaximum"`
}

// band returns the least and the greatest share that are meant. Of a wrong one
// it says which member is wrong.
func (s share) band() (least, most graph.Share, member string, err error) {
	least, most = graph.ShareOf(0), graph.ShareOf(graph.WholeShare)
	if text := number(s.Exact); text != "" {
		if least, err = ingest.ShareBound(text, ingest.AtLeast); err == nil {
			most, err = ingest.ShareBound(text, ingest.AtMost)
		}
		return least, most, "exact", err
	}
	lower, upper := ingest.AtLeast, ingest.AtMost
	if string(s.ExclusiveMinimum) == "true" {
		lower = ingest.MoreThan
	}
	if string(s.ExclusiveMaximum) == "true" {
		upper = ingest.LessThan
	}
	for _, limit := range []struct {
		name  string
		value json.RawMessage
		bound ingest.Bound
		to    *graph.Share
	}{
		{"minimum", s.Minimum, lower, &least},
		{"exclusiveMinimum", s.ExclusiveMinimum, ingest.MoreThan, &least},
		{"maximum", s.Maximum, upper, &most},
		{"exclusiveMaximum", s.ExclusiveMaximum, ingest.LessThan, &most},
	} {
		text := number(limit.value)
		if text == "" {
			continue
		}
		got, err := ingest.ShareBound(text, limit.bound)
		if err != nil {
			return least, most, limit.name, err
		}
		if narrower := got.Micro() > least.Micro(); limit.to == &least && narrower {
			least = got
		}
		if narrower := got.Micro() < most.Micro(); limit.to == &most && narrower {
			most = got
		}
	}
	if least.Micro() > most.Micro() {
		return least, most, "minimum", graph.Errorf(graph.KindInvalid, "%s is above the maximum %s", least, most)
	}
	return least, most, "", nil
}

// number is the text of a number, "" for none and for true, false and null.
func number(raw json.RawMessage) string {
	switch text := strings.TrimSpace(strings.Trim(string(raw), `"`)); text {
	case "true", "false", "null":
		return ""
	default:
		return text
	}
}

// claim makes the claim of an interest; its dates are those that the interest
// itself states. A share or a date that cannot be read is refused, and the
// interest kept without it: an owner is not lost to a slip.
func (s *statement) claim(i *interest) (c graph.Claim, wrong []ingest.Refusal) {
	c = graph.Claim{Relation: graph.Owns, From: s.party(s.InterestedParty.record), To: s.party(s.Subject.record), Status: graph.Reported}
	switch i.Type {
	case "shareholding":
	case "votingRights", "voting-rights":
		c.Attributes = map[string]string{"interest": graph.Voting.String()}
	case "nominee":
		c.Relation = graph.AffiliatedWith
	default:
		c.Attributes = map[string]string{"interest": graph.Control.String()}
	}
	least, most, member, err := i.Share.band()
	if err != nil {
		wrong = append(wrong, s.refusal("share."+member, "", err))
		least, most = graph.ShareOf(0), graph.ShareOf(graph.WholeShare)
	}
	if c.Relation == graph.Owns {
		c.ShareMin, c.ShareMax = least, most
	}
	if c.ValidFrom, err = day(i.StartDate); err != nil {
		wrong = append(wrong, s.refusal("startDate", i.StartDate, err))
	}
	if c.ValidTo, err = day(i.EndDate); err != nil {
		wrong = append(wrong, s.refusal("endDate", i.EndDate, err))
	}
	if !c.ValidTo.IsZero() && c.ValidFrom.Earliest() >= c.ValidTo.Latest() {
		wrong = append(wrong, s.refusal("startDate", i.StartDate, graph.Errorf(graph.KindInvalid, "is not before the endDate %s", i.EndDate)))
		c.ValidFrom = graph.Date{}
	}
	c.Citations = []graph.Citation{{Stance: graph.Supports, Locator: "statement " + s.StatementID, Text: i.text()}}
	return c, wrong
}

// day reads a date, or the date of a time.
func day(text string) (d graph.Date, err error) {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "T")
	err = d.UnmarshalText([]byte(text)) // leaves d alone if it is wrong
	return d, err
}

// text says what kind of interest it is, in the standard's words.
func (i *interest) text() string {
	parts := distinct([]string{i.Type, i.level(), i.Details})
	return fmt.Sprintf("%.500s", strings.Join(parts, ", "))
}

func (s *statement) refusal(member, value string, err error) ingest.Refusal {
	at := s.at
	at.Column = "interests." + member
	if s.RecordType != "" {
		at.Column = "recordDetails.interests." + member
	}
	return ingest.Refusal{Place: at, Value: value, Reason: err.Error(), Kept: true}
}
