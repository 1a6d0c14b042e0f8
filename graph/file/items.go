package file

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"debadge/graph"
)

// MaxItem is how many bytes one item of JSON may have.
const MaxItem = 4 << 20

const (
	maxItemDepth   = 500
	maxMemberBytes = 64 << 10
)

// Item is one item of a JSON file: a line of NDJSON, or an element of its array.
type Item struct {
	Line int // on which it begins
	JSON json.RawMessage
}

// ItemOptions say where in a JSON file its items are.
type ItemOptions struct {
	// Keys are the names of the members of a file that is one object of which
	// the array of items may be the value; results if there are none.
	Keys []string
}

// Items reads a JSON file item by item, whether it is one array, an object with
// a member that is the array, or an item a line (NDJSON).
type Items struct {
	file    *File
	scan    *scanner
	lines   bool // NDJSON
	object  bool // the array is a member of an object
	begun   bool
	done    bool
	members map[string]json.RawMessage
}

// NewItems begins to read the file's items. A file that is none of the three is
// an error of KindInvalid.
func NewItems(f *File, o ItemOptions) (*Items, error) {
	if f.book {
		_, err := f.Text.Read(nil)
		return nil, err
	}
	if len(o.Keys) == 0 {
		o.Keys = []string{"results"}
	}
	it := &Items{file: f, scan: newScanner(f.Text), members: map[string]json.RawMessage{}}
	switch b, err := it.scan.peek(); {
	case errors.Is(err, io.EOF):
		it.done = true
	case err != nil:
		return nil, it.fail(err)
	case b == '[':
		it.scan.skip()
	case b != '{':
		return nil, graph.Errorf(graph.KindInvalid, "%s is not JSON: it begins with %q", f.Name, b)
	case it.isLines(o.Keys):
		it.lines = true
	default:
		it.object = true
		if err := it.find(o.Keys); err != nil {
			return nil, err
		}
	}
	return it, nil
}

// Member returns a member that stood before the items in an object, nil if
// there was none or it was longer than 64 KiB.
func (it *Items) Member(key string) json.RawMessage { return it.members[key] }

// isLines reports whether the first line is an object of its own and not the
// one that holds all items.
func (it *Items) isLines(keys []string) bool {
	line, whole := it.scan.in.line(0)
	if !whole || !json.Valid(line) {
		return it.scan.brokenLine(line)
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(line, &members) != nil {
		return false
	}
	return !slices.ContainsFunc(keys, func(key string) bool {
		return bytes.HasPrefix(bytes.TrimSpace(members[key]), []byte("["))
	})
}

// find reads an object's members up to the array of items.
func (it *Items) find(keys []string) error {
	it.scan.skip()
	for {
		key, last, err := it.key()
		if err != nil {
			return err
		}
		if last {
			return graph.Errorf(graph.KindInvalid, "%s: the object has no array %s to read", it.file.Name, strings.Join(keys, " or "))
		}
		b, err := it.scan.peek()
		if err != nil {
			return it.fail(err)
		}
		if b == '[' && slices.Contains(keys, key) {
			it.scan.skip()
			return nil
		}
		value, _, err := it.scan.value()
		if err != nil {
			return it.fail(err)
		}
		if len(value) <= maxMemberBytes && json.Valid(value) {
			it.members[key] = bytes.Clone(value)
		}
	}
}

// key reads a member's name and the colon behind it.
func (it *Items) key() (key string, last bool, err error) {
	b, err := it.scan.peek()
	if err == nil && b == ',' && it.begun {
		it.scan.skip()
		b, err = it.scan.peek()
	}
	if err != nil {
		return "", false, it.fail(err)
	}
	if b == '}' {
		return "", true, nil
	}
	it.begun = true
	value, _, err := it.scan.value()
	if err != nil {
		return "", false, it.fail(err)
	}
	if b != '"' || json.Unmarshal(value, &key) != nil {
		return "", false, it.invalid("a member's name should stand here")
	}
	if b, err = it.scan.peek(); err != nil {
		return "", false, it.fail(err)
	}
	if b != ':' {
		return "", false, it.invalid("a colon should stand here")
	}
	it.scan.skip()
	return key, false, nil
}

// Next returns the next item. One that cannot be read is a *[BadRow] error,
// after which Next goes on; the end is io.EOF. Every other error is final.
func (it *Items) Next() (Item, error) {
	if it.done {
		return Item{}, io.EOF
	}
	if it.lines {
		return it.nextLine()
	}
	b, err := it.scan.peek()
	if err == nil && b == ',' && it.scan.count > 0 {
		it.scan.skip()
		b, err = it.scan.peek()
	} else if err == nil && b != ']' && it.scan.count > 0 {
		return Item{}, it.invalid("a comma should stand between two items")
	}
	if err != nil {
		return Item{}, it.fail(err)
	}
	if b == ']' {
		it.done = true
		it.scan.skip()
		return Item{}, it.end()
	}
	it.scan.count++
	line := it.scan.lineNumber
	value, wrong, err := it.scan.value()
	if err != nil {
		return Item{}, it.fail(err)
	}
	return it.item(line, value, wrong)
}

func (it *Items) item(line int, value []byte, wrong string) (Item, error) {
	switch {
	case wrong != "":
	case !utf8.Valid(value):
		wrong = "the item is not UTF-8; save the file as UTF-8, or say its encoding"
	case !json.Valid(value):
		wrong = "the item is not JSON: " + json.Unmarshal(value, new(json.RawMessage)).Error()
	default:
		return Item{Line: line, JSON: bytes.Clone(value)}, nil
	}
	return Item{}, &BadRow{Line: line, Value: shortBytes(value), Reason: wrong}
}

func (it *Items) nextLine() (Item, error) {
	s := it.scan
	if _, err := s.peek(); err != nil {
		it.done = true
		if errors.Is(err, io.EOF) {
			return Item{}, io.EOF
		}
		return Item{}, it.fail(err)
	}
	line := s.lineNumber
	text, whole := s.in.line(0)
	if err := s.in.failure(); err != nil && !bytes.HasSuffix(text, []byte("\n")) {
		return Item{}, it.fail(err)
	}
	if !whole {
		bad := &BadRow{Line: line, Value: shortBytes(text), Reason: "the item is longer than 4 MiB"}
		s.in.skipLine()
		s.lineNumber++
		if err := s.in.failure(); err != nil {
			return Item{}, it.fail(err)
		}
		return Item{}, bad
	}
	item, err := it.item(line, bytes.TrimSpace(text), "")
	if bad, ok := errors.AsType[*BadRow](err); ok && !bytes.HasSuffix(text, []byte("\n")) {
		bad.Truncated = true
		bad.Reason += "; the file ends in it: it is cut off"
	}
	s.in.take(len(text))
	s.lineNumber++
	return item, err
}

// end reads what stands behind the items.
func (it *Items) end() error {
	if it.object {
		it.begun = true
		for {
			_, last, err := it.key()
			if err != nil {
				return err
			}
			if last {
				it.scan.skip()
				break
			}
			if _, _, err := it.scan.value(); err != nil {
				return it.fail(err)
			}
		}
	}
	b, err := it.scan.peek()
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case err != nil:
		return it.fail(err)
	}
	return it.invalid(fmt.Sprintf("%q stands behind the end of the JSON", b))
}

func (it *Items) invalid(what string) error {
	return graph.Errorf(graph.KindInvalid, "%s: line %d: %s", it.file.Name, it.scan.lineNumber, what)
}

// fail ends the reading: where the text ends early the file is cut off.
func (it *Items) fail(err error) error {
	it.done = true
	if errors.Is(err, io.EOF) {
		return graph.Errorf(graph.KindInvalid, "%s: line %d: the file ends in the middle of its JSON: it is cut off",
			it.file.Name, it.scan.lineNumber)
	}
	if _, ok := errors.AsType[*graph.Error](err); ok {
		return err
	}
	return graph.Unavailable(it.file.Name+" cannot be read: "+err.Error(), err)
}
