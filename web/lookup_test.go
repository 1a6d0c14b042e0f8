package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/web/webtest"
)

// TestFirstLettersSayThereAreMore types two letters that fifty names begin with:
// what is called just so is there, and that others are not shown is said.
func TestFirstLettersSayThereAreMore(t *testing.T) {
	s := serve(t, nil)
	many := []graph.Entity{{ID: "product:qx:qx", Name: "QX", Brand: "Quax"}, {ID: "company:qx", Name: "QX"}}
	for i := range 50 {
		many = append(many, graph.Entity{ID: graph.ID(fmt.Sprint("product:quax:qx-1", i)), Name: fmt.Sprint("QX-1", i), Brand: "Quax"})
	}
	if _, err := s.store.Append(t.Context(), graph.ChangeSet{Author: "test", Reason: "many names", Entities: many}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // the index of names follows
	for _, test := range []struct {
		query string
		more  bool
		names []string
	}{
		{"qx", true, []string{"/entities/product:qx:qx", "/entities/company:qx", "/entities/product:quax:qx-10"}},
		{"qx-149", false, []string{"/entities/product:quax:qx-149"}},
		{"浪", false, []string{"/entities/company:inspur-group"}},
	} {
		for _, header := range []map[string]string{nil, {"Debadge-Part": "options"}} {
			answer, body := s.get(t, "/?q="+test.query, header)
			if answer.StatusCode != http.StatusOK || strings.Contains(body, "There are others") != test.more {
				t.Errorf("%s, %v: %d %s", test.query, header, answer.StatusCode, body)
			}
			for _, name := range test.names {
				if !strings.Contains(body, `"`+name+`"`) {
					t.Errorf("%s, %v: without %s: %s", test.query, header, name, body)
				}
			}
		}
	}
	b := webtest.Browse(t, s.URL)
	b.Look(1440, false)
	b.Open("/")
	b.Type("#q", "浪")
	b.Await(`document.querySelector("#options [role=option]")?.innerText.includes("Inspur Group")`)
	b.Open("/")
	b.Type("#q", "q")
	b.Type("#q", "x")
	b.Await(`document.querySelector("#options .none")?.innerText === "There are others. Type more of the name."`)
	b.Axe("candidates that are not all")
	b.Screenshot("look-up-more-1440-light")
}
