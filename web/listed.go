package web

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"debadge/api/client"
	"debadge/graph"
	"debadge/graph/ingest"
)

// reachPage is what traces back to a company or a list.
type reachPage struct {
	ID      graph.ID
	Name    string
	Answer  client.ReachTablePage
	History []listing
	Filters []reachFilter
	Orders  []option
	First   string // where the first page is; "" on it
	Next    string
	Export  string
	Notices []notice
}

// listing is one claim by which a company is or was on a list.
type listing struct {
	List     graph.EntityRef
	Claim    graph.Claim
	Over     bool // it has ended by the day
	NotYet   bool
	Evidence int
}

// reachFilter is one condition of the form.
type reachFilter struct {
	Name   string
	Values []option
}

// reachRows is how many products a page has.
const reachRows = 50

// reachOf reads the conditions of an address.
func reachOf(v url.Values) client.ReachOf {
	some := func(name string) []string {
		return slices.DeleteFunc(slices.Clone(v[name]), func(s string) bool { return s == "" })
	}
	return client.ReachOf{
		Brands: some("brand"), Sellers: some("seller"), Companies: some("company"), Actions: some("action"), Strengths: some("strength"),
		Ways: some("way"), Order: v.Get("order"),
	}
}

// reach answers with what traces back to a company or a list.
func (v *visit) reach() error {
	id := graph.ID(v.r.PathValue("id"))
	if id.Kind() != graph.Company && id.Kind() != graph.List {
		return graph.Errorf(graph.KindNotFound, "%s", text("reach.no-page", id))
	}
	p := reachPage{ID: id, Name: string(id)}
	of := reachOf(v.r.URL.Query())
	err := together(v.ctx(),
		func(ctx context.Context) (err error) {
			p.Answer, err = v.ask.ReachTable(ctx, string(id), v.q.At(), of, client.Page{Limit: reachRows, Cursor: v.form("cursor")})
			return err
		},
		func(ctx context.Context) (err error) {
			if !v.part() { // it stands above the rows
				p.History, err = v.listHistory(ctx, id)
			}
			return err
		})
	if err != nil {
		return err
	}
	if o := p.Answer.Origin; o != nil {
		if o.ID != id {
			return v.redirect(v.q.link(entityPath(o.ID) + "/reach"))
		}
		p.Name = o.FullName()
	}
	p.fill(v, of)
	return v.render("reach", view{Title: text("reach.title", p.Name), Data: &p})
}

// mostListings of one company are told.
const mostListings = 1000

// listHistory are all listings of a company, also those that ended, the latest
// first. A list has none.
func (v *visit) listHistory(ctx context.Context, id graph.ID) ([]listing, error) {
	if id.Kind() != graph.Company {
		return nil, nil
	}
	e, err := v.ask.Entity(ctx, id, client.At{KnownAt: v.q.KnownAt}, client.Page{Limit: mostListings}, graph.ListedOn)
	if err != nil {
		return nil, err
	}
	names := map[graph.ID]graph.EntityRef{}
	for _, ref := range e.Entities {
		names[ref.ID] = ref
	}
	day := graph.DayOf(v.site.Clock())
	if d, err := graph.ParseDate(v.q.AsOf); err == nil && !d.IsZero() {
		day = d.Earliest()
	}
	var all []listing
	for _, c := range e.Claims {
		all = append(all, listing{
			List: names[c.To], Claim: c, Evidence: len(c.Citations), Over: !c.ValidTo.IsZero() && c.ValidTo.Latest() <= day, NotYet: c.ValidFrom.Earliest() > day,
		})
	}
	slices.SortStableFunc(all, func(a, b listing) int {
		return int(b.Claim.ValidFrom.Earliest()) - int(a.Claim.ValidFrom.Earliest())
	})
	return all, nil
}

func (p *reachPage) fill(v *visit, of client.ReachOf) {
	c := p.Answer.Counts
	for _, one := range []struct {
		name   string
		counts []graph.ReachCount
		chosen []string
	}{
		{"brand", c.Brands, of.Brands},
		{"seller", c.Sellers, of.Sellers},
		{"company", c.Companies, of.Companies},
		{"action", c.Actions, of.Actions},
		{"strength", c.Strengths, of.Strengths},
		{"way", c.Ways, of.Ways},
	} {
		p.Filters = append(p.Filters, filterOf(one.name, one.counts, one.chosen))
	}
	for _, o := range []string{"id", "name", "brand", "action", "strength"} {
		p.Orders = append(p.Orders, option{o, textOf("reach.order", o), o == of.Order})
	}
	address := func(path, cursor string) string {
		q := v.r.URL.Query()
		q.Del("cursor")
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		if len(q) == 0 {
			return path
		}
		return path + "?" + q.Encode()
	}
	here := entityPath(p.ID) + "/reach"
	if v.form("cursor") != "" {
		p.First = address(here, "")
	}
	if p.Answer.Next != "" {
		p.Next = address(here, p.Answer.Next)
	}
	p.Export = address(here+".csv", "")
	if !p.Answer.Complete {
		p.Notices = append(p.Notices, notice{Kind: "review", Title: text("notice.incomplete"), Items: p.Answer.Reasons})
	}
}

// filterOf lists the values of a condition with how many rows have them. What is
// chosen stays in the form, also if nothing has it any more.
func filterOf(name string, counts []graph.ReachCount, chosen []string) reachFilter {
	f := reachFilter{Name: name}
	label := func(value, of string) string {
		switch {
		case of != "":
			return of
		case name == "action" || name == "way":
			return textOf(name, value)
		case name == "strength":
			return textOf("status", value)
		}
		return value
	}
	for _, c := range counts {
		if c.Value != "" {
			f.Values = append(f.Values, option{c.Value, text("reach.count", label(c.Value, c.Name), c.Count), slices.Contains(chosen, c.Value)})
		}
	}
	for _, value := range chosen {
		if !slices.ContainsFunc(f.Values, func(c option) bool { return c.Value == value }) {
			f.Values = append(f.Values, option{value, text("reach.count", label(value, ""), 0), true})
		}
	}
	return f
}

// exportRows is how many rows of an export are asked for at once.
const exportRows = 10_000

// reachExport writes the rows that the filters leave as CSV. What cannot be
// written to the end is cut off, so that a browser tells that it failed.
func (v *visit) reachExport() error {
	id, of := v.r.PathValue("id"), reachOf(v.r.URL.Query())
	page, err := v.ask.ReachTable(v.ctx(), id, v.q.At(), of, client.Page{Limit: exportRows})
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="reach-`+strings.ReplaceAll(string(page.Origin.ID), ":", "-")+`.csv"`)
	w := csv.NewWriter(v.w)
	rows := [][]string{{"product", "name", "brand", "sellers", "action", "strength", "way", "listed_company", "listed_company_name", "list", "as_of", "revision", "policy", "complete"}}
	for {
		for _, r := range page.Rows {
			sellers := make([]string, len(r.Sellers))
			for i, s := range r.Sellers {
				sellers[i] = s.FullName()
			}
			rows = append(rows, []string{
				string(r.Product.ID), r.Product.Name, r.Product.Brand, strings.Join(sellers, "; "), r.Action.String(), r.Strength.String(), r.Way.String(),
				string(r.Entity.ID), r.Entity.FullName(), string(r.List.ID), page.AsOf.String(), strconv.FormatUint(uint64(page.Revision), 10), page.Policy.Name,
				strconv.FormatBool(page.Complete),
			})
		}
		if writeRows(w, rows) != nil || page.Next == "" {
			return nil //nolint:nilerr // a browser that is gone does not miss it
		}
		rows = rows[:0]
		if page, err = v.ask.ReachTable(v.ctx(), id, v.q.At(), of, client.Page{Limit: exportRows, Cursor: page.Next}); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

// writeRows writes cells, none of which a spreadsheet takes for a formula.
func writeRows(w *csv.Writer, rows [][]string) error {
	for _, row := range rows {
		for i, cell := range row {
			row[i] = ingest.NoFormula(cell)
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// listPage is what the page about a list shows.
type listPage struct {
	ID      graph.ID
	Summary *graph.ListSummary
	Answer  client.ListAnswer
	First   string
	Next    string
}

// list answers with the page about a list: its edition and who is on it.
func (v *visit) list(id graph.ID) error {
	p := listPage{ID: id}
	var lists graph.ListsAnswer
	err := together(v.ctx(),
		func(ctx context.Context) (err error) {
			p.Answer, err = v.ask.List(ctx, string(id), v.q.At(), client.Page{Limit: reachRows, Cursor: v.form("cursor")})
			return err
		},
		func(ctx context.Context) (err error) {
			lists, err = v.ask.Lists(ctx, v.q.At())
			return err
		})
	if err != nil {
		return err
	}
	for i := range lists.Lists {
		if lists.Lists[i].ID == p.Answer.List.ID {
			p.Summary = &lists.Lists[i]
		}
	}
	if v.form("cursor") != "" {
		p.First = v.q.link(entityPath(id))
	}
	if p.Answer.Next != "" {
		p.Next = v.q.link(entityPath(id), "cursor", p.Answer.Next)
	}
	return v.render("list", view{Title: p.Answer.List.FullName(), Data: &p})
}
