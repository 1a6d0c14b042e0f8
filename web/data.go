package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"debadge/api/client"
	"debadge/graph"
)

// dataPage is what the page about the data shows.
type dataPage struct {
	Lists   graph.ListsAnswer
	Stale   []graph.ListSummary
	Jobs    []client.Job // of the caller
	Sources sourcesPage  // the first of them
	Choices client.ImportChoices
	Imports bool       // whether the service imports for the visitor
	Sent    url.Values // what was sent with a form that was refused
	Changes changesPart
	Wrong   map[string]string // what was wrong with a form
}

// changesPart is a part of the feed, the latest first.
type changesPart struct {
	Changes []changeView
	Older   string // where older ones are
	Newer   string
	next    graph.Revision // the since of what is newer
}

// changeView is a change set in short.
type changeView struct {
	client.ChangeRef
	Counts  client.ChangeCounts
	Sources []graph.Source // the first of them
	Claims  []graph.Claim  // the first of them
}

// The bounds of what is shown of the feed.
const (
	feedChanges = 10
	feedInView  = 3 // on the page about all data
	feedItems   = 5
)

func (v *visit) data() error { return v.showData(dataPage{}, http.StatusOK) }

func (v *visit) showData(p dataPage, status int) error {
	if err := together(v.ctx(), v.askData(&p)...); err != nil {
		return err
	}
	for _, l := range p.Lists.Lists {
		if l.Stale {
			p.Stale = append(p.Stale, l)
		}
	}
	return v.render("data", view{Title: text("data.title"), Nav: "data", Data: &p, Status: status})
}

// askData is what the page asks for, each of it apart from the others.
func (v *visit) askData(p *dataPage) []func(context.Context) error {
	return []func(context.Context) error{
		func(ctx context.Context) (err error) {
			p.Lists, err = v.ask.Lists(ctx, v.q.At())
			return err
		},
		func(ctx context.Context) error {
			return v.askImports(ctx, p)
		},
		func(ctx context.Context) (err error) {
			p.Changes, err = v.latestChanges(ctx)
			return err
		},
		func(ctx context.Context) (err error) {
			p.Sources, err = v.sourcesFrom(ctx, client.Page{Limit: sourcesInView})
			return err
		},
	}
}

// askImports asks for the imports and refreshes of the visitor, and for what can
// be imported.
func (v *visit) askImports(ctx context.Context, p *dataPage) error {
	if !v.me.May("screen") {
		return nil
	}
	all, err := v.ask.Jobs(ctx)
	if isStatus(err, http.StatusServiceUnavailable) {
		return nil // this service has no jobs
	}
	for _, j := range all {
		if j.Kind != "screen" {
			p.Jobs = append(p.Jobs, j)
		}
	}
	if err != nil || !v.me.May("write") {
		return err
	}
	if p.Choices, err = v.ask.ImportChoices(ctx); isStatus(err, http.StatusServiceUnavailable) {
		return nil // this service imports nothing
	}
	p.Imports = err == nil
	return err
}

// latestChanges are the newest change sets.
func (v *visit) latestChanges(ctx context.Context) (changesPart, error) {
	ready, err := v.ask.Ready(ctx)
	if err != nil {
		return changesPart{}, err
	}
	newest := ready.Store.Revision
	part, err := v.changesAfter(ctx, newest-min(newest, feedInView), newest)
	for err == nil && part.next < newest { // large ones come in several parts
		var more changesPart
		if more, err = v.changesAfter(ctx, part.next, newest); err == nil && len(more.Changes) == 0 {
			break
		}
		more.Changes, more.Older = append(more.Changes, part.Changes...), part.Older
		part = more
	}
	return part, err
}

func (v *visit) changesAfter(ctx context.Context, since, newest graph.Revision) (changesPart, error) {
	page, err := v.ask.ChangesInBrief(ctx, since, client.Page{Limit: feedChanges}, feedItems)
	if err != nil {
		return changesPart{}, err
	}
	if len(page.Counts) != len(page.Changes) {
		return changesPart{}, graph.Errorf(graph.KindInternal, "the feed counts %d of %d changes", len(page.Counts), len(page.Changes))
	}
	part := changesPart{next: page.Next}
	for i, c := range slices.Backward(page.Changes) {
		part.Changes = append(part.Changes, changeView{
			ChangeRef: client.ChangeRef{Revision: c.Revision, RecordedAt: c.RecordedAt, ChangeSet: c.ID, Author: c.Author, Reason: c.Reason},
			Counts:    page.Counts[i], Sources: c.Sources, Claims: c.Claims,
		})
	}
	at := func(r graph.Revision) string { return "/data/changes?since=" + strconv.FormatUint(uint64(r), 10) }
	if since > 0 {
		part.Older = at(since - min(since, feedChanges))
	}
	if page.Next < max(newest, page.Revision) {
		part.Newer = at(page.Next)
	}
	return part, nil
}

// changes answers with a part of the feed.
func (v *visit) changes() error {
	since, err := strconv.ParseUint("0"+v.form("since"), 10, 32)
	if err != nil {
		return graph.Errorf(graph.KindInvalid, "%s", text("data.no-revision", v.form("since")))
	}
	part, err := v.changesAfter(v.ctx(), graph.Revision(since), 0)
	if err != nil {
		return err
	}
	return v.render("changes", view{Title: text("data.changes"), Nav: "data", Data: part})
}

// importFile sends a file on as it comes, and shows the job that reads it.
func (v *visit) importFile() error {
	sent, err := v.readSent()
	if err != nil {
		return err
	}
	if sent.file == nil {
		return v.showData(dataPage{Wrong: map[string]string{"file": text("data.import.no-file")}, Sent: sent.fields}, http.StatusUnprocessableEntity)
	}
	return v.sendImport(sent.file, sent.fields)
}

func (v *visit) sendImport(file io.Reader, values url.Values) error {
	job, err := v.ask.ImportFile(v.ctx(), file, client.Import{
		Format: values.Get("format"), Edition: strings.TrimSpace(values.Get("edition")),
		Strict: values.Has("strict"), DryRun: values.Has("dry_run"), AcceptShrink: values.Has("accept_shrink"),
	})
	return v.toJob(job, err, "format", values)
}

// refresh asks the publisher of a register for what is newer.
func (v *visit) refresh() error {
	f, err := v.postForm(maxForm)
	if err != nil {
		return err
	}
	job, err := v.ask.Refresh(v.ctx(), strings.TrimSpace(f.Get("register")), f.Get("dry_run") != "", false)
	return v.toJob(job, err, "register", f)
}

// toJob shows the page of a job that was made, or what was wrong with its form.
func (v *visit) toJob(job client.Job, err error, field string, sent url.Values) error {
	if err == nil {
		return v.redirect("/data/jobs/" + url.PathEscape(job.ID))
	}
	p, ok := problemOf(err)
	if !ok || p.Status != http.StatusUnprocessableEntity && p.Status != http.StatusNotFound {
		return err
	}
	wrong := map[string]string{field: p.Detail}
	for _, e := range p.Errors {
		wrong[strings.TrimPrefix(e.Field, "query.")] = e.Message
	}
	return v.showData(dataPage{Wrong: wrong, Sent: sent}, http.StatusUnprocessableEntity)
}

// importPage is what the page about an import or a refresh shows.
type importPage struct {
	Job     client.Job
	Counts  []option // names and numbers of the report
	Refused []refusal
	Told    []string // conflicts and notes
	Raw     string   // what else the report says
}

// refusal is a row that an import did not take.
type refusal struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column string `json:"column"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
	Kept   bool   `json:"kept"`
}

func (v *visit) job() error {
	job, err := v.ask.Job(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	p := importPage{Job: job}
	if job.State == client.JobDone {
		body, err := v.ask.JobResult(v.ctx(), job.ID, "application/json")
		if err != nil {
			return err
		}
		defer body.Close()
		if err := p.read(body); err != nil {
			return err
		}
	}
	return v.render("job", view{Title: text("job.title", textOf("job.kind", job.Kind)), Nav: "data", Data: &p, Modules: whileOn(&job)})
}

// cancelJob ends an import or a refresh, and shows what became of it. A report is
// kept.
func (v *visit) cancelJob() error {
	id := v.r.PathValue("id")
	job, err := v.ask.Job(v.ctx(), id)
	if err == nil && !job.HasEnded() {
		err = v.ask.CancelJob(v.ctx(), id)
	}
	if err != nil {
		return err
	}
	return v.redirect("/data/jobs/" + url.PathEscape(id))
}

// read reads the report of an import or a refresh.
func (p *importPage) read(body io.Reader) error {
	var report map[string]json.RawMessage
	if err := json.NewDecoder(body).Decode(&report); err != nil {
		return graph.Errorf(graph.KindInternal, "the report of a job cannot be read: %w", err)
	}
	for _, name := range []string{"records", "items", "entities_added", "entities_changed", "added", "changed", "closed", "reopened", "retracted", "unchanged", "withdrawn", "refused", "refused_values", "conflict_count"} {
		var n int
		if raw, ok := report[name]; ok && json.Unmarshal(raw, &n) == nil {
			p.Counts = append(p.Counts, option{Value: textOf("report", name), Text: strconv.Itoa(n)})
		}
	}
	if raw, ok := report["refusals"]; ok {
		if err := json.Unmarshal(raw, &p.Refused); err != nil {
			return graph.Errorf(graph.KindInternal, "the report of a job cannot be read: %w", err)
		}
	}
	for _, name := range []string{"conflicts", "cut_off", "notes"} {
		var lines []string
		if raw, ok := report[name]; ok && json.Unmarshal(raw, &lines) == nil {
			p.Told = append(p.Told, lines...)
		}
	}
	if len(p.Counts) == 0 {
		all, err := json.MarshalIndent(report, "", "  ")
		if err != nil {
			return err
		}
		p.Raw = string(all)
	}
	return nil
}
