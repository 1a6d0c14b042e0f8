package resolve

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"

	"debadge/graph"
)

// Beginning returns the entities of which a name, or the brand with the name,
// begins with a text, for a person who is still typing: in the order of names,
// at most so many, and whether there are more. Letter case, spaces and
// punctuation do not count. It looks at every name.
func (x *Index) Beginning(text string, kind graph.Kind, limit int) (found []graph.EntityRef, more bool) {
	key := graph.NameKey(text)
	if key == "" {
		return nil, false
	}
	r := run{x: x, q: &Query{Kind: kind}}
	seen := map[graph.ID]bool{}
	r.segments(func(s *segment) {
		for i := range s.names {
			n := &s.names[i]
			if r.hidden(s, n.entity) {
				continue
			}
			name := s.texts.get(n.text)
			if !begins(name, key) && !brandBegins(s.brands[s.records[n.entity].brand], name, key) {
				continue
			}
			if ref := s.ref(n.entity); !seen[ref.ID] {
				seen[ref.ID] = true
				found = append(found, ref)
			}
		}
	})
	slices.SortFunc(found, func(a, b graph.EntityRef) int {
		return cmp.Or(cmp.Compare(a.Brand+" "+a.Name, b.Brand+" "+b.Name), cmp.Compare(a.ID, b.ID))
	})
	if len(found) > limit {
		return found[:limit], true
	}
	return found, false
}

// begins reports whether a text begins with a name key.
func begins(text, key string) bool {
	rest, _ := cut(text, key)
	return rest == ""
}

// brandBegins reports whether a brand and a name behind it begin with a key.
func brandBegins(brand, name, key string) bool {
	if brand == "" {
		return false
	}
	rest, ok := cut(brand, key)
	return ok && begins(name, rest)
}

// cut takes what a text says off the front of a key: what is left of the key,
// and whether the text said nothing else.
func cut(text, key string) (rest string, ok bool) {
	for _, r := range text {
		if key == "" {
			return "", true
		}
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			continue
		}
		k, size := utf8.DecodeRuneInString(key)
		if unicode.ToLower(r) != k {
			return key, false
		}
		key = key[size:]
	}
	return key, true
}
