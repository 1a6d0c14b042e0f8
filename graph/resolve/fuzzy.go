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

// maxPostings bounds how many entries of the index one query reads.
const maxPostings = 40_000

// fuzzy looks for names that are written like the text, but not quite.
func (r *run) fuzzy(reading int) {
	f := &r.readings[reading]
	r.terms = terms(f, r.terms[:0])
	if r.q.Kind != graph.Product {
		r.sound(reading)
		r.acronyms(reading)
		r.gather(termGrams(r.terms, r.grams[:0]), reading)
	}
	if r.q.Kind != graph.Company {
		r.chunks = chunks(f.text, r.chunks[:0])
		r.chunks = r.chunks[:min(len(r.chunks), maxChunks)]
		r.confusions(reading)
		grams := r.grams[:0]
		for _, c := range r.chunks {
			if !describing[c.text] {
				grams = appendHanGrams(appendGrams(grams, c.text), c.text)
			}
		}
		r.gather(grams, reading)
	}
}

// gather ranks the names that share the rarest grams with the text, and
// compares the best of them in full.
func (r *run) gather(grams []gram, reading int) {
	r.grams = grams
	if len(grams) == 0 {
		return
	}
	r.ranked = r.ranked[:0]
	cut := false
	r.segments(func(s *segment) { cut = r.rank(s, grams) || cut })
	slices.SortFunc(r.ranked, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.name, b.name))
	})
	most := r.x.opts.MaxScored
	if len(r.ranked) > most && r.ranked[most].weight*2 > r.ranked[0].weight {
		cut = true
	}
	if cut {
		r.bound("more names are alike than are compared (" + strconv.Itoa(most) + "); a likely one may be missing")
	}
	for _, c := range r.ranked[:min(most, len(r.ranked))] {
		r.scored++
		if c.s.records[c.s.names[c.name].entity].kind == graph.Company {
			r.company(c.s, c.name, reading)
		} else {
			r.product(c.s, c.name, reading)
		}
	}
}

// rank counts, by weight, which names of a segment have the grams, the rarest
// first. As many are read as any good candidate shares at least one of.
func (r *run) rank(s *segment, grams []gram) (cut bool) {
	r.lists = r.lists[:0]
	for _, g := range grams {
		if n := len(s.grams.of(g)); n > 0 {
			r.lists = append(r.lists, gramList{g, n})
		}
	}
	slices.SortFunc(r.lists, func(a, b gramList) int { return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.gram, b.gram)) })
	if len(r.counts) < len(s.names) {
		r.counts = make([]uint16, len(s.names))
	}
	needed := len(grams)*2/3 + 1
	budget := maxPostings
	r.touched = r.touched[:0]
	for i, l := range r.lists {
		if budget -= l.size; budget < 0 && i > 0 {
			cut = i < min(needed, len(r.lists))
			break
		}
		weight := rarity(l.size, len(s.names))
		for _, n := range s.grams.of(l.gram) {
			if r.counts[n] == 0 {
				r.touched = append(r.touched, n)
			}
			r.counts[n] += weight
		}
	}
	best := uint16(0)
	for _, n := range r.touched {
		best = max(best, r.counts[n])
	}
	const part = 4 // of the best weight is worth a look
	for _, n := range r.touched {
		if w := r.counts[n]; w >= best/part && !r.hidden(s, s.names[n].entity) {
			r.ranked = append(r.ranked, ranked{s, n, w})
		}
		r.counts[n] = 0
	}
	return cut
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
	if r.q.Kind == graph.Product || s.records[s.names[n].entity].kind != graph.Company {
		return
	}
	r.theirs = readTerms(string(s.texts.get(s.names[n].form)), r.theirs[:0])
	script := r.readings[reading].changes&changedScript != 0 || !isASCII(string(s.texts.get(s.names[n].text)))
	c := candidate{s: s, entity: s.names[n].entity, name: n, basis: ByParts, reading: reading}
	c.score = r.compare(r.terms, r.theirs, script)
	if otherHan(r.terms, r.theirs) {
		c.score, c.basis = min(c.score, confused), OtherWriting
	}
	r.add(c)
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
				if string(compact(nil, string(s.texts.get(s.names[name].form)))) == mine {
					return // not taken for another one
				}
				c := candidate{s: s, entity: s.names[name].entity, name: name, score: confused, basis: ByConfusion, reading: reading, from: from, to: from + size}
				r.add(c)
			})
		}
	}
}

const shortestCode = 4

// product compares a product's name with the text: words may be misspelt, and
// numbers must be the same. One that differs in a number is another model.
func (r *run) product(s *segment, n uint32, reading int) {
	if r.q.Kind == graph.Company || s.records[s.names[n].entity].kind != graph.Product {
		return
	}
	r.model = chunks(string(s.texts.get(s.names[n].form)), r.model[:0])
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
				c.score -= slip(term{nameWord, k, k}, term{nameWord, m.text, m.text})
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
		c.score -= costShort // one misspelt word is all that there is
	}
	r.around(c, false)
	return true
}

// otherModel reports whether the text is close to a model's code.
func (r *run) otherModel(c *candidate) bool {
	if !codes(r.model) {
		return false
	}
	theirs := joinChunks(r.model)
	const most, front = 2, 2
	brand := brandChunks(c.s.brands[c.s.records[c.entity].brand])
	for from := range r.chunks {
		if slices.Contains(brand, r.chunks[from].text) {
			continue
		}
		for to := from + 1; to <= min(len(r.chunks), from+len(r.model)+1); to++ {
			mine := string(r.span(from, to))
			if len(mine) < shortestCode || !hasDigit(mine) || mine[:front] != theirs[:min(front, len(theirs))] {
				continue
			}
			if d := len(mine) - len(theirs); d <= most && d >= -most && edits(mine, theirs) <= most {
				c.from, c.to = from, to
				return true
			}
		}
	}
	return false
}
