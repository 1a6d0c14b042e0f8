package graph

import (
	"context"
	"time"
)

// Restorer is a store that can take over the log of another one as it is, with
// its revisions, record times and digests, so that whatever is asked of the
// copy has the same answer, and what was appended to the one is known to the
// other.
type Restorer interface {
	// Restore commits a change as the next revision. One that is there already
	// is acknowledged (Replayed); KindConflict is another change in its place,
	// or a gap before it.
	Restore(ctx context.Context, c Change) (Receipt, error)
}

// Prepared checks everything about a change that can be checked without the
// store that is to restore it, as [ChangeSet.Prepare] does.
func (c Change) Prepared() (Change, error) {
	var p problems
	if c.Revision == 0 {
		p.add("revision", "is missing")
	}
	if c.ID == "" {
		p.add("id", "is missing")
	}
	if len(c.Digest) != 2*32 {
		p.add("digest", "%q is not the digest of a change set", c.Digest)
	}
	if year := c.RecordedAt.Year(); c.RecordedAt.IsZero() || year < 1 || year > 9999 || !c.RecordedAt.Equal(c.RecordedAt.Truncate(time.Microsecond)) {
		p.add("recorded_at", "is not a time in microseconds")
	}
	if err := p.err("the change is refused"); err != nil {
		return Change{}, err
	}
	cs, err := c.Prepare()
	if err != nil {
		return Change{}, err
	}
	c.ChangeSet, c.RecordedAt = cs, c.RecordedAt.UTC()
	return c, nil
}

// Restored checks that a prepared change follows what a store holds, up to a
// revision recorded at a time: in a log everything in a change was new, and it
// was recorded later than what came before.
func (c Change) Restored(last Revision, at time.Time, known Existing) (ChangeSet, Receipt, error) {
	if c.Revision != last+1 {
		return ChangeSet{}, Receipt{}, Errorf(KindConflict, "the store is at revision %d, so that revision %d does not follow; "+
			"restore into an empty store, or into an earlier copy of the same one", last, c.Revision)
	}
	if last > 0 && !c.RecordedAt.After(at) {
		return ChangeSet{}, Receipt{}, Errorf(KindConflict, "revision %d was not recorded after revision %d; it is from another log", c.Revision, last)
	}
	plan, receipt, err := c.Plan(known)
	if err != nil {
		return ChangeSet{}, Receipt{}, err
	}
	if receipt.Unchanged > 0 || receipt.Withdrawn > 0 {
		return ChangeSet{}, Receipt{}, Errorf(KindConflict, "revision %d brings what the store holds already; it is from another log", c.Revision)
	}
	receipt.Revision, receipt.RecordedAt = c.Revision, c.RecordedAt
	return plan, receipt, nil
}

// IsIn reports whether a store that committed the change set of this id as the
// receipt says did so as this change.
func (c Change) IsIn(receipt Receipt, digest string) error {
	if receipt.Revision == c.Revision && digest == c.Digest && receipt.RecordedAt.Equal(c.RecordedAt) {
		return nil
	}
	return Errorf(KindConflict, "change set %.100q is revision %d here and revision %d there, or not the same; the store is not an earlier copy", c.ID, receipt.Revision, c.Revision)
}
