package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"debadge/api"
	"debadge/graph"
	"debadge/web"
)

// questions are what pages ask the API.
type questions struct {
	mu    sync.Mutex
	asked []string
}

// heard serves as serve does, and notes what pages ask.
func heard(t *testing.T) (*service, *questions) {
	t.Helper()
	var q questions
	s := serve(t, func(_ *api.Options, w *web.Options) {
		inner := w.API
		w.API = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			q.mu.Lock()
			q.asked = append(q.asked, r.URL.RequestURI())
			q.mu.Unlock()
			inner.ServeHTTP(w, r)
		})
	})
	return s, &q
}

// of returns what was asked of a path since the last time, and forgets it.
func (q *questions) of(path string) []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := slices.DeleteFunc(slices.Clone(q.asked), func(uri string) bool { return !strings.HasPrefix(uri, path) })
	q.asked = nil
	return all
}

// TestPartsAskForNoMore than they show: what stands around them on the whole page
// is not asked for.
func TestPartsAskForNoMore(t *testing.T) {
	s, q := heard(t)
	for _, test := range []struct{ page, parts, path string }{
		{"/entities/product:aivres:kr2280-x2", "verdict answer", "/v1/entities/"},
		{"/explore/product:aivres:kr2280-x2", "explored", "/v1/lists"},
		{"/entities/company:inspur-group/reach", "rows", "/v1/entities/"},
	} {
		s.get(t, test.page, nil)
		if len(q.of(test.path)) == 0 {
			t.Errorf("the whole page %s does not ask %s", test.page, test.path)
		}
		s.get(t, test.page, map[string]string{"Debadge-Part": test.parts})
		if asked := q.of(test.path); len(asked) > 0 {
			t.Errorf("parts of %s ask %q", test.page, asked)
		}
	}
}

// TestPicture is of the revision of the answer beside it, and leads on by what the
// page was asked. Where nothing is listed there is none.
func TestPicture(t *testing.T) {
	s, q := heard(t)
	_, shown := s.get(t, "/entities/product:aivres:kr2280-x2?policy=cautious", nil)
	if asked := q.of("/v1/picture?"); len(asked) != 1 || !strings.Contains(asked[0], "known_at=") || !strings.Contains(asked[0], "as_of=2026-06-01") {
		t.Errorf("the picture is asked by %q", asked)
	}
	if want := `<a href="/entities/company:inspur-group?policy=cautious" data-entity=`; !strings.Contains(shown, want) {
		t.Errorf("the page lacks %s: %s", want, shown)
	}
	s.get(t, "/entities/product:aivres:kr2280-x2?as_of=2023-02-28", nil)
	if asked := q.of("/v1/picture?"); len(asked) != 0 {
		t.Errorf("of a clear product there is a picture: %q", asked)
	}
}

// TestMakersOfAHub are told also where a product has many claims of other
// relations whose ids come first.
func TestMakersOfAHub(t *testing.T) {
	s := serve(t, nil)
	cited := []graph.Citation{{Source: "source:tests", Stance: graph.Supports, Locator: "page 1"}}
	cs := graph.ChangeSet{
		Author: "test", Reason: "a part of many",
		Entities: []graph.Entity{
			{ID: "company:origin", Name: "Origin"}, {ID: "company:shop", Name: "Shop"}, {ID: "product:origin:part", Name: "Part Q77", Brand: "Origin"},
		},
		Sources: []graph.Source{{ID: "source:tests", Title: "Notice", Publisher: "Tests", Kind: "vendor"}},
		Claims: []graph.Claim{
			{ID: "claim:z-makes", Relation: graph.Makes, From: "company:origin", To: "product:origin:part", Status: graph.Reported, Citations: cited},
			{ID: "claim:z-sells", Relation: graph.Sells, From: "company:shop", To: "product:origin:part", Status: graph.Reported, Citations: cited},
		},
	}
	for i := range 120 {
		whole := graph.ID(fmt.Sprintf("product:origin:whole-%d", i))
		cs.Entities = append(cs.Entities, graph.Entity{ID: whole, Name: fmt.Sprintf("Whole %d", i), Brand: "Origin"})
		cs.Claims = append(cs.Claims, graph.Claim{
			ID: graph.ID(fmt.Sprintf("claim:a-%03d", i)), Relation: graph.ComponentOf, From: "product:origin:part", To: whole, Status: graph.Reported, Citations: cited,
		})
	}
	if _, err := s.store.Append(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	_, shown := s.get(t, "/entities/product:origin:part", nil)
	for _, want := range []string{`<a href="/entities/company:origin">Origin</a>`, `<a href="/entities/company:shop">Shop</a>`} {
		if !strings.Contains(shown, want) {
			t.Errorf("the page lacks %s: %s", want, shown)
		}
	}
}
