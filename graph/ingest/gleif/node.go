package gleif

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"slices"
	"strings"

	"debadge/graph"
)

// node is an element of a record, whichever of the three formats it came from.
// Its methods accept nil: an element that is missing has no text and no
// children.
type node struct {
	name     string
	text     string
	lang     string // xml:lang
	kind     string // the attribute type
	children []*node
}

// maxDepth is how deep the elements of a record may be nested; published ones
// reach six.
const maxDepth = 24

// at returns the first child on a path.
func (n *node) at(path ...string) *node {
	for _, name := range path {
		if n == nil {
			return nil
		}
		i := slices.IndexFunc(n.children, func(c *node) bool { return c.name == name })
		if i < 0 {
			return nil
		}
		n = n.children[i]
	}
	return n
}

// value returns the text at the end of a path.
func (n *node) value(path ...string) string {
	if n = n.at(path...); n == nil {
		return ""
	}
	return strings.TrimSpace(n.text)
}

// each returns the children of a name.
func (n *node) each(name string) []*node {
	if n == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(n.children), func(c *node) bool { return c.name != name })
}

// items returns the entries of a list: the children called item of the child
// called list; or, in the JSON of some tools, the children called list
// themselves, which then hold what an item does.
func (n *node) items(list, item string) []*node {
	var all []*node
	for _, group := range n.each(list) {
		if inner := group.each(item); len(inner) > 0 && len(inner[0].children) > 0 {
			all = append(all, inner...)
		} else if len(group.children) > 0 {
			all = append(all, group)
		}
	}
	return all
}

// parseXML reads the element that begins with start.
func parseXML(d *xml.Decoder, start xml.StartElement, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, graph.Errorf(graph.KindInvalid, "elements are nested more than %d deep", maxDepth)
	}
	n := &node{name: start.Name.Local}
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "lang":
			n.lang = a.Value
		case "type":
			n.kind = a.Value
		}
	}
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			child, err := parseXML(d, t, depth+1)
			if err != nil {
				return nil, err
			}
			n.children = append(n.children, child)
		case xml.CharData:
			n.text += string(t)
		case xml.EndElement:
			return n, nil
		}
	}
}

// parseJSON reads a value as the element of a name. An array is so many
// elements. In GLEIF's JSON, {"$": …} is an element's text and {"@xml:lang": …}
// an attribute; in that of other tools a text stands by itself and attributes
// are members.
func parseJSON(data []byte) (*node, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var all []*node
	if err := parseValue(d, "record", &all, 0); err != nil {
		return nil, err
	}
	if len(all) != 1 {
		return nil, graph.Errorf(graph.KindInvalid, "is not one JSON object")
	}
	return all[0], nil
}

func parseValue(d *json.Decoder, name string, into *[]*node, depth int) error {
	if depth > maxDepth {
		return graph.Errorf(graph.KindInvalid, "values are nested more than %d deep", maxDepth)
	}
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			return parseArray(d, name, into, depth)
		}
		return parseObject(d, name, into, depth)
	case string:
		*into = append(*into, &node{name: name, text: t})
	case json.Number:
		*into = append(*into, &node{name: name, text: t.String()})
	}
	return nil
}

func parseArray(d *json.Decoder, name string, into *[]*node, depth int) error {
	for d.More() {
		if err := parseValue(d, name, into, depth+1); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func parseObject(d *json.Decoder, name string, into *[]*node, depth int) error {
	n := &node{name: name}
	*into = append(*into, n)
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		key, ok := token.(string)
		if !ok {
			return io.ErrUnexpectedEOF
		}
		if prefix, local, ok := strings.Cut(key, ":"); ok && !strings.HasPrefix(prefix, "@") {
			key = local // gleif:Deletion
		}
		if err := parseValue(d, key, &n.children, depth+1); err != nil {
			return err
		}
	}
	n.adopt()
	_, err := d.Token()
	return err
}

// adopt makes text and attributes of the children that stand for them.
func (n *node) adopt() {
	n.children = slices.DeleteFunc(n.children, func(c *node) bool {
		switch c.name {
		case "$":
			n.text = c.text
		case "@xml:lang":
			n.lang = c.text
		case "type", "@type":
			n.kind = c.text
		default:
			return strings.HasPrefix(c.name, "@")
		}
		return true
	})
}
