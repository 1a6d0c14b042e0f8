package web_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"debadge/web/webtest"
)

// rack is a bill of material: a server, a fan that nobody knows, and a library
// that names no company.
const rack = `{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
	"metadata": {"component": {"type": "device", "name": "Rack R-9", "manufacturer": {"name": "Nobody GmbH"}}},
	"components": [
		{"type": "device", "name": "KR2280-X2", "manufacturer": {"name": "Aivres"}, "components": [{"type": "device", "name": "Fan tray 80"}]},
		{"type": "library", "name": "libnobody"}
	]}`

// file writes a file of a name and returns its path.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const rowsOf = `[...document.querySelectorAll(".screened tbody tr")].map(r => r.innerText)`

// TestBillOfMaterialIsDropped screens the parts of a bill of material that is
// dropped, and says what in it was not asked about.
func TestBillOfMaterialIsDropped(t *testing.T) {
	b := webtest.Browse(t, serve(t, nil).URL)
	b.Look(1440, false)
	b.Open("/screen?as_of=2024-04-15")
	b.Drop("[data-drop]", file(t, "rack.cdx.json", rack))
	b.Await(`document.getElementById("columns").innerText.toLowerCase().includes("cyclonedx")`)
	b.Axe("a bill of material, before it is sent")
	b.Screenshot("screen-bom-1440-light")
	b.Press(".sheet-form button.primary")
	b.Await(`document.querySelector(".screened")`)
	rows := webtest.Evaluate[[]string](b, rowsOf)
	if len(rows) != 3 {
		t.Fatalf("%d lines: %q", len(rows), rows)
	}
	for i, want := range [][]string{{"Rack R-9", "Not known"}, {"KR2280-X2", "Inspur Group", "Review"}, {"Fan tray 80", "Not known"}} {
		for _, w := range want {
			if !strings.Contains(rows[i], w) {
				t.Errorf("part %d lacks %q: %s", i+1, w, rows[i])
			}
		}
	}
	if shown := webtest.Evaluate[string](b, `document.querySelector("#job .notice").innerText`); !strings.Contains(shown, "library") {
		t.Errorf("what was left out: %s", shown)
	}
	b.Axe("the parts of a bill of material")
	looks(t, b, "screened-bom", b.Path())
}

// TestUnreadBillOfMaterialIsRefused says why an SPDX document is not screened, when
// it is dropped and when it is sent all the same; neither looks like an answer.
func TestUnreadBillOfMaterialIsRefused(t *testing.T) {
	b := webtest.Browse(t, serve(t, nil).URL)
	b.Allow("422")
	b.Look(1440, false)
	b.Open("/screen")
	b.Drop("[data-drop]", file(t, "rack.spdx.json", `{"spdxVersion": "SPDX-2.3", "packages": [{"name": "KR2280-X2"}]}`))
	b.AwaitText("give the bill of material as CycloneDX")
	b.Axe("a bill of material that is not read")
	b.Press(".sheet-form button.primary")
	b.AwaitText("This is not a finding")
	if webtest.Evaluate[bool](b, `Boolean(document.querySelector(".screened, .is-pass"))`) {
		t.Error("it is answered")
	}
}

// TestFileIsChosenByKeyboard comes to the field with the tab key, opens its dialog
// with a key, and screens the file that is chosen there.
func TestFileIsChosenByKeyboard(t *testing.T) {
	b := webtest.Browse(t, serve(t, nil).URL)
	b.Look(1440, false)
	b.Open("/screen?as_of=2024-04-15")
	for i, key := range []string{webtest.Enter, webtest.Space} {
		b.TabTo("#file")
		b.ChooseByKey(key, file(t, "order.csv", "Typ;Menge\nKR2280-X2;1\n"+strings.Repeat("NB-7-Z;2\n", i)))
		b.Await(`document.querySelector("#columns td.quiet")?.innerText.includes("NB-7-Z") === ` + []string{"false", "true"}[i])
	}
	b.TabTo("[data-screen] button.primary")
	b.Key(webtest.Enter)
	b.Await(`document.querySelectorAll(".screened tbody tr").length === 2`)
	if rows := webtest.Evaluate[[]string](b, rowsOf); !strings.Contains(rows[0], "Inspur Group") || !strings.Contains(rows[1], "Not known") {
		t.Errorf("%q", rows)
	}
}
