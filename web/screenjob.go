package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"debadge/api/client"
	"debadge/graph"
	"debadge/graph/screen"
	"debadge/graph/words"
)

// jobPage is what the page about a screening shows.
type jobPage struct {
	Job     client.Job
	Percent int // of the file, 0 if it is not known

	Page     client.RowsPage
	Rows     []rowView
	Filters  []filterLink
	First    int // of the rows that are shown, from 1 on
	Last     int
	Before   string // the address of the page before, "" if there is none
	After    string
	Action   string // the filters, as the address has them
	Resolved string
	Number   int
	Unsure   int // texts on this page that can be chosen for

	Look     client.ColumnsAnswer
	Policies []client.Policy
	Listed   []client.EntityCount
	LeftOut  []string
}

// rowView is a row as people read it.
type rowView struct {
	client.ScreenRow
	Text     string
	Details  []string // what else the line says
	Parts    []partView
	Listings []string
	More     int
}

// partView is something that a line names: its product, or a company.
type partView struct {
	Role string
	Text string
	client.Screened

	Choice string // what a choice is about, as JSON; "" where none can be made
	Number int    // of the choice on the page
}

// filterLink is a link to the rows of one kind.
type filterLink struct {
	Look    string // an action, or "" for none
	Text    string
	Count   int
	To      string
	Current bool
}

const (
	rowsOfPage   = 100
	listingsTold = 3
	mostPages    = 1_000_000
)

// screened answers with the page about a screening: how far it is, or what came
// of it.
func (v *visit) screened() error {
	id := v.r.PathValue("job")
	j, err := v.ask.Job(v.ctx(), id)
	if err != nil {
		return err
	}
	p := jobPage{Job: j, Action: v.form("action"), Resolved: v.form("resolution"), Number: pageNumber(v.form("page"))}
	if j.Progress.Total > 0 {
		p.Percent = int(100 * min(j.Progress.Done, j.Progress.Total) / j.Progress.Total)
	}
	if j.HasEnded() {
		if err := v.askScreened(&p); err != nil {
			return err
		}
	}
	return v.render("screened", view{Title: text("screened.title"), Nav: "screen", Data: &p, Modules: whileOn(&j)})
}

// whileOn are the scripts of a page about a job: they ask how far it is.
func whileOn(j *client.Job) []string {
	if j.HasEnded() {
		return nil
	}
	return []string{"poll.js"}
}

func pageNumber(asked string) int {
	n, err := strconv.Atoi(asked)
	if err != nil {
		return 1
	}
	return min(max(n, 1), mostPages)
}

// askScreened asks for what came of a screening that has ended.
func (v *visit) askScreened(p *jobPage) error {
	asks := []func(context.Context) error{
		func(ctx context.Context) (err error) {
			p.Policies, err = v.ask.Policies(ctx)
			return err
		},
		func(ctx context.Context) (err error) {
			p.Look, err = v.ask.ScreenedColumns(ctx, p.Job.ID)
			if isStatus(err, http.StatusConflict) {
				return nil // one that was canceled keeps no file
			}
			return err
		},
	}
	if p.Job.State == client.JobDone {
		asks = append(asks, func(ctx context.Context) (err error) {
			from := client.Page{Limit: rowsOfPage}
			if p.Number > 1 {
				from.Cursor = strconv.Itoa((p.Number - 1) * rowsOfPage)
			}
			p.Page, err = v.ask.ScreenedRows(ctx, p.Job.ID, client.RowsOf{Action: p.Action, Resolution: p.Resolved}, from)
			return err
		})
	}
	if err := together(v.ctx(), asks...); err != nil {
		return err
	}
	p.fill(v.q)
	return nil
}

// fill makes what is shown of what was answered.
func (p *jobPage) fill(q question) {
	h := &p.Page.Head
	for i := range p.Page.Rows {
		p.Rows = append(p.Rows, p.row(&p.Page.Rows[i]))
	}
	if len(p.Rows) > 0 {
		p.First = (p.Number-1)*rowsOfPage + 1
		p.Last = p.First + len(p.Rows) - 1
	}
	if p.Number > 1 {
		p.Before = p.address(q, p.Action, p.Resolved, p.Number-1)
	}
	if p.Page.Next != "" {
		p.After = p.address(q, p.Action, p.Resolved, p.Number+1)
	}
	add := func(look, title string, count int, action, resolution string) {
		p.Filters = append(p.Filters, filterLink{look, title, count, p.address(q, action, resolution, 1), p.Action == action && p.Resolved == resolution})
	}
	add("", text("screened.all"), h.Lines, "", "")
	for _, a := range []string{"block", "review", "pass"} {
		add(a, textOf("action", a), h.Actions[a], a, "")
	}
	for _, r := range []string{"ambiguous", "unknown", "refused"} {
		if h.Resolutions[r] > 0 || p.Resolved == r {
			add("unknown", textOf("resolution", r), h.Resolutions[r], "", r)
		}
	}
	p.Listed = h.Entities
	for what, n := range h.LeftOut {
		p.LeftOut = append(p.LeftOut, text("screened.left-out.item", n, what))
	}
}

func (p *jobPage) address(q question, action, resolution string, page int) string {
	number := ""
	if page > 1 {
		number = strconv.Itoa(page)
	}
	return q.link(jobPath(p.Job.ID), "action", action, "resolution", resolution, "page", number)
}

func (p *jobPage) row(r *client.ScreenRow) rowView {
	in := &r.Input
	v := rowView{ScreenRow: *r, Text: in.Product}
	if v.Text == "" && len(in.Also) > 0 {
		v.Text = in.Also[0]
	}
	for _, d := range []struct{ key, value string }{{"brand", in.Brand}, {"manufacturer", in.Manufacturer}, {"supplier", in.Supplier}, {"id", in.ID}} {
		if d.value != "" {
			v.Details = append(v.Details, textOf("field", d.key)+": "+d.value)
		}
	}
	for _, id := range append(in.Identifiers, in.CompanyIDs...) {
		v.Details = append(v.Details, textOf("field", id.Scheme)+": "+id.Value)
	}
	seen := map[string]bool{}
	tell := func(s *client.Screened) {
		for _, l := range s.Listings {
			line := text("screened.traces", l.Entity.FullName(), l.List.Name, textOf("way", l.Way))
			switch {
			case seen[line]:
			case len(v.Listings) < listingsTold:
				v.Listings = append(v.Listings, line)
			default:
				v.More++
			}
			seen[line] = true
		}
		v.More += s.MoreListings
	}
	if r.Product != nil {
		v.Parts = append(v.Parts, p.part("product", v.Text, r, r.Product))
		tell(r.Product)
	}
	for i := range r.Companies {
		c := &r.Companies[i]
		if c.Resolution == "unknown" && r.Product != nil {
			continue // says nothing where the product is asked about
		}
		v.Parts = append(v.Parts, p.part(c.Role, c.Text, r, &c.Screened))
		tell(&c.Screened)
	}
	return v
}

// part shows what a line names. Where several entities match, or some are near,
// a choice can be made.
func (p *jobPage) part(role, name string, r *client.ScreenRow, s *client.Screened) partView {
	v := partView{Role: role, Text: name, Screened: *s}
	if s.Entity != nil || name == "" || len(s.Candidates) == 0 {
		return v
	}
	c := choice{ScreenChoice: client.ScreenChoice{Role: role, Text: name}}
	if role == "product" {
		c.Brand, c.Manufacturer = r.Input.Brand, r.Input.Manufacturer
	}
	for _, candidate := range s.Candidates {
		c.Near = append(c.Near, candidate.Entity.ID)
	}
	if data, err := json.Marshal(c); err == nil {
		v.Choice, v.Number = string(data), p.Unsure
		p.Unsure++
	}
	return v
}

// Address is where the page about an entity is, asked as the lines were.
func (p *jobPage) Address(id graph.ID) string { return p.asked().link(entityPath(id)) }

// Decide is where a decision on a row is recorded.
func (p *jobPage) Decide(id graph.ID) string {
	return p.asked().link("/decisions/new", "subject", string(id))
}

// Search is where a text is looked up.
func (*jobPage) Search(text string) string { return "/?" + url.Values{"q": {text}}.Encode() }

func (p *jobPage) asked() question {
	h := &p.Page.Head
	q := question{AsOf: h.AsOf.String(), KnownAt: strconv.FormatUint(uint64(h.Revision), 10), Policy: h.Policy.Name}
	for _, l := range h.Lists {
		q.Lists = append(q.Lists, string(l))
	}
	return q
}

// Has reports whether the result is there in a form. A screening by an earlier
// version may lack one.
func (p *jobPage) Has(form string) bool {
	media, _, _ := strings.Cut(resultForms[form], ";")
	return slices.Contains(p.Job.Types, media)
}

// LinesDone is how many lines were answered so far.
func (p *jobPage) LinesDone() string { return words.Thousands(p.Job.Progress.Items) }

// cancelScreening ends a screening, or removes its result.
func (v *visit) cancelScreening() error {
	id := v.r.PathValue("job")
	j, err := v.ask.Job(v.ctx(), id)
	if err == nil {
		err = v.ask.CancelJob(v.ctx(), id)
	}
	if err != nil {
		return err
	}
	if j.HasEnded() {
		return v.redirect("/screen")
	}
	return v.redirect(jobPath(id))
}

// resultForms are what a result can be loaded as, by the end of the address.
var resultForms = map[string]string{
	"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson", "json": "application/json", "html": "text/html; charset=utf-8",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// broughtPolicy lets a page that is handed on have the style that it brings, and
// nothing else.
func broughtPolicy(style string) string {
	return "default-src 'none'; style-src " + style + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// screenedFile hands on the result of a screening as a file.
func (v *visit) screenedFile() error {
	form := strings.TrimPrefix(v.r.PathValue("file"), "result.")
	media, ok := resultForms[form]
	if !ok {
		return v.nowhere()
	}
	body, err := v.ask.JobResult(v.ctx(), v.r.PathValue("job"), media)
	if err != nil {
		return err
	}
	defer body.Close()
	h := v.w.Header()
	h.Set("Content-Type", media)
	if form == "html" {
		h.Set("Content-Security-Policy", broughtPolicy(screen.StyleHash()))
	} else {
		h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "debadge-"+v.r.PathValue("job")[:min(8, len(v.r.PathValue("job")))]+"."+form))
	}
	if _, err := io.Copy(v.w, body); err != nil {
		panic(http.ErrAbortHandler) // a part of a result must not look like all of it
	}
	return nil
}
