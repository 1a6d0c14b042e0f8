package neo4j

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
	"debadge/queries"
)

// View reads in one transaction. If its connection breaks, read is called again
// from the start with another one.
func (s *Store) View(ctx context.Context, at graph.Moment, read func(graph.View) error) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	var said error // what read returned, unless its connection broke
	err := s.transact(ctx, neo4j.AccessModeRead, func(ctx context.Context, tx neo4j.ManagedTransaction) error {
		said = nil
		v := &view{store: s, tx: tx, nodes: map[graph.ID]graph.Node{}, refs: map[graph.ID]graph.ClaimRef{}, entities: map[graph.ID]graph.Entity{}}
		v.deadline, _ = ctx.Deadline()
		if err := v.resolve(ctx, tx, at); err != nil {
			return err
		}
		err := read(v)
		v.over = true
		if v.broken != nil {
			// The driver tries again on an error of its own, which it must see bare. One
			// that read did not care to return is not taken for success either.
			return v.broken
		}
		said = err
		return err
	})
	if said != nil {
		return said
	}
	return s.translate(err)
}

// view reads through one transaction. It numbers entities and claims in the
// order in which it meets them.
type view struct {
	store      *Store
	tx         neo4j.ManagedTransaction
	deadline   time.Time
	revision   graph.Revision
	recordedAt time.Time
	over       bool  // read has returned
	broken     error // the driver's error that ended the transaction

	nodes  map[graph.ID]graph.Node
	ids    []graph.ID // by Node
	refs   map[graph.ID]graph.ClaimRef
	claims []graph.ID // by ClaimRef

	entities map[graph.ID]graph.Entity // some that were read already
	lists    []graph.ID                // all that were known then, in the order of ids
}

var _ graph.View = (*view)(nil)

// At returns what was looked up when the view began.
func (v *view) At() (graph.Revision, time.Time) { return v.revision, v.recordedAt }

// run calls do within the deadline of the view, and translates its error.
func (v *view) run(ctx context.Context, do func(ctx context.Context) error) error {
	if v.over {
		return graph.Unavailable("the view has ended", nil)
	}
	if v.broken != nil {
		return v.store.translate(v.broken)
	}
	ctx, cancel := context.WithDeadline(ctx, v.deadline)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return v.store.translate(err) // the driver notices only sometimes
	}
	err := do(ctx)
	var known *graph.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	v.broken = err
	if over := ctx.Err(); over != nil {
		v.broken = errors.Join(err, over)
	}
	return v.store.translate(v.broken)
}

func (v *view) at() map[string]any { return map[string]any{"revision": int64(v.revision)} }

// intern returns the handle of an entity that is known.
func (v *view) intern(id graph.ID) graph.Node {
	n, ok := v.nodes[id]
	if !ok {
		n = graph.Node(len(v.ids)) //nolint:gosec // bounded by memory
		v.nodes[id] = n
		v.ids = append(v.ids, id)
	}
	return n
}

// subjects is up to how many entities are read whole when their handles are
// asked for: whoever asks about so few reads them next.
const subjects = 8

// Nodes asks for the ids that the view has not met yet. It has met all lists.
func (v *view) Nodes(ctx context.Context, ids []graph.ID) ([]graph.Node, error) {
	var fresh []graph.ID
	for _, id := range distinct(ids) {
		if _, met := v.nodes[id]; !met && id.Kind() != graph.List {
			fresh = append(fresh, id)
		}
	}
	err := v.run(ctx, func(ctx context.Context) error {
		if len(fresh) <= subjects {
			return v.readEntities(ctx, fresh)
		}
		return eachOf(ctx, v.tx, queries.Must("store/nodes").Text, fresh, v.at(), func(row []any) error {
			id, ok := row[0].(string)
			if !ok {
				return damaged("an entity has no id")
			}
			v.intern(graph.ID(id))
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	nodes := make([]graph.Node, len(ids))
	for i, id := range ids {
		n, known := v.nodes[id]
		if !known {
			n = graph.NoNode
		}
		nodes[i] = n
	}
	return nodes, nil
}

// ID panics on a handle that the view did not give, as an index does.
func (v *view) ID(n graph.Node) graph.ID { return v.ids[n] }

// Find uses the full-text index for a key, and the one of the ids otherwise.
// All lists were read when the view began.
func (v *view) Find(ctx context.Context, f graph.Find) ([]graph.ID, error) {
	if f == (graph.Find{Kind: graph.List}) {
		return slices.Clone(v.lists), v.run(ctx, func(context.Context) error { return nil })
	}
	params := v.at()
	after, before := f.After, graph.ID("~") // above every id
	if f.Kind != "" {
		after, before = max(after, graph.ID(f.Kind+":")), graph.ID(f.Kind+";") // ';' comes after ':'
	}
	params["after"], params["before"], params["limit"] = string(after), string(before), never
	if f.Limit > 0 {
		params["limit"] = int64(f.Limit)
	}
	query := "store/find"
	switch {
	case f.Sources && (f.Key != "" || f.Kind != ""):
		return nil, v.run(ctx, func(context.Context) error { return nil })
	case f.Sources:
		query = "store/find_sources"
	case f.Key != "":
		query = "store/find_by_name"
		params["key"], params["query"] = indexed(f.Key), phrase(indexed(f.Key))
	}
	var found []graph.ID
	err := v.run(ctx, func(ctx context.Context) error {
		return each(ctx, v.tx, queries.Must(query).Text, params, func(row []any) error {
			id, ok := row[0].(string)
			if !ok {
				return damaged("an entity has no id")
			}
			found = append(found, graph.ID(id))
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// maxKept bounds how many entities a view keeps.
const maxKept = 10_000

// readEntities reads entities, and keeps them.
func (v *view) readEntities(ctx context.Context, ids []graph.ID) error {
	if len(v.entities)+len(ids) > maxKept {
		clear(v.entities)
	}
	return settle(ctx, func() error {
		return eachOf(ctx, v.tx, queries.Must("store/entities").Text, ids, v.at(), func(row []any) error {
			e, err := decodeEntity(row[0])
			if err == nil {
				err = versionWithin(row[0], v.revision)
			}
			if err == nil {
				v.intern(e.ID)
				v.entities[e.ID] = e
			}
			return err
		})
	})
}

// Entities asks for those that the view has not kept.
func (v *view) Entities(ctx context.Context, ids []graph.ID) ([]graph.Entity, error) {
	fresh := slices.DeleteFunc(distinct(ids), func(id graph.ID) bool {
		_, kept := v.entities[id]
		return kept
	})
	if len(fresh)+len(v.entities) > maxKept {
		fresh = distinct(ids)
	}
	err := v.run(ctx, func(ctx context.Context) error {
		if len(fresh) == 0 {
			return nil
		}
		return v.readEntities(ctx, fresh)
	})
	if err != nil {
		return nil, err
	}
	return inTurn(v, ids, v.entities)
}

// Sources asks for each id once.
func (v *view) Sources(ctx context.Context, ids []graph.ID) ([]graph.Source, error) {
	found := make(map[graph.ID]graph.Source, len(ids))
	err := v.run(ctx, func(ctx context.Context) error {
		return settle(ctx, func() error {
			return eachOf(ctx, v.tx, queries.Must("store/sources").Text, distinct(ids), v.at(), func(row []any) error {
				s, err := decodeSource(row[0])
				found[s.ID] = s
				return errors.Join(err, versionWithin(row[0], v.revision))
			})
		})
	})
	if err != nil {
		return nil, err
	}
	return inTurn(v, ids, found)
}

// inTurn returns what was found in the order in which it was asked for.
func inTurn[T any](v *view, ids []graph.ID, found map[graph.ID]T) ([]T, error) {
	items := make([]T, len(ids))
	for i, asked := range ids {
		item, ok := found[asked]
		if !ok {
			return nil, graph.Errorf(graph.KindNotFound, "%s is not known at revision %d", asked, v.revision)
		}
		items[i] = item
	}
	return items, nil
}

func distinct(ids []graph.ID) []graph.ID {
	set := make(map[graph.ID]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return slices.Sorted(maps.Keys(set))
}
