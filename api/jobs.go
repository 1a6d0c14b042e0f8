package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
	"debadge/graph/screen"
	"debadge/jobs"
)

// jobAnswer says how far a job is and what came of it.
type jobAnswer struct {
	ID        string      `json:"id"`
	Kind      string      `json:"kind"`
	State     jobs.State  `json:"state"`
	Created   time.Time   `json:"created"`
	Started   *time.Time  `json:"started,omitempty"`
	Ended     *time.Time  `json:"ended,omitempty"`
	Progress  jobProgress `json:"progress"`
	Remaining *int64      `json:"remaining_seconds,omitempty"` // an estimate, while it runs
	Problem   string      `json:"problem,omitempty"`           // why it failed
	Result    string      `json:"result,omitempty"`            // where it is, once the job is done

	Types   []string        `json:"result_types,omitempty"` // media types that the result can be asked for in
	Summary json.RawMessage `json:"summary,omitempty"`      // of the result
}

// jobProgress says how much of the input was worked on.
type jobProgress struct {
	Done  int64 `json:"done"`  // bytes
	Total int64 `json:"total"` // bytes; 0: not known
	Items int   `json:"items"` // lines or records
}

type jobsAnswer struct {
	Jobs []jobAnswer `json:"jobs"` // the latest first
}

type jobInput struct {
	ID string `path:"id" maxLength:"64"`
}

const jobsPath = "/v1/jobs"

func (s *server) addJobs() {
	s.addScreenJob()
	s.addImportJobs()
	register(s, operationFor(mayScreen, http.MethodGet, "jobs", jobsPath, "jobs", "The jobs of the caller",
		"Answers with the jobs that the caller made, the latest first. What has ended stays for a while.", unavailable),
		func(ctx context.Context, _ *struct{}) (jobsAnswer, error) {
			if s.Jobs == nil {
				return jobsAnswer{}, errNoJobs()
			}
			answer := jobsAnswer{Jobs: []jobAnswer{}}
			for _, j := range s.Jobs.Of(ownerOf(ctx)) {
				answer.Jobs = append(answer.Jobs, s.jobAnswer(&j))
			}
			return answer, nil
		})
	register(s, operationFor(mayScreen, http.MethodGet, "job", jobsPath+"/{id}", "jobs", "How far is a job?",
		"Answers with the state of a job, its progress, how long it still takes, and where its result is.", notFound, unavailable),
		func(ctx context.Context, in *jobInput) (jobAnswer, error) {
			j, err := s.job(ctx, in.ID)
			return s.jobAnswer(&j), err
		})
	s.addJobResult()
	s.addJobCancel()
}

// ownerOf is whose a job is that the request makes.
func ownerOf(ctx context.Context) string {
	c := callerOf(ctx)
	return string(c.Credential) + " " + c.Name
}

func errNoJobs() error { return graph.Unavailable("this service keeps no jobs", nil) }

// job returns a job of the caller; that of another one is not there.
func (s *server) job(ctx context.Context, id string) (jobs.Job, error) {
	if s.Jobs == nil {
		return jobs.Job{}, errNoJobs()
	}
	j, err := s.Jobs.Get(id)
	if err == nil && j.Caller != ownerOf(ctx) {
		return jobs.Job{}, graph.Errorf(graph.KindNotFound, "there is no such job; what has ended is removed after a while")
	}
	return j, err
}

func (s *server) jobAnswer(j *jobs.Job) jobAnswer {
	a := jobAnswer{
		ID: j.ID, Kind: j.Kind, State: j.State, Created: j.Created, Problem: j.Problem, Summary: j.Summary,
		Progress: jobProgress(j.Progress),
	}
	if !j.Started.IsZero() {
		a.Started = &j.Started
	}
	if !j.Ended.IsZero() {
		a.Ended = &j.Ended
	}
	if d, ok := j.Remaining(s.Clock()); ok {
		a.Remaining = new(int64(math.Ceil(d.Seconds())))
	}
	if j.State == jobs.Done {
		a.Result = jobPath(j.ID) + "/result"
		for _, r := range jobResults {
			if s.Jobs.HasResult(j.ID, r.file) {
				a.Types = append(a.Types, r.media)
			}
		}
	}
	return a
}

func jobPath(id string) string { return jobsPath + "/" + id }

// respondAccepted describes an operation that makes a job.
func (s *server) respondAccepted(op *huma.Operation) {
	op.Responses["202"] = &huma.Response{
		Description: "The job, which goes on after the answer.",
		Content:     map[string]*huma.MediaType{jsonType: {Schema: s.schema(reflect.TypeFor[jobAnswer]())}},
	}
}

// locate adds to the document what serve overwrites: where a new job is.
func (s *server) locate(op *huma.Operation) {
	described := operationIn(s.huma.OpenAPI().Paths[op.Path], op.Method)
	described.Responses["202"].Headers["Location"] = &huma.Param{Description: "Where the job is.", Schema: &huma.Schema{Type: huma.TypeString}}
}

// accept makes a job of the request's body, or of none, and answers with it.
func (s *server) accept(hc huma.Context, kind string, params any, takesBody bool) {
	c := humagin.Unwrap(hc)
	var body io.Reader
	if takesBody {
		if c.Request.ContentLength > s.jobSize() {
			writeProblem(hc.Context(), c.Writer, s.oversize())
			return
		}
		pace := newPace(c.Writer, s.IdleTimeout)
		defer pace.stop()
		body = &pacedReader{c.Request.Body, pace}
	}
	var j jobs.Job
	err := errNoJobs()
	if s.Jobs != nil {
		j, err = s.Jobs.Add(kind, ownerOf(hc.Context()), params, body)
	}
	if err != nil {
		p := problemOf(hc.Context(), err)
		if errors.Is(err, jobs.ErrTooLarge) {
			p = s.oversize()
		}
		writeProblem(hc.Context(), c.Writer, p)
		return
	}
	c.Writer.Header().Set("Location", jobPath(j.ID))
	writeJSON(c.Writer, http.StatusAccepted, jsonType, s.jobAnswer(&j))
}

func (s *server) jobSize() int64 {
	if s.Jobs == nil {
		return math.MaxInt64
	}
	return s.Jobs.MaxSize()
}

func (s *server) oversize() *problem {
	return newProblem(tooLarge, fmt.Sprintf("the file is larger than %d bytes", s.jobSize()))
}

// jobResults are the forms of results, by their media types, the first one that
// of a client that asks for none.
var jobResults = []struct{ media, file string }{
	{jsonType, "result.json"}, {ndjsonType, "result.ndjson"}, {csvType, "result.csv"}, {htmlType, "result.html"}, {xlsxType, "result.xlsx"},
}

const (
	htmlType = "text/html"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

func (s *server) addJobResult() {
	op := operationFor(mayScreen, http.MethodGet, "job-result", jobsPath+"/{id}/result", "jobs", "What came of a job",
		"Answers with the result of a job that is done: of a screening as JSON, NDJSON, CSV or a workbook (XLSX) with the columns of the input, or a page to print, as Accept asks for; "+
			"of an import or a refresh the report, as JSON. While the job waits or runs, where it failed or was canceled, and in a form that a screening by an earlier version does not have, it is 409 with the reason.",
		notFound, conflict, unavailable)
	respondWith(op, jsonType, &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true})
	respondWith(op, ndjsonType, s.schema(reflect.TypeFor[screenLine]()))
	respondWith(op, csvType, &huma.Schema{Type: huma.TypeString})
	respondWith(op, htmlType, &huma.Schema{Type: huma.TypeString})
	respondWith(op, xlsxType, &huma.Schema{Type: huma.TypeString, Format: "binary"})
	serve(s, op, s.jobResult)
}

func (s *server) jobResult(hc huma.Context, in *jobInput) {
	w := humagin.Unwrap(hc).Writer
	w.Header().Set("Vary", "Accept")
	f, media, err := s.openResult(hc.Context(), in.ID, hc.Header("Accept"))
	if err != nil {
		writeProblem(hc.Context(), w, problemOf(hc.Context(), err))
		return
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		writeProblem(hc.Context(), w, problemOf(hc.Context(), graph.Unavailable("the result of the job cannot be read", err)))
		return
	}
	if media == htmlType {
		media += "; charset=utf-8"
		w.Header().Set("Content-Security-Policy", pagePolicy+"; style-src "+screen.StyleHash())
	}
	defer limitWrites(hc.Context(), http.NewResponseController(w), s.StreamTimeout)()
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
	w.WriteHeader(http.StatusOK)
	if _, err := io.Copy(w, f); err != nil {
		panic(http.ErrAbortHandler) // fewer bytes than were announced
	}
}

// openResult opens the result in the form that the client prefers of those that
// there are.
func (s *server) openResult(ctx context.Context, id, accept string) (*os.File, string, error) {
	j, err := s.job(ctx, id)
	if err != nil {
		return nil, "", err
	}
	switch j.State {
	case jobs.Done:
	case jobs.Waiting, jobs.Running:
		return nil, "", graph.Errorf(graph.KindConflict, "the job has no result yet: it is %s", j.State)
	case jobs.Canceled:
		return nil, "", graph.Errorf(graph.KindConflict, "the job has no result: it was canceled")
	case jobs.Failed:
		return nil, "", graph.Errorf(graph.KindConflict, "the job has no result, it failed: %s", j.Problem)
	}
	offered := make([]string, len(jobResults))
	for i, r := range jobResults {
		offered[i] = r.media
	}
	wanted := preferred(accept, offered...)
	if j.Kind != screenKind {
		wanted = jsonType // its report has no other form
	}
	i := slices.Index(offered, wanted)
	f, err := s.Jobs.Result(id, jobResults[i].file)
	switch {
	case f != nil || err != nil:
		return f, wanted, err
	case wanted == jsonType:
		return nil, "", graph.Errorf(graph.KindInternal, "job %s is done and has no result", id)
	}
	return nil, "", graph.Errorf(graph.KindConflict, "the result is not kept as %s, since the job was done by an earlier version of debadge; ask for one of its result_types, or screen the file once more", wanted)
}

func (s *server) addJobCancel() {
	op := operationFor(mayScreen, http.MethodDelete, "job-cancel", jobsPath+"/{id}", "jobs", "Cancel a job, or remove its result",
		"Ends a job that waits or runs; what an import has written by then stays. One that has ended is removed with its result.", notFound, unavailable)
	op.Responses["204"] = &huma.Response{Description: "It is done, or about to be."}
	serve(s, op, func(hc huma.Context, in *jobInput) {
		w := humagin.Unwrap(hc).Writer
		_, err := s.job(hc.Context(), in.ID)
		if err == nil {
			err = s.Jobs.Cancel(in.ID)
		}
		if err != nil {
			writeProblem(hc.Context(), w, problemOf(hc.Context(), err))
			return
		}
		w.WriteHeader(http.StatusNoContent)
		w.WriteHeaderNow()
	})
}
