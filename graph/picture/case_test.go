package picture_test

import (
	"bytes"
	"testing"
	"time"

	"debadge/fixtures"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/ingest/bundle"
	"debadge/graph/picture"
)

func day(text string) graph.Date {
	d, err := graph.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func memory() graph.Store {
	return index.NewMemory(func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) })
}

// retold has every kind of line: two listed companies, two ways to one of them,
// several claims on a hop, denials, a badge after one of two listings, a
// former listing, a share that is added up and a disputed claim.
func retold(suffix string) graph.ChangeSet {
	says := func(source string) []graph.Citation {
		return []graph.Citation{{Source: graph.ID("source:" + source), Stance: graph.Supports, Text: "Says so." + suffix}}
	}
	denied := append(says("press"), graph.Citation{Source: "source:maker", Stance: graph.Denies, Text: "Denies it." + suffix})
	share := func(text string) graph.Share {
		s, err := graph.ParseShare(text)
		if err != nil {
			panic(err)
		}
		return s
	}
	return graph.ChangeSet{
		Entities: []graph.Entity{
			{ID: "company:origin", Name: "Origin Works Co., Ltd." + suffix, Aliases: []graph.Alias{{Text: "源厂" + suffix, Language: "zh"}, {Text: "源厂集团" + suffix, Language: "zh"}}},
			{ID: "company:second", Name: "Second Works" + suffix},
			{ID: "company:branch", Name: "Origin Branch Office" + suffix},
			{ID: "company:seller", Name: "Fresh Label Inc." + suffix},
			{ID: "company:friend", Name: "A Friend of Origin" + suffix},
			{ID: "list:blue", Name: "Blue List" + suffix},
			{ID: "list:red", Name: "Red List of Restricted Parties" + suffix},
			{ID: "list:old", Name: "Old List" + suffix},
			{ID: "product:origin:m5", Name: "M5" + suffix, Brand: "Origin"},
			{ID: "product:origin:m6", Name: "M6" + suffix, Brand: "Origin"},
			{ID: "product:fresh:x1", Name: "X1" + suffix, Brand: "Fresh"},
		},
		Sources: []graph.Source{
			{ID: "source:rule", Title: "A rule" + suffix, Publisher: "The regulator" + suffix, Kind: "regulation"},
			{ID: "source:press", Title: "A report" + suffix, Publisher: "The Paper" + suffix, Kind: "press", URL: "https://example.org/report"},
			{ID: "source:maker", Title: "A statement" + suffix, Publisher: "Fresh Label" + suffix, Kind: "vendor"},
		},
		Claims: []graph.Claim{
			{Relation: graph.ListedOn, From: "company:origin", To: "list:blue", Status: graph.Confirmed, ValidFrom: day("2019-05-16"), Citations: says("rule")},
			{Relation: graph.ListedOn, From: "company:origin", To: "list:red", Status: graph.Confirmed, ValidFrom: day("2024"), Citations: says("rule")},
			{Relation: graph.ListedOn, From: "company:origin", To: "list:old", Status: graph.Confirmed, ValidFrom: day("2015-02"), ValidTo: day("2018-03"), Citations: says("rule")},
			{Relation: graph.ListedOn, From: "company:second", To: "list:blue", Status: graph.Reported, ValidFrom: day("2022-01-01"), Citations: says("press")},
			{Relation: graph.Makes, From: "company:origin", To: "product:origin:m5", Status: graph.Reported, Citations: denied},
			{ID: "claim:court-says", Relation: graph.Makes, From: "company:origin", To: "product:origin:m5", Status: graph.Alleged, ValidFrom: day("2018-06"), Citations: says("maker")},
			{Relation: graph.Makes, From: "company:origin", To: "product:origin:m6", Status: graph.Reported, Citations: says("press")},
			{Relation: graph.RebrandedAs, From: "product:origin:m5", To: "product:fresh:x1", Status: graph.Alleged, ValidFrom: day("2021-04"), Citations: denied},
			{Relation: graph.IdenticalTo, From: "product:fresh:x1", To: "product:origin:m6", Status: graph.Alleged, Citations: says("press")},
			{Relation: graph.Sells, From: "company:seller", To: "product:fresh:x1", Status: graph.Reported, ValidFrom: day("2021-04"), Attributes: map[string]string{"territory": "US"}, Citations: says("press")},
			{Relation: graph.Owns, From: "company:origin", To: "company:branch", Status: graph.Confirmed, ShareMin: share("30"), ShareMax: share("30"), ValidFrom: day("2016"), Citations: says("press")},
			{Relation: graph.Owns, From: "company:second", To: "company:branch", Status: graph.Reported, ShareMin: share("25"), ShareMax: share("40"), Citations: says("press")},
			{Relation: graph.Owns, From: "company:branch", To: "company:seller", Status: graph.Reported, ShareMin: share("51"), ShareMax: share("51"), ValidFrom: day("2020"), Citations: says("press")},
			{Relation: graph.AffiliatedWith, From: "company:friend", To: "company:origin", Status: graph.Alleged, Citations: says("press")},
			{Relation: graph.Makes, From: "company:second", To: "product:fresh:x1", Status: graph.Disputed, Citations: denied},
		},
	}
}

func fill(tb testing.TB, sets ...graph.ChangeSet) graph.Store {
	tb.Helper()
	s := memory()
	for _, cs := range sets {
		if _, err := s.Append(tb.Context(), cs); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// shipped is a store of the public cases.
func shipped(tb testing.TB) graph.Store {
	tb.Helper()
	s := memory()
	for _, f := range fixtures.Files() {
		if _, err := bundle.Import(tb.Context(), s, f.Name, bytes.NewReader(f.Data), nil); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

func ask(tb testing.TB, s graph.Store, subject string, paths int) (graph.Answer, graph.TimelineAnswer, picture.Names) {
	tb.Helper()
	q := graph.Question{Subject: subject, AsOf: day("2024-06-01").Earliest(), Policy: graph.DefaultPolicy(), Paths: paths}
	answer, err := graph.Trace(tb.Context(), s, q)
	if err != nil {
		tb.Fatal(err)
	}
	timeline, err := graph.Timeline(tb.Context(), s, q)
	if err != nil {
		tb.Fatal(err)
	}
	names, err := picture.ReadNames(tb.Context(), s, answer)
	if err != nil {
		tb.Fatal(err)
	}
	return answer, timeline, names
}
