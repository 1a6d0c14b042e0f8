package neo4j

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
	"debadge/queries"
)

// How much of the feed is in memory at once: so many revisions and items, but
// at least one revision.
const (
	pageRevisions = 1_000
	pageItems     = 10_000
)

// Changes reads the feed in pages of whole revisions, each in a transaction of
// its own, and yields between them: what a revision holds never changes.
func (s *Store) Changes(ctx context.Context, since graph.Revision, yield func(graph.Change) error) error {
	for {
		var page []graph.Change
		var more bool
		err := s.read(ctx, func(ctx context.Context, tx neo4j.ManagedTransaction) (err error) {
			page, more, err = readPage(ctx, tx, since)
			return err
		})
		if err != nil {
			return err
		}
		for _, change := range page {
			if err := ctx.Err(); err != nil {
				return s.translate(err)
			}
			if err := yield(change); err != nil {
				return err
			}
			since = change.Revision
		}
		if !more {
			return nil
		}
	}
}

// readPage reads the revisions after one, and says whether there are more.
func readPage(ctx context.Context, tx neo4j.ManagedTransaction, since graph.Revision) (page []graph.Change, more bool, err error) {
	err = settle(ctx, func() error {
		var holds []int64
		if page, holds, more, err = readRevisions(ctx, tx, since); err != nil || len(page) == 0 {
			return err
		}
		before, err := newestRevision(ctx, tx)
		if err != nil {
			return err
		}
		if err := fill(ctx, tx, page, holds); err != nil {
			return err
		}
		after, err := newestRevision(ctx, tx)
		if err != nil || before == after {
			return err
		}
		// A version may have been read while the next one replaced it.
		again := make([]graph.Change, len(page))
		for i, c := range page {
			again[i] = graph.Change{Revision: c.Revision}
		}
		if err := fill(ctx, tx, again, holds); err != nil {
			return err
		}
		for i := range page {
			if !sameItems(&page[i].ChangeSet, &again[i].ChangeSet) {
				return errMoved
			}
		}
		return nil
	})
	return page, more, err
}

// sameItems reports whether two change sets hold the same in the same order.
func sameItems(a, b *graph.ChangeSet) bool {
	return reflect.DeepEqual(a.Entities, b.Entities) && reflect.DeepEqual(a.Sources, b.Sources) &&
		reflect.DeepEqual(a.Claims, b.Claims) && reflect.DeepEqual(a.Retractions, b.Retractions)
}

// readRevisions reads the heads of the revisions after one, and how many items
// each of them holds.
func readRevisions(ctx context.Context, tx neo4j.ManagedTransaction, since graph.Revision) (page []graph.Change, holds []int64, more bool, err error) {
	items, cut := int64(0), false
	params := map[string]any{"after": int64(since), "limit": int64(pageRevisions)}
	err = each(ctx, tx, queries.Must("store/changes").Text, params, func(row []any) error {
		change, n, err := decodeChange(row)
		if err != nil {
			return err
		}
		items += n
		cut = cut || (len(page) > 0 && items > pageItems)
		if !cut {
			page, holds = append(page, change), append(holds, n)
		}
		return nil
	})
	if err != nil {
		return nil, nil, false, err
	}
	for i := range page {
		if page[i].Revision != since+graph.Revision(i)+1 {
			return nil, nil, false, damaged("a revision is missing")
		}
	}
	return page, holds, cut || len(page) == pageRevisions, nil
}

func decodeChange(row []any) (graph.Change, int64, error) {
	r := &record{properties: map[string]any{
		"revision": row[0], "digest": row[2], "id": row[3], "author": row[4], "reason": row[5], "items": row[6],
	}}
	at, err := timeOf(row[1])
	change := graph.Change{
		ChangeSet: graph.ChangeSet{ID: r.text("id"), Author: r.text("author"), Reason: r.text("reason")},
		Revision:  r.revision("revision"), RecordedAt: at, Digest: r.text("digest"),
	}
	return change, r.number("items"), errors.Join(err, r.err)
}

// fill reads what a run of revisions holds, in one statement for each sort of
// item, and puts it in the order of the ids. It is errMoved if that is not as
// much as they say.
func fill(ctx context.Context, tx neo4j.ManagedTransaction, page []graph.Change, holds []int64) error {
	after, through := page[0].Revision-1, page[len(page)-1].Revision
	params := map[string]any{"after": int64(after), "through": int64(through)}
	strays := graph.Change{} // of other revisions: replaced between being found and being read
	change := func(revision graph.Revision) *graph.Change {
		if revision <= after || revision > through {
			return &strays
		}
		return &page[revision-after-1]
	}
	entity := func(row []any) error {
		revision, err := revisionOf(row[1])
		if err != nil {
			return err
		}
		e, err := decodeEntity(row[0])
		change(revision).Entities = append(change(revision).Entities, e)
		return err
	}
	source := func(row []any) error {
		revision, err := revisionOf(row[1])
		if err != nil {
			return err
		}
		s, err := decodeSource(row[0])
		change(revision).Sources = append(change(revision).Sources, s)
		return err
	}
	claim := func(row []any) error {
		c, err := decodeClaim(row)
		if err != nil {
			return err
		}
		change(c.Recorded).Claims = append(change(c.Recorded).Claims, c.Claim)
		return nil
	}
	retraction := func(row []any) error {
		r := &record{properties: map[string]any{"id": row[0], "retracted": row[1], "reason": row[2], "replaced_by": row[3]}}
		found := graph.Retraction{Claim: graph.ID(r.text("id")), Reason: r.text("reason"), ReplacedBy: graph.ID(r.text("replaced_by"))}
		revision := r.revision("retracted")
		if r.err == nil {
			change(revision).Retractions = append(change(revision).Retractions, found)
		}
		return r.err
	}
	for _, part := range []struct {
		query string
		row   func([]any) error
	}{
		{"store/changed_entities", entity},
		{"store/changed_sources", source},
		{"store/changed_claims", claim},
		{"store/changed_retractions", retraction},
	} {
		if err := each(ctx, tx, queries.Must(part.query).Text, params, part.row); err != nil {
			return err
		}
	}
	return whole(page, holds)
}

// whole checks that change sets hold as much as they say, and sorts what they hold.
func whole(page []graph.Change, holds []int64) error {
	for i := range page {
		cs := &page[i].ChangeSet
		if n := len(cs.Entities) + len(cs.Sources) + len(cs.Claims) + len(cs.Retractions); int64(n) != holds[i] {
			return errMoved
		}
		inOrder(cs)
	}
	return nil
}

// inOrder sorts what a change set brings by ids.
func inOrder(cs *graph.ChangeSet) {
	slices.SortFunc(cs.Entities, func(a, b graph.Entity) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(cs.Sources, func(a, b graph.Source) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(cs.Claims, func(a, b graph.Claim) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(cs.Retractions, func(a, b graph.Retraction) int { return cmp.Compare(a.Claim, b.Claim) })
}
