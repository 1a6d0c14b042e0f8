package picture

import (
	"io"
	"strings"

	"debadge/graph"
)

// The sizes of letters and the room for lines of them.
const (
	nameSize  = 13.0
	kindSize  = 8.5
	labelSize = 11.0
	tagSize   = 9.0
	nameRoom  = 148.0
	labelRoom = 128.0
	margin    = 20.0
)

// SVG draws the lineage of an answer.
func SVG(w io.Writer, a graph.Answer, o Options) error {
	d := newDiagram(a, o)
	_, err := w.Write(d.draw(o.Bare))
	return err
}

// row is a line of text in a box or a label.
type row struct {
	text   string
	look   letters
	height float64
	tag    tagKind
}

type tagKind uint8

const (
	plain  tagKind = iota
	filled         // white on ink
	framed         // in a frame
)

// rowsOf breaks a text into rows.
func rowsOf(text string, l letters, room float64, most int, tag tagKind) []row {
	if text == "" {
		return nil
	}
	height := l.size * 1.3
	if tag != plain {
		height = l.size * 1.5
	}
	var rows []row
	for _, line := range balanced(visible(text), l.size, l.bold, room, most) {
		rows = append(rows, row{line, l, height, tag})
	}
	return rows
}

func sizeOf(rows []row) (w, h float64) {
	for _, r := range rows {
		wide := textWidth(r.text, r.look.size, r.look.bold)
		if r.tag != plain {
			wide += 8
		}
		w, h = max(w, wide), h+r.height
	}
	return w, h
}

func (n *node) rows() []row {
	rows := rowsOf(n.kindWords(), letters{size: kindSize, fill: soft}, nameRoom, 2, plain)
	rows = append(rows, rowsOf(n.name.Full, letters{size: nameSize, bold: true}, nameRoom, 4, plain)...)
	return append(rows, rowsOf(n.name.Other, letters{size: nameSize}, nameRoom, 2, plain)...)
}

// above is what stands above the line of an edge, below what stands below it.
func (e *edge) above() []row {
	rows := rowsOf(e.afterWords(), letters{size: tagSize, bold: true, fill: paper}, labelRoom, 1, filled)
	return append(rows, rowsOf(e.verb(), letters{size: labelSize, bold: true}, labelRoom, 3, plain)...)
}

func (e *edge) below() []row {
	rows := rowsOf(e.grade(), letters{size: labelSize}, labelRoom, 2, plain)
	for _, text := range e.dates() {
		rows = append(rows, rowsOf(text, letters{size: labelSize}, labelRoom, 2, plain)...)
	}
	if len(e.denied) > 0 {
		rows = append(rows, row{height: lineRoom})
	}
	return append(rows, rowsOf(e.deniedWords(), letters{size: tagSize, bold: true}, labelRoom, 3, framed)...)
}

// lineRoom is the space between a line and the text on each side of it.
const lineRoom = 3.0

// draw lays the diagram out and draws it.
func (d *diagram) draw(bare bool) []byte {
	boxes, links := make([]*box, len(d.nodes)), make([]*link, len(d.edges))
	for i := range d.nodes {
		w, h := sizeOf(d.nodes[i].rows())
		wide, foot := d.nodes[i].turns.size()
		boxes[i] = &box{w: max(w+24, 94, wide), h: h + 16, foot: foot, last: d.nodes[i].ref.Kind == graph.List}
	}
	for i, e := range d.edges {
		w, up := sizeOf(e.above())
		wide, down := sizeOf(e.below())
		links[i] = &link{left: e.far, right: e.near, w: max(w, wide), up: up + lineRoom, down: down + lineRoom}
	}
	width, height := 0.0, 0.0
	if len(boxes) > 0 {
		width, height = layout(boxes, links)
	}
	head, foot := d.heading(), d.legend()
	if bare {
		head = nil
	} else {
		foot = append(foot, d.basisSign())
	}
	width = max(width, widest(head))
	var c canvas
	top := margin
	footRows := flow(foot, width)
	total := margin + height + margin
	for _, r := range head {
		total += r.height
	}
	if len(head) > 0 {
		total += 16
	}
	if len(footRows) > 0 {
		total += 22 + float64(len(footRows))*legendHeight
	}
	role := "img"
	if d.links != nil {
		role = "group"
	}
	c.openAs(role, width+2*margin, total, d.title, d.description())
	for _, r := range head {
		c.text(margin, top+r.height/2, r.text, r.look)
		top += r.height
	}
	if len(head) > 0 {
		top += 16
	}
	d.drawLinks(&c, links, margin, top)
	for i, b := range boxes {
		d.drawNode(&c, &d.nodes[i], b, margin, top)
	}
	if len(footRows) > 0 {
		top += height + 22
		c.line(margin, top-8, margin+width, top-8, look{stroke: soft, width: 0.6})
		drawLegend(&c, footRows, margin, top)
	}
	return c.close()
}

// description says the picture in words, hop by hop.
func (d *diagram) description() string {
	parts := []string{d.headline}
	for _, e := range d.edges {
		said := []string{d.nodes[e.from].name.Full + ": " + e.verb() + ": " + d.nodes[e.to].name.Full}
		for _, more := range append([]string{e.grade()}, append(e.dates(), strings.ToLower(e.afterWords()), e.deniedWords())...) {
			if more != "" {
				said = append(said, more)
			}
		}
		parts = append(parts, strings.Join(said, "; "))
	}
	return strings.Join(parts, ". ") + "."
}

func (d *diagram) heading() []row {
	name := d.title
	if d.other != "" {
		name += "  " + d.other
	}
	rows := rowsOf(name, letters{size: 18, bold: true}, 640, 2, plain)
	return append(rows, rowsOf(d.headline, letters{size: 13}, 640, 3, plain)...)
}

func widest(rows []row) float64 {
	w, _ := sizeOf(rows)
	return max(w, 560)
}

// drawNode draws a node: a company as a box, a product with round ends, a list
// as a sheet with a folded corner. The subject has a double frame.
func (d *diagram) drawNode(c *canvas, n *node, b *box, dx, dy float64) {
	x, y := dx+b.x-b.w/2, dy+b.y-b.h/2
	frame := look{fill: paper, stroke: ink, width: 1.2}
	if n.listed {
		frame.width = 2.6
	}
	href, title := "", n.name.Full+" ("+string(n.ref.ID)+")"
	if d.links != nil {
		if href = d.links.Entity(n.ref); href != "" {
			title = textOf(n.rows()) + " (" + string(n.ref.ID) + ")"
		}
	}
	end := c.part(href, "data-entity", string(n.ref.ID), title)
	outline(c, n.ref.Kind, x, y, b.w, b.h, frame)
	if n.subject {
		outline(c, n.ref.Kind, x+3, y+3, b.w-6, b.h-6, look{stroke: ink, width: 1})
	}
	_, h := sizeOf(n.rows())
	writeRows(c, n.rows(), dx+b.x, dy+b.y-h/2)
	c.raw(end)
	n.drawTurns(c, x, y+b.h, b.w)
}

// textOf is what rows say. The name of a link has to begin with what it shows.
func textOf(rows []row) string {
	var texts []string
	for _, r := range rows {
		if r.text != "" {
			texts = append(texts, r.text)
		}
	}
	return strings.Join(texts, " ")
}

func outline(c *canvas, kind graph.Kind, x, y, w, h float64, l look) {
	switch kind {
	case graph.Product:
		l.round = min(h/2, 20)
		c.rect(x, y, w, h, l)
	case graph.List:
		const fold = 12
		l.fill = shade
		c.path("M"+xy(x, y)+"L"+xy(x+w-fold, y)+"L"+xy(x+w, y+fold)+"L"+xy(x+w, y+h)+"L"+xy(x, y+h)+"Z", l)
		c.path("M"+xy(x+w-fold, y)+"L"+xy(x+w-fold, y+fold)+"L"+xy(x+w, y+fold), look{stroke: l.stroke, width: 1})
	case graph.Company, graph.Proceeding:
		c.rect(x, y, w, h, l)
	}
}

// writeRows writes rows below each other around a vertical line. Rows of one
// tag share its frame.
func writeRows(c *canvas, rows []row, x, top float64) {
	for i := 0; i < len(rows); {
		end := i + 1
		for end < len(rows) && rows[i].tag != plain && rows[end].tag == rows[i].tag {
			end++
		}
		w, h := sizeOf(rows[i:end])
		switch rows[i].tag {
		case filled:
			c.rect(x-w/2, top+1, w, h-2, look{fill: ink})
		case framed:
			c.rect(x-w/2, top+1, w, h-2, look{fill: paper, stroke: ink, width: 1})
		case plain:
		}
		for ; i < end; i++ {
			l := rows[i].look
			l.anchor = "middle"
			if rows[i].text != "" {
				c.text(x, top+rows[i].height/2, rows[i].text, l)
			}
			top += rows[i].height
		}
	}
}

// lineLook is how far an edge is established, as the style of a line.
func (e *edge) lineLook() look {
	if len(e.former) > 0 {
		return look{stroke: soft, width: 1, dash: "1 5"}
	}
	return strengthLook(e.strength)
}

func strengthLook(s graph.Status) look {
	switch s {
	case graph.Confirmed:
		return look{stroke: ink, width: 2.6}
	case graph.Reported:
		return look{stroke: ink, width: 1.7, dash: "10 4"}
	case graph.Alleged:
		return look{stroke: ink, width: 1.7, dash: "2.5 3.5"}
	case graph.Disputed:
	}
	return look{stroke: soft, width: 1.2, dash: "10 3 2 3"}
}

// drawLinks draws all lines, and then all labels along them.
func (d *diagram) drawLinks(c *canvas, links []*link, dx, dy float64) {
	for i, l := range links {
		e := d.edges[i]
		for k := range l.route {
			l.route[k].x += dx
			l.route[k].y += dy
		}
		style := e.lineLook()
		if e.relation.Rule().Symmetric {
			c.path(curve(l.route), style)
			continue
		}
		end, right := len(l.route)-1, !l.turned
		if e.to == e.far {
			end, right = 0, l.turned
		}
		tip := l.route[end]
		if right {
			l.route[end].x -= arrowLength / 2 // so that the line does not blunt the tip
		} else {
			l.route[end].x += arrowLength / 2
		}
		c.path(curve(l.route), style)
		c.arrow(tip, right, style.stroke)
	}
	for i, l := range links {
		e := d.edges[i]
		href, title := "", claimIDs(e)
		if d.links != nil {
			href = d.links.Hop(e.claims)
		}
		if href != "" {
			title = textOf(append(e.above(), e.below()...)) + ": " + d.nodes[e.from].name.Full + ", " + d.nodes[e.to].name.Full
		}
		end := c.part(href, "data-claims", claimIDs(e), title)
		if href != "" { // so that the whole label can be pressed
			c.rect(dx+l.x-l.w/2-4, dy+l.y-l.up-2, l.w+8, l.up+l.down+4, look{fill: "transparent"})
		}
		writeRows(c, e.above(), dx+l.x, dy+l.y-l.up)
		writeRows(c, e.below(), dx+l.x, dy+l.y+lineRoom)
		c.raw(end)
	}
}

func claimIDs(e *edge) string {
	ids := make([]string, len(e.claims))
	for i, c := range e.claims {
		ids[i] = string(c.ID)
	}
	if len(ids) == 0 {
		return e.verb()
	}
	return strings.Join(ids, ", ")
}
