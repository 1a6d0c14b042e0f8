package main

import (
	"archive/zip"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"debadge/api"
	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
	"debadge/graph/ingest/bundle"
	"debadge/graph/link"
	"debadge/graph/refresh"
	"debadge/graph/resolve"
	"debadge/jobs"
)

// jobFlags are the values of the settings of jobs.
type jobFlags struct {
	jobs     string
	jobsKeep time.Duration
	jobsSize int
	jobsRun  int
}

// jobSettings are the rows of the jobs of a service.
func jobSettings() []setting {
	return []setting{
		{"jobs", "DEBADGE_JOBS", "FOLDER", func(f *flags) any { return &f.jobs }, "", "where jobs are kept, with their files and results (default: beside a SQLite store, else in the user's data directory)", []string{"serve"}},
		{"jobs-keep", "DEBADGE_JOBS_KEEP", "DURATION", func(f *flags) any { return &f.jobsKeep }, 24 * time.Hour, "how long the result of a job stays", []string{"serve"}},
		{"jobs-size", "DEBADGE_JOBS_SIZE", "MIB", func(f *flags) any { return &f.jobsSize }, 1024, "the size of the largest file that a job takes, in MiB", []string{"serve"}},
		{"jobs-at-once", "DEBADGE_JOBS_AT_ONCE", "N", func(f *flags) any { return &f.jobsRun }, 2, "how many jobs run at a time", []string{"serve"}},
	}
}

// namesInterval is how often it is looked for new names.
const namesInterval = 500 * time.Millisecond

// keepNames follows the names of a store beside a service.
func (p *program) keepNames(ctx context.Context, s graph.Store, log *slog.Logger) (names *resolve.Follower, stop func()) {
	f := resolve.NewFollower(s, resolve.Options{})
	ctx, cancel := context.WithCancel(ctx)
	var under sync.WaitGroup
	under.Go(func() {
		f.Run(ctx, namesInterval, func(err error) {
			log.LogAttrs(ctx, slog.LevelDebug, "the index of names does not follow the store", slog.String("error", err.Error()))
		})
	})
	return f, func() { cancel(); under.Wait(); f.Close() }
}

// openJobs opens the jobs of a service; those of a store in memory are
// forgotten with it. Where there is no folder for them, there are none.
func (p *program) openJobs(ctx context.Context, log *slog.Logger) (q *jobs.Queue, done func() error, err error) {
	dir, forget, err := p.jobsFolder()
	if err != nil {
		return nil, nil, err
	}
	if p.flags.jobsKeep <= 0 || p.flags.jobsSize <= 0 || p.flags.jobsRun <= 0 {
		return nil, nil, usage("--jobs-keep, --jobs-size and --jobs-at-once are above 0")
	}
	if dir == "" {
		log.LogAttrs(ctx, slog.LevelWarn, "there is no home directory to keep jobs in; name a folder with --jobs FOLDER to have some")
		return nil, forget, nil
	}
	const mib = 1 << 20
	q, err = jobs.Open(jobs.Options{
		Dir: dir, Clock: p.clock, Keep: p.flags.jobsKeep, MaxSize: int64(p.flags.jobsSize) * mib, AtOnce: p.flags.jobsRun,
		Failed: func(j jobs.Job, err error) {
			log.LogAttrs(context.WithoutCancel(ctx), slog.LevelWarn, "a job failed", slog.String("job", j.ID), slog.String("kind", j.Kind), slog.String("error", err.Error()))
		},
	})
	if err != nil {
		return nil, nil, errors.Join(err, forget())
	}
	return q, func() error { return errors.Join(q.Close(), forget()) }, nil
}

func (p *program) jobsFolder() (dir string, forget func() error, err error) {
	forget = func() error { return nil }
	switch {
	case p.flags.jobs != "":
		return p.flags.jobs, forget, nil
	case p.flags.demo || p.flags.store == "memory:":
		dir, err := os.MkdirTemp("", "debadge-jobs-*")
		if err != nil {
			return "", nil, graph.Unavailable("there is no temporary folder for jobs", err)
		}
		return dir, func() error { return os.RemoveAll(dir) }, nil
	}
	if path, ok := strings.CutPrefix(p.storeName(), "sqlite:"); ok && path != "" {
		return path + ".jobs", forget, nil
	}
	if path := p.defaultPath(); path != "" {
		return filepath.Join(filepath.Dir(path), "jobs"), forget, nil
	}
	return "", forget, nil
}

// background is what a service does beside answering.
type background struct {
	names    *resolve.Follower
	jobs     *jobs.Queue
	importer *importer

	under context.CancelFunc // ends the jobs that run
	busy  sync.WaitGroup
	ends  []func() error // in the order in which they began
}

// beside begins to follow names and to keep registers current, and opens the
// jobs; run does them.
func (p *program) beside(ctx context.Context, s graph.Store, registers refresh.Manifest, rec recorder) (*background, error) {
	log := rec.log
	b := &background{importer: &importer{p: p, store: s, registers: registers}, under: func() {}}
	if p.flags.manifest != "" {
		r, err := p.refresher(s)
		if err != nil {
			return nil, err
		}
		b.importer.refresher = r
	}
	queue, closeJobs, err := p.openJobs(ctx, log)
	if err != nil {
		return nil, err
	}
	b.jobs, b.ends = queue, append(b.ends, closeJobs)
	names, stopNames := p.keepNames(ctx, s, log)
	b.names, b.ends = names, append(b.ends, func() error { stopNames(); return nil })
	if b.importer.refresher != nil {
		stop := p.keepServed(ctx, b.importer.refresher, registers, rec)
		b.ends = append(b.ends, func() error { stop(); return nil })
	}
	return b, nil
}

// run does jobs; those under way when the context ends are done the next time.
func (b *background) run(ctx context.Context) {
	if b.jobs == nil {
		return
	}
	ctx, b.under = context.WithCancel(ctx)
	b.busy.Go(func() { b.jobs.Run(ctx) })
}

// stop ends all of it and waits for that.
func (b *background) stop() error {
	b.under()
	b.busy.Wait()
	var all error
	for _, end := range slices.Backward(b.ends) {
		all = errors.Join(all, end())
	}
	return all
}

// importer brings claims in for a service.
type importer struct {
	p         *program
	store     graph.Store
	registers refresh.Manifest
	refresher *refresh.Refresher // nil without a manifest

	mu sync.Mutex // one import at a time
}

var _ api.Importer = (*importer)(nil)

const bundleFormat = "bundle"

// Formats are those of debadge import.
func (i *importer) Formats() []api.ImportFormat {
	all := []api.ImportFormat{{Name: bundleFormat, About: "debadge's own format"}}
	for _, f := range foreignFormats() {
		all = append(all, api.ImportFormat{Name: f.format.Name, About: f.format.Summary})
	}
	return all
}

// Registers are those of the manifest, enabled or not.
func (i *importer) Registers() []string {
	var names []string
	if i.refresher == nil {
		return names
	}
	for _, r := range i.registers.Registers {
		names = append(names, r.Name)
	}
	return names
}

// Refresh refreshes a register of the manifest.
func (i *importer) Refresh(ctx context.Context, o api.RefreshOrder) (any, error) {
	if i.refresher == nil {
		return nil, graph.Errorf(graph.KindNotFound, "the service has no manifest of registers any more")
	}
	reg, ok := i.registers.Find(o.Register)
	if !ok {
		return nil, graph.Errorf(graph.KindNotFound, "the manifest has no register %q any more", o.Register)
	}
	return i.refresher.Refresh(ctx, reg, refresh.Options{DryRun: o.DryRun, AcceptShrink: o.AcceptShrink, Rows: maxShown})
}

// Import imports a file.
func (i *importer) Import(ctx context.Context, o api.ImportOrder, progress func(done, total int64)) (any, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if o.Format == bundleFormat {
		return i.importBundle(ctx, o)
	}
	format, ok := formatNamed(o.Format)
	if !ok {
		return nil, graph.Errorf(graph.KindInvalid, "%q is not a format any more", o.Format)
	}
	files, err := openEdition(o, format)
	defer func() {
		for _, f := range files {
			_ = f.Close() // it was only read
		}
	}()
	if err != nil {
		return nil, err
	}
	report, err := ingest.Import(ctx, i.store, format, files, ingest.Options{
		Edition: o.Edition, Strict: o.Strict, DryRun: o.DryRun, AcceptShrink: o.AcceptShrink, Author: o.Author,
		Progress: func(at ingest.Progress) { progress(halfway(files, at.Step)) },
	})
	if err != nil {
		return nil, err
	}
	answer := importAnswer{Report: report}
	if !o.NoLink && !o.DryRun {
		plan, err := link.Run(ctx, i.store, false)
		if err != nil {
			return nil, err
		}
		answer.Linked = &plan.Report
	}
	return answer, nil
}

// importAnswer is the result of an import.
type importAnswer struct {
	ingest.Report
	Linked *link.Report `json:"linked,omitempty"`
}

// halfway says how far an import is that reads its files to check them, and then
// to write.
func halfway(files []*file.File, step ingest.Step) (done, total int64) {
	for _, f := range files {
		done += f.Offset()
		total += f.Size
	}
	if step == ingest.Checking {
		return done / 2, total
	}
	return total/2 + done/2, total
}

// openEdition opens the file of an order; an archive has all the files of an
// edition that belong together.
func openEdition(o api.ImportOrder, format ingest.Format) ([]*file.File, error) {
	charset, err := file.ParseCharset(o.Charset)
	if err != nil {
		return nil, err
	}
	paths := []string{o.Path}
	if format.Together {
		if archive, err := zip.OpenReader(o.Path); err == nil {
			paths = nil
			for _, member := range archive.File {
				if !member.FileInfo().IsDir() {
					paths = append(paths, o.Path+"/"+member.Name)
				}
			}
			_ = archive.Close() // it was only read
		}
	}
	var files []*file.File
	for _, path := range paths {
		f, err := file.Open(path, file.Options{Charset: charset})
		if err != nil {
			return files, err
		}
		f.Name = strings.TrimPrefix(strings.TrimPrefix(path, o.Path), "/")
		if f.Name == "" {
			f.Name = "the file"
		}
		files = append(files, f)
	}
	return files, nil
}

// bundleAnswer is the result of an import of debadge's own format.
type bundleAnswer struct {
	Format    string         `json:"format"`
	Items     int            `json:"items"`
	Added     int            `json:"added"`
	Changed   int            `json:"changed"`
	Retracted int            `json:"retracted"`
	Unchanged int            `json:"unchanged"`
	Revision  graph.Revision `json:"revision,omitempty"`
	DryRun    bool           `json:"dry_run,omitempty"`
}

// importBundle checks the whole file before any of it is written.
func (i *importer) importBundle(ctx context.Context, o api.ImportOrder) (any, error) {
	if !o.Edition.IsZero() || o.Strict || o.AcceptShrink || o.Charset != "" {
		return nil, graph.Errorf(graph.KindInvalid, "a bundle has no edition, strictness, shrinking or encoding to tell; leave those parameters out")
	}
	f, err := file.Open(o.Path, file.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	sum, err := bundle.Check("the file", f.Text)
	if err != nil {
		return nil, err
	}
	if o.DryRun {
		return bundleAnswer{Format: bundleFormat, Items: sum.Items, DryRun: true}, nil
	}
	if err := f.Rewind(); err != nil {
		return nil, err
	}
	r, err := bundle.Import(ctx, i.store, "the file", f.Text, nil)
	if err != nil {
		return nil, err
	}
	return bundleAnswer{
		Format: bundleFormat, Items: r.Items, Added: r.Added, Changed: r.Changed, Retracted: r.Retracted, Unchanged: r.Unchanged, Revision: r.Revision,
	}, nil
}
