package neo4j

import (
	"context"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
)

var _ graph.Restorer = (*Store)(nil)

// Restore commits a change of another store's log as it is, in the way of
// [Store.Append].
func (s *Store) Restore(ctx context.Context, c graph.Change) (graph.Receipt, error) {
	c, err := c.Prepared()
	if err != nil {
		return graph.Receipt{}, err
	}
	if err := s.ready(ctx); err != nil {
		return graph.Receipt{}, err
	}
	return s.commit(ctx, &appending{cs: c.ChangeSet, digest: c.Digest, exact: &c})
}

// restore writes a change within a transaction that holds the store's node.
func (a *appending) restore(ctx context.Context, tx neo4j.ManagedTransaction, last graph.StoreStatus, known graph.Existing) (graph.Receipt, error) {
	plan, receipt, err := a.exact.Restored(last.Revision, last.RecordedAt, known)
	if err != nil {
		return graph.Receipt{}, err
	}
	w := writing{tx: tx, plan: plan, known: known, receipt: receipt}
	return receipt, w.all(ctx, a.digest)
}
