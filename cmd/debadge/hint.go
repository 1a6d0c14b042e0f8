package main

import (
	"context"
	"fmt"

	"debadge/graph"
	"debadge/graph/resolve"
)

const (
	// hintEntities bounds the stores in which a hint is worth the time that it
	// takes to read all names.
	hintEntities = 50_000
	hints        = 3
)

// hint tells on standard error what a subject that is not known may mean. The
// finding stays unknown: nothing is guessed.
func (p *program) hint(ctx context.Context, s graph.Store, text string, at graph.Moment) {
	status, err := s.Status(ctx)
	if err != nil || status.Entities > hintEntities {
		return
	}
	x, err := resolve.Open(ctx, s, at, resolve.Options{})
	if err != nil {
		return // it is no more than a hint
	}
	for _, c := range x.Resolve(resolve.Query{Text: text, Limit: hints, Related: true}).Candidates {
		if c.DifferentModel {
			fmt.Fprintf(p.stderr, "debadge: known is %s (%s), which is a different model\n", escape(c.Entity.FullName()), c.Entity.ID)
			continue
		}
		fmt.Fprintf(p.stderr, "debadge: did you mean %s (%s)? %s\n", escape(c.Entity.FullName()), c.Entity.ID, escape(c.Why))
	}
}
