package webtest

import (
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// More keys that have no letter.
const (
	ArrowUp = kb.ArrowUp
	Home    = kb.Home
	Space   = " "
)

// mostStops is how many stops the tab key makes on one page at the most.
const mostStops = 400

// Key presses keys, wherever the focus is.
func (b *Browser) Key(keys string) {
	b.t.Helper()
	b.Do(chromedp.KeyEvent(keys))
}

// TabTo presses the tab key until what a CSS selector finds has the focus. Each
// stop on the way has to be seen, and to have a name that a screen reader says.
func (b *Browser) TabTo(selector string) {
	b.t.Helper()
	for range mostStops {
		b.Key(kb.Tab)
		if Evaluate[bool](b, `document.activeElement === document.body`) {
			continue // behind the last stop, before the first one again
		}
		b.checkStop()
		if Evaluate[bool](b, `document.activeElement.matches(`+quote(selector)+`)`) {
			return
		}
	}
	b.t.Fatalf("the tab key does not come to %s; the page:\n%s", selector, b.text())
}

func quote(text string) string { return "`" + strings.ReplaceAll(text, `\`, `\\`) + "`" }

// checkStop fails where what has the focus cannot be told by eye or by ear.
func (b *Browser) checkStop() {
	b.t.Helper()
	what := func() string { return Evaluate[string](b, `document.activeElement.outerHTML.slice(0, 120)`) }
	if !Evaluate[bool](b, `(() => {
		const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
		return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 && box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
	})()`) {
		b.t.Errorf("the focus is not seen on %s", what())
	}
	at, err := chromedp.Call(b.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.activeElement"})
	if err != nil {
		b.t.Fatal(err)
	}
	no := false
	told, err := chromedp.Call(b.ctx, accessibility.GetPartialAXTree, accessibility.GetPartialAXTreeParams{ObjectID: at.Result.ObjectID, FetchRelatives: &no})
	if err != nil {
		b.t.Fatal(err)
	}
	if len(told.Nodes) == 0 || told.Nodes[0].Ignored || told.Nodes[0].Name == nil || strings.Trim(string(told.Nodes[0].Name.Value), `" `) == "" {
		b.t.Errorf("a screen reader has no name for %s", what())
	}
}

// Moves reports whether anything on the page moves by itself, or would on its way
// to another state, though the reader asks for less motion.
func (b *Browser) Moves() bool {
	b.t.Helper()
	return Evaluate[bool](b, `document.getAnimations().length > 0 || [...document.querySelectorAll("*")].some(e => {
		const s = getComputedStyle(e);
		return s.scrollBehavior === "smooth" || s.animationName !== "none" || s.transitionDuration.split(", ").some(d => d !== "0s");
	})`)
}
