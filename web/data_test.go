package web_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"debadge/api"
	"debadge/graph"
	"debadge/web"
	"debadge/web/webtest"
)

// fill puts values into fields, also those that are folded away.
func fill(b *webtest.Browser, values map[string]string) {
	for id, value := range values {
		webtest.Evaluate[bool](b, fmt.Sprintf("document.getElementById(%q).value = %q; true", id, value))
	}
}

// TestAddCorrectRetract records a claim with the form, which refuses it first in
// the words of the domain beside the fields, corrects it and withdraws it.
func TestAddCorrectRetract(t *testing.T) {
	b := webtest.Browse(t, serve(t, nil).URL)
	b.Allow("422")
	b.Look(1440, false)
	b.Open("/claims/new?relation=SUCCEEDED_BY&from=product:aivres:kr2280-x2&to=product:aivres:kr2280-x3&to_name=KR2280-X3&to_brand=Aivres&valid_to=2026-13")
	b.Type("#author", "a.lopez")
	b.Press(".claim-form button.primary")
	b.Await(`document.querySelector("#wrong-valid_to")`)
	inAllLooks(t, b, "claim-form-refused", func() {}) // it stays where it was sent
	b.Look(1440, false)
	fill(b, map[string]string{"valid_to": "", "reason": "data sheet read"})
	b.Press(".claim-form button.primary")
	b.AwaitText("is missing a citation that supports the claim")
	fill(b, map[string]string{"source": "source:data-sheet", "locator": "page 1", "source_title": "Data sheet", "source_publisher": "A reseller"})
	b.Press(".claim-form button.primary")
	b.AwaitText("It is recorded.")
	b.AwaitText("Aivres KR2280-X3 is the successor of Aivres KR2280-X2")
	b.Press(`a[href^="/claims/new?corrects="]`)
	b.AwaitText("This takes the place of")
	fill(b, map[string]string{"status": "confirmed", "reason": "the maker says so", "author": "a.lopez"})
	b.Press(".claim-form button.primary")
	b.AwaitText("It is recorded.")
	b.AwaitText("confirmed")
	fill(b, map[string]string{"reason": "read wrongly", "author": "a.lopez"})
	b.Press(`form[action$="/retract"] button`)
	b.AwaitText("it no longer counts")
	b.AwaitText("read wrongly")
}

// TestDataTellsWhatThereIs shows documents and editions with their ages, and what
// can be imported and refreshed as choices.
func TestDataTellsWhatThereIs(t *testing.T) {
	s := serve(t, nil)
	list := graph.Entity{ID: "list:us-bis-entity-list", Name: "Entity List", Attributes: map[string][]string{
		graph.RegisterAttribute: {"us-csl"}, graph.EditionAttribute: {"2026-05-31"}, graph.MaxAgeAttribute: {"30"},
	}}
	if _, err := s.store.Append(t.Context(), graph.ChangeSet{Entities: []graph.Entity{list}}); err != nil {
		t.Fatal(err)
	}
	b := webtest.Browse(t, s.URL)
	looks(t, b, "data-stale", "/data?as_of=2030-05-31")
	looks(t, b, "list-stale", "/entities/list:us-bis-entity-list?as_of=2030-05-31")
	looks(t, b, "subject-stale", "/entities/product:aivres:kr2280-x2?as_of=2030-05-31")
	for path, wants := range map[string][]string{
		"/data": {
			">1 day</td>", "31 May 2026", `href="/data/sources"`, `<option value="csl">csl: the Consolidated Screening List</option>`, "<option>us-csl</option>",
		},
		"/data?as_of=2030-05-31":                 {">1,461 days</td>", "older than 30 days"},
		"/entities/list:us-bis-entity-list":      {"<dd>1 day</dd>"},
		"/data/sources?as_of=2026-06-01":         {`href="/sources/`, " days</td>", "as_of=2026-06-01", "cursor="},
		"/data/sources?as_of=2026-06-01&cursor=": {"Table of the sources"},
	} {
		answer, body := s.get(t, path, nil)
		for _, want := range wants {
			if answer.StatusCode != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%s: %d, without %q", path, answer.StatusCode, want)
			}
		}
	}
	next := regexp.MustCompile(`href="(/data/sources\?[^"]*cursor=[^"]+)"`)
	seen, path := 0, "/data/sources"
	for range 20 {
		_, body := s.get(t, path, nil)
		seen += strings.Count(body, `<th scope="row">`)
		m := next.FindStringSubmatch(body)
		if m == nil {
			path = ""
			break
		}
		path = html.UnescapeString(m[1])
	}
	status, err := s.store.Status(t.Context())
	if err != nil || path != "" || seen != status.Sources {
		t.Errorf("the pages show %d of %d documents, and go on at %q: %v", seen, status.Sources, path, err)
	}
	answer, body := s.post(t, "/data/refresh", url.Values{"register": {"none"}}, nil)
	if answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "has no register of that name") {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
	s = serve(t, func(o *api.Options, _ *web.Options) { o.Importer = nil })
	if answer, body := s.get(t, "/data", nil); answer.StatusCode != http.StatusOK || strings.Contains(body, "/data/import") {
		t.Errorf("%d, and an import is offered by a service that has none", answer.StatusCode)
	}
}

// TestDataByRole checks that a reader is offered nothing to write, and refused it.
func TestDataByRole(t *testing.T) {
	s := serve(t, func(o *api.Options, _ *web.Options) { o.Access.Anonymous = api.Reader })
	for _, path := range []string{"/data", "/claims/claim:aivres-kr2280-x1-rebrand"} {
		answer, body := s.get(t, path, nil)
		if answer.StatusCode != http.StatusOK || strings.Contains(body, `method="post"`) || strings.Contains(body, "/claims/new") {
			t.Errorf("%s: %d, and offers to write", path, answer.StatusCode)
		}
	}
	for _, path := range []string{"/claims/new", "/claims/claim:aivres-kr2280-x1-rebrand/retract", "/data/refresh"} {
		form := url.Values{"relation": {"MAKES"}, "from": {"company:a"}, "to": {"product:a"}, "status": {"alleged"}, "reason": {"r"}, "author": {"a"}, "register": {"x"}}
		if answer, _ := s.post(t, path, form, nil); answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
}

// TestLatestChangesAreTheLatest also where each is so large that an answer of the
// feed has not room for all of them.
func TestLatestChangesAreTheLatest(t *testing.T) {
	s := serve(t, nil)
	for change := range 3 {
		cs := graph.ChangeSet{Author: "test", Reason: fmt.Sprint("large change ", change)}
		for i := range 8000 {
			id := graph.ID(fmt.Sprintf("company:c%d-%d", change, i))
			cs.Entities = append(cs.Entities, graph.Entity{ID: id, Name: string(id)})
		}
		if _, err := s.store.Append(t.Context(), cs); err != nil {
			t.Fatal(err)
		}
	}
	_, body := s.get(t, "/data", nil)
	newest, middle, oldest := strings.Index(body, "large change 2"), strings.Index(body, "large change 1"), strings.Index(body, "large change 0")
	if newest < 0 || newest > middle || middle > oldest || !strings.Contains(body, "entities: 8,000") {
		t.Errorf("the changes stand at %d, %d and %d", newest, middle, oldest)
	}
}

// TestReachIsFiltered chooses a brand and another order in place: the rows follow,
// and so does the address.
func TestReachIsFiltered(t *testing.T) {
	b := webtest.Browse(t, serve(t, nil).URL)
	b.Look(1440, false)
	b.Open("/entities/company:inspur-group/reach?as_of=2024-04-15")
	set(b, "#by-brand", "KAYTUS")
	b.Await(`document.querySelectorAll("#rows tbody tr").length === 1 && document.querySelector("#rows").innerText.includes("KR2280V2")`)
	set(b, "#by-brand", "")
	set(b, "#by-action", "review")
	set(b, "#order", "brand")
	b.Await(`document.querySelectorAll("#rows tbody tr").length > 1`)
	if path := b.Path(); !strings.HasPrefix(path, "/entities/company:inspur-group/reach?") || !strings.Contains(path, "action=review") || !strings.Contains(path, "order=brand") {
		t.Errorf("the address does not follow: %s", path)
	}
	b.Axe("a reach, filtered")
}

// TestReachExport checks that the file has what the filters leave, and no formula.
func TestReachExport(t *testing.T) {
	s := serve(t, nil)
	answer, body := s.get(t, "/entities/company:inspur-group/reach.csv?brand=Aivres&as_of=2024-04-15", nil)
	lines := strings.Split(strings.TrimSpace(body), "\n")
	if answer.Header.Get("Content-Type") != "text/csv; charset=utf-8" || len(lines) < 3 || !strings.HasPrefix(lines[0], "product,name,brand") {
		t.Fatalf("%s %s", answer.Header, body)
	}
	for _, l := range lines[1:] {
		if !strings.Contains(l, ",Aivres,") || !strings.Contains(l, ",2024-04-15,") {
			t.Errorf("a row that the filter does not leave: %s", l)
		}
	}
}
