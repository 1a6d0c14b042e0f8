package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"debadge/graph"
)

// View reads in one transaction, which is a snapshot of the file: a moment is a
// filter on top of it. read is called once.
func (s *Store) View(ctx context.Context, at graph.Moment, read func(graph.View) error) error {
	var answer error
	err := s.read(ctx, func(r *session) error {
		m, err := r.markAt(ctx, at)
		if err != nil {
			return err
		}
		v := &view{session: r, mark: m, ids: make(map[graph.Node]graph.ID)}
		defer func() { v.session = nil }()
		answer = read(v)
		return answer
	})
	if answer != nil {
		return answer
	}
	return err
}

// view implements [graph.View]: nodes and claims are the keys in the file.
type view struct {
	session *session // nil once the view has ended
	mark    mark
	ids     map[graph.Node]graph.ID // of the nodes that were given
}

var _ graph.View = (*view)(nil)

func (v *view) At() (graph.Revision, time.Time) { return v.mark.revision, v.mark.time() }

func (v *view) ID(n graph.Node) graph.ID { return v.ids[n] }

func (v *view) usable(ctx context.Context) error {
	if v.session == nil {
		return graph.Errorf(graph.KindInternal, "a view was used after it had ended")
	}
	return translate(ctx.Err())
}

func (v *view) Nodes(ctx context.Context, ids []graph.ID) ([]graph.Node, error) {
	if err := v.usable(ctx); err != nil {
		return nil, err
	}
	keys, err := v.session.keysOf(ctx, "entities", ids, v.mark.revision)
	if err != nil {
		return nil, err
	}
	nodes := make([]graph.Node, len(ids))
	for i, id := range ids {
		nodes[i] = graph.NoNode
		if key, ok := keys[id]; ok {
			nodes[i] = graph.Node(key) //nolint:gosec // tooFar bounds it
			v.ids[nodes[i]] = id
		}
	}
	return nodes, nil
}

func (v *view) Find(ctx context.Context, f graph.Find) ([]graph.ID, error) {
	if err := v.usable(ctx); err != nil {
		return nil, err
	}
	var (
		text  strings.Builder
		where []string
		args  []any
	)
	must := func(condition string, values ...any) {
		where, args = append(where, condition), append(args, values...)
	}
	text.WriteString("SELECT e.id FROM ")
	switch {
	case f.Sources && (f.Key != "" || f.Kind != ""):
		return nil, nil
	case f.Sources:
		text.WriteString("sources e")
	case f.Key == "":
		text.WriteString("entities e")
	default:
		text.WriteString("name_keys n CROSS JOIN entity_versions v ON v.key = n.version CROSS JOIN entities e ON e.key = v.entity")
		must("n.name = ?", f.Key)
		must("v.recorded = (SELECT max(w.recorded) FROM entity_versions w WHERE w.entity = v.entity AND w.recorded <= ?)", int64(v.mark.revision))
	}
	must("e.recorded <= ?", int64(v.mark.revision))
	if f.Kind != "" {
		must("e.id > ? AND e.id < ?", string(f.Kind)+":", string(f.Kind)+";") // ';' comes after ':'
	}
	if f.After != "" {
		must("e.id > ?", string(f.After))
	}
	text.WriteString(" WHERE " + strings.Join(where, " AND ") + " ORDER BY e.id LIMIT ?")
	limit := int64(-1)
	if f.Limit > 0 {
		limit = int64(f.Limit)
	}
	var found []graph.ID
	err := v.session.each(ctx, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		found = append(found, graph.ID(id))
		return err
	}, text.String(), append(args, limit)...)
	if err != nil {
		return nil, err
	}
	return found, nil
}

// inOrder returns what get yields in the order of ids.
func inOrder[T any](ids []graph.ID, what string, id func(T) graph.ID, get func(yield func(T)) error) ([]T, error) {
	found := make(map[graph.ID]T, len(ids))
	if err := get(func(item T) { found[id(item)] = item }); err != nil {
		return nil, err
	}
	items := make([]T, len(ids))
	for i, id := range ids {
		item, ok := found[id]
		if !ok {
			return nil, graph.Errorf(graph.KindNotFound, "there is no %s %q", what, id)
		}
		items[i] = item
	}
	return items, nil
}

func (v *view) Entities(ctx context.Context, ids []graph.ID) ([]graph.Entity, error) {
	if err := v.usable(ctx); err != nil {
		return nil, err
	}
	return inOrder(ids, "entity", func(e graph.Entity) graph.ID { return e.ID }, func(yield func(graph.Entity)) error {
		return v.session.entities(ctx, distinct(ids), v.mark.revision, yield)
	})
}

func (v *view) Sources(ctx context.Context, ids []graph.ID) ([]graph.Source, error) {
	if err := v.usable(ctx); err != nil {
		return nil, err
	}
	return inOrder(ids, "source", func(s graph.Source) graph.ID { return s.ID }, func(yield func(graph.Source)) error {
		return v.session.sources(ctx, distinct(ids), v.mark.revision, yield)
	})
}

func distinct[T cmp.Ordered](ids []T) []T {
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

func (v *view) Claims(ctx context.Context, refs []graph.ClaimRef) ([]graph.Claim, error) {
	if err := v.usable(ctx); err != nil {
		return nil, err
	}
	keys := make([]int64, len(refs))
	for i, r := range refs {
		keys[i] = int64(r)
	}
	found := make(map[int64]graph.Claim, len(keys))
	if err := v.session.claims(ctx, distinct(keys), func(key int64, c graph.StoredClaim) { found[key] = c.Claim }); err != nil {
		return nil, err
	}
	claims := make([]graph.Claim, len(keys))
	for i, key := range keys {
		c, ok := found[key]
		if !ok {
			return nil, graph.Errorf(graph.KindInternal, "claim %d was asked for, which no view gave", key)
		}
		claims[i] = c
	}
	return claims, nil
}

// StoredClaims looks the keys up first, as everything that is asked for by ids.
func (v *view) StoredClaims(ctx context.Context, ids []graph.ID) ([]graph.StoredClaim, error) {
	if err := v.usable(ctx); err != nil {
		return nil, err
	}
	return inOrder(ids, "claim", func(c graph.StoredClaim) graph.ID { return c.ID }, func(yield func(graph.StoredClaim)) error {
		byID, err := v.session.keysOf(ctx, "claims", distinct(ids), v.mark.revision)
		if err != nil {
			return err
		}
		return v.session.claims(ctx, slices.Sorted(maps.Values(byID)), func(_ int64, c graph.StoredClaim) { yield(c.By(v.mark.revision)) })
	})
}
