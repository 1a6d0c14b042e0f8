package picture

import (
	"math"
	"slices"
)

// settlings is how often the heights are made better: a chain of boxes comes to
// lie on one level only slowly.
const settlings = 200

// place gives the slots of each column their heights: near their neighbors,
// and apart from each other. Lines that pass several columns are kept straight.
func place(columns [][]*slot) {
	for _, column := range columns {
		y := 0.0
		for i, s := range column {
			if i > 0 {
				y += apart(column[i-1], s)
			}
			s.y = y
		}
	}
	for i := range settlings {
		if i%2 == 0 {
			for _, column := range slices.Backward(columns) {
				settle(column)
			}
		} else {
			for _, column := range columns {
				settle(column)
			}
		}
	}
	for _, column := range columns {
		for i, s := range column {
			s.y = math.Round(s.y)
			if i > 0 {
				s.y = max(s.y, math.Ceil(column[i-1].y+apart(column[i-1], s)))
			}
		}
	}
}

// apart is the least distance between the middles of two slots of a column.
func apart(above, below *slot) float64 {
	gap := laneGap
	if above.box >= 0 && below.box >= 0 {
		gap = rowGap
	}
	return above.down + below.up + gap
}

// settle moves the slots of a column to where their neighbors pull them, as
// far as their order and distances allow: least squares under an order, solved
// by pooling neighbors that would come too close.
func settle(column []*slot) {
	type pool struct {
		weight, sum float64 // of what its members want, less their offsets
		first       int
	}
	offsets := make([]float64, len(column))
	var pools []pool
	for i, s := range column {
		if i > 0 {
			offsets[i] = offsets[i-1] + apart(column[i-1], s)
		}
		wanted, weight := pull(s)
		p := pool{weight, weight * (wanted - offsets[i]), i}
		for len(pools) > 0 {
			above := pools[len(pools)-1]
			if above.sum*p.weight <= p.sum*above.weight {
				break
			}
			p = pool{above.weight + p.weight, above.sum + p.sum, above.first}
			pools = pools[:len(pools)-1]
		}
		pools = append(pools, p)
	}
	for k, p := range pools {
		end := len(column)
		if k+1 < len(pools) {
			end = pools[k+1].first
		}
		for i := p.first; i < end; i++ {
			column[i].y = p.sum/p.weight + offsets[i]
		}
	}
}

// pull is where the neighbors of a slot want it, and how strongly.
func pull(s *slot) (y, weight float64) {
	for _, n := range s.left {
		w := strength(s, n, len(s.left), len(n.right))
		y += w * n.y
		weight += w
	}
	for _, n := range s.right {
		w := strength(s, n, len(s.right), len(n.left))
		y += w * n.y
		weight += w
	}
	if weight == 0 {
		return s.y, 1
	}
	return y / weight, weight
}

// strength is how strongly a neighbor pulls: most of all where both belong to
// one line, or where a line is the only one on a side of a box.
func strength(s, n *slot, own, others int) float64 {
	switch {
	case s.box < 0 && n.box < 0, n.box >= 0 && others == 1, s.box >= 0 && own == 1:
		return 8
	}
	return 1
}
