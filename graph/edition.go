package graph

import (
	"context"
	"slices"
	"strconv"
)

// The attributes of a list in which an import keeps which edition of it the
// store holds.
const (
	EditionAttribute         = "edition"          // the date of the newest edition
	EditionCompleteAttribute = "edition_complete" // yes, or no if that edition was cut off
	MaxAgeAttribute          = "max_age_days"     // how old an edition may be on the day asked about
)

// ListEdition is the edition of a list that an answer used.
type ListEdition struct {
	List       EntityRef `json:"list"`
	Edition    Date      `json:"edition"`
	Complete   bool      `json:"complete"`               // false: absence from it means nothing
	MaxAgeDays int       `json:"max_age_days,omitempty"` // how old it may be; left out: no limit is set
	Stale      bool      `json:"stale"`                  // on the day asked about it is older than that
}

// editionOf reads which edition of a list a store holds; false if none was
// imported.
func editionOf(list Entity, asOf Day) (ListEdition, bool) {
	text := list.Attributes[EditionAttribute]
	if len(text) == 0 {
		return ListEdition{}, false
	}
	date, err := ParseDate(text[len(text)-1])
	if err != nil {
		return ListEdition{}, false
	}
	e := ListEdition{List: list.Ref(), Edition: date, Complete: !slices.Contains(list.Attributes[EditionCompleteAttribute], "no")}
	if age := list.Attributes[MaxAgeAttribute]; len(age) > 0 {
		days, err := strconv.ParseUint(age[len(age)-1], 10, 16)
		if err == nil {
			e.MaxAgeDays = int(days)
			e.Stale = int64(asOf) > int64(date.Latest())+int64(days)
		}
	}
	return e, true
}

// readEditions notes which editions of the lists that count the answer uses. Of
// a list that is too old for the day asked about nothing new can be known, so
// that the action is a review at least.
func (q *inquiry) readEditions(ctx context.Context) error {
	ids, err := q.listIDs(ctx)
	if err != nil || len(ids) == 0 {
		return err
	}
	lists, err := q.view.Entities(ctx, ids)
	if err != nil {
		return err
	}
	for _, list := range lists {
		e, ok := editionOf(list, q.asOf)
		if !ok {
			continue
		}
		q.editions = append(q.editions, e)
		if e.Stale {
			q.least = Review
		}
	}
	return nil
}

// listIDs returns the lists that count, in the order of ids.
func (q *inquiry) listIDs(ctx context.Context) ([]ID, error) {
	if q.lists == nil {
		return q.view.Find(ctx, Find{Kind: List})
	}
	ids := make([]ID, 0, len(q.lists))
	for n := range q.lists {
		ids = append(ids, q.view.ID(n))
	}
	slices.Sort(ids)
	return ids, nil
}
