package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"debadge/fixtures"
	"debadge/graph/neo4j/neo4jtest"
	"debadge/web/webtest"
)

// TestWalk goes the way of an officer through the pages of a service, in a real
// browser, on SQLite and on Neo4j, each with the index: from a model number on a
// screen to a dossier on paper.
func TestWalk(t *testing.T) {
	for _, store := range []struct {
		name string
		url  func(*testing.T) string
	}{
		{"SQLite", func(t *testing.T) string { t.Helper(); return "sqlite:" + filepath.Join(t.TempDir(), "claims.db") }},
		{"Neo4j", func(t *testing.T) string { t.Helper(); return neo4jtest.StartOwn(t).URI }},
	} {
		t.Run(store.name, func(t *testing.T) {
			at := store.url(t)
			importCases(t, at)
			address, _ := start(t, "--store", at, "--read", "index", "--ledger", filepath.Join(t.TempDir(), "ledger.db"))
			waitUntilReady(t, address)
			w := officer{t: t, Browser: webtest.Browse(t, address), name: strings.ToLower(store.name)}
			w.Look(1440, false)
			w.lookUp()
			w.goBack()
			w.openEvidence()
			w.switchPolicy()
			w.expand()
			w.openReach()
			w.screen()
			w.resolve()
			w.decide()
			w.printDossier()
		})
	}
}

// twins are two products of one name, which no order tells apart.
const twins = `{"debadge": 1, "author": "a.lopez", "reason": "to be told apart", "entities": [
	{"id": "product:twin-a:tq7700", "name": "TQ7700", "brand": "Twin A"}, {"id": "product:twin-b:tq7700", "name": "TQ7700", "brand": "Twin B"}]}`

// importCases imports the public cases, and two products of one name.
func importCases(t *testing.T, store string) {
	t.Helper()
	folder := t.TempDir()
	args := []string{"import", "bundle", "--store", store}
	for _, f := range append(fixtures.Files(), fixtures.File{Name: "twins.json", Data: []byte(twins)}) {
		path := filepath.Join(folder, f.Name)
		if err := os.WriteFile(path, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	if code, _, wrong := command(t, args...); code != answered {
		t.Fatal(wrong)
	}
}

// officer is whose way through the pages it is, a method a step.
type officer struct {
	*webtest.Browser

	t    *testing.T
	name string // of the store, in the names of pictures
}

// answerIs awaits a sentence at the top of the page about a product.
func (w *officer) answerIs(sentence string) {
	w.t.Helper()
	w.Await(fmt.Sprintf(`document.querySelector(".verdict .sentence")?.innerText.includes(%q)`, sentence))
}

// set gives a field a value, as the pickers of a browser do.
func (w *officer) set(field, value string) {
	w.t.Helper()
	webtest.Evaluate[bool](w.Browser, fmt.Sprintf(`(() => {
		const field = document.querySelector(%q);
		field.value = %q;
		field.dispatchEvent(new Event("input", {bubbles: true}));
		return true;
	})()`, field, value))
}

// shows fails where what a selector finds lacks a text.
func (w *officer) shows(selector string, texts ...string) {
	w.t.Helper()
	shown := webtest.Evaluate[string](w.Browser, fmt.Sprintf(`(document.querySelector(%q)?.innerText ?? "").replace(/\s+/g, " ")`, selector))
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			w.t.Errorf("%s lacks %q: %s", selector, text, shown)
		}
	}
}

// find types a text, and goes to the first candidate with the keyboard alone.
func (w *officer) find(text, name string) {
	w.t.Helper()
	w.Open("/")
	w.Type("#q", text)
	w.Await(fmt.Sprintf(`document.querySelector("#options [role=option]")?.innerText.includes(%q)`, name))
	w.Axe("candidates")
	w.Type("#q", webtest.ArrowDown)
	w.Await(`document.getElementById("q").getAttribute("aria-activedescendant") === "option-f0"`)
	w.Type("#q", webtest.Enter)
	w.Await(`document.querySelector(".verdict .sentence")`)
}

const kr2280 = "/entities/product:aivres:kr2280-x2"

// lookUp finds the server by its name as it is typed, and reads the finding.
func (w *officer) lookUp() {
	w.find("kr2280 x2", "Aivres KR2280-X2")
	if path := w.Path(); path != kr2280 {
		w.t.Errorf("what was found is at %s", path)
	}
	w.answerIs("Traces to Inspur Group Co., Ltd., listed on Entity List (US Bureau of Industry and Security) since March 2023, by an allegation.")
	w.shows(".facts", "Review", "1 June 2026")
	w.Axe("a finding")
}

// goBack moves the date before the listing, and forth again.
func (w *officer) goBack() {
	w.set("#as_of", "2023-02-28")
	w.answerIs("no listed entity")
	w.shows(".facts", "Pass", "Clear", "28 February 2023")
	w.Axe("a clear")
	if path := w.Path(); !strings.Contains(path, "as_of=2023-02-28") {
		w.t.Errorf("the address does not follow: %s", path)
	}
	w.set("#as_of", "2024-04-15")
	w.answerIs("Inspur Group")
}

// openEvidence presses a hop of the picture, and then the source behind it.
func (w *officer) openEvidence() {
	w.Press(`.picture svg a[data-claims="claim:aivres-kr2280-x1-rebrand"]`)
	w.Await(`document.getElementById("claim:aivres-kr2280-x1-rebrand").querySelector("details").open`)
	w.AwaitText("Alleges that the NF5280M5 was rebranded and sold in the US by Aivres as the KR2280-X1")
	w.Axe("evidence")
	w.PDF("subject-" + w.name)
	w.Press(`a[href^="/claims/claim:aivres-kr2280-x1-rebrand"]`)
	w.AwaitText("What it is about")
	w.Axe("a claim")
	w.Press(`.cites a[href^="/sources/"]`)
	w.Await(`location.pathname.startsWith("/sources/")`)
	w.AwaitText("US District Court for the Northern District of California")
	w.Axe("a source")
	w.Open(kr2280 + "?as_of=2024-04-15")
}

// switchPolicy asks by a policy that takes no allegation, and by the default
// again.
func (w *officer) switchPolicy() {
	w.shows(".policies", "strict Clear", "cautious", "Block")
	w.set("#policy", "strict")
	w.answerIs("no listed entity")
	if path := w.Path(); !strings.Contains(path, "policy=strict") {
		w.t.Errorf("the address does not follow: %s", path)
	}
	w.Axe("a finding by another policy")
	w.set("#policy", "default")
	w.answerIs("Inspur Group")
}

// expand opens the graph from the product on, up to the company.
func (w *officer) expand() {
	w.Press(`a[href^="/explore/"]`)
	w.AwaitText("Around Aivres KR2280-X2")
	w.Press(`[data-turn="product:aivres:kr2280-x1 up"]`)
	w.Await(`document.querySelector('[data-entity="product:inspur:nf5280m5"]')`)
	w.Press(`[data-turn="product:inspur:nf5280m5 up"]`)
	w.Await(`document.querySelector('[data-entity="company:inspur-group"]')`)
	w.Axe("the graph, expanded")
}

// openReach asks what else comes from the company.
func (w *officer) openReach() {
	w.Press(`th a[href^="/entities/company:inspur-group"]`)
	w.answerIs("Inspur Group Co., Ltd. is itself listed on")
	w.Press(`a[href^="/entities/company:inspur-group/reach"]`)
	w.AwaitText("What traces back to Inspur Group")
	w.shows("#rows table", "KR2280-X1", "KR2280-X2", "NF5280M5")
	w.shows("section table", "Entity List (US Bureau of Industry and Security)", "March 2023")
	w.Axe("reach")
}

const orderLines, twinsLine = 5000, 42

// order writes a file of 5,000 lines, one of which is ambiguous.
func (w *officer) order() string {
	var b bytes.Buffer
	b.WriteString("Pos;Hersteller;Typ;Menge\n")
	for n := 1; n <= orderLines; n++ {
		switch {
		case n == twinsLine:
			fmt.Fprintf(&b, "%d;;TQ7700;3\n", n)
		case n%10 == 0:
			fmt.Fprintf(&b, "%d;Aivres;KR2280-X2;1\n", n)
		default:
			fmt.Fprintf(&b, "%d;Nobody GmbH;NB-%d-Z;2\n", n, n)
		}
	}
	path := filepath.Join(w.t.TempDir(), "order.csv")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// screen drops the file, looks at how its columns are read, and screens it.
func (w *officer) screen() {
	w.Open("/screen?as_of=2024-04-15")
	w.Drop("[data-drop]", w.order())
	w.Await(`document.querySelectorAll("#columns tbody tr").length === 4`)
	if read := webtest.Evaluate[string](w.Browser, `[...document.querySelectorAll("#columns select")].map(s => s.value).join()`); read != ",manufacturer,product," {
		w.t.Errorf("the columns are read as %s", read)
	}
	w.Axe("the columns of a file")
	w.Press(".sheet-form button.primary")
	w.Await(`document.querySelector(".screened")`)
	w.shows(".filters", "All 5,000", "Review 5,000", "Several may be meant 1", "Not known 4,499")
	w.Axe("lines")
}

// resolve says for good which of two products a line means.
func (w *officer) resolve() {
	w.Press(`.filters a[href*="resolution=ambiguous"]`)
	w.Await(`document.querySelectorAll(".screened tbody tr").length === 1`)
	before, _, _ := strings.Cut(w.Path(), "?")
	w.shows(".screened", "Twin A TQ7700", "Twin B TQ7700")
	w.Press(`input[type=radio][value="product:twin-a:tq7700"]`)
	w.Press(`input[name=keep]`)
	w.Type("#reason", "the order says so")
	w.Press(".keep button")
	w.Await(`location.pathname !== "` + before + `" && document.querySelector(".filters")`)
	w.shows(".filters", "Several may be meant 0", "Pass 1")
	w.Axe("lines, once one is resolved")
}

// decide records a decision on the server, from its line in the file.
func (w *officer) decide() {
	w.Press(`.filters a[href*="action=review"]`)
	w.Await(`document.querySelector('.screened a[href^="/decisions/new"]')`)
	if subject := webtest.Evaluate[string](w.Browser, `new URL(document.querySelector('.screened a[href^="/decisions/new"]').href).searchParams.get("subject")`); subject != "product:aivres:kr2280-x2" {
		w.t.Errorf("a decision is offered on %s", subject)
	}
	w.Press(`.screened a[href^="/decisions/new"]`)
	w.Await(`location.pathname === "/decisions/new" && document.querySelector("[data-decide]")`)
	w.Press(`.pick input[value=block]`)
	w.Type("#reasoning", "The complaint names this model.")
	w.Type("#author", "a.lopez")
	w.Press("[data-decide] button.primary")
	w.Await(`location.pathname === "/decisions/decision-1"`)
	w.shows("main", "Blocked.", "a.lopez", "The complaint names this model.", "15 April 2024", "the question has the same answer", "stands")
	w.Axe("a decision")
}

// printDossier prints the decision, and opens the dossier of its question and
// prints that.
func (w *officer) printDossier() {
	if printed := w.PDF("decision-" + w.name); !bytes.HasPrefix(printed, []byte("%PDF-")) {
		w.t.Errorf("the printed decision is %.20q", printed)
	}
	w.Press(`a[href="/decisions/decision-1/dossier"]`)
	w.Await(`location.pathname === "/decisions/decision-1/dossier"`)
	w.AwaitText("Aivres KR2280-X2 traces to")
	w.shows("main", "2024-04-15", "Inspur Group")
	w.Axe("the dossier")
	if printed := w.PDF("dossier-" + w.name); !bytes.HasPrefix(printed, []byte("%PDF-")) || len(printed) < 20_000 {
		w.t.Errorf("the printed dossier is %d bytes", len(printed))
	}
}
