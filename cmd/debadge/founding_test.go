package main

import (
	"encoding/json"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
	"debadge/graph/neo4j/neo4jtest"
)

// TestFoundingCaseInNeo4j takes the founding case out of the shipped ones as an
// investigator does: as a script, into a Neo4j that is empty; and asks there
// what its dossier says that can be asked, on the command line and as Neo4j
// Browser does. Both give the path of the trace.
func TestFoundingCaseInNeo4j(t *testing.T) {
	server := neo4jtest.StartOwn(t)
	query := session(t, server)
	question := []string{"--demo", "--as-of", "2024-04-15", "--list", "us-bis-entity-list"}
	for _, subject := range []string{"product:aivres:kr2280-x2", "product:anzu:raptor-t", "product:lorex:cameras"} {
		code, script, wrong := command(t, "export", "cypher", "--demo", "--subject", subject, "--parameters", "json")
		if code != answered {
			t.Fatal(wrong)
		}
		query("MATCH (n) DETACH DELETE n", nil)
		for line := range strings.Lines(script) {
			var call struct {
				Statement  string         `json:"statement"`
				Parameters map[string]any `json:"parameters"`
			}
			if err := json.Unmarshal([]byte(line), &call); err != nil {
				t.Fatal(err)
			}
			query(call.Statement, call.Parameters)
		}
		want := tracedPath(t, append([]string{"trace", subject, "--format", "json"}, question...))
		code, page, wrong := command(t, append([]string{"dossier", subject}, question...)...)
		if code != answered {
			t.Fatal(wrong)
		}
		text := html.UnescapeString(page)
		if got := askedOnCommandLine(t, server, text); !slices.Equal(got, want) {
			t.Errorf("%s: debadge queries run gives\n%v, and the trace\n%v", subject, got, want)
		}
		if got := askedInBrowser(t, query, text); !slices.Equal(got, want) {
			t.Errorf("%s: Neo4j Browser gives\n%v, and the trace\n%v", subject, got, want)
		}
	}
}

type asker func(text string, params map[string]any) []*driver.Record

func session(t *testing.T, server *neo4jtest.Server) asker {
	t.Helper()
	d, err := driver.NewDriverWithContext(server.URI, server.Auth())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close(t.Context()) })
	return func(text string, params map[string]any) []*driver.Record {
		t.Helper()
		s := d.NewSession(t.Context(), driver.SessionConfig{})
		defer func() { _ = s.Close(t.Context()) }()
		result, err := s.Run(t.Context(), text, params)
		if err != nil {
			t.Fatalf("%v\n%.1000s", err, text)
		}
		rows, err := result.Collect(t.Context())
		if err != nil {
			t.Fatalf("%v\n%.1000s", err, text)
		}
		return rows
	}
}

// tracedPath is how a trace goes to the one listing that it finds: the company,
// and the relation and the claims of each hop.
func tracedPath(t *testing.T, args []string) []string {
	t.Helper()
	code, out, wrong := command(t, args...)
	if code != answered {
		t.Fatal(wrong)
	}
	var answer graph.Answer
	if err := json.Unmarshal([]byte(out), &answer); err != nil || len(answer.Listings) != 1 {
		t.Fatalf("%v, %d listings\n%s", err, len(answer.Listings), out)
	}
	l := answer.Listings[0]
	path := []string{string(l.Entity.ID)}
	for _, h := range l.Paths[0].Hops {
		path = append(path, hopWords(h.Relation.String(), ids(h.Claims)))
	}
	return path
}

func ids(claims []graph.ClaimAnswer) []string {
	all := make([]string, len(claims))
	for i, c := range claims {
		all[i] = string(c.ID)
	}
	return all
}

func hopWords(relation string, claims []string) string {
	slices.Sort(claims)
	return relation + " " + strings.Join(claims, ", ")
}

var queryLine = regexp.MustCompile(`debadge queries run upstream_trace [^<\n]+`)

func askedOnCommandLine(t *testing.T, server *neo4jtest.Server, page string) []string {
	t.Helper()
	words := strings.Fields(queryLine.FindString(page))
	if len(words) < 3 {
		t.Fatalf("the dossier names no query:\n%.3000s", page)
	}
	code, out, wrong := command(t, append(words[1:], "--format", "json", "--store", server.URI)...)
	if code != answered {
		t.Fatal(wrong)
	}
	var shown tableShown
	if err := json.Unmarshal([]byte(out), &shown); err != nil || len(shown.Rows) != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	return queriedPath(t, shown.Rows[0]["company"], shown.Rows[0]["path"])
}

var paramLine = regexp.MustCompile(`:param (\{[^<\n]+\})`)

// askedInBrowser sets the parameters as the dossier writes them for Neo4j
// Browser, and runs the query that stands below.
func askedInBrowser(t *testing.T, query asker, page string) []string {
	t.Helper()
	literal := paramLine.FindStringSubmatch(page)
	_, text, found := strings.Cut(page, "MATCH (s:Entity {id: $subject})")
	text, _, ended := strings.Cut(text, "</pre>")
	if literal == nil || !found || !ended {
		t.Fatalf("the dossier has no query:\n%.3000s", page)
	}
	params, ok := query("RETURN "+literal[1], nil)[0].Values[0].(map[string]any)
	if !ok {
		t.Fatalf("%s is no map", literal[1])
	}
	rows := query("MATCH (s:Entity {id: $subject})"+strings.TrimSuffix(strings.TrimSpace(strings.ReplaceAll(text, "</code>", "")), ";"), params)
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	row := rows[0].AsMap()
	return queriedPath(t, row["company"], row["path"])
}

func queriedPath(t *testing.T, company, path any) []string {
	t.Helper()
	name, ok := company.(string)
	hops, ok2 := path.([]any)
	if !ok || !ok2 {
		t.Fatalf("%v %v", company, path)
	}
	all := []string{name}
	for _, h := range hops {
		hop, ok := h.(map[string]any)
		if !ok {
			t.Fatalf("%v", h)
		}
		relation, _ := hop["relation"].(string)
		listed, _ := hop["claims"].([]any)
		claims := make([]string, len(listed))
		for i, c := range listed {
			claims[i], _ = c.(string)
		}
		all = append(all, hopWords(relation, claims))
	}
	return all
}
