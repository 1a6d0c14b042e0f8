package graph

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// Action is what an organization does about an answer.
type Action uint8

// The actions, least severe first.
const (
	Pass Action = 1 + iota
	Review
	Block
)

var actionNames = [...]string{Pass: "pass", Review: "review", Block: "block"}

// String returns the action's name.
func (a Action) String() string {
	if int(a) < len(actionNames) {
		return actionNames[a]
	}
	return ""
}

// ParseAction reads an action by its name.
func ParseAction(text string) (Action, error) {
	if i := slices.Index(actionNames[:], text); i > 0 {
		return Action(i), nil //nolint:gosec // an index of a table of four
	}
	return 0, Errorf(KindInvalid, "%q is not an action; use pass, review or block", text)
}

// MarshalText writes the name.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads the name.
func (a *Action) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAction(string(text))
	return err
}

// Actions turns an answer into what to do. Of several that apply the most
// severe counts.
type Actions struct {
	Confirmed    Action `json:"confirmed"`    // listed, strength confirmed
	Reported     Action `json:"reported"`     // listed, strength reported
	Alleged      Action `json:"alleged"`      // listed, strength alleged
	Affiliation  Action `json:"affiliation"`  // listed by way of an affiliation, whatever the strength
	Undetermined Action `json:"undetermined"` // an ownership rule can be met or not
	Incomplete   Action `json:"incomplete"`   // the walk was cut short
	Unknown      Action `json:"unknown"`
	Clear        Action `json:"clear"`
}

// OwnershipForm is how the shares of listed owners count.
type OwnershipForm string

// The forms of an ownership rule.
const (
	AnyShare  OwnershipForm = "any"       // each share counts
	Majority  OwnershipForm = "majority"  // each hop at least the threshold
	Aggregate OwnershipForm = "aggregate" // the shares of all listed owners together at least the threshold (OFAC FAQ 399 and 401)
)

// Period is a stretch of valid time in which a rule is in force.
type Period struct {
	From        Date   `json:"from"`
	To          Date   `json:"to"`
	Unconfirmed bool   `json:"unconfirmed,omitempty"` // no source says that it came into force
	Note        string `json:"note,omitempty"`
}

// OwnershipRule says when a company counts as listed because of who owns it.
type OwnershipRule struct {
	Name             string        `json:"name"`
	Form             OwnershipForm `json:"form"`
	Threshold        Share         `json:"threshold"`
	Interests        []Interest    `json:"interests,omitempty"`         // that count; empty: equity
	Lists            []ID          `json:"lists,omitempty"`             // that it covers; empty: every list of the policy
	ExcludeCountries []string      `json:"exclude_countries,omitempty"` // companies seated in one of these alone are not covered
	InForce          []Period      `json:"in_force,omitempty"`          // empty: at any time
	Source           string        `json:"source,omitempty"`
}

// Policy is the rules of one organization. Its zero fields are filled in by
// [ParsePolicy] from the default policy.
type Policy struct {
	Name            string          `json:"name"`
	Lists           []ID            `json:"lists,omitempty"`     // that count; empty: every list
	Relations       []Relation      `json:"relations,omitempty"` // that are walked; empty: all but PARTY_TO
	WeakestStatus   Status          `json:"weakest_status"`      // claims of this status or a stronger one count
	MinConfidence   Confidence      `json:"min_confidence,omitempty"`
	MaxHops         int             `json:"max_hops"`
	MaxAffiliations int             `json:"max_affiliations"`
	MaxEntities     int             `json:"max_entities"` // that one walk visits before it is cut short
	Ownership       []OwnershipRule `json:"ownership"`
	Actions         Actions         `json:"actions"`

	// SecondOfficer are the actions whose decisions do not stand until another
	// officer has signed them. They are part of the policy so that its digest,
	// which every decision keeps, also says by which of these rules it was made;
	// who signs, and when, is no matter of the graph.
	SecondOfficer []Action `json:"second_officer,omitempty"`

	sealed string // the digest of rules that were checked and do not change any more
}

const (
	hopLimit         = 16
	affiliationLimit = 4
	entityLimit      = 10_000_000
)

// The shares and lists of the ownership rules that ship with debadge.
const (
	entityListID ID = "list:us-bis-entity-list"
	meuListID    ID = "list:us-bis-meu-list"
	sdnListID    ID = "list:us-ofac-sdn"
)

func halfShare() Share { return ShareOf(WholeShare / 2) }

// DefaultPolicy counts every list and every status but disputed, the aggregate
// ownership rule at 50 percent and one affiliation. Beside the house rule, which
// holds for every list at any time, it reports what the regulators' own rules
// say at the date.
func DefaultPolicy() Policy {
	return Policy{
		Name: "default", WeakestStatus: Alleged, MaxHops: hopLimit, MaxAffiliations: 1, MaxEntities: 200_000,
		Ownership: append([]OwnershipRule{{Name: "house", Form: Aggregate, Threshold: halfShare()}}, regulatorRules()...),
		Actions: Actions{
			Confirmed: Block, Reported: Block, Alleged: Review, Affiliation: Review,
			Undetermined: Review, Incomplete: Review, Unknown: Review, Clear: Pass,
		},
	}
}

func regulatorRules() []OwnershipRule {
	day := func(y, m, d int) Date { return Date{int16(y), uint8(m), uint8(d)} } //nolint:gosec // literals
	return []OwnershipRule{
		{
			Name: "ofac-50-percent", Form: Aggregate, Threshold: halfShare(), Lists: []ID{sdnListID},
			Source: "OFAC FAQ 398, 399 and 401",
		},
		{
			Name: "bis-affiliates", Form: Aggregate, Threshold: halfShare(),
			Lists: []ID{entityListID, meuListID, sdnListID}, ExcludeCountries: []string{"US"},
			InForce: []Period{
				{From: day(2025, 9, 29), To: day(2025, 11, 10)},
				{From: day(2026, 11, 10), Unconfirmed: true, Note: "suspended from 2025-11-10 to 2026-11-09, due back on 2026-11-10 unless extended"},
			},
			Source: "15 CFR 744 Supplement 8, Federal Register document 2025-19001",
		},
	}
}

// StrictPolicy counts confirmed claims alone and no affiliation.
func StrictPolicy() Policy {
	p := DefaultPolicy()
	p.Name, p.WeakestStatus, p.MaxAffiliations = "strict", Confirmed, 0
	return p
}

// CautiousPolicy counts any share of a listed owner and two affiliations, and
// blocks on an allegation too.
func CautiousPolicy() Policy {
	p := DefaultPolicy()
	p.Name, p.MaxAffiliations, p.Actions.Alleged = "cautious", 2, Block
	p.Ownership[0].Form, p.Ownership[0].Threshold = AnyShare, Share{}
	return p
}

// BuiltInPolicies returns the policies that ship with debadge.
func BuiltInPolicies() []Policy {
	return []Policy{DefaultPolicy(), StrictPolicy(), CautiousPolicy()}
}

// ParsePolicy reads a policy from JSON. Keys that are missing are those of the
// default policy; an unknown key is refused, since a typo must not widen a
// compliance question.
func ParsePolicy(data []byte) (Policy, error) {
	p := DefaultPolicy()
	p.Name = ""
	var rules struct {
		Ownership *json.RawMessage `json:"ownership"`
	}
	if json.Unmarshal(data, &rules) == nil && rules.Ownership != nil {
		p.Ownership = nil // a list is replaced, not filled up
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return Policy{}, Errorf(KindInvalid, "the policy is refused: %w", err)
	}
	if d.More() {
		return Policy{}, Errorf(KindInvalid, "the policy is refused: there is more than one JSON value")
	}
	return p, p.Check()
}

// Sealed returns a policy that was checked and keeps its digest, for whoever
// asks many questions by it. Its rules must not be changed any more.
func (p Policy) Sealed() (Policy, error) {
	p.sealed = ""
	if err := p.Check(); err != nil {
		return Policy{}, err
	}
	p.sealed = p.Digest()
	return p, nil
}

// Check refuses a policy that cannot be meant, naming each field.
func (p Policy) Check() error {
	if p.sealed != "" {
		return nil
	}
	var bad problems
	checkText(&bad, "name", p.Name, true)
	for i, id := range p.Lists {
		if wrong := id.check(List); wrong != "" {
			bad.add(fmt.Sprintf("lists[%d]", i), "%q %s", id, wrong)
		}
	}
	for i, r := range p.Relations {
		if r == PartyTo {
			bad.add(fmt.Sprintf("relations[%d]", i), "PARTY_TO is never walked")
		}
	}
	if p.WeakestStatus < Confirmed || p.WeakestStatus > Alleged {
		bad.add("weakest_status", "must be confirmed, reported or alleged: a disputed claim never counts")
	}
	for _, limit := range []struct {
		field           string
		value, min, max int
	}{
		{"max_hops", p.MaxHops, 1, hopLimit},
		{"max_affiliations", p.MaxAffiliations, 0, affiliationLimit},
		{"max_entities", p.MaxEntities, 1, entityLimit},
	} {
		if limit.value < limit.min || limit.value > limit.max {
			bad.add(limit.field, "%d is outside %d to %d", limit.value, limit.min, limit.max)
		}
	}
	if len(p.Ownership) > maxRules {
		bad.add("ownership", "has more than %d rules", maxRules)
	}
	for i, r := range p.Ownership {
		r.check(fmt.Sprintf("ownership[%d]", i), &bad)
	}
	p.Actions.check(&bad)
	for i, a := range p.SecondOfficer {
		if a.String() == "" || slices.Contains(p.SecondOfficer[:i], a) {
			bad.add(fmt.Sprintf("second_officer[%d]", i), "is no action, or stands there twice; use pass, review and block")
		}
	}
	return bad.err("the policy is refused")
}

func (r OwnershipRule) check(at string, bad *problems) {
	checkText(bad, at+".name", r.Name, true)
	switch r.Form {
	case AnyShare:
	case Majority, Aggregate:
		if r.Threshold.Micro() <= 0 {
			bad.add(at+".threshold", "is missing; %s needs one", r.Form)
		}
	default:
		bad.add(at+".form", "%q is not a form of ownership rule; use any, majority or aggregate", r.Form)
	}
	for i, id := range r.Lists {
		if wrong := id.check(List); wrong != "" {
			bad.add(fmt.Sprintf("%s.lists[%d]", at, i), "%q %s", id, wrong)
		}
	}
	for i, period := range r.InForce {
		if period.From.Earliest() >= period.To.Latest() {
			bad.add(fmt.Sprintf("%s.in_force[%d].to", at, i), "%s is not after %s", period.To, period.From)
		}
	}
}

func (a Actions) check(bad *problems) {
	for _, f := range []struct {
		name     string
		action   Action
		mustLook bool
	}{
		{"confirmed", a.Confirmed, false},
		{"reported", a.Reported, false},
		{"alleged", a.Alleged, false},
		{"affiliation", a.Affiliation, false},
		{"undetermined", a.Undetermined, true},
		{"incomplete", a.Incomplete, true},
		{"unknown", a.Unknown, true},
		{"clear", a.Clear, false},
	} {
		if f.action == 0 {
			bad.add("actions."+f.name, "is missing; use pass, review or block")
		}
		if f.mustLook && f.action == Pass {
			bad.add("actions."+f.name, "cannot be pass: what was not established is not clear")
		}
	}
}

// Digest identifies the rules of the policy.
func (p Policy) Digest() string {
	if p.sealed != "" {
		return p.sealed
	}
	data, err := json.Marshal(p)
	if err != nil {
		panic(err) // a policy holds nothing that JSON cannot write
	}
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func (p Policy) walked() RelationSet {
	set := SetOf(Relations()...)
	if len(p.Relations) > 0 {
		set = SetOf(p.Relations...) | SetOf(ListedOn)
	}
	return set &^ SetOf(PartyTo)
}

// action turns one listing into what to do.
func (a Actions) listed(strength Status, way Way) Action {
	if way == ByAffiliation {
		return a.Affiliation
	}
	switch strength {
	case Confirmed:
		return a.Confirmed
	case Reported:
		return a.Reported
	case Alleged, Disputed:
		return a.Alleged
	}
	return cmp.Or(a.Alleged, Review)
}
