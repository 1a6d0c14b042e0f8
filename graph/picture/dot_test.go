package picture_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/goccy/go-graphviz"
)

// checkDOT has Graphviz itself read and lay out a picture, and compares how
// many nodes and edges it sees.
func checkDOT(tb testing.TB, dot []byte) {
	tb.Helper()
	g, err := graphviz.ParseBytes(dot)
	if err != nil {
		tb.Fatalf("Graphviz refuses the picture: %v\n%s", err, dot)
	}
	defer func() {
		if err := g.Close(); err != nil {
			tb.Error(err)
		}
	}()
	nodes, edges := 0, 0
	for line := range strings.Lines(string(dot)) {
		switch {
		case strings.HasPrefix(line, "  n") && strings.Contains(line, " -> "):
			edges++
		case strings.HasPrefix(line, "  n") && !strings.HasPrefix(line, "  node "):
			nodes++
		}
	}
	seenNodes, err := g.NodeNum()
	if err != nil {
		tb.Fatal(err)
	}
	seenEdges, err := g.EdgeNum()
	if err != nil {
		tb.Fatal(err)
	}
	if seenNodes != nodes || seenEdges != edges {
		tb.Errorf("Graphviz sees %d nodes and %d edges, not %d and %d:\n%s", seenNodes, seenEdges, nodes, edges, dot)
	}
}

// TestGraphvizShowsTheLabels has Graphviz draw a hostile picture, and looks
// whether the labels are what was written.
func TestGraphvizShowsTheLabels(t *testing.T) {
	const text = `<b> & "quoted" \N \G &lt; 'x'`
	dot := named(t, text)["dot"]
	g, err := graphviz.ParseBytes(dot)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	engine, err := graphviz.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	var svg bytes.Buffer
	if err := engine.Render(t.Context(), g, graphviz.SVG, &svg); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`&quot;quoted&quot;`, `\N`, `\G`, `&amp;lt;`} {
		if !strings.Contains(svg.String(), want) {
			t.Errorf("Graphviz does not show %s:\n%s", want, svg.String())
		}
	}
}
