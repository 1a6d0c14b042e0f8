package trials

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/web/webtest"
)

// hostile are texts that would run, load or break out, each with a mark that
// shows that it did.
var hostile = []string{
	`<script>window.broken=1;alert(1)</script>`,
	`"><img src=/broken onerror="window.broken=2;alert(2)">`,
	`</title></style></text></svg><svg onload="window.broken=3;alert(3)">`,
	`' autofocus onfocus='window.broken=4;alert(4)`,
	`]]><script xmlns="http://www.w3.org/1999/xhtml">window.broken=5;alert(5)</script>`,
	`&lt;script&gt;window.broken=6&lt;/script&gt;`,
	`<iframe srcdoc="<script>parent.broken=7</script>">`,
	`<a href="javascript:window.broken=8">x</a>`,
	`<style>@import "https://elsewhere.example/x.css";</style>`,
	`<image href="https://elsewhere.example/x.png"/><use href="https://elsewhere.example/x.svg#a"/>`,
	`{{constructor.constructor('window.broken=9')()}}`,
	`--><script>window.broken=10</script><!--`,
	"\u202e<script>window.broken=11</script>",
}

const hostileSubject = "product:hostile:p1"

// hostileStore is a store in which every text is one of them.
func hostileStore(t *testing.T) string {
	t.Helper()
	path, n := newFile(t), 0
	text := func() string {
		n++
		return fmt.Sprintf("%s n%d", hostile[n%len(hostile)], n)
	}
	named := func(id graph.ID) graph.Entity {
		e := graph.Entity{ID: id, Name: text(), Aliases: []graph.Alias{{Text: text()}, {Text: text()}}, Attributes: map[string][]string{"country": {"CN"}, "note": {text(), text()}}}
		if id.Kind() == graph.Product {
			e.Brand = text()
		}
		return e
	}
	cs := graph.ChangeSet{Author: text(), Reason: text()}
	for _, id := range []graph.ID{"list:hostile", "company:maker", "company:seller", "company:owner", "product:hostile:p0", hostileSubject} {
		cs.Entities = append(cs.Entities, named(id))
	}
	for i := range hostile {
		cs.Sources = append(cs.Sources, graph.Source{
			ID: graph.ID(fmt.Sprintf("source:s%d", i)), Title: text(), Publisher: text(), URL: "https://example.org/?" + text(),
		})
	}
	say := func(relation graph.Relation, from, to graph.ID, from2 string) {
		c := graph.Claim{Relation: relation, From: from, To: to, Status: graph.Reported, ValidFrom: mustDate(t, from2)}
		if relation == graph.ListedOn {
			c.Attributes = map[string]string{"entry": text()}
		}
		if relation == graph.Owns {
			c.ShareMin, c.ShareMax = graph.ShareOf(graph.WholeShare/5), graph.ShareOf(graph.WholeShare)
		}
		for i := range 3 {
			stance := graph.Supports
			if i == 2 {
				stance = graph.Denies
			}
			c.Citations = append(c.Citations, graph.Citation{Source: cs.Sources[(len(cs.Claims)+i)%len(cs.Sources)].ID, Stance: stance, Locator: text(), Text: text()})
		}
		cs.Claims = append(cs.Claims, c)
	}
	say(graph.ListedOn, "company:maker", "list:hostile", "2020")
	say(graph.Owns, "company:owner", "company:maker", "2015")
	say(graph.ListedOn, "company:owner", "list:hostile", "2022")
	say(graph.Makes, "company:maker", "product:hostile:p0", "2018")
	say(graph.RebrandedAs, "product:hostile:p0", hostileSubject, "2023")
	say(graph.Sells, "company:seller", hostileSubject, "2023")
	if _, err := open(t, path, clock).Append(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustDate(t *testing.T, text string) graph.Date {
	t.Helper()
	d, err := graph.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// loose serves, on one address, the service as it is and, under /loose, what it
// gives out without the headers that guard it there: as a file that somebody saved
// and opens, or puts into a page.
func loose(t *testing.T, p *process, report []byte) *httptest.Server {
	t.Helper()
	target, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	give := func(w http.ResponseWriter, contentType string, body []byte) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(body)
	}
	mux := http.NewServeMux()
	mux.Handle("/", &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }})
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/loose/report", func(w http.ResponseWriter, _ *http.Request) { give(w, "text/html; charset=utf-8", report) })
	for name, of := range map[string][2]string{
		"picture": {"image/svg+xml", "/v1/picture?paths=5&subject="}, "timeline": {"image/svg+xml", "/v1/timeline/picture?subject="},
		"dossier": {"text/html; charset=utf-8", "/v1/dossier?paths=5&subject="},
		"graphml": {"application/xml", "/v1/export/graphml?entity="}, "gexf": {"text/xml", "/v1/export/gexf?entity="},
		"cypher": {"text/plain; charset=utf-8", "/v1/export/cypher?entity="}, "ndjson": {"text/plain", "/v1/export/ndjson?entity="},
	} {
		mux.HandleFunc("/loose/"+name, func(w http.ResponseWriter, _ *http.Request) { give(w, of[0], p.body(p.url+of[1]+hostileSubject)) })
	}
	mux.HandleFunc("/loose/inlined", func(w http.ResponseWriter, _ *http.Request) {
		var page bytes.Buffer
		page.WriteString("<!doctype html><title>inlined</title>")
		for _, path := range []string{"/v1/picture?paths=5&subject=", "/v1/timeline/picture?subject="} {
			page.Write(p.body(p.url + path + hostileSubject))
		}
		give(w, "text/html; charset=utf-8", page.Bytes())
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

// TestTrialA12 opens whatever shows a text in a browser, where every text is a
// script, a request or a way out: none runs, none is sent, and nothing has to be
// stopped by the policy of the page.
func TestTrialA12(t *testing.T) {
	path := hostileStore(t)
	order := filepath.Join(t.TempDir(), `<script>window.broken=12</script>.csv`)
	if err := os.MkdirAll(filepath.Dir(order), 0o700); err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	lines.WriteString("id,product\n" + hostileSubject + ",\n")
	for _, text := range hostile {
		fmt.Fprintf(&lines, ",\"%s\"\n", strings.ReplaceAll(text, `"`, `""`))
	}
	if err := os.WriteFile(order, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	report, err := exec.CommandContext(t.Context(), binary, "screen", order, "--format", "html", "--store", "sqlite:"+path).Output()
	if err != nil || !bytes.Contains(report, []byte(html.EscapeString(hostile[0])[:20])) {
		t.Fatalf("%v: %.300s", err, report)
	}
	p := start(t, "sqlite:"+path, nil)
	decision, err := json.Marshal(map[string]string{"subject": hostileSubject, "action": "block", "reasoning": strings.Join(hostile, " "), "author": hostile[1]})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := p.client.Post(p.url+"/v1/decisions", "application/json", bytes.NewReader(decision)); err != nil || r.StatusCode != http.StatusCreated {
		t.Fatal(r, err)
	} else {
		_ = r.Body.Close()
	}
	b := webtest.Browse(t, loose(t, p, report).URL)
	subject := url.QueryEscape(hostileSubject)
	for _, shown := range []string{
		"/v1/picture?paths=5&subject=" + subject, "/v1/timeline/picture?subject=" + subject, "/v1/dossier?paths=5&subject=" + subject,
		"/v1/trace?subject=" + subject, "/v1/entities/" + hostileSubject, "/docs",
		"/loose/picture", "/loose/timeline", "/loose/dossier", "/loose/inlined", "/loose/report",
		"/loose/graphml", "/loose/gexf", "/loose/cypher", "/loose/ndjson",
		"/", "/entities/" + hostileSubject, "/entities/company:maker", "/policies", "/decisions", "/screen",
	} {
		b.Show(shown)
		if broken := webtest.Evaluate[string](b, `String(window.broken)`); broken != "undefined" {
			t.Errorf("%s: text %s ran", shown, broken)
		}
		if made := webtest.Evaluate[int](b, `document.querySelectorAll('[onload],[onerror],[onfocus],iframe,img[src="/broken"],a[href^="javascript"]').length`); made != 0 {
			t.Errorf("%s: %d elements were made of texts", shown, made)
		}
	}
}
