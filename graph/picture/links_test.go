package picture_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/picture"
)

// quoted are links with characters that would break out of an attribute.
type quoted struct{}

func (quoted) Entity(e graph.EntityRef) string {
	if e.Kind == graph.List {
		return "" // no page
	}
	return `/"><script>` + string(e.ID)
}

func (quoted) Hop(claims []graph.Claim) string {
	if len(claims) == 0 {
		return ""
	}
	return "#" + string(claims[0].ID)
}

// TestLinks links each entity and hop that has an address, once, by a name that
// begins with what is shown.
func TestLinks(t *testing.T) {
	s := fill(t, retold(""))
	answer, _, names := ask(t, s, "product:fresh:x1", 1)
	var b bytes.Buffer
	if err := picture.SVG(&b, answer, picture.Options{Names: names, Bare: true, Links: quoted{}}); err != nil {
		t.Fatal(err)
	}
	links := map[string]int{}
	for d := xml.NewDecoder(&b); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		element, ok := token.(xml.StartElement)
		if !ok || element.Name.Local != "a" {
			if ok && element.Name.Local == "script" {
				t.Error("an address breaks out of its attribute")
			}
			continue
		}
		values := map[string]string{}
		for _, a := range element.Attr {
			values[a.Name.Local] = a.Value
		}
		links[values["href"]]++
		switch {
		case values["data-entity"] != "":
			if values["href"] != `/"><script>`+values["data-entity"] || !strings.HasSuffix(values["aria-label"], "("+values["data-entity"]+")") {
				t.Errorf("%v", values)
			}
		case !strings.HasPrefix(values["href"], "#claim:") || !strings.Contains(values["data-claims"], values["href"][1:]) || values["aria-label"] == "":
			t.Errorf("%v", values)
		}
	}
	hops := 0
	for href, n := range links {
		if n > 1 {
			t.Errorf("%s is linked %d times", href, n)
		}
		if strings.HasPrefix(href, "#") {
			hops++
		}
	}
	if hops < len(answer.Listings[0].Paths[0].Hops) || links[`/"><script>product:fresh:x1`] != 1 {
		t.Errorf("%v", links)
	}
}
