package api

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/screen"
)

// rowsInput selects rows of a screening that is done.
type rowsInput struct {
	ID         string `path:"id"          maxLength:"64"`
	Action     string `query:"action"     enum:"block,review,pass"`
	Finding    string `query:"finding"    enum:"listed,clear,unknown"`
	Resolution string `query:"resolution" enum:"identified,matched,ambiguous,unknown,refused"`
	Cursor     string `query:"cursor"     maxLength:"20" pattern:"^[0-9]+$"`
	Limit      int    `query:"limit"      maximum:"1000" minimum:"1"`
}

// rowsAnswer is a page of the rows of a screening.
type rowsAnswer struct {
	Rows  []screen.Row   `json:"rows"`           // in the order of the lines
	Total int            `json:"total"`          // rows that match
	Next  string         `json:"next,omitempty"` // the cursor of the next page
	Head  screen.Summary `json:"head"`           // of all rows; its brands and entities are the first ones
}

// mostHead is how many brands, and listed entities, come with a page.
const mostHead = 20

// fileInput says how a file that is looked at is read.
type fileInput struct {
	Mapped
	Encoded

	From string `query:"file_format" enum:"csv,xlsx,json,ndjson,cyclonedx"`
}

// columnsAnswer says how the columns of a file are understood.
type columnsAnswer struct {
	screen.Look
	Fields []screen.Field `json:"fields"` // all that a column can be
}

func (s *server) addScreened() {
	register(s, operationFor(mayScreen, http.MethodGet, "job-rows", jobsPath+"/{id}/rows", "jobs", "The rows of a screening, page by page",
		"Answers with rows of a screening that is done, of one action, finding or resolution if that is asked for, and with what is counted over all rows. "+
			"The whole result is at /v1/jobs/{id}/result.", notFound, conflict, timeout), s.jobRows)
	register(s, operationFor(mayScreen, http.MethodGet, "job-columns", jobsPath+"/{id}/columns", "jobs", "How were the columns of a file understood?",
		"Answers with the columns of the file that a screening was made of, what is read from each, and a few of its values. Where nothing in the file can be read, problem says why.",
		notFound, conflict, timeout), s.jobColumns)
	again := operationFor(mayScreen, http.MethodPost, "screen-again", jobsPath+"/{id}/again", "jobs", "Screen a file once more, by other rules",
		"Makes a job of the file of another one, which need not have succeeded. What the body does not say stays as it was: the dates, the policy, the columns, and what was chosen by hand. "+
			"Choices say what texts of this file mean, or that they mean nothing that is known; they count for this file alone, and those about other texts stay.",
		notFound, conflict, timeout)
	again.MaxBodyBytes = s.MaxBodyBytes
	checkBody(again)
	s.respondAccepted(again)
	answering(s, again, func(ctx context.Context, _ huma.Context, in *againInput) (func(http.ResponseWriter), error) {
		j, err := s.screenAgain(ctx, in)
		return func(w http.ResponseWriter) {
			w.Header().Set("Location", jobPath(j.ID))
			writeJSON(w, http.StatusAccepted, jsonType, j)
		}, err
	})
	s.locate(again)
	op := operationFor(mayScreen, http.MethodPost, "screen-columns", "/v1/screen/columns", "screening", "How are the columns of a file understood?",
		"Takes a file as /v1/jobs/screen does, reads its beginning, and answers with its columns, what would be read from each, and a few of their values. Nothing is kept.", timeout)
	takes(op, "The file.", fileTypes())
	respondWith(op, jsonType, s.schema(reflect.TypeFor[columnsAnswer]()))
	serve(s, op, s.screenColumns)
}

// screeningJob returns what a screening of the caller was asked for.
func (s *server) screeningJob(ctx context.Context, id string) (asked screenJob, err error) {
	j, err := s.job(ctx, id)
	if err != nil {
		return asked, err
	}
	if j.Kind != screenKind {
		return asked, graph.Errorf(graph.KindConflict, "the job is no screening but of the kind %s", j.Kind)
	}
	if err = json.Unmarshal(j.Params, &asked); err != nil {
		err = graph.Errorf(graph.KindInternal, "the parameters of a job cannot be read: %w", err)
	}
	return asked, err
}

func (s *server) jobRows(ctx context.Context, in *rowsInput) (rowsAnswer, error) {
	answer := rowsAnswer{Rows: []screen.Row{}}
	if _, err := s.screeningJob(ctx, in.ID); err != nil {
		return answer, err
	}
	f, _, err := s.openResult(ctx, in.ID, ndjsonType)
	if err != nil {
		return answer, err
	}
	defer func() { _ = f.Close() }() // it was only read
	skip, err := strconv.Atoi(cmp.Or(in.Cursor, "0"))
	if err != nil {
		return answer, refuseField("query.cursor", "is not the next of a page")
	}
	limit := cmp.Or(in.Limit, keptPage)
	lines := bufio.NewReaderSize(f, 1<<20)
	for ended := false; !ended; {
		line, err := lines.ReadBytes('\n')
		if ended = errors.Is(err, io.EOF); err != nil && !ended {
			return answer, graph.Unavailable("the result of the job cannot be read", err)
		}
		if err := ctx.Err(); err != nil {
			return answer, err
		}
		if err := answer.take(line, in, skip, limit); err != nil {
			return answer, graph.Errorf(graph.KindInternal, "a row of job %s cannot be read: %w", in.ID, err)
		}
	}
	if skip+len(answer.Rows) < answer.Total {
		answer.Next = strconv.Itoa(skip + len(answer.Rows))
	}
	h := &answer.Head
	h.Brands, h.Entities = h.Brands[:min(len(h.Brands), mostHead)], h.Entities[:min(len(h.Entities), mostHead)]
	return answer, nil
}

// take takes a line of the result, if it matches.
func (a *rowsAnswer) take(line []byte, in *rowsInput, skip, limit int) error {
	const row, head = `{"row":`, `{"head":`
	if bytes.HasPrefix(line, []byte(head)) {
		return json.Unmarshal(line, &struct {
			Head *screen.Summary `json:"head"`
		}{&a.Head})
	}
	if !bytes.HasPrefix(line, []byte(row)) || !says(line, "action", in.Action) || !says(line, "finding", in.Finding) || !says(line, "resolution", in.Resolution) {
		return nil
	}
	a.Total++
	if a.Total <= skip || len(a.Rows) == limit {
		return nil
	}
	var of struct {
		Row screen.Row `json:"row"`
	}
	err := json.Unmarshal(line, &of)
	a.Rows = append(a.Rows, of.Row)
	return err
}

// says reports whether the first member of that name, which is the row's own or
// that of what the row is about, has a value. A row that could not be read has
// no resolution. What stands inside of a text has its quotes escaped.
func says(line []byte, name, value string) bool {
	if value == "" {
		return true
	}
	_, rest, found := bytes.Cut(line, []byte(`"`+name+`":"`))
	if !found {
		return value == string(screen.Refused)
	}
	return bytes.HasPrefix(rest, []byte(value+`"`))
}

func (s *server) jobColumns(ctx context.Context, in *jobInput) (columnsAnswer, error) {
	answer := columnsAnswer{Fields: screen.Fields()}
	asked, err := s.screeningJob(ctx, in.ID)
	if err != nil {
		return answer, err
	}
	path, err := s.Jobs.InputPath(in.ID)
	if err != nil {
		return answer, err
	}
	charset, err := file.ParseCharset(asked.Charset)
	if err != nil {
		return answer, err
	}
	f, err := file.Open(path, file.Options{Charset: charset})
	if err == nil {
		answer.Look, err = lookAt(f, asked.From, asked.Map)
	}
	return lookedAtFile(answer, err)
}

// lookAt looks at a file and closes it.
func lookAt(f *file.File, format string, columns []string) (l screen.Look, err error) {
	defer func() { _ = f.Close() }() // it was only read
	f.Name = "the file"
	mapping, err := readMapping(columns)
	if err != nil {
		return l, err
	}
	return screen.LookAt(f, screen.InputOptions{Format: format, Mapping: mapping})
}

// lookedAtFile makes what is wrong with a file a part of the answer about it.
func lookedAtFile(answer columnsAnswer, err error) (columnsAnswer, error) {
	if e, ok := errors.AsType[*graph.Error](err); ok && e.Kind == graph.KindInvalid && len(e.Fields) == 0 {
		answer.Problem, err = e.Message, nil
	}
	if answer.Columns == nil {
		answer.Columns = []screen.Column{}
	}
	return answer, err
}

func (s *server) screenColumns(hc huma.Context, in *fileInput) {
	c := humagin.Unwrap(hc)
	ctx := hc.Context()
	p := fileType(hc, in.Charset)
	if p == nil && c.Request.ContentLength > s.jobSize() {
		p = s.oversize()
	}
	if p != nil {
		writeProblem(ctx, c.Writer, p)
		return
	}
	pace := newPace(c.Writer, s.IdleTimeout)
	defer pace.stop()
	answer := columnsAnswer{Fields: screen.Fields()}
	charset, err := file.ParseCharset(in.Charset)
	var f *file.File
	if err == nil {
		f, err = file.Spool("the file", &io.LimitedReader{R: &pacedReader{c.Request.Body, pace}, N: s.jobSize()}, file.Options{Charset: charset})
	}
	if err == nil {
		answer.Look, err = lookAt(f, in.From, in.Map)
	}
	if answer, err = lookedAtFile(answer, err); err != nil {
		writeProblem(ctx, c.Writer, problemOf(ctx, err))
		return
	}
	writeJSON(c.Writer, http.StatusOK, jsonType, answer)
}

// mostChoices bounds what is chosen by hand for one file.
const mostChoices = 1000

// againBody says what is to be other than the time before.
type againBody struct {
	AsOf        day              `json:"as_of,omitzero" doc:"The day in the world."`
	Policy      string           `json:"policy,omitempty" doc:"The name of a policy." maxLength:"200"`
	MinRevision graph.Revision   `json:"min_revision,omitempty" minimum:"1" maximum:"2147483647" doc:"Answer at this revision or a later one."`
	Map         []string         `json:"map,omitempty" doc:"All columns that are named by hand, FIELD=COLUMN." maxItems:"50"`
	Choices     []screen.Meaning `json:"choices,omitempty" doc:"What texts mean. Without an entity: nothing that is known." maxItems:"1000"`
}

type againInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body againBody
}

func (in *againInput) least() graph.Revision { return in.Body.MinRevision }

func (s *server) screenAgain(ctx context.Context, in *againInput) (jobAnswer, error) {
	asked, err := s.screeningJob(ctx, in.ID)
	if err != nil {
		return jobAnswer{}, err
	}
	b := &in.Body
	if b.AsOf.given {
		asked.AsOf = b.AsOf.day.Date()
	}
	asked.Policy, asked.Least = cmp.Or(b.Policy, asked.Policy), max(asked.Least, b.MinRevision)
	if b.Map != nil {
		asked.Map = b.Map
	}
	asked.Choices = chosenAnew(asked.Choices, b.Choices)
	if len(asked.Choices) > mostChoices {
		return jobAnswer{}, refuseField("body.choices", fmt.Sprintf("are more than %d for one file; keep some of them for all files", mostChoices))
	}
	if err := s.checkAgain(ctx, &asked, b.Choices); err != nil {
		return jobAnswer{}, err
	}
	path, err := s.Jobs.InputPath(in.ID)
	if err != nil {
		return jobAnswer{}, err
	}
	input, err := os.Open(path) //nolint:gosec // in the folder of jobs
	if err != nil {
		return jobAnswer{}, graph.Unavailable("the file of the job cannot be read", err)
	}
	defer func() { _ = input.Close() }() // it was only read
	j, err := s.Jobs.Add(screenKind, ownerOf(ctx), asked, input)
	return s.jobAnswer(&j), err
}

// chosenAnew puts choices behind those that were made before about other texts.
func chosenAnew(before, choices []screen.Meaning) []screen.Meaning {
	var all []screen.Meaning
	about := func(c screen.Meaning) screen.Meaning { c.Entity = ""; return c }
	seen := map[screen.Meaning]bool{}
	for _, c := range choices {
		seen[about(c)] = true
	}
	for _, c := range before {
		if !seen[about(c)] {
			all = append(all, c)
		}
	}
	return append(all, choices...)
}

// checkAgain refuses what can be seen to be wrong before a job is made of it.
func (s *server) checkAgain(ctx context.Context, asked *screenJob, choices []screen.Meaning) error {
	if _, err := screen.ParseMapping(asked.Map); err != nil {
		return inBody(&graph.Error{Kind: graph.KindInvalid, Fields: []graph.FieldError{{Field: "map", Message: err.Error()}}}, "")
	}
	for i, c := range choices {
		if err := checkChoice(c, fmt.Sprintf("body.choices[%d].", i)); err != nil {
			return err
		}
	}
	at := graph.Moment{Revision: asked.Revision, Time: asked.Time}
	err := s.Store.View(ctx, at, func(v graph.View) error {
		for _, c := range choices {
			if c.Entity == "" {
				continue
			}
			if _, err := v.Entities(ctx, []graph.ID{c.Entity}); err != nil {
				return unknownID(err, "entity", c.Entity)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.checkRules(ctx, at, asked.Policy, asked.AsOf.Earliest(), asked.Lists)
}

// checkChoice refuses a choice that says nothing.
func checkChoice(c screen.Meaning, field string) error {
	switch c.Role {
	case screen.Product, screen.Manufacturer, screen.Supplier, screen.Brand:
	default:
		return refuseField(field+"role", "is none of product, manufacturer, supplier and brand")
	}
	if c.Text == "" {
		return refuseField(field+"text", "is empty; a choice is about a text")
	}
	if kind := c.Entity.Kind(); c.Entity != "" && kind != graph.Product && kind != graph.Company {
		return refuseField(field+"entity", "is neither a product nor a company")
	}
	return nil
}
