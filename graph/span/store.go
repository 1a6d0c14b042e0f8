// Package span records what a store does as spans of OpenTelemetry, by wrapping
// it. A span names the call, how much was asked and how much came, never whom it
// was about.
package span

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"debadge/graph"
)

// scope is who makes the spans.
const scope = "debadge/graph/span"

// Depth is how much of a store is recorded.
type Depth uint8

// The depths. The calls of a view are round trips where a server answers them,
// and too small to be recorded where the memory does.
const (
	Calls Depth = iota // the calls of the store
	Views              // and those of its views
)

// Wrap returns a store that records a span of each call; name begins their names.
// It closes the store that it wraps.
func Wrap(s graph.Store, provider trace.TracerProvider, name string, depth Depth) graph.Store {
	return &store{s, recorder{provider.Tracer(scope), name}, depth}
}

type store struct {
	graph.Store
	recorder
	depth Depth
}

// recorder begins spans, and ends them with what came of the call.
type recorder struct {
	tracer trace.Tracer
	name   string
}

func (r recorder) begin(ctx context.Context, call string, attrs ...attribute.KeyValue) (context.Context, func(error, ...attribute.KeyValue)) {
	ctx, span := r.tracer.Start(ctx, r.name+" "+call, trace.WithAttributes(attrs...))
	return ctx, func(err error, attrs ...attribute.KeyValue) {
		span.SetAttributes(attrs...)
		if err != nil {
			// The message of an error can have names in it, its kind has none.
			span.SetStatus(codes.Error, graph.KindOf(err).String())
		}
		span.End()
	}
}

func revision(r graph.Revision) attribute.KeyValue {
	return attribute.Int64("debadge.revision", int64(r))
}

func count(name string, n int) attribute.KeyValue { return attribute.Int("debadge."+name, n) }

// Append records the revision that it made.
func (s *store) Append(ctx context.Context, cs graph.ChangeSet) (graph.Receipt, error) {
	ctx, end := s.begin(ctx, "append", count("entities", len(cs.Entities)), count("claims", len(cs.Claims)))
	receipt, err := s.Store.Append(ctx, cs)
	end(err, revision(receipt.Revision))
	return receipt, err
}

// Changes records how many changes came.
func (s *store) Changes(ctx context.Context, since graph.Revision, yield func(graph.Change) error) error {
	ctx, end := s.begin(ctx, "changes", revision(since))
	n := 0
	err := s.Store.Changes(ctx, since, func(c graph.Change) error {
		n++
		return yield(c)
	})
	end(err, count("changes", n))
	return err
}

// View records the time that its reader took.
func (s *store) View(ctx context.Context, at graph.Moment, read func(graph.View) error) error {
	ctx, end := s.begin(ctx, "view")
	var seen graph.Revision
	err := s.Store.View(ctx, at, func(v graph.View) error {
		seen, _ = v.At()
		if s.depth == Views {
			v = &view{v, s.recorder, trace.SpanFromContext(ctx)}
		}
		return read(v)
	})
	end(err, revision(seen))
	return err
}

// Restore records the revision. A store that cannot restore says so.
func (s *store) Restore(ctx context.Context, c graph.Change) (graph.Receipt, error) {
	inner, ok := s.Store.(graph.Restorer)
	if !ok {
		return graph.Receipt{}, graph.Errorf(graph.KindInvalid, "this store cannot take over the log of another one")
	}
	ctx, end := s.begin(ctx, "restore", revision(c.Revision))
	receipt, err := inner.Restore(ctx, c)
	end(err)
	return receipt, err
}

// Status records that it was asked.
func (s *store) Status(ctx context.Context) (graph.StoreStatus, error) {
	ctx, end := s.begin(ctx, "status")
	status, err := s.Store.Status(ctx)
	end(err, revision(status.Revision))
	return status, err
}
