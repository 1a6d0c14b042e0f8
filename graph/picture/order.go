package picture

import (
	"cmp"
	"slices"
)

// sweeps is how often the order is made better; drawings of this kind settle
// after a few.
const sweeps = 24

// order puts the slots of each column in an order with few crossings.
func order(columns [][]*slot) {
	firstOrder(columns)
	best, fewest := snapshot(columns), crossings(columns)
	for i := 0; i < sweeps && fewest > 0; i++ {
		if i%2 == 0 {
			for c := len(columns) - 2; c >= 0; c-- {
				sortByNeighbors(columns[c], columns[c+1], func(s *slot) []*slot { return s.right })
			}
		} else {
			for c := 1; c < len(columns); c++ {
				sortByNeighbors(columns[c], columns[c-1], func(s *slot) []*slot { return s.left })
			}
		}
		swapNeighbors(columns)
		if n := crossings(columns); n < fewest {
			best, fewest = snapshot(columns), n
		}
	}
	for c := range columns {
		columns[c] = best[c]
	}
}

func snapshot(columns [][]*slot) [][]*slot {
	all := make([][]*slot, len(columns))
	for c := range columns {
		all[c] = slices.Clone(columns[c])
	}
	return all
}

// firstOrder walks from the right, depth first, and takes the slots of each
// column as they come.
func firstOrder(columns [][]*slot) {
	seen := map[*slot]bool{}
	fresh := make([][]*slot, len(columns))
	var visit func(s *slot)
	visit = func(s *slot) {
		if seen[s] {
			return
		}
		seen[s] = true
		fresh[s.column] = append(fresh[s.column], s)
		for _, n := range s.left {
			visit(n)
		}
	}
	for _, column := range slices.Backward(columns) {
		for _, s := range column {
			visit(s)
		}
	}
	copy(columns, fresh)
}

// sortByNeighbors orders a column by the medians of the places of each slot's
// neighbors in a column that stays.
func sortByNeighbors(column, fixed []*slot, neighbors func(*slot) []*slot) {
	at := places(fixed)
	key := make(map[*slot]float64, len(column))
	for i, s := range column {
		key[s] = median(neighbors(s), at, float64(i))
	}
	slices.SortStableFunc(column, func(a, b *slot) int { return cmp.Compare(key[a], key[b]) })
}

func places(column []*slot) map[*slot]int {
	at := make(map[*slot]int, len(column))
	for i, s := range column {
		at[s] = i
	}
	return at
}

func median(neighbors []*slot, at map[*slot]int, alone float64) float64 {
	if len(neighbors) == 0 {
		return alone
	}
	all := make([]int, len(neighbors))
	for i, n := range neighbors {
		all[i] = at[n]
	}
	slices.Sort(all)
	half := len(all) / 2
	if len(all)%2 == 1 {
		return float64(all[half])
	}
	return float64(all[half-1]+all[half]) / 2
}

// swapNeighbors exchanges slots beside each other as long as that takes
// crossings away.
func swapNeighbors(columns [][]*slot) {
	for better := true; better; {
		better = false
		for c, column := range columns {
			left, right := map[*slot]int{}, map[*slot]int{}
			if c > 0 {
				left = places(columns[c-1])
			}
			if c+1 < len(columns) {
				right = places(columns[c+1])
			}
			for i := 1; i < len(column); i++ {
				a, b := column[i-1], column[i]
				now := crossed(a.left, b.left, left) + crossed(a.right, b.right, right)
				then := crossed(b.left, a.left, left) + crossed(b.right, a.right, right)
				if then < now {
					column[i-1], column[i] = b, a
					better = true
				}
			}
		}
	}
}

// crossed counts the crossings between the links of two slots of which the
// first stands above.
func crossed(above, below []*slot, at map[*slot]int) int {
	n := 0
	for _, a := range above {
		for _, b := range below {
			if at[a] > at[b] {
				n++
			}
		}
	}
	return n
}

// crossings counts how often links cross.
func crossings(columns [][]*slot) int {
	n := 0
	for c := 1; c < len(columns); c++ {
		at := places(columns[c])
		column := columns[c-1]
		for i := range column {
			for _, below := range column[i+1:] {
				n += crossed(column[i].right, below.right, at)
			}
		}
	}
	return n
}
