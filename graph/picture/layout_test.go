package picture

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// someGraph draws boxes and links at random, rings and parallel links among them.
func someGraph(t *rapid.T) ([]*box, []*link) {
	n := rapid.IntRange(1, 14).Draw(t, "boxes")
	boxes := make([]*box, n)
	for i := range boxes {
		boxes[i] = &box{w: rapid.Float64Range(40, 200).Draw(t, "w"), h: rapid.Float64Range(20, 120).Draw(t, "h")}
	}
	var links []*link
	for range rapid.IntRange(0, 24).Draw(t, "links") {
		links = append(links, &link{
			left: rapid.IntRange(0, n-1).Draw(t, "left"), right: rapid.IntRange(0, n-1).Draw(t, "right"),
			w: rapid.Float64Range(20, 140).Draw(t, "lw"), up: rapid.Float64Range(8, 30).Draw(t, "up"), down: rapid.Float64Range(8, 60).Draw(t, "down"),
		})
	}
	return boxes, links
}

type area struct{ left, top, right, bottom float64 }

func (a area) meets(b area) bool {
	const slack = 0.01
	return a.left < b.right-slack && b.left < a.right-slack && a.top < b.bottom-slack && b.top < a.bottom-slack
}

func areas(boxes []*box, links []*link) []area {
	var all []area
	for _, b := range boxes {
		all = append(all, area{b.x - b.w/2, b.y - b.h/2, b.x + b.w/2, b.y + b.h/2})
	}
	for _, l := range links {
		if l.left != l.right {
			all = append(all, area{l.x - l.w/2, l.y - l.up, l.x + l.w/2, l.y + l.down})
		}
	}
	return all
}

// TestNothingOverlaps lays out random graphs: no box and no label covers
// another one, all lie within the drawing, and every line joins its boxes from
// left to right.
func TestNothingOverlaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		boxes, links := someGraph(t)
		width, height := layout(boxes, links)
		all := areas(boxes, links)
		for i, a := range all {
			if a.left < -0.01 || a.top < -0.01 || a.right > width+0.01 || a.bottom > height+0.01 {
				t.Errorf("%v is outside of %g by %g", a, width, height)
			}
			for _, b := range all[i+1:] {
				if a.meets(b) {
					t.Errorf("%v covers %v", a, b)
				}
			}
		}
		for _, l := range links {
			if l.left == l.right {
				continue
			}
			route := l.route
			left, right := l.ends()
			if l.turned {
				route = reversed(route)
			}
			from, to := boxes[left], boxes[right]
			first, last := route[0], route[len(route)-1]
			if first.x != from.x+from.w/2 || last.x != to.x-to.w/2 || first.y < from.y-from.h/2 || first.y > from.y+from.h/2 || last.y < to.y-to.h/2 || last.y > to.y+to.h/2 {
				t.Errorf("the line %v does not join its boxes", route)
			}
			for i := 1; i < len(route); i++ {
				if route[i].x < route[i-1].x-0.01 {
					t.Errorf("the line %v goes back", route)
				}
			}
		}
	})
}

func reversed(route []point) []point {
	all := make([]point, 0, len(route))
	for i := len(route) - 1; i >= 0; i-- {
		all = append(all, route[i])
	}
	return all
}

// TestEndsAreLeft looks that the ends of walks stand in the first column, and
// what came out of a box on its right.
func TestEndsAreLeft(t *testing.T) {
	boxes := []*box{{w: 50, h: 20}, {w: 50, h: 20}, {w: 50, h: 20}, {w: 50, h: 20, last: true}, {w: 50, h: 20, last: true}}
	links := []*link{{left: 1, right: 0}, {left: 2, right: 1}, {left: 3, right: 2}, {left: 4, right: 1}}
	layout(boxes, links)
	if boxes[3].x != boxes[4].x || boxes[3].x >= boxes[2].x || boxes[2].x >= boxes[1].x || boxes[1].x >= boxes[0].x {
		t.Errorf("the columns are %g %g %g %g %g", boxes[0].x, boxes[1].x, boxes[2].x, boxes[3].x, boxes[4].x)
	}
}

// TestFewCrossings has a graph that can be drawn without a crossing, given in
// an order that has many.
func TestFewCrossings(t *testing.T) {
	const n = 8
	boxes := []*box{{w: 50, h: 20}}
	var links []*link
	for range 2 * n {
		boxes = append(boxes, &box{w: 50, h: 20})
	}
	for i := range n {
		links = append(links, &link{left: 1 + i, right: 0, w: 20, up: 8, down: 8})
	}
	for i := range n {
		links = append(links, &link{left: 1 + n + i, right: 1 + (i*3)%n, w: 20, up: 8, down: 8})
	}
	breakRings(boxes, links)
	setLevels(boxes, links)
	columns := makeColumns(boxes, links)
	order(columns)
	if k := crossings(columns); k != 0 {
		t.Errorf("the lines cross %d times", k)
	}
}

// TestLargeLineage lays out more than anyone can read, in a time that a service
// can bear.
func TestLargeLineage(t *testing.T) {
	boxes := []*box{{w: 100, h: 40}}
	var links []*link
	for column := range 15 {
		for row := range 20 {
			boxes = append(boxes, &box{w: 100, h: 40})
			this, before := len(boxes)-1, 0
			if column > 0 {
				before = 1 + (column-1)*20 + (row*7+column)%20
			}
			links = append(links, &link{left: this, right: before, w: 80, up: 15, down: 30})
			if column > 1 {
				links = append(links, &link{left: this, right: 1 + (column-2)*20 + (row*3)%20, w: 80, up: 15, down: 30})
			}
		}
	}
	began := time.Now()
	layout(boxes, links)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("%d boxes and %d links took %s", len(boxes), len(links), took)
	} else {
		t.Logf("%d boxes and %d links took %s", len(boxes), len(links), took)
	}
}
