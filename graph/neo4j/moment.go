package neo4j

import (
	"context"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
	"debadge/queries"
)

// newest reads the store's node: the newest revision and the totals.
func newest(ctx context.Context, tx neo4j.ManagedTransaction) (graph.StoreStatus, error) {
	row, err := first(ctx, tx, queries.Must("store/newest").Text, nil)
	if err != nil {
		return graph.StoreStatus{}, err
	}
	if row == nil {
		return graph.StoreStatus{}, graph.Unavailable("the database was emptied while it was in use", errGone)
	}
	var status graph.StoreStatus
	if status.Revision, err = revisionOf(row[0]); err != nil {
		return graph.StoreStatus{}, err
	}
	if status.RecordedAt, err = timeOf(row[1]); err != nil {
		return graph.StoreStatus{}, err
	}
	for i, total := range []*int{&status.Entities, &status.Sources, &status.Claims, &status.Retracted} {
		n, ok := row[2+i].(int64)
		if !ok {
			return graph.StoreStatus{}, damaged("the node of the store has no totals")
		}
		*total = int(n)
	}
	return status, nil
}

// resolve finds the revision that a moment means.
func resolve(ctx context.Context, tx neo4j.ManagedTransaction, at graph.Moment) (graph.Revision, time.Time, error) {
	var row []any
	var err error
	switch {
	case at.Revision != 0:
		row, err = first(ctx, tx, queries.Must("store/at_revision").Text, map[string]any{"revision": int64(at.Revision)})
		if err == nil && row == nil {
			return 0, time.Time{}, graph.Errorf(graph.KindNotFound, "the store has not reached revision %d", at.Revision)
		}
	case !at.Time.IsZero():
		row, err = first(ctx, tx, queries.Must("store/at_time").Text, map[string]any{"time": at.Time.UTC()})
	default:
		status, err := newest(ctx, tx)
		return status.Revision, status.RecordedAt, err
	}
	if err != nil || row == nil {
		return 0, time.Time{}, err
	}
	revision, err := revisionOf(row[0])
	if err != nil {
		return 0, time.Time{}, err
	}
	recordedAt, err := timeOf(row[1])
	return revision, recordedAt, err
}
