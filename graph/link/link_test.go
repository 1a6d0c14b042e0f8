package link_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/link"
)

func clock() time.Time { return time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC) }

// company reads "id|name|alias|alias attribute=value attribute=value", with '_'
// for spaces.
func company(text string) graph.Entity {
	fields := strings.Fields(text)
	names := strings.Split(strings.ReplaceAll(fields[0], "_", " "), "|")
	e := graph.Entity{ID: graph.ID("company:" + names[0]), Name: names[1], Attributes: map[string][]string{}}
	for _, alias := range names[2:] {
		e.Aliases = append(e.Aliases, graph.Alias{Text: alias})
	}
	for _, f := range fields[1:] {
		name, value, _ := strings.Cut(f, "=")
		e.Attributes[name] = append(e.Attributes[name], strings.ReplaceAll(value, "_", " "))
	}
	return e
}

func companies(lines ...string) graph.ChangeSet {
	var cs graph.ChangeSet
	for _, l := range lines {
		cs.Entities = append(cs.Entities, company(l))
	}
	return cs
}

// store is a store in memory with a way to fill and to link it.
type store struct {
	testing.TB
	graph.Store
	added *int
}

func newStore(tb testing.TB, sets ...graph.ChangeSet) store {
	tb.Helper()
	s := store{tb, index.NewMemory(clock), new(int)}
	tb.Cleanup(func() { _ = s.Close() })
	for _, cs := range sets {
		s.add(cs)
	}
	return s
}

func (s store) add(cs graph.ChangeSet) {
	s.Helper()
	*s.added++
	cs.Reason = fmt.Sprintf("change %d", *s.added) // else it would be the same change again
	if _, err := s.Append(s.Context(), cs); err != nil {
		s.Fatal(err)
	}
}

func (s store) link() link.Report {
	s.Helper()
	p, err := link.Run(s.Context(), s, false)
	if err != nil {
		s.Fatal(err)
	}
	return p.Report
}

// claims returns the SAME_AS claims that stand, by id.
func (s store) claims() map[graph.ID]graph.Claim {
	s.Helper()
	standing := map[graph.ID]graph.Claim{}
	err := s.Changes(s.Context(), 0, func(c graph.Change) error {
		for _, claim := range c.Claims {
			if claim.Relation == graph.SameAs {
				standing[claim.ID] = claim
			}
		}
		for _, r := range c.Retractions {
			delete(standing, r.Claim)
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
	return standing
}

// lines returns what stands in lines, sorted, without the ids of claims.
func (s store) lines() []string {
	s.Helper()
	lines := []string{}
	for _, c := range s.claims() {
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s", strings.TrimPrefix(string(c.From), "company:"),
			strings.TrimPrefix(string(c.To), "company:"), c.Citations[0].Locator, c.Status, c.Confidence))
	}
	slices.Sort(lines)
	return lines
}

const (
	lei1, lei2   = "lei=5299000ALPHA00000121", "lei=5299000BETA000000275"
	uscc1, uscc2 = "uscc=91110000MA0000001L", "uscc=91310000MA00000025"
)

func TestLink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why  string
		a, b string
		want []string
	}{
		{"one LEI, however written", "a|Alpha " + lei1, "b|Beta lei=5299-000a-lpha-0000-0121", []string{"lei reported 0.95"}},
		{"an LEI in an id", "lei:5299000alpha00000121|Alpha", "x:b|Beta " + lei1, []string{"lei reported 0.95"}},
		{"an LEI that is none", "a|Alpha lei=5299000ALPHA00000122", "b|Beta lei=5299000ALPHA00000122", nil},
		{"one USCC", "a|Alpha " + uscc1, "b|Beta " + uscc1, []string{"uscc reported 0.95"}},
		{"a USCC as a registration number", "a|Alpha country=CN registration_number=" + uscc1[5:], "b|Beta " + uscc1, []string{"uscc reported 0.95"}},
		{"one UEI", "a|Alpha uei=ZQGGHJH74DW7", "b|Beta uei=zqgghjh74dw7", []string{"uei reported 0.9"}},
		{"one CAGE code of two", "a|Alpha cage=1ABC5 cage=2ABC5", "b|Beta cage=2ABC5", []string{"cage reported 0.9"}},
		{"one DUNS number", "a|Alpha duns=15-048-3782", "b|Beta duns=150483782", []string{"duns reported 0.85"}},
		{"a number of one country", "a|Alpha country=GB registration_number=0123_4567", "b|Beta country=GB registration_number=01234567", []string{"registration_number reported 0.8"}},
		{"a number of two countries", "a|Alpha country=GB registration_number=01234567", "b|Beta country=FR registration_number=01234567", nil},
		{"a number without a country", "a|Alpha registration_number=01234567", "b|Beta country=GB registration_number=01234567", nil},
		{"a number that each court gives", "a|Alpha country=DE registration_number=HRB_12345", "b|Beta country=DE registration_number=HRB_12345", nil},
		{"a number that is a word", "a|Alpha country=GB registration_number=unknown", "b|Beta country=GB registration_number=unknown", nil},
		{"one name", "a|Alpha_Works_Co.,_Ltd.", "b|ALPHA_WORKS_CO_LTD", []string{"name reported 0.7"}},
		{"one name and one country", "a|Alpha_Works country=CN country=HK", "b|Alpha_Works country=hk", []string{"name reported 0.7"}},
		{"one name in two countries", "a|Alpha_Works country=CN", "b|Alpha_Works country=DE", nil},
		{"one name, another LEI", "a|Alpha_Works " + lei1, "b|Alpha_Works " + lei2, nil},
		{"one name, another USCC", "a|Alpha_Works " + uscc1, "b|Alpha_Works " + uscc2, nil},
		{"one name, another DUNS number of a site", "a|Alpha_Works duns=150483782", "b|Alpha_Works duns=150483783", []string{"name reported 0.7"}},
		{"another name of one", "a|Alpha_Works", "b|Beta_Works|Alpha_Works", []string{"name reported 0.6"}},
		{"another name of both", "a|Gamma_Works|Alpha_Works", "b|Beta_Works|Alpha_Works", nil},
		{"the name rather than another name", "a|Alpha_Works|Beta_Works", "b|Alpha_Works|Beta_Works", []string{"name reported 0.7"}},
		{"one word", "a|Alphaworks", "b|Alphaworks", nil},
		{"two short words", "a|A_B", "b|A_B", nil},
		{"four characters", "a|浪潮集团", "b|浪潮集团", []string{"name reported 0.7"}},
		{"three characters", "a|浪潮云", "b|浪潮云", nil},
		{"a word more", "a|Alpha_Works_Group", "b|Alpha_Works", nil},
		{"a letter more", "a|Alpha_Works", "b|Alpha_Work", nil},
		{"people", "a|Ann_Example party_type=individual", "b|Ann_Example party_type=individual", nil},
		{"a person and a company", "a|Ann_Example party_type=individual", "b|Ann_Example", nil},
		{"two reasons", "a|Alpha_Works country=CN " + lei1, "b|Alpha_Works " + lei1, []string{"lei reported 0.95", "name reported 0.7"}},
		{"one LEI in two countries", "a|Alpha_Works country=CN " + lei1, "b|Alpha_Works country=KY " + lei1, []string{"lei reported 0.95"}},
		{"one LEI, another USCC", "a|Alpha " + lei1 + " " + uscc1, "b|Beta " + lei1 + " " + uscc2, nil},
		{"one DUNS number, another LEI", "a|Alpha duns=150483782 " + lei1, "b|Beta duns=150483782 " + lei2, nil},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			s := newStore(t, companies(c.a, c.b))
			report := s.link()
			want := []string{}
			for _, w := range c.want {
				ids := []string{string(company(c.a).ID), string(company(c.b).ID)}
				slices.Sort(ids)
				want = append(want, strings.ReplaceAll(strings.Join(append(ids, w), " "), "company:", ""))
			}
			if diff := cmp.Diff(want, s.lines()); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
			if report.Companies != 2 || report.Stated != len(c.want) || (report.Pairs == 1) != (len(c.want) > 0) {
				t.Errorf("the report says %+v", report)
			}
		})
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	s := newStore(t, companies("a|Alpha_Works_Ltd duns=150483782", "b|ALPHA_WORKS_LTD. duns=150483782", "c|Gamma_Works|Alpha_Works_Ltd", "d|Delta country=GB registration_number=A123456", "e|Eta country=GB registration_number=A_123456"))
	s.link()
	want := []string{
		"Both bear the full name “Alpha Works Ltd”, the second of them as another name of it; no country, LEI or USCC that is known contradicts.",
		"Both carry the DUNS number 150483782.",
		"Both carry the registration number A123456 of GB.",
		"The full names “ALPHA WORKS LTD.” and “Alpha Works Ltd” are one but for letter case, spaces and punctuation, the second of them as another name of it; no country, LEI or USCC that is known contradicts.",
		"The full names “Alpha Works Ltd” and “ALPHA WORKS LTD.” are one but for letter case, spaces and punctuation; no country, LEI or USCC that is known contradicts.",
	}
	var got []string
	for _, c := range s.claims() {
		got = append(got, c.Citations[0].Text)
		if c.Citations[0].Source != link.Source().ID || c.Citations[0].Stance != graph.Supports {
			t.Errorf("%s cites %+v", c.ID, c.Citations)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

// TestAgain links again, after nothing and after what changes what was found.
func TestAgain(t *testing.T) {
	t.Parallel()
	s := newStore(t, companies("x:1|Alpha_Works", "y:1|Alpha_Works "+lei1))
	step := func(why string, stated, withdrawn int, want ...string) {
		t.Helper()
		report := s.link()
		if report.Stated != stated || report.Withdrawn != withdrawn {
			t.Errorf("%s: %d stated, %d withdrawn; want %d and %d", why, report.Stated, report.Withdrawn, stated, withdrawn)
		}
		if diff := cmp.Diff(append([]string{}, want...), s.lines()); diff != "" {
			t.Errorf("%s: want (-), got (+):\n%s", why, diff)
		}
		before, _ := s.Status(t.Context())
		if again := s.link(); again.Stated+again.Withdrawn != 0 || again.Unchanged != len(want) {
			t.Errorf("%s, again: %+v", why, again)
		}
		if after, _ := s.Status(t.Context()); after != before {
			t.Errorf("%s: linking again makes revision %d from %d", why, after.Revision, before.Revision)
		}
	}
	step("first", 1, 0, "x:1 y:1 name reported 0.7")
	s.add(companies("x:1|Alpha_Works "+lei2, "z:1|Alpha_Works"))
	step("now they contradict", 2, 1, "x:1 z:1 name reported 0.4", "y:1 z:1 name reported 0.4")
	s.add(companies("x:1|Alpha_Works"))
	step("and no longer", 3, 2, "x:1 y:1 name reported 0.7", "x:1 z:1 name reported 0.7", "y:1 z:1 name reported 0.7")
	s.add(companies("z:1|ALPHA_WORKS"))
	step("written differently", 2, 2, "x:1 y:1 name reported 0.7", "x:1 z:1 name reported 0.7", "y:1 z:1 name reported 0.7")
	s.add(companies("z:1|Alpha_Works"))
	step("and back", 2, 2, "x:1 y:1 name reported 0.7", "x:1 z:1 name reported 0.7", "y:1 z:1 name reported 0.7")
}

// TestSeparated lets a person say that this is never that company.
func TestSeparated(t *testing.T) {
	t.Parallel()
	s := newStore(t, companies("x:1|Alpha_Works duns=150483782", "y:1|Alpha_Works duns=150483782"))
	s.link()
	var wrong graph.ID
	for id, c := range s.claims() {
		if c.Citations[0].Locator == "name" {
			wrong = id
		}
	}
	s.add(graph.ChangeSet{Author: "a.lopez", Retractions: []graph.Retraction{{Claim: wrong, Reason: "another firm of the name"}}})
	report := s.link()
	if diff := cmp.Diff([]string{}, s.lines()); diff != "" || report.Separated != 1 || report.Withdrawn != 1 {
		t.Errorf("%+v, want none (-), got (+):\n%s", report, diff)
	}
	s.add(companies("x:1|Alpha_Works cage=1ABC5", "y:1|ALPHA_WORKS cage=1ABC5"))
	if report := s.link(); report.Stated != 0 || report.Separated != 1 || len(report.Joined) != 0 {
		t.Errorf("what they have in common later links them again: %+v", report)
	}
	s.add(companies("z:1|Alpha_Works"))
	report = s.link()
	want := []link.Pair{{A: "company:x:1", B: "company:y:1"}}
	if diff := cmp.Diff(want, report.Joined); diff != "" || report.Stated != 2 {
		t.Errorf("one by way of another: %+v, want (-), got (+):\n%s", report, diff)
	}
}

// TestSaid heeds what others say of two companies.
func TestSaid(t *testing.T) {
	t.Parallel()
	said := func(id graph.ID, status graph.Status) graph.ChangeSet {
		return graph.ChangeSet{
			Sources: []graph.Source{{ID: "source:s", Title: "S", Publisher: "P"}},
			Claims: []graph.Claim{{
				ID: id, Relation: graph.SameAs, From: "company:x:1", To: "company:y:1", Status: status,
				Citations: []graph.Citation{{Source: "source:s", Stance: graph.Supports, Text: string(id)}},
			}},
		}
	}
	withdrawn := func(id, by graph.ID) graph.ChangeSet {
		return graph.ChangeSet{Author: "a.lopez", Retractions: []graph.Retraction{{Claim: id, ReplacedBy: by, Reason: "it is so"}}}
	}
	for _, c := range []struct {
		why   string
		sets  []graph.ChangeSet
		links bool
	}{
		{"nobody", nil, true},
		{"somebody says so too", []graph.ChangeSet{said("claim:a", graph.Confirmed)}, true},
		{"somebody no longer says so", []graph.ChangeSet{said("claim:a", graph.Confirmed), withdrawn("claim:a", "")}, false},
		{"somebody says it in other words", []graph.ChangeSet{said("claim:a", graph.Confirmed), said("claim:b", graph.Reported), withdrawn("claim:a", "claim:b")}, true},
		{"it is disputed", []graph.ChangeSet{said("claim:a", graph.Disputed)}, false},
		{"it is disputed no more", []graph.ChangeSet{said("claim:a", graph.Disputed), withdrawn("claim:a", "")}, true},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			s := newStore(t, append([]graph.ChangeSet{companies("x:1|Alpha_Works", "y:1|Alpha_Works")}, c.sets...)...)
			if report := s.link(); (report.Stated == 1) != c.links || (report.Separated == 0) != c.links {
				t.Errorf("%+v", report)
			}
		})
	}
}

// TestShared links nobody by what too many carry.
func TestShared(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 5 {
		lines = append(lines, fmt.Sprintf("x:%d|Alpha_Works", i))
	}
	s := newStore(t, companies(append(lines, "y:1|Alpha_Works")...))
	if report := s.link(); report.Pairs != 15 || len(report.Shared) != 0 {
		t.Errorf("five: %+v", report)
	}
	s.add(companies("x:5|Alpha_Works|Other_Works"))
	report := s.link()
	want := []link.Shared{{What: "name", Value: "Alpha Works", Register: "x", Companies: 6}}
	if diff := cmp.Diff(want, report.Shared); diff != "" || report.Pairs != 0 || report.Withdrawn != 15 {
		t.Errorf("six: %+v, want (-), got (+):\n%s", report, diff)
	}
}

// TestAmbiguous links one company to two of its name that cannot be one, with
// less confidence, until it is known which.
func TestAmbiguous(t *testing.T) {
	t.Parallel()
	s := newStore(t, companies("x:1|Alpha_Works", "y:1|Alpha_Works country=CN", "z:1|Alpha_Works country=DE", "y:2|Beta_Works|Alpha_Works country=CN"))
	report := s.link()
	want := []string{
		"x:1 y:1 name reported 0.4", "x:1 y:2 name reported 0.4", "x:1 z:1 name reported 0.4",
		"y:1 y:2 name reported 0.6",
	}
	if diff := cmp.Diff(want, s.lines()); diff != "" || report.Ambiguous != 3 || report.Contradicted != 2 {
		t.Errorf("%+v, want (-), got (+):\n%s", report, diff)
	}
	for _, c := range s.claims() {
		if c.Confidence == 40 && !strings.HasSuffix(c.Citations[0].Text, ", but there are several companies of that name, of which one at most can be meant.") {
			t.Errorf("%s: %s", c.ID, c.Citations[0].Text)
		}
	}
	s.add(companies("x:1|Alpha_Works country=DE"))
	report = s.link()
	want = []string{"x:1 z:1 name reported 0.7", "y:1 y:2 name reported 0.6"}
	if diff := cmp.Diff(want, s.lines()); diff != "" || report.Ambiguous != 0 {
		t.Errorf("%+v, want (-), got (+):\n%s", report, diff)
	}
}

// TestAltogether links nobody by what too many registers carry.
func TestAltogether(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 51 {
		lines = append(lines, fmt.Sprintf("r%d:1|Alpha_Works", i))
	}
	s := newStore(t, companies(lines...))
	report := s.link()
	want := []link.Shared{{What: "name", Value: "Alpha Works", Register: link.AllRegisters, Companies: 51}}
	if diff := cmp.Diff(want, report.Shared); diff != "" || report.Pairs != 0 {
		t.Errorf("%+v, want (-), got (+):\n%s", report, diff)
	}
}

// TestDryRun writes nothing and says the same.
func TestDryRun(t *testing.T) {
	t.Parallel()
	s := newStore(t, companies("a|Alpha_Works", "b|Alpha_Works"))
	dry, err := link.Run(t.Context(), s, true)
	if err != nil || len(dry.Claims) != 1 || len(s.lines()) != 0 {
		t.Fatalf("%+v, %v; the store has %v", dry, err, s.lines())
	}
	wet, err := link.Run(t.Context(), s, false)
	if err != nil || wet.Report.Revision != dry.Report.Revision+1 {
		t.Errorf("revision %d, %v", wet.Report.Revision, err)
	}
	if d, w := dry.Claims[0], wet.Claims[0]; len(wet.Claims) != 1 || d.ID != w.ID || d.Digest() != w.Digest() {
		t.Errorf("dry %+v, wet %+v", d, w)
	}
}

// TestReaches traces a product to the listing of another register's id.
func TestReaches(t *testing.T) {
	t.Parallel()
	cs := companies("acme|Acme_Works_Co.,_Ltd.", "us-ofac:7|ACME_WORKS_CO_LTD country=CN")
	cs.Entities = append(cs.Entities, graph.Entity{ID: "product:acme:p", Name: "P"}, graph.Entity{ID: "list:l", Name: "L"})
	cs.Sources = []graph.Source{{ID: "source:s", Title: "S", Publisher: "P"}}
	cites := []graph.Citation{{Source: "source:s", Stance: graph.Supports}}
	cs.Claims = []graph.Claim{
		{Relation: graph.Makes, From: "company:acme", To: "product:acme:p", Status: graph.Confirmed, Citations: cites},
		{Relation: graph.ListedOn, From: "company:us-ofac:7", To: "list:l", Status: graph.Confirmed, Citations: cites},
	}
	s := newStore(t, cs)
	ask := func() graph.Answer {
		a, err := graph.Trace(t.Context(), s, graph.Question{Subject: "product:acme:p", AsOf: graph.DayOf(clock()), Policy: graph.DefaultPolicy()})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := ask(); a.Finding != graph.Clear {
		t.Errorf("before: %s", a.Finding)
	}
	s.link()
	a := ask()
	if a.Finding != graph.Listed || a.Strength != graph.Reported || len(a.Listings) != 1 || a.Listings[0].Way != graph.Direct {
		t.Errorf("after: %+v", a)
	}
}

// TestMany commits in parts, and goes on where it was cut off.
func TestMany(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 5200 {
		lines = append(lines, fmt.Sprintf("x:%d|Works_%d", i, i), fmt.Sprintf("y:%d|Works_%d", i, i))
	}
	s := newStore(t, companies(lines...))
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := link.Run(ctx, stopping{s, cancel}, false); graph.KindOf(err) != graph.KindUnavailable || len(s.claims()) != 5000 {
		t.Fatalf("cut off: %v, %d claims", err, len(s.claims()))
	}
	if report := s.link(); report.Stated != 200 || report.Unchanged != 5000 || report.Revision != 3 {
		t.Errorf("%+v", report)
	}
}

// stopping is a store that is taken away after the first change set.
type stopping struct {
	graph.Store
	cancel func()
}

func (s stopping) Append(ctx context.Context, cs graph.ChangeSet) (graph.Receipt, error) {
	defer s.cancel()
	return s.Store.Append(ctx, cs)
}
