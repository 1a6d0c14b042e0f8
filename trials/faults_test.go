package trials

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/sqlite"
)

// chain are the change sets of a product that traces to a listed company, and of
// one that does not, in an order that matters: the listing ends and begins again.
func chain(t *testing.T) (sets []graph.ChangeSet, subjects []graph.ID) {
	t.Helper()
	date := func(text string) graph.Date {
		d, err := graph.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	listing := cited(graph.ListedOn, "company:maker", "list:l")
	listing.ID, listing.ValidFrom, listing.ValidTo = "claim:first-listing", date("2024-02-29"), date("2025")
	again := cited(graph.ListedOn, "company:maker", "list:l")
	again.ID, again.ValidFrom = "claim:second-listing", date("2026-03-29")
	rebadge := cited(graph.RebrandedAs, "product:maker:m5", "product:seller:x1")
	rebadge.ValidFrom = date("2024-03")
	return []graph.ChangeSet{
		{
			Entities: []graph.Entity{
				{ID: "list:l", Name: "List"},
				{ID: "company:maker", Name: "Maker"},
				{ID: "product:maker:m5", Name: "M5"},
				{ID: "product:seller:x1", Name: "X1"},
				{ID: "product:clean:c1", Name: "C1"},
				{ID: "company:clean", Name: "Clean"},
			},
			Sources: []graph.Source{{ID: "source:notice", Title: "Notice", Publisher: "Regulator"}},
			Claims:  []graph.Claim{listing, cited(graph.Makes, "company:clean", "product:clean:c1")},
		},
		{Claims: []graph.Claim{cited(graph.Makes, "company:maker", "product:maker:m5")}},
		{Claims: []graph.Claim{rebadge, again}},
		{Entities: []graph.Entity{{ID: "company:maker", Name: "Maker Renamed"}}},
	}, []graph.ID{"product:seller:x1", "product:maker:m5", "product:clean:c1"}
}

// TestTrialF9 keeps the same claims while clocks go wrong: what holds on a day
// is the same, revisions are in the order of the writes, and record times only
// go forward.
func TestTrialF9(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	right := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
	const hour = time.Hour
	var want []byte
	for _, c := range []struct {
		name  string
		times []time.Time // of the writes
	}{
		{"right", []time.Time{right, right.Add(hour), right.Add(2 * hour), right.Add(3 * hour)}},
		{"a day back in between", []time.Time{right, right.Add(-24 * hour), right.Add(-23 * hour), right.Add(hour)}},
		{"a day on in between", []time.Time{right, right.Add(24 * hour), right.Add(hour), right.Add(2 * hour)}},
		{"standing still", []time.Time{right, right, right, right}},
		{"a leap day", []time.Time{
			time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC), time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
			time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2023, 2, 28, 0, 0, 0, 0, time.UTC),
		}},
		{"summer time begins", []time.Time{
			time.Date(2026, 3, 29, 1, 59, 59, 0, zone), time.Date(2026, 3, 29, 3, 0, 0, 0, zone),
			time.Date(2026, 3, 29, 2, 30, 0, 0, zone), time.Date(2026, 3, 29, 3, 0, 1, 0, zone),
		}},
		{"an hour comes twice", []time.Time{
			time.Date(2026, 10, 25, 2, 59, 0, 0, zone), time.Date(2026, 10, 25, 2, 0, 0, 0, zone),
			time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC).In(zone), time.Date(2026, 10, 25, 2, 30, 0, 0, zone),
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := answersBy(t, c.times)
			if want == nil {
				want = got
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the answers are\n%s\nwith a right clock they are\n%s", got, want)
			}
		})
	}
}

// answersBy writes the chain at some times, and returns what is answered about
// days around those that its claims name.
func answersBy(t *testing.T, times []time.Time) []byte {
	t.Helper()
	next := 0
	path := newFile(t)
	s := open(t, path, func() time.Time { return times[min(next, len(times)-1)] })
	sets, subjects := chain(t)
	var before graph.Receipt
	for i, cs := range sets {
		next = i
		receipt, err := s.Append(t.Context(), cs)
		if err != nil {
			t.Fatal(err)
		}
		if receipt.Revision != before.Revision+1 || !receipt.RecordedAt.After(before.RecordedAt) {
			t.Errorf("write %d is revision %d at %s, after revision %d at %s", i, receipt.Revision, receipt.RecordedAt, before.Revision, before.RecordedAt)
		}
		before = receipt
	}
	type found struct {
		Subject graph.ID
		Day     string
		Finding graph.Finding
		Since   string
		Flagged bool
	}
	var all []found
	for _, view := range []graph.Store{s, replica(t, path)} {
		for _, text := range []string{"2024-02-28", "2024-02-29", "2024-03-01", "2024-12-31", "2025-12-31", "2026-03-28", "2026-03-29", "2026-10-25"} {
			date, err := graph.ParseDate(text)
			if err != nil {
				t.Fatal(err)
			}
			for _, subject := range subjects {
				q := ask(subject, 0)
				q.AsOf = date.Earliest()
				a, err := graph.Trace(t.Context(), view, q)
				if err != nil {
					t.Fatal(err)
				}
				since, err := json.Marshal(a.Since)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, found{subject, text, a.Finding, string(since), a.PostListingRebadge})
			}
		}
	}
	data, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestTrialF13 changes one byte of a store, and of the snapshot of its index, at
// random places: what is answered, from the index and from the file directly, is
// an error or the right answer.
func TestTrialF13(t *testing.T) {
	dir := t.TempDir()
	path, snapshot := filepath.Join(dir, "store.db"), filepath.Join(dir, "index")
	sets, subjects := chain(t)
	s, err := sqlite.Open(t.Context(), path, clock)
	if err != nil {
		t.Fatal(err)
	}
	for _, cs := range sets {
		if _, err := s.Append(t.Context(), cs); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	indexed := func(path, snapshot string) []string { return indexedAnswers(t, path, snapshot, subjects) }
	direct := func(path, _ string) []string { return directAnswers(t, path, subjects) }
	indexed(path, snapshot) // makes the snapshot
	for _, c := range []struct {
		name, damaged string
		answers       func(path, snapshot string) []string
	}{
		{"the store, read by an index", path, indexed},
		{"the store, read directly", path, direct},
		{"the snapshot", snapshot, indexed},
	} {
		t.Run(c.name, func(t *testing.T) {
			right := c.answers(path, snapshot)
			if slices.Contains(right, refusal) {
				t.Fatalf("the answers of what is whole are %s", right)
			}
			flipEverywhere(t, c.damaged, func(folder string) string {
				copied := filepath.Join(folder, "store.db")
				if c.damaged == snapshot {
					copyFile(t, path, copied) // beside a store that is read the snapshot is left out: little of the store would be
				}
				return firstWrong(c.answers(copied, filepath.Join(folder, "index")), right)
			})
		})
	}
}

// flipEverywhere has copies of a file checked, in a folder of their own, in which
// one byte is another.
func flipEverywhere(t *testing.T, damaged string, check func(folder string) (wrong string)) {
	t.Helper()
	whole, err := os.ReadFile(damaged)
	if err != nil {
		t.Fatal(err)
	}
	n, refused := extent.Rounds(100, 1000), 0
	for range n {
		at, bits := rand.IntN(len(whole)), byte(1+rand.IntN(255))
		flipped := bytes.Clone(whole)
		flipped[at] ^= bits
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(damaged)), flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		switch wrong := check(folder); wrong {
		case "":
		case refusal:
			refused++
		default:
			t.Errorf("byte %d ^ %d of %s: %s", at, bits, filepath.Base(damaged), wrong)
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("of %d copies with one byte changed %d gave an error, the others the right answers", n, refused)
}

// firstWrong returns an answer that is neither right nor an error, or else
// refusal if there is an error among them.
func firstWrong(got, right []string) string {
	if slices.Equal(got, right) {
		return ""
	}
	for i := range right {
		if got[i] != right[i] && got[i] != refusal {
			return got[i] + "\nin place of " + right[i]
		}
	}
	return refusal
}

// refusal stands for an error in place of an answer.
const refusal = "error"

// indexedAnswers asks through the index of a file: what is found, with all evidence.
func indexedAnswers(t *testing.T, path, snapshot string, subjects []graph.ID) []string {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, clock)
	if err != nil {
		return refusals(subjects)
	}
	defer func() { _ = s.Close() }() // of a damaged file
	x, err := index.Follow(t.Context(), s, index.Options{Clock: clock, MaxStale: time.Hour, SnapshotPath: snapshot})
	if err != nil {
		return refusals(subjects)
	}
	defer func() { _ = x.Close() }() // what matters was answered
	return answersOf(t, x, subjects)
}

// directAnswers asks the file itself.
func directAnswers(t *testing.T, path string, subjects []graph.ID) []string {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, clock)
	if err != nil {
		return refusals(subjects)
	}
	defer func() { _ = s.Close() }() // of a damaged file
	return answersOf(t, s, subjects)
}

func refusals(subjects []graph.ID) []string {
	return slices.Repeat([]string{refusal}, 2*len(subjects)+1)
}

// answersOf are the traces of some subjects, by id and by name, and who is on the list.
func answersOf(t *testing.T, s graph.Store, subjects []graph.ID) []string {
	t.Helper()
	answers := refusals(subjects)[:0]
	add := func(answer any, err error) {
		text, wrong := json.Marshal(answer)
		if wrong != nil {
			t.Fatal(wrong)
		}
		if err != nil {
			text = []byte(refusal)
		}
		answers = append(answers, string(text))
	}
	for _, subject := range subjects {
		byName := ask(subject, 0)
		_, byName.Subject, _ = strings.Cut(strings.TrimPrefix(string(subject), "product:"), ":")
		a, err := graph.Trace(t.Context(), s, ask(subject, 0))
		add(a, err)
		a, err = graph.Trace(t.Context(), s, byName)
		add(a, err)
	}
	lists, err := graph.Lists(t.Context(), s, graph.Moment{}, day)
	add(lists, err)
	return answers
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
