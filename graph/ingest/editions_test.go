package ingest_test

import (
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest"
)

// Each case is a sequence of editions (date, then rows parted by '|'), what each
// import counts, and what is listed at the end.
func TestEditionsFollowEachOther(t *testing.T) {
	five := "list 2 B k 2020-01-01 - | list 3 C k 2020-01-01 - | list 4 D k 2020-01-01 - | list 5 E k 2020-01-01 - | list 6 F k 2020-01-01 - "
	rest := " 2 [2020-01-01,) 3 [2020-01-01,) 4 [2020-01-01,) 5 [2020-01-01,) 6 [2020-01-01,)"
	type step struct{ edition, rows, counts string }
	for name, tt := range map[string]struct {
		steps []step
		want  string
	}{
		"the same again": {[]step{
			{"2022-01-01", "list 1 A k 2020-01-01 -", "1 added"},
			{"2022-01-01", "list 1 A k 2020-01-01 -", "1 unchanged"},
			{"2022-02-01", "list 1 A k 2020-01-01 -", "1 unchanged"},
		}, "1 [2020-01-01,)"},
		"a date is corrected": {[]step{
			{"2022-01-01", "list 1 A k - -", "1 added"},
			{"2023-01-01", "list 1 A k 1997-06-30 -", "1 changed"},
			{"2023-01-01", "list 1 A k 1997-06-30 -", "1 unchanged"},
		}, "1 [1997-06-30,)"},
		"back and forth": {[]step{
			{"2022-01-01", "list 1 A k 2020-01-01 -", "1 added"},
			{"2023-01-01", "list 1 A k 2020-01-02 -", "1 changed"},
			{"2024-01-01", "list 1 A k 2020-01-01 -", "1 changed"},
			{"2025-01-01", "list 1 A k 2020-01-02 -", "1 changed"},
		}, "1 [2020-01-02,)"},
		"who is gone is closed": {[]step{
			{"2022-01-01", "list 1 A k 2020-01-01 - | " + five, "6 added"},
			{"2022-02-01", five, "1 closed 5 unchanged"},
			{"2022-03-01", five, "5 unchanged"},
		}, "1 [2020-01-01,2022-02-01)" + rest},
		"missing for a day": {[]step{
			{"2022-01-01", "list 1 A k 2020-01-01 - | " + five, "6 added"},
			{"2022-02-01", five, "1 closed 5 unchanged"},
			{"2022-02-02", "list 1 A k 2020-01-01 - | " + five, "1 reopened 5 unchanged"},
			{"2022-03-01", five, "1 closed 5 unchanged"},
			{"2022-03-02", "list 1 A k 2020-01-01 - | " + five, "1 reopened 5 unchanged"},
		}, "1 [2020-01-01,)" + rest},
		"listed anew": {[]step{
			{"2022-01-01", "list 1 A k 2020-01-01 - | " + five, "6 added"},
			{"2022-02-01", five, "1 closed 5 unchanged"},
			{"2023-02-02", "list 1 A k 2023-01-01 - | " + five, "1 added 5 unchanged"},
			{"2024-01-01", five, "1 closed 5 unchanged"},
		}, "1 [2020-01-01,2022-02-01) 1 [2023-01-01,2024-01-01)" + rest},
		"gone before it began": {[]step{
			{"2022-01-01", "list 1 A k 2030-01-01 - | " + five, "6 added"},
			{"2022-02-01", five, "1 closed 5 unchanged"},
			{"2022-03-01", "list 1 A k 2030-01-01 - | " + five, "1 reopened 5 unchanged"},
			{"2022-04-01", five, "1 closed 5 unchanged"},
			{"2022-05-01", "list 1 A k 2030-01-01 - | " + five, "1 reopened 5 unchanged"},
			{"2022-06-01", "list 1 A k 2030-01-01 - | " + five, "6 unchanged"},
		}, "1 [2030-01-01,)" + rest},
		"ended before the edition by its own date": {[]step{
			{"2022-01-01", "list 1 A k 2010-01-01 2020-01-01 | " + five, "6 added"},
			{"2022-02-01", five, "5 unchanged"},
		}, "1 [2010-01-01,2020-01-01)" + rest},
		"taken off before its own end": {[]step{
			{"2022-01-01", "list 1 A k 2010-01-01 2050-01-01 | " + five, "6 added"},
			{"2022-02-01", five, "1 closed 5 unchanged"},
		}, "1 [2010-01-01,2022-02-01)" + rest},
		"an incomplete edition closes nothing": {[]step{
			{"2022-01-01", "list 1 A k 2020-01-01 - | list 2 B k 2020-01-01 -", "2 added"},
			{"2022-02-01", "list 2 B k 2020-01-01 - | cut", "1 unchanged"},
		}, "1 [2020-01-01,) 2 [2020-01-01,)"},
		"an edition with a refused row closes nothing": {[]step{
			{"2022-01-01", "list 1 A k 2020-01-01 - | list 2 B k 2020-01-01 -", "2 added"},
			{"2022-02-01", "list 2 B k 2020-01-01 - | bad x", "1 unchanged 1 refused"},
		}, "1 [2020-01-01,) 2 [2020-01-01,)"},
		"an edition with a refused value closes": {[]step{
			{"2022-01-01", "list 1 A k 2020-01-01 - | " + five, "6 added"},
			{"2022-02-01", five + "| value 0097", "1 closed 5 unchanged 1 values"},
		}, "1 [2020-01-01,2022-02-01)" + rest},
		"an undated edition closes nothing": {[]step{
			{"-", "list 1 A k 2020-01-01 - | list 2 B k 2020-01-01 -", "2 added"},
			{"-", "list 2 B k 2020-01-01 -", "1 unchanged"},
		}, "1 [2020-01-01,) 2 [2020-01-01,)"},
		"the file knows its date": {[]step{
			{"-", "edition 2022-01-01 | list 1 A k 2020-01-01 - | " + five, "6 added"},
			{"-", "edition 2022-03-01 | " + five, "1 closed 5 unchanged"},
		}, "1 [2020-01-01,2022-03-01)" + rest},
		"one party in several rows": {[]step{
			{"2022-01-01", "list 1 A k1 2010-06-28 - | list 1 A k2 2010-06-29 -", "2 added"},
			{"2022-02-01", "list 1 A k1 2010-06-28 - | list 1 A k2 2010-07-01 -", "1 changed 1 unchanged"},
		}, "1 [2010-06-28,) 1 [2010-07-01,)"},
		"one key, two contents": {[]step{
			{"2022-01-01", "list 1 A k 2010-06-28 - | list 1 A k 2010-06-29 - | list 1 A k 2010-06-28 -", "2 added 1 unchanged 1 conflicts"},
			{"2022-02-01", "list 1 A k 2010-06-29 - | list 1 A k 2010-06-28 -", "2 unchanged 1 conflicts"},
			{"2022-03-01", "list 1 A k 2010-06-29 - | list 1 A k 2010-06-30 -", "1 changed 1 unchanged 1 conflicts"},
		}, "1 [2010-06-29,) 1 [2010-06-30,)"},
		"a row twice": {[]step{
			{"2022-01-01", "list 1 A k 2010-06-28 - | list 1 A k 2010-06-28 -", "1 added 1 unchanged"},
		}, "1 [2010-06-28,)"},
	} {
		t.Run(name, func(t *testing.T) {
			s := memory()
			for i, step := range tt.steps {
				dry, err := ingest.Import(t.Context(), s, plainFormat(), rows(strings.Split(step.rows, "|")...),
					ingest.Options{Edition: date(step.edition), DryRun: true})
				if err != nil {
					t.Fatal(err)
				}
				report := load(t, s, step.edition, strings.Split(step.rows, "|")...)
				if got := counts(report); got != step.counts {
					t.Errorf("step %d: got %q, want %q", i, got, step.counts)
				}
				if got := counts(dry); got != step.counts && !strings.Contains(step.counts, "1 reopened") {
					t.Errorf("step %d, dry: got %q, want %q", i, got, step.counts)
				}
				if dry.Commits > 0 {
					t.Errorf("step %d: a dry run committed", i)
				}
			}
			if got := listed(t, s); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestTheSameFileTwiceChangesNothing(t *testing.T) {
	s := memory()
	lines := []string{"list 1 A k 2020-01-01 -", "list 2 B k - -", "party 3 C", "owns 1 3", "list 1 A2 k 2021 -"}
	first := load(t, s, "2022-01-01", lines...)
	for range 2 {
		again := load(t, s, "2022-01-01", lines...)
		if again.Commits != 0 {
			t.Errorf("importing again made revision %d, after %d", again.Revision, first.Revision)
		}
	}
}

func TestAnOlderEditionIsRefused(t *testing.T) {
	s := memory()
	load(t, s, "2022-02-01", "list 1 A k 2020-01-01 -")
	before := listed(t, s)
	_, err := ingest.Import(t.Context(), s, plainFormat(), rows("list 2 B k 2020-01-01 -"), ingest.Options{Edition: date("2022-01-31")})
	if graph.KindOf(err) != graph.KindConflict || !strings.Contains(err.Error(), "2022-02-01") {
		t.Errorf("got %v", err)
	}
	if got := listed(t, s); got != before {
		t.Errorf("a refused edition wrote: %s", got)
	}
}

func TestAnEditionThatShrinksByMoreThanAFifthIsRefused(t *testing.T) {
	s := memory()
	all := []string{"list 1 A k - -", "list 2 B k - -", "list 3 C k - -", "list 4 D k - -", "list 5 E k - -"}
	load(t, s, "2022-01-01", all...)
	short := []string{all[0], all[1], all[2]}
	_, err := ingest.Import(t.Context(), s, plainFormat(), rows(short...), ingest.Options{Edition: date("2022-02-01")})
	if graph.KindOf(err) != graph.KindConflict || !strings.Contains(err.Error(), "end 2 of the 5 open listings") {
		t.Fatalf("got %v", err)
	}
	if got := load(t, s, "2022-02-01", "list 1 A k 2001 -", "list 2 B otherkey - -", all[2], all[3]); counts(got) != "1 added 1 changed 2 closed 2 unchanged" {
		t.Errorf("a fifth is not too much, and a changed row is no loss: got %s", counts(got))
	}
	report, err := ingest.Import(t.Context(), s, plainFormat(), rows("list 2 B otherkey - -"), ingest.Options{Edition: date("2022-03-01"), AcceptShrink: true})
	if err != nil || counts(report) != "3 closed 1 unchanged" {
		t.Errorf("accepted: got %s, %v", counts(report), err)
	}
}

func TestStrictTakesAllOrNothing(t *testing.T) {
	for _, bad := range []string{"bad x", "value x", "owns 1 99", "list 2 B k 2020-01-02 2020-01-01"} {
		s := memory()
		report, err := ingest.Import(t.Context(), s, plainFormat(), rows("list 1 A k - -", bad), ingest.Options{Strict: true})
		if graph.KindOf(err) != graph.KindInvalid || len(report.Refusals) != 1 || report.Refusals[0].Line != 2 {
			t.Errorf("%s: got %v, %v", bad, err, report.Refusals)
		}
		status, err := s.Status(t.Context())
		if err != nil || status.Revision != 0 {
			t.Errorf("%s: got %+v, %v; want nothing written", bad, status, err)
		}
		load(t, s, "-", "list 1 A k - -", bad)
		if got := listed(t, s); got != "1 [,)" {
			t.Errorf("%s: not strict: got %s", bad, got)
		}
	}
}

func TestAPersonsRetractionStands(t *testing.T) {
	s := memory()
	row := "list 1 A k 2020-01-01 -"
	load(t, s, "2022-01-01", row)
	var id graph.ID
	err := s.Changes(t.Context(), 0, func(c graph.Change) error {
		for _, claim := range c.Claims {
			id = claim.ID
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(t.Context(), graph.ChangeSet{Retractions: []graph.Retraction{{Claim: id, Reason: "another company of that name"}}}); err != nil {
		t.Fatal(err)
	}
	report := load(t, s, "2022-02-01", row, "party 9 Z")
	if got := counts(report); got != "1 withdrawn" || listed(t, s) != "" {
		t.Errorf("got %s, listed %s", got, listed(t, s))
	}
	if len(report.Notes) != 1 || !strings.Contains(report.Notes[0], "retracted by a person") {
		t.Errorf("notes: %q", report.Notes)
	}
}

func TestWhatIsSaidOfAnEntityAddsUp(t *testing.T) {
	s := memory()
	load(t, s, "-", "owns 7 8", "party 7 Seven", "party 8 Eight", "party 7 Siete")
	load(t, s, "-", "party 7 SevenNew")
	err := s.View(t.Context(), graph.Moment{}, func(v graph.View) error {
		entities, err := v.Entities(t.Context(), []graph.ID{"company:test:7", "company:test:8"})
		if err != nil {
			return err
		}
		if e := entities[0]; e.Name != "SevenNew" || len(e.Aliases) != 2 || e.Aliases[0].Text != "Siete" || e.Aliases[1].Text != "Seven" {
			t.Errorf("got %+v", e)
		}
		if e := entities[1]; e.Name != "Eight" || e.Aliases != nil {
			t.Errorf("got %+v", e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAListKeepsANameAndTellsItsEdition(t *testing.T) {
	s := memory()
	if _, err := s.Append(t.Context(), graph.ChangeSet{Entities: []graph.Entity{{ID: theList, Name: "The List of the Test Office"}}}); err != nil {
		t.Fatal(err)
	}
	load(t, s, "2022-01-01", "list 1 A k - -")
	other := plainFormat()
	other.Register = "other"
	if _, err := ingest.Import(t.Context(), s, other, rows("list 1 A k - -", "cut"), ingest.Options{Edition: date("2021-01-01")}); err != nil {
		t.Fatal(err)
	}
	err := s.View(t.Context(), graph.Moment{}, func(v graph.View) error {
		entities, err := v.Entities(t.Context(), []graph.ID{theList})
		if err != nil {
			return err
		}
		e := entities[0]
		if e.Name != "The List of the Test Office" || strings.Join(e.Attributes["register"], " ") != "test other" ||
			strings.Join(e.Attributes["edition"], " ") != "2022-01-01 2021-01-01" || strings.Join(e.Attributes["edition_complete"], " ") != "yes no" {
			t.Errorf("got %+v", e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
