package neo4j_test

import (
	"strings"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"

	"debadge/graph"
	"debadge/graph/neo4j"
	"debadge/queries"
)

func TestArguments(t *testing.T) {
	at := time.Date(2026, 6, 1, 23, 30, 0, 0, time.FixedZone("", -2*60*60))
	params, err := neo4j.Arguments(queries.Must("changes_between_dates"), []string{"subject=a=b", "statuses=alleged, reported", "statuses=confirmed", "since=2024-02-29"}, at)
	if err != nil {
		t.Fatal(err)
	}
	statuses, _ := params["statuses"].([]string)
	since, _ := params["since"].(dbtype.Date)
	until, _ := params["until"].(dbtype.Date)
	if params["subject"] != "a=b" || strings.Join(statuses, " ") != "alleged reported confirmed" || params["limit"] != int64(1000) ||
		since.Time().Format(time.DateOnly) != "2024-02-29" || until.Time().Format(time.DateOnly) != "2026-06-02" {
		t.Errorf("the parameters are %v", params)
	}
	params, err = neo4j.Arguments(queries.Must("changes_between_record_times"), []string{"since=2026-01-31", "until=2026-02-01T12:00:00+01:00"}, at)
	if err != nil {
		t.Fatal(err)
	}
	if params["since"] != time.Date(2026, 1, 31, 23, 59, 59, 999999000, time.UTC) || params["until"] != time.Date(2026, 2, 1, 11, 0, 0, 0, time.UTC) {
		t.Errorf("the parameters are %v", params)
	}
}

func FuzzArguments(f *testing.F) {
	for _, text := range []string{"brand=x", "as_of=2024-02-30", "limit=-1", "limit=9223372036854775808", "lists=,a,", "as_of=today", "=", "brand"} {
		f.Add(text)
	}
	q := queries.Must("brand_products")
	f.Fuzz(func(t *testing.T, text string) {
		params, err := neo4j.Arguments(q, []string{"brand=B", text}, fixed())
		limit, _ := params["limit"].(int64)
		switch {
		case err != nil && graph.KindOf(err) != graph.KindInvalid:
			t.Errorf("%q is refused as %v", text, err)
		case err == nil && (len(params) != len(q.Parameters) || limit < 0):
			t.Errorf("%q gives %v", text, params)
		}
	})
}

// TestAskReads checks that what Ask runs could write nothing: the server refuses
// to write in its transaction.
func TestAskReads(t *testing.T) {
	server := empty(t)
	s := openAt(t, server, now)
	for _, writes := range []string{"CREATE (n:Intruder) RETURN n.id AS id", "MATCH (n) DETACH DELETE n RETURN count(*) AS id"} {
		if _, err := s.Ask(t.Context(), queries.Query{Name: "intruder", Text: writes, Columns: []queries.Field{{Name: "id"}}}, nil, 0); err == nil {
			t.Errorf("%s was run", writes)
		}
	}
	rows, _ := run(t, server, "MATCH (n:Store) RETURN count(n)", nil)
	if rows[0].Values[0] != int64(1) {
		t.Error("the store's own node is gone")
	}
	table, err := s.Ask(t.Context(), queries.Query{Text: "UNWIND range(1, 5) AS n RETURN n, date('9999-12-31') AS d", Columns: []queries.Field{{Name: "n"}, {Name: "d"}}}, nil, 3)
	if err != nil || len(table.Rows) != 3 || !table.More || table.Rows[2][0] != int64(3) || table.Rows[0][1] != nil {
		t.Errorf("three rows of five are %v, %v", table, err)
	}
}
