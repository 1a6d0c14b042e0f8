package graph

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// ChangedQuestion asks whose findings differ between two revisions, among what
// came from some companies and products.
type ChangedQuestion struct {
	Before, After Revision
	Touched       []ID // entities about which claims were recorded or retracted in between
	AsOf          Day
	Policy        Policy
	Limit         int // at most so many rows; 0 is no limit
}

// ChangedAnswer says whose findings differ.
type ChangedAnswer struct {
	Before Revision     `json:"before"`
	After  Revision     `json:"after"`
	AsOf   Date         `json:"as_of"`
	Policy PolicyRef    `json:"policy"`
	Looked int          `json:"looked"` // how many companies and products were compared
	Total  int          `json:"total"`  // how many of them have another finding, strength or action
	Rows   []ChangedRow `json:"rows"`   // in the order of ids
}

// ChangedRow is a company or product with another finding than before.
type ChangedRow struct {
	Subject EntityRef  `json:"subject"`
	Before  Assessment `json:"before"`
	After   Assessment `json:"after"`
}

// Changed compares the findings about everything that came from the entities
// touched, at either revision: only those can have changed.
func Changed(ctx context.Context, s Store, question ChangedQuestion) (ChangedAnswer, error) {
	answer := ChangedAnswer{
		Before: question.Before, After: question.After, AsOf: question.AsOf.Date(),
		Policy: PolicyRef{question.Policy.Name, question.Policy.Digest()}, Rows: []ChangedRow{},
	}
	came := map[ID]bool{}
	for _, at := range []Revision{question.After, question.Before} {
		if err := question.downstream(ctx, s, at, came); err != nil {
			return ChangedAnswer{}, err
		}
	}
	subjects := slices.Sorted(maps.Keys(came))
	before, err := question.assess(ctx, s, question.Before, subjects)
	if err != nil {
		return ChangedAnswer{}, err
	}
	after, err := question.assess(ctx, s, question.After, subjects)
	if err != nil {
		return ChangedAnswer{}, err
	}
	answer.Looked = len(subjects)
	var shown []ID
	for i, id := range subjects {
		if before[i] == after[i] {
			continue
		}
		answer.Total++
		if question.Limit == 0 || len(shown) < question.Limit {
			shown = append(shown, id)
			answer.Rows = append(answer.Rows, ChangedRow{Before: before[i], After: after[i]})
		}
	}
	return answer, answer.name(ctx, s, shown)
}

// downstream adds what came from the entities touched, and themselves.
func (question *ChangedQuestion) downstream(ctx context.Context, s Store, at Revision, came map[ID]bool) error {
	if at == 0 {
		return nil // nothing was known
	}
	return s.View(ctx, Moment{Revision: at}, func(v View) error {
		q, err := newInquiry(ctx, v, &question.Policy, question.AsOf, nil)
		if err != nil {
			return err
		}
		nodes, err := v.Nodes(ctx, question.Touched)
		if err != nil {
			return err
		}
		nodes = slices.DeleteFunc(nodes, func(n Node) bool { return n == NoNode })
		slices.Sort(nodes)
		w := newWalk(Downstream, entityLimit)
		defer w.release()
		if err := w.gather(ctx, q, slices.Compact(nodes)...); err != nil {
			return err
		}
		for _, n := range w.nodes {
			if id := v.ID(n); id.Kind() == Company || id.Kind() == Product {
				came[id] = true
			}
		}
		return nil
	})
}

func (question *ChangedQuestion) assess(ctx context.Context, s Store, at Revision, subjects []ID) ([]Assessment, error) {
	found := make([]Assessment, len(subjects))
	if at == 0 {
		for i := range found {
			found[i] = Assessment{Finding: Unknown, Action: question.Policy.Actions.Unknown, Complete: true}
		}
		return found, nil
	}
	err := s.View(ctx, Moment{Revision: at}, func(v View) error {
		a, err := NewAssessor(ctx, v, question.Policy, question.AsOf, nil)
		if err != nil {
			return err
		}
		defer a.Close()
		nodes, err := v.Nodes(ctx, subjects)
		if err != nil {
			return err
		}
		for i, n := range nodes {
			if found[i], err = a.Assess(ctx, n); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

// name fills in the subjects of the rows, which one of the revisions knows.
func (answer *ChangedAnswer) name(ctx context.Context, s Store, shown []ID) error {
	named := map[ID]EntityRef{}
	for _, at := range []Revision{answer.Before, answer.After} {
		if at == 0 {
			continue
		}
		err := s.View(ctx, Moment{Revision: at}, func(v View) error {
			nodes, err := v.Nodes(ctx, shown)
			if err != nil {
				return err
			}
			var known []ID
			for i, n := range nodes {
				if n != NoNode {
					known = append(known, shown[i])
				}
			}
			entities, err := v.Entities(ctx, known)
			for _, e := range entities {
				named[e.ID] = e.Ref()
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	for i, id := range shown {
		answer.Rows[i].Subject = named[id]
	}
	slices.SortFunc(answer.Rows, func(a, b ChangedRow) int { return cmp.Compare(a.Subject.ID, b.Subject.ID) })
	return nil
}
