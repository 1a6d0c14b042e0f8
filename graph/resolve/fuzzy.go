package resolve

import (
	"cmp"
	"slices"
	"strconv"

	"debadge/graph"
)

// ranked is a name that shares grams with the text.
type ranked struct {
	s      *segment
	name   uint32
	weight uint16
}

type gramList struct {
	gram gram
	size int
}

// grams of a text: those that a good candidate shares some of, and others that
// only help to rank.
type textGrams struct {
	own, other []gram
}

// How many entries of the index one query reads, for its own grams and for the
// others.
const (
	maxPostings   = 20_000
	otherPostings = 4_000
)

// fuzzy looks for names that are written like the text, but not quite.
func (r *run) fuzzy(reading int) {
	f := &r.readings[reading]
	r.terms = terms(f, r.terms[:0])
	if r.q.Kind != graph.Product {
		r.sound(reading)
		r.acronyms(reading)
		r.gather(r.termGrams(), company, reading)
	}
	if r.q.Kind == graph.Company || (r.best() >= thousandths(r.x.opts.Threshold) && !r.q.Related) {
		return
	}
	r.chunks = chunks(f.text, r.chunks[:0])
	r.chunks = r.chunks[:min(len(r.chunks), maxChunks)]
	r.confusions(reading)
	r.gather(r.chunkGrams(), product, reading)
}

// termGrams takes the words that make a name its own first: unless they may be
// common ones, misspelled, and there are no others.
func (r *run) termGrams() textGrams {
	g := textGrams{r.grams.own[:0], r.grams.other[:0]}
	for _, t := range r.terms {
		if t.class == nameWord && (!isASCII(t.as) || !nearCommon(t.text)) {
			g.own = appendHanGrams(appendGrams(g.own, t.text), t.as)
		}
	}
	if len(g.own) == 0 {
		g.own = termGrams(r.terms, g.own)
	} else {
		g.other = termGrams(r.terms, g.other)
	}
	r.grams = g
	return g
}

// chunkGrams takes the longer parts of a line first.
func (r *run) chunkGrams() textGrams {
	g := textGrams{r.grams.own[:0], r.grams.other[:0]}
	for _, c := range r.chunks {
		switch {
		case describing[c.text]:
		case len(c.text) >= shortestCode:
			g.own = appendHanGrams(appendGrams(g.own, c.text), c.text)
		default:
			g.other = appendGrams(g.other, c.text)
		}
	}
	if len(g.own) == 0 {
		g.own, g.other = g.other, g.own
	}
	r.grams = g
	return g
}

// gather ranks the names of a kind that share the rarest grams with the text,
// and compares the best of them in full.
func (r *run) gather(g textGrams, k kind, reading int) {
	if len(g.own) == 0 {
		return
	}
	r.ranked, r.good = r.ranked[:0], 0
	cut := false
	r.segments(func(s *segment) { cut = r.rank(s, g, k) || cut })
	slices.SortFunc(r.ranked, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.name, b.name))
	})
	most := r.x.opts.MaxScored
	if cut || (len(r.ranked) > most && int(r.ranked[most].weight) >= r.good) {
		r.bound("more names are alike than are compared (" + strconv.Itoa(most) + "); a likely one may be missing")
	}
	for _, c := range r.ranked[:min(most, len(r.ranked))] {
		r.scored++
		if k == company {
			r.company(c.s, c.name, reading)
		} else {
			r.product(c.s, c.name, reading)
		}
	}
}

// rank counts, by weight, which names of a segment have the grams, and takes as
// many of the best as are compared. It reports whether a name that it left out
// could be a good one.
func (r *run) rank(s *segment, g textGrams, k kind) (cut bool) {
	if len(r.counts) < len(s.names) {
		r.counts = make([]uint16, len(s.names))
	}
	r.touched = r.touched[:0]
	total, read := r.count(s, g.own, maxPostings, true)
	cut = read < max(1, len(g.own)*2/3) // of one gram, too
	r.count(s, g.other, otherPostings, false)
	r.weights = r.weights[:0]
	for _, n := range r.touched {
		w := r.counts[n]
		for int(w) >= len(r.weights) {
			r.weights = append(r.weights, 0)
		}
		if s.names[n].kind == k {
			r.weights[w]++
		}
	}
	most := r.x.opts.MaxScored
	floor := len(r.weights)
	for n := 0; floor > 1 && n < most; floor-- {
		n += r.weights[floor-1]
	}
	// One slip in a word takes three of its grams. A name with less than half
	// of the text's own grams is no good candidate.
	const of, good, poor = 10, 5, 2
	least := max(floor, total*poor/of)
	r.good = max(r.good, total*good/of)
	for _, n := range r.touched {
		w := int(r.counts[n])
		r.counts[n] = 0
		switch {
		case s.names[n].kind != k || w < min(least, r.good) || r.hidden(s, s.names[n].entity):
		case w >= least:
			r.ranked = append(r.ranked, ranked{s, n, uint16(w)}) //nolint:gosec // it was one
		default:
			cut = true
		}
	}
	return cut
}

// count adds the weights of grams to the names that have them, the rarest gram
// first, as far as a budget goes. It returns the weight of all grams, and how
// many were read or have no name at all. If it is to find, the rarest grams find
// names, so many of them that a slip cannot have taken them all; the others add
// to what was found.
func (r *run) count(s *segment, grams []gram, budget int, find bool) (total, read int) {
	r.lists = r.lists[:0]
	for _, g := range grams {
		if n := len(s.grams.of(g)); n > 0 {
			r.lists = append(r.lists, gramList{g, n})
		} else {
			read++
		}
	}
	slices.SortFunc(r.lists, func(a, b gramList) int { return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.gram, b.gram)) })
	const slipped = 4
	finding := max(slipped+1, len(grams)/2)
	for i, l := range r.lists {
		weight := rarity(l.size, len(s.names))
		total += int(weight)
		if budget -= l.size; budget < 0 {
			break
		}
		read++
		add := find && i < finding
		for _, n := range s.grams.of(l.gram) {
			if r.counts[n] == 0 {
				if !add {
					continue
				}
				r.touched = append(r.touched, n)
			}
			r.counts[n] += weight
		}
	}
	return total, read
}

// rarity weighs a gram: one more for each time that it halves the names.
func rarity(size, of int) uint16 {
	w := uint16(1)
	for size < of {
		size *= 2
		w++
	}
	return w
}

func (r *run) sound(reading int) {
	if r.readings[reading].changes&changedScript == 0 {
		return
	}
	if key := soundOf(r.terms, nil); len(key) > 2 {
		r.lookUp(soundKey, key, func(s *segment, n uint32) { r.company(s, n, reading) })
	}
}

// acronyms finds companies by their first letters: a hint, no more, since many
// names have them.
func (r *run) acronyms(reading int) {
	f := r.readings[reading].text
	if len(r.terms) == 0 || len(r.terms[0].text) < shortestAcronym || hasDigit(f) || named(r.terms[0].class) == 0 {
		return
	}
	for _, t := range r.terms[1:] {
		if t.class != legalWord {
			return
		}
	}
	r.lookUp(acronymKey, []byte(r.terms[0].text), func(s *segment, n uint32) {
		r.add(candidate{s: s, entity: s.names[n].entity, name: n, score: acronymBase, basis: ByAcronym, reading: reading})
	})
}

// company compares a company's name with the text.
func (r *run) company(s *segment, n uint32, reading int) {
	if r.q.Kind == graph.Product || s.names[n].kind != company {
		return
	}
	r.theirs = readTerms(s.form(n), r.theirs[:0])
	c := candidate{s: s, entity: s.names[n].entity, name: n, basis: ByParts, reading: reading}
	c.score = r.compare(r.terms, r.theirs, r.script(s, n, reading))
	if otherHan(r.terms, r.theirs) {
		c.score, c.basis = min(c.score, confused), OtherWriting
	}
	r.add(c)
}

// script reports whether the text or the name is transliterated.
func (r *run) script(s *segment, n uint32, reading int) bool {
	return r.readings[reading].changes&changedScript != 0 || !isASCII(s.texts.get(s.names[n].text))
}

// confusions looks up model numbers with O read as 0, and I and L as 1.
func (r *run) confusions(reading int) {
	n := len(r.chunks)
	for size := min(maxSpan, n); size > 0; size-- {
		for from := 0; from+size <= n; from++ {
			key := r.span(from, from+size)
			mine := string(key)
			if len(key) < shortestCode || !hasConfusable(mine) {
				continue
			}
			r.lookUp(confusionKey, confusable(key), func(s *segment, name uint32) {
				if string(compact(nil, s.form(name))) == mine {
					return // not taken for another one
				}
				c := candidate{s: s, entity: s.names[name].entity, name: name, score: confused, basis: ByConfusion, reading: reading, from: from, to: from + size}
				r.add(c)
			})
		}
	}
}

const shortestCode = 4

// product compares a product's name with the text: words may be misspelled, and
// numbers must be the same. One that differs in a number is another model.
func (r *run) product(s *segment, n uint32, reading int) {
	if r.q.Kind == graph.Company || s.names[n].kind != product {
		return
	}
	r.model = chunks(s.form(n), r.model[:0])
	c := candidate{s: s, entity: s.names[n].entity, name: n, basis: ByParts, reading: reading, score: similar}
	if r.words(&c) {
		r.add(c)
		return
	}
	if r.otherModel(&c) {
		c.basis, c.score = DifferentModel, plainScore
		r.add(c)
	}
}

// words matches each chunk of a model with one of the text, in order.
func (r *run) words(c *candidate) bool {
	from, at, slips := -1, 0, 0
	for _, m := range r.model {
		found := false
		for ; at < len(r.chunks) && !found; at++ {
			k := r.chunks[at].text
			a, b := term{text: k, as: k}, term{text: m.text, as: m.text}
			switch {
			case k == m.text:
				found = true
			case alike(a, b):
				found = true
				c.score -= slip(term{nameWord, k, k}, term{nameWord, m.text, m.text}, 0)
				slips++
			case from >= 0:
				return false // the parts of a model stand together
			}
			if found && from < 0 {
				from = at
			}
		}
		if !found {
			return false
		}
	}
	const most = 2
	if slips > most {
		return false
	}
	c.from, c.to = from, at
	if slips > 0 && len(r.model) == 1 {
		c.score -= costShort // one misspelled word is all that there is
	}
	r.around(c, false)
	return true
}

// otherModel reports whether the text is close to a model's code, and where.
func (r *run) otherModel(c *candidate) bool {
	if !codes(r.model) {
		return false
	}
	const most, front = 2, 2
	theirs := joinChunks(r.model)
	brand := brandChunks(c.s.brands[c.s.records[c.entity].brand])
	best := most + 1
	for from := range r.chunks {
		if slices.Contains(brand, r.chunks[from].text) {
			continue
		}
		for to := from + 1; to <= min(len(r.chunks), from+len(r.model)+most); to++ {
			mine := string(r.span(from, to))
			if len(mine) < shortestCode || !hasDigit(mine) || mine[:front] != theirs[:min(front, len(theirs))] {
				continue
			}
			if d := len(mine) - len(theirs); d > most || d < -most {
				continue
			}
			if d := edits(mine, theirs); d < best {
				best, c.from, c.to = d, from, to
			}
		}
	}
	return best <= most
}
