package web_test

import (
	"net/http"
	"strings"
	"testing"

	"debadge/api"
	"debadge/graph"
	"debadge/graph/dossier"
	"debadge/ledger"
	"debadge/web"
	"debadge/web/webtest"
)

// fourEyes is a policy that asks for a second officer.
func fourEyes() graph.Policy {
	p := graph.BuiltInPolicies()[0]
	for _, built := range graph.BuiltInPolicies() {
		if built.Name == "default" {
			p = built
		}
	}
	p.Name, p.SecondOfficer = "four-eyes", []graph.Action{graph.Pass}
	return p
}

// TestDecide goes from the page about a product to a recorded decision, its
// verification and its dossier.
func TestDecide(t *testing.T) {
	s := serve(t, nil)
	b := webtest.Browse(t, s.URL)
	b.Look(1440, false)
	b.Open("/entities/product:aivres:kr2280-x2?as_of=2024-04-15")
	b.Press(`a[href^="/decisions/new"]`)
	b.Await(`location.pathname === "/decisions/new" && document.querySelector("[data-decide]")`)
	form := b.Path()
	looks(t, b, "decide", form)
	b.Look(1440, false)
	b.Open(form)
	b.Press(`.pick input[value=block]`)
	b.Type("#reasoning", "The complaint names this model.")
	b.Type("#author", "a.lopez")
	b.Await(`!document.querySelector("[data-digest]").hidden`)
	webtest.Evaluate[bool](b, `(() => {
		const data = new DataTransfer();
		data.items.add(new File(["abc"], "complaint.pdf"));
		const field = document.getElementById("documents");
		field.files = data.files;
		field.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`)
	b.Await(`document.getElementById("sha0").value === "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"`)
	b.Press("[data-decide] button.primary")
	b.Await(`location.pathname === "/decisions/decision-1"`)
	shown := webtest.Evaluate[string](b, "document.querySelector('main').innerText")
	for _, want := range []string{"Blocked.", "a.lopez", "The complaint names this model.", "complaint.pdf", "15 April 2024", "the question has the same answer", "stands"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the decision lacks %q: %s", want, shown)
		}
	}
	looks(t, b, "decision", "/decisions/decision-1")
	looks(t, b, "decisions", "/decisions")
	b.Look(1440, false)
	b.Show("/decisions/decision-1/dossier") // and wait: between two pages there is nothing to look at
	b.AwaitText("KR2280-X2")
	b.Print(true)
	b.Screenshot("dossier-print-1440-light")
	b.Print(false)
	if answer, _ := s.get(t, "/dossier?subject=KR2280-X2", nil); answer.StatusCode != http.StatusOK || !strings.Contains(answer.Header.Get("Content-Security-Policy"), dossier.StyleHash()) || strings.Contains(answer.Header.Get("Content-Security-Policy"), "unsafe") {
		t.Errorf("the dossier about a subject: %d %q", answer.StatusCode, answer.Header.Get("Content-Security-Policy"))
	}
}

// TestDecisionThatChanged tells what is found today and by which claim.
func TestDecisionThatChanged(t *testing.T) {
	s := serve(t, nil)
	cited := []graph.Citation{{Source: "source:tests", Stance: graph.Supports, Locator: "page 1"}}
	_, err := s.store.Append(t.Context(), graph.ChangeSet{
		Author: "test", Reason: "to be withdrawn",
		Entities: []graph.Entity{
			{ID: "company:origin", Name: "Origin"}, {ID: "list:tests", Name: "List of tests"}, {ID: "product:badge:b1", Name: "B1", Brand: "Badge"},
		},
		Sources: []graph.Source{{ID: "source:tests", Title: "Notice", Publisher: "Tests", Kind: "vendor"}},
		Claims: []graph.Claim{
			{ID: "claim:origin-is-listed", Relation: graph.ListedOn, From: "company:origin", To: "list:tests", Status: graph.Confirmed, Citations: cited},
			{ID: "claim:origin-makes-b1", Relation: graph.Makes, From: "company:origin", To: "product:badge:b1", Status: graph.Reported, Citations: cited},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	const form = "subject=product:badge:b1&as_of=2026-06-01&policy=default&action=review&reasoning=waits&author=a.lopez&key=one"
	answer, text := s.submit(t, "", "/decisions", form)
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", answer.StatusCode, text)
	}
	if again, _ := s.submit(t, "", "/decisions", form); again.Header.Get("Location") != answer.Header.Get("Location") {
		t.Errorf("a form that is sent twice is two decisions: %s", again.Header.Get("Location"))
	}
	if _, none := s.get(t, "/decisions?changed=true", nil); !strings.Contains(none, "No decision would find anything else today.") {
		t.Errorf("before anything has changed: %s", none)
	}
	_, err = s.store.Append(t.Context(), graph.ChangeSet{Author: "test", Reason: "in error", Retractions: []graph.Retraction{
		{Claim: "claim:origin-makes-b1", Reason: "in error"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/decisions?changed=true", "/decisions/decision-1"} {
		if _, shown := s.get(t, path, nil); !strings.Contains(shown, "claim:origin-makes-b1") || !strings.Contains(shown, "Withdrawn") {
			t.Errorf("%s: %s", path, shown)
		}
	}
	if _, shown := s.get(t, "/decisions/decision-1", nil); !strings.Contains(shown, "the question has the same answer") {
		t.Errorf("as it was known then, it has the same answer: %s", shown)
	}
	b := webtest.Browse(t, s.URL)
	looks(t, b, "decision-changed", "/decisions/decision-1")
	looks(t, b, "decisions-changed", "/decisions?changed=true")
}

// TestSecondOfficer has a decision signed by another officer than its author.
func TestSecondOfficer(t *testing.T) {
	s := serve(t, func(o *api.Options, _ *web.Options) { o.Access.Anonymous, o.Policies = "", []graph.Policy{fourEyes()} })
	cookies := map[string]string{}
	for _, role := range []api.Role{api.Officer, api.Admin, api.Reader} {
		cookies[string(role)] = s.signedIn(t, ledger.Role(role))
	}
	const decision = "subject=product:aivres:kr2280-x2&as_of=2026-06-01&policy=four-eyes&action=pass"
	if answer, text := s.submit(t, cookies["officer"], "/decisions", decision+"&reasoning=+"); answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "later readers will ask why") || !strings.Contains(text, `value="pass" required checked`) {
		t.Errorf("without a reason: %d %s", answer.StatusCode, text)
	}
	if answer, _ := s.submit(t, cookies["reader"], "/decisions", decision+"&reasoning=x"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a reader decides: %d", answer.StatusCode)
	}
	if _, shown := s.get(t, "/decisions/new?subject=product:aivres:kr2280-x2&policy=four-eyes", map[string]string{"Cookie": cookies["reader"]}); strings.Contains(shown, "data-decide") || !strings.Contains(shown, "no leave to record decisions") {
		t.Errorf("a reader sees: %s", shown)
	}
	if _, shown := s.get(t, "/decisions/new?subject=product:aivres:kr2280-x2&policy=four-eyes", map[string]string{"Cookie": cookies["officer"]}); !strings.Contains(shown, "Pass needs a second officer") || strings.Contains(shown, `name="author"`) {
		t.Errorf("an officer sees: %s", shown)
	}
	answer, text := s.submit(t, cookies["officer"], "/decisions", decision+"&reasoning=for+a+museum")
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", answer.StatusCode, text)
	}
	path := answer.Header.Get("Location")
	for who, want := range map[string]string{"officer": "Another officer than you", "admin": "/sign-off", "reader": "An officer has to sign it."} {
		if _, shown := s.get(t, path, map[string]string{"Cookie": cookies[who]}); !strings.Contains(shown, want) || !strings.Contains(shown, "waits for a second officer") || !strings.Contains(shown, "To pass, if a second officer signs.") || strings.Contains(shown, `class="verdict is-pass"`) {
			t.Errorf("the %s sees: %s", who, shown)
		}
	}
	if answer, text := s.submit(t, cookies["officer"], path+"/sign-off", "verdict=signed&reasoning=mine"); answer.StatusCode < 400 {
		t.Errorf("the author signs: %d %s", answer.StatusCode, text)
	}
	if answer, text := s.submit(t, cookies["admin"], path+"/sign-off", "verdict=signed&reasoning=agreed"); answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", answer.StatusCode, text)
	}
	if _, shown := s.get(t, path, map[string]string{"Cookie": cookies["reader"]}); !strings.Contains(shown, "signed, stands") || !strings.Contains(shown, "Passed.") || !strings.Contains(shown, "agreed") {
		t.Errorf("once it is signed: %s", shown)
	}
	if _, shown := s.get(t, "/decisions?state=pending", map[string]string{"Cookie": cookies["reader"]}); !strings.Contains(shown, "There is no such decision.") {
		t.Errorf("nothing waits any more: %s", shown)
	}
}

// TestSignOffKeepsWhatWasTyped shows a refused form with all that was in it.
func TestSignOffKeepsWhatWasTyped(t *testing.T) {
	s := serve(t, func(o *api.Options, _ *web.Options) { o.Policies = []graph.Policy{fourEyes()} })
	answer, text := s.submit(t, "", "/decisions", "subject=product:aivres:kr2280-x2&as_of=2026-06-01&policy=four-eyes&action=pass&reasoning=for+a+museum&author=a.lopez")
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", answer.StatusCode, text)
	}
	path, b := answer.Header.Get("Location"), webtest.Browse(t, s.URL)
	looks(t, b, "decision-pending", path)
	answer, text = s.submit(t, "", path+"/sign-off", "verdict=refused&reasoning=+&author=b.okafor")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("without a reason: %d %s", answer.StatusCode, text)
	}
	for _, want := range []string{`name="author" value="b.okafor"`, `value="refused" required checked`} {
		if !strings.Contains(text, want) {
			t.Errorf("the form lacks %s: %s", want, text)
		}
	}
	if answer, text = s.submit(t, "", path+"/sign-off", "verdict=refused&reasoning=no+museum&author=b.okafor"); answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", answer.StatusCode, text)
	}
	looks(t, b, "decision-refused", path)
	if shown := webtest.Evaluate[string](b, `document.querySelector(".verdict.is-failed")?.innerText ?? ""`); !strings.Contains(shown, "Not passed: a second officer refused it.") {
		t.Errorf("a decision that does not stand: %s", shown)
	}
}

// TestPagesOfDecisions keep the filters on the way back to the first of them.
func TestPagesOfDecisions(t *testing.T) {
	s := serve(t, nil)
	_, shown := s.get(t, "/decisions?author=a.lopez&state=final&after=decision-1&as_of=2026-01-01", nil)
	if want := `href="/decisions?as_of=2026-01-01&amp;author=a.lopez&amp;state=final"`; !strings.Contains(shown, want) {
		t.Errorf("the way to the first page is not %s: %s", want, shown)
	}
	if _, shown = s.get(t, "/decisions?author=a.lopez", nil); strings.Contains(shown, "From the first") {
		t.Errorf("the first page leads to itself: %s", shown)
	}
}
