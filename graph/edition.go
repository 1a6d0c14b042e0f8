package graph

import (
	"context"
	"slices"
	"strconv"
)

// The attributes of a list in which imports keep which editions of it the store
// holds. Each has one value for every register that publishes the list, in the
// same order.
const (
	RegisterAttribute        = "register"         // from which editions come
	EditionAttribute         = "edition"          // the date of its newest edition
	EditionCompleteAttribute = "edition_complete" // yes, or no if that edition was cut off
	EditionCheckedAttribute  = "edition_checked"  // the last day on which that edition was still the newest
	MaxAgeAttribute          = "max_age_days"     // how old it may be on the day asked about; 0 is no limit
)

// ListEdition is the edition of a list that an answer used.
type ListEdition struct {
	List       EntityRef `json:"list"`
	Register   string    `json:"register,omitempty"` // from which it came
	Edition    Date      `json:"edition"`
	Checked    Date      `json:"checked"`                // the last day on which it was still the newest; null: not known
	Complete   bool      `json:"complete"`               // false: absence from it means nothing
	MaxAgeDays int       `json:"max_age_days,omitempty"` // how old it may be; left out: no limit is set
	Stale      bool      `json:"stale"`                  // on the day asked about it was last known to be the newest longer ago than that
}

// last is the last day on which the edition was known to be the newest.
func (e *ListEdition) last() Day {
	if e.Checked.IsZero() {
		return e.Edition.Latest()
	}
	return max(e.Edition.Latest(), e.Checked.Latest())
}

// editionOf reads which edition of a list a store holds, that of the register
// which was looked at last; false if none was imported.
func editionOf(list Entity, asOf Day) (ListEdition, bool) {
	at := func(attribute string, i int) string {
		if values := list.Attributes[attribute]; i < len(values) {
			return values[i]
		}
		return ""
	}
	var (
		newest ListEdition
		found  bool
	)
	for i, text := range list.Attributes[EditionAttribute] {
		date, err := ParseDate(text)
		if err != nil {
			continue // a register of which nothing is known yet
		}
		e := ListEdition{
			List: list.Ref(), Register: at(RegisterAttribute, i), Edition: date,
			Complete: at(EditionCompleteAttribute, i) != "no",
		}
		e.Checked, _ = ParseDate(at(EditionCheckedAttribute, i)) // none, if it is not one
		if days, err := strconv.ParseUint(at(MaxAgeAttribute, i), 10, 16); err == nil && days > 0 {
			e.MaxAgeDays = int(days)
			e.Stale = int64(asOf) > int64(e.last())+int64(days)
		}
		if !found || e.last() > newest.last() {
			newest, found = e, true
		}
	}
	return newest, found
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
