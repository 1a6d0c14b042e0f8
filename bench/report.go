package bench

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Report writes results as a page in Markdown: the ratios beside their targets,
// a column for each size of the graph, then every workload side by side.
func Report(w io.Writer, results []Result) error {
	p := newPage(results)
	p.text("# How fast debadge is\n\n")
	p.text("This page is written by `make bench`. Each column is one synthetic graph ([how it is made](../graph/synth/DESIGN.md)), on which\n")
	p.text("every answer was checked against an independent computation before it was timed, and the sides of a comparison were asked in turns.\n")
	p.text("Machines are noisy, so the ratios count; a time by itself is of that machine on that day.\n\n```\n")
	for _, r := range p.runs {
		p.text("make bench PRODUCTS=%d RESULTS=docs\n", r.Products)
	}
	p.text("```\n\n| products | claims | date | version | load before | what this run measured |\n| ---: | ---: | --- | --- | --- | --- |\n")
	for _, part := range p.parts() {
		r := part.run
		p.text("| %s | %s | %s | `%s` | %s | %s |\n", grouped(r.Products), grouped(r.Claims), r.Date, r.Version, r.Load, strings.Join(part.workloads, ", "))
	}
	p.text("\nThe machine: %s.\n\n![How times grow with the graph](speed.svg)\n", strings.Join(p.machines(), "; "))
	p.targets()
	for _, workload := range Workloads() {
		p.workload(workload)
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

type page struct {
	out     strings.Builder
	results []Result
	runs    []Run // one a size
}

func newPage(results []Result) *page {
	p := &page{results: results}
	for _, r := range results {
		if !slices.ContainsFunc(p.runs, func(o Run) bool { return o.Products == r.Products }) {
			p.runs = append(p.runs, r.Run)
		}
	}
	slices.SortFunc(p.runs, func(a, b Run) int { return a.Products - b.Products })
	return p
}

// part is a run with the workloads that stand on the page: a later run of some of
// them leaves the others as they were.
type part struct {
	run       Run
	workloads []string
}

func (p *page) parts() []part {
	var all []part
	for _, r := range p.results {
		i := slices.IndexFunc(all, func(o part) bool { return o.run == r.Run })
		if i < 0 {
			i = len(all)
			all = append(all, part{run: r.Run})
		}
		if !slices.Contains(all[i].workloads, r.Workload) {
			all[i].workloads = append(all[i].workloads, r.Workload)
		}
	}
	return all
}

func (p *page) text(format string, args ...any) { fmt.Fprintf(&p.out, format, args...) }

func (p *page) machines() []string {
	seen := map[string]bool{}
	for _, r := range p.runs {
		seen[r.Machine] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

func (p *page) find(products int, s Side) (Result, bool) {
	i := slices.IndexFunc(p.results, func(r Result) bool {
		return r.Products == products && r.Workload == s.Workload && r.Side == s.Name
	})
	if i < 0 {
		return Result{}, false
	}
	return p.results[i], true
}

// targets writes the table of ratios. Those that no run measured are left out.
func (p *page) targets() {
	p.text("\n## Ratios\n\n| what | target |")
	p.columns("---:")
	for _, t := range Targets() {
		var cells strings.Builder
		measured := false
		for _, run := range p.runs {
			cell := ""
			if ratio, ok := p.ratio(run.Products, t); ok {
				measured = true
				cell = short(ratio) + " missed"
				if t.Kept(ratio) {
					cell = short(ratio) + " met"
				}
			}
			cells.WriteString(" " + cell + " |")
		}
		if measured {
			p.text("| %s | %s |%s\n", t.Says, t.bound(), cells.String())
		}
	}
}

// columns ends the head of a table of two columns with one for each run.
func (p *page) columns(align string) {
	for _, run := range p.runs {
		p.text(" %s |", grouped(run.Products))
	}
	p.text("\n| --- | --- |%s\n", strings.Repeat(" "+align+" |", len(p.runs)))
}

// ratio returns what a target bounds.
func (p *page) ratio(products int, t Target) (float64, bool) {
	of, ok := p.find(products, t.Of)
	if !ok {
		return 0, false
	}
	if t.To == (Side{}) {
		if t.InSecond {
			return of.P50 / 1e9, true
		}
		return of.P50, true
	}
	to, ok := p.find(products, t.To)
	switch {
	case !ok, to.P50 == 0:
		return 0, false
	case t.P99 && (of.P99 == 0 || to.P99 == 0):
		return 0, false
	case t.P99:
		return of.P99 / to.P99, true
	}
	return of.P50 / to.P50, true
}

func (t Target) bound() string {
	if t.Least > 0 {
		return "at least " + short(t.Least)
	}
	return "at most " + short(t.Most)
}

// workload writes the sides of one, in the order of the first run that has them.
func (p *page) workload(w Workload) {
	var sides []string
	for _, r := range p.results {
		if r.Workload == w.Name && !slices.Contains(sides, r.Side) {
			sides = append(sides, r.Side)
		}
	}
	if len(sides) == 0 {
		return
	}
	p.text("\n## %s%s\n\n%s\n\n| side | |", strings.ToUpper(w.Name[:1]), w.Name[1:], w.Says)
	p.columns("---:")
	for _, side := range sides {
		for _, row := range []struct {
			name  string
			value func(Result) float64
		}{{"p50", func(r Result) float64 { return r.P50 }}, {"p99", func(r Result) float64 { return r.P99 }}} {
			p.row(Side{w.Name, side}, row.name, row.value)
		}
	}
}

// row writes one value of a side for each run, if there is any. A side that has
// medians alone needs no name for them.
func (p *page) row(s Side, name string, value func(Result) float64) {
	var cells strings.Builder
	told, quantiles := false, false
	for _, run := range p.runs {
		cell := ""
		if r, ok := p.find(run.Products, s); ok {
			quantiles = quantiles || r.P99 != 0
			if v := value(r); v != 0 || (name == "p50" && r.Unit != "ns") {
				told, cell = true, Amount(v, r.Unit)
			}
		}
		cells.WriteString(" " + cell + " |")
	}
	switch {
	case !told:
		return
	case !quantiles:
		name = ""
	}
	side := s.Name
	if name == "p99" {
		side = ""
	}
	p.text("| %s | %s |%s\n", side, name, cells.String())
}

// Amount tells a value with its unit, to three digits at most.
func Amount(v float64, unit string) string {
	switch unit {
	case "ns":
		for _, step := range []struct {
			size float64
			name string
		}{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}} {
			if v >= step.size {
				return short(v/step.size) + " " + step.name
			}
		}
		return short(v) + " ns"
	case "B":
		if v >= 1<<20 {
			return short(v/(1<<20)) + " MiB"
		}
		return short(v) + " B"
	case "":
		return short(v)
	}
	return short(v) + " " + unit
}

// short writes a number with two digits below ten and three from there on, whole
// numbers with all of theirs.
func short(v float64) string {
	switch {
	case v == math.Trunc(v) && v < 1000:
		return strconv.Itoa(int(v))
	case v < 1:
		return strconv.FormatFloat(v, 'g', 2, 64)
	case v < 100:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return grouped(int(math.Round(v)))
}

// grouped writes a number with a comma before every three digits.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
