package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/screen"
	"debadge/jobs"
)

type screenJobInput struct {
	Screened
	Mapped
	Encoded

	From string `query:"file_format" enum:"csv,xlsx,json,ndjson,cyclonedx"`
}

// Encoded says what a file without a mark is encoded in.
type Encoded struct {
	Charset string `query:"charset" enum:"utf-8,utf-16le,utf-16be,latin-1,windows-1252"`
}

// screenJob is what a screening keeps of its request.
type screenJob struct {
	AsOf     graph.Date     `json:"as_of"`
	Revision graph.Revision `json:"known_at_revision,omitempty"`
	Time     time.Time      `json:"known_at,omitzero"`
	Least    graph.Revision `json:"min_revision,omitempty"`
	Policy   string         `json:"policy,omitempty"`
	Lists    []string       `json:"lists,omitempty"`
	Explain  bool           `json:"explain,omitempty"`
	Map      []string       `json:"map,omitempty"`
	From     string         `json:"from,omitempty"`
	Charset  string         `json:"charset,omitempty"`

	Choices []screen.Meaning `json:"choices,omitempty"`
}

// screenKind names the work of screening a file.
const screenKind = "screen"

// fileTypes are what files come as; their content tells what they are.
func fileTypes() map[string]*huma.Schema {
	types := map[string]*huma.Schema{}
	for _, media := range []string{
		"application/octet-stream", csvType, ndjsonType, jsonType, "application/xml", "text/xml", "text/plain",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.cyclonedx+json", "application/vnd.cyclonedx+xml",
		"application/gzip", "application/zip",
	} {
		types[media] = &huma.Schema{Type: huma.TypeString}
	}
	for _, media := range []string{jsonType, "application/vnd.cyclonedx+json"} {
		types[media] = &huma.Schema{Description: "Lines, or a bill of material, in any form of JSON."}
	}
	return types
}

func (s *server) addScreenJob() {
	op := operationFor(mayScreen, http.MethodPost, "screen-job", jobsPath+"/screen", "jobs", "Screen a large file",
		"Takes a file as debadge screen does (CSV, XLSX, NDJSON, JSON, CycloneDX, also packed; told by its content), keeps it, and answers it as a job: "+
			"Location is where its progress and its result are. The job outlives the request and a restart of the service, which begins it again. "+
			"A result is kept for a while, for whoever made the job alone.",
		notFound, unavailable, timeout)
	takes(op, "The file.", fileTypes())
	s.respondAccepted(op)
	serve(s, op, s.makeScreenJob)
	s.locate(op)
	if s.Jobs != nil {
		s.Jobs.Handle(screenKind, s.runScreenJob)
	}
	s.addScreened()
}

// makeScreenJob refuses what can be seen to be wrong before the file is kept.
func (s *server) makeScreenJob(hc huma.Context, in *screenJobInput) {
	c := humagin.Unwrap(hc)
	if p := s.checkScreenJob(hc, in); p != nil {
		writeProblem(hc.Context(), c.Writer, p)
		return
	}
	at := in.KnownAt.at
	s.accept(hc, screenKind, screenJob{
		AsOf: s.dayOr(in.AsOf).Date(), Revision: at.Revision, Time: at.Time, Least: in.MinRevision, Policy: in.Policy, Lists: in.List,
		Explain: in.Explain, Map: in.Map, From: in.From, Charset: in.Charset,
	}, true)
}

func (s *server) checkScreenJob(hc huma.Context, in *screenJobInput) *problem {
	ctx, done := s.limit(hc.Context(), nil)
	defer done()
	if p := fileType(hc, in.Charset); p != nil {
		return p
	}
	_, err := readMapping(in.Map)
	if err == nil {
		err = s.await(ctx, in)
	}
	if err == nil {
		err = s.checkRules(ctx, in.KnownAt.at, in.Policy, s.dayOr(in.AsOf), in.List)
	}
	if err != nil {
		return problemOf(ctx, err)
	}
	return nil
}

// checkRules refuses rules by which nothing can be answered.
func (s *server) checkRules(ctx context.Context, at graph.Moment, name string, day graph.Day, lists []string) error {
	policy, err := s.policy(name)
	if err != nil {
		return err
	}
	return s.Store.View(ctx, at, func(v graph.View) error {
		a, err := graph.NewAssessor(ctx, v, policy, day, lists)
		if err == nil {
			a.Close()
		}
		return err
	})
}

// fileType refuses what is no file. Where the encoding is named, what the header
// says of it does not count.
func fileType(hc huma.Context, charset string) *problem {
	r := humagin.Unwrap(hc).Request
	if charset != "" {
		plain := *r
		plain.Header = http.Header{"Content-Type": {withoutParameters(r.Header.Get("Content-Type"))}}
		r = &plain
	}
	_, p := bodyType(r, hc.Operation())
	return p
}

// runScreenJob screens the file of a job, into every form of result.
func (s *server) runScreenJob(ctx context.Context, r *jobs.Run) (err error) {
	r.KeepInput() // it may be screened once more, by other rules
	var job screenJob
	if err := json.Unmarshal(r.Job.Params, &job); err != nil {
		return graph.Errorf(graph.KindInternal, "the parameters of a job cannot be read: %w", err)
	}
	lines, input, err := openLines(r, &job)
	if err != nil {
		return err
	}
	defer func() { _ = input.Close() }() // it was only read
	in := Screened{
		Freshness: Freshness{job.Least}, AsOf: day{job.AsOf.Earliest(), true}, Policy: job.Policy, List: job.Lists, Explain: job.Explain,
		KnownAt: moment{graph.Moment{Revision: job.Revision, Time: job.Time}},
	}
	opts, err := s.screening(ctx, &in)
	if err != nil {
		return err
	}
	opts.Names = screen.WithChoices(opts.Names, job.Choices)
	opts.Workers, opts.Timeout = 1, s.RequestTimeout // requests go before
	opts.Progress = func(at screen.Progress) { r.Progress(jobs.Progress{Done: at.Done, Total: at.Total, Items: at.Lines}) }
	encoder, done, err := results(r, job.Explain)
	if err != nil {
		return err
	}
	sum, err := screen.Run(ctx, s.Store, lines, s.counting(encoder), io.Discard, opts)
	if err = errors.Join(err, done()); err != nil {
		return err
	}
	if s.Ledger != nil {
		hash, err := hashOf(r)
		if err == nil {
			err = s.logScreening(ctx, actorOfJob(&r.Job), jobSubject(&r.Job), hash, &opts, &sum)
		}
		if err != nil {
			return err
		}
	}
	return r.Summarize(struct {
		Revision    graph.Revision            `json:"revision"`
		Lines       int                       `json:"lines"`
		Actions     map[string]int            `json:"actions"`
		Findings    map[graph.Finding]int     `json:"findings"`
		Resolutions map[screen.Resolution]int `json:"resolutions"`
	}{sum.Revision, sum.Lines, sum.Actions, sum.Findings, sum.Resolutions})
}

func openLines(r *jobs.Run, job *screenJob) (screen.Reader, *file.File, error) {
	charset, err := file.ParseCharset(job.Charset)
	if err != nil {
		return nil, nil, err
	}
	mapping, err := screen.ParseMapping(job.Map)
	if err != nil {
		return nil, nil, err
	}
	input, err := file.Open(r.Input(), file.Options{Charset: charset})
	if err != nil {
		return nil, nil, err
	}
	input.Name = "the file"
	lines, err := screen.Open(input, screen.InputOptions{Format: job.From, Mapping: mapping})
	if err != nil {
		return nil, nil, errors.Join(err, input.Close())
	}
	return lines, input, nil
}

// results begins all forms of the result of a screening.
func results(r *jobs.Run, explain bool) (screen.Encoder, func() error, error) {
	var outputs []screen.Output
	var files []*os.File
	done := func() error {
		var all error
		for _, f := range files {
			all = errors.Join(all, f.Close())
		}
		if all != nil {
			return graph.Unavailable("a result cannot be written", all)
		}
		return nil
	}
	encoders := map[string]screen.Encoder{
		jsonType: new(screen.JSON), ndjsonType: new(screen.NDJSON), csvType: &screen.CSV{Explain: explain}, htmlType: new(screen.HTML),
		xlsxType: &screen.XLSX{Explain: explain},
	}
	for _, form := range jobResults {
		f, err := r.Create(form.file)
		if err != nil {
			return nil, nil, errors.Join(err, done())
		}
		files = append(files, f)
		outputs = append(outputs, screen.Output{Encoder: encoders[form.media], To: f})
	}
	return screen.NewSeveral(outputs...), done, nil
}
