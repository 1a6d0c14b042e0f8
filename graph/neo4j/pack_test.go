package neo4j_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	neo4jdriver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/fixtures"
	"debadge/graph"
	"debadge/graph/ingest/bundle"
	"debadge/graph/neo4j"
	"debadge/queries"
)

var update = flag.Bool("update", false, "write what the questions find into the golden files")

// shipped is a store with the shipped cases and, behind them, what they do not
// have, recorded second after second from the fixed time on.
func shipped(t *testing.T) *neo4j.Store {
	t.Helper()
	ticks := 0
	s := openAt(t, empty(t), func() time.Time {
		ticks++
		return fixed().Add(time.Duration(ticks) * time.Second)
	})
	files := fixtures.Files()
	for _, name := range []string{"invented.json", "learned.json"} {
		data, err := os.ReadFile(filepath.Join("testdata", "pack", name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, fixtures.File{Name: name, Data: data})
	}
	for _, f := range files {
		if _, err := bundle.Import(t.Context(), s, f.Name, bytes.NewReader(f.Data), nil); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// packAsked are the questions whose answers the golden files hold.
var packAsked = map[string][][]string{
	"upstream_trace":               {{"subject=product:aivres:kr2280-x2", "share_min=50000000"}, {"subject=product:aivres:kr2280-x2", "statuses=confirmed"}},
	"reach":                        {{"origin=company:inspur-group"}},
	"post_listing_rebadgings":      {{"origin=list:us-bis-entity-list"}},
	"brand_products":               {{"brand=aivres", "lists=list:us-bis-entity-list"}, {`brand=Orchid "Pro"`}, {"brand=Nobody"}},
	"rebadgings_by_month":          {{"origin=list:us-bis-entity-list"}, {"origin=list:invented"}},
	"shared_particulars":           {{"origin=list:invented"}, {"origin=list:us-bis-entity-list"}},
	"changes_between_dates":        {{"subject=product:aivres:kr2280-x2", "since=2022-12-31"}, {"subject=list:us-dod-1260h", "since=2024-12-31", "until=2025-12-31"}},
	"changes_between_record_times": {{"since=SINCE"}, {"since=UNTIL"}},
	"single_source_products":       {{"origin=list:invented"}, {"origin=company:inspur-group"}, {"origin=company:dji"}},
	"conflicting_claims":           {{}, {"after=30", "through=31"}},
	"denials":                      {{}, {"about=company:cogito-tech"}},
	"sources_by_weight":            {{"limit=12"}},
	"shortest_chain":               {{"from=product:aivres:kr2280-x2", "to=company:inspur-group"}, {"from=product:tulip:t2", "to=company:sum"}, {"from=product:tulip:t2", "to=product:tulip:t2"}},
	"listed_components":            {{"subject=product:lorex:cameras"}, {"subject=product:tulip:kit"}},
	"ownership_bands":              {{"origin=list:invented"}, {"origin=list:us-bis-entity-list"}},
	"evidence":                     {{"subject=product:aivres:kr2280-x1"}, {"subject=company:cogito-tech"}},
	"list_history":                 {{"subject=company:changxin-memory-technologies"}, {"subject=company:orchid"}},
}

// TestPack asks every question of the pack about the shipped cases.
func TestPack(t *testing.T) {
	s := shipped(t)
	var newest graph.Change
	if err := s.Changes(t.Context(), 0, func(c graph.Change) error { newest = c; return nil }); err != nil {
		t.Fatal(err)
	}
	times := strings.NewReplacer("SINCE", newest.RecordedAt.Add(-time.Microsecond).Format(time.RFC3339Nano), "UNTIL", newest.RecordedAt.Format(time.RFC3339Nano))
	for _, q := range queries.Pack() {
		t.Run(q.Name, func(t *testing.T) {
			if len(packAsked[q.Name]) == 0 {
				t.Fatal("nothing is asked")
			}
			var got bytes.Buffer
			found := 0
			for _, given := range packAsked[q.Name] {
				text := times.Replace(strings.Join(given, "\n"))
				table, err := s.Ask(t.Context(), q, strings.FieldsFunc(text, func(r rune) bool { return r == '\n' }), 0)
				if err != nil {
					t.Fatal(err)
				}
				found += len(table.Rows)
				writeTable(t, &got, given, table)
			}
			if found == 0 {
				t.Error("it finds nothing")
			}
			golden := filepath.Join("testdata", "pack", q.Name+".golden")
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("%s finds\n%s, not\n%s", q.Name, &got, want)
			}
		})
	}
}

func writeTable(t *testing.T, out *bytes.Buffer, given []string, table neo4j.Table) {
	t.Helper()
	fmt.Fprintf(out, "? %s\n", strings.Join(given, " "))
	for _, row := range table.Rows {
		var cells []string
		for i, value := range row {
			var cell bytes.Buffer
			e := json.NewEncoder(&cell)
			e.SetEscapeHTML(false)
			if err := e.Encode(value); err != nil {
				t.Fatal(err)
			}
			cells = append(cells, table.Columns[i]+": "+strings.TrimSpace(cell.String()))
		}
		fmt.Fprintln(out, strings.Join(cells, ", "))
	}
	fmt.Fprintln(out)
}

// TestPackReads checks that the server takes every question for one that reads,
// with what its header gives to Neo4j Browser.
func TestPackReads(t *testing.T) {
	server := empty(t)
	openAt(t, server, now)
	for _, q := range queries.Pack() {
		_, summary := run(t, server, "EXPLAIN WITH "+strings.TrimPrefix(q.Browser, ":param ")+" AS p RETURN p", nil)
		if summary.StatementType() != neo4jdriver.StatementTypeReadOnly {
			t.Errorf("%s: the parameters for Browser are no map that is read", q.Name)
		}
		if _, summary = run(t, server, "EXPLAIN "+q.Text, nil); summary.StatementType() != neo4jdriver.StatementTypeReadOnly {
			t.Errorf("%s is a statement of type %v", q.Name, summary.StatementType())
		}
	}
}
