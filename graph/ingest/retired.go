package ingest

import (
	"context"
	"strings"

	"debadge/graph"
)

// standing returns the claim with an id that is not that of a retracted one, as
// far as those are known: a listing that an edition ended before it began stands
// again under another id. What a person retracted is withdrawn and stays so.
func (w *writer) standing(c graph.Claim) (fresh graph.Claim, withdrawn bool) {
	key, _ := keyIn(w.format.Register, c.ID)
	content := contentOf(c)
	for {
		byEdition, retired := w.retired[c.ID]
		if !retired {
			return c, false
		}
		if !byEdition {
			return c, true
		}
		c.ID = claimID(w.format.Register, key, content, c.ID)
	}
}

// revive looks after claims that the store left withdrawn, as they are those
// that were retracted, citations and all.
func (w *writer) revive(ctx context.Context, b *bundled) error {
	if err := w.readRetired(ctx); err != nil {
		return err
	}
	again := &bundled{revision: b.revision}
	for _, c := range b.cs.Claims {
		fresh, withdrawn := w.standing(c)
		if fresh.ID == c.ID && !withdrawn {
			continue
		}
		b.count = append(b.count, func() { w.report.uncount(c) })
		if withdrawn {
			b.count = append(b.count, func() { w.report.count(c, func(c *Counts) *int { return &c.Withdrawn }) })
			continue
		}
		again.cs.Claims = append(again.cs.Claims, fresh)
		b.count = append(b.count, func() { w.report.count(c, func(c *Counts) *int { return &c.Reopened }) })
	}
	if again.cs.IsEmpty() {
		return nil
	}
	return w.append(ctx, again)
}

// readRetired finds the register's claims that were retracted, and whether an
// edition did that: a person replaces a claim by none or by another's.
func (w *writer) readRetired(ctx context.Context) error {
	if w.retired != nil {
		return nil
	}
	retired := map[graph.ID]bool{}
	err := w.store.Changes(ctx, 0, func(c graph.Change) error {
		for _, r := range c.Retractions {
			if _, own := keyIn(w.format.Register, r.Claim); own {
				_, corrected := keyIn(w.format.Register, r.ReplacedBy)
				retired[r.Claim] = corrected || r.ReplacedBy == "" && strings.HasPrefix(r.Reason, closedReason)
			}
		}
		return nil
	})
	if err == nil {
		w.retired = retired
	}
	return err
}
