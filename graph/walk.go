package graph

import (
	"context"
	"fmt"
	"sync"
)

// walk is the part of the graph on one side of a subject, gathered level by level,
// each entity once. Everything after the gathering happens here, on small
// consecutive numbers, without the store.
type walk struct {
	nodes    []Node
	levels   []int32 // by hops: where those begin that gather met by so many
	start    []int32 // edges[start[i]:start[i+1]] are those of nodes[i]
	edges    []Edge
	far      []int32 // the number of the entity at the far end of each edge; below 0: none
	disputed []Edge
	hopCut   bool // there are entities beyond the most hops
	sizeCut  bool // entities beyond the most entities were left out
	claimCut bool // claims beyond the most claims were left out
	layers   uint16
	statuses uint8
	way      Direction
	most     int // entities that may be visited

	onlyToday      bool // claims of other days are not kept
	amongCompanies bool // it has companies alone, of which there are fewer

	marks   []mark // by Node
	epoch   uint32
	search  search     // scratch
	leads   []bool     // scratch
	scratch membership // scratch
	bits    []uint8    // scratch, handed out piece by piece
}

type mark struct {
	epoch uint32
	local int32
}

const (
	noFar   int32 = -1 // a list, or an entity that was left out
	unasked int32 = -2 // does not hold on the day: gathered later, if at all
)

var walks = sync.Pool{New: func() any { return new(walk) }}

// newWalk returns an empty walk in a direction that visits at most so many
// entities; release gives it back.
func newWalk(d Direction, most int) *walk {
	w, ok := walks.Get().(*walk)
	if !ok {
		w = new(walk)
	}
	w.way, w.most, w.onlyToday, w.amongCompanies = d, most, false, false
	w.reset()
	return w
}

// reset empties the walk.
func (w *walk) reset() {
	w.levels = w.levels[:0]
	w.nodes, w.start, w.edges, w.far, w.disputed = w.nodes[:0], w.start[:0], w.edges[:0], w.far[:0], w.disputed[:0]
	w.hopCut, w.sizeCut, w.claimCut, w.layers, w.statuses = false, false, false, 0, 0
	w.bits = w.bits[:0]
	w.epoch++
	if w.epoch == 0 {
		clear(w.marks)
		w.epoch = 1
	}
}

func (w *walk) release() { walks.Put(w) }

func (w *walk) has(l Layer) bool { return w.layers>>l&1 == 1 }

// zeros returns room for so many bytes, all zero, until the walk is rewound to
// before that, or released.
func (w *walk) zeros(n int) []uint8 {
	if cap(w.bits)-len(w.bits) < n { // what was handed out stays where it is
		w.bits = make([]uint8, 0, max(2*cap(w.bits), n, 1<<10))
	}
	given := w.bits[len(w.bits) : len(w.bits)+n : len(w.bits)+n]
	w.bits = w.bits[:len(w.bits)+n]
	clear(given)
	return given
}

// rewind takes back the room that was given since len(w.bits) was so much. What
// was given before stays, also where it is in an array that was replaced since.
func (w *walk) rewind(to int) { w.bits = w.bits[:min(to, len(w.bits))] }

// local returns the number of an entity in the walk, and whether it has one.
func (w *walk) local(n Node) (int32, bool) {
	if int(n) < len(w.marks) && w.marks[n].epoch == w.epoch {
		return w.marks[n].local, true
	}
	return noFar, false
}

func (w *walk) add(n Node) int32 {
	if int(n) >= len(w.marks) {
		w.marks = append(w.marks, make([]mark, int(n)+1-len(w.marks)+len(w.marks)/2)...)
	}
	i := int32(len(w.nodes)) //nolint:gosec // bounded by MaxEntities
	w.marks[n] = mark{w.epoch, i}
	w.nodes = append(w.nodes, n)
	return i
}

// gather walks from some entities over the claims that hold on the day
// asked about. The claims of other days are kept too, but not walked. Upstream
// it goes on beyond the most hops: who owns whom there can decide whether a
// company nearer by counts as listed.
func (w *walk) gather(ctx context.Context, q *inquiry, subjects ...Node) error {
	for _, n := range subjects {
		if _, ok := w.local(n); !ok {
			w.add(n)
		}
	}
	for hops, begin := 0, 0; begin < len(w.nodes); hops++ {
		end := len(w.nodes)
		w.hopCut = w.hopCut || hops > q.policy.MaxHops
		w.levels = append(w.levels, int32(begin))
		if err := w.level(ctx, q, begin, end, w.way == Downstream && hops == q.policy.MaxHops, false); err != nil {
			return err
		}
		begin = end
	}
	w.start = append(w.start, int32(len(w.edges))) //nolint:gosec // bounded by MaxEntities and memory
	return nil
}

// widen goes on from the claims that gather did not walk because they hold on
// other days, and walks everything from there at any date.
func (w *walk) widen(ctx context.Context, q *inquiry) error {
	begin := len(w.start) - 1
	w.start = w.start[:begin]
	for k := range w.edges {
		if w.far[k] == unasked {
			w.far[k] = w.enter(w.edges[k].Far)
		}
	}
	for begin < len(w.nodes) {
		end := len(w.nodes)
		if err := w.level(ctx, q, begin, end, false, true); err != nil {
			return err
		}
		begin = end
	}
	w.start = append(w.start, int32(len(w.edges))) //nolint:gosec // bounded by MaxEntities and memory
	return nil
}

// level asks the view for the claims of nodes[begin:end] and keeps those that
// can count, up to the most claims.
func (w *walk) level(ctx context.Context, q *inquiry, begin, end int, last, anyDay bool) error {
	before := len(w.edges)
	for next := begin; next < end; {
		if len(w.edges) >= w.mostClaims() {
			w.claimCut = true
			for ; next < end; next++ {
				w.start = append(w.start, int32(len(w.edges))) //nolint:gosec // bounded by memory
			}
			return nil
		}
		n := w.portion(end-next, before, next-begin)
		if err := w.ask(ctx, q, next, next+n, last, anyDay); err != nil {
			return err
		}
		next += n
	}
	return nil
}

// ask asks the view for the claims of nodes[begin:end].
func (w *walk) ask(ctx context.Context, q *inquiry, begin, end int, last, anyDay bool) error {
	raw := len(w.edges)
	var err error
	set := q.walked
	if w.way == Downstream {
		set &^= SetOf(ListedOn)
	}
	if w.edges, err = q.view.Adjacent(ctx, w.nodes[begin:end], w.way, set, w.edges); err != nil {
		return err
	}
	if err := gaveUp(ctx); err != nil {
		return err
	}
	kept, near := raw, begin-1
	for k := raw; k < len(w.edges); k++ {
		e := &w.edges[k]
		for near < begin || w.nodes[near] != e.Near {
			near++
			w.start = append(w.start, int32(kept)) //nolint:gosec // bounded by memory
		}
		if e.Status > q.policy.WeakestStatus || e.Confidence < q.policy.MinConfidence {
			if e.Status == Disputed {
				w.disputed = append(w.disputed, *e)
			}
			continue
		}
		far, keep := w.follow(q, e, last, anyDay)
		if !keep {
			continue
		}
		w.edges[kept] = *e
		w.far = append(w.far, far)
		kept++
	}
	for near++; near < end; near++ {
		w.start = append(w.start, int32(kept)) //nolint:gosec // bounded by memory
	}
	w.edges = w.edges[:kept]
	return nil
}

// follow decides what a claim leads to, and whether it is kept.
func (w *walk) follow(q *inquiry, e *Edge, last, anyDay bool) (far int32, keep bool) {
	layer := rules[e.Relation].Layer
	holds := anyDay || (e.From <= q.asOf && q.asOf < e.To)
	switch {
	case !holds && w.onlyToday:
		return noFar, false
	case layer == Listing:
		if !q.listCounts(e.Far) {
			return noFar, false
		}
		far = noFar
	case !holds:
		far = unasked
	case last:
		var seen bool
		if far, seen = w.local(e.Far); !seen {
			w.hopCut = true
			return noFar, false
		}
	default:
		if far = w.enter(e.Far); far == noFar {
			return noFar, false
		}
	}
	w.layers |= 1 << layer
	w.statuses |= 1 << e.Status
	return far, true
}

// enter returns the number of an entity, adding it if there is room.
func (w *walk) enter(n Node) int32 {
	if i, ok := w.local(n); ok {
		return i
	}
	if len(w.nodes) >= w.most {
		w.sizeCut = true
		return noFar
	}
	return w.add(n)
}

// longerThan reports whether some way through the walk has more hops, on
// whatever days they hold. In a ring every way goes on.
func (w *walk) longerThan(hops int) bool {
	if len(w.nodes) <= hops+1 {
		return false
	}
	at := make([]int, len(w.nodes)) // by entity: the last hop that entered it
	level, next := []int32{0}, []int32(nil)
	for hop := 1; len(level) > 0; hop++ {
		if hop > hops+1 {
			return true
		}
		next = next[:0]
		for _, i := range level {
			if int(i) >= len(w.start)-1 {
				continue
			}
			for _, far := range w.far[w.start[i]:w.start[i+1]] {
				if far >= 0 && at[far] < hop {
					at[far] = hop
					next = append(next, far)
				}
			}
		}
		level, next = next, level
	}
	return false
}

// deep reports whether claims that hold on a day lead to an entity beyond the
// most hops.
func (w *walk) deep(q *inquiry, day Day) bool {
	seen := make([]bool, len(w.nodes))
	seen[0] = true
	level := []int32{0}
	for hops := 0; len(level) > 0; hops++ {
		var next []int32
		for _, i := range level {
			if int(i) >= len(w.start)-1 {
				continue
			}
			for k := w.start[i]; k < w.start[i+1]; k++ {
				e, far := &w.edges[k], w.far[k]
				if far < 0 || seen[far] || e.From > day || day >= e.To {
					continue
				}
				if hops == q.policy.MaxHops {
					return true
				}
				seen[far] = true
				next = append(next, far)
			}
		}
		level = next
	}
	return false
}

// reasons tells why a walk did not see everything.
func (w *walk) reasons(deep bool, maxHops int) []string {
	var why []string
	if w.hopCut || deep {
		why = append(why, fmt.Sprintf("the walk was cut short at max_hops %d", maxHops))
	}
	if w.sizeCut {
		why = append(why, fmt.Sprintf("the walk was cut short at max_entities %d", w.most))
	}
	if w.claimCut {
		why = append(why, w.claimReason())
	}
	return why
}

// gaveUp is the error of a question whose time is over, or whose asker left.
func gaveUp(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return Unavailable("the question took too long and was given up; no answer was computed", err)
	}
	return nil
}
