package picture

import "slices"

// The spaces between what is drawn.
const (
	columnGap = 26.0 // between a box and the label beside it, at least
	widestGap = 64.0 // where lines climb steeply
	rowGap    = 22.0 // between boxes above each other
	stub      = 11.0 // of a line beside a box, for the head of an arrow
	laneGap   = 14.0 // between a line that passes and what is beside it
)

// box is a node with its size; the layout gives it the place of its middle.
type box struct {
	w, h float64
	foot float64 // room for what hangs below it
	last bool    // stands in the first column on the left, where walks end
	x, y float64

	level int
	slot  *slot
}

// link is an edge from a box to one on its right, with the size of its label,
// through which its line runs. The layout gives the places that the line passes,
// and where it meets the label.
type link struct {
	left, right int // of boxes
	w, up, down float64
	route       []point // from left to right; the ends are on the borders of the boxes
	x, y        float64 // the middle of the line through the label

	turned bool // against the columns, to break a ring
	slots  []*slot
}

type point struct{ x, y float64 }

// slot is a place in a column: a box, the label of a link, or where the line of
// a link passes.
type slot struct {
	box, link   int // -1 is none
	label       bool
	column      int
	w, y        float64
	up, down    float64 // how far it reaches above and below y
	left, right []*slot
}

// layout gives every box and link its place, by the method of layers (Sugiyama,
// Tagawa and Toda 1981): the boxes in columns by the longest way to the first
// box, the order in each column by the medians of the neighbors, the heights by
// least squares. It returns the size of the drawing.
func layout(boxes []*box, links []*link) (width, height float64) {
	breakRings(boxes, links)
	setLevels(boxes, links)
	columns := makeColumns(boxes, links)
	order(columns)
	place(columns)
	return finish(boxes, links, columns)
}

// ends returns the boxes of a link as the columns see them.
func (l *link) ends() (left, right int) {
	if l.turned {
		return l.right, l.left
	}
	return l.left, l.right
}

// breakRings turns links so that following them from right to left ends.
func breakRings(boxes []*box, links []*link) {
	const (
		unseen = iota
		open
		done
	)
	state := make([]int, len(boxes))
	var visit func(b int)
	visit = func(b int) {
		state[b] = open
		for _, l := range links {
			if l.right != b || l.left == b || l.turned {
				continue
			}
			switch state[l.left] {
			case unseen:
				visit(l.left)
			case open:
				l.turned = true
			}
		}
		state[b] = done
	}
	for b := range boxes {
		if state[b] == unseen {
			visit(b)
		}
	}
}

// setLevels counts levels from the right: each box as far left as the longest
// way to it demands, and the ends of walks all in the leftmost one.
func setLevels(boxes []*box, links []*link) {
	highest := 0
	for changed := true; changed; {
		changed = false
		for _, l := range links {
			left, right := l.ends()
			if left != right && boxes[left].level <= boxes[right].level {
				boxes[left].level = boxes[right].level + 1
				highest = max(highest, boxes[left].level)
				changed = true
			}
		}
	}
	for _, b := range boxes {
		if b.last {
			b.level = highest
		}
	}
}

// makeColumns fills a column for each level and one for the labels between each
// two, from left to right.
func makeColumns(boxes []*box, links []*link) [][]*slot {
	highest := 0
	for _, b := range boxes {
		highest = max(highest, b.level)
	}
	columns := make([][]*slot, 2*highest+1)
	put := func(s *slot) *slot {
		columns[s.column] = append(columns[s.column], s)
		return s
	}
	for i, b := range boxes {
		b.slot = put(&slot{box: i, link: -1, column: 2 * (highest - b.level), w: b.w, up: b.h / 2, down: b.h/2 + b.foot})
	}
	for i, l := range links {
		left, right := l.ends()
		before, to := boxes[left].slot, boxes[right].slot
		middle := (before.column + to.column) / 2
		if middle%2 == 0 {
			middle++ // labels stand between the columns of boxes
		}
		for c := before.column + 1; c < to.column; c++ {
			s := &slot{box: -1, link: i, column: c, up: laneGap / 2, down: laneGap / 2}
			if c == middle {
				s.label, s.w, s.up, s.down = true, l.w, l.up, l.down
			}
			put(s)
			join(before, s)
			l.slots = append(l.slots, s)
			before = s
		}
		if left != right {
			join(before, to)
		}
	}
	return columns
}

func join(left, right *slot) {
	left.right = append(left.right, right)
	right.left = append(right.left, left)
}

// finish turns the heights and the widths of the columns into places.
func finish(boxes []*box, links []*link, columns [][]*slot) (width, height float64) {
	middles, widths := make([]float64, len(columns)), make([]float64, len(columns))
	for c, column := range columns {
		if c > 0 {
			width += gapBehind(columns[c-1])
		}
		for _, s := range column {
			widths[c] = max(widths[c], s.w)
		}
		middles[c] = width + widths[c]/2
		width += widths[c]
	}
	top, bottom := 0.0, 0.0
	for _, column := range columns {
		for _, s := range column {
			top, bottom = min(top, s.y-s.up), max(bottom, s.y+s.down)
		}
	}
	for _, column := range columns {
		for _, s := range column {
			s.y -= top
		}
	}
	for _, b := range boxes {
		b.x, b.y = middles[b.slot.column], b.slot.y
	}
	for _, l := range links {
		trace(l, boxes, middles, widths)
	}
	return width, bottom - top
}

// gapBehind is the space on the right of a column: the wider, the steeper the
// lines in it would be.
func gapBehind(column []*slot) float64 {
	climb := 0.0
	for _, s := range column {
		for _, n := range s.right {
			climb = max(climb, n.y-s.y, s.y-n.y)
		}
	}
	return min(max(columnGap, climb/4), widestGap)
}

// trace makes the route of a link. In a column it runs level, so that it
// crosses no box and no label.
func trace(l *link, boxes []*box, middles, widths []float64) {
	left, right := l.ends()
	from, to := boxes[left], boxes[right]
	start := point{from.x + from.w/2, port(from.slot, from.slot.right, l.slots, 0)}
	l.route = append(l.route, start, point{start.x + stub, start.y})
	for _, s := range l.slots {
		half := widths[s.column] / 2
		if s.label {
			half = s.w / 2
		}
		l.route = append(l.route, point{middles[s.column] - half, s.y}, point{middles[s.column] + half, s.y})
		if s.label {
			l.x, l.y = middles[s.column], s.y
		}
	}
	end := point{to.x - to.w/2, port(to.slot, to.slot.left, l.slots, len(l.slots)-1)}
	l.route = append(l.route, point{end.x - stub, end.y}, end)
	if l.turned {
		slices.Reverse(l.route)
	}
}

// port is the height at which a link meets a box: those of one side stand apart
// from each other, in the order of where they come from.
func port(s *slot, side, slots []*slot, at int) float64 {
	if len(slots) == 0 || len(side) < 2 {
		return s.y
	}
	sorted := slices.Clone(side)
	slices.SortStableFunc(sorted, byHeight)
	apart := min(16, (2*min(s.up, s.down)-12)/float64(len(side)))
	i := slices.Index(sorted, slots[at])
	return s.y + (float64(i)-float64(len(side)-1)/2)*apart
}

func byHeight(a, b *slot) int {
	switch {
	case a.y < b.y:
		return -1
	case a.y > b.y:
		return 1
	}
	return 0
}
