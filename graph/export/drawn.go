package export

import (
	"bufio"
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"debadge/graph"
)

// drawing is a format for those who look at a graph: it has what was known at
// one revision, and neither former versions nor what was retracted, which such
// a program would show as if it held.
type drawing interface {
	begin(b Basis) error
	node(e *graph.Entity) error
	edge(c *graph.Claim, evidence evidence) error
	end() error
}

// evidence is what a claim cites.
type evidence []cited

type cited struct {
	graph.Citation
	source graph.Source
}

// words tells the citations of one stance, a line each.
func (e evidence) words(stance graph.Stance) string {
	var lines []string
	for _, c := range e {
		if c.Stance != stance {
			continue
		}
		parts := []string{"“" + c.source.Title + "”", c.source.Publisher}
		for _, part := range []string{c.source.Date.String(), c.Locator, c.source.URL} {
			if part != "" {
				parts = append(parts, part)
			}
		}
		line := strings.Join(parts, ", ")
		if c.Text != "" {
			line += ": " + c.Text
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// drawn hands a drawing what belongs into it. The newest versions of sources
// stay in memory: a claim is shown with what it cites.
type drawn struct {
	to      drawing
	sources map[graph.ID]graph.Source
}

func (d *drawn) begin(b Basis) error { return d.to.begin(b) }

func (d *drawn) change(change) error { return nil }

func (d *drawn) source(v version[graph.Source]) error {
	if v.until == 0 {
		d.sources[v.item.ID] = v.item
	}
	return nil
}

func (d *drawn) entity(v version[graph.Entity]) error {
	if v.until != 0 {
		return nil
	}
	return d.to.node(&v.item)
}

func (d *drawn) claim(c stated) error {
	if c.retraction != nil {
		return nil
	}
	e := make(evidence, len(c.Citations))
	for i, q := range c.Citations {
		e[i] = cited{q, d.sources[q.Source]}
	}
	return d.to.edge(&c.Claim, e)
}

func (d *drawn) end(totals) error { return d.to.end() }

// draw writes a store in a format for drawing.
func draw(ctx context.Context, s graph.Store, w io.Writer, opts Options, format func(*bufio.Writer) drawing) error {
	opts.drawn = true
	l, err := openLog(ctx, s, opts)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	if err := deal(ctx, l, &drawn{to: format(out), sources: map[graph.ID]graph.Source{}}); err != nil {
		return err
	}
	return written(out.Flush())
}

// field is a named value of a node or an edge in a drawing.
type field struct{ name, value string }

// nodeFields are the fields of every node, in order.
func nodeFields(e *graph.Entity) []field {
	var aliases []string
	for _, a := range e.Aliases {
		aliases = append(aliases, a.Text)
	}
	return []field{
		{"label", e.Ref().FullName()},
		{"kind", string(e.ID.Kind())},
		{"name", e.Name},
		{"brand", e.Brand},
		{"aliases", strings.Join(aliases, "\n")},
		{"attributes", strings.Join(pairs(e.Attributes), "\n")},
	}
}

// edgeFields are the fields of every edge, in order. The label has the status
// in it: whoever draws labels alone does not draw an allegation as a fact.
func edgeFields(c *graph.Claim, e evidence) []field {
	var attributes []string
	for _, a := range c.Relation.Rule().Attributes {
		if v := c.Attributes[a.Name]; v != "" {
			attributes = append(attributes, a.Name+"="+v)
		}
	}
	label := c.Relation.String() + " (" + c.Status.String()
	denials := e.words(graph.Denies)
	if denials != "" {
		label += ", denied"
	}
	symmetric := ""
	if c.Relation.Rule().Symmetric {
		symmetric = "yes"
	}
	return []field{
		{"label", label + ")"},
		{"claim", string(c.ID)},
		{"relation", c.Relation.String()},
		{"status", c.Status.String()},
		{"confidence", c.Confidence.String()},
		{"valid_from", c.ValidFrom.String()},
		{"valid_to", c.ValidTo.String()},
		{"share_min", c.ShareMin.String()},
		{"share_max", c.ShareMax.String()},
		{"symmetric", symmetric},
		{"attributes", strings.Join(attributes, "\n")},
		{"sources", e.words(graph.Supports)},
		{"denials", denials},
	}
}

// escapeXML writes text for an element or an attribute in quotes. A character
// that XML cannot hold becomes a replacement character.
func escapeXML(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.String()
}

// GraphML writes what a store holds for Gephi, yEd, Cytoscape, igraph and
// networkx: a node an entity, an edge a claim.
func GraphML(ctx context.Context, s graph.Store, w io.Writer, opts Options) error {
	return draw(ctx, s, w, opts, func(out *bufio.Writer) drawing { return &graphML{out} })
}

type graphML struct{ out *bufio.Writer }

// printf writes; what goes wrong stays with the writer and comes back at its end.
func printf(out *bufio.Writer, format string, args ...any) { _, _ = fmt.Fprintf(out, format, args...) }

func (g *graphML) begin(b Basis) error {
	printf(g.out, "%s<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n  <desc>%s</desc>\n", xml.Header, escapeXML(b.Words()))
	for _, f := range nodeFields(&graph.Entity{}) {
		printf(g.out, "  <key id=\"n_%[1]s\" for=\"node\" attr.name=\"%[1]s\" attr.type=\"string\"/>\n", f.name)
	}
	for _, f := range edgeFields(&graph.Claim{}, nil) {
		kind := "string"
		if f.name == "confidence" {
			kind = "double"
		}
		printf(g.out, "  <key id=\"e_%[1]s\" for=\"edge\" attr.name=\"%[1]s\" attr.type=\"%[2]s\"/>\n", f.name, kind)
	}
	printf(g.out, "  <graph id=\"debadge\" edgedefault=\"directed\">\n")
	return nil
}

func (g *graphML) data(prefix string, fields []field) {
	for _, f := range fields {
		if f.value != "" {
			printf(g.out, "<data key=\"%s_%s\">%s</data>", prefix, f.name, escapeXML(f.value))
		}
	}
}

func (g *graphML) node(e *graph.Entity) error {
	printf(g.out, "    <node id=\"%s\">", e.ID)
	g.data("n", nodeFields(e))
	printf(g.out, "</node>\n")
	return nil
}

func (g *graphML) edge(c *graph.Claim, e evidence) error {
	printf(g.out, "    <edge id=\"%s\" source=\"%s\" target=\"%s\">", c.ID, c.From, c.To)
	g.data("e", edgeFields(c, e))
	printf(g.out, "</edge>\n")
	return nil
}

func (g *graphML) end() error {
	printf(g.out, "  </graph>\n</graphml>\n")
	return nil
}

// GEXF writes what a store holds for Gephi: a node an entity, an edge a claim.
// The line of an edge is solid where it is confirmed or reported, dashed where
// it is alleged, and dotted where it is disputed.
func GEXF(ctx context.Context, s graph.Store, w io.Writer, opts Options) error {
	return draw(ctx, s, w, opts, func(out *bufio.Writer) drawing { return &gexf{out: out} })
}

type gexf struct {
	out   *bufio.Writer
	edges bool // the nodes are all written
}

func (g *gexf) begin(b Basis) error {
	printf(g.out, "%s<gexf xmlns=\"http://gexf.net/1.3\" xmlns:viz=\"http://gexf.net/1.3/viz\" version=\"1.3\">\n"+
		"  <meta>\n    <creator>debadge</creator>\n    <description>%s</description>\n  </meta>\n"+
		"  <graph defaultedgetype=\"directed\" mode=\"static\">\n", xml.Header, escapeXML(b.Words()))
	g.attributes("node", nodeFields(&graph.Entity{}))
	g.attributes("edge", edgeFields(&graph.Claim{}, nil))
	printf(g.out, "    <nodes>\n")
	return nil
}

func (g *gexf) attributes(of string, fields []field) {
	printf(g.out, "    <attributes class=\"%s\" mode=\"static\">\n", of)
	for _, f := range fields[1:] { // the label has a place of its own
		kind := "string"
		if f.name == "confidence" {
			kind = "double"
		}
		printf(g.out, "      <attribute id=\"%[1]s\" title=\"%[1]s\" type=\"%[2]s\"/>\n", f.name, kind)
	}
	printf(g.out, "    </attributes>\n")
}

func (g *gexf) values(fields []field) {
	printf(g.out, "<attvalues>")
	for _, f := range fields[1:] {
		if f.value != "" {
			printf(g.out, "<attvalue for=\"%s\" value=\"%s\"/>", f.name, escapeXML(f.value))
		}
	}
	printf(g.out, "</attvalues>")
}

func (g *gexf) node(e *graph.Entity) error {
	fields := nodeFields(e)
	printf(g.out, "      <node id=\"%s\" label=\"%s\">", e.ID, escapeXML(fields[0].value))
	g.values(fields)
	printf(g.out, "</node>\n")
	return nil
}

func (g *gexf) beginEdges() {
	if !g.edges {
		printf(g.out, "    </nodes>\n    <edges>\n")
		g.edges = true
	}
}

// lines are the shapes of edges by status; none is solid.
var lines = map[graph.Status]string{graph.Alleged: "dashed", graph.Disputed: "dotted"}

func (g *gexf) edge(c *graph.Claim, e evidence) error {
	g.beginEdges()
	fields := edgeFields(c, e)
	printf(g.out, "      <edge id=\"%s\" source=\"%s\" target=\"%s\" kind=\"%s\" label=\"%s\">", c.ID, c.From, c.To, c.Relation, escapeXML(fields[0].value))
	g.values(fields)
	if shape := lines[c.Status]; shape != "" {
		printf(g.out, "<viz:shape value=\"%s\"/>", shape)
	}
	printf(g.out, "</edge>\n")
	return nil
}

func (g *gexf) end() error {
	g.beginEdges()
	printf(g.out, "    </edges>\n  </graph>\n</gexf>\n")
	return nil
}
