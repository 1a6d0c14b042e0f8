package export

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"debadge/graph"
)

// Excerpt is what a store holds, or a part of it, in memory: what was known at
// one revision, without retracted claims and former versions.
type Excerpt struct {
	Basis    Basis
	Entities []graph.Entity // in the order of ids, and so are the others
	Claims   []graph.Claim
	Sources  []graph.Source // that the claims cite
}

// errTooMany ends an excerpt.
var errTooMany = errors.New("more entities than asked for")

// Take takes an excerpt of at most so many entities. More of them are
// KindInvalid.
func Take(ctx context.Context, s graph.Store, opts Options, most int) (Excerpt, error) {
	opts.drawn = true
	l, err := openLog(ctx, s, opts)
	if err != nil {
		return Excerpt{}, err
	}
	e := &excerpt{most: most}
	err = deal(ctx, l, &drawn{to: e, sources: map[graph.ID]graph.Source{}})
	if errors.Is(err, errTooMany) {
		return Excerpt{}, graph.Errorf(graph.KindInvalid,
			"more than %d entities are too many for a picture; take a part with --subject, fewer hops with --around, or graphml or gexf", most)
	}
	return e.Excerpt, err
}

// excerpt collects what is drawn.
type excerpt struct {
	Excerpt

	most  int
	cited map[graph.ID]bool
}

func (e *excerpt) begin(b Basis) error {
	e.Basis, e.cited = b, map[graph.ID]bool{}
	return nil
}

func (e *excerpt) node(n *graph.Entity) error {
	if len(e.Entities) == e.most {
		return errTooMany
	}
	e.Entities = append(e.Entities, *n)
	return nil
}

func (e *excerpt) edge(c *graph.Claim, cites evidence) error {
	e.Claims = append(e.Claims, *c)
	for _, q := range cites {
		if !e.cited[q.Source] {
			e.cited[q.Source] = true
			e.Sources = append(e.Sources, q.source)
		}
	}
	return nil
}

func (e *excerpt) end() error {
	slices.SortFunc(e.Sources, func(a, b graph.Source) int { return cmp.Compare(a.ID, b.ID) })
	return nil
}
