package neo4j

import (
	"context"
	"errors"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
	"debadge/queries"
)

// settleTimeout is how long after the deadline of a call its outcome is still
// asked for, if the reply to the commit was lost.
const settleTimeout = 750 * time.Millisecond

// errGone says that the database was emptied while the store was open.
var errGone = errors.New("the node of the store is not there")

func errEmptied() error {
	return graph.Unavailable("the database was emptied while it was in use; try again", errGone)
}

// Append writes in one transaction that holds the store's node, so that writers
// take turns. If the reply to its commit is lost, the outcome is read back by
// the id of the change set; if that fails too, the error says that it is not
// known.
func (s *Store) Append(ctx context.Context, cs graph.ChangeSet) (graph.Receipt, error) {
	cs, err := cs.Prepare()
	if err != nil {
		return graph.Receipt{}, err
	}
	if err := s.ready(ctx); err != nil {
		return graph.Receipt{}, err
	}
	return s.commit(ctx, &appending{cs: cs, digest: cs.Digest(), clock: s.config.Clock})
}

// commit writes a change set and finds out whether it was written.
func (s *Store) commit(ctx context.Context, a *appending) (receipt graph.Receipt, err error) {
	committing := false
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	err = s.transact(ctx, neo4j.AccessModeWrite, func(ctx context.Context, tx neo4j.ManagedTransaction) (err error) {
		committing = false
		receipt, err = a.write(ctx, tx)
		committing = err == nil
		return err
	})
	switch {
	case err == nil:
		return receipt, nil
	case committing:
		return s.settle(ctx, a, receipt, err)
	case errors.Is(err, errGone):
		s.founded.Store(false)
		return graph.Receipt{}, errEmptied()
	}
	return graph.Receipt{}, s.translate(err)
}

// settle finds out whether a change set whose commit failed was committed. It
// takes the lock of the writers first: whoever gets it knows that the
// transaction in question has ended.
func (s *Store) settle(ctx context.Context, a *appending, planned graph.Receipt, lost error) (graph.Receipt, error) {
	grace, cancel := settling(ctx)
	defer cancel()
	var receipt graph.Receipt
	var found bool
	err := s.transact(grace, neo4j.AccessModeWrite, func(ctx context.Context, tx neo4j.ManagedTransaction) (err error) {
		if _, err := first(ctx, tx, queries.Must("store/lock").Text, map[string]any{"writer": a.cs.ID}); err != nil {
			return err
		}
		receipt, found, err = a.committed(ctx, tx)
		return err
	})
	var known *graph.Error
	switch {
	case errors.As(err, &known):
		return graph.Receipt{}, err
	case err != nil:
		return graph.Receipt{}, graph.Unavailable(
			"Neo4j did not confirm the change set, so it is not known whether it is stored; append it again, with the same id",
			errors.Join(lost, err))
	case !found:
		return graph.Receipt{}, graph.Unavailable("Neo4j did not store the change set; append it again", lost)
	case receipt.Revision == planned.Revision:
		return planned, nil // ours
	}
	return receipt, nil
}

// settling returns a context that outlives its parent by a little.
func settling(ctx context.Context) (context.Context, context.CancelFunc) {
	free := context.WithoutCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok && !errors.Is(ctx.Err(), context.Canceled) {
		return context.WithDeadline(free, deadline.Add(settleTimeout))
	}
	return context.WithTimeout(free, settleTimeout)
}

// appending is a prepared change set on its way into the store.
type appending struct {
	cs     graph.ChangeSet
	digest string
	clock  func() time.Time
	exact  *graph.Change // to be restored as it is, if not nil
}

// write does all of it within a transaction, up to the commit.
func (a *appending) write(ctx context.Context, tx neo4j.ManagedTransaction) (graph.Receipt, error) {
	locked, err := first(ctx, tx, queries.Must("store/lock").Text, map[string]any{"writer": a.cs.ID})
	if err != nil {
		return graph.Receipt{}, err
	}
	if locked == nil {
		return graph.Receipt{}, errGone
	}
	if receipt, found, err := a.committed(ctx, tx); err != nil || found {
		return receipt, err
	}
	last, err := newest(ctx, tx)
	if err != nil {
		return graph.Receipt{}, err
	}
	known, err := existing(ctx, tx, a.cs, last.misnamed)
	if err != nil {
		return graph.Receipt{}, err
	}
	if a.exact != nil {
		return a.restore(ctx, tx, last.StoreStatus, known)
	}
	plan, receipt, err := a.cs.Plan(known)
	if err != nil {
		return graph.Receipt{}, err
	}
	receipt.Revision, receipt.RecordedAt = last.Revision, last.RecordedAt
	if plan.IsEmpty() {
		return receipt, nil
	}
	receipt.Revision++
	receipt.RecordedAt = graph.RecordTime(a.clock(), last.RecordedAt)
	w := writing{tx: tx, plan: plan, known: known, receipt: receipt}
	return receipt, w.all(ctx, a.digest)
}

// committed looks for the change set among those that were committed before.
func (a *appending) committed(ctx context.Context, tx neo4j.ManagedTransaction) (graph.Receipt, bool, error) {
	row, err := first(ctx, tx, queries.Must("store/change_set").Text, map[string]any{"key": indexed(a.cs.ID)})
	if err != nil || row == nil {
		return graph.Receipt{}, false, err
	}
	revision, err := revisionOf(row[0])
	if err != nil {
		return graph.Receipt{}, false, err
	}
	if a.exact == nil && row[2] != a.digest {
		return graph.Receipt{}, false, graph.Errorf(graph.KindConflict,
			"change set %s was committed as revision %d with other content", a.cs.ID, revision)
	}
	recordedAt, err := timeOf(row[1])
	receipt := graph.Receipt{Revision: revision, RecordedAt: recordedAt, Replayed: true}
	if err == nil && a.exact != nil {
		digest, _ := row[2].(string)
		err = a.exact.IsIn(receipt, digest)
	}
	return receipt, true, err
}
