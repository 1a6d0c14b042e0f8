package neo4j

import (
	"context"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
	"debadge/queries"
)

// standing is what the store's node tells.
type standing struct {
	graph.StoreStatus
	// misnamed is whether a claim may be there whose id is the derived one of
	// another claim.
	misnamed bool
}

// newest reads the store's node: the newest revision and the totals.
func newest(ctx context.Context, tx neo4j.ManagedTransaction) (standing, error) {
	row, err := first(ctx, tx, queries.Must("store/newest").Text, nil)
	if err != nil {
		return standing{}, err
	}
	if row == nil {
		return standing{}, errEmptied()
	}
	status := standing{misnamed: row[6] != int64(0)} // if it was not counted, there may be
	if status.Revision, err = revisionOf(row[0]); err != nil {
		return standing{}, err
	}
	if status.RecordedAt, err = timeOf(row[1]); err != nil {
		return standing{}, err
	}
	for i, total := range []*int{&status.Entities, &status.Sources, &status.Claims, &status.Retracted} {
		n, ok := row[2+i].(int64)
		if !ok {
			return standing{}, damaged("the node of the store has no totals")
		}
		*total = int(n)
	}
	return status, nil
}

// resolve sets the revision that a moment means, and the lists known then.
func (v *view) resolve(ctx context.Context, tx neo4j.ManagedTransaction, at graph.Moment) error {
	return settle(ctx, func() error { return v.resolveOnce(ctx, tx, at) })
}

func (v *view) resolveOnce(ctx context.Context, tx neo4j.ManagedTransaction, at graph.Moment) error {
	var row []any
	var err error
	switch {
	case at.Revision != 0:
		row, err = first(ctx, tx, queries.Must("store/at_revision").Text, map[string]any{"revision": int64(at.Revision)})
		if err == nil && row == nil {
			return graph.Errorf(graph.KindNotFound, "the store has not reached revision %d", at.Revision)
		}
	case !at.Time.IsZero():
		row, err = first(ctx, tx, queries.Must("store/at_time").Text, map[string]any{"time": at.Time.UTC()})
	default:
		row, err = first(ctx, tx, queries.Must("store/at_newest").Text, nil)
		if err == nil && row == nil {
			return errEmptied()
		}
	}
	if err != nil || row == nil {
		return err
	}
	if v.revision, err = revisionOf(row[0]); err != nil {
		return err
	}
	if v.recordedAt, err = timeOf(row[1]); err != nil {
		return err
	}
	lists, ok := row[2].([]any)
	if !ok {
		return damaged("the store has no lists")
	}
	v.lists = nil
	for _, value := range lists {
		list, err := decodeEntity(value)
		if err == nil {
			err = versionWithin(value, v.revision)
		}
		if err != nil {
			return err
		}
		v.intern(list.ID)
		v.entities[list.ID] = list
		v.lists = append(v.lists, list.ID)
	}
	return nil
}
