package graph

import (
	"context"
	"maps"
	"slices"
)

// find compares the findings of what was touched, and looks for the reasons.
func (d *diff) find(ctx context.Context) error {
	before, after := d.answer.From.Revision, d.answer.To.Revision
	if before == after {
		return nil
	}
	if err := d.touchStale(ctx); err != nil {
		return err
	}
	changed, err := Changed(ctx, d.store, ChangedQuestion{
		Before: before, After: after, Touched: slices.Sorted(maps.Keys(d.touched)), AsOf: d.question.AsOf, Policy: d.question.Policy, Limit: d.question.Limit,
	})
	if err != nil {
		return err
	}
	d.answer.Findings.Looked, d.answer.Findings.Total = changed.Looked, changed.Total
	then, err := d.traces(ctx, before, changed.Rows)
	if err != nil {
		return err
	}
	now, err := d.traces(ctx, after, changed.Rows)
	if err != nil {
		return err
	}
	for i, row := range changed.Rows {
		d.answer.Findings.Rows = append(d.answer.Findings.Rows, DiffRow{
			ChangedRow: row,
			Gained:     missing(now[i].Listings, then[i].Listings),
			Lost:       missing(then[i].Listings, now[i].Listings),
			Because:    d.because(row.Subject.ID, &then[i], &now[i]),
		})
	}
	return nil
}

// touchStale touches everything if lists are too old at one end and not at the
// other: that asks for a review of every answer.
func (d *diff) touchStale(ctx context.Context) error {
	var stale [2]bool
	for i, at := range []Revision{d.answer.From.Revision, d.answer.To.Revision} {
		if at == 0 {
			return nil // everything that there is was learned since
		}
		err := d.store.View(ctx, Moment{Revision: at}, func(v View) error {
			a, err := NewAssessor(ctx, v, d.question.Policy, d.question.AsOf, nil)
			if err != nil {
				return err
			}
			defer a.Close()
			stale[i] = slices.ContainsFunc(a.Editions(), func(e ListEdition) bool { return e.Stale })
			return nil
		})
		if err != nil {
			return err
		}
	}
	if stale[0] == stale[1] {
		return nil
	}
	return d.store.View(ctx, Moment{Revision: d.answer.To.Revision}, func(v View) error {
		for _, kind := range []Kind{Company, Product} {
			ids, err := v.Find(ctx, Find{Kind: kind})
			if err != nil {
				return err
			}
			for _, id := range ids {
				d.touched[id] = true
			}
		}
		return nil
	})
}

// traces answers for the subjects of rows at a revision; at none nothing is found.
func (d *diff) traces(ctx context.Context, at Revision, rows []ChangedRow) ([]Answer, error) {
	found := make([]Answer, len(rows))
	if at == 0 || len(rows) == 0 {
		return found, nil
	}
	err := d.store.View(ctx, Moment{Revision: at}, func(v View) error {
		for i, row := range rows {
			var err error
			found[i], err = TraceView(ctx, v, Question{
				Subject: string(row.Subject.ID), AsOf: d.question.AsOf, KnownAt: Moment{Revision: at}, Policy: d.question.Policy,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

// missing returns the listings that stand in one answer and not, or not so
// strongly or in that way, in the other.
func missing(here, there []ListingAnswer) []StepListing {
	known := map[StepListing]bool{}
	for _, l := range there {
		known[StepListing{l.Entity, l.List, l.Way, l.Strength}] = true
	}
	found := []StepListing{}
	for _, l := range here {
		if s := (StepListing{l.Entity, l.List, l.Way, l.Strength}); !known[s] {
			found = append(found, s)
		}
	}
	return found
}

// because returns what was learned of the subject, of the paths to its listings
// and of who owns it: what is new now, and what was withdrawn of what counted.
func (d *diff) because(subject ID, then, now *Answer) []DiffItem {
	reasons := []DiffItem{}
	if e, ok := d.entities[subject]; ok && e.What == EntityRecorded {
		reasons = append(reasons, e)
	}
	for _, side := range []struct {
		answer  *Answer
		learned map[ID]DiffItem
	}{{then, d.retracted}, {now, d.claims}} {
		seen := map[ID]bool{}
		for _, c := range side.answer.RestsOn() {
			if item, ok := side.learned[c.ID]; ok && !seen[c.ID] {
				seen[c.ID] = true
				reasons = append(reasons, item)
			}
		}
	}
	return reasons
}
