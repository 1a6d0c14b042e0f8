package graph

import "slices"

// leading returns the part of a walk upstream from which a listing can be
// reached at some date, and the start of the walk: nothing else can stand on a
// path to a listing, count as listed by its owners, or add a share that does.
// Most of what stands upstream of a product leads to no listing, and what is
// asked of every day, and without every claim, is asked of this part alone.
func (w *walk) leading() *walk {
	part := newWalk(w.way, w.most)
	part.hopCut, part.sizeCut, part.claimCut = w.hopCut, w.sizeCut, w.claimCut
	part.disputed = append(part.disputed, w.disputed...)
	w.findLeading()
	for i, n := range w.nodes {
		if i == 0 || w.leads[i] {
			part.add(n)
		}
	}
	for i := range len(w.start) - 1 {
		if i > 0 && !w.leads[i] {
			continue
		}
		part.start = append(part.start, int32(len(part.edges))) //nolint:gosec // not more than the walk has
		for k := w.start[i]; k < w.start[i+1]; k++ {
			e, far := &w.edges[k], noFar
			switch {
			case e.Relation == ListedOn:
			case w.far[k] >= 0 && w.leads[w.far[k]]:
				far, _ = part.local(e.Far)
			case e.Relation == Owns: // that it is owned is said of a company whoever owns it
			default:
				continue
			}
			part.edges, part.far = append(part.edges, *e), append(part.far, far)
			part.layers |= 1 << rules[e.Relation].Layer
			part.statuses |= 1 << e.Status
		}
	}
	part.start = append(part.start, int32(len(part.edges))) //nolint:gosec // not more than the walk has
	return part
}

// findLeading notes in w.leads which entities a listing can be reached from.
func (w *walk) findLeading() {
	w.leads = slices.Grow(w.leads[:0], len(w.nodes))[:len(w.nodes)]
	clear(w.leads)
	if !w.has(Listing) {
		return
	}
	for changed := true; changed; {
		changed = false
		for i := len(w.start) - 2; i >= 0; i-- { // what leads to an entity mostly stands before it
			if !w.leads[i] && w.leadsOn(i) {
				w.leads[i], changed = true, true
			}
		}
	}
}

// leadsAt reports whether claims that hold on a day, whatever they say, lead
// from the start of the walk to a listing.
func (w *walk) leadsAt(day Day) bool {
	w.leads = slices.Grow(w.leads[:0], len(w.nodes))[:len(w.nodes)]
	clear(w.leads)
	w.leads[0] = true
	w.search.level = append(w.search.level[:0], 0)
	for n := 0; n < len(w.search.level); n++ {
		i := w.search.level[n]
		if int(i) >= len(w.start)-1 {
			continue
		}
		for k := w.start[i]; k < w.start[i+1]; k++ {
			e, far := &w.edges[k], w.far[k]
			if e.From > day || day >= e.To {
				continue
			}
			if e.Relation == ListedOn {
				return true
			}
			if far >= 0 && !w.leads[far] {
				w.leads[far] = true
				w.search.level = append(w.search.level, far)
			}
		}
	}
	return false
}

func (w *walk) leadsOn(i int) bool {
	for k := w.start[i]; k < w.start[i+1]; k++ {
		if w.edges[k].Relation == ListedOn || (w.far[k] >= 0 && w.leads[w.far[k]]) {
			return true
		}
	}
	return false
}
