package bundle

import (
	"context"
	"io"

	"debadge/graph"
)

// Report says what importing a file changed.
type Report struct {
	Summary
	Committed int // parts that the store acknowledged
	Added     int
	Changed   int
	Retracted int
	Unchanged int
	Revision  graph.Revision // of the last part that was acknowledged
}

// Check reads a bundle to its end and tells all that is wrong with it, as far
// as that can be said without a store.
func Check(name string, r io.Reader) (Summary, error) {
	return Read(name, r, func(*Part) error { return nil })
}

// Import appends the change sets of a bundle to a store, in order, and stops
// at the first that is refused: those before it stay committed, and importing
// the file again, once it is mended, changes nothing of them. done, if it is
// not nil, is called after each.
func Import(ctx context.Context, s graph.Store, name string, r io.Reader, done func(*Part, graph.Receipt)) (Report, error) {
	var report Report
	sum, err := Read(name, r, func(p *Part) error {
		if p.IsEmpty() {
			return nil
		}
		receipt, err := s.Append(ctx, p.ChangeSet)
		if err != nil {
			return p.Locate(err)
		}
		report.Committed++
		report.Added += receipt.Added
		report.Changed += receipt.Changed
		report.Retracted += receipt.Retracted
		report.Unchanged += receipt.Unchanged
		if receipt.Replayed && receipt.Added+receipt.Changed+receipt.Retracted+receipt.Unchanged == 0 {
			report.Unchanged += p.Len()
		}
		report.Revision = receipt.Revision
		if done != nil {
			done(p, receipt)
		}
		return nil
	})
	report.Summary = sum
	return report, err
}
