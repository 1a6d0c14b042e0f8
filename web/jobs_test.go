package web_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"debadge/api"
	"debadge/web"
	"debadge/web/webtest"
)

// slowImporter reads on until somebody has enough of it: no real file takes that
// long on demand.
type slowImporter struct{}

// Formats are some of those of debadge import.
func (slowImporter) Formats() []api.ImportFormat {
	return []api.ImportFormat{{Name: "bundle", About: "debadge's own format"}, {Name: "csl", About: "the Consolidated Screening List"}}
}

// Registers are those of a manifest.
func (slowImporter) Registers() []string { return []string{"us-csl", "gleif"} }

func (slowImporter) Import(ctx context.Context, _ api.ImportOrder, progress func(done, total int64)) (any, error) {
	progress(1, 4)
	<-ctx.Done()
	return nil, context.Cause(ctx)
}

func (slowImporter) Refresh(context.Context, api.RefreshOrder) (any, error) { return struct{}{}, nil }

// fileOf writes a file to be chosen.
func fileOf(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestJobsAreCanceled cancels an import that is under way, and a screening that
// waits for it: neither is shown as anything else.
func TestJobsAreCanceled(t *testing.T) {
	s := serve(t, func(o *api.Options, _ *web.Options) { o.Importer = slowImporter{} })
	b := webtest.Browse(t, s.URL)
	b.Look(1440, false)
	var imported string
	for range 2 { // which is how many run at once
		b.Open("/data")
		fill(b, map[string]string{"format": "bundle"})
		b.Choose("#file", fileOf(t, "case.json", "{}"))
		b.Press(`form[action="/data/import"] button`)
		b.Await(`document.querySelector("#job progress")?.value === 1`)
		imported = b.Path()
	}
	b.AwaitText("running")
	b.Axe("an import under way")
	b.Screenshot("job-running-1440-light")
	b.Open("/screen")
	b.Drop("[data-drop]", fileOf(t, "order.csv", order(50)))
	b.Await(`document.querySelectorAll("#columns tbody tr").length === 4`)
	b.Press(".sheet-form button.primary")
	b.AwaitText("Waiting for its turn")
	b.Axe("a screening that waits")
	webtest.Evaluate[bool](b, `document.querySelector("[data-poll]").classList.add("was"), true`)
	b.Await(`document.querySelector("[data-poll]:not(.was)")`) // once a script has looked again
	if webtest.Evaluate[bool](b, `Boolean(document.querySelector("meta[http-equiv=refresh]"))`) {
		t.Error("the page loads itself again, which would undo what somebody is choosing")
	}
	b.Screenshot("screening-waits-1440-light")
	b.Press(`form[action$="/cancel"] button`)
	b.AwaitText("The screening was canceled")
	if shown := webtest.Evaluate[string](b, `document.querySelector("main").innerText`); strings.Contains(shown, "Pass") || !strings.Contains(shown, "This is not a finding") {
		t.Errorf("a screening that was canceled: %s", shown)
	}
	b.Axe("a screening that was canceled")
	b.Open(imported)
	b.Press(`form[action$="/cancel"] button`)
	b.AwaitText("Nothing more is read")
	b.Await(`document.querySelector("#job p")?.innerText.startsWith("canceled")`)
	b.Axe("an import that was canceled")
}
