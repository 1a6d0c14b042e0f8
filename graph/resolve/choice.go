package resolve

import (
	"encoding/json"
	"slices"
	"strings"

	"debadge/graph"
)

// The attributes of an entity that hold what people decided about texts. They
// are written in a change set like everything else, so that a choice has its
// record time, and an answer as known before does not know it.
const (
	CalledAttribute    = graph.CalledAttribute
	NotCalledAttribute = graph.NotCalledAttribute
)

// ReadChoice reads a value of such an attribute. A value that is no JSON is the
// text alone.
func ReadChoice(value string) Choice {
	var c Choice
	if err := json.Unmarshal([]byte(value), &c); err != nil || c.Text == "" {
		return Choice{Text: value}
	}
	return c
}

func choiceKeyOf(text string) []byte { return compact(nil, fold(text, false).text) }

// Means returns a change set by which a text means an entity from then on: the
// text becomes an alias, by which every command finds it, and the choice is kept
// with its author and reason. A former choice to the contrary is taken back.
func Means(e graph.Entity, c Choice) (graph.ChangeSet, error) {
	value, err := c.value()
	if err != nil {
		return graph.ChangeSet{}, err
	}
	e = decided(e, c.Text, CalledAttribute, value)
	if !slices.ContainsFunc(e.Aliases, func(a graph.Alias) bool { return a.Text == c.Text }) && e.Name != c.Text {
		e.Aliases = append(slices.Clone(e.Aliases), graph.Alias{Text: c.Text})
	}
	return graph.ChangeSet{Author: c.Author, Reason: c.Reason, Entities: []graph.Entity{e}}, nil
}

// Never returns a change set by which a text does not mean an entity from then
// on, however alike they are. An alias of that text is taken away.
func Never(e graph.Entity, c Choice) (graph.ChangeSet, error) {
	value, err := c.value()
	if err != nil {
		return graph.ChangeSet{}, err
	}
	e = decided(e, c.Text, NotCalledAttribute, value)
	e.Aliases = slices.DeleteFunc(slices.Clone(e.Aliases), func(a graph.Alias) bool { return sameText(a.Text, c.Text) })
	return graph.ChangeSet{Author: c.Author, Reason: c.Reason, Entities: []graph.Entity{e}}, nil
}

func sameText(a, b string) bool { return string(choiceKeyOf(a)) == string(choiceKeyOf(b)) }

func (c Choice) value() (string, error) {
	switch {
	case len(choiceKeyOf(c.Text)) == 0:
		return "", graph.Errorf(graph.KindInvalid, "%q has no letter or digit that a choice could be about", c.Text)
	case strings.TrimSpace(c.Author) == "":
		return "", graph.Errorf(graph.KindInvalid, "a choice needs its author")
	case strings.TrimSpace(c.Reason) == "":
		return "", graph.Errorf(graph.KindInvalid, "a choice needs its reason, which later readers will see")
	}
	data, err := json.Marshal(c)
	if err != nil {
		return "", graph.Errorf(graph.KindInternal, "a choice cannot be written: %w", err)
	}
	return string(data), nil
}

// decided returns the entity with a choice in one attribute, and none about
// the same text beside it.
func decided(e graph.Entity, text, attribute, value string) graph.Entity {
	attributes := make(map[string][]string, len(e.Attributes)+1)
	for k, values := range e.Attributes {
		if k == CalledAttribute || k == NotCalledAttribute {
			values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return sameText(ReadChoice(v).Text, text) })
		}
		if len(values) > 0 {
			attributes[k] = values
		}
	}
	attributes[attribute] = append(slices.Clone(attributes[attribute]), value)
	e.Attributes = attributes
	return e
}
