package web_test

import (
	"strings"
	"testing"

	"debadge/web/webtest"
)

// TestExplore opens the graph from a product on, with the keyboard and the
// pointer, and finds the same in the table and in the address.
func TestExplore(t *testing.T) {
	s := serve(t, nil)
	b := webtest.Browse(t, s.URL)
	b.Look(1440, false)
	b.Open("/explore/product:aivres:kr2280-x2")
	b.AwaitText("Around Aivres KR2280-X2")
	b.Press(`[data-turn="product:aivres:kr2280-x1 up"]`)
	b.Await(`document.querySelector('[data-entity="product:inspur:nf5280m5"]')`)
	if path := b.Path(); !strings.Contains(path, "up=product%3Aaivres%3Akr2280-x1") {
		t.Errorf("the address does not say what is open: %s", path)
	}
	b.Await(`document.activeElement.getAttribute("data-turn") === "product:aivres:kr2280-x1 up"`)
	b.AwaitText("Inspur NF5280M5")
	here := b.Path()
	b.Press(`[data-turn="product:aivres:kr2280-x1 up"]`)
	b.Await(`!document.querySelector('[data-entity="product:inspur:nf5280m5"]')`)
	b.Open(here)
	b.Await(`document.querySelector('[data-entity="product:inspur:nf5280m5"]')`)
	b.Press(`input[name=status][value=confirmed]`)
	b.Await(`!document.querySelector('[data-entity="product:inspur:nf5280m5"]')`)
}
