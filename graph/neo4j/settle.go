package neo4j

import (
	"context"
	"errors"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
)

// Neo4j reads what is committed at the moment of each single read, and not as it
// was when the transaction began (https://neo4j.com/docs/operations-manual/current/database-internals).
// A claim never changes, but the node of an entity or a source gets another
// version while it is read, and the node of a change set can be seen before all
// that it wrote. So what is read says of which revision it is, and is read again
// if that is not what was asked for.

// errMoved says that what was read was being changed.
var errMoved = errors.New("changed while it was read")

// settleTries is how often something is read before it is given up.
const settleTries = 20

// settle reads until nothing changes meanwhile.
func settle(ctx context.Context, read func() error) error {
	for range settleTries {
		if err := read(); !errors.Is(err, errMoved) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return graph.Unavailable("what was asked for changes faster than it can be read; try again", errMoved)
}

// versionWithin is errMoved for a version that is later than a revision.
func versionWithin(value any, revision graph.Revision) error {
	r := recordOf(value)
	at := r.revision("revision")
	if r.err == nil && at > revision {
		return errMoved
	}
	return r.err
}

// newestRevision is that of the store at the moment.
func newestRevision(ctx context.Context, tx neo4j.ManagedTransaction) (graph.Revision, error) {
	s, err := newest(ctx, tx)
	return s.Revision, err
}
