package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"debadge/graph/neo4j"
	"debadge/graph/neo4j/neo4jtest"
)

// TestQueriesRun asks a question of a real Neo4j in every format.
func TestQueriesRun(t *testing.T) {
	store := "bolt://" + strings.TrimPrefix(neo4jtest.StartOwn(t).URI, "bolt://")
	if code, _, wrong := command(t, "import", "bundle", "testdata/case.json", "--store", store); code != answered {
		t.Fatal(wrong)
	}
	code, out, wrong := command(t, "queries", "run", "brand_products", "--param", "brand=seller", "--param", "lists=list:l", "--store", store)
	want := `product            name  company         list    listed_from  affiliations  hops
product:seller:x1  X1    company:origin  list:l  2023-03-02   0             2
product:seller:x2  X2    company:origin  list:l  2023-03-02   0             3

2 rows
`
	if code != answered || out != want {
		t.Errorf("as text: %d\n%s%s, not\n%s", code, out, wrong, want)
	}
	code, out, wrong = command(t, "queries", "run", "denials", "--format", "csv", "--store", store)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if code != answered || err != nil || len(rows) != 2 || rows[0][0] != "relation" || rows[1][9] != "source:complaint; source:press" {
		t.Errorf("as CSV: %d %v\n%s%s", code, err, out, wrong)
	}
	code, out, wrong = command(t, "queries", "run", "sources_by_weight", "--limit", "2", "--format", "json", "--store", store)
	var shown tableShown
	if err := json.Unmarshal([]byte(out), &shown); code != answered || err != nil || len(shown.Rows) != 2 || !shown.More || shown.Rows[0]["source"] != "source:register" {
		t.Errorf("as JSON: %d %v\n%s%s", code, err, out, wrong)
	}
	code, out, wrong = command(t, "queries", "run", "sources_by_weight", "--limit", "1", "--store", store)
	if code != answered || !strings.Contains(wrong, "There are more rows than 1") || !strings.HasSuffix(out, "\n1 row\n") {
		t.Errorf("one row: %d\n%s%s", code, out, wrong)
	}
	code, out, wrong = command(t, "queries", "run", "reach", "--param", "origin=company:nobody'}) DETACH DELETE n //", "--store", store)
	if code != answered || out != "product  company  list  affiliations  hops\n0 rows\n" {
		t.Errorf("nothing: %d\n%s%s", code, out, wrong)
	}
	if code, _, wrong := command(t, "queries", "run", "reach", "--param", "origin=list:l", "--timeout", "1ns", "--store", store); code != couldNotAnswer {
		t.Errorf("without time: %d %s", code, wrong)
	}
}

// TestTables writes values of every form.
func TestTables(t *testing.T) {
	table := neo4j.Table{
		Columns: []string{"name", "value"},
		Rows: [][]any{
			{"=HYPERLINK(1)", int64(7)},
			{"red\x1b[31m\u202e", nil},
			{"owners", []any{map[string]any{"owner": "company:a", "share_min": 33.3}, true}},
			{"hop", map[string]any{"relation": "MAKES", "from": "company:a", "to": "product:b", "claims": []any{"claim:1", "claim:2"}}},
		},
	}
	var text, sheet bytes.Buffer
	if err := writeTable(&text, table); err != nil {
		t.Fatal(err)
	}
	if err := writeTableCSV(&sheet, table); err != nil {
		t.Fatal(err)
	}
	if want := `name                     value
=HYPERLINK(1)            7
red\u{001B}[31m\u{202E}
owners                   owner: company:a, share_min: 33.3; true
hop                      company:a MAKES product:b [claim:1; claim:2]

4 rows
`; text.String() != want {
		t.Errorf("as text\n%s, not\n%s", &text, want)
	}
	if want := "name,value\n'=HYPERLINK(1),7\n"; !strings.HasPrefix(sheet.String(), want) {
		t.Errorf("as CSV\n%s, which begins not with\n%s", &sheet, want)
	}
	table.Rows[0][1] = strings.Repeat("tall ", 30)
	text.Reset()
	if err := writeTable(&text, table); err != nil {
		t.Fatal(err)
	}
	if got := text.String(); !strings.HasPrefix(got, "name   =HYPERLINK(1)\nvalue  tall") || strings.Contains(got, "\x1b") {
		t.Errorf("one under another:\n%s", got)
	}
}
