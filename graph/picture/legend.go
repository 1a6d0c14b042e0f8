package picture

import "debadge/graph"

const (
	legendHeight = 18.0
	sampleWidth  = 34.0
)

// sign is an entry of a legend: a sample and what it means.
type sign struct {
	text   string
	sample func(c *canvas, x, y float64) // draws in sampleWidth, around y; nil is none
}

func (s sign) width() float64 {
	w := textWidth(s.text, labelSize, false) + 22
	if s.sample != nil {
		w += sampleWidth + 6
	}
	return w
}

// legend tells the shapes and lines of the diagram.
func (d *diagram) legend() []sign {
	var signs []sign
	kinds := map[graph.Kind]bool{}
	for _, n := range d.nodes {
		kinds[n.ref.Kind] = true
	}
	for _, k := range []graph.Kind{graph.List, graph.Company, graph.Product} {
		if kinds[k] {
			signs = append(signs, sign{text: string(k), sample: func(c *canvas, x, y float64) {
				outline(c, k, x+5, y-7, 24, 14, look{fill: paper, stroke: ink, width: 1.2})
			}})
		}
	}
	styles := map[graph.Status]bool{}
	former, after, denied := false, false, false
	for _, e := range d.edges {
		styles[e.strength] = styles[e.strength] || len(e.former) == 0
		former, after, denied = former || len(e.former) > 0, after || e.after() > 0, denied || len(e.denied) > 0
	}
	for _, s := range graph.Statuses() {
		if styles[s] {
			signs = append(signs, lineSign(statusWords(s), strengthLook(s)))
		}
	}
	if former {
		signs = append(signs, lineSign("once, no longer", (&edge{former: []graph.FormerListing{{}}}).lineLook()))
	}
	if after {
		signs = append(signs, tagSign("began on or after the listing", look{fill: ink}))
	}
	if denied {
		signs = append(signs, tagSign("denied, and in which source", look{fill: paper, stroke: ink, width: 1}))
	}
	if d.undrawn > 0 {
		signs = append(signs, sign{text: "disputed claims about others are not drawn"})
	}
	return signs
}

func (d *diagram) basisSign() sign { return sign{text: d.basis} }

func statusWords(s graph.Status) string {
	switch s {
	case graph.Confirmed:
		return "confirmed (regulator, court, maker)"
	case graph.Reported:
		return "reported (registry, press, examination)"
	case graph.Alleged:
		return "alleged (by a party)"
	case graph.Disputed:
	}
	return "disputed, not counted"
}

func lineSign(text string, l look) sign {
	return sign{text: text, sample: func(c *canvas, x, y float64) { c.line(x, y, x+sampleWidth, y, l) }}
}

func tagSign(text string, l look) sign {
	return sign{text: text, sample: func(c *canvas, x, y float64) { c.rect(x+8, y-5, sampleWidth-12, 10, l) }}
}

// flow puts signs into rows that are no wider than the drawing.
func flow(signs []sign, width float64) [][]sign {
	var rows [][]sign
	used := 0.0
	for _, s := range signs {
		if len(rows) == 0 || used+s.width() > width+22 {
			rows, used = append(rows, nil), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], s)
		used += s.width()
	}
	return rows
}

func drawLegend(c *canvas, rows [][]sign, left, top float64) {
	for i, signs := range rows {
		x, y := left, top+float64(i)*legendHeight+legendHeight/2
		for _, s := range signs {
			end := x + s.width()
			if s.sample != nil {
				s.sample(c, x, y)
				x += sampleWidth + 6
			}
			c.text(x, y, visible(s.text), letters{size: labelSize, fill: soft})
			x = end
		}
	}
}
