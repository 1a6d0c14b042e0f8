package webtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeVersion is what .ci/axe fetches.
const axeVersion = "4.14.1"

// axeScript reads the script of axe-core.
var axeScript = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	script, err := os.ReadFile(filepath.Join(cache, "debadge", "axe-core-"+axeVersion, "node_modules", "axe-core", "axe.min.js"))
	return string(script), err
})

// violation is what axe-core objects to, at places of the page.
type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML           string `json:"html"`
		FailureSummary string `json:"failureSummary"`
	} `json:"nodes"`
}

// axeRun asks for all rules of WCAG 2.2 AA and the best practices.
const axeRun = `axe.run(document, {runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}).then(r => r.violations)`

// Axe fails the test for each thing on the page that axe-core objects to.
func (b *Browser) Axe(name string) {
	b.t.Helper()
	run(b, chromedp.Evaluate[bool](script(b.t)+";true"))
	for _, v := range run(b, chromedp.Evaluate[[]violation](axeRun, chromedp.EvalAwaitPromise)) {
		var places strings.Builder
		for _, n := range v.Nodes[:min(len(v.Nodes), 5)] {
			fmt.Fprintf(&places, "\n  %s\n    %s", n.HTML, n.FailureSummary)
		}
		b.t.Errorf("%s: axe: %s (%s), %s: %d times%s", name, v.ID, v.Impact, v.Help, len(v.Nodes), &places)
	}
}

func script(tb testing.TB) string {
	tb.Helper()
	s, err := axeScript()
	if err != nil {
		tb.Fatalf("the tests of pages need axe-core, which .ci/axe fetches from npm: %v", err)
	}
	return s
}
