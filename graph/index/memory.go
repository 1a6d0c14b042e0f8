package index

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"debadge/graph"
)

// Memory is a store in memory alone: its log is gone with the process.
type Memory struct {
	clock func() time.Time
	index *index

	mu     sync.RWMutex // guards what follows, and the writing of index
	log    []graph.Change
	byID   map[string]int // a change set's id to its place in the log
	closed bool
}

var _ graph.Store = (*Memory)(nil)

// NewMemory returns an empty store that takes the time from a clock.
func NewMemory(clock func() time.Time) *Memory {
	return &Memory{clock: clock, index: newIndex(), byID: map[string]int{}}
}

// Append acknowledges a change set as soon as it is in memory.
func (m *Memory) Append(ctx context.Context, cs graph.ChangeSet) (graph.Receipt, error) {
	cs, err := cs.Prepare()
	if err != nil {
		return graph.Receipt{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return graph.Receipt{}, err
	}
	digest := cs.Digest()
	if i, ok := m.byID[cs.ID]; ok {
		return replay(m.log[i], cs.ID, digest)
	}
	now := m.index.now()
	known, err := now.existing(cs.Names())
	if err != nil {
		return graph.Receipt{}, err
	}
	plan, receipt, err := cs.Plan(known)
	if err != nil {
		return graph.Receipt{}, err
	}
	receipt.Revision, receipt.RecordedAt = now.at(now.revision)
	if plan.IsEmpty() {
		return receipt, nil
	}
	at := graph.RecordTime(m.clock(), receipt.RecordedAt)
	receipt.Revision, receipt.RecordedAt = receipt.Revision+1, at
	change := graph.Change{ChangeSet: inOrder(own(plan)), Revision: receipt.Revision, RecordedAt: at, Digest: digest}
	if err := m.index.apply(change); err != nil {
		return graph.Receipt{}, err
	}
	m.index.publish()
	m.byID[cs.ID] = len(m.log)
	m.log = append(m.log, change)
	return receipt, nil
}

// replay acknowledges a change set that was committed before.
func replay(c graph.Change, id, digest string) (graph.Receipt, error) {
	if c.Digest != digest {
		return graph.Receipt{}, graph.Errorf(graph.KindConflict,
			"change set %s was committed as revision %d with other content", id, c.Revision)
	}
	return graph.Receipt{Revision: c.Revision, RecordedAt: c.RecordedAt, Replayed: true}, nil
}

// own copies what a change set shares with the caller's.
func own(cs graph.ChangeSet) graph.ChangeSet {
	for i := range cs.Entities {
		e := &cs.Entities[i]
		e.Aliases, e.Attributes = slices.Clone(e.Aliases), maps.Clone(e.Attributes)
		for k, v := range e.Attributes {
			e.Attributes[k] = slices.Clone(v)
		}
	}
	for i := range cs.Claims {
		c := &cs.Claims[i]
		c.Citations, c.Attributes = slices.Clone(c.Citations), maps.Clone(c.Attributes)
	}
	return cs
}

// inOrder sorts what a change set brings by ids, as a feed yields it.
func inOrder(cs graph.ChangeSet) graph.ChangeSet {
	slices.SortFunc(cs.Entities, func(a, b graph.Entity) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(cs.Sources, func(a, b graph.Source) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(cs.Claims, func(a, b graph.Claim) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(cs.Retractions, func(a, b graph.Retraction) int { return cmp.Compare(a.Claim, b.Claim) })
	return cs
}

// Changes yields from the log as it stood at the call.
func (m *Memory) Changes(ctx context.Context, since graph.Revision, yield func(graph.Change) error) error {
	m.mu.RLock()
	err, log := m.usable(ctx), m.log
	m.mu.RUnlock()
	if err != nil {
		return err
	}
	for _, c := range log[min(int(since), len(log)):] {
		if err := interrupted(ctx); err != nil {
			return err
		}
		if err := yield(c); err != nil {
			return err
		}
	}
	return nil
}

// View calls read with a snapshot of the memory.
func (m *Memory) View(ctx context.Context, at graph.Moment, read func(graph.View) error) error {
	m.mu.RLock()
	err := m.usable(ctx)
	m.mu.RUnlock()
	if err != nil {
		return err
	}
	return m.index.now().read(at, read)
}

// Status says how much the store holds.
func (m *Memory) Status(ctx context.Context) (graph.StoreStatus, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if err := m.usable(ctx); err != nil {
		return graph.StoreStatus{}, err
	}
	return m.index.now().status(), nil
}

// Close forgets the log.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed, m.log, m.byID = true, nil, nil
	return nil
}

func (m *Memory) usable(ctx context.Context) error {
	if m.closed {
		return errClosed()
	}
	return interrupted(ctx)
}

func errClosed() error { return graph.Unavailable("the store is closed", nil) }

// interrupted says why a call whose context has ended has no answer.
func interrupted(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return graph.Unavailable("the call was cut short before there was an answer", err)
	}
	return nil
}
