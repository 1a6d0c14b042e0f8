package screen

import (
	"context"

	"debadge/graph"
	"debadge/graph/identifier"
	"debadge/graph/resolve"
)

// resolved recognizes names by an index of them.
type resolved struct{ index *resolve.Index }

var _ Names = resolved{}

// OpenNames makes the index of the names that a store has at a moment.
func OpenNames(ctx context.Context, s graph.Store, at graph.Moment, opts resolve.Options) (Names, error) {
	x, err := resolve.Open(ctx, s, at, opts)
	if err != nil {
		return nil, err
	}
	return NamesOf(x), nil
}

// NamesOf recognizes names by an index that is there.
func NamesOf(x *resolve.Index) Names { return resolved{x} }

// Revision is that of the index.
func (n resolved) Revision() graph.Revision { return n.index.Revision() }

// Product resolves the text, with what the line says of its brand, maker and
// identifiers.
func (n resolved) Product(_ context.Context, _ graph.View, text string, in *Input) (Recognized, error) {
	return recognizedAs(n.index.Resolve(resolve.Query{
		Text: text, Brand: in.Brand, Maker: in.Manufacturer, Identifiers: in.Identifiers, Kind: graph.Product, Limit: mostCandidates + 1,
	})), nil
}

// Company resolves the name of a company.
func (n resolved) Company(_ context.Context, _ graph.View, text string, ids []identifier.Identifier) (Recognized, error) {
	return recognizedAs(n.index.Resolve(resolve.Query{
		Text: text, Identifiers: ids, Kind: graph.Company, Limit: mostCandidates + 1,
	})), nil
}

// nearest is how many candidates are shown where none is good enough.
const nearest = 3

func recognizedAs(r resolve.Result) Recognized {
	found := Recognized{Resolution: NotKnown}
	most := nearest
	switch r.Outcome {
	case resolve.Resolved:
		c := r.Candidates[0]
		found.Resolution, found.Entity, found.Score, found.Why = Matched, c.Entity.ID, c.Score, c.Why
		if c.Basis == resolve.ByIdentifier || c.Basis == resolve.ByID {
			found.Resolution = Identified
		}
		return found
	case resolve.Ambiguous:
		found.Resolution = Ambiguous
		most = len(r.Candidates)
	case resolve.Unknown:
	}
	for _, c := range r.Candidates[:min(most, len(r.Candidates))] {
		if found.Resolution == Ambiguous && c.Score < r.Threshold {
			break // the best stand first
		}
		found.Candidates = append(found.Candidates, CandidateID{ID: c.Entity.ID, Score: c.Score, Why: c.Why})
	}
	return found
}
