package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
	"debadge/jobs"
)

// Importer brings claims into the store: files of other people's formats, and
// registers from where they are published.
type Importer interface {
	// Formats are the formats of files, in their order.
	Formats() []ImportFormat

	// Import reads a file and returns a report that can be written as JSON. It
	// may be called again for the same file after it was cut short.
	Import(ctx context.Context, o ImportOrder, progress func(done, total int64)) (any, error)

	// Registers are the names of the registers of the manifest; none without one.
	Registers() []string

	// Refresh asks for what is newer in a register and returns a report.
	Refresh(ctx context.Context, o RefreshOrder) (any, error)
}

// ImportFormat is a format of files that can be imported.
type ImportFormat struct {
	Name  string `json:"name"`
	About string `json:"about"` // what it is, in a few words
}

// ImportOrder says what is to be imported, and how.
type ImportOrder struct {
	Path         string     `json:"-"` // of the file
	Format       string     `json:"format"`
	Edition      graph.Date `json:"edition,omitzero"` // none: what the file says
	Charset      string     `json:"charset,omitempty"`
	Author       string     `json:"author,omitempty"`
	Strict       bool       `json:"strict,omitempty"`
	DryRun       bool       `json:"dry_run,omitempty"`
	AcceptShrink bool       `json:"accept_shrink,omitempty"`
	NoLink       bool       `json:"no_link,omitempty"`
}

// RefreshOrder says which register is to be refreshed, and how.
type RefreshOrder struct {
	Register     string `json:"register"`
	Author       string `json:"author,omitempty"`
	DryRun       bool   `json:"dry_run,omitempty"`
	AcceptShrink bool   `json:"accept_shrink,omitempty"`
}

type importJobInput struct {
	Encoded

	Format       string `query:"format" required:"true" maxLength:"40"`
	Edition      day    `query:"edition"`
	Strict       bool   `query:"strict"`
	DryRun       bool   `query:"dry_run"`
	AcceptShrink bool   `query:"accept_shrink"`
	NoLink       bool   `query:"no_link"`
}

type refreshJobInput struct {
	Register     string `query:"register" required:"true" maxLength:"200"`
	DryRun       bool   `query:"dry_run"`
	AcceptShrink bool   `query:"accept_shrink"`
}

const (
	importKind  = "import"
	refreshKind = "refresh"
)

// importChoices are what an import and a refresh can be asked for.
type importChoices struct {
	Formats   []ImportFormat `json:"formats"`
	Registers []string       `json:"registers"` // of the manifest
}

func (s *server) addImportJobs() {
	register(s, operationFor(mayWrite, http.MethodGet, "import-choices", jobsPath+"/import", "jobs", "Which formats and registers can be imported?",
		"Answers with the formats of files that an import takes, and with the registers of the service's manifest that can be refreshed.", unavailable),
		func(context.Context, *struct{}) (importChoices, error) {
			if s.Jobs == nil || s.Importer == nil {
				return importChoices{}, graph.Unavailable("this service imports nothing", nil)
			}
			return importChoices{s.Importer.Formats(), append([]string{}, s.Importer.Registers()...)}, nil
		})
	op := operationFor(mayWrite, http.MethodPost, "import-job", jobsPath+"/import", "jobs", "Import a file",
		"Takes a file as debadge import does, in a format that format names, and imports it as a job. Rows that cannot be read are refused one by one and told in the result. "+
			"Importing a file again changes nothing, and completes an import that was cut short.",
		unavailable, timeout)
	takes(op, "The file.", fileTypes())
	s.respondAccepted(op)
	serve(s, op, s.makeImportJob)
	s.locate(op)

	op = operationFor(mayWrite, http.MethodPost, "refresh-job", jobsPath+"/refresh", "jobs", "Refresh a register",
		"Asks the publisher of a register in the service's manifest whether there is a newer edition, checks and imports it as a job, and says whose findings changed. "+
			"Whatever fails, the last good edition stays.",
		notFound, unavailable, timeout)
	s.respondAccepted(op)
	serve(s, op, s.makeRefreshJob)
	s.locate(op)
	if s.Jobs != nil && s.Importer != nil {
		s.Jobs.Handle(importKind, s.runImportJob)
		s.Jobs.Handle(refreshKind, s.runRefreshJob)
	}
}

func (s *server) makeImportJob(hc huma.Context, in *importJobInput) {
	var p *problem
	switch {
	case s.Importer == nil:
		p = newProblem(unavailable, "this service imports nothing")
	case !slices.Contains(s.formatNames(), in.Format):
		p = problemOf(hc.Context(), refuseField("query.format", "is not a format that debadge imports; use one of "+strings.Join(s.formatNames(), ", ")))
	case in.Edition.given && in.Edition.day > graph.DayOf(s.Clock()):
		p = problemOf(hc.Context(), refuseField("query.edition", "is in the future; an edition has the day on which it was published"))
	default:
		p = fileType(hc, in.Charset)
	}
	if p != nil {
		writeProblem(hc.Context(), humagin.Unwrap(hc).Writer, p)
		return
	}
	o := ImportOrder{
		Format: in.Format, Charset: in.Charset, Author: s.importer(hc.Context()), Strict: in.Strict, DryRun: in.DryRun,
		AcceptShrink: in.AcceptShrink, NoLink: in.NoLink,
	}
	if in.Edition.given {
		o.Edition = in.Edition.day.Date()
	}
	s.accept(hc, importKind, o, true)
}

func (s *server) formatNames() []string {
	var names []string
	for _, f := range s.Importer.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// importer is who an import is by: nobody is named but by a credential.
func (s *server) importer(ctx context.Context) string {
	return cmp.Or(s.author(ctx, ""), callerOf(ctx).Name)
}

func (s *server) makeRefreshJob(hc huma.Context, in *refreshJobInput) {
	var p *problem
	switch {
	case s.Importer == nil:
		p = newProblem(unavailable, "this service refreshes nothing")
	case !slices.Contains(s.Importer.Registers(), in.Register):
		p = newProblem(notFound, "the manifest of the service has no register of that name; known are "+strings.Join(s.Importer.Registers(), ", "))
		if len(s.Importer.Registers()) == 0 {
			p = newProblem(notFound, "the service has no manifest of registers (--manifest)")
		}
	}
	if p != nil {
		writeProblem(hc.Context(), humagin.Unwrap(hc).Writer, p)
		return
	}
	s.accept(hc, refreshKind, RefreshOrder{
		Register: in.Register, Author: s.importer(hc.Context()), DryRun: in.DryRun, AcceptShrink: in.AcceptShrink,
	}, false)
}

func (s *server) runImportJob(ctx context.Context, r *jobs.Run) error {
	var o ImportOrder
	if err := json.Unmarshal(r.Job.Params, &o); err != nil {
		return graph.Errorf(graph.KindInternal, "the parameters of a job cannot be read: %w", err)
	}
	o.Path = r.Input()
	input, err := hashOf(r)
	if err != nil {
		return err
	}
	report, err := s.Importer.Import(ctx, o, func(done, total int64) { r.Progress(jobs.Progress{Done: done, Total: total}) })
	if err = s.logImport(ctx, r, input, importDetails{Format: o.Format, Edition: o.Edition, DryRun: o.DryRun}, report, err); err != nil {
		return err
	}
	return writeReport(r, report)
}

func (s *server) runRefreshJob(ctx context.Context, r *jobs.Run) error {
	var o RefreshOrder
	if err := json.Unmarshal(r.Job.Params, &o); err != nil {
		return graph.Errorf(graph.KindInternal, "the parameters of a job cannot be read: %w", err)
	}
	report, err := s.Importer.Refresh(ctx, o)
	if err = s.logImport(ctx, r, nil, importDetails{Register: o.Register, DryRun: o.DryRun}, report, err); err != nil {
		return err
	}
	return writeReport(r, report)
}

// writeReport keeps a report as the result of a job.
func writeReport(r *jobs.Run, report any) (err error) {
	f, err := r.Create(jobResults[0].file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return graph.EncodeJSON(f, report)
}
