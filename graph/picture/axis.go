package picture

import (
	"slices"
	"strings"

	"debadge/graph"
)

// The sizes of a timeline.
const (
	laneLabel  = 250.0
	chartWidth = 640.0
	barHeight  = 16.0
	axisHeight = 22.0
)

// chart turns days into places.
type chart struct {
	c           *canvas
	first, last graph.Day
	left        float64
	late        []func() // what stands above the mark of the day asked about
}

func (h *chart) x(d graph.Day) float64 {
	d = min(max(d, h.first), h.last)
	return h.left + float64(d-h.first)/float64(h.last-h.first)*chartWidth
}

// laneRows is the label of a lane, and its height.
func laneRows(l lane) ([]row, float64) {
	rows := rowsOf(l.label, letters{size: labelSize}, laneLabel, 3, plain)
	_, h := sizeOf(rows)
	return rows, max(h, barHeight*2) + 6
}

func drawTimeline(d *diagram, groups []group, asked graph.Date, bare bool) []byte {
	var head []row
	if !bare {
		head = append(rowsOf(d.title+" over time", letters{size: 18, bold: true}, 860, 2, plain),
			rowsOf(d.headline, letters{size: 13}, 860, 2, plain)...)
	}
	_, headHeight := sizeOf(head)
	if len(head) > 0 {
		headHeight += 14
	}
	body := 0.0
	for _, g := range groups {
		body += groupHeight
		for _, l := range g.lanes {
			_, h := laneRows(l)
			body += h
		}
	}
	signs := timelineLegend(groups)
	if !bare {
		signs = append(signs, d.basisSign())
	}
	width := laneLabel + 16 + chartWidth
	foot := flow(signs, width)
	var c canvas
	c.open(width+2*margin, 2*margin+headHeight+axisHeight+body+14+float64(len(foot))*legendHeight+axisHeight,
		d.title+" over time", timelineWords(groups))
	top := margin
	for _, r := range head {
		c.text(margin, top+r.height/2, r.text, r.look)
		top += r.height
	}
	top = margin + headHeight
	first, last := span(groups, asked)
	h := chart{c: &c, first: first, last: last, left: margin + laneLabel + 16}
	h.grid(top, axisHeight+body)
	y := top + axisHeight
	for _, g := range groups {
		c.line(margin, y, margin+width, y, look{stroke: soft, width: 0.6})
		c.text(margin, y+groupHeight/2, g.title, letters{size: kindSize, bold: true, fill: soft})
		y += groupHeight
		for _, l := range g.lanes {
			y += h.lane(l, y)
		}
	}
	c.line(margin, y, margin+width, y, look{stroke: soft, width: 0.6})
	h.asked(top, axisHeight+body, asked)
	for _, write := range h.late {
		write()
	}
	drawLegend(&c, foot, margin, y+axisHeight)
	return c.close()
}

const groupHeight = 20.0

// write writes a text beside a bar or a mark, where the line of the day asked
// about does not cross it.
func (h *chart) write(x, middle float64, text string, l letters) {
	w := textWidth(text, l.size, l.bold)
	left := x
	if l.anchor == "end" {
		left = x - w
	}
	h.late = append(h.late, func() {
		h.c.rect(left-2, middle-l.size*0.6, w+2, l.size*1.2, look{fill: paper})
		h.c.text(x, middle, text, l)
	})
}

// grid draws the axis.
func (h *chart) grid(top, height float64) {
	for _, t := range ticks(h.first, h.last) {
		x := h.x(t.day)
		h.c.line(x, top+14, x, top+height, look{stroke: "#c9ced4", width: 0.6})
		h.c.text(x, top+6, t.text, letters{size: 10, fill: soft, anchor: "middle"})
	}
}

// asked marks the day asked about, on light and dark bars alike.
func (h *chart) asked(top, height float64, asOf graph.Date) {
	if asOf.IsZero() {
		return
	}
	x := h.x(asOf.Earliest())
	h.c.line(x, top+14, x, top+height+6, look{stroke: paper, width: 3})
	h.c.line(x, top+14, x, top+height+6, look{stroke: ink, width: 1.4, dash: "5 3"})
	anchor := "middle"
	if x > h.left+chartWidth-60 {
		anchor = "end"
	}
	h.c.text(x, top+height+13, "as of "+asOf.String(), letters{size: 10, bold: true, anchor: anchor})
}

// lane draws a lane and returns its height.
func (h *chart) lane(l lane, top float64) float64 {
	rows, height := laneRows(l)
	y := top + 2 + barHeight/2 - labelSize*0.65 // the first line stands beside the bars
	for _, r := range rows {
		h.c.text(margin, y+r.height/2, r.text, r.look)
		y += r.height
	}
	bars := slices.Clone(l.bars)
	slices.SortStableFunc(bars, byStart)
	free := h.left // from where on there is room for text
	for _, b := range bars {
		if b.kind == eventMark {
			free = h.event(b, top+2+barHeight/2, free)
		} else {
			free = h.bar(b, top+2, free)
		}
	}
	return height
}

// bar draws a stretch, and its dates below it. What a date leaves open, a month
// or a year, is drawn in outline alone.
func (h *chart) bar(b bar, top, free float64) float64 {
	from, to, end := h.x(b.from.Earliest()), h.x(graph.MaxDay), h.x(b.to.Latest())
	sure := from
	if !b.from.IsZero() {
		sure = h.x(b.from.Latest())
	}
	if !b.to.IsZero() {
		to = h.x(b.to.Earliest())
	}
	to = max(to, sure, from+2)
	style := b.style()
	for _, part := range [][2]float64{{from, sure}, {to, end}} {
		if part[1] > part[0]+1 {
			h.c.rect(part[0], top, part[1]-part[0], barHeight, look{fill: paper, stroke: style.stroke, width: 0.8, dash: "2 2"})
		}
	}
	h.c.rect(sure-2, top, 2, barHeight, look{fill: paper}) // the start shows upon a bar that lies below
	h.c.rect(sure, top, max(to-sure, 1.5), barHeight, style)
	text := letters{size: 10, fill: ink}
	if style.fill == ink {
		text.fill = paper
	}
	said := b.text
	for short := range strings.SplitSeq(" → |, ", "|") { // leave out the action, then the strength
		if textWidth(said, text.size, false)+8 < to-sure {
			break
		}
		if i := strings.Index(said, short); i >= 0 {
			said = said[:i]
		}
	}
	if textWidth(said, text.size, false)+8 < to-sure {
		h.late = append(h.late, func() { h.c.text(sure+5, top+barHeight/2, said, text) })
	}
	return h.below(period(b.from, b.to), from, top+barHeight+7, free)
}

// below writes dates below a bar, where they hide no others.
func (h *chart) below(text string, x, y, free float64) float64 {
	w := textWidth(text, 9.5, false)
	x = max(min(x, h.left+chartWidth-w), free)
	if text == "" || x+w > h.left+chartWidth+margin {
		return free
	}
	h.write(x, y, text, letters{size: 9.5, fill: soft})
	return x + w + 8
}

// style is how far a stretch is established, told by its fill and its frame.
func (b bar) style() look {
	if b.kind == findingBar && b.finding == graph.Unknown {
		return look{fill: paper, stroke: ink, width: 1, dash: "2 2"}
	}
	if b.kind == findingBar && b.finding == graph.Clear {
		return look{fill: paper, stroke: soft, width: 1}
	}
	switch b.strength {
	case graph.Confirmed:
		return look{fill: ink, stroke: ink, width: 1}
	case graph.Reported:
		return look{fill: "#c3c9d0", stroke: ink, width: 1.2, dash: "10 4"}
	case graph.Alleged:
		return look{fill: "#e9ecef", stroke: ink, width: 1.2, dash: "2.5 2.5"}
	case graph.Disputed:
	}
	return look{fill: paper, stroke: soft, width: 1, dash: "10 3 2 3"}
}

// event draws a diamond on the first day that its date can mean, a line to the
// last one, and what it is beside it.
func (h *chart) event(b bar, middle, free float64) float64 {
	x, last := h.x(b.from.Earliest()), h.x(b.from.Latest())
	if last > x+1 {
		h.c.line(x, middle, last, middle, look{stroke: ink, width: 1, dash: "2 2"})
	}
	const r = 6.0
	l := look{fill: paper, stroke: ink, width: 1.4}
	switch b.strength {
	case graph.Confirmed:
		l.fill = ink
	case graph.Reported:
		l.fill = "#c3c9d0"
	case graph.Alleged, graph.Disputed:
	}
	h.c.path("M"+xy(x, middle-r)+"L"+xy(x+r, middle)+"L"+xy(x, middle+r)+"L"+xy(x-r, middle)+"Z", l)
	text := b.from.String() + ", " + b.text
	if b.after != "" {
		text += ", " + b.after
	}
	at := letters{size: 10, bold: b.after != ""}
	w := textWidth(text, at.size, at.bold)
	start := max(x+r, last) + 5
	if start+w > h.left+chartWidth+margin {
		at.anchor = "end"
		h.write(x-r-5, middle, text, at)
		return free
	}
	h.write(start, middle, text, at)
	return start + w
}

func timelineLegend(groups []group) []sign {
	var signs []sign
	seen := map[string]bool{}
	for _, g := range groups {
		for _, l := range g.lanes {
			for _, b := range l.bars {
				text := b.strength.String()
				if b.kind == findingBar && b.finding != graph.Listed {
					text = string(b.finding)
				}
				if seen[text] || b.kind == eventMark {
					continue
				}
				seen[text] = true
				signs = append(signs, sign{text: text, sample: func(c *canvas, x, y float64) { c.rect(x+2, y-5, sampleWidth-4, 10, b.style()) }})
			}
		}
	}
	return append(signs, sign{text: "in outline: within the month or year that is known", sample: func(c *canvas, x, y float64) {
		c.rect(x+8, y-5, sampleWidth-12, 10, look{fill: paper, stroke: ink, width: 0.8, dash: "2 2"})
	}})
}

// timelineWords says the timeline for people who cannot see it.
func timelineWords(groups []group) string {
	var text strings.Builder
	for _, g := range groups {
		for _, l := range g.lanes {
			for _, b := range l.bars {
				when := period(b.from, b.to)
				if when == "" {
					when = "at any time"
				}
				text.WriteString(l.label + ": " + when + ": " + b.text + ". ")
			}
		}
	}
	return text.String()
}
