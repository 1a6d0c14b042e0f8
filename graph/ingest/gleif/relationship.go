package gleif

import (
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// relations tells which claim a relationship of level 2 makes, from its end
// node (parent, manager) to its start node. See the package's comment for why.
var relations = map[string]graph.Relation{
	"IS_DIRECTLY_CONSOLIDATED_BY":   graph.Owns,
	"IS_ULTIMATELY_CONSOLIDATED_BY": graph.Owns,
	"IS_INTERNATIONAL_BRANCH_OF":    graph.AffiliatedWith,
	"IS_FUND-MANAGED_BY":            graph.AffiliatedWith,
	"IS_SUBFUND_OF":                 graph.AffiliatedWith,
	"IS_FEEDER_TO":                  graph.AffiliatedWith,
}

// relationship reads a record of level 2. left names what it is if it is left
// out.
func relationship(at ingest.Place, n *node) (record ingest.Record, left string, wrong []ingest.Refusal) {
	r := n.at("Relationship")
	kind := r.value("RelationshipType")
	relation, ok := relations[kind]
	if !ok {
		if kind == "" {
			return record, "", []ingest.Refusal{{Place: in(at, "Relationship.RelationshipType"), Reason: "is missing"}}
		}
		return record, "relationship " + kind, nil
	}
	ends := [2]string{}
	for i, name := range []string{"EndNode", "StartNode"} {
		if t := r.value(name, "NodeIDType"); t != "" && t != "LEI" {
			return record, "relationship with a node that has no LEI (" + t + ")", nil
		}
		if ends[i], wrong = identifier(at, r.at(name), "NodeID"); wrong != nil {
			wrong[0].Column = "Relationship." + name + ".NodeID"
			return record, "", wrong
		}
	}
	claim := graph.Claim{Relation: relation, Status: graph.Reported, From: ingest.LEIParty(ends[0]), To: ingest.LEIParty(ends[1])}
	if relation == graph.Owns {
		claim.ShareMin, claim.ShareMax = graph.ShareOf(0), graph.ShareOf(graph.WholeShare)
		claim.Attributes = map[string]string{"interest": graph.Control.String()}
	}
	wrong = period(at, n, &claim)
	if withdrawn(n) {
		claim.Status = graph.Disputed
	} else if over(n) && claim.ValidTo.IsZero() {
		return record, "relationship that is over, without a date", nil
	}
	claim.Citations = []graph.Citation{{Stance: graph.Supports, Locator: locator(at), Text: terms(n)}}
	return ingest.Record{
		At:       at,
		Mentions: []graph.Entity{mention(ends[0]), mention(ends[1])},
		Claims:   []ingest.Statement{{Claim: claim, Key: kind}},
	}, "", wrong
}

// period sets the dates of a claim. Of several relationship periods, the
// longest stretch that they span is meant.
func period(at ingest.Place, n *node, c *graph.Claim) (wrong []ingest.Refusal) {
	first, open := true, false
	read := func(text, column string) graph.Date {
		if text == "" {
			return graph.Date{}
		}
		d, bad := date(at, text, column)
		wrong = append(wrong, bad...)
		return d
	}
	for _, p := range n.at("Relationship").items("RelationshipPeriods", "RelationshipPeriod") {
		if p.value("PeriodType") != "RELATIONSHIP_PERIOD" {
			continue
		}
		from := read(p.value("StartDate"), "Relationship.Period.StartDate")
		to := read(p.value("EndDate"), "Relationship.Period.EndDate")
		if first || from.Earliest() < c.ValidFrom.Earliest() {
			c.ValidFrom = from
		}
		if first || to.Latest() > c.ValidTo.Latest() {
			c.ValidTo = to
		}
		first, open = false, open || to.IsZero()
	}
	if open {
		c.ValidTo = graph.Date{}
	}
	if over(n) && c.ValidTo.IsZero() {
		c.ValidTo = read(n.value("Registration", "LastUpdateDate"), "Registration.LastUpdateDate")
	}
	if !c.ValidTo.IsZero() && c.ValidFrom.Earliest() >= c.ValidTo.Latest() {
		wrong = append(wrong, ingest.Refusal{Place: in(at, "Relationship.Period.StartDate"), Value: c.ValidFrom.String(), Reason: "is not before the end " + c.ValidTo.String(), Kept: true})
		c.ValidFrom = graph.Date{}
	}
	return wrong
}

// over says that the relationship no longer holds.
func over(n *node) bool {
	return n.value("Relationship", "RelationshipStatus") == "INACTIVE" || n.value("Registration", "RegistrationStatus") == "RETIRED"
}

// withdrawn says that the record should never have been published.
func withdrawn(n *node) bool {
	switch n.value("Registration", "RegistrationStatus") {
	case "ANNULLED", "DUPLICATE":
		return true
	}
	return n.at("Extension", "Deletion") != nil
}

// terms tells what the record says beside its ends and dates: which
// relationship, its status, how it was checked and by which accounts.
func terms(n *node) string {
	r := n.at("Relationship")
	parts := distinct(r.value("RelationshipType"), r.value("RelationshipStatus"), n.value("Registration", "RegistrationStatus"), n.value("Registration", "ValidationSources"))
	for _, q := range r.items("RelationshipQualifiers", "RelationshipQualifier") {
		parts = append(parts, distinct(q.value("QualifierCategory"))...)
	}
	for _, q := range r.items("RelationshipQuantifiers", "RelationshipQuantifier") {
		parts = append(parts, strings.Join(distinct(q.value("MeasurementMethod"), q.value("QuantifierAmount"), q.value("QuantifierUnits")), " "))
	}
	return strings.Join(parts, ", ")
}

// exception reads a reporting exception: why a company names no parent.
func exception(at ingest.Place, n *node) (record ingest.Record, left string, wrong []ingest.Refusal) {
	lei, wrong := identifier(at, n, "LEI")
	if wrong != nil {
		return record, "", wrong
	}
	if n.at("Extension", "Deletion") != nil {
		return record, "reporting exception that was deleted", nil
	}
	text := n.value("ExceptionCategory")
	var reasons []string
	for _, reason := range n.each("ExceptionReason") {
		reasons = append(reasons, distinct(strings.TrimSpace(reason.text))...)
	}
	if len(reasons) > 0 {
		text += ": " + strings.Join(reasons, ", ")
	}
	who := mention(lei)
	who.Attributes["reporting_exception"] = distinct(text)
	return ingest.Record{At: at, Mentions: []graph.Entity{who}}, "", nil
}
