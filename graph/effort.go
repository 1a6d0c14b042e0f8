package graph

import "fmt"

// How much one question may do beyond finding out what is listed, counted in
// claims that are read: where everything is linked with everything, to try the
// answer without each claim, and every other path, would take hours.
const (
	maxEffort = 30_000_000

	// ownershipReads is how often a claim is read where shares add up: by each
	// rule, until no company joins any more.
	ownershipReads = 20
)

// shortenedReason tells that a question was too much effort.
const shortenedReason = "which claims are decisive, and which other paths there are, was not looked for to the end: too many claims lead to the listings for one question"

// spend adds the effort of reading a walk once to what was spent on something, and
// reports whether the question may.
func (q *inquiry) spend(on *int, w *walk) bool {
	reads := 1
	if w.has(Ownership) {
		reads = ownershipReads
	}
	if *on += reads * (len(w.edges) + len(w.nodes)); *on <= maxEffort {
		return true
	}
	q.shortened = true
	return false
}

// tellShortened says in an answer that it was too much effort.
func (q *inquiry) tellShortened(a *Answer) {
	if q.shortened {
		a.Complete, a.Reasons = false, append(a.Reasons, shortenedReason)
		a.Action = max(a.Action, q.policy.Actions.Incomplete)
	}
}

const (
	leastClaims     = 1_000_000 // that a walk may keep, whatever the policy
	claimsPerEntity = 5         // that it may keep of those that the policy lets it visit

	companyClaims = 500_000 // that a reach keeps of those between companies

	firstPortion = 256 // entities of a level that are asked about before it is known how dense it is
)

// mostClaims is how many claims a walk keeps before it is cut short.
func (w *walk) mostClaims() int {
	if w.amongCompanies {
		return companyClaims
	}
	return max(leastClaims, claimsPerEntity*w.most)
}

// portion returns how many of the next n entities to ask about at once, so that
// not many more claims are read than are kept. before and asked tell how many
// claims there were before the level, and of how many of its entities they are.
func (w *walk) portion(n, before, asked int) int {
	if n <= firstPortion || asked == 0 {
		return min(n, firstPortion)
	}
	each := 1 + (len(w.edges)-before)/asked
	return min(n, max(1, (w.mostClaims()-len(w.edges))/each+1))
}

// claimReason tells that a walk was cut short at its most claims.
func (w *walk) claimReason() string {
	if w.amongCompanies {
		return fmt.Sprintf("the walk was cut short at %d claims between companies", companyClaims)
	}
	return fmt.Sprintf("the walk was cut short at %d claims; max_entities %d allows that many", w.mostClaims(), w.most)
}
