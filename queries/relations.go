package queries

import (
	"regexp"
	"slices"
	"strings"
)

// typeList is where a pattern names its relationship types: [r:MAKES|SELLS …].
// Labels and map keys do not look like it.
var typeList = regexp.MustCompile(`(\[[a-z0-9]*:)([A-Z][A-Z_]*(?:\|[A-Z][A-Z_]*)*)`)

// noType is the name of no relation: no relationship has it.
const noType = "NONE"

// Types returns every list of relationship types that the statement names, in
// the order of the text.
func (q Query) Types() [][]string {
	var lists [][]string
	for _, m := range typeList.FindAllStringSubmatch(q.Text, -1) {
		lists = append(lists, strings.Split(m[2], "|"))
	}
	return lists
}

// Narrow returns the statement with every list of relationship types cut down
// to those that are given. A list of which nothing is left matches nothing.
func (q Query) Narrow(types ...string) string {
	return typeList.ReplaceAllStringFunc(q.Text, func(found string) string {
		m := typeList.FindStringSubmatch(found)
		kept := slices.DeleteFunc(strings.Split(m[2], "|"), func(t string) bool { return !slices.Contains(types, t) })
		if len(kept) == 0 {
			return m[1] + noType
		}
		return m[1] + strings.Join(kept, "|")
	})
}

// writeType is the type that the files that write name: a statement can write
// relationships of one type alone.
const writeType = "MAKES"

// indexHint is where a statement names the index that it is to use, which is one
// of a type too.
const indexHint = "USING INDEX SEEK r:"

// Of returns a statement that is written for MAKES as one for another type. The
// type must be a name of the table of relations.
func (q Query) Of(relation string) string {
	text := typeList.ReplaceAllStringFunc(q.Text, func(found string) string {
		return strings.TrimSuffix(found, writeType) + relation
	})
	return strings.ReplaceAll(text, indexHint+writeType, indexHint+relation)
}
