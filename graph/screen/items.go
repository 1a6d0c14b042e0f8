package screen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"debadge/graph"
)

// maxKeys bounds the keys of one object that are looked at.
const maxKeys = 4096

// objects reads what JSON objects say. Their keys take the place of columns;
// that of an object inside of one is behind a dot, such as manufacturer.name.
type objects struct {
	mapping Mapping
	keys    []string // of the object before, which most objects repeat
	layout  layout
}

// itemColumns is the one column of what has no columns: the object as it is.
var itemColumns = []string{"input"}

// line reads one item: an object, or a text that names a product.
func (o *objects) line(raw json.RawMessage) (Line, error) {
	compact := new(bytes.Buffer)
	if err := json.Compact(compact, raw); err != nil {
		return Line{}, err
	}
	l := Line{Cells: []string{compact.String()}}
	var text string
	if bytes.HasPrefix(compact.Bytes(), []byte(`"`)) && json.Unmarshal(raw, &text) == nil {
		l.Input.Product = strings.TrimSpace(text)
		return l, nil
	}
	if compact.Len() == 0 || compact.Bytes()[0] != '{' {
		l.Bad = "it is no object and no text"
		return l, nil
	}
	d := json.NewDecoder(compact)
	d.UseNumber()
	var keys, values []string
	if _, err := d.Token(); err != nil { // the brace
		return l, err
	}
	keys, values, err := flatten(d, "", keys, values)
	if err != nil {
		return l, err
	}
	if !equalTexts(keys, o.keys) || o.layout == nil {
		if o.layout, err = layoutOf(keys, o.mapping); err != nil {
			o.layout = nil
			if e, ok := errors.AsType[*graph.Error](err); ok {
				l.Bad = strings.ReplaceAll(strings.ReplaceAll(e.Message, "no column is", "no key is"), "columns", "keys")
				return l, nil
			}
			return l, err
		}
		o.keys = keys
	}
	l.Input = o.layout.input(values)
	return l, nil
}

// members returns the keys and values of an item, false if it is no object.
func (*objects) members(raw json.RawMessage) (keys, values []string, ok bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, false
	}
	keys, values, err := flatten(d, "", nil, nil)
	return keys, values, err == nil
}

func equalTexts(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// flatten reads the members of an object whose brace is read, down to the
// objects inside of it. Of a list the first element counts.
func flatten(d *json.Decoder, prefix string, keys, values []string) (k, v []string, err error) {
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return keys, values, err
		}
		name, _ := t.(string) // a key always is one
		if keys, values, err = flattenValue(d, prefix+name, keys, values); err != nil {
			return keys, values, err
		}
		if len(keys) > maxKeys {
			return keys, values, fmt.Errorf("it has more than %d keys", maxKeys)
		}
	}
	_, err = d.Token() // the closing brace
	return keys, values, err
}

func flattenValue(d *json.Decoder, key string, keys, values []string) (k, v []string, err error) {
	t, err := d.Token()
	if err != nil {
		return keys, values, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return flatten(d, key+".", keys, values)
		}
		for first := true; d.More(); first = false {
			if first {
				keys, values, err = flattenValue(d, key, keys, values)
			} else {
				_, _, err = flattenValue(d, key, nil, nil)
			}
			if err != nil {
				return keys, values, err
			}
		}
		_, err = d.Token() // the closing bracket
		return keys, values, err
	case string:
		return append(keys, key), append(values, t), nil
	case json.Number:
		return append(keys, key), append(values, t.String()), nil
	}
	return keys, values, nil // true, false and null name nothing
}

// badJSON says what is wrong with an item.
func badJSON(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it is cut off"
	}
	return "it is no JSON: " + err.Error()
}
