package ftm

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// entity is one FollowTheMoney object.
type entity struct {
	ID         string              `json:"id"`
	Schema     string              `json:"schema"`
	Caption    string              `json:"caption"`
	Datasets   []string            `json:"datasets"`
	Written    json.RawMessage     `json:"properties"`
	Properties map[string]property `json:"-"` // once they are read
}

// has reports whether a member of that name may stand in the properties, without
// reading them.
func (e *entity) has(member string) bool { return bytes.Contains(e.Written, []byte(`"`+member+`"`)) }

// open reads the properties.
func (e *entity) open() error {
	if len(e.Written) == 0 {
		return nil
	}
	return json.Unmarshal(e.Written, &e.Properties)
}

// property holds the values of a property: texts, and entities where the file
// nests them. A nested entity counts as its id among the texts.
type property struct {
	texts  []string
	nested []json.RawMessage
}

// UnmarshalJSON reads a list of values, or a single one. Values that are
// neither text nor number nor entity are passed over, as FollowTheMoney does.
func (p *property) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || data[0] != '[' {
		return p.add(data)
	}
	var texts []string
	if json.Unmarshal(data, &texts) == nil {
		for _, text := range texts {
			p.text(text)
		}
		return nil
	}
	var values []json.RawMessage
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	for _, v := range values {
		if err := p.add(v); err != nil {
			return err
		}
	}
	return nil
}

func (p *property) add(value json.RawMessage) error {
	value = bytes.TrimSpace(value)
	if len(value) == 0 {
		return nil
	}
	switch c := value[0]; {
	case c == '"':
		var text string
		if err := json.Unmarshal(value, &text); err != nil {
			return err
		}
		p.text(text)
	case c == '{':
		var inner struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(value, &inner); err != nil {
			return err
		}
		p.text(inner.ID)
		p.nested = append(p.nested, slices.Clone(value))
	case c == '-' || (c >= '0' && c <= '9'):
		p.text(string(value))
	}
	return nil
}

func (p *property) text(value string) {
	value = strings.TrimSpace(value)
	if value != "" && !slices.Contains(p.texts, value) {
		p.texts = append(p.texts, value)
	}
}

// all returns the values of some properties, each once, in the order given.
func (e *entity) all(names ...string) []string {
	var p property
	for _, name := range names {
		for _, text := range e.Properties[name].texts {
			p.text(text)
		}
	}
	return p.texts
}

// nested returns the entities that stand inside the values of this one, in the
// order of the properties' names.
func (e *entity) nested() []json.RawMessage {
	var names []string
	for name, p := range e.Properties {
		if len(p.nested) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var all []json.RawMessage
	for _, name := range names {
		all = append(all, e.Properties[name].nested...)
	}
	return all
}
