// Package ingest brings files of other people's formats into a store, edition
// by edition: it checks a whole file before anything of it is written, refuses
// rows one by one with their places, keeps what the store has and the file
// repeats, corrects what a newer edition says differently, and closes the
// listings that a complete newer edition no longer holds.
//
// A format (one package each, such as ingest/csl) says what each row of a file
// means, as a [Record]; everything else happens here, once for all formats.
package ingest

import (
	"context"

	"debadge/graph"
	"debadge/graph/file"
)

// Format reads one kind of file.
type Format struct {
	Name      string // as on the command line: csl, gleif
	Summary   string // what it is, in one line of help
	Register  string // names the register in the ids of its claims, sources and parties: lower-case letters, digits, '-'
	Publisher string
	Title     string // of the source that an imported file becomes, such as "Consolidated Screening List"
	Kind      string // of that source: list or registry

	// Together says that the files given are parts of one edition, read at
	// once, such as OFAC's four. Otherwise each file is an edition of its own.
	Together bool

	// Whole says that a record names all values of an attribute that the
	// register knows, so that they take the place of those before. Otherwise
	// values are only added. Aliases are always added, and attributes that a
	// record does not name stay: another register, or another file of this one,
	// may have said them.
	Whole bool

	// Read calls the sink for each record in the order of the files. It is
	// called several times for an import (to check, then to write), and must do
	// the same each time. Its memory does not grow with the file. What is wrong
	// with one row is given to the sink as a refusal; an error of Read, or of
	// the sink, ends it: a file that is not of this format is KindInvalid.
	Read func(ctx context.Context, files []*file.File, sink Sink) error
}

// Place is where in a file something stands. Lines count from 1.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column string `json:"column,omitempty"` // the header's name, or the path in a JSON or XML object
}

// Record is what one row, or one object, says.
type Record struct {
	At       Place
	Entities []graph.Entity
	Sources  []graph.Source // documents that the row names, beside the file itself
	Claims   []Statement

	// Mentions are entities that the record refers to, or adds attributes to,
	// without describing them, such as the ends of a claim that another row or
	// another file describes. Their names count only where the store has no
	// such entity yet: no claim hangs in the air, and no name gives way to a
	// number.
	Mentions []graph.Entity
}

// Statement is a claim as a register states it. Its id is left empty: it is made
// of the register, the key and the content. A citation without a source cites
// the file that is imported; with none at all, one is added that supports it.
type Statement struct {
	graph.Claim

	// Key is what makes it the same statement in every edition, beside the
	// relation and its ends: the number of a statement, or the address and the
	// legal citation of a listing. If an edition says something else under
	// the same key, that corrects the earlier claim.
	Key string
}

// Refusal is a row that is not imported, or a value without which its row is.
type Refusal struct {
	Place
	Value  string `json:"value,omitempty"` // shortened where it is long
	Reason string `json:"reason"`          // what is wrong and what would be right

	// Kept says that the value alone is refused, and the row imported without
	// it. A row that is not kept may be a listing: an edition with such a row
	// closes nothing, since absence from it does not mean an end.
	Kept bool `json:"kept,omitempty"`
}

// Sink takes what a format reads. An error ends the reading.
type Sink interface {
	// Record takes one row. A record that the domain refuses is refused whole.
	Record(r Record) error

	// Refuse notes a row that could not be read; the rows after it are read.
	Refuse(r Refusal) error

	// LeaveOut counts a row that is no subject of debadge, such as a vessel.
	LeaveOut(what string)

	// Conflict notes a row that contradicts another one; both are kept.
	Conflict(at Place, text string)

	// Incomplete says that the edition does not hold everything that it should
	// (it is cut off, say), so that absence from it means nothing.
	Incomplete(why string)

	// Edition gives the date of the edition where the file itself states it.
	Edition(d graph.Date)

	// Covers says that the edition is of this list: a listing on it that a
	// complete edition does not hold has ended. Lists on which a record lists
	// somebody are covered without saying so.
	Covers(list graph.ID)
}
