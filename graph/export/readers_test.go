package export_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"debadge/graph"
	"debadge/graph/export"
)

// python is the interpreter that has the programs of other people.
var python = sync.OnceValues(func() (string, error) {
	cmd := exec.Command(filepath.Join("..", "..", ".ci", "export-readers"))
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, &wrong)
	}
	return strings.TrimSpace(string(out)), nil
})

// seen is what a program found in a file.
type seen struct {
	Nodes map[string]map[string]any `json:"nodes"`
	Edges map[string]map[string]any `json:"edges"`
	Wrong []string                  `json:"wrong"`
}

// readBy has a program read a file.
func readBy(t *testing.T, program string, data []byte) seen {
	t.Helper()
	interpreter, err := python()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "export."+program)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), interpreter, filepath.Join("testdata", "read.py"), program, path)
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s cannot read it: %v\n%s", program, err, &wrong)
	}
	var s seen
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

type writer func(context.Context, graph.Store, io.Writer, export.Options) error

// readings are the formats with the programs that read them.
var readings = []struct {
	format  string
	write   writer
	program string
}{
	{"graphml", export.GraphML, "graphml"}, {"graphml", export.GraphML, "igraph"}, {"gexf", export.GEXF, "gexf"}, {"ftm", export.FtM, "ftm"},
}

// TestReaders has other people's programs read exports of hostile texts and of
// the shipped cases, and wants every entity, and every claim with its status
// and its sources.
func TestReaders(t *testing.T) {
	for name, s := range map[string]graph.Store{"hostile": memory(t, append(rich(), attacked()...)...), "shipped": shipped(t), "empty": memory(t)} {
		for _, r := range readings {
			t.Run(name+" "+r.format+" by "+r.program, func(t *testing.T) {
				var b bytes.Buffer
				if err := r.write(t.Context(), s, &b, export.Options{}); err != nil {
					t.Fatal(err)
				}
				got := readBy(t, r.program, b.Bytes())
				for _, wrong := range got.Wrong {
					t.Error(wrong)
				}
				eachEntity(t, s, func(e graph.Entity) {
					if r.format != "ftm" || e.ID.Kind() != graph.List {
						checkNode(t, r.format, e, got.Nodes[string(e.ID)])
					}
					delete(got.Nodes, string(e.ID))
				})
				eachClaim(t, s, func(c graph.Claim, titles []string) {
					checkEdge(t, r.format, c, titles, got.Edges[string(c.ID)])
					delete(got.Edges, string(c.ID))
				})
				if len(got.Nodes)+len(got.Edges) > 0 {
					t.Errorf("nobody put there: %v %v", got.Nodes, got.Edges)
				}
			})
		}
	}
}

// inXML is a text as XML can hold it.
func inXML(text string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		panic(err)
	}
	var back struct {
		Text string `xml:",chardata"`
	}
	if err := xml.Unmarshal([]byte("<t>"+b.String()+"</t>"), &back); err != nil {
		panic(err)
	}
	return back.Text
}

func checkNode(t *testing.T, format string, e graph.Entity, got map[string]any) {
	t.Helper()
	want := e.Name
	if format != "ftm" {
		want = inXML(want)
	}
	if got["name"] != want {
		t.Errorf("%s is %q, not %q", e.ID, got["name"], want)
	}
}

func checkEdge(t *testing.T, format string, c graph.Claim, titles []string, got map[string]any) {
	t.Helper()
	from, to, sources := got["from"], got["to"], fmt.Sprint(got["sources"], got["denials"])
	if format == "ftm" {
		sources = fmt.Sprint(got["description"])
		for _, name := range []string{"owner", "predecessor", "entity", "party", "subject"} {
			if v, ok := got[name]; ok {
				from = v
			}
		}
		for _, name := range []string{"asset", "successor", "programId", "case", "object"} {
			if v, ok := got[name]; ok {
				to = v
			}
		}
	}
	if from != string(c.From) || to != string(c.To) || got["status"] != c.Status.String() {
		t.Errorf("%s goes from %v to %v as %v", c.ID, from, to, got["status"])
	}
	for _, title := range titles {
		if format != "ftm" {
			title = inXML(title)
		}
		if !strings.Contains(sources, title) {
			t.Errorf("%s does not tell of its source %q: %q", c.ID, title, sources)
		}
	}
}

// state reads what a store knows at the newest revision from its feed.
func state(t *testing.T, s graph.Store) (entities map[graph.ID]graph.Entity, sources map[graph.ID]graph.Source, claims map[graph.ID]graph.Claim) {
	t.Helper()
	entities, sources, claims = map[graph.ID]graph.Entity{}, map[graph.ID]graph.Source{}, map[graph.ID]graph.Claim{}
	for _, c := range changesOf(t, s) {
		for _, e := range c.Entities {
			entities[e.ID] = e
		}
		for _, x := range c.Sources {
			sources[x.ID] = x
		}
		for _, x := range c.Claims {
			claims[x.ID] = x
		}
		for _, r := range c.Retractions {
			delete(claims, r.Claim)
		}
	}
	return entities, sources, claims
}

func eachEntity(t *testing.T, s graph.Store, do func(graph.Entity)) {
	t.Helper()
	entities, _, _ := state(t, s)
	for _, e := range entities {
		do(e)
	}
}

func eachClaim(t *testing.T, s graph.Store, do func(c graph.Claim, titles []string)) {
	t.Helper()
	_, sources, claims := state(t, s)
	for _, c := range claims {
		var titles []string
		for _, q := range c.Citations {
			titles = append(titles, sources[q.Source].Title)
		}
		do(c, titles)
	}
}

// TestFtMIDs wants ids that FollowTheMoney takes, and no two alike.
func TestFtMIDs(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-zA-Z]([0-9a-zA-Z.\-]*[0-9a-zA-Z])?$`)
	taken := map[string]graph.ID{}
	for _, id := range []graph.ID{
		"product:a:b-c", "product:a-b:c", "product:a-c-b", "product:a_b", "product:a-u-b", "product:a--b", "product:a-", "product:a.", "product:a_",
		"product:az", "product:a-c", "product:a-:c", graph.ID("product:" + strings.Repeat("_", 150)), graph.ID("product:" + strings.Repeat("_", 151)),
	} {
		got := export.FtMID(id)
		if !form.MatchString(got) || len(got) > 200 || taken[got] != "" {
			t.Errorf("%s becomes %s, as does %q", id, got, taken[got])
		}
		taken[got] = id
	}
}
