package ingest_test

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/index"
	"debadge/graph/ingest"
)

// The format of these tests has a row a line: what stands in it, by spaces.
//
//	list NUMBER NAME KEY FROM TO   a listing; FROM and TO are dates or -
//	owns OWNER OWNED               a share, without describing the two
//	party NUMBER NAME              a description
//	bad TEXT                       a row that cannot be read
//	value TEXT                     a value that cannot be read
//	vessel                         left out
//	cut                            the file ends too early
//	edition DATE
func plainFormat() ingest.Format {
	return ingest.Format{
		Name: "plain", Register: "test", Publisher: "Test Office", Title: "Test List", Kind: "list",
		Read: readPlain,
	}
}

func readPlain(_ context.Context, files []*file.File, sink ingest.Sink) error {
	for _, f := range files {
		lines := bufio.NewScanner(f.Text)
		for n := 1; lines.Scan(); n++ {
			if err := readLine(ingest.Place{File: f.Name, Line: n}, strings.Fields(lines.Text()), sink); err != nil {
				return err
			}
		}
	}
	return nil
}

const theList = graph.ID("list:test")

func readLine(at ingest.Place, w []string, sink ingest.Sink) error {
	if len(w) == 0 {
		return nil
	}
	switch w[0] {
	case "list":
		list := graph.Entity{ID: theList, Name: "Test List"}
		party := graph.Entity{ID: ingest.PartyID("test", w[1], ""), Name: w[2]}
		c := graph.Claim{Relation: graph.ListedOn, From: party.ID, To: theList, Status: graph.Confirmed, ValidFrom: date(w[4]), ValidTo: date(w[5])}
		return sink.Record(ingest.Record{At: at, Entities: []graph.Entity{party, list}, Claims: []ingest.Statement{{Claim: c, Key: w[3]}}})
	case "owns":
		a, b := ingest.PartyID("test", w[1], ""), ingest.PartyID("test", w[2], "")
		return sink.Record(ingest.Record{At: at, Claims: []ingest.Statement{{Claim: graph.Claim{Relation: graph.Owns, From: a, To: b, Status: graph.Reported}}}})
	case "party":
		return sink.Record(ingest.Record{At: at, Entities: []graph.Entity{{ID: ingest.PartyID("test", w[1], ""), Name: w[2]}}})
	case "bad":
		at.Column = "all"
		return sink.Refuse(ingest.Refusal{Place: at, Value: w[1], Reason: "is no row"})
	case "value":
		return sink.Refuse(ingest.Refusal{Place: at, Value: w[1], Reason: "is no date", Kept: true})
	case "vessel":
		sink.LeaveOut("vessel")
	case "cut":
		sink.Incomplete("the file is cut off")
	case "edition":
		sink.Edition(date(w[1]))
	default:
		return graph.Errorf(graph.KindInvalid, "%s is not of this format", at.File)
	}
	return nil
}

func date(text string) graph.Date {
	if text == "-" {
		return graph.Date{}
	}
	d, err := graph.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func rows(lines ...string) []*file.File {
	f, err := file.New("rows.txt", []byte(strings.Join(lines, "\n")+"\n"), file.Options{})
	if err != nil {
		panic(err)
	}
	return []*file.File{f}
}

func memory() graph.Store {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return index.NewMemory(func() time.Time { return start })
}

// load imports an edition and fails the test if that fails.
func load(t *testing.T, s graph.Store, edition string, lines ...string) ingest.Report {
	t.Helper()
	report, err := ingest.Import(t.Context(), s, plainFormat(), rows(lines...), ingest.Options{Edition: date(edition)})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// counts writes a report's counts of claims in few characters.
func counts(r ingest.Report) string {
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{
		{r.Added, "added"},
		{r.Changed, "changed"},
		{r.Closed, "closed"},
		{r.Reopened, "reopened"},
		{r.Unchanged, "unchanged"},
		{r.Withdrawn, "withdrawn"},
		{r.Refused, "refused"},
		{r.RefusedValues, "values"},
		{r.ConflictCount, "conflicts"},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	return strings.Join(parts, " ")
}

// listed returns the listings that a store holds now, a line each.
func listed(t *testing.T, s graph.Store) string {
	t.Helper()
	var lines []string
	err := s.View(t.Context(), graph.Moment{}, func(v graph.View) error {
		lines = nil
		nodes, err := v.Nodes(t.Context(), []graph.ID{theList})
		if err != nil || nodes[0] == graph.NoNode {
			return err
		}
		edges, err := v.Adjacent(t.Context(), nodes, graph.Downstream, graph.SetOf(graph.ListedOn), nil)
		if err != nil {
			return err
		}
		for _, e := range edges {
			claims, err := v.Claims(t.Context(), []graph.ClaimRef{e.Claim})
			if err != nil {
				return err
			}
			c := claims[0]
			lines = append(lines, fmt.Sprintf("%s [%s,%s)", strings.TrimPrefix(string(c.From), "company:test:"), c.ValidFrom, c.ValidTo))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, " ")
}
