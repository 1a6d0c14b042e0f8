package graph

import "time"

// Finding is what the graph holds about a subject.
type Finding string

// The findings.
const (
	Listed  Finding = "listed"  // at least one path leads to a listing
	Clear   Finding = "clear"   // the subject is known, the walk was complete, no path
	Unknown Finding = "unknown" // the subject is not known, or no path was found but not all was seen
)

// Question is what a trace or a timeline asks.
type Question struct {
	Subject string // an id, or a name that one entity has
	AsOf    Day    // valid time
	KnownAt Moment // record time
	Policy  Policy
	Lists   []string // narrows the policy's lists to these (id or name); empty: no narrowing
	Paths   int      // at most so many paths to each listing; 0 is 1
}

// PolicyRef names the rules by which an answer was made.
type PolicyRef struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
}

// Basis says at which dates and by which rules an answer was computed: the same
// question with the same basis gives the same answer.
type Basis struct {
	AsOf     Date       `json:"as_of"`
	KnownAt  *time.Time `json:"known_at"` // null for an empty store
	Revision Revision   `json:"revision"`
	Policy   PolicyRef  `json:"policy"`
	Lists    []ID       `json:"lists,omitempty"` // to which the question was narrowed

	Editions []ListEdition `json:"editions,omitempty"` // of the lists that count, where the store holds an imported one
}

// Answer is the answer to a trace.
type Answer struct {
	Query    string     `json:"query"`   // the subject as it was asked for
	Subject  *EntityRef `json:"subject"` // null if it is not known
	Finding  Finding    `json:"finding"`
	Strength Status     `json:"strength,omitzero"` // of the strongest path
	Action   Action     `json:"action"`
	Since    Date       `json:"since"` // start of the unbroken stretch with this finding; null: no start is known
	Complete bool       `json:"complete"`
	Reasons  []string   `json:"reasons,omitempty"` // why the finding is unknown, or the walk not complete
	Basis
	PostListingRebadge bool              `json:"post_listing_rebadge"`
	DecisiveClaims     []ID              `json:"decisive_claims"` // without any one of which the finding would change or weaken
	Listings           []ListingAnswer   `json:"listings"`
	Former             []FormerListing   `json:"former"`
	Ownership          []OwnershipAnswer `json:"ownership"`
	Disputed           []ClaimAnswer     `json:"disputed"` // contradicted claims about the entities shown; never counted
	Sources            []Source          `json:"sources"`  // every source cited, in id order
}

// ListingAnswer is a listing that the subject traces back to, and how.
type ListingAnswer struct {
	Entity         EntityRef `json:"entity"`
	List           EntityRef `json:"list"`
	Way            Way       `json:"way"`
	Strength       Status    `json:"strength"`
	ListedFrom     Date      `json:"listed_from"`
	ListedTo       Date      `json:"listed_to"`
	Paths          []Path    `json:"paths"` // best first
	DecisiveClaims []ID      `json:"decisive_claims"`
}

// Path leads from the subject to a list.
type Path struct {
	Way                Way     `json:"way"`
	Strength           Status  `json:"strength"`
	Confidence         float64 `json:"confidence"` // product over the hops, to four decimals
	Affiliations       int     `json:"affiliations"`
	PostListingRebadge bool    `json:"post_listing_rebadge"`
	Hops               []Hop   `json:"hops"` // in walking order; the last one is the listing
}

// Hop is one step of a path. From and To are the ends of its claims, whichever
// way the walk crossed it.
type Hop struct {
	Relation    Relation      `json:"relation"`
	From        EntityRef     `json:"from"`
	To          EntityRef     `json:"to"`
	Strength    Status        `json:"strength"` // the best status among its claims
	PostListing bool          `json:"post_listing,omitempty"`
	Claims      []ClaimAnswer `json:"claims"`            // best first
	Jointly     []ClaimAnswer `json:"jointly,omitempty"` // shares of other listed owners that the ownership rule adds up
}

// ClaimAnswer is a claim as answers show it: with all of its evidence.
type ClaimAnswer = Claim

// FormerListing is a listing that the subject traced back to before the date
// asked about, and no longer does.
type FormerListing struct {
	Entity EntityRef `json:"entity"`
	List   EntityRef `json:"list"`
	Way    Way       `json:"way"`
	From   Date      `json:"from"` // of the last stretch; null: no start is known
	To     Date      `json:"to"`
}

// Verdict is the answer of an ownership rule.
type Verdict string

// The verdicts.
const (
	In           Verdict = "in"
	Out          Verdict = "out"
	Undetermined Verdict = "undetermined" // the shares known, or the rule's being in force, allow both
)

// OwnershipAnswer says whether a company counts as listed because of who owns
// it, by one rule.
type OwnershipAnswer struct {
	Entity   EntityRef   `json:"entity"`
	Rule     string      `json:"rule"`
	InForce  string      `json:"in_force"` // yes, no or unconfirmed
	Verdict  Verdict     `json:"verdict"`
	ShareMin Share       `json:"share_min"` // that listed owners, and owners caught by the rule, hold at least
	ShareMax Share       `json:"share_max"` // and at most
	Owners   []OwnerPart `json:"owners"`
	Note     string      `json:"note,omitempty"`
}

// OwnerPart is what one owner adds to the sum of an ownership rule.
type OwnerPart struct {
	Entity   EntityRef     `json:"entity"`
	Verdict  Verdict       `json:"verdict"` // in: listed or caught; undetermined: perhaps caught
	ShareMin Share         `json:"share_min"`
	ShareMax Share         `json:"share_max"`
	Claims   []ClaimAnswer `json:"claims"`
}

// TimelineAnswer is the finding as a step function of valid time.
type TimelineAnswer struct {
	Query    string     `json:"query"`
	Subject  *EntityRef `json:"subject"`
	Complete bool       `json:"complete"`
	Reasons  []string   `json:"reasons,omitempty"`
	KnownAt  *time.Time `json:"known_at"`
	Revision Revision   `json:"revision"`
	Policy   PolicyRef  `json:"policy"`
	Lists    []ID       `json:"lists,omitempty"`

	Editions []ListEdition `json:"editions,omitempty"` // of the lists that count; stale on the day asked about

	Steps []Step `json:"steps"` // in order, without gaps
}

// Step is a stretch of valid time with one finding.
type Step struct {
	From     Date          `json:"from"` // null: no start
	To       Date          `json:"to"`   // null: no end
	Finding  Finding       `json:"finding"`
	Strength Status        `json:"strength,omitzero"`
	Action   Action        `json:"action"`
	Listings []StepListing `json:"listings"`
}

// StepListing is a listing that the subject traces back to in a step.
type StepListing struct {
	Entity   EntityRef `json:"entity"`
	List     EntityRef `json:"list"`
	Way      Way       `json:"way"`
	Strength Status    `json:"strength"`
}

// ReachQuestion is what a reach asks.
type ReachQuestion struct {
	Origin  string // an id or name of a company or a list
	AsOf    Day
	KnownAt Moment
	Policy  Policy
	Lists   []string // narrows the policy's lists
	Cursor  string   // of the row after which to go on
	Limit   int      // at most so many rows; 0 is no limit

	// Uncounted lets a page with a Limit leave out how many rows there are in all,
	// where that takes much longer than the page. Complete then speaks of the ids
	// up to the last row of the page.
	Uncounted bool
}

// NotCounted is the Total of a page of which nobody asked how many there are in
// all.
const NotCounted = -1

// ReachAnswer is the head of a reach; its rows are streamed.
type ReachAnswer struct {
	Query    string     `json:"query"`
	Origin   *EntityRef `json:"origin"`
	Complete bool       `json:"complete"`
	Reasons  []string   `json:"reasons,omitempty"`
	Basis
	Total int    `json:"total"`          // products that trace back to the origin, or NotCounted
	Next  string `json:"next,omitempty"` // cursor for the rows that Limit left out
}

// ReachRow is a product that traces back to the origin. Rows are in the order
// of product ids.
type ReachRow struct {
	Product  EntityRef `json:"product"`
	Way      Way       `json:"way"` // of the strongest, most direct path
	Strength Status    `json:"strength"`
	Action   Action    `json:"action"` // by that path, and by the strongest one without an affiliation
	Entity   EntityRef `json:"entity"` // a listed company where such a path ends: the first in the order of ids
	List     EntityRef `json:"list"`
}

// Rebadging is a REBRANDED_AS or SELLS hop that began on or after the listing
// date of a company that the old product traces back to.
type Rebadging struct {
	Relation   Relation      `json:"relation"`
	From       EntityRef     `json:"from"`
	To         EntityRef     `json:"to"`
	Date       Date          `json:"date"`
	Claims     []ClaimAnswer `json:"claims"`
	Entity     EntityRef     `json:"entity"`
	List       EntityRef     `json:"list"`
	ListedFrom Date          `json:"listed_from"`
	Way        Way           `json:"way"`
	Strength   Status        `json:"strength"`
}

// Assessment is the finding alone, without path and evidence: what screening
// computes for each line.
type Assessment struct {
	Finding  Finding `json:"finding"`
	Strength Status  `json:"strength,omitzero"`
	Action   Action  `json:"action"`
	Complete bool    `json:"complete"`
}
