package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"debadge/graph/index"
	"debadge/graph/ingest/bundle"
)

// hostile is what would break out of a page, in every text of a case.
const hostile = `</title></style></text></svg><script>alert(1)</script>"'><img src=x onerror=alert(1)> \u202e{{.}}`

// hostileDossier is the page about a case of which every text is hostile.
func hostileDossier(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "case.json"))
	if err != nil {
		t.Fatal(err)
	}
	cs, err := bundle.Decode("case.json", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for i := range cs.Entities {
		cs.Entities[i].Name += hostile
		cs.Entities[i].Brand = ""
	}
	for i := range cs.Sources {
		cs.Sources[i].Title += hostile
		cs.Sources[i].Publisher += hostile
		cs.Sources[i].URL = "https://example.org/?" + hostile
	}
	for i := range cs.Claims {
		for k := range cs.Claims[i].Citations {
			cs.Claims[i].Citations[k].Text += hostile
			cs.Claims[i].Citations[k].Locator += hostile
		}
	}
	store := index.NewMemory(noon)
	if _, err := store.Append(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	p := program{clock: noon, stderr: io.Discard}
	p.flags.policy, p.flags.paths = hostile+".yaml", 2
	q, err := (&program{clock: noon, flags: flags{policy: "default", paths: 2}}).question("product:seller:x2")
	if err != nil {
		t.Fatal(err)
	}
	page, err := p.dossier(t.Context(), store, q)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestDossierHoldsNothingHostile(t *testing.T) {
	page := hostileDossier(t)
	if bytes.Contains(page, []byte("\u202e")) {
		t.Error("the page turns the direction of reading")
	}
	d := xml.NewDecoder(bytes.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	refused := []string{"script", "img", "iframe", "link", "object", "form", "base"}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if slices.Contains(refused, element.Name.Local) {
			t.Errorf("the page has an element %s", element.Name.Local)
		}
		for _, a := range element.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "style" || a.Name.Local == "src" {
				t.Errorf("the page has an attribute %s=%q", a.Name.Local, a.Value)
			}
			if a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#") && !strings.HasPrefix(a.Value, "https://example.org/?") {
				t.Errorf("the page refers to %q", a.Value)
			}
		}
	}
	if n := bytes.Count(page, []byte("</style>")); n != 1 {
		t.Errorf("the page ends %d style sheets", n)
	}
}

// dossierPDF asks for a PDF with a PATH of its own.
func dossierPDF(t *testing.T, path string) (pdf []byte, status int, said string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "case.pdf")
	var problems bytes.Buffer
	p := program{clock: noon, env: []string{"PATH=" + path}, stdin: strings.NewReader(""), stdout: io.Discard, stderr: &problems}
	status = p.run(t.Context(), []string{"dossier", "KR2280-X2", "--demo", "--out", out})
	pdf, err := os.ReadFile(out)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return pdf, status, problems.String()
}

// browser makes a program in a folder that does what a script says.
func browser(t *testing.T, script string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "chromium"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestDossierAsPDF(t *testing.T) {
	t.Run("without a browser", func(t *testing.T) {
		_, status, said := dossierPDF(t, t.TempDir())
		if status != couldNotAnswer || !strings.Contains(said, "a PDF needs Chromium or Chrome, and the PATH has none of chromium, ") || !strings.Contains(said, "case.html") {
			t.Errorf("status %d: %s", status, said)
		}
	})
	t.Run("with a browser that fails", func(t *testing.T) {
		pdf, status, said := dossierPDF(t, browser(t, "echo something; echo no display >&2; exit 3\n"))
		if status != couldNotAnswer || !strings.Contains(said, "printed no PDF (exit status 3): no display") || pdf != nil {
			t.Errorf("status %d: %s", status, said)
		}
	})
	t.Run("with a browser", func(t *testing.T) {
		// It copies what it was given to print, behind the mark of a PDF.
		pdf, status, said := dossierPDF(t, browser(t, `for a; do
case $a in
--print-to-pdf=*) out=${a#--print-to-pdf=} ;;
file://*) in=${a#file://} ;;
esac
done
{ printf '%%PDF-'; while IFS= read -r line; do printf '%s\n' "$line"; done < "$in"; } > "$out"
`))
		if status != answered || !bytes.Contains(pdf, []byte("<h1>Aivres KR2280-X2</h1>")) {
			t.Errorf("status %d: %s\n%.200s", status, said, pdf)
		}
	})
}
