package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"debadge/graph/file"
	"debadge/graph/ingest"
)

// maxShown bounds how many refusals and conflicts are told one by one.
const maxShown = 10

// tellImport writes what an import did: the outcome to the standard output, what
// a person should look at to the messages.
func (p *program) tellImport(format ingest.Format, files []*file.File, r ingest.Report) {
	edition := "undated edition"
	if !r.Edition.IsZero() {
		edition = "edition of " + r.Edition.String()
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = escape(f.Name)
	}
	fmt.Fprintf(p.stdout, "%s: %s, %s\n", strings.Join(names, ", "), format.Title, edition)
	if p.flags.dryRun {
		fmt.Fprintln(p.stdout, "  dry run: nothing was written")
	}
	fmt.Fprintf(p.stdout, "  read       %s, %s refused%s\n", plural(r.Records+r.Refused+leftOut(r), "record", "records"), thousands(r.Refused), leftOutWords(r))
	fmt.Fprintf(p.stdout, "  entities   %s added, %s changed\n", thousands(r.EntitiesAdded), thousands(r.EntitiesChanged))
	fmt.Fprintf(p.stdout, "  claims     %s\n", countWords(r.Counts))
	for _, l := range r.Lists {
		fmt.Fprintf(p.stdout, "    %s: %s\n", l.List, countWords(l.Counts))
	}
	if r.Revision > 0 {
		fmt.Fprintf(p.stdout, "  revision   %d\n", r.Revision)
	}
	for _, note := range r.Notes {
		fmt.Fprintf(p.stderr, "note: %s\n", escape(note))
	}
	for _, c := range r.Conflicts[:min(len(r.Conflicts), maxShown)] {
		fmt.Fprintf(p.stderr, "conflict: %s\n", escape(c))
	}
	if more := r.ConflictCount - maxShown; more > 0 {
		fmt.Fprintf(p.stderr, "%s more\n", plural(more, "conflict", "conflicts"))
	}
	p.tellRefusals(r)
}

func (p *program) tellRefusals(r ingest.Report) {
	for _, f := range r.Refusals[:min(len(r.Refusals), maxShown)] {
		at := f.File
		if f.Line > 0 {
			at += fmt.Sprintf(":%d", f.Line)
		}
		if f.Column != "" {
			at += ": " + f.Column
		}
		value := ""
		if f.Value != "" {
			value = fmt.Sprintf("%q ", f.Value)
		}
		fmt.Fprintf(p.stderr, "refused: %s: %s%s\n", escape(at), escape(value), escape(f.Reason))
	}
	all := r.Refused + r.RefusedValues
	switch {
	case p.flags.refused != "" && all > 0:
		fmt.Fprintf(p.stderr, "%s in %s\n", plural(all, "refusal", "refusals"), escape(p.flags.refused))
	case all > maxShown:
		fmt.Fprintf(p.stderr, "%s more; --refused FILE writes all of them\n", plural(all-maxShown, "refusal", "refusals"))
	}
}

func leftOut(r ingest.Report) int {
	n := 0
	for _, count := range r.LeftOut {
		n += count
	}
	return n
}

func leftOutWords(r ingest.Report) string {
	if len(r.LeftOut) == 0 {
		return ""
	}
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(r.LeftOut)) {
		parts = append(parts, thousands(r.LeftOut[what])+" "+escape(what))
	}
	return ", left out: " + strings.Join(parts, ", ")
}

func countWords(c ingest.Counts) string {
	parts := []string{thousands(c.Added) + " added"}
	for _, part := range []struct {
		n    int
		what string
	}{
		{c.Changed, "corrected"},
		{c.Closed, "closed"},
		{c.Reopened, "standing again"},
		{c.Unchanged, "unchanged"},
		{c.Withdrawn, "withdrawn by a person before"},
	} {
		if part.n > 0 {
			parts = append(parts, thousands(part.n)+" "+part.what)
		}
	}
	return strings.Join(parts, ", ")
}

// meter shows how far an import is: a bar with rate and remaining time on a
// terminal, a line now and then elsewhere.
type meter struct {
	program *program
	files   []*file.File
	size    int64
	bar     *bar
	begun   bool
	step    ingest.Step
	told    int // records when the last line was written
}

func (p *program) newMeter(files []*file.File) *meter {
	m := &meter{program: p, files: files}
	for _, f := range files {
		m.size += f.Size
	}
	return m
}

// steps are what an import does, in words.
var steps = map[ingest.Step]string{ingest.Checking: "checking", ingest.Writing: "writing", ingest.Closing: "closing"}

func (m *meter) show(now ingest.Progress) {
	if !m.begun || now.Step != m.step {
		m.end()
		m.begun, m.step, m.told = true, now.Step, 0
		if m.program.onTerminal() {
			m.bar = m.program.newBar(steps[now.Step], m.size, now)
		}
	}
	if m.bar != nil {
		m.bar.set(m.read(), now)
		return
	}
	every := cmp.Or(now.Total/10, 50_000)
	if now.Records-m.told >= max(every, 5_000) {
		m.told = now.Records
		of := ""
		if now.Total > 0 {
			of = fmt.Sprintf(" of %s, %d%%", thousands(now.Total), now.Records*100/now.Total)
		}
		fmt.Fprintf(m.program.stderr, "%s: %s records%s\n", steps[now.Step], thousands(now.Records), of)
	}
}

// read is how many bytes of the files have been read in this step.
func (m *meter) read() int64 {
	var n int64
	for _, f := range m.files {
		n += f.Offset()
	}
	return n
}

func (m *meter) end() {
	if m.bar != nil {
		m.bar.end()
		m.bar = nil
	}
}
