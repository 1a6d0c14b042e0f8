package sqlite

import (
	"context"
	"time"

	"debadge/graph"
)

// Append returns once the change set is synced to the disk. A context that ends
// before the commit begins rolls it back; one that ends later changes nothing.
func (s *Store) Append(ctx context.Context, cs graph.ChangeSet) (graph.Receipt, error) {
	if err := s.usable(ctx); err != nil {
		return graph.Receipt{}, err
	}
	prepared, err := cs.Prepare()
	if err != nil {
		return graph.Receipt{}, err
	}
	digest := prepared.Digest()
	var receipt graph.Receipt
	err = s.write(ctx, func(w *session) (err error) {
		receipt, err = w.append(ctx, prepared, digest, s.clock().UnixMicro())
		return err
	})
	if err != nil {
		return graph.Receipt{}, err
	}
	return receipt, nil
}

func (s *session) append(ctx context.Context, cs graph.ChangeSet, digest string, now int64) (graph.Receipt, error) {
	if receipt, replayed, err := s.replay(ctx, cs.ID, digest); err != nil || replayed {
		return receipt, err
	}
	head, err := s.head(ctx)
	if err != nil {
		return graph.Receipt{}, err
	}
	known, err := s.lookUp(ctx, cs, head.revision)
	if err != nil {
		return graph.Receipt{}, err
	}
	plan, receipt, err := cs.Plan(known.existing)
	if err != nil {
		return graph.Receipt{}, err
	}
	if !plan.IsEmpty() {
		in := insertion{session: s, keys: known.keys, before: head, mark: head}
		in.mark.revision++
		in.mark.recorded = now
		if head.revision > 0 {
			in.mark.recorded = graph.RecordTime(time.UnixMicro(now), time.UnixMicro(head.recorded)).UnixMicro()
		}
		if err := in.insert(ctx, plan, digest); err != nil {
			return graph.Receipt{}, err
		}
		head = in.mark
	}
	receipt.Revision, receipt.RecordedAt = head.revision, head.time()
	return receipt, nil
}

// replay acknowledges a change set again that was committed before.
func (s *session) replay(ctx context.Context, id, digest string) (graph.Receipt, bool, error) {
	var (
		m      mark
		stored string
	)
	found, err := s.one(ctx, []any{&m.revision, &m.recorded, &stored},
		"SELECT revision, recorded_at, digest FROM changes WHERE id = ?", id)
	switch {
	case err != nil || !found:
		return graph.Receipt{}, false, err
	case stored != digest:
		return graph.Receipt{}, false, graph.Errorf(graph.KindConflict,
			"the change set %q was committed before, at revision %d, with other content; give this one another id", id, m.revision)
	}
	return graph.Receipt{Revision: m.revision, RecordedAt: m.time(), Replayed: true}, true, nil
}

// keys are the numbers under which ids are stored.
type keys struct{ entities, sources, claims map[graph.ID]int64 }

type known struct {
	existing graph.Existing
	keys     keys
}

// lookUp returns what the store holds of the ids that a change set names. The
// content is read of those alone that the change set brings: of the others the
// plan asks only whether they are there.
func (s *session) lookUp(ctx context.Context, cs graph.ChangeSet, at graph.Revision) (k known, err error) {
	names := cs.Names()
	k.existing = graph.Existing{
		Entities: make(map[graph.ID]graph.Entity, len(names.Entities)),
		Sources:  make(map[graph.ID]graph.Source, len(names.Sources)),
	}
	if k.keys.entities, err = s.keysOf(ctx, "entities", names.Entities, at); err != nil {
		return k, err
	}
	if k.keys.sources, err = s.keysOf(ctx, "sources", names.Sources, at); err != nil {
		return k, err
	}
	for id := range k.keys.entities {
		k.existing.Entities[id] = graph.Entity{ID: id}
	}
	for id := range k.keys.sources {
		k.existing.Sources[id] = graph.Source{ID: id}
	}
	entities := brought(cs.Entities, func(e graph.Entity) graph.ID { return e.ID }, k.keys.entities)
	if err := s.entities(ctx, entities, at, func(e graph.Entity) { k.existing.Entities[e.ID] = e }); err != nil {
		return k, err
	}
	sources := brought(cs.Sources, func(c graph.Source) graph.ID { return c.ID }, k.keys.sources)
	if err := s.sources(ctx, sources, at, func(c graph.Source) { k.existing.Sources[c.ID] = c }); err != nil {
		return k, err
	}
	return k, s.lookUpClaims(ctx, names.Claims, at, &k)
}

func (s *session) lookUpClaims(ctx context.Context, ids []graph.ID, at graph.Revision, k *known) (err error) {
	if k.keys.claims, err = s.keysOf(ctx, "claims", ids, at); err != nil {
		return err
	}
	refs := make([]int64, 0, len(k.keys.claims))
	for _, key := range k.keys.claims {
		refs = append(refs, key)
	}
	k.existing.Claims = make(map[graph.ID]graph.StoredClaim, len(refs))
	return s.claims(ctx, refs, func(_ int64, c graph.StoredClaim) { k.existing.Claims[c.ID] = c })
}

// brought returns the ids of the items that are known.
func brought[T any](items []T, id func(T) graph.ID, known map[graph.ID]int64) []graph.ID {
	var ids []graph.ID
	for _, item := range items {
		if _, ok := known[id(item)]; ok {
			ids = append(ids, id(item))
		}
	}
	return ids
}
