package neo4j

import (
	"context"
	"maps"
	"slices"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
	"debadge/queries"
)

// How much one statement brings at most: more makes a transaction no faster,
// and a message of many megabytes holds up everybody else.
const (
	batchRows  = 5_000
	batchBytes = 1 << 20
)

// steady begins the statements that an import runs again and again: it keeps the
// server to its first plan. Left to itself it makes another one whenever the graph
// has grown by much, which took a fifth of the time. These statements name the
// indexes that they read, so that a plan made while there is nothing in them
// serves later too.
const steady = "CYPHER replan=skip "

// writing puts a plan into the graph: entities before claims, all under one
// revision.
type writing struct {
	tx      neo4j.ManagedTransaction
	plan    graph.ChangeSet
	known   graph.Existing
	receipt graph.Receipt
}

func (w *writing) all(ctx context.Context, digest string) error {
	changed, entities := split(w.plan.Entities, func(e graph.Entity) bool { _, there := w.known.Entities[e.ID]; return there })
	revised, sources := split(w.plan.Sources, func(s graph.Source) bool { _, there := w.known.Sources[s.ID]; return there })
	for _, part := range []struct {
		query string
		rows  []map[string]any
	}{
		{"store/write_entities", rowsOf(entities, w.entityRow)},
		{"store/change_entities", rowsOf(changed, w.entityRow)},
		{"store/write_sources", rowsOf(sources, w.sourceRow)},
		{"store/change_sources", rowsOf(revised, w.sourceRow)},
	} {
		if err := w.rows(ctx, queries.Must(part.query).Text, part.rows); err != nil {
			return err
		}
	}
	if err := w.claims(ctx); err != nil {
		return err
	}
	if err := w.retractions(ctx); err != nil {
		return err
	}
	return w.changeSet(ctx, digest)
}

func rowsOf[T any](items []T, row func(T) map[string]any) []map[string]any {
	rows := make([]map[string]any, len(items))
	for i, item := range items {
		rows[i] = row(item)
	}
	return rows
}

func (w *writing) claims(ctx context.Context) error {
	byRelation := make(map[graph.Relation][]map[string]any)
	for _, c := range w.plan.Claims {
		byRelation[c.Relation] = append(byRelation[c.Relation], w.claimRows(c)...)
	}
	return w.byRelation(ctx, "store/write_claims", byRelation)
}

func (w *writing) retractions(ctx context.Context) error {
	relations := make(map[graph.ID]graph.Relation, len(w.plan.Claims))
	for _, c := range w.plan.Claims {
		relations[c.ID] = c.Relation
	}
	byRelation := make(map[graph.Relation][]map[string]any)
	for _, r := range w.plan.Retractions {
		relation, brought := relations[r.Claim]
		if !brought {
			relation = w.known.Claims[r.Claim].Relation
		}
		byRelation[relation] = append(byRelation[relation], retractionRows(r, relation)...)
	}
	return w.byRelation(ctx, "store/retract_claims", byRelation)
}

// byRelation runs a statement that is written for one relation for each.
func (w *writing) byRelation(ctx context.Context, name string, rows map[graph.Relation][]map[string]any) error {
	for _, relation := range slices.Sorted(maps.Keys(rows)) {
		if err := w.rows(ctx, queries.Must(name).Of(relation.String()), rows[relation]); err != nil {
			return err
		}
	}
	return nil
}

// rows runs a statement on rows in batches, and checks that it wrote each.
func (w *writing) rows(ctx context.Context, text string, rows []map[string]any) error {
	for batch := range batches(rows, func(row map[string]any) int { return weight(row) }) {
		written, err := first(ctx, w.tx, steady+text, map[string]any{
			"batch": map[string]any{"rows": batch}, "revision": int64(w.receipt.Revision), "recorded_at": w.receipt.RecordedAt,
		})
		if err != nil {
			return err
		}
		if len(written) == 0 || written[0] != int64(len(batch)) {
			return damaged("a node or a relationship that was there has gone")
		}
	}
	return nil
}

func (w *writing) changeSet(ctx context.Context, digest string) error {
	p := &w.plan
	misnamed, _ := split(p.Claims, graph.Claim.IsMisnamed)
	_, err := first(ctx, w.tx, queries.Must("store/write_change_set").Text, map[string]any{
		"change_set": map[string]any{
			"key": indexed(p.ID), "id": p.ID, "digest": digest, "author": p.Author, "reason": p.Reason,
			"items": int64(len(p.Entities) + len(p.Sources) + len(p.Claims) + len(p.Retractions)),
		},
		"revision": int64(w.receipt.Revision), "recorded_at": w.receipt.RecordedAt,
		"entities": added(p.Entities, w.known.Entities, func(e graph.Entity) graph.ID { return e.ID }),
		"sources":  added(p.Sources, w.known.Sources, func(s graph.Source) graph.ID { return s.ID }),
		"claims":   int64(len(p.Claims)), "retracted": int64(len(p.Retractions)),
		"misnamed": int64(len(misnamed)),
	})
	return err
}

// added counts the items that are new, and not new versions.
func added[T any](items []T, known map[graph.ID]T, id func(T) graph.ID) int64 {
	n := int64(0)
	for _, item := range items {
		if _, there := known[id(item)]; !there {
			n++
		}
	}
	return n
}

// eachOf runs a statement on ids in batches and hands over the rows.
func eachOf(ctx context.Context, tx neo4j.ManagedTransaction, text string, ids []graph.ID, params map[string]any, row func([]any) error) error {
	for batch := range batches(ids, func(id graph.ID) int { return len(id) }) {
		all := map[string]any{"batch": map[string]any{"ids": texts(batch)}}
		maps.Copy(all, params)
		if err := each(ctx, tx, text, all, row); err != nil {
			return err
		}
	}
	return nil
}

func texts(ids []graph.ID) []string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return texts
}

// batches cuts items into runs of so many rows and bytes as one statement
// takes, but at least one item.
func batches[T any](items []T, size func(T) int) func(yield func([]T) bool) {
	return func(yield func([]T) bool) {
		for len(items) > 0 {
			n, bytes := 1, size(items[0])
			for n < len(items) && n < batchRows && bytes+size(items[n]) <= batchBytes {
				bytes += size(items[n])
				n++
			}
			if !yield(items[:n]) {
				return
			}
			items = items[n:]
		}
	}
}

// weight estimates how many bytes a value is on the wire.
func weight(value any) int {
	const scalar = 8
	switch v := value.(type) {
	case string:
		return len(v) + scalar
	case []string:
		n := scalar
		for _, text := range v {
			n += len(text) + scalar
		}
		return n
	case map[string]any:
		n := scalar
		for name, item := range v {
			n += len(name) + weight(item)
		}
		return n
	}
	return scalar
}
