package web_test

import (
	"strings"
	"testing"

	"debadge/web/webtest"
)

// set gives a field a value as a person does with the pickers that a browser has.
func set(b *webtest.Browser, selector, value string) {
	webtest.Evaluate[bool](b, `(() => {
		const field = document.querySelector(`+"`"+selector+"`"+`);
		field.value = `+"`"+value+"`"+`;
		field.dispatchEvent(new Event("input", {bubbles: true}));
		return true;
	})()`)
}

// sentence is the answer on the page.
const sentence = `document.querySelector(".verdict .sentence").innerText`

// TestFoundingCase looks up the server with the keyboard alone, reads the
// finding, moves the date before the listing, opens the evidence, and compares
// the policies.
func TestFoundingCase(t *testing.T) {
	s := serve(t, nil)
	b := webtest.Browse(t, s.URL)
	b.Look(1440, false)
	b.Open("/")
	if at := webtest.Evaluate[string](b, "document.activeElement.id"); at != "q" {
		t.Errorf("the focus is on %q", at)
	}
	b.Type("#q", "kr2280 x2")
	b.Await(`document.querySelector("#options [role=option]")?.innerText.includes("the text is its name")`)
	if found := webtest.Evaluate[string](b, `document.querySelector("#options [role=option]").innerText`); !strings.Contains(found, "Aivres KR2280-X2") || !strings.Contains(found, "Review") || !strings.Contains(found, "the text is its name") {
		t.Errorf("the first candidate: %s", found)
	}
	b.Axe("the box with candidates")
	b.Screenshot("look-up-typing-1440-light")
	b.Type("#q", webtest.ArrowDown)
	b.Await(`document.getElementById("q").getAttribute("aria-activedescendant") === "option-f0"`)
	b.Type("#q", webtest.Enter)
	b.Await(`location.pathname === "/entities/product:aivres:kr2280-x2"`)
	b.Await(sentence + `.includes("Traces to Inspur Group Co., Ltd., listed on Entity List (US Bureau of Industry and Security) since March 2023, by an allegation.")`)

	set(b, "#as_of", "2023-02-28")
	b.Await(sentence + `.includes("no listed entity")`)
	if path := b.Path(); !strings.Contains(path, "as_of=2023-02-28") {
		t.Errorf("the address does not follow: %s", path)
	}
	if shown := webtest.Evaluate[string](b, `document.querySelector(".facts").innerText`); !strings.Contains(shown, "Pass") || !strings.Contains(shown, "28 February 2023") {
		t.Errorf("before any listing that it traces to: %s", shown)
	}
	if link := webtest.Evaluate[string](b, `document.querySelector(".top nav a[href^='/policies']").getAttribute("href")`); !strings.Contains(link, "as_of=2023-02-28") {
		t.Errorf("the navigation leads to %s", link)
	}
	webtest.Evaluate[bool](b, `(() => { const s = document.querySelector("input[data-for=as_of]"); s.value = s.max; s.dispatchEvent(new Event("input", {bubbles: true})); return true; })()`)
	b.Await(sentence + `.includes("Inspur Group")`)

	b.Press(`.picture svg a[data-claims="claim:aivres-kr2280-x1-rebrand"]`)
	b.Await(`document.getElementById("claim:aivres-kr2280-x1-rebrand").querySelector("details").open`)
	b.AwaitText("Alleges that the NF5280M5 was rebranded and sold in the US by Aivres as the KR2280-X1")
	b.Press(`button[data-zoom-by="1.25"]`)

	rows := webtest.Evaluate[string](b, `document.querySelector(".policies").innerText`)
	for _, want := range []string{"strict", "Clear", "Pass", "cautious", "Block", "default", "Review"} {
		if !strings.Contains(rows, want) {
			t.Errorf("the policies beside each other lack %q: %s", want, rows)
		}
	}
	set(b, "#policy", "strict")
	b.Await(sentence + `.includes("no listed entity")`)
	if path := b.Path(); !strings.Contains(path, "policy=strict") {
		t.Errorf("%s", path)
	}
}

// TestLinesArePasted goes from lines in the clipboard to a table.
func TestLinesArePasted(t *testing.T) {
	s := serve(t, nil)
	b := webtest.Browse(t, s.URL)
	b.Look(1440, false)
	b.Open("/")
	webtest.Evaluate[bool](b, `(() => {
		const data = new DataTransfer();
		data.setData("text", "kr2280 x2\nnothing like this\n浪潮\n");
		document.getElementById("q").dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
		return true;
	})()`)
	b.Await(`document.querySelectorAll(".lines tbody tr").length === 3`)
	rows := webtest.Evaluate[[]string](b, `[...document.querySelectorAll(".lines tbody tr")].map(r => r.innerText)`)
	for i, want := range []string{"Aivres KR2280-X2", "this is not a clear", "Inspur Group"} {
		if !strings.Contains(rows[i], want) {
			t.Errorf("line %d: %s", i+1, rows[i])
		}
	}
}

// TestFailureInPlace shows a failure where the answer was, and never the answer
// of before.
func TestFailureInPlace(t *testing.T) {
	s := serve(t, nil)
	b := webtest.Browse(t, s.URL)
	b.Allow("422")
	b.Open("/entities/product:aivres:kr2280-x2?known_at=1")
	b.Await(sentence + `.includes("does not know")`) // it was recorded later
	set(b, "#known_at", "30")
	b.Await(sentence + `.includes("Inspur Group")`)
	webtest.Evaluate[bool](b, `(() => { const f = document.getElementById("known_at"); f.type = "text"; f.value = "never"; f.form.requestSubmit(); return true; })()`)
	b.Await(`document.querySelector("#answer [role=alert]")`)
	shown := webtest.Evaluate[string](b, `document.getElementById("answer").innerText`)
	if !strings.Contains(shown, "This is not a finding") || strings.Contains(shown, "Traces to") {
		t.Errorf("%s", shown)
	}
	b.Axe("a failure in place")
}
