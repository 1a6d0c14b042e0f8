package gleif_test

import (
	"fmt"
	"testing"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest/gleif"
	"debadge/graph/ingest/ingesttest"
)

const (
	works = graph.ID("company:lei:529900aaaaaaaaaaaa11")
	tatoe = graph.ID("company:lei:529900bbbbbbbbbbbb22")
	heirs = graph.ID("company:lei:529900cccccccccccc33")
)

func TestConsolidationIsAWarningWithoutAShare(t *testing.T) {
	s := ingesttest.Memory()
	report := ingesttest.Import(t, s, gleif.Format(), ingesttest.Open(t, "rr.csv"))
	if report.Edition.IsZero() && report.Added != 8 {
		t.Errorf("%+v, want 8 claims", report)
	}
	ingesttest.List(t, s, heirs)
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
		if got := ingesttest.Asked(t, s, c.company, c.day); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.company, c.day, got, c.want)
		}
	}
}

func TestTheUltimateParentIsNotCountedTwice(t *testing.T) {
	s := ingesttest.Memory()
	ingesttest.Import(t, s, gleif.Format(), ingesttest.Open(t, "rr.csv"))
	ingesttest.List(t, s, heirs)
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
		s := ingesttest.Memory()
		for _, name := range order {
			ingesttest.Import(t, s, gleif.Format(), ingesttest.Open(t, name))
		}
		ingesttest.Import(t, s, gleif.Format(), ingesttest.Open(t, level1)) // again: an exception stays
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
	s := ingesttest.Memory()
	row := func(status, country string) []*file.File {
		return ingesttest.Made(t, "made.txt", "LEI,Entity.LegalName,Entity.EntityStatus,Entity.LegalAddress.Country\n529900AAAAAAAAAAAA11,Example,"+status+","+country+"\n")
	}
	ingesttest.Import(t, s, gleif.Format(), row("ACTIVE", "DE"))
	ingesttest.Import(t, s, gleif.Format(), row("INACTIVE", "GB"))
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
	s := ingesttest.Memory()
	row := func(status string) []*file.File {
		return ingesttest.Made(t, "made.txt", "Relationship.StartNode.NodeID,Relationship.EndNode.NodeID,Relationship.RelationshipType,Relationship.RelationshipStatus,Registration.RegistrationStatus\n"+
			"529900AAAAAAAAAAAA11,529900BBBBBBBBBBBB22,IS_DIRECTLY_CONSOLIDATED_BY,ACTIVE,"+status+"\n")
	}
	ingesttest.Import(t, s, gleif.Format(), row("PUBLISHED"))
	ingesttest.List(t, s, tatoe)
	if got := ingesttest.Asked(t, s, works, "2024-01-01"); got != "listed; review; 529900BBBBBBBBBBBB22 on list:example by affiliation; ownership out 0..0" {
		t.Errorf("published: %s", got)
	}
	if report := ingesttest.Import(t, s, gleif.Format(), row("ANNULLED")); report.Changed != 1 {
		t.Errorf("%+v, want one claim changed", report)
	}
	if got := ingesttest.Asked(t, s, works, "2024-01-01"); got != "clear; pass" {
		t.Errorf("annulled: %s", got)
	}
}
