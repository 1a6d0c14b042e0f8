package span

import (
	"context"

	"go.opentelemetry.io/otel/trace"

	"debadge/graph"
)

// view records the calls of a view within the span that it was opened in: those
// who read it have a context of before.
type view struct {
	graph.View
	recorder
	within trace.Span
}

func (v *view) in(ctx context.Context) context.Context { return trace.ContextWithSpan(ctx, v.within) }

// Nodes records how many were asked for.
func (v *view) Nodes(ctx context.Context, ids []graph.ID) ([]graph.Node, error) {
	ctx, end := v.begin(v.in(ctx), "nodes", count("asked", len(ids)))
	nodes, err := v.View.Nodes(ctx, ids)
	end(err)
	return nodes, err
}

// Find records how many were found.
func (v *view) Find(ctx context.Context, f graph.Find) ([]graph.ID, error) {
	ctx, end := v.begin(v.in(ctx), "find")
	ids, err := v.View.Find(ctx, f)
	end(err, count("found", len(ids)))
	return ids, err
}

// Adjacent records how large the frontier was, and how many claims lead on.
func (v *view) Adjacent(ctx context.Context, frontier []graph.Node, d graph.Direction, set graph.RelationSet, edges []graph.Edge) ([]graph.Edge, error) {
	ctx, end := v.begin(v.in(ctx), "adjacent", count("asked", len(frontier)))
	all, err := v.View.Adjacent(ctx, frontier, d, set, edges)
	end(err, count("found", len(all)-len(edges)))
	return all, err
}

// Entities records how many were asked for.
func (v *view) Entities(ctx context.Context, ids []graph.ID) ([]graph.Entity, error) {
	ctx, end := v.begin(v.in(ctx), "entities", count("asked", len(ids)))
	entities, err := v.View.Entities(ctx, ids)
	end(err)
	return entities, err
}

// Claims records how many were asked for.
func (v *view) Claims(ctx context.Context, refs []graph.ClaimRef) ([]graph.Claim, error) {
	ctx, end := v.begin(v.in(ctx), "claims", count("asked", len(refs)))
	claims, err := v.View.Claims(ctx, refs)
	end(err)
	return claims, err
}

// Sources records how many were asked for.
func (v *view) Sources(ctx context.Context, ids []graph.ID) ([]graph.Source, error) {
	ctx, end := v.begin(v.in(ctx), "sources", count("asked", len(ids)))
	sources, err := v.View.Sources(ctx, ids)
	end(err)
	return sources, err
}
