package screen

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"debadge/graph"
)

//go:embed report.html.tmpl
var reportText string

var report = template.Must(template.New("report").Funcs(template.FuncMap{
	"visible": Visible, "count": thousands, "when": func(t *time.Time) string { return t.Format(timeForm) },
	"name":        nameWords,
	"product":     (*Row).product,
	"resolutions": ResolutionWords, "leftOut": LeftOutWords,
	"first":       func(all []EntityCount) []EntityCount { return all[:min(len(all), tableRows)] },
	"firstBrands": func(all []BrandCount) []BrandCount { return all[:min(len(all), tableRows)] },
	"rest":        restWords, "texts": (*Row).texts, "recognized": (*Row).recognized, "candidates": (*Row).candidates,
	"reached": (*Row).shownReached, "beyond": (*Row).beyond, "styleHash": StyleHash,
}).Parse(reportText))

// StyleHash is the digest of the report's style sheet as a content security
// policy names it.
func StyleHash() string {
	_, rest, _ := strings.Cut(reportText, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

const (
	// tableRows is how many entities or brands a table of the report has.
	tableRows = 100

	// reportEntities is how many listed entities a line of the report tells.
	reportEntities = 5
)

// HTML writes one page that needs nothing else, to be read in a browser, kept
// or printed. Its counts stand before the rows, so the rows wait in a temporary
// file until they are all there.
type HTML struct {
	w    io.Writer
	rows *os.File
}

var _ Encoder = (*HTML)(nil)

// Begin makes the temporary file.
func (h *HTML) Begin(w io.Writer, _ Head) (io.Writer, error) {
	f, err := os.CreateTemp("", "debadge-report-*")
	if err != nil {
		return nil, graph.Unavailable("the report needs a temporary file, which cannot be made", err)
	}
	h.w, h.rows = w, f
	return f, nil
}

// Encode appends a row of the table.
func (h *HTML) Encode(b []byte, r *Row) ([]byte, error) {
	out := bytes.NewBuffer(b)
	err := report.ExecuteTemplate(out, "row", r)
	return out.Bytes(), err
}

// End writes the page and removes the temporary file.
func (h *HTML) End(s Summary) (err error) {
	defer func() { err = errors.Join(err, h.rows.Close(), os.Remove(h.rows.Name())) }()
	if err := report.ExecuteTemplate(h.w, "top", s); err != nil {
		return err
	}
	if _, err := h.rows.Seek(0, io.SeekStart); err != nil {
		return graph.Unavailable("the rows of the report cannot be read again", err)
	}
	if _, err := io.Copy(h.w, h.rows); err != nil {
		return err
	}
	return report.ExecuteTemplate(h.w, "bottom", s)
}

func restWords(rows, others int) string {
	text := ""
	if rows > tableRows {
		text = fmt.Sprintf("The first %d of %s are shown. ", tableRows, thousands(rows))
	}
	if others > 0 {
		text += thousands(others) + " lines belong to others, which were too many to be counted one by one."
	}
	return text
}

// said is something that a line says, with the name of the field where it is
// not the product.
type said struct{ Label, Text string }

func (r *Row) texts() []said {
	var all []said
	add := func(label, text string) {
		if text != "" {
			all = append(all, said{label, text})
		}
	}
	in := &r.Input
	add("", in.Product)
	for _, text := range in.Also {
		add("", text)
	}
	add("", in.ID)
	for _, i := range in.Identifiers {
		add(string(i.Scheme), i.Value)
	}
	add("brand", in.Brand)
	add("manufacturer", in.Manufacturer)
	add("supplier", in.Supplier)
	return all
}

// nameWords names an entity, given as it is or by its address.
func nameWords(e any) string {
	switch e := e.(type) {
	case graph.EntityRef:
		return Visible(e.FullName())
	case *graph.EntityRef:
		return Visible(e.FullName())
	}
	return ""
}

// product returns what the product was recognized as.
func (r *Row) product() *graph.EntityRef {
	if r.Product == nil {
		return nil
	}
	return r.Product.Entity
}

// recognized says why there is no product.
func (r *Row) recognized() string {
	if r.Product == nil && len(r.Companies) > 0 {
		return "no product is named"
	}
	switch r.Resolution() {
	case Ambiguous:
		return "ambiguous"
	case Refused:
		return "not readable"
	case NotKnown, Identified, Matched:
	}
	return "not known"
}

// candidates are the entities that what the row names may mean.
func (r *Row) candidates() []Candidate {
	var all []Candidate
	r.subjects(func(s *Subject) { all = append(all, s.Candidates...) })
	return all
}

// reachedEntity is a listed entity that a line traces to, as the report tells it.
type reachedEntity struct {
	Listing                   // the first one
	Role    Role              // of the company on the line that traces to it; "" is the product
	Also    []graph.EntityRef // its other lists
	Paths   []pathLine
}

type pathLine struct {
	PostListingRebadge bool
	Words              string
}

// reached returns the first listed entities of the row, each once for what it
// is reached from.
func (r *Row) reached() []reachedEntity {
	var all []reachedEntity
	add := func(role Role, s *Subject) {
		own := len(all)
		for _, l := range s.Listings {
			same := func(o reachedEntity) bool { return o.Entity.ID == l.Entity.ID && o.Way == l.Way }
			if i := slices.IndexFunc(all[own:], same); i >= 0 {
				if one := &all[own+i]; one.List.ID != l.List.ID && !slices.Contains(one.Also, l.List) {
					one.Also = append(one.Also, l.List)
				}
				continue
			}
			one := reachedEntity{Listing: l, Role: role}
			for _, p := range l.Paths {
				one.Paths = append(one.Paths, pathLine{p.PostListingRebadge, Visible(PathWords(s.Entity.ID, p))})
			}
			all = append(all, one)
		}
	}
	if r.Product != nil {
		add("", r.Product)
	}
	for _, c := range r.Companies {
		add(c.Role, c.Subject)
	}
	return all
}

// shownReached returns those that the report tells.
func (r *Row) shownReached() []reachedEntity {
	all := r.reached()
	return all[:min(len(all), reportEntities)]
}

// beyond says how many the report leaves out.
func (r *Row) beyond() string {
	more := len(r.reached()) - reportEntities
	cut := false
	r.subjects(func(s *Subject) { cut = cut || s.MoreListings > 0 })
	switch {
	case cut:
		return "and more"
	case more > 0:
		return "and " + thousands(more) + " more"
	}
	return ""
}
