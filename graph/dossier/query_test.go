package dossier

import (
	"slices"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/neo4j"
	"debadge/queries"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func TestShellWords(t *testing.T) {
	for want, words := range map[string][]string{
		`debadge --paths 1 product:a:b`:  {"debadge", "--paths", "1", "product:a:b"},
		`'it'\''s' '' 'a b' '$(x)' '浪潮'`: {"it's", "", "a b", "$(x)", "浪潮"},
	} {
		if got := shell(words); got != want {
			t.Errorf("shell(%q) = %s, want %s", words, got, want)
		}
	}
}

func TestCypherTexts(t *testing.T) {
	for text, want := range map[string]string{
		"product:a:b": `'product:a:b'`,
		`it's "x" \`:  `'it\'s \"x\" \\'`,
		"a\nb\u2028c": `'a\nb\u2028c'`,
		`\u0027`:      `'\\u0027'`,
	} {
		if got := cypherText(text); got != want {
			t.Errorf("cypherText(%q) = %s, want %s", text, got, want)
		}
	}
}

// TestDossierParameters reads the parameters of the page back: as Neo4j Browser
// does and as the command line does they are the same, and all that the query
// has.
func TestDossierParameters(t *testing.T) {
	d := page{question: graph.Question{Policy: graph.DefaultPolicy()}}
	d.answer.Query = "product:a:b"
	d.answer.AsOf = graph.DayOf(noon).Date()
	d.answer.Revision = 7
	for _, lists := range [][]graph.ID{nil, {"list:a"}, {"list:a", "list:b"}} {
		d.answer.Lists = lists
		all := d.parameters()
		values, err := queries.Example(browserParameters(all))
		if err != nil {
			t.Fatal(err)
		}
		var shown, given []string
		for _, p := range all {
			given = append(given, p.name+"="+p.text)
			shown = append(shown, p.name+"="+values[p.name])
		}
		if !slices.Equal(shown, given) {
			t.Errorf("Neo4j Browser reads %q, the command %q", shown, given)
		}
		read, err := neo4j.Arguments(upstreamTrace(), given, noon)
		if err != nil {
			t.Fatal(err)
		}
		if len(read) != len(all) || len(all) != len(upstreamTrace().Parameters) {
			t.Errorf("the query has %d parameters, the page %d, of which %d are read", len(upstreamTrace().Parameters), len(all), len(read))
		}
	}
}
