package ingesttest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/index"
	"debadge/graph/ingest"
)

// Memory returns an empty store, whose clock stands behind all fixtures.
func Memory() graph.Store {
	return index.NewMemory(func() time.Time { return time.Date(2033, 1, 1, 0, 0, 0, 0, time.UTC) })
}

// Import imports files that are to be taken, as the edition that they say they
// are, which may close as much as it wants.
func Import(tb testing.TB, store graph.Store, format ingest.Format, files []*file.File) ingest.Report {
	tb.Helper()
	return imported(tb, store, format, files, ingest.Options{AcceptShrink: true})
}

// ImportEdition is [Import] as the edition of a day.
func ImportEdition(tb testing.TB, store graph.Store, format ingest.Format, files []*file.File, day string) ingest.Report {
	tb.Helper()
	return imported(tb, store, format, files, ingest.Options{AcceptShrink: true, Edition: date(tb, day)})
}

func imported(tb testing.TB, store graph.Store, format ingest.Format, files []*file.File, options ingest.Options) ingest.Report {
	tb.Helper()
	report, err := ingest.Import(tb.Context(), store, format, files, options)
	if err != nil {
		tb.Fatal(err)
	}
	return report
}

func date(tb testing.TB, day string) graph.Date {
	tb.Helper()
	d, err := graph.ParseDate(day)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// List puts a company on list:example, confirmed.
func List(tb testing.TB, store graph.Store, company graph.ID) {
	tb.Helper()
	_, err := store.Append(tb.Context(), graph.ChangeSet{
		Entities: []graph.Entity{{ID: "list:example", Name: "Example List"}},
		Sources:  []graph.Source{{ID: "source:example", Title: "Example List", Publisher: "Example Office"}},
		Claims: []graph.Claim{{
			Relation: graph.ListedOn, From: company, To: "list:example", Status: graph.Confirmed,
			Citations: []graph.Citation{{Source: "source:example", Stance: graph.Supports}},
		}},
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// Trace asks about a subject as of a day.
func Trace(tb testing.TB, store graph.Store, subject, day string, policy graph.Policy) graph.Answer {
	tb.Helper()
	a, err := graph.Trace(tb.Context(), store, graph.Question{Subject: subject, AsOf: date(tb, day).Earliest(), Policy: policy})
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// ListedFrom says in few words who of a subject's listed companies comes first
// and since when it is listed, or else the finding.
func ListedFrom(tb testing.TB, store graph.Store, subject, day string) string {
	tb.Helper()
	a := Trace(tb, store, subject, day, graph.DefaultPolicy())
	if len(a.Listings) == 0 {
		return string(a.Finding)
	}
	return string(a.Listings[0].Entity.ID) + " " + a.Listings[0].ListedFrom.String()
}

// Asked traces a company and writes the answer in few words: the listings with
// their ways, and what the house rule on ownership says of the company.
func Asked(tb testing.TB, store graph.Store, company graph.ID, day string) string {
	tb.Helper()
	a := Trace(tb, store, string(company), day, graph.DefaultPolicy())
	words := []string{string(a.Finding), a.Action.String()}
	for _, l := range a.Listings {
		words = append(words, fmt.Sprintf("%s on %s by %s", l.Entity.Name, l.List.ID, l.Way))
	}
	for _, o := range a.Ownership {
		if o.Rule == "house" && o.Entity.ID == company {
			words = append(words, fmt.Sprintf("ownership %s %s..%s", o.Verdict, o.ShareMin, o.ShareMax))
		}
	}
	return strings.Join(words, "; ")
}
