package screen

import (
	"io"
	"math"
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

// answerColumns are the columns behind those of the input.
func answerColumns(explain bool) []string {
	names := []string{
		"debadge_line", "debadge_at", "debadge_action", "debadge_finding", "debadge_strength", "debadge_resolution",
		"debadge_entity", "debadge_name", "debadge_score", "debadge_listed", "debadge_lists", "debadge_companies", "debadge_candidates", "debadge_reasons",
	}
	if explain {
		names = append(names, "debadge_paths")
	}
	return append(names, "debadge_as_of", "debadge_known_at", "debadge_revision", "debadge_policy", "debadge_policy_digest")
}

// cells takes the cells of a row, one after the other.
type cells interface {
	text(text string)
	number(n float64) // written with as many as four digits, if it is no whole one
}

// answerCells gives those of answerColumns, but for the last ones, which are the
// same in each row.
func answerCells(r *Row, explain bool, to cells) {
	to.number(float64(r.Line))
	to.text(r.At)
	to.text(r.Action.String())
	to.text(string(r.Finding))
	to.text(r.Strength.String())
	to.text(string(r.Resolution()))
	if e := r.Entity(); e != nil {
		to.text(string(e.ID))
		to.text(e.FullName())
	} else {
		to.text("")
		to.text("")
	}
	if s := r.main(); s != nil && s.Score > 0 {
		to.number(s.Score)
	} else {
		to.text("")
	}
	listings, more := r.Listings()
	to.text(listedWords(listings, more))
	to.text(listWords(listings))
	to.text(companyWords(r))
	to.text(candidateWords(r))
	to.text(strings.Join(r.Reasons, "; "))
	if explain {
		to.text(pathWords(r))
	}
}

// basisCells gives the last ones.
func basisCells(h *Head, to cells) {
	known := ""
	if h.KnownAt != nil {
		known = h.KnownAt.Format(timeForm)
	}
	to.text(h.AsOf.String())
	to.text(known)
	to.number(float64(h.Revision))
	to.text(h.Policy.Name)
	to.text(h.Policy.Digest)
}

// appendNumber appends a number as it is read back.
func appendNumber(b []byte, n float64) []byte {
	if n == math.Trunc(n) {
		return strconv.AppendFloat(b, n, 'f', -1, 64)
	}
	return strconv.AppendFloat(b, n, 'g', 4, 64)
}

// csvCells appends cells, a comma behind each.
type csvCells []byte

func (c *csvCells) text(text string) { *c = append(appendCell(*c, text), ',') }

func (c *csvCells) number(n float64) { *c = append(appendNumber(*c, n), ',') }

// Begin writes the header.
func (c *CSV) Begin(w io.Writer, h Head) (io.Writer, error) {
	c.columns = len(h.Columns)
	var header csvCells
	for _, name := range slices.Concat(h.Columns, answerColumns(c.Explain)) {
		header.text(name)
	}
	header[len(header)-1] = '\n'
	var last csvCells
	basisCells(&h, &last)
	last[len(last)-1] = '\n'
	c.basis = string(last)
	_, err := w.Write(header)
	return w, err
}

// timeForm is that of times in cells and on pages.
const timeForm = "2006-01-02T15:04:05.999999999Z07:00"

// Encode appends the row.
func (c *CSV) Encode(b []byte, r *Row) ([]byte, error) {
	row := csvCells(b)
	for i := range c.columns {
		if i < len(r.Cells) {
			row.text(r.Cells[i])
		} else {
			row.text("")
		}
	}
	answerCells(r, c.Explain, &row)
	return append(row, c.basis...), nil
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
