package gleif_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/index"
	"debadge/graph/ingest"
	"debadge/graph/ingest/gleif"
)

func memory() graph.Store {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return index.NewMemory(func() time.Time { return start })
}

func load(t *testing.T, s graph.Store, files []*file.File) ingest.Report {
	t.Helper()
	report, err := ingest.Import(t.Context(), s, gleif.Format(), files, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// list puts a company on a list.
func list(t *testing.T, s graph.Store, company graph.ID) {
	t.Helper()
	_, err := s.Append(t.Context(), graph.ChangeSet{
		Entities: []graph.Entity{{ID: "list:example", Name: "Example List"}},
		Sources:  []graph.Source{{ID: "source:example", Title: "Example List", Publisher: "Example Office"}},
		Claims: []graph.Claim{{
			Relation: graph.ListedOn, From: company, To: "list:example", Status: graph.Confirmed,
			Citations: []graph.Citation{{Source: "source:example", Stance: graph.Supports}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// asked traces a company and writes the answer in few words: the listings with
// their ways, and what the house rule on ownership says of the company.
func asked(t *testing.T, s graph.Store, company graph.ID, day string) string {
	t.Helper()
	at, err := graph.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	a, err := graph.Trace(t.Context(), s, graph.Question{Subject: string(company), AsOf: at.Earliest(), Policy: graph.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
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

const (
	works = graph.ID("company:lei:529900aaaaaaaaaaaa11")
	tatoe = graph.ID("company:lei:529900bbbbbbbbbbbb22")
	heirs = graph.ID("company:lei:529900cccccccccccc33")
)

func TestConsolidationIsAWarningWithoutAShare(t *testing.T) {
	s := memory()
	report := load(t, s, opened(t, "rr.csv"))
	if report.Edition.IsZero() && report.Added != 8 {
		t.Errorf("%+v, want 8 claims", report)
	}
	list(t, s, heirs)
	for _, c := range []struct {
		company graph.ID
		day     string
		want    string
	}{
		// heirs, the ultimate parent of works, is two direct hops away: one of them
		// alone is a warning, and the ultimate relationship gives it in one hop
		{works, "2018-06-01", "listed; review; 529900CCCCCCCCCCCC33 on list:example by affiliation; ownership out 0..0"},
		{tatoe, "2018-06-01", "listed; review; 529900CCCCCCCCCCCC33 on list:example by affiliation; ownership out 0..0"},
		{"company:lei:529900dddddddddddd44", "2018-06-01", "clear; pass"},
	} {
		if got := asked(t, s, c.company, c.day); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.company, c.day, got, c.want)
		}
	}
}

func TestTheUltimateParentIsNotCountedTwice(t *testing.T) {
	s := memory()
	load(t, s, opened(t, "rr.csv"))
	list(t, s, heirs)
	policy := graph.DefaultPolicy()
	policy.Ownership = []graph.OwnershipRule{{Name: "house", Form: graph.Aggregate, Threshold: graph.ShareOf(graph.WholeShare / 2), Interests: []graph.Interest{graph.Equity, graph.Control}}}
	day, err := graph.ParseDate("2018-06-01")
	if err != nil {
		t.Fatal(err)
	}
	a, err := graph.Trace(t.Context(), s, graph.Question{Subject: string(works), AsOf: day.Earliest(), Policy: policy})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range a.Ownership {
		if o.Verdict == graph.In && o.Entity.ID != heirs {
			t.Errorf("%s is in by %s to %s: consolidation gives nobody a share", o.Entity.ID, o.ShareMin, o.ShareMax)
		}
	}
}

func TestFilesInAnyOrderGiveCompaniesTheirNames(t *testing.T) {
	const level1 = "20240102-0800-gleif-goldencopy-lei2-golden-copy.csv"
	for _, order := range [][]string{{level1, "rr.csv", "repex.csv"}, {"repex.csv", "rr.csv", level1}} {
		s := memory()
		for _, name := range order {
			load(t, s, opened(t, name))
		}
		load(t, s, opened(t, level1)) // again: an exception stays
		err := s.View(t.Context(), graph.Moment{}, func(v graph.View) error {
			e, err := graph.Resolve(t.Context(), v, string(works))
			if err != nil {
				return err
			}
			if e.Name != "Example Works GmbH" || len(e.Aliases) != 3 || len(e.Attributes["reporting_exception"]) != 2 {
				t.Errorf("%v: %+v", order, e)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestANewerRecordTakesThePlaceOfStatusAndAddress(t *testing.T) {
	s := memory()
	row := func(status, country string) []*file.File {
		return content(t, "LEI,Entity.LegalName,Entity.EntityStatus,Entity.LegalAddress.Country\n529900AAAAAAAAAAAA11,Example,"+status+","+country+"\n")
	}
	load(t, s, row("ACTIVE", "DE"))
	load(t, s, row("INACTIVE", "GB"))
	err := s.View(t.Context(), graph.Moment{}, func(v graph.View) error {
		e, err := graph.Resolve(t.Context(), v, string(works))
		if got := fmt.Sprint(e.Attributes["entity_status"], e.Attributes["country"]); err == nil && got != "[INACTIVE] [GB]" {
			t.Errorf("%s, want what the newer record says", got)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnAnnulledRecordWithdrawsWhatItSaid(t *testing.T) {
	s := memory()
	row := func(status string) []*file.File {
		return content(t, "Relationship.StartNode.NodeID,Relationship.EndNode.NodeID,Relationship.RelationshipType,Relationship.RelationshipStatus,Registration.RegistrationStatus\n"+
			"529900AAAAAAAAAAAA11,529900BBBBBBBBBBBB22,IS_DIRECTLY_CONSOLIDATED_BY,ACTIVE,"+status+"\n")
	}
	load(t, s, row("PUBLISHED"))
	list(t, s, tatoe)
	if got := asked(t, s, works, "2024-01-01"); got != "listed; review; 529900BBBBBBBBBBBB22 on list:example by affiliation; ownership out 0..0" {
		t.Errorf("published: %s", got)
	}
	if report := load(t, s, row("ANNULLED")); report.Changed != 1 {
		t.Errorf("%+v, want one claim changed", report)
	}
	if got := asked(t, s, works, "2024-01-01"); got != "clear; pass" {
		t.Errorf("annulled: %s", got)
	}
}
