package refresh

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
	"debadge/graph/link"
)

// Refresher brings registers up to date in one store.
type Refresher struct {
	Store   graph.Store
	Formats func(name string) (ingest.Format, bool)
	HTTP    *http.Client
	Folder  string // of the states and of the last good files; made if it is not there
	Policy  graph.Policy
	Clock   func() time.Time
	Stall   time.Duration // how long a download may bring nothing; a minute if 0
	Author  string

	mu sync.Mutex // one refresh at a time
}

// Options say how one refresh is done.
type Options struct {
	DryRun       bool // fetch and compare, write nothing
	AcceptShrink bool // see [ingest.Options]
	Rows         int  // at most so many changed findings are told one by one
}

// Outcome says what a refresh of one register did.
type Outcome struct {
	Name      string               `json:"name"`
	Unchanged bool                 `json:"unchanged"` // the publisher has nothing newer
	Edition   graph.Date           `json:"edition"`
	Report    *ingest.Report       `json:"report,omitempty"` // of the import, if there was one
	Linked    *link.Report         `json:"linked,omitempty"`
	Findings  *graph.ChangedAnswer `json:"findings,omitempty"` // that the edition changed
	Notes     []string             `json:"notes,omitempty"`
}

// maxTouched is how many companies and products an edition may touch for its
// findings to be compared.
const maxTouched = 20_000

// Refresh asks for a newer edition of a register and imports it. Any error
// leaves the store with the edition that it had, but for an import that the
// store itself broke off: the next refresh completes it. The error is kept in
// the register's state.
func (r *Refresher) Refresh(ctx context.Context, reg Register, options Options) (Outcome, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	folder := r.folder(reg.Name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return Outcome{Name: reg.Name}, graph.Unavailable("the folder "+folder+" cannot be made", err)
	}
	state, err := readState(folder)
	if err != nil {
		return Outcome{Name: reg.Name}, err
	}
	state.Name = reg.Name
	outcome, err := r.refresh(ctx, reg, options, &state, folder)
	if options.DryRun {
		return outcome, err
	}
	now := r.Clock().UTC()
	state.TriedAt, state.Error = &now, ""
	if err != nil {
		state.Error = err.Error()
	}
	return outcome, errors.Join(err, state.write(folder))
}

func (r *Refresher) refresh(ctx context.Context, reg Register, options Options, state *State, folder string) (Outcome, error) {
	outcome := Outcome{Name: reg.Name, Edition: state.Edition}
	format, ok := r.Formats(reg.Format)
	if !ok {
		return outcome, graph.Errorf(graph.KindInvalid, "%q is not a format", reg.Format)
	}
	files, err := r.fetchAll(ctx, reg, state, folder)
	defer func() {
		for _, d := range files {
			if isAddress(d.From) {
				_ = os.Remove(d.path) // gone already if it was good
			}
		}
	}()
	if err != nil {
		return outcome, err
	}
	today := graph.DayOf(r.Clock())
	if files == nil {
		outcome.Unchanged = true
		if options.DryRun {
			return outcome, nil
		}
		return outcome, r.checked(ctx, format, reg, state, today)
	}
	if err := r.take(ctx, format, reg, files, options, &outcome); err != nil || options.DryRun {
		return outcome, err
	}
	if err := r.keep(folder, files); err != nil {
		return outcome, err
	}
	state.Files, state.Edition, state.Lists = nil, outcome.Edition, nil
	for _, d := range files {
		state.Files = append(state.Files, d.Fetched)
	}
	for _, l := range outcome.Report.Lists {
		state.Lists = append(state.Lists, l.List)
	}
	now := r.Clock().UTC()
	state.ImportedAt = &now
	return outcome, r.checked(ctx, format, reg, state, today)
}

// checked notes that the store has the newest edition.
func (r *Refresher) checked(ctx context.Context, format ingest.Format, reg Register, state *State, today graph.Day) error {
	if err := ingest.MarkChecked(ctx, r.Store, format.Register, today.Date(), reg.MaxAgeDays, r.Author); err != nil {
		return err
	}
	now := r.Clock().UTC()
	state.CheckedAt = &now
	return nil
}

// fetchAll gets the files of an edition; none if all of them are known. Where
// one is new, the others are fetched as well.
func (r *Refresher) fetchAll(ctx context.Context, reg Register, state *State, folder string) ([]*download, error) {
	known := state.Files
	if len(known) != len(reg.From) {
		known = nil
	}
	files := make([]*download, len(reg.From))
	fresh := false
	for i := range reg.From {
		var last *Fetched
		if known != nil && known[i].From == reg.From[i] {
			last = &known[i]
		}
		var err error
		if files[i], err = r.fetchOne(ctx, reg, i, last, folder); err != nil {
			return compact(files), err
		}
		fresh = fresh || files[i] != nil && (last == nil || last.Digest != files[i].Digest)
	}
	if !fresh {
		for _, d := range compact(files) {
			_ = os.Remove(d.path) // the same once more
		}
		return nil, nil
	}
	return r.complete(ctx, reg, files, folder)
}

// fetchOne gets one part of an edition and its digest; nil if it is the known one.
func (r *Refresher) fetchOne(ctx context.Context, reg Register, i int, known *Fetched, folder string) (*download, error) {
	d, err := r.fetch(ctx, reg.From[i], known, filepath.Join(folder, fmt.Sprintf("new-%d", i)))
	if err != nil || d == nil {
		return nil, err
	}
	if d.Digest, err = digestOf(d.path); err != nil {
		return nil, err
	}
	return d, nil
}

// complete gets the parts that have not changed beside those that have, and
// verifies all of them.
func (r *Refresher) complete(ctx context.Context, reg Register, files []*download, folder string) ([]*download, error) {
	for i := range files {
		if files[i] == nil {
			var err error
			if files[i], err = r.fetchOne(ctx, reg, i, nil, folder); err != nil {
				return compact(files), err
			}
		}
		if err := r.verify(ctx, reg, i, files[i], folder); err != nil {
			return compact(files), err
		}
	}
	return files, nil
}

func compact(files []*download) []*download {
	return slices.DeleteFunc(files, func(d *download) bool { return d == nil })
}

func digestOf(path string) (string, error) {
	f, err := file.Open(path, file.Options{})
	if err != nil {
		return "", err
	}
	return f.Digest, f.Close()
}

// take checks an edition and imports it, links its companies and compares the
// findings.
func (r *Refresher) take(ctx context.Context, format ingest.Format, reg Register, files []*download, options Options, outcome *Outcome) error {
	opened, err := openAll(files)
	defer func() {
		for _, f := range opened {
			_ = f.Close() // it was only read
		}
	}()
	if err != nil {
		return err
	}
	assumed := graph.DayOf(r.Clock()).Date()
	if d := files[0].modified; !d.IsZero() {
		assumed = d
	}
	touched := map[graph.ID]bool{}
	o := ingest.Options{
		Assumed: assumed, AcceptShrink: options.AcceptShrink, Author: r.Author, DryRun: true,
		Touched: func(id graph.ID) {
			if len(touched) <= maxTouched {
				touched[id] = true
			}
		},
	}
	report, err := ingest.Import(ctx, r.Store, format, opened, o)
	outcome.Report, outcome.Edition = &report, report.Edition
	if err == nil {
		err = whole(reg, report)
	}
	if err != nil || options.DryRun {
		return err
	}
	before, err := r.Store.Status(ctx)
	if err != nil {
		return err
	}
	o.DryRun = false
	report, err = ingest.Import(ctx, r.Store, format, opened, o)
	if err != nil {
		return err
	}
	plan, err := link.Run(ctx, r.Store, false)
	if err != nil {
		return err
	}
	outcome.Linked = &plan.Report
	for _, c := range plan.Claims {
		touched[c.From], touched[c.To] = true, true
	}
	return r.compare(ctx, before.Revision, slices.Sorted(maps.Keys(touched)), options, outcome)
}

// whole refuses an edition that does not hold what it should: what is cut off or
// is not of its lists must not take the place of a good one.
func whole(reg Register, report ingest.Report) error {
	switch {
	case report.Records == 0:
		return graph.Errorf(graph.KindConflict, "the edition holds nothing")
	case len(report.CutOff) > 0:
		return graph.Errorf(graph.KindConflict, "the edition is not whole (%s); import it by hand if it is to be taken all the same",
			strings.Join(report.CutOff, "; "))
	}
	for _, list := range reg.Lists {
		if !slices.ContainsFunc(report.Lists, func(l ingest.ListReport) bool { return l.List == list }) {
			return graph.Errorf(graph.KindConflict, "the edition says nothing of %s, which the manifest expects in it", list)
		}
	}
	return nil
}

func openAll(files []*download) ([]*file.File, error) {
	var opened []*file.File
	for _, d := range files {
		f, err := file.Open(d.path, file.Options{})
		if err != nil {
			return opened, err
		}
		if isAddress(d.From) {
			f.Name, _, _ = strings.Cut(d.From, "?") // without a key that may stand in its query
		}
		opened = append(opened, f)
	}
	return opened, nil
}

// compare tells whose findings the edition changed.
func (r *Refresher) compare(ctx context.Context, before graph.Revision, touched []graph.ID, options Options, outcome *Outcome) error {
	after, err := r.Store.Status(ctx)
	if err != nil || after.Revision == before {
		return err
	}
	if len(touched) > maxTouched {
		outcome.Notes = append(outcome.Notes, fmt.Sprintf("the edition says something new of more than %d companies, so whose findings changed was not compared", maxTouched))
		return nil
	}
	changed, err := graph.Changed(ctx, r.Store, graph.ChangedQuestion{
		Before: before, After: after.Revision, Touched: touched, AsOf: graph.DayOf(r.Clock()), Policy: r.Policy, Limit: options.Rows,
	})
	if err != nil {
		return err
	}
	outcome.Findings = &changed
	return nil
}
