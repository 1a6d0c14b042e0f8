package bundle

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"debadge/graph"
)

// Version is the version of the format that this package reads and writes.
const Version = 1

// MaxItems is how many entities, sources, claims and retractions one change
// set has at most.
const MaxItems = 5_000

// maxPartBytes bounds the memory of a part whose items are unusually long.
const maxPartBytes = 64 << 20

// Summary says how much of a file was read.
type Summary struct {
	Items int
	Parts int // change sets
}

// The lists of a bundle, in the order that a long file must keep.
var listNames = [...]string{"entities", "sources", "claims", "retractions"}

// Read reads a bundle and calls each for every change set in it, in order. It
// checks all that can be checked without a store, and goes on to the end of
// the file to tell everything that is wrong; each is not called for a change
// set in which something is wrong, nor for any after it. An error of each ends
// the reading and is returned as it is. Every other error is a *graph.Error: a
// file that cannot be read is KindUnavailable, one that is wrong KindInvalid.
func Read(name string, r io.Reader, each func(*Part) error) (Summary, error) {
	f := &file{name: name, scan: newScanner(r), each: each, list: -1, inversion: -1}
	return f.readAll()
}

func (f *file) readAll() (Summary, error) {
	f.begin()
	err := f.read()
	var stop *refusal
	switch {
	case errors.As(err, &stop):
		path := f.path()
		if stop.whole {
			path = ""
		}
		f.add(stop.at, path, "%s", stop.wrong)
	case err != nil && f.failed:
		return f.sum, err // of each
	case err != nil:
		return f.sum, graph.Unavailable(f.name+" cannot be read: "+err.Error(), err)
	}
	if f.count() > 0 {
		return f.sum, refused(f.name, f.problems, f.more)
	}
	return f.sum, nil
}

// Decode reads a bundle that is one change set, as it is written; what it
// leaves out is not filled in.
func Decode(name string, r io.Reader) (graph.ChangeSet, error) {
	var whole graph.ChangeSet
	sum, err := Read(name, r, func(p *Part) error {
		if p.Number > 1 {
			return graph.Errorf(graph.KindInvalid, "%s holds more than the %d items of one change set", name, MaxItems)
		}
		whole = p.ChangeSet
		return nil
	})
	if err == nil && sum.Parts == 0 {
		err = graph.Errorf(graph.KindInternal, "%s was read without a change set", name)
	}
	return whole, err
}

// DecodeChangeSet reads a change set as [Decode] does, from where the version
// need not be said, such as the body of a request. It ends at the first item
// that is one too many, whatever else is wrong.
func DecodeChangeSet(name string, r io.Reader) (graph.ChangeSet, error) {
	var cs graph.ChangeSet
	f := &file{name: name, scan: newScanner(r), list: -1, inversion: -1, version: true, whole: true}
	f.each = func(p *Part) error {
		cs = p.ChangeSet
		return nil
	}
	_, err := f.readAll()
	return cs, err
}

// file is the state of one reading.
type file struct {
	decoder
	whole     bool // it is one change set, however long it is
	name      string
	scan      *scanner
	each      func(*Part) error
	failed    bool // each returned an error
	sum       Summary
	version   bool
	list      int // index of the list that is being read, -1 outside
	item      int // index of the item that is being read
	last      int // the list furthest down the order that has been read
	inversion int // the first list that came out of order, -1 for none
	inverted  position
	part      *Part
	id        string
	bytes     int
	counts    [len(listNames)]int
	split     bool
	bad       int // problems when the part began
}

// path names the item in which reading stopped.
func (f *file) path() string {
	if f.list < 0 || f.item < 0 {
		return ""
	}
	return fmt.Sprintf("%s[%d]", listNames[f.list], f.item)
}

func (f *file) begin() {
	author, reason := "", ""
	if f.part != nil {
		author, reason = f.part.Author, f.part.Reason
	}
	f.part = &Part{File: f.name, Number: f.sum.Parts + 1, base: f.counts}
	f.part.Author, f.part.Reason = author, reason
	f.bytes, f.bad = 0, f.count()
}

func (f *file) read() error {
	if err := f.scan.start(); err != nil {
		return err
	}
	b, err := f.scan.space()
	if err != nil {
		return err
	}
	if b != '{' {
		return f.scan.refuse("%s where the '{' of a bundle belongs", f.scan.seen(b))
	}
	if err := f.scan.object(f.key); err != nil {
		return err
	}
	if !f.version {
		return &refusal{at: position{1, 1}, wrong: `the key "debadge" is missing; a bundle begins with "debadge": 1`}
	}
	if b, err = f.scan.space(); err != nil {
		return err
	}
	if b != 0 {
		return f.scan.refuse("%s after the end of the bundle; a file holds one", f.scan.seen(b))
	}
	return f.flush()
}

// key reads the value of one key of the bundle.
func (f *file) key(m member) error {
	if i := slices.Index(listNames[:], m.key); i >= 0 {
		return f.items(i, m.at)
	}
	f.scan.values = 0
	v, err := f.scan.value()
	if err != nil {
		return err
	}
	switch m.key {
	case "debadge":
		if v.form != numberForm || v.text != strconv.Itoa(Version) {
			return &refusal{at: v.at, wrong: fmt.Sprintf("this is not version %d of the format, the only one that is known", Version)}
		}
		f.version = true
	case "id":
		text(&f.decoder, &f.id)("id", v)
	case "author":
		text(&f.decoder, &f.part.Author)("author", v)
	case "reason":
		text(&f.decoder, &f.part.Reason)("reason", v)
	default:
		f.add(m.at, "", "%q is not a key of a bundle; the keys are debadge, id, author, reason, entities, sources, claims, retractions", m.key)
		return nil
	}
	if f.split {
		f.add(m.at, m.key, "stands after the first %d items; write it before the items", MaxItems)
	}
	return nil
}

// items reads one of the four lists.
func (f *file) items(i int, at position) error {
	b, err := f.scan.space()
	if err != nil {
		return err
	}
	if b != '[' {
		return f.scan.refuse("%q must be a list", listNames[i])
	}
	if i < f.last && f.inversion < 0 {
		f.inversion, f.inverted = i, at
	}
	f.last = max(f.last, i)
	f.list, f.item = i, 0
	err = f.scan.array(f.one)
	if err == nil {
		f.list = -1
	}
	return err
}

// one reads the next item of the list.
func (f *file) one() error {
	f.item = f.counts[f.list]
	if f.part.Len() == MaxItems || f.bytes >= maxPartBytes {
		if err := f.next(); err != nil {
			return err
		}
	}
	if _, err := f.scan.space(); err != nil {
		return err
	}
	f.scan.keep()
	at := f.scan.at
	v, err := f.scan.value()
	raw := f.scan.drop()
	if err != nil {
		return err
	}
	path := f.path()
	switch f.list {
	case 0:
		f.part.Entities = append(f.part.Entities, f.entity(path, v))
	case 1:
		f.part.Sources = append(f.part.Sources, f.source(path, v))
	case 2:
		f.part.Claims = append(f.part.Claims, f.claim(path, v))
	case 3:
		f.part.Retractions = append(f.part.Retractions, f.retraction(path, v))
	}
	f.part.items[f.list] = append(f.part.items[f.list], written{at, raw})
	f.counts[f.list]++
	f.sum.Items++
	f.bytes += len(raw)
	return nil
}

// next ends a part in the midst of a file that is too long for one change set.
func (f *file) next() error {
	switch {
	case f.whole:
		return &refusal{at: f.scan.at, whole: true, wrong: fmt.Sprintf("there are more than %d items; send the rest in another change set", MaxItems)}
	case !f.version:
		return &refusal{at: position{1, 1}, wrong: `the key "debadge" must come first; a bundle begins with "debadge": 1`, whole: true}
	case f.inversion >= 0:
		return &refusal{at: f.inverted, whole: true, wrong: fmt.Sprintf("%q stands too late; "+
			"a file of more than %d items keeps the order %v, since it is committed in parts", listNames[f.inversion], MaxItems, listNames)}
	}
	f.split = true
	if err := f.flush(); err != nil {
		return err
	}
	f.begin()
	return nil
}

// flush checks the part and hands it on if nothing was wrong so far.
func (f *file) flush() error {
	f.sum.Parts++
	prepared, err := f.part.Prepare()
	if err != nil {
		f.note(err)
	}
	if f.count() > 0 {
		return nil
	}
	switch {
	case f.split && f.id != "":
		f.part.ID = fmt.Sprintf("%s/part-%d", f.id, f.part.Number)
	case f.split:
		f.part.ID = fmt.Sprintf("%s/part-%d", prepared.ID, f.part.Number)
	default:
		f.part.ID = f.id
	}
	if err := f.each(f.part); err != nil {
		f.failed = true
		return err
	}
	return nil
}

// note adds what a check of the part found, but for items whose form is wrong
// already: what is wrong with them follows from that.
func (f *file) note(err error) {
	told := map[string]bool{}
	for _, p := range f.problems[min(f.bad, len(f.problems)):] {
		told[item(p.field)] = true
	}
	for _, p := range f.part.locate(err) {
		if it := item(p.field); it == "" || !told[it] {
			f.add(p.at, p.field, "%s", p.wrong)
		}
	}
	slices.SortStableFunc(f.problems, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.at.line, b.at.line), cmp.Compare(a.at.column, b.at.column))
	})
}

// refused makes the error of a file in which something is wrong.
func refused(name string, problems []problem, more int) error {
	e := &graph.Error{Kind: graph.KindInvalid, Message: name + " is refused"}
	if more > 0 {
		e.Message += fmt.Sprintf(" (and %d more problems)", more)
	}
	for _, p := range problems {
		at := fmt.Sprintf("%s:%d:%d", name, p.at.line, p.at.column)
		if p.field != "" {
			at += ": " + p.field
		}
		e.Fields = append(e.Fields, graph.FieldError{Field: at, Message: p.wrong})
	}
	return e
}
