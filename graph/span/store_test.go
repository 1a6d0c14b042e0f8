package span_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace/noop"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/span"
	"debadge/graph/storetest"
)

// TestContract runs the contract of a store on a wrapped one.
func TestContract(t *testing.T) {
	t.Parallel()
	storetest.RunStore(t, func(_ *testing.T, clock func() time.Time) (graph.Store, func() graph.Store) {
		s := span.Wrap(index.NewMemory(clock), noop.NewTracerProvider(), "test", span.Views)
		return s, func() graph.Store { return s }
	})
}

func TestSpansOfATrace(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	provider := trace.NewTracerProvider(trace.WithSyncer(exporter))
	memory := index.NewMemory(func() time.Time { return storetest.FixedTime })
	s := span.Wrap(memory, provider, "memory", span.Views)
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	cs := graph.ChangeSet{ID: "a", Entities: []graph.Entity{{ID: "product:secret:x", Name: "Secret X"}}}
	if _, err := s.Append(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	ctx, root := provider.Tracer("test").Start(t.Context(), "root")
	_, err := graph.Trace(ctx, s, graph.Question{Subject: "product:secret:x", AsOf: graph.DayOf(storetest.FixedTime), Policy: graph.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	failed := errors.New("Secret X is what it was about")
	if err := s.View(ctx, graph.Moment{}, func(graph.View) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	if err := s.Changes(ctx, 0, func(graph.Change) error { return nil }); err != nil {
		t.Error(err)
	}
	root.End()
	views, byName := map[string]bool{}, map[string]int{}
	for _, sp := range exporter.GetSpans() {
		byName[sp.Name]++
		if sp.Name == "memory view" {
			views[sp.SpanContext.SpanID().String()] = true
		}
		if sp.Name == "memory view" && sp.Status.Code == codes.Error && sp.Status.Description != "internal" {
			t.Errorf("%+v", sp.Status)
		}
		for _, a := range sp.Attributes {
			if strings.Contains(strings.ToLower(a.Value.String()), "secret") {
				t.Errorf("%s: %s=%s", sp.Name, a.Key, a.Value.String())
			}
		}
	}
	for _, sp := range exporter.GetSpans() {
		if sp.Name == "memory nodes" && !views[sp.Parent.SpanID().String()] {
			t.Error("a call of a view is outside of it")
		}
	}
	for _, name := range []string{"memory append", "memory view", "memory nodes", "memory adjacent", "memory changes"} {
		if byName[name] == 0 {
			t.Errorf("no span %s among %v", name, byName)
		}
	}
	exporter.Reset()
	shallow := span.Wrap(memory, provider, "memory", span.Calls)
	_, err = graph.Trace(context.WithoutCancel(ctx), shallow, graph.Question{Subject: "product:secret:x", AsOf: graph.DayOf(storetest.FixedTime), Policy: graph.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for _, sp := range exporter.GetSpans() {
		if sp.Name != "memory view" {
			t.Errorf("a span %s", sp.Name)
		}
	}
}
