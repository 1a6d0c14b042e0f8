package graph_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"debadge/graph"
)

func TestDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, earliest, latest string }{
		{"2023", "2023-01-01", "2023-12-31"},
		{"2023-02", "2023-02-01", "2023-02-28"},
		{"2024-02", "2024-02-01", "2024-02-29"},
		{"1900-02", "1900-02-01", "1900-02-28"},
		{"2023-12", "2023-12-01", "2023-12-31"},
		{"2024-02-29", "2024-02-29", "2024-02-29"},
		{"0001", "0001-01-01", "0001-12-31"},
		{"9999-12-31", "9999-12-31", "9999-12-31"},
	} {
		d, err := graph.ParseDate(c.text)
		if err != nil || d.String() != c.text || d.Earliest().String() != c.earliest || d.Latest().String() != c.latest {
			t.Errorf("%s is %s from %s to %s: %v", c.text, d, d.Earliest(), d.Latest(), err)
		}
		if d.IsDay() != (len(c.text) == len("2024-02-29")) {
			t.Errorf("%s is a day: %t", c.text, d.IsDay())
		}
		if day := d.Earliest(); day.Date().Earliest() != day || graph.DayOf(day.Time()) != day {
			t.Errorf("%s: the day %d does not come back", c.text, day)
		}
	}
	for _, text := range []string{
		"", "23", "2023-2", "2023-00", "2023-13", "2023-02-29", "1900-02-29", "2023-04-31", "2023-1-1", "0000", "0000-01-01", "10000",
		" 2023", "2023 ", "2023/01/01", "２０２３", "+2023", "-001", "2023-03-01T00:00:00Z",
	} {
		if d, err := graph.ParseDate(text); err == nil || graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%q is read as %s: %v", text, d, err)
		}
	}
}

func TestNoDate(t *testing.T) {
	t.Parallel()
	var none graph.Date
	if none.Earliest() != graph.MinDay || none.Latest() != graph.MaxDay || none.String() != "" || !none.IsZero() {
		t.Errorf("no date is %s to %s", none.Earliest(), none.Latest())
	}
	if graph.MinDay.String() != "0001-01-01" || graph.MaxDay.String() != "9999-12-31" {
		t.Errorf("the ends are %s and %s", graph.MinDay, graph.MaxDay)
	}
	for _, c := range []struct{ text, want string }{{`null`, "null"}, {`""`, "null"}, {`"2023"`, `"2023"`}, {`"2023-03-01"`, `"2023-03-01"`}} {
		var d graph.Date
		if err := json.Unmarshal([]byte(c.text), &d); err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if got, err := json.Marshal(d); err != nil || string(got) != c.want {
			t.Errorf("%s is written as %s: %v", c.text, got, err)
		}
	}
	if got := graph.DayOf(time.Date(2023, 1, 1, 1, 0, 0, 0, time.FixedZone("east", 2*60*60))); got.String() != "2022-12-31" {
		t.Errorf("the day is that of %s, not UTC", got)
	}
}

func TestShares(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "0", "50": "50", "100": "100", "33.33": "33.33", "16.7": "16.7", "0.000001": "0.000001", "99.999999": "99.999999",
		"50.0": "50", "050": "50", "100.000000": "100", "7.10": "7.1",
	} {
		s, err := graph.ParseShare(text)
		if err != nil || s.String() != want || s.IsZero() {
			t.Errorf("%s is %q: %v", text, s, err)
		}
	}
	sum := int32(0)
	for _, text := range []string{"16.7", "16.6", "16.7"} {
		s, err := graph.ParseShare(text)
		if err != nil {
			t.Fatal(err)
		}
		sum += s.Micro()
	}
	if graph.ShareOf(sum).String() != "50" {
		t.Errorf("the sum is %s", graph.ShareOf(sum))
	}
	for _, text := range []string{"", "-1", "-0.5", "100.000001", "101", "1e1", "50%", "1,5", ".5", "5.", "0.0000001", "NaN", "٥٠", "1 0", "99999999999"} {
		if s, err := graph.ParseShare(text); err == nil || graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%q is read as %s: %v", text, s, err)
		}
	}
	if s := (graph.Share{}); !s.IsZero() || s.String() != "" || graph.ShareOf(0).IsZero() {
		t.Error("a share that is not stated is not a share of nothing")
	}
}

func TestConfidence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]graph.Confidence{"1": 100, "1.0": 100, "1.00": 100, "0.8": 80, "0.80": 80, "0.01": 1, "0.55": 55} {
		if c, err := graph.ParseConfidence(text); err != nil || c != want {
			t.Errorf("%s is %d: %v", text, c, err)
		}
	}
	for _, text := range []string{"", "0", "0.0", "0.001", "1.01", "2", "-1", "80", "10", ".8", "1e-1", "0,8", "0.8 "} {
		if c, err := graph.ParseConfidence(text); err == nil {
			t.Errorf("%q is read as %s", text, c)
		}
	}
	strongest := graph.DefaultConfidence(graph.Confirmed)
	for _, s := range []graph.Status{graph.Reported, graph.Alleged, graph.Disputed} {
		if c := graph.DefaultConfidence(s); c == 0 || c >= strongest {
			t.Errorf("%s is trusted by %s unless stated", s, c)
		} else {
			strongest = c
		}
	}
}

func TestNamesComeBack(t *testing.T) {
	t.Parallel()
	for s := graph.Confirmed; s <= graph.Disputed; s++ {
		if got, err := graph.ParseStatus(s.String()); err != nil || got != s {
			t.Errorf("status %q: %v %v", s, got, err)
		}
	}
	for a := graph.Pass; a <= graph.Block; a++ {
		if got, err := graph.ParseAction(a.String()); err != nil || got != a {
			t.Errorf("action %q: %v %v", a, got, err)
		}
	}
	for i := graph.Equity; i <= graph.Control; i++ {
		if got, err := graph.ParseInterest(i.String()); err != nil || got != i {
			t.Errorf("interest %q: %v %v", i, got, err)
		}
	}
	for w := graph.Direct; w <= graph.ByAffiliation; w++ {
		var got graph.Way
		if err := got.UnmarshalText([]byte(w.String())); err != nil || got != w {
			t.Errorf("way %q: %v %v", w, got, err)
		}
	}
	for _, wrong := range []string{"", "Confirmed", "CONFIRMED", "confirmed ", "none"} {
		if s, err := graph.ParseStatus(wrong); err == nil {
			t.Errorf("%q is the status %s", wrong, s)
		}
		if a, err := graph.ParseAction(wrong); err == nil {
			t.Errorf("%q is the action %s", wrong, a)
		}
	}
}

func TestRelationTable(t *testing.T) {
	t.Parallel()
	all := graph.Relations()
	want := "MAKES SELLS LICENSES REBRANDED_AS SUCCEEDED_BY IDENTICAL_TO COMPONENT_OF OWNS RENAMED_TO AFFILIATED_WITH LISTED_ON PARTY_TO SAME_AS"
	var names []string
	for _, r := range all {
		rule := r.Rule()
		names = append(names, rule.Name)
		if rule.Relation != r || rule.Layer == 0 || rule.Meaning == "" || !slices.Contains(graph.Kinds(), rule.From) || !slices.Contains(graph.Kinds(), rule.To) {
			t.Errorf("%s: the row has gaps: %+v", r, rule)
		}
		if got, err := graph.ParseRelation(rule.Name); err != nil || got != r {
			t.Errorf("%s comes back as %s: %v", r, got, err)
		}
		if rule.Symmetric && rule.From != rule.To {
			t.Errorf("%s is symmetric between two kinds", r)
		}
		if rule.Share != (r == graph.Owns) || rule.Outward != (rule.To == graph.List || rule.To == graph.Proceeding) {
			t.Errorf("%s: share %t, outward %t", r, rule.Share, rule.Outward)
		}
		near, far := r.Ends("company:from", "list:to")
		if (near == "company:from") != rule.Outward || near == far {
			t.Errorf("%s leads upstream from %s to %s", r, near, far)
		}
		for _, a := range rule.Attributes {
			if a.Name != strings.ToLower(a.Name) || a.Meaning == "" {
				t.Errorf("%s: attribute %+v", r, a)
			}
		}
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("the relations are %s, want %s", got, want)
	}
	if rule := graph.Relation(0).Rule(); rule.Name != "" {
		t.Errorf("no relation is %+v", rule)
	}
	if rule := graph.Relation(200).Rule(); rule.Name != "" || graph.Relation(200).String() != "" {
		t.Errorf("an unknown relation is %+v", rule)
	}
	if got := graph.SetOf(all...).Relations(); !slices.Equal(got, all) {
		t.Errorf("the set of all is %v", got)
	}
	if got := graph.SetOfLayers(graph.Attribution).Relations(); !slices.Equal(got, []graph.Relation{graph.Makes, graph.Sells, graph.Licenses}) {
		t.Errorf("attribution is %v", got)
	}
}

func TestNameKeys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b string }{
		{"KR2280-X2", "kr2280 x2"}, {"ＫＲ２２８０", "kr2280"}, {"Inspur Co., Ltd.", "INSPUR CO LTD"}, {"浪潮 信息", "浪潮信息"},
	} {
		if graph.NameKey(c.a) != graph.NameKey(c.b) || graph.NameKey(c.a) == "" {
			t.Errorf("%q and %q have the keys %q and %q", c.a, c.b, graph.NameKey(c.a), graph.NameKey(c.b))
		}
	}
	for _, c := range []struct{ a, b string }{{"KR2280-X1", "KR2280-X2"}, {"Straße", "Strasse"}, {"浪潮", "浪"}} {
		if graph.NameKey(c.a) == graph.NameKey(c.b) {
			t.Errorf("%q and %q have one key", c.a, c.b)
		}
	}
	if key := graph.NameKey(" -.!?"); key != "" {
		t.Errorf("punctuation has the key %q", key)
	}
}
