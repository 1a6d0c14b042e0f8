package main

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"debadge/graph"
)

// configFile is a file of settings, as far as it is read.
type configFile struct {
	path   string
	values map[string]configValue // by the names of their variables in the environment
}

type configValue struct {
	texts []string
	line  int
}

// maxConfig bounds a file of settings.
const maxConfig = 1 << 20

// readConfigFile reads the file of settings that a flag or the environment names.
func readConfigFile(path string) (configFile, error) {
	data, err := os.ReadFile(path) //nolint:gosec // the file that the user names
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return configFile{}, usage("there is no file of settings %s", path)
	case err != nil:
		return configFile{}, usage("the file of settings cannot be read: %w", err)
	case len(data) > maxConfig:
		return configFile{}, usage("%s is too large to be a file of settings", path)
	}
	values, err := parseConfig(data)
	if err != nil {
		return configFile{}, usageError{inFile(path, err)}
	}
	return configFile{path, values}, nil
}

// parseConfig reads settings from YAML. A key that is not known is refused: a
// typo must not leave a door open.
func parseConfig(data []byte) (map[string]configValue, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, graph.Errorf(graph.KindInvalid, "this is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	values := map[string]configValue{}
	if len(document.Content) == 0 {
		return values, nil
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, wrongAt(root, "write settings as NAME: VALUE, a line each")
	}
	known := configKeys()
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		s, ok := known[key.Value]
		if !ok {
			return nil, wrongAt(key, "%.100q is not a setting%s", key.Value, nearest(key.Value, known))
		}
		if slices.Contains(secrets(), s.env) {
			return nil, wrongAt(key, "%s is a secret: give it as %s, or put it into a file of its own and name that with %s-file", key.Value, s.env, key.Value)
		}
		if before, ok := values[s.env]; ok {
			return nil, wrongAt(key, "%s stands already in line %d", key.Value, before.line)
		}
		texts, err := configTexts(s, value)
		if err != nil {
			return nil, err
		}
		values[s.env] = configValue{texts, key.Line}
	}
	return values, nil
}

// configTexts are the values of a setting as a flag would give them.
func configTexts(s setting, n *yaml.Node) ([]string, error) {
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		return []string{n.Value}, nil
	}
	if n.Kind != yaml.SequenceNode || !s.isList() {
		return nil, wrongAt(n, "%s takes one value", s.key())
	}
	var texts []string
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode || item.Tag == "!!null" {
			return nil, wrongAt(item, "%s takes a list of plain values", s.key())
		}
		texts = append(texts, item.Value)
	}
	return texts, nil
}

func wrongAt(n *yaml.Node, format string, args ...any) error {
	e := graph.Errorf(graph.KindInvalid, format, args...)
	e.Message = "line " + strconv.Itoa(n.Line) + ": " + e.Message
	return e
}

// key is the name of a setting in a file: that of its flag, or of its variable.
func (s setting) key() string {
	if s.flag != "" {
		return s.flag
	}
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(s.env, "DEBADGE_")), "_", "-")
}

// isList reports whether a setting can be given several times.
func (s setting) isList() bool {
	if s.value == nil {
		return false
	}
	_, ok := s.value(&flags{}).(*[]string)
	return ok
}

// configKeys are the settings that a file can give: those that the environment
// can, but for where the file is.
func configKeys() map[string]setting {
	keys := map[string]setting{}
	for _, s := range settings() {
		if s.env != "" && s.env != "DEBADGE_CONFIG" {
			keys[s.key()] = s
		}
	}
	return keys
}

// nearest names the setting that may have been meant.
func nearest(word string, known map[string]setting) string {
	for name := range known {
		if strings.EqualFold(strings.ReplaceAll(word, "_", "-"), name) || strings.HasPrefix(name, word) && len(word) > 2 {
			return "; did you mean " + name + "?"
		}
	}
	return "; debadge help settings lists them"
}

// given is what the environment or the file of settings says of a setting, and
// where; nothing if they do not.
func (p *program) given(s setting) (texts []string, source string) {
	if value := environment(p.env, s.env); value != "" {
		texts = []string{value}
		if s.isList() {
			texts = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
		}
		return texts, s.env
	}
	if v, ok := p.config.values[s.env]; ok {
		return v.texts, p.config.path + ", line " + strconv.Itoa(v.line)
	}
	return nil, ""
}

// secret returns a secret from the environment, or from the file that NAME_FILE
// names; "" if neither is given.
func (p *program) secret(name string) (string, error) {
	value, path := environment(p.env, name), p.getenv(name+"_FILE")
	switch {
	case path == "":
		return value, nil
	case value != "":
		return "", usage("%s and %s_FILE say two things; give one", name, name)
	}
	data, err := os.ReadFile(path) //nolint:gosec // the file that the user names
	if err != nil {
		return "", usage("%s_FILE: the file cannot be read: %w", name, err)
	}
	return strings.TrimRight(string(data), "\r\n"), nil
}
