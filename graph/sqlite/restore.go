package sqlite

import (
	"context"

	"debadge/graph"
)

var _ graph.Restorer = (*Store)(nil)

// Restore commits a change of another store's log as it is.
func (s *Store) Restore(ctx context.Context, c graph.Change) (receipt graph.Receipt, err error) {
	if err := s.usable(ctx); err != nil {
		return graph.Receipt{}, err
	}
	if c, err = c.Prepared(); err != nil {
		return graph.Receipt{}, err
	}
	err = s.write(ctx, func(w *session) (err error) {
		receipt, err = w.restore(ctx, c)
		return err
	})
	if err != nil {
		return graph.Receipt{}, err
	}
	return receipt, nil
}

func (s *session) restore(ctx context.Context, c graph.Change) (graph.Receipt, error) {
	var (
		m      mark
		stored string
	)
	found, err := s.one(ctx, []any{&m.revision, &m.recorded, &stored},
		"SELECT revision, recorded_at, digest FROM changes WHERE id = ?", c.ID)
	if err != nil {
		return graph.Receipt{}, err
	}
	if found {
		receipt := graph.Receipt{Revision: m.revision, RecordedAt: m.time(), Replayed: true}
		return receipt, c.IsIn(receipt, stored)
	}
	head, err := s.head(ctx)
	if err != nil {
		return graph.Receipt{}, err
	}
	known, err := s.lookUp(ctx, c.ChangeSet, head.revision)
	if err != nil {
		return graph.Receipt{}, err
	}
	plan, receipt, err := c.Restored(head.revision, head.time(), known.existing)
	if err != nil {
		return graph.Receipt{}, err
	}
	in := insertion{session: s, keys: known.keys, before: head, mark: head}
	in.mark.revision, in.mark.recorded = c.Revision, c.RecordedAt.UnixMicro()
	return receipt, in.insert(ctx, plan, c.Digest)
}
