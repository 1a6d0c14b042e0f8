package resolve

import (
	"cmp"
	"slices"
	"strconv"

	"debadge/graph"
	"debadge/graph/identifier"
)

// Scores are counted in thousandths, so that sums are exact.
const (
	whole = 1000

	sameLegal   = 970 // the core name, and the legal form
	noLegal     = 940 // the core name; one side has no legal form
	otherLegal  = 930 // the core name with another legal form
	mentioned   = 970 // a model number inside of a longer text
	similar     = 970 // what a comparison of words begins with
	grantee     = 900
	acronymBase = 750
	confused    = 800
	unbranded   = 900 // the whole name of a product that many things could be called

	surely   = 930 // what has this score leaves nothing to a comparison of words
	shown    = 500 // below it a candidate is not worth showing
	maxExact = 256 // how many names of one key are looked at
)

// scratch is what a goroutine needs while it resolves.
type scratch struct {
	counts  []uint16
	touched []uint32
	ranked  []ranked
	grams   textGrams
	weights []int // how many names have each weight
	lists   []gramList
	good    int // the weight from which on a name could be a good candidate
	key     []byte
	found   []candidate
	chunks  []chunk
	model   []chunk
	terms   []term
	theirs  []term
	pairs   []pairing
	nevers  []never
}

// candidate is an entity that was found, with its score in thousandths.
type candidate struct {
	s        *segment
	entity   uint32
	name     uint32 // of s.names; noName for none
	score    int
	basis    Basis
	reading  int // of the text
	from, to int // chunks of the text that are the model
	note     string
	choice   *Choice
	matched  string // where it is no name
}

const noName = ^uint32(0)

type never struct {
	s      *segment
	entity uint32
	choice *Choice
}

// run is one query being answered.
type run struct {
	*scratch
	x        *Index
	q        *Query
	readings []folded // of the text
	brands   brands
	reasons  []string
	scored   int
	bounded  bool
}

// Resolve answers a query. It says what it rests on and never guesses.
func (x *Index) Resolve(q Query) Result {
	s, ok := x.scratch.Get().(*scratch)
	if !ok {
		s = new(scratch)
	}
	defer x.scratch.Put(s)
	s.found, s.nevers = s.found[:0], s.nevers[:0]
	r := run{scratch: s, x: x, q: &q}
	r.identifiers()
	r.text()
	return r.result()
}

// segments calls use for each segment.
func (r *run) segments(use func(*segment)) {
	if r.x.recent != nil {
		use(r.x.recent)
	}
	use(r.x.base)
}

// hidden reports whether an entity is not to be found: replaced by a newer
// version, or of another kind than is asked for.
func (r *run) hidden(s *segment, entity uint32) bool {
	if s == r.x.base && r.x.replaced[entity] {
		return true
	}
	return r.q.Kind != "" && s.records[entity].kind != r.q.Kind
}

// lookUp calls use for what stands under a key.
func (r *run) lookUp(domain byte, key []byte, use func(s *segment, value uint32)) {
	r.key = append(append(r.key[:0], domain), key...)
	r.segments(func(s *segment) {
		n := 0
		for i := s.keys.first(r.key); i != 0; i = s.keys.entries[i-1].next {
			if n++; n > maxExact {
				r.bound("more than " + strconv.Itoa(maxExact) + " names are written like this; the others were not looked at")
				return
			}
			use(s, s.keys.entries[i-1].value)
		}
	})
}

func (r *run) bound(reason string) {
	r.bounded = true
	r.reason(reason)
}

func (r *run) reason(text string) {
	if !slices.Contains(r.reasons, text) {
		r.reasons = append(r.reasons, text)
	}
}

// found adds a candidate, or raises the score of one that is there.
func (r *run) add(c candidate) {
	if r.hidden(c.s, c.entity) || c.score < shown {
		return
	}
	for i := range r.found {
		have := &r.found[i]
		if have.s == c.s && have.entity == c.entity {
			if c.score > have.score {
				*have = c
			}
			return
		}
	}
	r.found = append(r.found, c)
}

func (r *run) best() int {
	best := 0
	for i := range r.found {
		best = max(best, r.found[i].score)
	}
	return best
}

// identifiers looks up what the query gives, and what its text is by its form.
func (r *run) identifiers() {
	for _, given := range r.q.Identifiers {
		id, err := identifier.Parse(given.Scheme, given.Value)
		if err != nil {
			r.reason(err.Error() + "; it was not looked up")
			continue
		}
		r.identifier(id)
	}
}

func (r *run) identifier(id identifier.Identifier) {
	before := len(r.found)
	r.lookUp(identifierKey, []byte(string(id.Scheme)+":"+id.Value), func(s *segment, n uint32) {
		r.add(candidate{s: s, entity: n, name: noName, score: whole, basis: ByIdentifier, matched: id.String()})
	})
	if id.Scheme != identifier.FCCID || len(r.found) > before {
		return
	}
	code, ok := identifier.Grantee(id.Value)
	if !ok {
		return
	}
	r.lookUp(identifierKey, []byte(string(code.Scheme)+":"+code.Value), func(s *segment, n uint32) {
		r.add(candidate{s: s, entity: n, name: noName, score: grantee, basis: ByGrantee, matched: code.String()})
	})
}

// text resolves the text of the query, the surest ways first.
func (r *run) text() {
	if r.q.Text == "" {
		return
	}
	f := fold(r.q.Text, false)
	if f.text == "" {
		r.reason("the text has no letter or digit to look up")
		return
	}
	if len(f.text) > maxText {
		f.text = f.text[:maxText]
		r.bound("the text is longer than " + strconv.Itoa(maxText) + " characters; the rest was not looked at")
	}
	r.readings = append(r.readings, f)
	if f.foreign {
		r.readings = append(r.readings, fold(r.q.Text, true))
	}
	r.brands = r.givenBrands()
	r.segments(func(s *segment) {
		if n, ok := s.find(graph.ID(r.q.Text)); ok {
			r.add(candidate{s: s, entity: n, name: noName, score: whole, basis: ByID, matched: r.q.Text})
		}
	})
	r.choices(compact(nil, f.text))
	for i := range r.readings {
		r.exact(i)
	}
	for i := range r.readings {
		if r.best() < surely || r.q.Related {
			r.fuzzy(i)
		}
	}
}

const maxText = 1000

func (r *run) choices(key []byte) {
	r.lookUp(neverKey, key, func(s *segment, n uint32) {
		c := &s.choices[n]
		r.nevers = append(r.nevers, never{s, c.entity, &c.Choice})
	})
	r.lookUp(meansKey, key, func(s *segment, n uint32) {
		c := &s.choices[n]
		r.add(candidate{s: s, entity: c.entity, name: noName, score: whole, basis: ByChoice, choice: &c.Choice, matched: c.Text})
	})
}

// exact looks up whole names, core names, and model numbers inside of the text.
func (r *run) exact(reading int) {
	f := &r.readings[reading]
	key := compact(nil, f.text)
	r.lookUp(wholeKey, key, func(s *segment, n uint32) { r.wholeName(s, n, reading) })
	if len(r.found) == 0 || r.q.Related {
		r.asIdentifier()
	}
	if r.q.Kind != graph.Product && (r.best() < whole || r.q.Related) {
		r.terms = terms(f, r.terms[:0])
		r.lookUp(coreKey, core(r.terms, nil), func(s *segment, n uint32) { r.coreName(s, n, reading) })
	}
	if r.q.Kind != graph.Company && (r.best() < whole || r.q.Related) {
		r.models(reading)
	}
}

// asIdentifier takes the text for an identifier, where it can be one.
func (r *run) asIdentifier() {
	if !hasDigit(r.q.Text) {
		return
	}
	for _, id := range identifier.Checked(r.q.Text) {
		r.identifier(id)
	}
	for _, scheme := range []identifier.Scheme{identifier.MPN, identifier.FCCID, identifier.UEI, identifier.CAGE} {
		if id, err := identifier.Parse(scheme, r.q.Text); err == nil {
			r.lookUp(identifierKey, []byte(string(id.Scheme)+":"+id.Value), func(s *segment, n uint32) {
				r.add(candidate{s: s, entity: n, name: noName, score: whole, basis: ByIdentifier, matched: id.String()})
			})
		}
	}
}

func (r *run) wholeName(s *segment, n uint32, reading int) {
	entity := s.names[n].entity
	c := candidate{s: s, entity: entity, name: n, score: whole, basis: ByName, reading: reading}
	if s.records[entity].kind == graph.Product {
		r.brandOf(&c)
	}
	r.add(c)
}

// coreName scores a company whose name is the text but for legal forms.
func (r *run) coreName(s *segment, n uint32, reading int) {
	if s.names[n].kind != company {
		return
	}
	r.theirs = readTerms(s.form(n), r.theirs[:0])
	c := candidate{s: s, entity: s.names[n].entity, name: n, basis: ByCore, reading: reading}
	switch compareLegal(r.terms, r.theirs) {
	case legalSame:
		c.score = sameLegal
	case legalMissing:
		c.score = noLegal
	case legalOther:
		c.score = otherLegal
	case legalConflict:
		c.score = capLegal
	}
	if otherHan(r.terms, r.theirs) {
		c.score, c.basis = confused, OtherWriting
	}
	r.add(c)
}

// result ranks the candidates and says what follows.
func (r *run) result() Result {
	o := &r.x.opts
	out := Result{
		Query: r.q.Text, Outcome: Unknown, Complete: !r.bounded, Reasons: r.reasons, Scored: r.scored,
		Threshold: o.Threshold, Revision: r.x.revision, Candidates: []Candidate{},
	}
	slices.SortFunc(r.found, func(a, b candidate) int {
		if c := cmp.Compare(b.score, a.score); c != 0 {
			return c
		}
		return cmp.Compare(a.s.id(a.entity), b.s.id(b.entity))
	})
	kept := r.found[:0]
	for _, c := range r.found {
		if n := r.forbidden(&c); n != nil {
			c.choice = n.choice
			out.Excluded = append(out.Excluded, r.explain(&c, true))
			continue
		}
		kept = append(kept, c)
	}
	r.found = kept
	threshold, margin := thousandths(o.Threshold), thousandths(o.Margin)
	if len(kept) > 0 && kept[0].score >= threshold {
		out.Outcome = Resolved
		if len(kept) > 1 && kept[1].score >= threshold && kept[0].score-kept[1].score <= margin {
			out.Outcome = Ambiguous
			if r.chosen(kept, kept[0].score-margin) {
				out.Outcome = Resolved
			}
		}
	}
	limit := r.q.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	for i := range kept[:min(limit, len(kept))] {
		out.Candidates = append(out.Candidates, r.explain(&kept[i], false))
	}
	if out.Outcome == Resolved {
		ref := kept[0].s.ref(kept[0].entity)
		out.Entity = &ref
	}
	return out
}

// chosen reports whether a person said which of the best candidates, those of a
// score or a better one, the text means, and puts that one first. Where more
// than the text is asked about, such as a brand, it may speak for another one.
func (r *run) chosen(best []candidate, least int) bool {
	if r.q.Brand != "" || r.q.Maker != "" || len(r.q.Identifiers) > 0 {
		return false
	}
	found := -1
	for i := range best {
		switch c := &best[i]; {
		case c.score < least:
		case c.basis == ByID, c.basis == ByIdentifier, c.basis == ByChoice && found >= 0:
			return false
		case c.basis == ByChoice:
			found = i
		}
	}
	if found < 0 {
		return false
	}
	c := best[found]
	copy(best[1:found+1], best[:found])
	best[0] = c
	return true
}

func thousandths(x float64) int { return int(x*whole + 0.5) }

func (r *run) forbidden(c *candidate) *never {
	for i := range r.nevers {
		if n := &r.nevers[i]; n.s == c.s && n.entity == c.entity {
			return n
		}
	}
	return nil
}
