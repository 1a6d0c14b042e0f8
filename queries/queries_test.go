package queries_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/queries"
)

func names(fields []queries.Field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.Name)
	}
	return all
}

// TestHeaders compares what each file says of itself with its statement.
func TestHeaders(t *testing.T) {
	parameter := regexp.MustCompile(`\$([a-z_]+)`)
	for _, q := range queries.All() {
		t.Run(q.Name, func(t *testing.T) {
			if q.Purpose == "" || !strings.ContainsAny(q.Purpose[len(q.Purpose)-1:], ".?") {
				t.Errorf("its purpose is %q, which is no sentence", q.Purpose)
			}
			used := map[string]bool{}
			for _, m := range parameter.FindAllStringSubmatch(q.Text, -1) {
				used[m[1]] = true
			}
			want, got := slices.Sorted(maps.Keys(used)), slices.Sorted(slices.Values(names(q.Parameters)))
			if !slices.Equal(want, got) {
				t.Errorf("its header names the parameters %v, its text uses %v", got, want)
			}
			if want, got := columns(q.Text), names(q.Columns); !slices.Equal(want, got) {
				t.Errorf("its header names the columns %v, its text returns %v", got, want)
			}
			if strings.Contains(q.Text, "//") || strings.Contains(q.Text, ";") {
				t.Error("its text holds a comment or more than one statement")
			}
		})
	}
}

// columns returns what the last RETURN at the start of a line names.
func columns(text string) []string {
	at := strings.LastIndex("\n"+text, "\nRETURN ")
	if at < 0 {
		return nil
	}
	returned := strings.TrimPrefix(text[at:], "RETURN ")
	for _, end := range []string{"\nORDER BY", "\nLIMIT"} {
		returned, _, _ = strings.Cut(returned, end)
	}
	var all []string
	depth, start := 0, 0
	for i, r := range returned + "," {
		switch r {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ',':
			if depth == 0 {
				item := strings.TrimSpace(returned[start:i])
				_, alias, _ := cutLast(item, " AS ")
				all = append(all, strings.Trim(alias, "`"))
				start = i + 1
			}
		}
	}
	return all
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

func relationNames(set graph.RelationSet) []string {
	var all []string
	for _, r := range set.Relations() {
		all = append(all, r.String())
	}
	return all
}

// TestRelations compares the relations that the files name with the table.
func TestRelations(t *testing.T) {
	all := graph.SetOf(graph.Relations()...)
	var outward graph.RelationSet
	for _, r := range graph.Relations() {
		if r.Rule().Outward {
			outward |= graph.SetOf(r)
		}
	}
	affiliation := graph.SetOfLayers(graph.Affiliation)
	allowed := map[string][]string{
		"identity":    relationNames(graph.SetOfLayers(graph.Identity)),
		"crossed":     relationNames(all &^ outward),
		"outward":     relationNames(outward),
		"walked":      relationNames(all &^ outward &^ affiliation),
		"affiliation": relationNames(affiliation | graph.SetOf(graph.Owns)),
		"versions":    {"FORMERLY"},
	}
	slices.Sort(allowed["affiliation"])
	for _, r := range graph.Relations() {
		allowed[r.String()] = []string{r.String()}
	}
	for _, q := range queries.All() {
		for _, list := range q.Types() {
			if !slices.ContainsFunc(slices.Collect(maps.Values(allowed)), func(a []string) bool { return slices.Equal(a, list) }) {
				t.Errorf("%s names the relations %v, which is no set that the table gives", q.Name, list)
			}
		}
	}
	for _, each := range []string{"store/claims", "store/changed_claims", "store/changed_retractions"} {
		var got []string
		for _, list := range queries.Must(each).Types() {
			got = append(got, list...)
		}
		if want := relationNames(all); !slices.Equal(got, want) {
			t.Errorf("%s asks for %v, the table has %v", each, got, want)
		}
	}
	for _, name := range relationNames(all) {
		if hint := "USING INDEX SEEK r:" + name + "(id, mirror)"; !strings.Contains(queries.Must("store/claims").Text, hint) {
			t.Errorf("store/claims lacks %q: a plan made while the index is empty would read all of it", hint)
		}
	}
	for _, side := range []string{"store/upstream_edges", "store/downstream_edges"} {
		if got, want := queries.Must(side).Types(), [][]string{allowed["crossed"], allowed["outward"]}; !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s walks %v, the table says %v", side, got, want)
		}
	}
	if slices.Contains(relationNames(all), "NONE") {
		t.Error("NONE is a relation, which Narrow takes for none")
	}
	schema := strings.Join(queries.Schema(), "\n")
	for _, name := range relationNames(all) {
		if n := strings.Count(schema, "[r:"+name+"]"); n != 3 {
			t.Errorf("the schema names %s in %d statements, not 3", name, n)
		}
	}
}

// TestHints checks that what an import runs again and again names the index of
// everything that it matches: its first plan is kept, and without a hint that is
// one that reads a whole index, if it was made while the index was empty.
func TestHints(t *testing.T) {
	for _, name := range []string{
		"known_entities", "known_sources", "known_claims", "claims", "nodes",
		"write_entities", "write_sources", "write_claims", "change_entities", "change_sources", "retract_claims",
	} {
		text := queries.Must("store/" + name).Text
		if matches, hints := strings.Count(text, "MATCH ("), strings.Count(text, "USING INDEX SEEK "); matches != hints {
			t.Errorf("store/%s matches %d patterns and names %d indexes", name, matches, hints)
		}
	}
}

func TestNarrow(t *testing.T) {
	q := queries.Query{Text: "MATCH (a)<-[r:MAKES|SELLS|OWNS]-(b) MATCH (a)-[:LISTED_ON]->(c:List {k: 'X'})"}
	for _, c := range []struct {
		types []string
		want  string
	}{
		{[]string{"OWNS", "MAKES"}, "MATCH (a)<-[r:MAKES|OWNS]-(b) MATCH (a)-[:NONE]->(c:List {k: 'X'})"},
		{[]string{"LISTED_ON"}, "MATCH (a)<-[r:NONE]-(b) MATCH (a)-[:LISTED_ON]->(c:List {k: 'X'})"},
		{[]string{"]-() DETACH DELETE a //"}, "MATCH (a)<-[r:NONE]-(b) MATCH (a)-[:NONE]->(c:List {k: 'X'})"},
	} {
		if got := q.Narrow(c.types...); got != c.want {
			t.Errorf("Narrow(%q) is\n%s, not\n%s", c.types, got, c.want)
		}
	}
}

// TestOf checks that the statements that write name one relation and no other.
func TestOf(t *testing.T) {
	for _, name := range []string{"store/write_claims", "store/retract_claims", "store/known_claims"} {
		q := queries.Must(name)
		if got := q.Types(); len(got) != 1 || !slices.Equal(got[0], []string{"MAKES"}) {
			t.Errorf("%s is written for %v, not for MAKES", name, got)
		}
		for _, r := range graph.Relations() {
			if text := q.Of(r.String()); strings.ReplaceAll(text, "r:"+r.String(), "r:MAKES") != q.Text {
				t.Errorf("%s for %s is\n%s", name, r, text)
			}
		}
	}
}

func TestLookup(t *testing.T) {
	if _, ok := queries.Lookup("store/none"); ok {
		t.Error("found a query that is not there")
	}
	q, ok := queries.Lookup("upstream_trace")
	if !ok || len(q.Parameters) != 8 || len(q.Columns) != 6 {
		t.Errorf("upstream_trace has the parameters %v and the columns %v", names(q.Parameters), names(q.Columns))
	}
	if n := len(queries.Schema()); n < 3*len(graph.Relations()) {
		t.Errorf("the schema has %d statements", n)
	}
}
