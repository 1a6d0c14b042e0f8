package resolve

import (
	"slices"
	"strings"
	"unicode"

	"debadge/graph"
)

// explain writes a candidate down with the reasons for its score.
func (r *run) explain(c *candidate, excluded bool) Candidate {
	out := Candidate{
		Entity: c.s.ref(c.entity), Score: float64(c.score) / whole, Basis: c.basis, Matched: c.matched,
		Choice: c.choice, DifferentModel: c.basis == DifferentModel,
	}
	if c.name != noName {
		out.Matched = c.s.texts.get(c.s.names[c.name].text)
		f := &r.readings[c.reading]
		theirs := fold(out.Matched, false)
		done := f.changes
		if out.Entity.Kind == graph.Company {
			done |= r.companyParts(c, f, &theirs, &out)
		} else {
			r.modelParts(c, f, &out)
		}
		if strings.Contains(r.q.Text, out.Matched) {
			done &^= changedCase | changedPunctuation
		} else if strings.Contains(bare(r.q.Text), bare(out.Matched)) {
			done &^= changedCase
		}
		out.Transformations = (done | theirs.changes&^changedCase&^changedPunctuation).names()
	}
	out.Why = why(c, &out, excluded)
	return out
}

// bare is a text without spaces and punctuation.
func bare(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return -1
	}, text)
}

// companyParts says which words matched.
func (r *run) companyParts(c *candidate, f, theirs *folded, out *Candidate) changes {
	if c.basis == ByName || c.basis == ByAcronym {
		return 0
	}
	mine := *f
	a := terms(&mine, nil)
	b := terms(theirs, nil)
	r.pair(a, b, r.script(c.s, c.name, c.reading))
	for _, p := range r.pairs {
		part := Part{How: howNames[p.how]}
		if p.mine >= 0 {
			part.Text, part.Role = a[p.mine].as, roles[a[p.mine].class]
		}
		if p.theirs >= 0 {
			part.Name, part.Role = b[p.theirs].as, roles[b[p.theirs].class]
		}
		if p.how == same && part.Text != part.Name {
			part.How = "the same word"
		}
		out.Parts = append(out.Parts, part)
	}
	done := mine.changes
	if compareLegal(a, b) != legalSame || hasClass(a, legalWord) {
		done |= changedLegal
	}
	return done
}

// modelParts says which parts of the text are the model, and what the others are.
func (r *run) modelParts(c *candidate, f *folded, out *Candidate) {
	if c.to <= c.from {
		return
	}
	list := chunks(f.text, nil)
	brand := brandChunks(out.Entity.Brand)
	for i, k := range list {
		part := Part{Text: k.text, How: "additional"}
		switch {
		case slices.Contains(brand, k.text):
			part.Role, part.How = "brand", "same"
		case i >= c.from && i < c.to:
			part.Role, part.How = "model", "same"
			if c.basis == ByConfusion || c.basis == DifferentModel || (c.basis == ByParts && !strings.Contains(fold(out.Matched, false).text, k.text)) {
				part.How = "different"
			}
		case i >= c.to && k.joined:
			part.Role = "suffix"
		default:
			part.Role = "other"
		}
		out.Parts = append(out.Parts, part)
	}
}

// why says in a sentence what a score rests on.
func why(c *candidate, out *Candidate, excluded bool) string {
	if excluded {
		return "never this, by the choice of " + c.choice.Author + ": " + c.choice.Reason
	}
	text := ""
	switch c.basis {
	case ByChoice:
		text = "by the choice of " + or(c.choice.Author, "a person") + ": " + or(c.choice.Reason, "no reason was kept")
	case ByIdentifier:
		text = "it has the " + out.Matched
	case ByGrantee:
		text = "it holds the " + out.Matched + " of the FCC ID"
	case ByID:
		text = "it has this id"
	case ByName:
		text = "the text is its name “" + out.Matched + "”"
	case ByCore:
		text = "the text is its name “" + out.Matched + "” but for legal forms"
	case ByModel:
		text = "the text names the model “" + out.Matched + "”"
	case ByParts:
		text = "the words are those of “" + out.Matched + "”, not all of them alike"
	case ByAcronym:
		text = "the text is the first letters of “" + out.Matched + "”"
	case ByConfusion:
		text = "the same as “" + out.Matched + "” only if O is read as 0, or I or L as 1"
	case DifferentModel:
		text = "“" + out.Matched + "” is another model, written almost like it"
	case OtherBrand:
		text = "“" + out.Matched + "” is a model of " + out.Entity.Brand + ", but the query names another brand"
	case OtherSuffix:
		text = "the text begins with the model “" + out.Matched + "”"
	case OtherWriting:
		text = "“" + out.Matched + "” has the same sound but other characters"
	}
	if c.note != "" {
		text += "; " + c.note
	}
	return text
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
