package ingest

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"debadge/graph"
)

// MarkChecked writes into the lists of a register that its newest edition is
// still the one that the store holds, on a day, and how many days old an
// edition of it may be before answers ask for a review (0: no limit is set).
// What is written already is not written again.
func MarkChecked(ctx context.Context, store graph.Store, register string, on graph.Date, maxAgeDays int, author string) error {
	cs := graph.ChangeSet{Author: author, Reason: "looked for a newer edition of " + register}
	err := store.View(ctx, graph.Moment{}, func(v graph.View) error {
		cs.Entities = nil
		revision, _ := v.At()
		cs.ID = fmt.Sprintf("checked:%s:%d", register, revision)
		ids, err := v.Find(ctx, graph.Find{Kind: graph.List})
		if err != nil {
			return err
		}
		lists, err := v.Entities(ctx, ids)
		if err != nil {
			return err
		}
		for _, list := range lists {
			i := slices.Index(list.Attributes[registerAttribute], register)
			if i < 0 {
				continue
			}
			marked := withValue(withValue(list, graph.EditionCheckedAttribute, i, on.String()),
				graph.MaxAgeAttribute, i, strconv.Itoa(maxAgeDays))
			if marked.Digest() != list.Digest() {
				cs.Entities = append(cs.Entities, marked)
			}
		}
		return nil
	})
	if err != nil || len(cs.Entities) == 0 {
		return err
	}
	_, err = store.Append(ctx, cs)
	return err
}

// withValue returns the list with one value of an attribute that has one for
// every register.
func withValue(list graph.Entity, name string, at int, value string) graph.Entity {
	attributes := make(map[string][]string, len(list.Attributes)+1)
	for k, v := range list.Attributes {
		attributes[k] = slices.Clone(v)
	}
	for len(attributes[name]) <= at {
		attributes[name] = append(attributes[name], "unknown")
	}
	attributes[name][at] = value
	list.Attributes = attributes
	return list
}
