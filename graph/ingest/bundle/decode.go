package bundle

import (
	"fmt"
	"strings"

	"debadge/graph"
)

// maxProblems bounds how many things wrong with one file are told.
const maxProblems = 100

// problem is one thing wrong, where it stands, and in which field.
type problem struct {
	at    position
	field string // such as claims[3].share_min
	wrong string
}

// decoder turns values into items and notes what is wrong with them.
type decoder struct {
	problems []problem
	more     int // problems beyond maxProblems
}

func (d *decoder) add(at position, field, format string, args ...any) {
	if len(d.problems) == maxProblems {
		d.more++
		return
	}
	d.problems = append(d.problems, problem{at, field, fmt.Sprintf(format, args...)})
}

func (d *decoder) count() int { return len(d.problems) + d.more }

// field is a key that an object may have, and how its value is read.
type field struct {
	name string
	read func(path string, v value)
}

// object reads an object by a table of its fields; any other key is refused.
func (d *decoder) object(path string, v value, fields ...field) {
	if v.form != objectForm {
		d.wrongForm(path, v, formNames[objectForm])
		return
	}
next:
	for _, m := range v.members {
		for _, f := range fields {
			if f.name == m.key {
				f.read(path+"."+m.key, m.value)
				continue next
			}
		}
		d.add(m.at, path, "%q is not a key here; the keys are %s", m.key, names(fields))
	}
}

func names(fields []field) string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.name
	}
	return strings.Join(all, ", ")
}

func (d *decoder) wrongForm(path string, v value, want string) {
	d.add(v.at, path, "is %s; write %s", formNames[v.form], want)
}

// list reads each item of a list.
func list[T any](d *decoder, to *[]T, read func(path string, v value) T) func(string, value) {
	return func(path string, v value) {
		if v.form != arrayForm {
			d.wrongForm(path, v, formNames[arrayForm])
			return
		}
		for i, item := range v.items {
			*to = append(*to, read(fmt.Sprintf("%s[%d]", path, i), item))
		}
	}
}

// text reads a string into any type of text.
func text[T ~string](d *decoder, to *T) func(string, value) {
	return func(path string, v value) { *to = T(d.string(path, v)) }
}

func (d *decoder) string(path string, v value) string {
	if v.form != stringForm {
		d.wrongForm(path, v, formNames[stringForm])
	}
	return v.text
}

// parsed reads a text in a form of its own, such as a date.
func parsed[T any](d *decoder, to *T, parse func(string) (T, error), want string, forms ...form) func(string, value) {
	return func(path string, v value) {
		ok := false
		for _, f := range forms {
			ok = ok || f == v.form
		}
		switch {
		case !ok:
			d.wrongForm(path, v, want)
		case v.form != nullForm:
			t, err := parse(v.text)
			if err != nil {
				d.add(v.at, path, "%s", err)
			}
			*to = t
		}
	}
}

func date(d *decoder, to *graph.Date) func(string, value) {
	return parsed(d, to, graph.ParseDate, "a date in quotes, or null", stringForm, nullForm)
}

func share(d *decoder, to *graph.Share) func(string, value) {
	return parsed(d, to, graph.ParseShare, `a percentage such as "33.33"`, stringForm, numberForm, nullForm)
}

// texts reads an object with free keys, such as attributes.
func texts[T any](d *decoder, to *map[string]T, read func(path string, v value) T) func(string, value) {
	return func(path string, v value) {
		if v.form != objectForm {
			d.wrongForm(path, v, formNames[objectForm])
			return
		}
		all := make(map[string]T, len(v.members))
		for _, m := range v.members {
			all[m.key] = read(path+"."+m.key, m.value)
		}
		*to = all
	}
}

func (d *decoder) entity(path string, v value) (e graph.Entity) {
	d.object(path, v,
		field{"id", text(d, &e.ID)},
		field{"name", text(d, &e.Name)},
		field{"brand", text(d, &e.Brand)},
		field{"aliases", list(d, &e.Aliases, d.alias)},
		field{"attributes", texts(d, &e.Attributes, func(path string, v value) (all []string) {
			list(d, &all, d.string)(path, v)
			return all
		})},
	)
	return e
}

func (d *decoder) alias(path string, v value) (a graph.Alias) {
	d.object(path, v,
		field{"text", text(d, &a.Text)},
		field{"language", text(d, &a.Language)},
	)
	return a
}

func (d *decoder) source(path string, v value) (s graph.Source) {
	d.object(path, v,
		field{"id", text(d, &s.ID)},
		field{"title", text(d, &s.Title)},
		field{"publisher", text(d, &s.Publisher)},
		field{"date", date(d, &s.Date)},
		field{"url", text(d, &s.URL)},
		field{"language", text(d, &s.Language)},
		field{"kind", text(d, &s.Kind)},
		field{"digest", text(d, &s.Digest)},
	)
	return s
}

func (d *decoder) claim(path string, v value) (c graph.Claim) {
	d.object(path, v,
		field{"id", text(d, &c.ID)},
		field{"relation", parsed(d, &c.Relation, graph.ParseRelation, "a relation in quotes", stringForm)},
		field{"from", text(d, &c.From)},
		field{"to", text(d, &c.To)},
		field{"status", parsed(d, &c.Status, graph.ParseStatus, "a status in quotes", stringForm)},
		field{"confidence", parsed(d, &c.Confidence, graph.ParseConfidence, "a number such as 0.8", numberForm, nullForm)},
		field{"valid_from", date(d, &c.ValidFrom)},
		field{"valid_to", date(d, &c.ValidTo)},
		field{"share_min", share(d, &c.ShareMin)},
		field{"share_max", share(d, &c.ShareMax)},
		field{"attributes", texts(d, &c.Attributes, d.string)},
		field{"citations", list(d, &c.Citations, d.citation)},
	)
	return c
}

func (d *decoder) citation(path string, v value) (q graph.Citation) {
	d.object(path, v,
		field{"source", text(d, &q.Source)},
		field{"stance", text(d, &q.Stance)},
		field{"locator", text(d, &q.Locator)},
		field{"text", text(d, &q.Text)},
	)
	return q
}

func (d *decoder) retraction(path string, v value) (r graph.Retraction) {
	d.object(path, v,
		field{"claim", text(d, &r.Claim)},
		field{"reason", text(d, &r.Reason)},
		field{"replaced_by", text(d, &r.ReplacedBy)},
	)
	return r
}
