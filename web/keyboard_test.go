package web_test

import (
	"testing"

	"debadge/web/webtest"
)

// focused awaits that an element of an id has the focus.
func focused(b *webtest.Browser, id string) {
	b.Await(`document.activeElement.id === "` + id + `"`)
}

// TestKeyboardAlone goes from the box to a recorded decision without a pointer.
// Each stop of the tab key is seen, and has a name.
func TestKeyboardAlone(t *testing.T) {
	b := webtest.Browse(t, serve(t, nil).URL)
	b.Look(1440, false)
	b.Open("/")
	focused(b, "q")
	b.Key("kr2280 x2")
	b.Await(`document.querySelector("#options [role=option]")?.innerText.includes("the text is its name")`)
	b.Key(webtest.ArrowDown)
	b.Await(`document.getElementById("q").getAttribute("aria-activedescendant") === "option-f0"`)
	b.Key(webtest.Enter)
	b.Await(`location.pathname === "/entities/product:aivres:kr2280-x2" && document.querySelector(".verdict")`)

	b.TabTo(".skip")
	b.Key(webtest.Enter)
	focused(b, "main")
	b.TabTo("input[data-for=as_of]")
	b.Key(webtest.Home)
	b.Await(sentence + `.includes("no listed entity")`)
	b.Open("/entities/product:aivres:kr2280-x2?as_of=2024-04-15")
	b.TabTo("#policy")
	b.Key(webtest.ArrowDown)
	b.Await(sentence + `.includes("no listed entity")`)
	b.Key(webtest.ArrowUp)
	b.Await(sentence + `.includes("Inspur Group")`)

	const claim = "claim:aivres-kr2280-x1-rebrand"
	b.TabTo(`.picture svg a[data-claims="` + claim + `"]`)
	b.Key(webtest.Enter)
	focused(b, claim)
	b.TabTo(`[id="` + claim + `"] summary`)
	b.Key(webtest.Enter)
	b.Await(`!document.activeElement.closest("details").open`)
	b.Key(webtest.Space)
	b.Await(`document.activeElement.closest("details").open`)
	b.TabTo(`a[href^="/claims/` + claim + `"]`)
	b.Key(webtest.Enter)
	b.AwaitText("What it is about")
	b.TabTo(`.cites a[href^="/sources/"]`)
	b.Key(webtest.Enter)
	b.AwaitText("Publisher")

	b.Open("/explore/product:aivres:kr2280-x2")
	b.TabTo(`svg [data-turn="product:aivres:kr2280-x1 up"]`)
	b.Key(webtest.Enter)
	b.Await(`document.querySelector('[data-entity="product:inspur:nf5280m5"]')`)
	b.Await(`document.activeElement.getAttribute("data-turn") === "product:aivres:kr2280-x1 up"`) // one goes on from there

	b.Open("/entities/product:aivres:kr2280-x2?as_of=2024-04-15")
	b.TabTo(`a[href^="/decisions/new"]`)
	b.Key(webtest.Enter)
	b.Await(`location.pathname === "/decisions/new" && document.querySelector("[data-decide]")`)
	b.TabTo(".pick input")
	b.Key(webtest.Space)
	b.Await(`document.querySelector(".pick input[value=block]").checked`)
	b.TabTo("#reasoning")
	b.Key("The complaint names this model.")
	b.TabTo("#author")
	b.Key("a.lopez")
	b.TabTo("[data-decide] button.primary")
	b.Key(webtest.Enter)
	b.Await(`location.pathname === "/decisions/decision-1"`)
	b.AwaitText("Blocked.")
}
