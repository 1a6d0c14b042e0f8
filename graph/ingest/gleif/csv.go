package gleif

import (
	"slices"
	"strconv"
	"strings"
)

// column is where a cell of the golden copy's CSV belongs in a record.
type column struct {
	path []step
}

// step is an element on the way, and which of its name it is.
type step struct {
	name  string
	index int
}

// Names in the CSV that are not those of the XML.
var columnNames = map[string][]string{
	"Period":      {"RelationshipPeriods", "RelationshipPeriod"},
	"Qualifiers":  {"RelationshipQualifiers", "RelationshipQualifier"},
	"Quantifiers": {"RelationshipQuantifiers", "RelationshipQuantifier"},
	"startDate":   {"StartDate"},
	"endDate":     {"EndDate"},
	"periodType":  {"PeriodType"},
	"xmllang":     {langStep},
	"type":        {kindStep},
}

const (
	langStep = "@lang"
	kindStep = "@type"
)

// columnOf splits a header such as Entity.OtherEntityNames.OtherEntityName.2.type.
func columnOf(header string) column {
	if category, ok := strings.CutPrefix(header, "Exception."); ok {
		header = "Exception" + category // Exception.Reason.1 is the element ExceptionReason
	}
	var c column
	for name := range strings.SplitSeq(header, ".") {
		if n, err := strconv.Atoi(name); err == nil && len(c.path) > 0 {
			c.path[len(c.path)-1].index = n
			continue
		}
		names, ok := columnNames[name]
		if !ok {
			names = []string{name}
		}
		for _, name := range names {
			c.path = append(c.path, step{name: name})
		}
	}
	return c
}

// put sets a cell's value in a record.
func (c column) put(record *node, value string) {
	n := record
	for _, s := range c.path {
		switch s.name {
		case langStep:
			n.lang = value
			return
		case kindStep:
			n.kind = value
			return
		}
		n = n.child(s)
	}
	n.text = value
}

// child returns the child of a step, which it adds if it is not there. Cells of
// one element stand side by side, so the search is short.
func (n *node) child(s step) *node {
	name := s.name
	if s.index > 0 {
		name += "#" + strconv.Itoa(s.index)
	}
	if i := slices.IndexFunc(n.children, func(c *node) bool { return c.name == name }); i >= 0 {
		return n.children[i]
	}
	n.children = append(n.children, &node{name: name})
	return n.children[len(n.children)-1]
}

// plain takes the numbers off the names again.
func (n *node) plain() {
	for _, c := range n.children {
		c.name, _, _ = strings.Cut(c.name, "#")
		c.plain()
	}
}
