package resolve

import (
	"unsafe"

	"debadge/graph"
	"debadge/graph/identifier"
)

// segment is the names of some entities, laid out for looking up.
type segment struct {
	records []record
	names   []name
	texts   arena
	brands  []string
	choices []choice
	keys    keyTable
	grams   postings
	begins  beginnings
}

// record is an entity.
type record struct {
	id, name uint32 // in texts
	brand    uint32 // in brands
	kind     graph.Kind
}

// name is one of an entity's names.
type name struct {
	entity uint32
	text   uint32 // in texts, as it is stored
	form   uint32 // in texts: of a company its terms, of a product its folded name
	kind   kind
}

// kind is a graph.Kind in one byte.
type kind uint8

const (
	company kind = iota
	product
)

func kindOf(k graph.Kind) kind {
	if k == graph.Company {
		return company
	}
	return product
}

// choice is what a person said about an entity.
type choice struct {
	entity uint32
	Choice
}

func (s *segment) id(n uint32) graph.ID { return graph.ID(s.texts.get(s.records[n].id)) }

// form is a name as it is compared.
func (s *segment) form(n uint32) string { return s.texts.get(s.names[n].form) }

func (s *segment) ref(n uint32) graph.EntityRef {
	r := &s.records[n]
	return graph.EntityRef{ID: s.id(n), Kind: r.kind, Name: s.texts.get(r.name), Brand: s.brands[r.brand]}
}

// find looks an entity up by its id.
func (s *segment) find(id graph.ID) (uint32, bool) {
	const usual = 64
	key := append(append(make([]byte, 0, usual), idKey), id...)
	for i := s.keys.first(key); i != 0; i = s.keys.entries[i-1].next {
		if n := s.keys.entries[i-1].value; s.id(n) == id {
			return n, true
		}
	}
	return 0, false
}

func (s *segment) size() Size {
	bytes := cap(s.records)*int(unsafe.Sizeof(record{})) + cap(s.names)*int(unsafe.Sizeof(name{})) + len(s.texts.text) +
		cap(s.keys.slots)*int(unsafe.Sizeof(uint32(0))) + cap(s.keys.entries)*int(unsafe.Sizeof(keyEntry{})) +
		(cap(s.grams.names)+cap(s.grams.start)+cap(s.begins[company])+cap(s.begins[product]))*int(unsafe.Sizeof(uint32(0)))
	for _, b := range s.brands {
		bytes += len(b) + int(unsafe.Sizeof(""))
	}
	return Size{Entities: len(s.records), Names: len(s.names), Bytes: bytes}
}

// builder makes a segment.
type builder struct {
	made   segment
	brand  map[string]uint32
	key    []byte
	form   []byte
	terms  []term
	chunks []chunk
}

func newBuilder() *builder {
	return &builder{brand: map[string]uint32{"": 0}, made: segment{brands: []string{""}}}
}

// segment finishes the segment. The builder is of no use after it.
func (b *builder) segment() *segment {
	s := &b.made
	s.texts.finish()
	s.begins = s.newBeginnings()
	s.grams = newPostings(len(s.names), s.gramsOf)
	return s
}

// room refuses what 32 bits cannot count.
func (b *builder) room() error {
	s := &b.made
	if s.texts.made.Len() > maxArena || len(s.keys.entries) > maxArena {
		return graph.Unavailable("the store has more names than an index in memory can hold", nil)
	}
	return nil
}

func (b *builder) add(e *graph.Entity) error {
	if err := b.room(); err != nil {
		return err
	}
	s := &b.made
	brand, ok := b.brand[e.Brand]
	if !ok {
		brand = uint32(len(s.brands)) //nolint:gosec // room bounds it
		b.brand[e.Brand] = brand
		s.brands = append(s.brands, e.Brand)
		f := fold(e.Brand, false)
		b.put(brandKey, compact(nil, f.text), brand)
	}
	n := uint32(len(s.records)) //nolint:gosec // room bounds it
	r := record{id: s.texts.add([]byte(e.ID)), brand: brand, kind: e.ID.Kind(), name: s.texts.add([]byte(e.Name))}
	s.records = append(s.records, r)
	b.put(idKey, []byte(e.ID), n)
	b.name(n, e, e.Name, r.name)
	for _, a := range e.Aliases {
		b.name(n, e, a.Text, s.texts.add([]byte(a.Text)))
	}
	b.identifiers(n, e)
	b.choices(n, e)
	return nil
}

func (b *builder) put(domain byte, key []byte, value uint32) {
	b.key = append(append(b.key[:0], domain), key...)
	b.made.keys.add(b.key, value)
}

// name adds a name with everything by which it is found.
func (b *builder) name(entity uint32, e *graph.Entity, text string, at uint32) {
	s := &b.made
	f := fold(text, false)
	if f.text == "" {
		return
	}
	n := uint32(len(s.names)) //nolint:gosec // room bounds it
	readings := []folded{f}
	if f.foreign {
		readings = append(readings, fold(text, true))
	}
	for i := range readings {
		form := b.reading(n, e, &readings[i])
		if i == 0 {
			s.names = append(s.names, name{entity: entity, text: at, form: s.texts.add(form), kind: kindOf(e.ID.Kind())})
		}
	}
}

// reading adds the keys of one reading of a name and returns its form.
func (b *builder) reading(n uint32, e *graph.Entity, f *folded) []byte {
	b.form = compact(b.form[:0], f.text)
	b.put(wholeKey, b.form, n)
	if e.ID.Kind() == graph.Product {
		return b.product(n, e, f)
	}
	b.terms = terms(f, b.terms[:0])
	b.form = core(b.terms, b.form[:0])
	b.put(coreKey, b.form, n)
	if b.form = soundOf(b.terms, b.form[:0]); len(b.form) > 0 {
		b.put(soundKey, b.form, n)
	}
	for _, legal := range []bool{false, true} {
		if a := acronym(b.terms, legal); a != "" {
			b.put(acronymKey, []byte(a), n)
		}
	}
	return appendTerms(b.form[:0], b.terms)
}

func (b *builder) product(n uint32, e *graph.Entity, f *folded) []byte {
	b.chunks = chunks(f.text, b.chunks[:0])
	if codes(b.chunks) {
		if hasConfusable(string(b.form)) {
			b.put(confusionKey, confusable(b.form), n)
		}
	}
	if e.Brand != "" {
		brand := fold(e.Brand, false)
		b.form = compact(compact(b.form[:0], brand.text), f.text)
		b.put(wholeKey, b.form, n)
	}
	return append(b.form[:0], f.text...)
}

func (b *builder) identifiers(n uint32, e *graph.Entity) {
	for _, scheme := range identifier.Schemes() {
		if graph.Kind(scheme.Kind()) != e.ID.Kind() || scheme == identifier.UPC {
			continue
		}
		for _, text := range e.Attributes[scheme.Attribute()] {
			id, err := identifier.Parse(scheme, text)
			if err != nil {
				continue // what is no valid identifier cannot be asked for
			}
			b.put(identifierKey, []byte(id.Scheme+":"+identifier.Scheme(id.Value)), n)
		}
	}
}

func (b *builder) choices(n uint32, e *graph.Entity) {
	for _, kept := range []struct {
		attribute string
		domain    byte
	}{{CalledAttribute, meansKey}, {NotCalledAttribute, neverKey}} {
		for _, value := range e.Attributes[kept.attribute] {
			c := ReadChoice(value)
			key := choiceKeyOf(c.Text)
			if len(key) == 0 {
				continue
			}
			b.put(kept.domain, key, uint32(len(b.made.choices))) //nolint:gosec // room bounds it
			b.made.choices = append(b.made.choices, choice{n, c})
		}
	}
}

// appendTerms writes terms so that they can be read without allocating: class,
// text, and how the name has it, where it differs.
func appendTerms(to []byte, list []term) []byte {
	for _, t := range list {
		to = append(to, byte(t.class))
		to = append(to, t.text...)
		to = append(to, ' ')
		if t.as != t.text {
			to = append(to, t.as...)
		}
		to = append(to, '\n')
	}
	return to
}

// readTerms reads what appendTerms wrote.
func readTerms(form string, list []term) []term {
	start := 0
	for i := range len(form) {
		if form[i] != '\n' {
			continue
		}
		line := form[start:i]
		start = i + 1
		gap := 1
		for line[gap] != ' ' {
			gap++
		}
		t := term{class(line[0]), line[1:gap], line[gap+1:]}
		if t.as == "" {
			t.as = t.text
		}
		list = append(list, t)
	}
	return list
}

// gramsOf returns the grams by which a name is found.
func (s *segment) gramsOf(n int, grams []gram) []gram {
	const usual = 16
	form := s.form(uint32(n)) //nolint:gosec // room bounds it
	if s.names[n].kind == company {
		return termGrams(readTerms(form, make([]term, 0, usual)), grams)
	}
	for _, c := range chunks(form, make([]chunk, 0, usual)) {
		grams = appendHanGrams(appendGrams(grams, c.text), c.text)
	}
	return grams
}

// termGrams are the grams of the words that tell names apart, or of all where
// there are none.
func termGrams(list []term, grams []gram) []gram {
	for _, all := range []bool{false, true} {
		for _, t := range list {
			if named(t.class) == 1 && (all || t.class != generalWord) {
				grams = appendHanGrams(appendGrams(grams, t.text), t.as)
			}
		}
		if len(grams) > 0 {
			break
		}
	}
	return grams
}
