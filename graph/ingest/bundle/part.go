package bundle

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"debadge/graph"
)

// Part is a change set of a file, and where its items stand there.
type Part struct {
	graph.ChangeSet
	File   string
	Number int // from 1

	base  [len(listNames)]int // items of the file that came before, by list
	items [len(listNames)][]written
}

// written is an item as it stands in a file.
type written struct {
	at   position
	text []byte
}

// Len returns the number of items in the part.
func (p *Part) Len() int {
	return len(p.Entities) + len(p.Sources) + len(p.Claims) + len(p.Retractions)
}

// Locate gives the fields of an error about the part, such as a store's, their
// places in the file. Any other error is returned as it is.
func (p *Part) Locate(err error) error {
	var e *graph.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	located, ok := refused(p.File, p.locate(err), 0).(*graph.Error) //nolint:errorlint // made one line above
	if !ok {
		return err
	}
	located.Kind, located.Cause = e.Kind, err
	return located
}

// fieldPath is the list, the index and the rest of a path such as claims[3].to.
var fieldPath = regexp.MustCompile(`^(entities|sources|claims|retractions)\[(\d+)\](.*)$`)

// repeat is the end of a message that names an item of the same part.
var repeat = regexp.MustCompile(`stands already at (entities|sources|claims|retractions)\[(\d+)\]$`)

// item returns the part of a path that names the item, "" if it names none.
func item(path string) string {
	if m := fieldPath.FindStringSubmatch(path); m != nil {
		return m[1] + "[" + m[2] + "]"
	}
	return ""
}

func (p *Part) locate(err error) []problem {
	var e *graph.Error
	if !errors.As(err, &e) {
		return []problem{{position{1, 1}, "", err.Error()}}
	}
	if len(e.Fields) == 0 {
		return []problem{{position{1, 1}, "", e.Message}}
	}
	all := make([]problem, len(e.Fields))
	for i, f := range e.Fields {
		all[i] = problem{position{1, 1}, f.Field, f.Message}
		if m := fieldPath.FindStringSubmatch(f.Field); m != nil {
			all[i].at, all[i].field = p.place(m[1], m[2], m[3])
		}
		if m := repeat.FindStringSubmatch(f.Message); m != nil {
			first, _ := p.place(m[1], m[2], "")
			all[i].wrong = strings.TrimSuffix(f.Message, m[0]) + "stands already in line " + strconv.Itoa(int(first.line))
		}
	}
	return all
}

// place returns where a field of an item of the part stands, and its path by
// the item's index in the file.
func (p *Part) place(name, index, rest string) (position, string) {
	list := slices.Index(listNames[:], name)
	i, err := strconv.Atoi(index)
	if err != nil || i >= len(p.items[list]) {
		return position{1, 1}, name + "[" + index + "]" + rest
	}
	w := p.items[list][i]
	s := newScanner(bytes.NewReader(w.text))
	s.at = w.at
	v, err := s.value()
	if err != nil {
		return w.at, name + "[" + index + "]" + rest
	}
	return find(v, rest), name + "[" + strconv.Itoa(p.base[list]+i) + "]" + rest
}

// find follows a path such as .citations[0].source as far as it leads.
func find(v value, path string) position {
	for path != "" {
		step := path[1:]
		if end := strings.IndexAny(step, ".["); end >= 0 && v.form != objectForm {
			step = step[:end]
		} else if end >= 0 {
			step = longestKey(v, step, end)
		}
		path = path[1+len(step):]
		next, ok := enter(v, strings.TrimSuffix(step, "]"))
		if !ok {
			return v.at
		}
		v = next
	}
	return v.at
}

// longestKey returns the part of a path that is a key of v, which may contain
// the separators of a path.
func longestKey(v value, path string, end int) string {
	for _, m := range v.members {
		if strings.HasPrefix(path, m.key) && len(m.key) > end {
			return m.key
		}
	}
	return path[:end]
}

func enter(v value, step string) (value, bool) {
	for _, m := range v.members {
		if m.key == step {
			return m.value, true
		}
	}
	if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(v.items) {
		return v.items[i], true
	}
	return value{}, false
}
