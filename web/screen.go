package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/url"
	"strconv"
	"strings"

	"debadge/api/client"
	"debadge/graph"
)

// screenPage is what the page for choosing a file shows.
type screenPage struct {
	AsOf     string
	Policy   string
	Policies []client.Policy
	Jobs     []screenedJob
	Look     client.ColumnsAnswer // of a file that is looked at before it is sent
}

// screenedJob is a screening of the visitor's.
type screenedJob struct {
	client.Job
	Lines   int
	Actions map[string]int
}

const (
	mostJobs      = 10
	defaultPolicy = "default"
)

// screenForm answers with the page for choosing a file.
func (v *visit) screenForm() error {
	p := screenPage{AsOf: v.q.AsOf, Policy: v.q.Policy}
	if p.AsOf == "" {
		p.AsOf = graph.DayOf(v.site.Clock()).Date().String()
	}
	if p.Policy == "" {
		p.Policy = defaultPolicy
	}
	err := together(v.ctx(),
		func(ctx context.Context) (err error) {
			p.Policies, err = v.ask.Policies(ctx)
			return err
		},
		func(ctx context.Context) error {
			all, err := v.ask.Jobs(ctx)
			for _, j := range all {
				if j.Kind == "screen" && len(p.Jobs) < mostJobs {
					p.Jobs = append(p.Jobs, screenedJobOf(j))
				}
			}
			return err
		})
	if err != nil {
		return err
	}
	return v.render("screen", view{Title: text("screen.title"), Nav: "screen", Data: &p, Modules: []string{"screen.js"}})
}

func screenedJobOf(j client.Job) screenedJob {
	s := screenedJob{Job: j}
	if len(j.Summary) > 0 {
		var sum struct {
			Lines   int            `json:"lines"`
			Actions map[string]int `json:"actions"`
		}
		if json.Unmarshal(j.Summary, &sum) == nil {
			s.Lines, s.Actions = sum.Lines, sum.Actions
		}
	}
	return s
}

// screenFile makes a job of a file, or of lines that were pasted.
func (v *visit) screenFile() error {
	sent, err := v.readSent()
	if err != nil {
		return err
	}
	f := sent.fields
	var form client.FileForm
	file := sent.file
	if lines := strings.TrimSpace(f.Get("lines")); lines != "" {
		form.Format, file = "ndjson", linesOf(lines)
	}
	if file == nil {
		return graph.Errorf(graph.KindInvalid, "%s", text("screen.nothing"))
	}
	rules := client.Screening{At: v.q.At(), Map: columnsOf(f).mapping()}
	rules.AsOf, rules.Policy = strings.TrimSpace(f.Get("as_of")), strings.TrimSpace(f.Get("policy"))
	j, err := v.ask.ScreenFile(v.ctx(), file, form, rules)
	if err != nil {
		return err
	}
	return v.redirect(jobPath(j.ID))
}

func jobPath(id string) string { return "/screen/" + url.PathEscape(id) }

// linesOf makes a file of pasted lines: each one names a product, whatever signs
// are in it.
func linesOf(text string) io.Reader {
	var b bytes.Buffer
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		data, err := json.Marshal(client.ScreenLine{Product: strings.ToValidUTF8(line, "\ufffd")})
		if err == nil {
			b.Write(append(data, '\n'))
		}
	}
	return &b
}

// screenColumns tells a script how a file would be read.
func (v *visit) screenColumns() error {
	sent, err := v.readSent()
	if err != nil {
		return err
	}
	if sent.file == nil {
		return graph.Errorf(graph.KindInvalid, "%s", text("screen.nothing"))
	}
	look, err := v.ask.ScreenColumns(v.ctx(), sent.file, client.FileForm{}, columnsOf(sent.fields).mapping())
	if err != nil {
		return err
	}
	return v.render("screen", view{Title: text("screen.title"), Data: &screenPage{Look: look}})
}

// columnAsked is a column as a form has it: what is to be read from it, and what
// was before.
type columnAsked struct{ name, field, before string }

type columnsAsked []columnAsked

// columnsOf reads the columns of a form.
func columnsOf(f url.Values) columnsAsked {
	var all columnsAsked
	for i := range maxFields {
		n := strconv.Itoa(i)
		if !f.Has("column." + n) {
			break
		}
		all = append(all, columnAsked{f.Get("column." + n), f.Get("field." + n), f.Get("before." + n)})
	}
	return all
}

// mapping names the columns by hand whose field was changed, and those that
// alone have a field. Where several have one, and nobody changed that, all of
// them are read.
func (c columnsAsked) mapping() []string {
	var m []string
	for i, column := range c {
		if column.field != "" && (column.field != column.before || c.alone(i)) {
			m = append(m, column.field+"="+column.name)
		}
	}
	return m
}

func (c columnsAsked) alone(i int) bool {
	for k, other := range c {
		if k != i && other.field == c[i].field {
			return false
		}
	}
	return true
}
