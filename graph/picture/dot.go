package picture

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"debadge/graph"
)

// DOT writes the lineage of an answer for Graphviz, with the shapes, line
// styles and labels of the SVG. Claims, dates and statuses stand beside them as
// attributes of their own, for programs.
func DOT(w io.Writer, a graph.Answer, o Options) error {
	_, err := w.Write(newDiagram(a, o).dot(o.Bare))
	return err
}

func (d *diagram) dot(bare bool) []byte {
	var b bytes.Buffer
	b.WriteString("digraph lineage {\n")
	b.WriteString("  graph [rankdir=LR, nodesep=0.3, ranksep=0.5, fontname=\"Helvetica,Arial,sans-serif\"")
	if !bare {
		rows := []string{d.title, d.headline, d.basis}
		b.WriteString(", labelloc=t, labeljust=l, label=" + dotLines(rows, `\l`))
	}
	b.WriteString("];\n  node [fontname=\"Helvetica,Arial,sans-serif\", fontsize=11, margin=\"0.15,0.08\"];\n")
	b.WriteString("  edge [fontname=\"Helvetica,Arial,sans-serif\", fontsize=9];\n")
	for i := range d.nodes {
		b.WriteString("  n" + strconv.Itoa(i) + d.nodes[i].dot() + ";\n")
	}
	if len(d.nodes) == 0 {
		b.WriteString("  n0 [shape=plaintext, label=" + quoted(visible(d.title)) + "];\n")
	}
	for _, e := range d.edges {
		b.WriteString("  n" + strconv.Itoa(e.far) + " -> n" + strconv.Itoa(e.near) + e.dot() + ";\n")
	}
	d.sameRank(&b)
	b.WriteString("}\n")
	return b.Bytes()
}

// sameRank puts the lists into one column.
func (d *diagram) sameRank(b *bytes.Buffer) {
	var lists []string
	for i, n := range d.nodes {
		if n.ref.Kind == graph.List {
			lists = append(lists, "n"+strconv.Itoa(i))
		}
	}
	if len(lists) > 1 {
		b.WriteString("  { rank=same; " + strings.Join(lists, "; ") + " }\n")
	}
}

// pair is the name of an attribute and its value as it is written.
type pair [2]string

// attributes writes a list of attributes, but for those without a value.
func attributes(pairs ...pair) string {
	var parts []string
	for _, p := range pairs {
		if p[1] != "" {
			parts = append(parts, p[0]+"="+p[1])
		}
	}
	return " [" + strings.Join(parts, ", ") + "]"
}

func (n *node) dot() string {
	shape, style, width, outlines := "box", "", "", ""
	switch n.ref.Kind {
	case graph.Product:
		style = "rounded"
	case graph.List:
		shape = "note"
	case graph.Company, graph.Proceeding:
	}
	if n.listed {
		width = "2.4"
	}
	if n.subject {
		outlines = "2"
	}
	return attributes(
		pair{"shape", shape}, pair{"style", style}, pair{"penwidth", width}, pair{"peripheries", outlines},
		pair{"label", dotLines(texts(n.rows()), `\n`)}, pair{"id", quoted(string(n.ref.ID))}, pair{"tooltip", quoted(string(n.ref.ID))},
	)
}

func (e *edge) dot() string {
	style, width, color := "dotted", "1.7", ""
	switch {
	case len(e.former) > 0:
		width, color = "0.8", quoted(soft)
	case e.strength == graph.Confirmed:
		style, width = "solid", "2.4"
	case e.strength == graph.Reported:
		style = "dashed"
	case e.strength == graph.Disputed:
		style, width, color = "dashed", "0.8", quoted(soft)
	}
	direction := "forward"
	switch {
	case e.relation.Rule().Symmetric:
		direction = "none"
	case e.to == e.far:
		direction = "back" // the layout goes from the list to the subject
	}
	strength := ""
	if e.strength != 0 {
		strength = quoted(e.strength.String())
	}
	return attributes(
		pair{"label", dotLines(texts(append(e.above(), e.below()...)), `\n`)}, pair{"style", style}, pair{"penwidth", width},
		pair{"color", color}, pair{"dir", direction}, pair{"tooltip", quoted(claimIDs(e))},
		pair{"relation", quoted(e.relation.String())}, pair{"strength", strength}, pair{"claims", quoted(claimIDs(e))},
	)
}

func texts(rows []row) []string {
	var all []string
	for _, r := range rows {
		if r.text != "" {
			all = append(all, r.text)
		}
	}
	return all
}

// dotLines writes lines as one label, each ended as the label is aligned.
func dotLines(lines []string, end string) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 && end == `\n` {
			b.WriteString(end)
		}
		b.WriteString(dotEscaped(line))
		if end != `\n` {
			b.WriteString(end)
		}
	}
	return `"` + b.String() + `"`
}

// quoted writes a text as a string of DOT. Graphviz replaces \N, \G and the
// like in labels, so that a backslash is doubled.
func quoted(text string) string { return `"` + dotEscaped(text) + `"` }

// dotEscaped also ends every entity that the text seems to have: Graphviz reads
// &lt; in a label as <.
func dotEscaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;").Replace(visible(text))
}
