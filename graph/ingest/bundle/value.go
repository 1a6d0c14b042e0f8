package bundle

import (
	"fmt"
	"unicode/utf8"
)

type form uint8

const (
	nullForm form = iota
	boolForm
	numberForm
	stringForm
	arrayForm
	objectForm
)

var formNames = [...]string{"null", "true or false", "a number", "text", "a list", "an object"}

// value is a JSON value and where it stands.
type value struct {
	form    form
	at      position
	text    string // of a string (unescaped), a number, true or false
	items   []value
	members []member
}

type member struct {
	key   string
	at    position
	value value
}

// value reads one value of any form.
func (s *scanner) value() (value, error) {
	b, err := s.space()
	if err != nil {
		return value{}, err
	}
	if s.values++; s.values > maxValues {
		return value{}, s.refuse("the item holds more than %d values", maxValues)
	}
	v := value{at: s.at}
	switch {
	case b == '{':
		v.form = objectForm
		err = s.nested(func() error { return s.object(func(m member) error { return s.addMember(&v, m) }) })
	case b == '[':
		v.form = arrayForm
		err = s.nested(func() error {
			return s.array(func() error {
				item, err := s.value()
				v.items = append(v.items, item)
				return err
			})
		})
	case b == '"':
		v.form = stringForm
		v.text, err = s.string()
	case b == '-' || (b >= '0' && b <= '9'):
		v.form = numberForm
		v.text, err = s.number()
	default:
		v.form, v.text, err = s.word()
	}
	return v, err
}

func (s *scanner) nested(read func() error) error {
	if s.depth++; s.depth > maxDepth {
		return s.refuse("nested more than %d deep", maxDepth)
	}
	defer func() { s.depth-- }()
	return read()
}

func (s *scanner) addMember(v *value, m member) (err error) {
	m.value, err = s.value()
	v.members = append(v.members, m)
	return err
}

// object reads an object whose { comes next; each reads the value of a member.
func (s *scanner) object(each func(member) error) error {
	var seen keys
	return s.list('}', func() error {
		b, err := s.space()
		if err != nil {
			return err
		}
		m := member{at: s.at}
		if b != '"' {
			return s.refuse("%s where a key in quotes belongs", s.seen(b))
		}
		if m.key, err = s.string(); err != nil {
			return err
		}
		if first, again := seen.add(m.key, m.at); again {
			return &refusal{at: m.at, wrong: fmt.Sprintf("the key %q stands already in line %d; a key comes once", m.key, first.line)}
		}
		if b, err = s.space(); err != nil {
			return err
		}
		if b != ':' {
			return s.refuse("%s after the key %q where ':' belongs", s.seen(b), m.key)
		}
		if _, err = s.take(); err != nil {
			return err
		}
		return each(m)
	})
}

// keys are the keys of an object: few as a rule, and a map once they are many.
type keys struct {
	few  []member
	many map[string]position
}

// add notes a key, or returns where it stands already.
func (k *keys) add(key string, at position) (first position, again bool) {
	const few = 16
	if k.many == nil && len(k.few) == few {
		k.many = make(map[string]position, 2*few)
		for _, m := range k.few {
			k.many[m.key] = m.at
		}
	}
	if k.many != nil {
		if first, again = k.many[key]; !again {
			k.many[key] = at
		}
		return first, again
	}
	for _, m := range k.few {
		if m.key == key {
			return m.at, true
		}
	}
	k.few = append(k.few, member{key: key, at: at})
	return at, false
}

// array reads an array whose [ comes next; each reads an item.
func (s *scanner) array(each func() error) error { return s.list(']', each) }

func (s *scanner) list(closing byte, each func() error) error {
	if _, err := s.take(); err != nil {
		return err
	}
	b, err := s.space()
	if err != nil {
		return err
	}
	for b != closing {
		if err := each(); err != nil {
			return err
		}
		if b, err = s.space(); err != nil {
			return err
		}
		switch b {
		case closing:
		case ',':
			if _, err := s.take(); err != nil {
				return err
			}
			if b, err = s.space(); err != nil {
				return err
			}
			if b == closing {
				return s.refuse("a comma before '%c'; remove it", closing)
			}
		default:
			return s.refuse("%s where ',' or '%c' belongs", s.seen(b), closing)
		}
	}
	_, err = s.take()
	return err
}

// seen names a byte in a message.
func (s *scanner) seen(b byte) string {
	switch {
	case b == 0:
		return "the file ends"
	case b < ' ' || b >= utf8.RuneSelf:
		return "an unexpected character"
	}
	return fmt.Sprintf("%q", b)
}
