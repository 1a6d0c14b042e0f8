package main

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"debadge/graph"
	"debadge/graph/screen"
)

// screenTable writes a screening for people: a table of the lines, then what
// they add up to.
type screenTable struct {
	explain bool
	w       io.Writer
}

var _ screen.Encoder = (*screenTable)(nil)

// column is a column of a table for people.
type column struct {
	name  string
	width int
	right bool // as numbers stand
}

// screenColumns fill a page, with two spaces between them.
var screenColumns = []column{
	{"line", 7, true}, {"action", 6, false}, {"finding", 9, false}, {"as written", 26, false}, {"known as, and what it traces to", 44, false},
}

// Begin writes what all lines rest on, and the names of the columns.
func (s *screenTable) Begin(w io.Writer, h screen.Head) (io.Writer, error) {
	s.w = w
	g := newPage(w)
	g.line("", "Screening of %s (%s)", h.Input, h.Format)
	g.gap()
	g.line("  as of     ", "%s", h.AsOf)
	g.basis(h.Basis)
	g.gap()
	names := make([][]string, len(screenColumns))
	for i, c := range screenColumns {
		names[i] = []string{c.name}
	}
	g.cells(screenColumns, names)
	return w, g.flush()
}

// cells writes a row of a table: each cell has paragraphs, which are wrapped.
func (g *page) cells(columnsOf []column, cells [][]string) {
	lines := make([][]string, len(cells))
	height := 0
	for i, paragraphs := range cells {
		for _, text := range paragraphs {
			lines[i] = append(lines[i], wrap(escape(text), columnsOf[i].width, columnsOf[i].width)...)
		}
		height = max(height, len(lines[i]))
	}
	for row := range height {
		var b strings.Builder
		for i, c := range columnsOf {
			text := ""
			if row < len(lines[i]) {
				text = lines[i][row]
			}
			pad := strings.Repeat(" ", max(c.width-columns(text), 0))
			if c.right {
				text, pad = pad+text, ""
			}
			b.WriteString(text + pad + "  ")
		}
		g.raw(strings.TrimRight(b.String(), " ") + "\n")
	}
}

// Encode appends the rows of the table that a line takes.
func (s *screenTable) Encode(b []byte, r *screen.Row) ([]byte, error) {
	out := bytes.NewBuffer(b)
	g := newPage(out)
	finding := []string{string(r.Finding)}
	if r.Strength != 0 {
		finding = append(finding, r.Strength.String())
	}
	g.cells(screenColumns, [][]string{
		{strconv.Itoa(r.Line)}, {r.Action.String()}, finding, writtenWords(r), s.knownWords(r),
	})
	err := g.flush()
	return out.Bytes(), err
}

// writtenWords are what a line says.
func writtenWords(r *screen.Row) []string {
	var said []string
	add := func(label, text string) {
		if text != "" {
			said = append(said, label+text)
		}
	}
	in := &r.Input
	add("", in.Product)
	for _, text := range in.Also {
		add("", text)
	}
	add("", in.ID)
	for _, id := range in.Identifiers {
		add("", id.String())
	}
	add("brand: ", in.Brand)
	add("manufacturer: ", in.Manufacturer)
	add("supplier: ", in.Supplier)
	if len(said) == 0 {
		said = append(said, r.At)
	}
	return said
}

// shownListings is how many listed entities of a subject the table shows.
const shownListings = 3

// knownWords are what a line was recognized as, and what that traces to.
func (s *screenTable) knownWords(r *screen.Row) []string {
	var said []string
	if r.Product != nil && r.Product.Entity != nil {
		said = append(said, r.Product.Entity.FullName()+" ("+string(r.Product.Entity.ID)+")")
	}
	if r.Product != nil {
		said = append(said, listingWords(r.Product)...)
	}
	for _, c := range r.Companies {
		if c.Entity == nil {
			continue
		}
		said = append(said, string(c.Role)+": "+c.Entity.FullName()+" ("+string(c.Entity.ID)+")")
		said = append(said, listingWords(c.Subject)...)
	}
	if s.explain {
		said = append(said, pathsOf(r)...)
	}
	for _, subject := range r.Subjects() {
		for _, c := range subject.Candidates {
			said = append(said, "perhaps "+c.Entity.FullName()+" ("+string(c.Entity.ID)+"): "+string(c.Finding))
		}
	}
	return append(said, r.Reasons...)
}

// listingWords names the first listed entities that a subject traces to, each
// with one of its lists.
func listingWords(s *screen.Subject) []string {
	var said []string
	lists := map[graph.ID]map[graph.ID]bool{}
	for _, l := range s.Listings {
		if lists[l.Entity.ID] == nil {
			lists[l.Entity.ID] = map[graph.ID]bool{}
		}
		lists[l.Entity.ID][l.List.ID] = true
	}
	for _, l := range s.Listings {
		more := len(lists[l.Entity.ID]) - 1
		if more < 0 {
			continue // said already
		}
		if len(said) == shownListings {
			return append(said, "and to "+plural(len(lists), "more listed entity", "more listed entities"))
		}
		delete(lists, l.Entity.ID)
		on := l.List.FullName()
		if more > 0 {
			on += " and " + plural(more, "more list", "more lists")
		}
		said = append(said, "← "+l.Entity.FullName()+", on "+on+"; "+l.Way.String()+", "+l.Strength.String())
	}
	return said
}

// pathsOf are the paths of a line in words.
func pathsOf(r *screen.Row) []string {
	var paths []string
	for _, subject := range r.Subjects() {
		for _, l := range subject.Listings {
			for _, path := range l.Paths {
				paths = append(paths, "path: "+screen.PathWords(subject.Entity.ID, path))
			}
		}
	}
	return paths
}

// End writes what the lines add up to.
func (s *screenTable) End(sum screen.Summary) error {
	g := newPage(s.w)
	g.gap()
	if !sum.Finished {
		g.line("", "NOT FINISHED: %s. The lines after these were not answered.", sum.Reason)
	}
	g.line("", "%s: %s block, %s review, %s pass", plural(sum.Lines, "line", "lines"), thousands(sum.Actions["block"]),
		thousands(sum.Actions["review"]), thousands(sum.Actions["pass"]))
	g.line("", "%s", screen.ResolutionWords(sum.Counts))
	if text := screen.LeftOutWords(sum.Counts); text != "" {
		g.line("", "%s", text)
	}
	entities := make([]countRow, 0, len(sum.Entities))
	for _, e := range sum.Entities {
		entities = append(entities, countRow{e.Entity.FullName() + " (" + string(e.Entity.ID) + ")", e.ByAction})
	}
	g.tallies("listed entity", entities, sum.Others)
	brands := make([]countRow, 0, len(sum.Brands))
	for _, b := range sum.Brands {
		name := b.Brand
		if name == "" {
			name = "no brand"
		}
		brands = append(brands, countRow{name, b.ByAction})
	}
	g.tallies("brand", brands, sum.OtherBrands)
	return g.flush()
}

// countRow is a row of a table of counts.
type countRow struct {
	name string
	screen.ByAction
}

// talliesShown is how many rows a table of counts has.
const talliesShown = 20

func (g *page) tallies(of string, all []countRow, others int) {
	if len(all) == 0 {
		return
	}
	table := []column{{"lines", 9, true}, {"block", 9, true}, {"review", 9, true}, {"pass", 9, true}, {of, 56, false}}
	head := make([][]string, len(table))
	for i, c := range table {
		head[i] = []string{c.name}
	}
	g.gap()
	g.cells(table, head)
	for _, t := range all[:min(len(all), talliesShown)] {
		g.cells(table, [][]string{{thousands(t.Lines)}, {thousands(t.Block)}, {thousands(t.Review)}, {thousands(t.Pass)}, {t.name}})
	}
	if rest := len(all) - talliesShown; rest > 0 {
		g.line("", "and %s more", thousands(rest))
	}
	if others > 0 {
		g.line("", "%s belong to others, which were too many to be counted one by one", plural(others, "line", "lines"))
	}
}
