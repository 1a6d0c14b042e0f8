package storetest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"debadge/graph"
)

// Expected is an answer in the compact form of the cases: everything that it
// says, in lines. Claims go by their ids without the kind.
type Expected struct {
	Error       string            `json:"error,omitempty"` // the kind of error, and nothing else
	Finding     graph.Finding     `json:"finding,omitempty"`
	Strength    graph.Status      `json:"strength,omitzero"`
	Action      graph.Action      `json:"action,omitzero"`
	Since       string            `json:"since,omitempty"`
	Complete    bool              `json:"complete,omitempty"`
	Listings    []ExpectedListing `json:"listings,omitempty"`
	Decisive    []string          `json:"decisive,omitempty"`
	Former      []string          `json:"former,omitempty"`    // company list way from..to
	Ownership   []string          `json:"ownership,omitempty"` // company rule (in force: …) verdict min..max, owner verdict min..max
	Disputed    []string          `json:"disputed,omitempty"`
	Denied      []string          `json:"denied,omitempty"`   // claims shown with a citation that denies them
	Steps       []string          `json:"steps,omitempty"`    // of a timeline: from..to finding strength action: listings
	Rows        []string          `json:"rows,omitempty"`     // of a reach
	Editions    []string          `json:"editions,omitempty"` // of a trace: list date complete? stale?
	Names       []string          `json:"names,omitempty"`    // id: name of the subject or origin
	KnownAtNull bool              `json:"known_at_null,omitempty"`
}

// ExpectedListing is a listing that a trace shows: entity, list, way, strength
// and from when to when it holds.
type ExpectedListing struct {
	Listing  string         `json:"listing"`
	Paths    []ExpectedPath `json:"paths"`
	Decisive []string       `json:"decisive,omitempty"`
}

// ExpectedPath is a path: what it is worth, and its hops in walking order, each
// as RELATION from to strength [claims].
type ExpectedPath struct {
	Path string   `json:"path"`
	Hops []string `json:"hops"`
}

func shortID(id graph.ID) string { return strings.TrimPrefix(string(id), "claim:") }

func shortIDs(claims []graph.Claim) string {
	ids := make([]string, len(claims))
	for i, c := range claims {
		ids[i] = shortID(c.ID)
	}
	return strings.Join(ids, " ")
}

func period(from, to graph.Date) string {
	if from.IsZero() && to.IsZero() {
		return ""
	}
	return " " + from.String() + ".." + to.String()
}

func hopText(claims, jointly []graph.Claim, postListing bool) string {
	c := claims[0]
	text := fmt.Sprintf("%s %s %s %s [%s]", c.Relation, c.From, c.To, c.Status, shortIDs(claims))
	if len(jointly) > 0 {
		text += " with [" + shortIDs(jointly) + "]"
	}
	if postListing {
		text += " after the listing"
	}
	return text
}

func pathText(way graph.Way, strength graph.Status, confidence float64, affiliations int, postListing bool) string {
	text := fmt.Sprintf("%s %s %s", way, strength, strconv.FormatFloat(confidence, 'f', -1, 64))
	if affiliations > 0 {
		text += fmt.Sprintf(", affiliations %d", affiliations)
	}
	if postListing {
		text += ", rebadged after the listing"
	}
	return text
}

func stepText(from, to string, finding graph.Finding, strength graph.Status, action graph.Action, listings []string) string {
	text := from + ".." + to + " " + string(finding)
	if strength != 0 {
		text += " " + strength.String()
	}
	text += " " + action.String()
	if len(listings) > 0 {
		text += ": " + strings.Join(listings, "; ")
	}
	return text
}

func editionText(list graph.ID, date string, complete, stale bool) string {
	text := string(list) + " " + date
	if !complete {
		text += " cut off"
	}
	if stale {
		text += " stale"
	}
	return text
}

func startOf(step string) string {
	from, _, _ := strings.Cut(step, "..")
	return from
}

// compactTrace writes an answer in the compact form.
func compactTrace(a graph.Answer) Expected {
	e := Expected{
		Finding: a.Finding, Strength: a.Strength, Action: a.Action, Since: a.Since.String(), Complete: a.Complete,
		Decisive: shorts(a.DecisiveClaims), KnownAtNull: a.KnownAt == nil,
	}
	if a.Subject != nil {
		e.Names = []string{string(a.Subject.ID) + ": " + a.Subject.Name}
	}
	for _, l := range a.Editions {
		e.Editions = append(e.Editions, editionText(l.List.ID, l.Edition.String(), l.Complete, l.Stale))
	}
	denied := func(claims []graph.Claim) {
		for _, c := range claims {
			if slices.ContainsFunc(c.Citations, func(q graph.Citation) bool { return q.Stance == graph.Denies }) && !slices.Contains(e.Denied, shortID(c.ID)) {
				e.Denied = append(e.Denied, shortID(c.ID))
			}
		}
	}
	for _, l := range a.Listings {
		x := ExpectedListing{
			Listing:  fmt.Sprintf("%s %s %s %s%s", l.Entity.ID, l.List.ID, l.Way, l.Strength, period(l.ListedFrom, l.ListedTo)),
			Decisive: shorts(l.DecisiveClaims),
		}
		for _, p := range l.Paths {
			path := ExpectedPath{Path: pathText(p.Way, p.Strength, p.Confidence, p.Affiliations, p.PostListingRebadge)}
			for _, h := range p.Hops {
				path.Hops = append(path.Hops, hopText(h.Claims, h.Jointly, h.PostListing))
				denied(h.Claims)
			}
			x.Paths = append(x.Paths, path)
		}
		e.Listings = append(e.Listings, x)
	}
	for _, f := range a.Former {
		e.Former = append(e.Former, fmt.Sprintf("%s %s %s %s..%s", f.Entity.ID, f.List.ID, f.Way, f.From, f.To))
	}
	for _, o := range a.Ownership {
		parts := []string{fmt.Sprintf("%s %s (in force: %s) %s %s..%s", o.Entity.ID, o.Rule, o.InForce, o.Verdict, o.ShareMin, o.ShareMax)}
		for _, p := range o.Owners {
			parts = append(parts, fmt.Sprintf("%s %s %s..%s", p.Entity.ID, p.Verdict, p.ShareMin, p.ShareMax))
		}
		e.Ownership = append(e.Ownership, strings.Join(parts, ", "))
	}
	for _, c := range a.Disputed {
		e.Disputed = append(e.Disputed, shortID(c.ID))
	}
	return e
}

func shorts(ids []graph.ID) []string {
	var all []string
	for _, id := range ids {
		all = append(all, shortID(id))
	}
	return all
}

// compactTimeline writes a timeline in the compact form.
func compactTimeline(a graph.TimelineAnswer) Expected {
	e := Expected{Complete: a.Complete, KnownAtNull: a.KnownAt == nil}
	if a.Subject != nil {
		e.Names = []string{string(a.Subject.ID) + ": " + a.Subject.Name}
	}
	for _, s := range a.Steps {
		var listings []string
		for _, l := range s.Listings {
			listings = append(listings, fmt.Sprintf("%s %s %s %s", l.Entity.ID, l.List.ID, l.Way, l.Strength))
		}
		e.Steps = append(e.Steps, stepText(s.From.String(), s.To.String(), s.Finding, s.Strength, s.Action, listings))
	}
	return e
}

// compactReach writes a reach in the compact form.
func compactReach(a ReachPage) Expected {
	e := Expected{Complete: a.Complete, KnownAtNull: a.KnownAt == nil}
	if a.Origin != nil {
		e.Names = []string{string(a.Origin.ID) + ": " + a.Origin.Name}
	}
	for _, r := range a.Rows {
		e.Rows = append(e.Rows, fmt.Sprintf("%s %s %s %s from %s on %s",
			r.Product.ID, r.Way, r.Strength, r.Action, r.Entity.ID, r.List.ID))
	}
	return e
}

// compactRebadgings writes late rebadgings in lines, sorted.
func compactRebadgings(all []graph.Rebadging) []string {
	var rows []string
	for _, r := range all {
		rows = append(rows, fmt.Sprintf("%s %s %s %s %s, listed from %s, %s %s [%s] %s",
			r.To.ID, r.From.ID, r.Relation, r.Entity.ID, r.List.ID, r.ListedFrom, r.Way, r.Strength, shortIDs(r.Claims), r.Date))
	}
	slices.Sort(rows)
	return rows
}

// ReachPage is a reach as one JSON object, the form in which the HTTP API gives
// it.
type ReachPage struct {
	graph.ReachAnswer
	Rows []graph.ReachRow `json:"rows"`
}
