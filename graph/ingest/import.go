package ingest

import (
	"context"
	"fmt"

	"debadge/graph"
	"debadge/graph/file"
)

// Options say how an edition is imported.
type Options struct {
	Edition      graph.Date // of the files; takes precedence over what they state themselves
	Assumed      graph.Date // of the files, where they do not state it themselves
	Strict       bool       // import nothing if anything is refused
	DryRun       bool       // write nothing, and report what would be
	AcceptShrink bool       // close more than a fifth of a list's listings, if the edition says so
	Author       string     // of the change sets
	Refused      func(Refusal) error
	Progress     func(Progress)
	Touched      func(graph.ID) // told of the companies and products of each claim that was written or retracted, some more than once

	batch int // items of a change set, maxItems if 0
}

// Step is a part of an import.
type Step uint8

// The steps, in order.
const (
	Checking Step = iota
	Writing
	Closing
)

// Progress tells how far an import is.
type Progress struct {
	Step    Step
	Records int // in this step
	Total   int // of this step, 0 if it is not known
}

// maxItems is how many entities, sources, claims and retractions one change
// set has, but for a single record that has more.
const maxItems = 5_000

// Import brings one edition into a store: what the files say. They are read from
// their beginnings, several times; the caller closes them.
//
// It reads them first without writing anything, and so refuses an edition
// whole (KindInvalid if it is strict and a row is wrong; KindConflict if the
// store holds a newer edition, or if the edition would close more than a fifth
// of a list's open listings). Then it writes in change sets of at most 5,000
// items. An error after that leaves the change sets before it committed, and
// importing the same files again completes them: what is there already is not
// written again.
//
// The report says what was done also beside an error.
func Import(ctx context.Context, store graph.Store, format Format, files []*file.File, options Options) (Report, error) {
	if len(files) == 0 {
		return Report{Format: format.Name}, graph.Errorf(graph.KindInvalid, "an import of %s needs a file", format.Name)
	}
	im := &run{
		store: store, format: format, files: files, options: options,
		report: Report{Format: format.Name, LeftOut: map[string]int{}},
	}
	im.edition.note(format, files)
	err := im.run(ctx)
	im.report.finish(im)
	return im.report, err
}

// run is one import.
type run struct {
	store   graph.Store
	format  Format
	files   []*file.File
	options Options
	report  Report
	survey  *survey
	edition edition
	unknown map[graph.ID]bool // ends of claims that nothing describes
}

func (im *run) run(ctx context.Context) error {
	if err := im.check(ctx); err != nil {
		return err
	}
	if im.report.Refused+im.report.RefusedValues > 0 && im.options.Strict {
		return graph.Errorf(graph.KindInvalid, "%s; a strict import takes all of an edition or nothing",
			counted(im.report.Refused+im.report.RefusedValues, "row or value was refused", "rows or values were refused"))
	}
	if err := im.compare(ctx); err != nil {
		return err
	}
	w := newWriter(im)
	if err := w.begin(ctx); err != nil {
		return err
	}
	if im.survey.forward {
		if err := im.read(ctx, &writing{w: w, ctx: ctx, entities: true}); err != nil {
			return err
		}
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	if err := im.read(ctx, &writing{w: w, ctx: ctx, entities: !im.survey.forward, rest: true}); err != nil {
		return err
	}
	if err := w.flush(ctx); err != nil {
		return err
	}
	if err := w.closeAbsent(ctx); err != nil {
		return err
	}
	return w.end(ctx)
}

// check reads the edition without writing, and finds out what it holds.
func (im *run) check(ctx context.Context) error {
	im.survey = newSurvey(im)
	if err := im.read(ctx, im.survey); err != nil {
		return err
	}
	im.edition.settle(im)
	if err := im.findUnknown(ctx); err != nil {
		return err
	}
	if len(im.unknown) > 0 {
		return im.read(ctx, &dangling{run: im})
	}
	return nil
}

// read calls the format's reader with a sink, on files that begin anew.
func (im *run) read(ctx context.Context, sink Sink) error {
	for _, f := range im.files {
		if err := f.Rewind(); err != nil {
			return err
		}
	}
	return im.format.Read(ctx, im.files, sink)
}

func (im *run) progress(step Step, records, total int) {
	if im.options.Progress != nil {
		im.options.Progress(Progress{step, records, total})
	}
}

// refuse tells a refusal and counts it.
func (im *run) refuse(r Refusal) error {
	r.Value = shortened(r.Value)
	if r.Kept {
		im.report.RefusedValues++
	} else {
		im.report.Refused++
	}
	if len(im.report.Refusals) < maxTold {
		im.report.Refusals = append(im.report.Refusals, r)
	}
	if im.options.Refused == nil {
		return nil
	}
	return im.options.Refused(r)
}

func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
