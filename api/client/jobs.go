package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"time"
)

// The states of a job.
const (
	JobWaiting  = "waiting"
	JobRunning  = "running"
	JobDone     = "done"
	JobFailed   = "failed"
	JobCanceled = "canceled"
)

// Job is work that goes on after its request, and over a restart of the service.
type Job struct {
	ID        string      `json:"id"`
	Kind      string      `json:"kind"` // screen, import or refresh
	State     string      `json:"state"`
	Created   time.Time   `json:"created"`
	Started   *time.Time  `json:"started,omitempty"`
	Ended     *time.Time  `json:"ended,omitempty"`
	Progress  JobProgress `json:"progress"`
	Remaining *int64      `json:"remaining_seconds,omitempty"` // an estimate, while it runs
	Problem   string      `json:"problem,omitempty"`           // why it failed
	Result    string      `json:"result,omitempty"`            // the path of the result, once it is done

	Types   []string        `json:"result_types,omitempty"` // media types that the result can be asked for in
	Summary json.RawMessage `json:"summary,omitempty"`      // of the result
}

// JobProgress says how much of the input was worked on.
type JobProgress struct {
	Done  int64 `json:"done"`  // bytes
	Total int64 `json:"total"` // bytes; 0: not known
	Items int   `json:"items"` // lines or records
}

// HasEnded reports whether nothing more will come of a job.
func (j *Job) HasEnded() bool {
	return j.State == JobDone || j.State == JobFailed || j.State == JobCanceled
}

// JobsAnswer holds the jobs of the caller, the latest first.
type JobsAnswer struct {
	Jobs []Job `json:"jobs"`
}

// FileForm says what cannot be told from a file's content.
type FileForm struct {
	Format  string // of a file to be screened: csv, xlsx, json, ndjson or cyclonedx; "" is told by the content
	Charset string // such as latin-1; "" is told by the content
}

const jobsPath = "/v1/jobs"

func jobPath(id string) string { return jobsPath + "/" + url.PathEscape(id) }

func (c *Client) sendFile(ctx context.Context, path string, query url.Values, file io.Reader) (Job, error) {
	var j Job
	err := c.ask(ctx, call{method: http.MethodPost, path: path, query: query, header: map[string]string{"Content-Type": "application/octet-stream"}, file: file}, &j)
	return j, err
}

// ScreenFile makes a job of screening a file of any size.
func (c *Client) ScreenFile(ctx context.Context, file io.Reader, form FileForm, s Screening) (Job, error) {
	query := s.values()
	fill(query, "file_format", form.Format, "charset", form.Charset)
	return c.sendFile(ctx, jobsPath+"/screen", query, file)
}

// ImportChoices are what an import and a refresh can be asked for.
type ImportChoices struct {
	Formats   []ImportFormat `json:"formats"`
	Registers []string       `json:"registers"` // of the manifest of the service
}

// ImportFormat is a format of files that can be imported.
type ImportFormat struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

// ImportChoices asks which formats and registers can be imported.
func (c *Client) ImportChoices(ctx context.Context) (ImportChoices, error) {
	return get[ImportChoices](ctx, c, jobsPath+"/import", nil)
}

// Import says how a file is imported.
type Import struct {
	Format       string // such as bundle or csl
	Edition      string // a day; "" is what the file says
	Charset      string
	Strict       bool // nothing is imported if a row is refused
	DryRun       bool
	AcceptShrink bool // also where an edition has far fewer entries than the one before
	NoLink       bool
}

// ImportFile makes a job of importing a file.
func (c *Client) ImportFile(ctx context.Context, file io.Reader, i Import) (Job, error) {
	query := url.Values{}
	fill(query, "format", i.Format, "edition", i.Edition, "charset", i.Charset, "strict", truth(i.Strict), "dry_run", truth(i.DryRun),
		"accept_shrink", truth(i.AcceptShrink), "no_link", truth(i.NoLink))
	return c.sendFile(ctx, jobsPath+"/import", query, file)
}

// Refresh makes a job of asking the publisher of a register for what is newer.
func (c *Client) Refresh(ctx context.Context, register string, dryRun, acceptShrink bool) (Job, error) {
	query := url.Values{}
	fill(query, "register", register, "dry_run", truth(dryRun), "accept_shrink", truth(acceptShrink))
	var j Job
	err := c.ask(ctx, call{method: http.MethodPost, path: jobsPath + "/refresh", query: query, once: true}, &j)
	return j, err
}

// Jobs asks for the jobs of the caller.
func (c *Client) Jobs(ctx context.Context) ([]Job, error) {
	answer, err := get[JobsAnswer](ctx, c, jobsPath, nil)
	return answer.Jobs, err
}

// Job asks how far a job is.
func (c *Client) Job(ctx context.Context, id string) (Job, error) {
	return get[Job](ctx, c, jobPath(id), nil)
}

// AwaitJob asks until a job has ended, and hands on how far it is in between;
// each may be nil.
func (c *Client) AwaitJob(ctx context.Context, id string, each func(Job)) (Job, error) {
	for {
		j, err := c.Job(ctx, id)
		if err != nil || j.HasEnded() {
			return j, err
		}
		if each != nil {
			each(j)
		}
		timer := time.NewTimer(c.options.Wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return j, ctx.Err()
		case <-timer.C:
		}
	}
}

// JobResult asks for what came of a job, as a media type: of a screening
// application/json, application/x-ndjson, text/csv, text/html or, for a workbook,
// application/vnd.openxmlformats-officedocument.spreadsheetml.sheet; of others
// JSON. Who calls it closes it.
func (c *Client) JobResult(ctx context.Context, id, media string) (io.ReadCloser, error) {
	return c.open(ctx, call{method: http.MethodGet, path: jobPath(id) + "/result", header: map[string]string{"Accept": media}})
}

// ScreenedFile asks for the result of a screening that is done.
func (c *Client) ScreenedFile(ctx context.Context, id string) (ScreenAnswer, error) {
	return get[ScreenAnswer](ctx, c, jobPath(id)+"/result", nil)
}

// CancelJob ends a job, or removes one that has ended with its result.
func (c *Client) CancelJob(ctx context.Context, id string) error {
	return c.tell(ctx, call{method: http.MethodDelete, path: jobPath(id), once: true})
}

// fill sets those of some values that are given, each behind its name.
func fill(v url.Values, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
}
