package graph

import (
	"context"
	"strconv"
	"time"
)

// Moment is a point in record time: what debadge knew then. Its zero value is
// the newest revision.
type Moment struct {
	Revision Revision  // that revision, if not 0
	Time     time.Time // else the newest revision recorded at or before this time
}

// ParseMoment reads a point in record time: a revision number, an RFC 3339 time,
// or a day, which means its end in UTC. The zero moment is the newest revision,
// so nothing that is given becomes it.
func ParseMoment(text string) (Moment, error) {
	if revision, err := strconv.ParseUint(text, 10, 32); err == nil && revision > 0 {
		return Moment{Revision: Revision(revision)}, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return Moment{Time: t.AddDate(0, 0, 1).Add(-time.Nanosecond)}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	t = t.UTC()
	if err != nil || t.IsZero() || t.Year() < 1 || t.Year() > 9999 {
		return Moment{}, Errorf(KindInvalid, "%.100q is not a time; write 2026-01-31T12:00:00Z, a day such as 2026-01-31, or a revision from 1 on", text)
	}
	return Moment{Time: t}, nil
}

// Store is a log of change sets, and read-only views of what they add up to.
//
// All errors are [*Error]. A store that is closed, away or too slow answers
// with KindUnavailable, never with an empty result. All methods may be called
// at once by several goroutines; after Close they fail.
type Store interface {
	// Append commits a change set, all of it or none, and acknowledges it once
	// it would survive a power loss. The store prepares it, plans it against
	// what it holds, and gives it the next revision and a recorded_at that is
	// always later than that of the revision before. A change set whose id was
	// committed before with the same content is acknowledged again
	// (Replayed), with another content it is a KindConflict. A change set in
	// which nothing is new is acknowledged at the newest revision without
	// making one. KindInvalid names each field that is wrong. If the change set
	// says what its author had looked at, and something of that has changed
	// since, it is KindOutdated and nothing is written.
	Append(ctx context.Context, cs ChangeSet) (Receipt, error)

	// Changes yields every change after a revision, in the order of revisions,
	// each exactly once, and returns. Within a change, items stand in the order
	// of their ids. An error from yield ends it and is returned.
	Changes(ctx context.Context, since Revision, yield func(Change) error) error

	// View calls read with a snapshot at a moment. The snapshot ends when read
	// returns. A store may call read again from the start if its connection
	// broke, so read must not have effects that cannot be repeated. A revision
	// that the store has not reached is KindNotFound; a time before the first
	// revision is the empty revision 0. What read returns is returned.
	View(ctx context.Context, at Moment, read func(View) error) error

	// Status says how much the store holds.
	Status(ctx context.Context) (StoreStatus, error)

	// Close releases what the store holds. Closing twice is no error.
	Close() error
}

// StoreStatus says how much a store holds, retracted claims and former
// versions not counted.
type StoreStatus struct {
	Revision   Revision  `json:"revision"`
	RecordedAt time.Time `json:"recorded_at,omitzero"` // of the newest revision
	Entities   int       `json:"entities"`
	Sources    int       `json:"sources"`
	Claims     int       `json:"claims"`
	Retracted  int       `json:"retracted"`
}

// Node is a View's handle of an entity: small, and of no meaning outside of the
// View that gave it. NoNode is none.
type Node int32

// NoNode stands for an entity that the View does not know.
const NoNode Node = -1

// ClaimRef is a View's handle of a claim.
type ClaimRef int32

// Direction is the way in which a walk goes.
type Direction uint8

// The directions. Upstream leads from what came out to its origins, and from a
// company to the lists that it is on and the proceedings it is a party to.
const (
	Upstream Direction = iota
	Downstream
)

// Edge is a claim as a walk sees it, from one of its ends.
type Edge struct {
	Near, Far          Node // Near is the end that was asked about
	Claim              ClaimRef
	From, To           Day // holds on From and every day before To
	ShareMin, ShareMax int32
	Relation           Relation
	Status             Status
	Confidence         Confidence
	Interest           Interest
}

// Find selects entities, or sources; all conditions that are given must hold.
type Find struct {
	Key     string // one of the entity's name keys, see [NameKey]
	Kind    Kind
	Sources bool // sources in place of entities: none has a key or a kind
	After   ID   // only ids after this one
	Limit   int  // at most so many; 0 is no limit
}

// View is a read-only snapshot of a store at one revision. It holds the claims
// that were recorded by then and not retracted, and the versions of entities
// and sources that were the newest then. It is for one goroutine at a time.
type View interface {
	// At returns the revision and when it was recorded (zero for revision 0).
	At() (Revision, time.Time)

	// Nodes returns the handle of each entity, NoNode for one that is not known.
	Nodes(ctx context.Context, ids []ID) ([]Node, error)

	// ID returns the id of an entity by a handle that this View gave.
	ID(n Node) ID

	// Find returns the ids of the entities or sources that match, in the order of
	// ids.
	Find(ctx context.Context, f Find) ([]ID, error)

	// Adjacent appends the claims adjacent to a frontier of distinct entities
	// in a direction, of the relations in set, grouped in the order of the
	// frontier. A symmetric claim is adjacent to both ends in both directions.
	// An empty frontier appends nothing.
	Adjacent(ctx context.Context, frontier []Node, d Direction, set RelationSet, edges []Edge) ([]Edge, error)

	// Entities returns the entities in the order asked; one that is not known
	// is KindNotFound.
	Entities(ctx context.Context, ids []ID) ([]Entity, error)

	// Claims returns the claims behind handles that this View gave, in the
	// order asked.
	Claims(ctx context.Context, refs []ClaimRef) ([]Claim, error)

	// StoredClaims returns claims by their ids in the order asked, those that were
	// retracted by the View's revision included; Retracted is 0 where that came
	// later. One that was not recorded by then is KindNotFound.
	StoredClaims(ctx context.Context, ids []ID) ([]StoredClaim, error)

	// Sources returns the sources in the order asked; one that is not known is
	// KindNotFound.
	Sources(ctx context.Context, ids []ID) ([]Source, error)
}
