package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"debadge/api"
	"debadge/graph"
	"debadge/web"
	"debadge/web/webtest"
)

// slide moves one of the sliders of time as far as it goes, to an end.
func slide(b *webtest.Browser, field, end string) {
	webtest.Evaluate[bool](b, `(() => {
		const s = document.querySelector("input[type=range][data-for=`+field+`]");
		s.value = s.`+end+`;
		s.dispatchEvent(new Event("input", {bubbles: true}));
		return true;
	})()`)
}

// TestTimeMovesAllOfThePage moves both sliders: the sentence, the picture of the
// path and the timeline follow, there and back.
func TestTimeMovesAllOfThePage(t *testing.T) {
	b := webtest.Browse(t, serve(t, nil).URL)
	b.Look(1440, false)
	b.Open("/entities/product:aivres:kr2280-x2")
	const path, time = `document.querySelector('.picture svg [data-entity="company:inspur-group"]')`, `document.querySelector("[aria-labelledby=h-time] svg").innerHTML`
	b.Await(path)
	today := webtest.Evaluate[string](b, time)
	for _, want := range []string{"Inspur", "rebadged", "2023"} {
		if !strings.Contains(strings.ToLower(today), strings.ToLower(want)) {
			t.Errorf("the timeline lacks %q", want)
		}
	}
	slide(b, "as_of", "min")
	b.Await(sentence + `.includes("no listed entity") && !(` + path + `)`)
	if webtest.Evaluate[string](b, time) == today {
		t.Error("the timeline shows the same day")
	}
	slide(b, "as_of", "max")
	b.Await(sentence + `.includes("Inspur Group") && ` + path)
	slide(b, "known_at", "min")
	b.Await(`location.search.includes("known_at=")`)
	b.Await(`document.querySelector(".facts").innerText.includes("revision ")`)
	slide(b, "known_at", "max")
	b.Await(sentence + `.includes("Inspur Group") && ` + path)
}

// TestPageSaysWhatItRestsOn has the claims without which the finding would be
// another one, other paths, other lists, and what would make it confirmed or clear.
func TestPageSaysWhatItRestsOn(t *testing.T) {
	s := serve(t, nil)
	cited := []graph.Citation{{Source: "source:tests", Stance: graph.Supports, Locator: "page 1"}}
	claim := func(id string, r graph.Relation, from, to graph.ID, status graph.Status) graph.Claim {
		return graph.Claim{ID: graph.ID("claim:" + id), Relation: r, From: from, To: to, Status: status, Citations: cited}
	}
	if _, err := s.store.Append(t.Context(), graph.ChangeSet{
		Author: "test", Reason: "two ways to one list",
		Entities: []graph.Entity{
			{ID: "company:origin", Name: "Origin"},
			{ID: "list:one", Name: "List One"},
			{ID: "list:two", Name: "List Two"},
			{ID: "product:b:one", Name: "Single", Brand: "Badge"},
			{ID: "product:b:two", Name: "Double", Brand: "Badge"},
			{ID: "product:b:old", Name: "Older", Brand: "Badge"},
			{ID: "product:b:aged", Name: "Aged", Brand: "Badge"},
		},
		Sources: []graph.Source{{ID: "source:tests", Title: "Notice", Publisher: "Tests", Kind: "vendor"}},
		Claims: []graph.Claim{
			claim("one", graph.ListedOn, "company:origin", "list:one", graph.Confirmed), claim("two", graph.ListedOn, "company:origin", "list:two", graph.Confirmed),
			claim("single", graph.Makes, "company:origin", "product:b:one", graph.Alleged),
			claim("old", graph.Makes, "company:origin", "product:b:old", graph.Reported), claim("next", graph.SucceededBy, "product:b:old", "product:b:two", graph.Reported),
			claim("aged", graph.Makes, "company:origin", "product:b:aged", graph.Reported), claim("other", graph.SucceededBy, "product:b:aged", "product:b:two", graph.Reported),
		},
	}); err != nil {
		t.Fatal(err)
	}
	for path, wants := range map[string][]string{
		"/entities/product:b:one": {
			"since when is not known, by an allegation.", "List One", "List Two", "It rests on these claims.", `href="#claim:single"`, "It would be confirmed if a regulator, a court or the maker confirmed:",
		},
		"/entities/product:b:two":                             {"Other paths to it: 1", "Badge Older", "Badge Aged", "by a report."},
		"/entities/product:b:two?as_of=1900-01-01&known_at=1": {"This is not a clear."},
		"/entities/product:aivres:kr2280-x2?as_of=2023-02-28": {"A claim that connects it with a listed company would change it"},
	} {
		answer, body := s.get(t, path, nil)
		for _, want := range wants {
			if answer.StatusCode != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%s: %d, without %q", path, answer.StatusCode, want)
			}
		}
	}
}

// TestHubIsBounded shows some of a company's many products and counts the others,
// and finds the same in the table.
func TestHubIsBounded(t *testing.T) {
	const all = 1216
	s := serve(t, nil)
	cs := graph.ChangeSet{
		Author: "test", Reason: "a hub", Entities: []graph.Entity{{ID: "company:origin", Name: "Origin"}},
		Sources: []graph.Source{{ID: "source:tests", Title: "Notice", Publisher: "Tests", Kind: "vendor"}},
	}
	for i := range all {
		id := graph.ID(fmt.Sprint("product:origin:p", i))
		cs.Entities = append(cs.Entities, graph.Entity{ID: id, Name: fmt.Sprint("P", i), Brand: "Origin"})
		cs.Claims = append(cs.Claims, graph.Claim{
			ID: graph.ID(fmt.Sprint("claim:p", i)), Relation: graph.Makes, From: "company:origin", To: id, Status: graph.Reported,
			Citations: []graph.Citation{{Source: "source:tests", Stance: graph.Supports}},
		})
	}
	if _, err := s.store.Append(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]struct {
		texts []string
		rows  int
	}{
		"/explore/company:origin":                {[]string{"1,204 more", "12 of 1,216"}, 13},
		"/explore/company:origin?relation=SELLS": {[]string{"Entities: 1"}, 1},
		"/explore/company:origin?status=alleged": {[]string{"Entities: 1"}, 1},
		"/explore/company:inspur-group?down=company:inspur-group&up=company:inspur-group&list=us-fcc-covered-list&relation=LISTED_ON": {[]string{"Entities: 1"}, 1},
	} {
		answer, body := s.get(t, address, nil)
		for _, text := range want.texts {
			if answer.StatusCode != http.StatusOK || !strings.Contains(body, text) {
				t.Errorf("%s: %d, without %q", address, answer.StatusCode, text)
			}
		}
		_, table, _ := strings.Cut(body, `aria-labelledby="h-nodes"`)
		table, _, _ = strings.Cut(table, "</table>")
		if rows := strings.Count(table, `<th scope="row">`); rows != want.rows {
			t.Errorf("%s: %d rows", address, rows)
		}
	}
}

// TestWaitingAndLostAreNoFinding holds an answer back, and then lets the service
// go: the page says that it waits, and then that it knows nothing.
func TestWaitingAndLostAreNoFinding(t *testing.T) {
	held := make(chan struct{})
	s := serve(t, func(_ *api.Options, w *web.Options) {
		inner := w.API
		w.API = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("as_of") == "2023-02-28" {
				<-held
			}
			inner.ServeHTTP(w, r)
		})
	})
	b := webtest.Browse(t, s.URL)
	b.Allow("ERR_CONNECTION_REFUSED")
	b.Look(1440, false)
	b.Open("/entities/product:aivres:kr2280-x2")
	set(b, "#as_of", "2023-02-28")
	b.Await(`document.getElementById("answer").getAttribute("aria-busy") === "true"`)
	b.Axe("a page that waits")
	close(held)
	b.Await(sentence + `.includes("no listed entity") && !document.getElementById("answer").hasAttribute("aria-busy")`)
	s.Close()
	set(b, "#as_of", "2024-04-15")
	b.Await(`document.querySelector("#answer [role=alert]")`)
	if shown := webtest.Evaluate[string](b, `document.querySelector("main").innerText`); !strings.Contains(shown, "debadge does not answer") || !strings.Contains(shown, "This is not a finding") || strings.Contains(shown, "no listed entity") || strings.Contains(shown, "Traces to") {
		t.Errorf("without a service: %s", shown)
	}
	inAllLooks(t, b, "service-lost", func() {})
}
