package index

import (
	"context"

	"debadge/graph"
)

var _ graph.Restorer = (*Memory)(nil)

// Restore takes over a change of another store's log as it is.
func (m *Memory) Restore(ctx context.Context, c graph.Change) (graph.Receipt, error) {
	c, err := c.Prepared()
	if err != nil {
		return graph.Receipt{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return graph.Receipt{}, err
	}
	if i, ok := m.byID[c.ID]; ok {
		there := m.log[i]
		receipt := graph.Receipt{Revision: there.Revision, RecordedAt: there.RecordedAt, Replayed: true}
		return receipt, c.IsIn(receipt, there.Digest)
	}
	now := m.index.now()
	known, err := now.existing(c.Names())
	if err != nil {
		return graph.Receipt{}, err
	}
	last, at := now.at(now.revision)
	plan, receipt, err := c.Restored(last, at, known)
	if err != nil {
		return graph.Receipt{}, err
	}
	c.ChangeSet = inOrder(own(plan))
	if err := m.index.apply(c); err != nil {
		return graph.Receipt{}, err
	}
	m.index.publish()
	m.byID[c.ID] = len(m.log)
	m.log = append(m.log, c)
	return receipt, nil
}
