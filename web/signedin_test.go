package web_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/ledger"
	"debadge/web/webtest"
)

// offered is what the navigation and the page about a product offer.
const offered = `[...document.querySelectorAll(".top nav a, main .acts a")].map(a => new URL(a.href).pathname)`

// TestSignedIn signs in with a key at the page, sees what the role may do and
// nothing else, loads the answer as JSON, and signs out.
func TestSignedIn(t *testing.T) {
	s := serve(t, closed)
	window := webtest.Browse(t, s.URL)
	for _, test := range []struct {
		role                  ledger.Role
		screen, decide, write bool
	}{
		{ledger.Reader, false, false, false},
		{ledger.Analyst, true, false, true},
		{ledger.Officer, true, true, false},
	} {
		t.Run(string(test.role), func(t *testing.T) {
			b := window.Tab(t)
			b.Look(1440, false)
			b.Open("/entities/product:aivres:kr2280-x2?as_of=2024-04-15")
			b.Await(`location.pathname === "/sign-in"`)
			b.Type("#key", s.key(t, test.role)+webtest.Enter)
			b.Await(sentence + `.includes("Traces to Inspur Group")`) // where it was going
			paths := webtest.Evaluate[[]string](b, offered)
			for path, want := range map[string]bool{"/": true, "/policies": true, "/screen": test.screen, "/decisions/new": test.decide} {
				if slices.Contains(paths, path) != want {
					t.Errorf("%s is offered: %t; of %v", path, !want, paths)
				}
			}
			if who := webtest.Evaluate[string](b, `document.querySelector(".who .name").innerText`); who != "key of a "+string(test.role) {
				t.Errorf("signed in is %q", who)
			}
			for name, path := range map[string]string{"subject": "/entities/product:aivres:kr2280-x2?as_of=2024-04-15", "data": "/data", "decisions": "/decisions"} {
				looks(t, b, "signed-in-"+string(test.role)+"-"+name, path)
			}
			b.Look(1440, false)
			b.Open("/entities/product:aivres:kr2280-x2?as_of=2024-04-15")
			b.Press(`a[href*="/trace.json"]`)
			b.Await(`location.pathname.endsWith("/trace.json")`)
			var answer graph.Answer
			if err := json.Unmarshal([]byte(webtest.Evaluate[string](b, "document.body.innerText")), &answer); err != nil || answer.Finding != graph.Listed || answer.AsOf.String() != "2024-04-15" {
				t.Errorf("as JSON: %v %v", answer.Finding, err)
			}
			b.Open("/policies")
			b.Press(`#strict a[href$="/policy.json"]`)
			b.Await(`document.body.innerText.includes('"name": "strict"')`)
			b.Open("/data")
			if writes := webtest.Evaluate[bool](b, `Boolean(document.querySelector('main form[method=post]'))`); writes != test.write {
				t.Errorf("writing is offered: %t", writes)
			}
			if test.decide {
				decideOn(t, b)
			}
			b.Press(`form[action="/sign-out"] button`)
			b.Await(`location.pathname === "/sign-in"`)
			b.Open("/policies")
			b.Await(`location.pathname === "/sign-in"`)
		})
	}
}

// decideOn records a decision of whoever is signed in.
func decideOn(t *testing.T, b *webtest.Browser) {
	t.Helper()
	b.Open("/decisions/new?subject=product:aivres:kr2280-x2")
	if webtest.Evaluate[bool](b, `Boolean(document.getElementById("author"))`) {
		t.Error("a name is asked for beside the key")
	}
	b.Press(`.pick input[value=block]`)
	b.Type("#reasoning", "The complaint names this model.")
	b.Press("[data-decide] button.primary")
	b.Await(`location.pathname === "/decisions/decision-1"`)
	b.AwaitText("key of a officer")
	b.AwaitText("Blocked.")
}

// TestSessionIsOfPagesAlone asks the API with the cookie of a session: it is no
// credential there, to read or to write.
func TestSessionIsOfPagesAlone(t *testing.T) {
	s := serve(t, closed)
	cookie := map[string]string{"Cookie": s.signedIn(t, ledger.Officer)}
	for _, path := range []string{"/v1/trace?subject=KR2280-X2", "/v1/policies/strict"} {
		if answer, _ := s.get(t, path, cookie); answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
	for path, want := range map[string]int{
		"/entities/product:aivres:kr2280-x2/trace.json": http.StatusOK, "/policies/strict/policy.json": http.StatusOK,
		"/policies/none/policy.json": http.StatusNotFound, "/entities/product:aivres:kr2280-x2/trace.json?policy=none": http.StatusUnprocessableEntity,
	} {
		answer, body := s.get(t, path, cookie)
		media := answer.Header.Get("Content-Type")
		if answer.StatusCode != want || strings.HasPrefix(media, "application/json") != (want == http.StatusOK) {
			t.Errorf("%s: %d %s %s", path, answer.StatusCode, media, body)
		}
		if answer, _ := s.get(t, path, nil); answer.StatusCode != http.StatusSeeOther {
			t.Errorf("%s without a session: %d", path, answer.StatusCode)
		}
	}
}
