package resolve

import (
	"slices"
	"strings"

	"debadge/graph"
)

// brands are the makers and brands that a query names beside the text.
type brands struct {
	given []string   // folded, without spaces
	words [][]string // the same as words
}

func (r *run) givenBrands() brands {
	var b brands
	for _, text := range []string{r.q.Brand, r.q.Maker} {
		if text == "" {
			continue
		}
		if f := fold(text, false); f.text != "" {
			b.given = append(b.given, string(compact(nil, f.text)))
			b.words = append(b.words, strings.FieldsFunc(f.text, func(c rune) bool { return c == ' ' || c == '-' }))
		}
	}
	return b
}

// standing is what a query says about a product's brand.
type standing uint8

const (
	brandUnsaid standing = iota
	brandSame
	brandOther
)

// brandStanding compares the product's brand with those that stand beside the
// text.
func (r *run) brandStanding(s *segment, entity uint32) standing {
	brand := s.brands[s.records[entity].brand]
	if brand == "" || len(r.brands.given) == 0 {
		return brandUnsaid
	}
	f := fold(brand, false)
	key := compact(nil, f.text)
	for i, given := range r.brands.given {
		if given == string(key) || slices.Contains(r.brands.words[i], string(key)) || r.sameCompany([]byte(given), key) {
			return brandSame
		}
	}
	return brandOther
}

// sameCompany reports whether two names are those of one company.
func (r *run) sameCompany(a, b []byte) bool {
	var ids []graph.ID
	same := false
	for i, key := range [][]byte{a, b} {
		for _, domain := range []byte{wholeKey, coreKey} {
			r.lookUp(domain, key, func(s *segment, n uint32) {
				entity := s.names[n].entity
				if s.records[entity].kind != graph.Company || (s == r.x.base && r.x.replaced[entity]) {
					return
				}
				id := s.id(entity)
				if i == 0 {
					ids = append(ids, id)
				} else {
					same = same || slices.Contains(ids, id)
				}
			})
		}
	}
	return same
}

// brandOf lowers the score of a product whose whole name is the text, if it is
// a name that many things could have, or the brand is another one.
func (r *run) brandOf(c *candidate) {
	switch r.brandStanding(c.s, c.entity) {
	case brandOther:
		c.score, c.basis = otherBrandScore, OtherBrand
	case brandUnsaid:
		form := c.s.form(c.name)
		r.model = chunks(form, r.model[:0])
		plain := len(r.readings[c.reading].text) == len(form) // without the brand in front
		if plain && !isDistinct(r.model) {
			c.score = unbranded
		}
	case brandSame:
	}
}

const otherBrandScore = 750
