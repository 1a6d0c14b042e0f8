package ingest

import (
	"cmp"
	"slices"
	"strings"

	"debadge/graph"
)

// place finds out what a statement is to the claims that the store has under its
// key: said already, a correction of one of them, or new. It returns the claim
// to add and the retraction that goes with it; both are nil for what is there.
// The group is kept in step.
func (im *run) place(s stated, group *[]graph.Claim) (*graph.Claim, *graph.Retraction) {
	var corrected []graph.Claim
	for _, c := range *group {
		content := contentOf(c)
		if content == s.content {
			return nil, nil
		}
		if !im.survey.holds(s.key, content) && !isEarlier(c, s.Claim) {
			corrected = append(corrected, c)
		}
	}
	claim := s.Claim
	if len(corrected) == 0 {
		claim.ID = claimID(im.format.Register, s.key, s.content, "")
		*group = append(*group, claim)
		return &claim, nil
	}
	slices.SortFunc(corrected, func(a, b graph.Claim) int {
		return cmp.Or(compareOpen(im.stands(a), im.stands(b)), cmp.Compare(a.ID, b.ID))
	})
	old := corrected[0]
	claim.ID = claimID(im.format.Register, s.key, s.content, old.ID)
	reason := "corrected in " + im.name()
	if isReopening(old, claim) {
		reason = reopenedReason + im.name()
	}
	*group = append(slices.DeleteFunc(*group, func(c graph.Claim) bool { return c.ID == old.ID }), claim)
	return &claim, &graph.Retraction{Claim: old.ID, Reason: reason, ReplacedBy: claim.ID}
}

// isEarlier reports whether a claim had ended when the statement's began: the
// party left the list and came back, and both are true.
func isEarlier(c, s graph.Claim) bool {
	return !c.ValidTo.IsZero() && !s.ValidFrom.IsZero() && c.ValidTo.Latest() <= s.ValidFrom.Earliest()
}

// isReopening reports whether a claim says what another did before it was closed.
func isReopening(old, now graph.Claim) bool {
	if old.ValidTo.IsZero() || !now.ValidTo.IsZero() {
		return false
	}
	old.ValidTo = graph.Date{}
	return contentOf(old) == contentOf(now)
}

func compareOpen(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// closing returns what takes the place of a listing that the edition no longer
// holds: the same with its end. A listing that was to begin only later has no
// such claim; it is retracted alone.
func (im *run) closing(key keyHash, c graph.Claim) (*graph.Claim, graph.Retraction) {
	r := graph.Retraction{Claim: c.ID, Reason: closedReason + im.name()}
	if c.ValidFrom.Earliest() >= im.edition.date.Latest() {
		return nil, r
	}
	closed := c
	closed.ValidTo = im.edition.date
	closed.Citations = append(slices.Clone(c.Citations), graph.Citation{
		Source: im.edition.files[0].id, Stance: graph.Supports, Text: "Holds this listing no longer.",
	})
	closed.ID = claimID(im.format.Register, key, contentOf(closed), c.ID)
	r.ReplacedBy = closed.ID
	return &closed, r
}

// How the reasons of retractions begin.
const (
	closedReason   = "not in "
	reopenedReason = "stands again in "
)

func isReopened(r graph.Retraction) bool { return strings.HasPrefix(r.Reason, reopenedReason) }
