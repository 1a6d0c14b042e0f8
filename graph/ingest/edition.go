package ingest

import (
	"context"
	"path"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/file"
)

// edition is what an import is of.
type edition struct {
	files      []source
	digest     string // of all files
	date       graph.Date
	incomplete []string // why absence from it means nothing
}

// source is a file as claims cite it.
type source struct {
	name, digest string
	id           graph.ID
}

func (e *edition) note(f Format, files []*file.File) {
	for _, one := range files {
		id := sourceID(f.Register, one.Digest)
		if slices.ContainsFunc(e.files, func(s source) bool { return s.id == id }) { // members of one archive
			id = sourceID(f.Register, digits(hashed(one.Digest, path.Base(one.Name))))
		}
		e.files = append(e.files, source{name: one.Name, digest: one.Digest, id: id})
	}
	e.digest = files[0].Digest
	if len(files) > 1 {
		var all []string
		for _, one := range files {
			all = append(all, one.Digest)
		}
		e.digest = "files:" + digits(hashed(all...))
	}
}

func sourceID(register, digest string) graph.ID {
	hash := digest[strings.LastIndexByte(digest, ':')+1:]
	return graph.ID("source:" + register + ":" + hash[:min(len(hash), 16)])
}

// cited is the source that a place in a file is of.
func (e *edition) cited(at Place) graph.ID {
	for _, f := range e.files {
		if f.name == at.File {
			return f.id
		}
	}
	return e.files[0].id
}

// settle decides on the date and on what the edition can say by absence.
func (e *edition) settle(im *run) {
	stated := im.survey.stated
	e.date = im.options.Edition
	switch {
	case e.date.IsZero() && stated.IsZero():
		e.date = im.options.Assumed
	case e.date.IsZero():
		e.date = stated
	case !stated.IsZero() && stated != e.date:
		im.report.note("the file says that it is of %s; it is taken as the edition of %s, as asked", stated, e.date)
	}
}

// complete reports whether the edition holds everything that it should, so far
// as is known.
func (im *run) complete() bool { return len(im.edition.incomplete) == 0 && im.report.Refused == 0 }

// closes reports whether what the edition does not hold has ended, and notes
// why not.
func (im *run) closes() bool {
	switch {
	case len(im.edition.incomplete) > 0:
		im.report.note("the edition is not complete (%s): what it does not hold stays listed", strings.Join(im.edition.incomplete, "; "))
	case im.report.Refused > 0:
		im.report.note("%s refused, which may hold listings: what the edition does not hold stays listed",
			counted(im.report.Refused, "row was", "rows were"))
	case im.edition.date.IsZero():
		im.report.note("no date of the edition is known: what it does not hold stays listed; give its date to close that")
	default:
		return true
	}
	return false
}

// name is the edition in the words of reasons.
func (im *run) name() string {
	if im.edition.date.IsZero() {
		return "an undated edition of " + im.format.Title
	}
	return "the edition of " + im.edition.date.String() + " of " + im.format.Title
}

// The attributes of a list that say which edition of it was imported last. A
// list that several registers publish has one value of each for every register.
const (
	registerAttribute = "register"
	editionAttribute  = "edition"
	digestAttribute   = "edition_digest"
	completeAttribute = "edition_complete"
)

// imported is what a list says of the edition that a register's import of it left.
type imported struct{ edition, digest, complete string }

func importedOf(list graph.Entity, register string) (imported, bool) {
	i := slices.Index(list.Attributes[registerAttribute], register)
	if i < 0 {
		return imported{}, false
	}
	at := func(name string) string {
		if values := list.Attributes[name]; i < len(values) {
			return values[i]
		}
		return ""
	}
	return imported{at(editionAttribute), at(digestAttribute), at(completeAttribute)}, true
}

// withImported returns the list with what it says of a register's edition.
func withImported(list graph.Entity, register string, now imported) graph.Entity {
	i := slices.Index(list.Attributes[registerAttribute], register)
	if i < 0 {
		i = len(list.Attributes[registerAttribute])
	}
	for name, value := range map[string]string{
		registerAttribute: register, editionAttribute: now.edition, digestAttribute: now.digest, completeAttribute: now.complete,
	} {
		list = withValue(list, name, i, value)
	}
	return list
}

// compare holds the edition against what the store has, before anything is
// written: an older edition and one that shrinks too much are refused.
func (im *run) compare(ctx context.Context) error {
	closes := im.closes()
	return im.store.View(ctx, graph.Moment{}, func(v graph.View) error {
		lists, err := storedEntities(ctx, v, im.survey.covered())
		if err != nil {
			return err
		}
		for _, list := range im.survey.covered() {
			stored, ok := lists[list]
			if !ok {
				continue
			}
			if err := im.compareEdition(stored); err != nil {
				return err
			}
			if !closes || im.options.AcceptShrink {
				continue
			}
			if err := im.compareSize(ctx, v, stored); err != nil {
				return err
			}
		}
		return nil
	})
}

func (im *run) compareEdition(list graph.Entity) error {
	before, ok := importedOf(list, im.format.Register)
	if !ok || im.edition.date.IsZero() {
		return nil
	}
	newest, err := graph.ParseDate(before.edition)
	if err != nil || im.edition.date.Earliest() >= newest.Earliest() {
		return nil //nolint:nilerr // an edition whose date is not known is older than none
	}
	return graph.Errorf(graph.KindConflict, "the store holds the edition of %s of %s, which is newer than this one of %s; "+
		"editions are imported in the order of their dates", newest, list.Name, im.edition.date)
}

// maxShrink is the part of a list's open listings, as a divisor, above which
// an edition has to be accepted by a person: whole lists have gone missing for a
// day.
const maxShrink = 5

// compareSize counts the open listings that the edition would end. Where it has
// the party on the list in another row, the row has changed and nobody left.
func (im *run) compareSize(ctx context.Context, v graph.View, list graph.Entity) error {
	open, absent := 0, 0
	err := im.listings(ctx, v, list.ID, func(key keyHash, c graph.Claim) {
		if !im.stands(c) {
			return
		}
		open++
		if !im.survey.holds(key, contentOf(c)) && !im.survey.lists(c) {
			absent++
		}
	})
	if err != nil || absent*maxShrink <= open {
		return err
	}
	return graph.Errorf(graph.KindConflict, "%s would end %d of the %d open listings on %s, more than a fifth; "+
		"if the file is whole and the list has really shrunk, accept that (--accept-shrink)", im.name(), absent, open, list.Name)
}
