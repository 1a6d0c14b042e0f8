package screen

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"debadge/graph"
)

// CSV writes the columns of the input as they are, and the answers in columns
// behind them. No cell is a formula to a spreadsheet: one that would be is
// written behind an apostrophe.
type CSV struct {
	Explain bool // with a column of paths

	columns int    // of the input
	basis   string // the last columns, the same in each row
}

var _ Encoder = (*CSV)(nil)

// shownListings is how many listings a cell names.
const shownListings = 3

func (c *CSV) added() []string {
	names := []string{
		"debadge_line", "debadge_at", "debadge_action", "debadge_finding", "debadge_strength", "debadge_resolution",
		"debadge_entity", "debadge_name", "debadge_score", "debadge_listed", "debadge_lists", "debadge_companies", "debadge_candidates", "debadge_reasons",
	}
	if c.Explain {
		names = append(names, "debadge_paths")
	}
	return append(names, "debadge_as_of", "debadge_known_at", "debadge_revision", "debadge_policy", "debadge_policy_digest")
}

// Begin writes the header.
func (c *CSV) Begin(w io.Writer, h Head) (io.Writer, error) {
	c.columns = len(h.Columns)
	var b []byte
	for _, name := range h.Columns {
		b = appendCell(b, name)
		b = append(b, ',')
	}
	for i, name := range c.added() {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendCell(b, name)
	}
	known := ""
	if h.KnownAt != nil {
		known = h.KnownAt.Format(timeForm)
	}
	var last []byte
	for _, text := range []string{h.AsOf.String(), known, strconv.FormatUint(uint64(h.Revision), 10), h.Policy.Name, h.Policy.Digest} {
		last = appendCell(append(last, ','), text)
	}
	c.basis = string(last) + "\n"
	_, err := w.Write(append(b, '\n'))
	return w, err
}

// timeForm is that of times in cells and on pages.
const timeForm = "2006-01-02T15:04:05.999999999Z07:00"

// Encode appends the row.
func (c *CSV) Encode(b []byte, r *Row) ([]byte, error) {
	for i := range c.columns {
		if i < len(r.Cells) {
			b = appendCell(b, r.Cells[i])
		}
		b = append(b, ',')
	}
	cell := func(text string) { b = append(appendCell(b, text), ',') }
	b = append(strconv.AppendInt(b, int64(r.Line), 10), ',')
	cell(r.At)
	cell(r.Action.String())
	cell(string(r.Finding))
	cell(r.Strength.String())
	cell(string(r.Resolution()))
	if e := r.Entity(); e != nil {
		cell(string(e.ID))
		cell(e.FullName())
	} else {
		b = append(b, ",,"...)
	}
	if s := r.main(); s != nil && s.Score > 0 {
		b = strconv.AppendFloat(b, s.Score, 'g', 4, 64)
	}
	b = append(b, ',')
	listings, more := r.Listings()
	cell(listedWords(listings, more))
	cell(listWords(listings))
	cell(companyWords(r))
	cell(candidateWords(r))
	cell(strings.Join(r.Reasons, "; "))
	if c.Explain {
		cell(pathWords(r))
	}
	b = append(b[:len(b)-1], c.basis...)
	return b, nil
}

// End has nothing to write: a line behind the rows would be read as a row.
func (c *CSV) End(Summary) error { return nil }

// listedWords names the first listed entities, each once.
func listedWords(listings []Listing, more int) string {
	var names []string
	seen := map[graph.ID]bool{}
	for _, l := range listings {
		if seen[l.Entity.ID] {
			continue
		}
		seen[l.Entity.ID] = true
		names = append(names, l.Entity.FullName()+" ("+string(l.Entity.ID)+")")
	}
	rest := max(len(names)-shownListings, 0)
	text := strings.Join(names[:len(names)-rest], "; ")
	if rest+more > 0 {
		text += "; and more"
	}
	return text
}

// listWords names the lists of the entities that listedWords names.
func listWords(listings []Listing) string {
	var lists, entities []string
	add := func(to []string, id graph.ID) []string {
		if slices.Contains(to, string(id)) {
			return to
		}
		return append(to, string(id))
	}
	for _, l := range listings {
		if entities = add(entities, l.Entity.ID); len(entities) > shownListings {
			break
		}
		lists = add(lists, l.List.ID)
	}
	return strings.Join(lists, "; ")
}

// companyWords says as what the companies of a line were recognized.
func companyWords(r *Row) string {
	var names []string
	for _, c := range r.Companies {
		if c.Entity != nil {
			names = append(names, string(c.Role)+": "+c.Entity.FullName()+" ("+string(c.Entity.ID)+")")
		}
	}
	return strings.Join(names, "; ")
}

func candidateWords(r *Row) string {
	var names []string
	r.subjects(func(s *Subject) {
		for _, c := range s.Candidates {
			names = append(names, c.Entity.FullName()+" ("+string(c.Entity.ID)+")")
		}
	})
	return strings.Join(names, "; ")
}

func pathWords(r *Row) string {
	var paths []string
	r.subjects(func(s *Subject) {
		for _, l := range s.Listings {
			for _, p := range l.Paths {
				paths = append(paths, PathWords(s.Entity.ID, p))
			}
		}
	})
	return strings.Join(paths, "; ")
}

// appendCell appends a cell of CSV, quoted where it has to be.
func appendCell(b []byte, text string) []byte {
	if text == "" {
		return b
	}
	formula := isFormula(text)
	if !formula && !strings.ContainsAny(text, ",\"\r\n") && text[0] != ' ' && text[0] != '\t' {
		return append(b, text...)
	}
	b = append(b, '"')
	if formula {
		b = append(b, '\'')
	}
	for i := range len(text) {
		if text[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, text[i])
	}
	return append(b, '"')
}

// isFormula reports whether a spreadsheet would, or could, compute the text and
// not show it. A plain number with a sign is none.
func isFormula(text string) bool {
	switch text[0] {
	case '=', '@', '\t', '\r', '\n', '+', '-', ' ', 0:
	default:
		if text[0] < utf8.RuneSelf {
			return false
		}
	}
	trimmed := strings.TrimLeft(text, " \t\r\n\v\f\x00\u00a0\u3000\ufeff")
	if trimmed == "" {
		return false
	}
	first, _ := utf8.DecodeRuneInString(trimmed)
	switch first {
	case '=', '@', '＝', '＋', '－', '＠':
		return true
	case '+', '-', '\u2212':
		return strings.Trim(trimmed[1:], "0123456789") != "" && !plainNumber(trimmed[1:])
	}
	return text[0] == '\t' || text[0] == '\r'
}

func plainNumber(text string) bool {
	whole, fraction, _ := strings.Cut(strings.Replace(text, ",", ".", 1), ".")
	return whole+fraction != "" && strings.Trim(whole+fraction, "0123456789") == ""
}
