package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"debadge/graph"
)

// parsePolicyFile reads a policy from JSON or YAML. YAML is turned into JSON
// first, so that both are read by the same rules.
func parsePolicyFile(data []byte, isYAML bool) (graph.Policy, error) {
	if !isYAML {
		return graph.ParsePolicy(data)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return graph.Policy{}, graph.Errorf(graph.KindInvalid, "this is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(document.Content) == 0 {
		return graph.Policy{}, graph.Errorf(graph.KindInvalid, "the policy is empty; give it at least a name")
	}
	var text bytes.Buffer
	if err := writeNode(&text, document.Content[0], 0); err != nil {
		return graph.Policy{}, err
	}
	policy, err := graph.ParsePolicy(text.Bytes())
	return policy, addLines(err, document.Content[0])
}

const maxYAMLDepth = 16

// writeNode writes a YAML value as JSON. Numbers keep their digits: a share of
// 33.33 must not become a binary fraction.
func writeNode(w *bytes.Buffer, n *yaml.Node, depth int) error {
	if depth > maxYAMLDepth {
		return atLine(n, "nested more than %d deep", maxYAMLDepth)
	}
	switch n.Kind {
	case yaml.MappingNode:
		return writeMapping(w, n, depth)
	case yaml.SequenceNode:
		w.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				w.WriteByte(',')
			}
			if err := writeNode(w, item, depth+1); err != nil {
				return err
			}
		}
		w.WriteByte(']')
		return nil
	case yaml.ScalarNode:
		return writeScalar(w, n)
	case yaml.DocumentNode, yaml.AliasNode:
	}
	return atLine(n, "anchors and aliases are not read here; write the value out")
}

func writeMapping(w *bytes.Buffer, n *yaml.Node, depth int) error {
	seen := map[string]int{}
	w.WriteByte('{')
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			return atLine(key, "a key must be a plain word")
		}
		if first, ok := seen[key.Value]; ok {
			return atLine(key, "the key %q stands already in line %d", key.Value, first)
		}
		seen[key.Value] = key.Line
		if i > 0 {
			w.WriteByte(',')
		}
		if err := writeText(w, key.Value); err != nil {
			return err
		}
		w.WriteByte(':')
		if err := writeNode(w, n.Content[i+1], depth+1); err != nil {
			return err
		}
	}
	w.WriteByte('}')
	return nil
}

func writeScalar(w *bytes.Buffer, n *yaml.Node) error {
	switch n.Tag {
	case "!!null":
		w.WriteString("null")
		return nil
	case "!!bool":
		w.WriteString(strings.ToLower(n.Value))
		return nil
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			w.WriteString(n.Value)
			return nil
		}
	}
	return writeText(w, n.Value)
}

func writeText(w *bytes.Buffer, text string) error {
	data, err := json.Marshal(text)
	if err != nil {
		return fmt.Errorf("writing %q as JSON: %w", text, err)
	}
	w.Write(data)
	return nil
}

func atLine(n *yaml.Node, format string, args ...any) error {
	return graph.Errorf(graph.KindInvalid, "the policy is refused: line %d: %s", n.Line, fmt.Sprintf(format, args...))
}

var unknownField = regexp.MustCompile(`unknown field "([^"]*)"`)

// addLines says in which lines of the YAML the fields of an error stand.
func addLines(err error, root *yaml.Node) error {
	var e *graph.Error
	if !errors.As(err, &e) {
		return err
	}
	placed := *e
	if m := unknownField.FindStringSubmatch(e.Message); m != nil {
		if key := findKey(root, m[1]); key != nil {
			placed.Message = fmt.Sprintf("the policy is refused: line %d: %q is not a key there", key.Line, m[1])
		}
	}
	placed.Fields = make([]graph.FieldError, len(e.Fields))
	for i, f := range e.Fields {
		placed.Fields[i] = f
		if line := lineOf(root, f.Field); line > 0 {
			placed.Fields[i].Field = "line " + strconv.Itoa(line) + ": " + f.Field
		}
	}
	return &placed
}

func findKey(n *yaml.Node, name string) *yaml.Node {
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			if child.Value == name {
				return child
			}
			continue
		}
		if found := findKey(child, name); found != nil {
			return found
		}
	}
	return nil
}

// lineOf follows a path such as ownership[0].threshold as far as it leads.
func lineOf(n *yaml.Node, path string) int {
	line := 0
	for step := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		next := (*yaml.Node)(nil)
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == step {
					line, next = n.Content[i].Line, n.Content[i+1]
				}
			}
		case yaml.SequenceNode:
			if i, err := strconv.Atoi(step); err == nil && i < len(n.Content) {
				next = n.Content[i]
				line = next.Line
			}
		case yaml.DocumentNode, yaml.ScalarNode, yaml.AliasNode:
		}
		if next == nil {
			return line
		}
		n = next
	}
	return line
}
