package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"debadge/graph"
)

// maxTold bounds how many refusals, conflicts and notes a report names one by
// one; all are counted.
const maxTold = 50

// Counts says what became of the statements of an edition.
type Counts struct {
	Added     int `json:"added"`
	Changed   int `json:"changed"`  // corrections: the edition says something else under the same key
	Closed    int `json:"closed"`   // listings that the edition no longer holds
	Reopened  int `json:"reopened"` // listings that an edition before had closed
	Unchanged int `json:"unchanged"`
	Withdrawn int `json:"withdrawn"` // retracted by a person before, and left so
}

// ListReport says what an edition did to one list.
type ListReport struct {
	List graph.ID `json:"list"`
	Counts
}

// Report says what an import did, or would do if it was a dry run.
type Report struct {
	Format   string     `json:"format"`
	Edition  graph.Date `json:"edition,omitzero"`
	Complete bool       `json:"complete"`          // so that absence from it meant something
	CutOff   []string   `json:"cut_off,omitempty"` // why the edition itself does not hold everything that it should

	Records         int          `json:"records"` // that the format read and the domain accepted
	EntitiesAdded   int          `json:"entities_added"`
	EntitiesChanged int          `json:"entities_changed"`
	Counts                       // of claims
	Lists           []ListReport `json:"lists,omitempty"`

	Refused       int            `json:"refused"`        // rows
	RefusedValues int            `json:"refused_values"` // values alone, in rows that are kept
	LeftOut       map[string]int `json:"left_out,omitempty"`
	ConflictCount int            `json:"conflict_count"`

	Refusals  []Refusal `json:"refusals,omitempty"` // the first of them
	Conflicts []string  `json:"conflicts,omitempty"`
	Notes     []string  `json:"notes,omitempty"`

	Commits  int            `json:"commits"`
	Revision graph.Revision `json:"revision"` // of the last commit, 0 if there was none
}

// list returns the counts of a list.
func (r *Report) list(id graph.ID) *Counts {
	i, ok := slices.BinarySearchFunc(r.Lists, id, func(l ListReport, id graph.ID) int { return cmp.Compare(l.List, id) })
	if !ok {
		r.Lists = slices.Insert(r.Lists, i, ListReport{List: id})
	}
	return &r.Lists[i].Counts
}

// count adds to the counts of the import and, for a listing, of the list.
func (r *Report) count(c graph.Claim, what func(*Counts) *int) {
	*what(&r.Counts)++
	if c.Relation == graph.ListedOn {
		*what(r.list(c.To))++
	}
}

// uncount takes back that a claim was added.
func (r *Report) uncount(c graph.Claim) {
	r.Added--
	if c.Relation == graph.ListedOn {
		r.list(c.To).Added--
	}
}

func (r *Report) conflict(at Place, text string) {
	r.ConflictCount++
	if len(r.Conflicts) < maxTold {
		r.Conflicts = append(r.Conflicts, where(at)+": "+text)
	}
}

func (r *Report) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); len(r.Notes) < maxTold && !slices.Contains(r.Notes, text) {
		r.Notes = append(r.Notes, text)
	}
}

func (r *Report) finish(im *run) {
	r.Edition, r.Complete, r.CutOff = im.edition.date, im.complete(), im.edition.incomplete
	if r.Withdrawn > 0 {
		r.note("%s retracted by a person before; they stay so",
			counted(r.Withdrawn, "statement of the edition was", "statements of the edition were"))
	}
}

// where names a place as messages do.
func where(p Place) string {
	text := p.File
	if p.Line > 0 {
		text += fmt.Sprintf(":%d", p.Line)
	}
	if p.Column != "" {
		text += ": " + p.Column
	}
	return strings.TrimPrefix(text, ":")
}

// maxValue bounds a value that a refusal tells.
const maxValue = 200

func shortened(value string) string {
	if len(value) <= maxValue {
		return value
	}
	runes := []rune(value[:maxValue])
	return strings.TrimRight(string(runes[:len(runes)-1]), "\uFFFD") + "…"
}
