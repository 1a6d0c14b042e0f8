package bench_test

import (
	"fmt"
	"slices"
	"testing"

	"debadge/bench"
	"debadge/graph"
	"debadge/graph/sqlite"
)

// timeline compares how the finding changed over time with what the plain
// computation finds on every day on which a claim upstream begins or ends.
func (w *world) timeline(t *testing.T, n amount) {
	t.Helper()
	subjects := w.some((n.slow.rounds + 1) * n.slow.each)
	store, err := sqlite.Open(t.Context(), w.path, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	steps := 0
	for i := range min(n.checked/10, len(subjects)) {
		answer, err := graph.Timeline(t.Context(), w.index, w.question(subjects[i]))
		if err != nil {
			t.Fatal(err)
		}
		steps += len(answer.Steps)
		if err := w.checkSteps(subjects[i], answer); err != nil {
			t.Fatalf("%s: %v", w.ids[subjects[i]], err)
		}
	}
	t.Logf("%d steps are as computed otherwise", steps)
	ask := func(s graph.Store) func(int) error {
		return func(i int) error {
			_, err := graph.Timeline(t.Context(), s, w.question(subjects[i]))
			return err
		}
	}
	w.sheet.measure(t, bench.Timeline, n.slow, []side{
		{name: bench.Index, ask: ask(w.index)},
		{name: "debadge, SQLite directly", ask: ask(store), most: 2},
	})
}

func (w *world) question(n int32) graph.Question {
	return graph.Question{Subject: string(w.ids[n]), AsOf: asOf, Policy: policy}
}

// checkSteps wants on every day on which something changes the finding of the
// step that the day belongs to.
func (w *world) checkSteps(subject int32, answer graph.TimelineAnswer) error {
	if !answer.Steps[0].From.IsZero() {
		return fmt.Errorf("the timeline does not go back to the beginning: %v", answer.Reasons)
	}
	upstream := w.plain.everything(subject)
	days := w.plain.days(upstream)
	at := 0
	for _, day := range days {
		if day == graph.MaxDay {
			continue
		}
		first, last := begins(answer.Steps[at].To, days)
		for last <= day {
			at++
			first, last = begins(answer.Steps[at].To, days)
		}
		if first <= day {
			continue // of either step
		}
		step := answer.Steps[at]
		caught := func(at when) map[int32]bool { return w.plain.caught(upstream, at) }
		if want := w.plain.verdict(subject, day, caught); step.Strength != want || (step.Finding == graph.Listed) != (want != 0) {
			return fmt.Errorf("on %s it is %s, strength %q, since %s; by the plain computation the strength is %q", day, step.Finding, step.Strength, step.From, want)
		}
	}
	return nil
}

// begins returns the first and the last day that can be meant by the date at which
// a step ends. It is told as a source tells it, so that a month or a year is its
// earliest day where something begins, and its latest day where something ends.
func begins(d graph.Date, days []graph.Day) (first, last graph.Day) {
	first, last = d.Earliest(), d.Latest()
	if d.IsZero() {
		return last, last
	}
	if !slices.Contains(days, first) {
		first = last
	}
	if !slices.Contains(days, last) {
		last = first
	}
	return first, last
}
