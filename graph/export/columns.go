package export

import (
	"strconv"
	"strings"
	"time"

	"debadge/graph"
)

// form is how a property is kept in a graph, and how it is told from none.
type form uint8

const (
	text     form = iota // the empty text is none
	exact                // the empty text is a text
	list                 // has an item at least
	optional             // a list, or none; its items are not empty
	beside               // a list beside the one before it: none if that is none
	integer
	endless // an integer, 2^63-1 if there is none
	boolean
	date
	datetime
)

// column is a property in rows that come in a fixed order.
type column struct {
	name string
	form form
}

func versionColumns(first ...column) []column {
	return append(first, column{"created", integer}, column{"revision", integer}, column{"recorded_at", datetime}, column{"until", endless})
}

func entityColumns() []column {
	return versionColumns(column{"id", text}, column{"name", text}, column{"brand", text}, column{"aliases", optional},
		column{"alias_languages", beside}, column{"attributes", optional}, column{"name_keys", list})
}

func sourceColumns() []column {
	return versionColumns(column{"id", text}, column{"title", text}, column{"publisher", text}, column{"date", text},
		column{"url", text}, column{"language", text}, column{"kind", text}, column{"digest", text})
}

// claimColumns are those of the claims of one relation.
func claimColumns(relation graph.Relation) []column {
	c := []column{
		{"id", text},
		{"mirror", boolean},
		{"status", text},
		{"confidence", integer},
		{"valid_from", date},
		{"valid_to", date},
		{"valid_from_text", text},
		{"valid_to_text", text},
		{"share_min", integer},
		{"share_max", integer},
	}
	for _, a := range relation.Rule().Attributes {
		c = append(c, column{a.Name, text})
	}
	return append(c, column{"cite_source", list}, column{"cite_stance", list}, column{"cite_locator", list}, column{"cite_text", list},
		column{"revision", integer}, column{"recorded_at", datetime}, column{"retracted", endless}, column{"retracted_at", datetime},
		column{"retraction_reason", text}, column{"replaced_by", text})
}

func changeColumns() []column {
	return []column{
		{"key", text},
		{"id", text},
		{"digest", text},
		{"author", exact},
		{"reason", exact},
		{"items", integer},
		{"revision", integer},
		{"recorded_at", datetime},
	}
}

func storeColumns() []column {
	return []column{
		{"name", text},
		{"schema", integer},
		{"revision", integer},
		{"recorded_at", datetime},
		{"entities", integer},
		{"sources", integer},
		{"claims", integer},
		{"retracted", integer},
		{"misnamed", integer},
		{"part", text},
	}
}

// inColumns calls put for each column with the property that stands there, nil
// if there is none. Properties stand in the order of their columns.
func inColumns(columns []column, p properties, put func(c column, value any)) {
	for _, c := range columns {
		var value any
		if len(p) > 0 && p[0].name == c.name {
			value, p = p[0].value, p[1:]
		}
		put(c, value)
	}
	if len(p) > 0 {
		panic("the property " + p[0].name + " has no column") // a fault of this package
	}
}

// scalar writes a value that is no list as text.
func scalar(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		return strconv.FormatBool(v)
	case graph.Day:
		return v.String()
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.000000") + "[UTC]" // as the driver sends it
	case []string:
		return strings.Join(v, itemEnd)
	}
	panic("a property has a value of a type that none has") // a fault of this package
}
