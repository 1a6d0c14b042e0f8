package bench_test

import "slices"

// floor is a graph as plain integer arrays, without time, evidence or strength:
// nothing that walks can be faster.
type floor struct {
	start, far []int32
	counted    []bool // what a walk looks for
	mark       []int32
	queue      []int32
	epoch      int32
}

func newFloor(nodes int, edges [][2]int32, near, far int) *floor {
	f := &floor{
		start: make([]int32, nodes+1), far: make([]int32, len(edges)),
		counted: make([]bool, nodes), mark: make([]int32, nodes),
	}
	for _, e := range edges {
		f.start[e[near]+1]++
	}
	for i := range nodes {
		f.start[i+1] += f.start[i]
	}
	at := slices.Clone(f.start)
	for _, e := range edges {
		f.far[at[e[near]]] = e[far]
		at[e[near]]++
	}
	return f
}

// walk visits everything on one side of an entity and counts what it looks for:
// upstream the listed companies, downstream the products.
func (f *floor) walk(from int32) int {
	found := 0
	f.epoch++
	f.queue = append(f.queue[:0], from)
	f.mark[from] = f.epoch
	for i := 0; i < len(f.queue); i++ {
		n := f.queue[i]
		if f.counted[n] {
			found++
		}
		for _, far := range f.far[f.start[n]:f.start[n+1]] {
			if f.mark[far] != f.epoch {
				f.mark[far] = f.epoch
				f.queue = append(f.queue, far)
			}
		}
	}
	return found
}

// bytes is what the arrays of one direction take.
func (f *floor) bytes() int { return 4*(len(f.start)+len(f.far)+len(f.mark)) + len(f.counted) }
