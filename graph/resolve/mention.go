package resolve

import (
	"slices"
	"strings"

	"debadge/graph"
)

const (
	maxChunks = 32 // of a text are looked at for model numbers
	maxSpan   = 8  // chunks that a model's name has at most there

	penaltySuffix = 20  // options behind the model
	penaltyPrefix = 30  // letters joined in front of it
	penaltyWord   = 4   // a word that means nothing here
	maxWords      = 60  // what all such words cost at most
	variantScore  = 700 // what follows may be another generation
	plainScore    = 550 // a name that many things could have, without its brand
)

// models looks for product names inside of the text: every run of chunks that
// is one, the longest first.
func (r *run) models(reading int) {
	r.chunks = chunks(r.readings[reading].text, r.chunks[:0])
	if len(r.chunks) > maxChunks {
		r.chunks = r.chunks[:maxChunks]
		r.bound("the text has many words; a model number was looked for in the first of them alone")
	}
	n := len(r.chunks)
	for size := min(maxSpan, n); size > 0; size-- {
		for from := 0; from+size <= n; from++ {
			to := from + size
			if from == 0 && to == n {
				continue // the whole text was looked up
			}
			if r.inside(reading, from, to) {
				continue
			}
			key := r.span(from, to)
			if len(key) < 2 {
				continue
			}
			r.lookUp(wholeKey, key, func(s *segment, name uint32) { r.mention(s, name, reading, from, to) })
		}
	}
}

// inside reports whether a run of chunks is part of a longer one that is a
// model, so that it is not one by itself.
func (r *run) inside(reading, from, to int) bool {
	return slices.ContainsFunc(r.found, func(c candidate) bool {
		return c.to > c.from && c.reading == reading && c.from <= from && to <= c.to && c.to-c.from > to-from
	})
}

func (r *run) span(from, to int) []byte {
	const usual = 32
	key := make([]byte, 0, usual)
	for _, c := range r.chunks[from:to] {
		key = append(key, c.text...)
	}
	return key
}

// mention scores a product whose name stands in the text.
func (r *run) mention(s *segment, name uint32, reading, from, to int) {
	entity := s.names[name].entity
	if s.records[entity].kind != graph.Product {
		return
	}
	c := candidate{s: s, entity: entity, name: name, basis: ByModel, reading: reading, from: from, to: to, score: mentioned}
	r.model = chunks(s.form(name), r.model[:0])
	withBrand := len(r.span(from, to)) > len(joinChunks(r.model))
	r.around(&c, withBrand)
	r.add(c)
}

// around scores what stands around a model in the text, by what it may mean.
func (r *run) around(c *candidate, withBrand bool) {
	brand := brandChunks(c.s.brands[c.s.records[c.entity].brand])
	said, words := brandUnsaid, 0
	if withBrand {
		said = brandSame
	}
	for i := range r.chunks {
		if i >= c.from && i < c.to {
			continue
		}
		k := &r.chunks[i]
		switch {
		case slices.Contains(brand, k.text):
			said = brandSame
		case i == c.to && r.follows(c, i):
			return
		case i >= c.to && k.joined:
			if i == c.to {
				c.score -= penaltySuffix // once for all that is joined to it
			}
		case i == c.from-1 && c.from < len(r.chunks) && r.chunks[c.from].joined:
			c.score -= penaltyPrefix
		case describing[k.text]:
		case said != brandSame && r.otherBrand(k.text, brand):
			said = brandOther
		default:
			words += penaltyWord
		}
	}
	c.score -= min(words, maxWords)
	r.standing(c, said)
}

// standing settles a mention by what is known of the brand.
func (r *run) standing(c *candidate, said standing) {
	if given := r.brandStanding(c.s, c.entity); given != brandUnsaid && said != brandSame {
		said = given
	}
	switch {
	case said == brandOther:
		c.score, c.basis = min(c.score, otherBrandScore), OtherBrand
	case said == brandUnsaid && !isDistinct(r.model):
		c.score, c.note = min(c.score, plainScore), "many things could have this name, and the brand is not in the text"
	}
}

// follows reports whether the chunk behind a model may make it another one, and
// scores it so.
func (r *run) follows(c *candidate, i int) bool {
	k := r.chunks[i].text
	if describing[k] && !r.chunks[i].joined {
		return false
	}
	const shortWord = 2
	coded := hasDigit(k) || len(k) <= shortWord
	if options(r.chunks[i:]) || (!variants[k] && (!coded || hasGeneration(r.model))) {
		return false
	}
	if variants[k] && hasGeneration(r.model) && len(k) == 1 && !r.chunks[i].joined {
		return false
	}
	c.score, c.basis = variantScore, OtherSuffix
	c.note = "“" + k + "” behind it may make it another model"
	return true
}

// brandChunks are the words of a brand.
func brandChunks(brand string) []string {
	if brand == "" {
		return nil
	}
	return strings.FieldsFunc(fold(brand, false).text, func(c rune) bool { return c == ' ' || c == '-' })
}

// otherBrand reports whether a word is a brand, or the name of a
// company, other than the product's.
func (r *run) otherBrand(text string, brand []string) bool {
	if len(brand) == 0 || len(text) < shortestBrand || hasDigit(text) {
		return false
	}
	known := false
	r.lookUp(brandKey, []byte(text), func(*segment, uint32) { known = true })
	r.lookUp(wholeKey, []byte(text), func(s *segment, n uint32) {
		known = known || s.names[n].kind == company
	})
	return known && !r.sameCompany([]byte(text), []byte(strings.Join(brand, "")))
}

const shortestBrand = 3
