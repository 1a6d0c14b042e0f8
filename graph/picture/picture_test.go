package picture_test

import (
	"bytes"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"debadge/graph"
	"debadge/graph/picture"
)

var update = flag.Bool("update", false, "write the pictures into testdata")

// drawings are the pictures of an answer.
func drawings(tb testing.TB, s graph.Store, subject string, paths int) map[string][]byte {
	tb.Helper()
	answer, timeline, names := ask(tb, s, subject, paths)
	all := map[string][]byte{}
	for name, draw := range map[string]func(io.Writer) error{
		"svg":      func(w io.Writer) error { return picture.SVG(w, answer, picture.Options{Names: names}) },
		"dot":      func(w io.Writer) error { return picture.DOT(w, answer, picture.Options{Names: names}) },
		"bare.svg": func(w io.Writer) error { return picture.SVG(w, answer, picture.Options{Names: names, Bare: true}) },
		"timeline.svg": func(w io.Writer) error {
			return picture.TimelineSVG(w, timeline, answer, picture.Options{Names: names})
		},
	} {
		var b bytes.Buffer
		if err := draw(&b); err != nil {
			tb.Fatal(err)
		}
		all[name] = b.Bytes()
	}
	return all
}

func TestDrawings(t *testing.T) {
	s := fill(t, retold(""))
	for name, subject := range map[string]string{
		"product": "product:fresh:x1", // lineage, alternatives, denials, a disputed claim
		"company": "company:seller",   // ownership that is added up, a former listing
		"listed":  "company:origin",
		"linked":  "company:friend",
		"unknown": "nobody's",
	} {
		t.Run(name, func(t *testing.T) {
			for kind, got := range drawings(t, s, subject, 4) {
				if kind == "bare.svg" {
					continue
				}
				path := filepath.Join("testdata", name+"."+kind)
				if *update {
					if err := os.WriteFile(path, got, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("the picture is not that of %s; look at both, and write it with -update if the new one is right", path)
				}
			}
		})
	}
}

// words are what a picture of the founding kind must say.
func TestWords(t *testing.T) {
	got := drawings(t, fill(t, retold("")), "product:fresh:x1", 4)
	for _, kind := range []string{"svg", "dot"} {
		text := string(got[kind])
		for _, want := range []string{
			"Origin Works", "源厂集团", "Blue List", "Red List", "LISTED COMPANY", "PRODUCT, ASKED ABOUT", "rebadged as", "from 2021-04",
			"AFTER 1 OF 2 LISTINGS", "DENIED in: Fresh Label", "same product", "from 2019-05-16", "traces to a listed entity: LISTED",
			"as of 2024-06-01", "reported, 2 claims",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the %s does not say %q", kind, want)
			}
		}
		for _, once := range []string{"(list:blue)", "(company:origin)", "(product:fresh:x1)"} {
			if n := strings.Count(text, once); kind == "svg" && n != 1 {
				t.Errorf("%s stands in the picture %d times", once, n)
			}
		}
	}
	if bare := string(got["bare.svg"]); strings.Contains(bare, "as of") || strings.Contains(bare, `font-size="18"`) || !strings.Contains(bare, "alleged (by a party)") {
		t.Error("the bare picture has a heading or a basis, or lacks the legend")
	}
}

// TestSameBytes draws one answer at the same time in several goroutines.
func TestSameBytes(t *testing.T) {
	s := fill(t, retold(""))
	answer, _, names := ask(t, s, "product:fresh:x1", 4)
	draw := func() []byte {
		var b bytes.Buffer
		if err := picture.SVG(&b, answer, picture.Options{Names: names}); err != nil {
			t.Error(err)
		}
		return b.Bytes()
	}
	want := draw()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if !bytes.Equal(draw(), want) {
				t.Error("the same answer gives other bytes")
			}
		})
	}
	group.Wait()
}

// allowed are the elements and attributes that a strict content security policy
// has nothing against.
var (
	elements   = []string{"svg", "title", "desc", "g", "rect", "path", "text"}
	allowedOn  = []string{"xmlns", "width", "height", "viewBox", "role", "font-family", "fill", "x", "y", "rx", "d", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "font-size", "font-weight", "text-anchor"}
	references = []string{"url(", "http:", "https:", "data:", "javascript:", "@import"}
)

// checkSVG reports what does not belong into a picture, and returns its texts.
func checkSVG(tb testing.TB, svg []byte) string {
	tb.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	var texts strings.Builder
	for {
		token, err := d.Token()
		if err == io.EOF {
			return texts.String()
		}
		if err != nil {
			tb.Fatalf("the picture is no XML: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if !slices.Contains(elements, token.Name.Local) {
				tb.Errorf("the picture has an element %s", token.Name.Local)
			}
			for _, a := range token.Attr {
				if !slices.Contains(allowedOn, a.Name.Local) {
					tb.Errorf("the picture has an attribute %s=%q", a.Name.Local, a.Value)
				}
				for _, r := range references {
					if a.Name.Local != "xmlns" && strings.Contains(strings.ToLower(a.Value), r) {
						tb.Errorf("the attribute %s=%q refers to something", a.Name.Local, a.Value)
					}
				}
			}
		case xml.CharData:
			texts.Write(token)
		case xml.Comment, xml.ProcInst, xml.Directive:
			tb.Errorf("the picture holds %v", token)
		}
	}
}

// hostile are texts that would break out of where they stand.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</title></text></svg><script>alert(1)</script>`,
	`' onload='alert(1)`, `]]><!--`, `&lt;script&gt;`, `&#x3c;b&#x3e;`, `javascript:alert(1)`, `url(https://example.org/x)`,
	`\N \G \E \L \n`, `"]; evil [label="x`, "a\\", "right\u202eleft", "zero\u200bwidth", "a\u0001b\u001bc",
}

func TestHostileNames(t *testing.T) {
	for _, text := range hostile {
		t.Run(text, func(t *testing.T) {
			cs := retold(" " + text)
			var all map[string][]byte
			if strings.ContainsAny(text, "\x01\x1b") { // refused by a store, so told by names alone
				all = named(t, text)
			} else {
				all = drawings(t, fill(t, cs), "product:fresh:x1", 4)
			}
			for _, kind := range []string{"svg", "bare.svg", "timeline.svg"} {
				if got := checkSVG(t, all[kind]); strings.ContainsAny(got, "\u202e\u200b\x01\x1b") {
					t.Errorf("the %s holds characters that cannot be seen", kind)
				}
			}
			checkDOT(t, all["dot"])
		})
	}
}

// named draws the plain case with a text as every name.
func named(t *testing.T, text string) map[string][]byte {
	t.Helper()
	answer, timeline, names := ask(t, fill(t, retold("")), "product:fresh:x1", 4)
	for id := range names {
		names[id] = picture.Name{Full: text, Other: text}
	}
	o := picture.Options{Names: names}
	all := map[string][]byte{}
	for name, draw := range map[string]func(io.Writer) error{
		"svg":          func(w io.Writer) error { return picture.SVG(w, answer, o) },
		"dot":          func(w io.Writer) error { return picture.DOT(w, answer, o) },
		"timeline.svg": func(w io.Writer) error { return picture.TimelineSVG(w, timeline, answer, o) },
	} {
		var b bytes.Buffer
		if err := draw(&b); err != nil {
			t.Fatal(err)
		}
		all[name] = b.Bytes()
	}
	all["bare.svg"] = all["svg"]
	return all
}

// TestShippedCases draws every product and company of the public cases.
func TestShippedCases(t *testing.T) {
	s := shipped(t)
	var subjects []graph.ID
	err := s.View(t.Context(), graph.Moment{}, func(v graph.View) error {
		for _, kind := range []graph.Kind{graph.Product, graph.Company} {
			ids, err := v.Find(t.Context(), graph.Find{Kind: kind})
			if err != nil {
				return err
			}
			subjects = append(subjects, ids...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(subjects) < 100 {
		t.Fatalf("there are %d products and companies", len(subjects))
	}
	for _, id := range subjects {
		all := drawings(t, s, string(id), 3)
		for _, kind := range []string{"svg", "timeline.svg"} {
			checkSVG(t, all[kind])
		}
		checkDOT(t, all["dot"])
	}
}
