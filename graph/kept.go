package graph

import (
	"encoding/json"
	"maps"
	"slices"
)

// The attributes of an entity that hold what people decided about texts: that a
// text means it, or never does.
const (
	CalledAttribute    = "called"
	NotCalledAttribute = "not_called"
)

// decidedTexts returns the texts of choices, each of which is a JSON object, or
// the text alone.
func decidedTexts(choices []string) []string {
	texts := make([]string, 0, len(choices))
	for _, choice := range choices {
		var c struct {
			Text string `json:"text"`
		}
		if err := json.Unmarshal([]byte(choice), &c); err != nil || c.Text == "" {
			c.Text = choice
		}
		texts = append(texts, c.Text)
	}
	return texts
}

// keptAttributes are the attributes that debadge itself writes, in groups of
// those that belong together.
var keptAttributes = [][]string{
	{CalledAttribute, NotCalledAttribute},
	{RegisterAttribute, EditionAttribute, "edition_digest", EditionCompleteAttribute, EditionCheckedAttribute, MaxAgeAttribute},
}

// keeping returns a new version of an entity with what debadge itself wrote into
// the version before, where the new one states nothing of that group: whoever
// writes an entity anew from a document knows nothing of a person's choices, nor
// of the editions that were imported, and must not undo them.
func (e Entity) keeping(old Entity) Entity {
	var attributes map[string][]string
	for _, group := range keptAttributes {
		stated := slices.ContainsFunc(group, func(name string) bool { return len(e.Attributes[name]) > 0 })
		for _, name := range group {
			values := old.Attributes[name]
			if stated || len(values) == 0 {
				continue
			}
			if attributes == nil {
				if attributes = maps.Clone(e.Attributes); attributes == nil {
					attributes = map[string][]string{}
				}
			}
			attributes[name] = values
		}
	}
	if attributes != nil {
		e.Attributes = attributes
	}
	return e
}
