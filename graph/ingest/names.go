package ingest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Names is what a name on a list says, taken apart: lists print other names,
// former names and whole companies inside of it.
type Names struct {
	Name       string
	Aliases    []string // a.k.a., and short forms in brackets
	Former     []string // f.k.a., formerly
	Principal  string   // the entry under which this party stands as an "Affiliated Entity"
	Parent     string   // Parent Organization
	Successors bool     // the entry takes in successors, sub-units or subsidiaries
}

// marks are the words that part names within a name, and what follows them.
const (
	akaMark = `a\.\s?k\.\s?a\.?|a/k/a|also known as`
	fkaMark = `f\.\s?k\.\s?a\.?|f/k/a|formerly known as`
)

var (
	affiliated   = regexp.MustCompile(`(?i)[.;,]?\s*\baffiliated entit(?:y|ies)\s*:\s*`)
	successors   = regexp.MustCompile(`(?i)[;,]?\s+and (?:any|its)\s+(?:successors?|sub-?units?|subsidiar(?:y|ies))\b.*$`)
	brackets     = regexp.MustCompile(`\s*[(\[]([^()\[\]]*(?:[(\[][^()\[\]]*[)\]][^()\[\]]*)*)[)\]]`)
	akaInside    = regexp.MustCompile(`(?i)^(?:` + akaMark + `|aka)[\s,:]+`)
	fkaInside    = regexp.MustCompile(`(?i)^(?:` + fkaMark + `|fka|formerly)[\s,:]+`)
	parentInside = regexp.MustCompile(`(?i)^parent organi[sz]ation\s*:\s*`)
	mark         = regexp.MustCompile(`(?i)(?:^|[\s,;])(?:(` + akaMark + `)|(` + fkaMark + `))[\s,:]+`)
	formerly     = regexp.MustCompile(`(?i),\s*formerly\s+`)
)

// ParseNames takes a name apart. A text in which it finds nothing is the name.
func ParseNames(text string) Names {
	var n Names
	text = Tidy(text)
	if !hasMarks(text) {
		n.Name = trimName(text)
		return n
	}
	if at := affiliated.FindStringIndex(text); at != nil && at[0] > 0 && at[1] < len(text) {
		n.Principal, text = trimName(text[:at[0]]), text[at[1]:]
	}
	if at := successors.FindStringIndex(text); at != nil && at[0] > 0 {
		n.Successors, text = true, text[:at[0]]
	}
	text = brackets.ReplaceAllStringFunc(text, func(found string) string { return n.inside(found) })
	n.Name = trimName(n.marked(formerly.ReplaceAllString(text, ", f.k.a. ")))
	if short := shortForm(n.Name); short != "" {
		n.Aliases = append(n.Aliases, short)
	}
	n.Aliases = slices.DeleteFunc(n.Aliases, func(a string) bool { return a == n.Name })
	return n
}

// hasMarks reports whether a text may hold more than a name, without the cost of
// looking closely: most names are names.
func hasMarks(text string) bool {
	if strings.ContainsAny(text, "([") {
		return true
	}
	lower := strings.ToLower(text)
	return slices.ContainsFunc([]string{"k.", "k/a", "known as", "formerly", "affiliated", " and any ", " and its "}, func(mark string) bool {
		return strings.Contains(lower, mark)
	})
}

// Tidy returns a text with single spaces in it and none around it.
func Tidy(text string) string { return strings.Join(strings.Fields(text), " ") }

// inside notes the names in a pair of brackets and returns what stays of it.
func (n *Names) inside(found string) string {
	inner := brackets.FindStringSubmatch(found)[1]
	for _, m := range []struct {
		mark  *regexp.Regexp
		names *[]string
	}{{akaInside, &n.Aliases}, {fkaInside, &n.Former}} {
		if at := m.mark.FindStringIndex(inner); at != nil {
			*m.names = append(*m.names, several(inner[at[1]:])...)
			return ""
		}
	}
	if at := parentInside.FindStringIndex(inner); at != nil {
		n.Parent = trimName(inner[at[1]:])
		return ""
	}
	return found
}

// marked notes the names behind marks and returns what stands before the first.
func (n *Names) marked(text string) string {
	all := mark.FindAllStringSubmatchIndex(text, -1)
	if len(all) == 0 {
		return text
	}
	for i, m := range all {
		end := len(text)
		if i+1 < len(all) {
			end = all[i+1][0]
		}
		names := several(text[m[1]:end])
		if m[2] >= 0 {
			n.Aliases = append(n.Aliases, names...)
		} else {
			n.Former = append(n.Former, names...)
		}
	}
	return text[:all[0][0]]
}

// several parts names by semicolons. A comma parts nothing: it stands in names.
func several(text string) []string {
	var names []string
	for part := range strings.SplitSeq(text, ";") {
		if part = trimName(strings.TrimPrefix(strings.TrimSpace(part), "and ")); part != "" {
			names = append(names, part)
		}
	}
	return names
}

// trimName removes what parted a name from its neighbors. A full stop stays
// where it ends an abbreviation.
func trimName(text string) string {
	text = strings.Trim(text, " ,;:")
	if strings.HasSuffix(text, ").") {
		text = strings.TrimSuffix(text, ".")
	}
	return text
}

// shortForm returns the short form that a name ends with in brackets: capitals
// such as (SMIC), or a word with which the name begins, such as (Huawei). A place
// or a legal form is none.
func shortForm(name string) string {
	open := strings.LastIndexByte(name, '(')
	if open <= 0 || !strings.HasSuffix(name, ")") {
		return ""
	}
	short := name[open+1 : len(name)-1]
	first, _, _ := strings.Cut(name, " ")
	if len(short) < 3 || strings.ContainsAny(short, " ()") || slices.Contains(legalForms, short) {
		return ""
	}
	if _, country := Country(short); country {
		return ""
	}
	capitals := strings.IndexFunc(short, func(r rune) bool { return !unicode.IsUpper(r) && !unicode.IsDigit(r) && r != '-' && r != '&' }) < 0
	if capitals && strings.IndexFunc(short, unicode.IsUpper) >= 0 || short == first {
		return short
	}
	return ""
}

// legalForms are capitals in brackets that name no company.
var legalForms = []string{"LLC", "LTD", "INC", "JSC", "OJSC", "PJSC", "CJSC", "OOO", "OAO", "ZAO", "PAO", "FZE", "FZC", "FZCO", "PLC", "PTE", "BHD", "PVT", "LLP", "GMBH"}

// ParseAliases takes apart a field of other names: what is among them called a
// former name comes apart, and words that only part names are left out.
func ParseAliases(texts []string) (aliases, former []string) {
	for _, text := range texts {
		text = strings.TrimLeft(Tidy(text), "- ")
		if text == "and" {
			continue
		}
		n := ParseNames(strings.TrimPrefix(text, "and "))
		for _, a := range append([]string{n.Name}, n.Aliases...) {
			if a != "" && !slices.Contains(aliases, a) {
				aliases = append(aliases, a)
			}
		}
		for _, f := range n.Former {
			if !slices.Contains(former, f) {
				former = append(former, f)
			}
		}
	}
	return aliases, former
}
