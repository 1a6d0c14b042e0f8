package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
)

func (s *service) find(t *testing.T, query string) searchAnswer {
	t.Helper()
	w := s.get(t, "/v1/entities?"+query)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", query, w.Code, w.Body)
	}
	return decode[searchAnswer](t, w.Body.Bytes())
}

func (a *searchAnswer) ids() []string {
	all := []string{}
	for _, h := range a.Candidates {
		all = append(all, string(h.Entity.ID))
	}
	return all
}

// TestSearch asks with and without a text, and with filters.
func TestSearch(t *testing.T) {
	s := newService(t, nil)
	for _, test := range []struct {
		query, outcome, entity string
		ids                    string
	}{
		{"q=b-1", "resolved", "product:beta:b1", "product:beta:b1"},
		{"q=B1&kind=company", "unknown", "", ""},
		{"q=Twin", "ambiguous", "", "product:beta:twin product:gamma:twin"},
		{"q=Twin&brand=Gamma", "resolved", "product:gamma:twin", "product:gamma:twin"},
		{"q=Twin&include=brand:beta", "ambiguous", "", "product:beta:twin"},
		{"q=Twin&exclude=finding:listed", "ambiguous", "", "product:gamma:twin"},
		{"q=" + url.QueryEscape("阿克米"), "resolved", "company:acme", "company:acme"},
		{"q=nobody+knows+this", "unknown", "", ""},
		{"", "", "", "company:acme company:beta company:delta company:epsilon company:gamma product:acme:a1 product:beta:b1 product:beta:twin product:gamma:g1 product:gamma:twin"},
		{"kind=company&include=country:CN", "", "", "company:acme"},
		{"kind=product&include=list:us-list", "", "", "product:acme:a1 product:beta:b1 product:beta:twin"},
		{"kind=product&include=status:reported", "", "", "product:beta:b1 product:beta:twin"},
		{"kind=product&include=brand:Beta&include=brand:Gamma&include=finding:clear", "", "", "product:gamma:g1 product:gamma:twin"},
		{"kind=product&exclude=list:us-list&exclude=brand:gamma", "", "", ""},
		{"kind=product&include=finding:listed&as_of=2022-12-31", "", "", ""},
		{"kind=product&include=finding:listed&policy=strict", "", "", "product:acme:a1"},
		{"kind=product&include=finding:listed&list=eu-list", "", "", ""},
	} {
		t.Run(test.query, func(t *testing.T) {
			a := s.find(t, test.query)
			got := a.ids()
			if test.outcome == "resolved" {
				got = got[:min(1, len(got))] // others may be near
			}
			entity := ""
			if a.Entity != nil {
				entity = string(a.Entity.ID)
			}
			if string(a.Outcome) != test.outcome || entity != test.entity || strings.Join(got, " ") != test.ids || !a.Complete || a.Revision != 1 {
				t.Errorf("%s %s %v of revision %d", a.Outcome, entity, got, a.Revision)
			}
			if a.Total != len(a.Candidates) {
				t.Errorf("total %d", a.Total)
			}
		})
	}
}

// TestFacetsCount adds up what the candidates have.
func TestFacetsCount(t *testing.T) {
	s := newService(t, nil)
	a := s.find(t, "kind=product&limit=1")
	if a.Total != 5 || len(a.Candidates) != 1 {
		t.Fatalf("%d of %d", len(a.Candidates), a.Total)
	}
	for _, test := range []struct {
		name      string
		got, want []facetCount
	}{
		{"kind", a.Facets.Kind, []facetCount{{"product", 5}}},
		{"brand", a.Facets.Brand, []facetCount{{"Beta", 2}, {"Gamma", 2}, {"Acme", 1}}},
		{"country", a.Facets.Country, []facetCount{}},
		{"list", a.Facets.List, []facetCount{{"list:us-list", 3}}},
		{"finding", a.Facets.Finding, []facetCount{{"listed", 3}, {"clear", 2}}},
		{"status", a.Facets.Status, []facetCount{{"reported", 2}, {"confirmed", 1}}},
	} {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("%s: %v", test.name, test.got)
		}
	}
}

// TestSearchPagesAreOfOneRevision writes between two pages.
func TestSearchPagesAreOfOneRevision(t *testing.T) {
	for _, query := range []string{"q=Twin", "kind=product", "q=Twin&include=kind:product", "changed_since=1&known_at=2"} {
		t.Run(query, func(t *testing.T) {
			var store graph.Store
			s := newService(t, func(o *Options) { o.Store, o.Clock = worldStore(t), noon; store = o.Store })
			write(t, store, graph.ChangeSet{Author: "tests", Entities: []graph.Entity{{ID: "product:a:new", Name: "New"}, {ID: "product:b:new", Name: "New"}}})
			a := s.find(t, query+"&limit=1&min_revision=2")
			if a.Next == "" || a.Revision != 2 {
				t.Fatalf("revision %d, next %q", a.Revision, a.Next)
			}
			write(t, store, graph.ChangeSet{Author: "tests", Entities: []graph.Entity{{ID: "product:zeta:twin", Name: "Twin", Brand: "Zeta"}}})
			all := a.ids()
			for a.Next != "" {
				a = s.find(t, query+"&limit=1&cursor="+url.QueryEscape(a.Next))
				if a.Revision != 2 {
					t.Errorf("a page of revision %d", a.Revision)
				}
				all = append(all, a.ids()...)
			}
			if len(all) < 2 || slices.Contains(all, "product:zeta:twin") {
				t.Errorf("%v", all)
			}
			if slices.Sort(all); len(slices.Compact(slices.Clone(all))) != len(all) {
				t.Errorf("twice on the pages: %v", all)
			}
		})
	}
}

func write(t *testing.T, s graph.Store, cs graph.ChangeSet) graph.Receipt {
	t.Helper()
	receipt, err := s.Append(t.Context(), cs)
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

// TestChangedSince finds new versions, new claims and withdrawn ones.
func TestChangedSince(t *testing.T) {
	var store graph.Store
	s := newService(t, func(o *Options) { store = worldStore(t); o.Store = store })
	var makes graph.ID
	if err := store.Changes(t.Context(), 0, func(c graph.Change) error {
		for _, claim := range c.Claims {
			if claim.Relation == graph.Makes && claim.To == "product:gamma:g1" {
				makes = claim.ID
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	write(t, store, graph.ChangeSet{Author: "tests", Retractions: []graph.Retraction{{Claim: makes, Reason: "it was wrong"}}})
	write(t, store, graph.ChangeSet{Author: "tests", Entities: []graph.Entity{{ID: "company:beta", Name: "Beta Ltd"}}})
	for _, test := range []struct{ query, ids string }{
		{"changed_since=1", "company:beta company:gamma product:gamma:g1"},
		{"changed_since=2", "company:beta"},
		{"changed_since=3", ""},
		{"changed_since=99", ""},
		{"changed_since=1&known_at=2", "company:gamma product:gamma:g1"},
		{"changed_since=1&kind=product", "product:gamma:g1"},
		{"changed_since=1&q=Gamma", "company:gamma"},
		{"changed_since=2&q=Gamma", ""},
	} {
		a := s.find(t, test.query+"&min_revision=3")
		if got := strings.Join(a.ids(), " "); got != test.ids {
			t.Errorf("%s: %s", test.query, got)
		}
	}
}

// TestSearchRefuses what it does not know.
func TestSearchRefuses(t *testing.T) {
	s := newService(t, nil)
	for query, field := range map[string]string{
		"q=": "query.q", "kind=list": "query.kind", "include=brand": "query.include", "include=color:red": "query.include",
		"exclude=brand:": "query.exclude", "threshold=0": "query.threshold", "threshold=2": "query.threshold", "limit=1001": "query.limit",
		"changed_since=0": "query.changed_since", "min_revision=0": "query.min_revision", "q=x&cursor=1": "query.cursor", "text=x": "query.text",
	} {
		w := s.get(t, "/v1/entities?"+query)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), field) {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
	if w := s.get(t, "/v1/entities?q=Twin&cursor=1~%23900"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a cursor behind the end: %d %s", w.Code, w.Body)
	}
}

// minRevision are the questions that can demand a revision.
func minRevision() []string {
	return []string{
		"/v1/trace?subject=A1", "/v1/timeline?subject=A1", "/v1/reach?origin=company:acme", "/v1/entities?q=A1", "/v1/entities?kind=product",
		"/v1/entities/company:acme?limit=1", "/v1/lists?as_of=2026-01-01", "/v1/lists/us-list?limit=1",
	}
}

// TestMinRevision waits for a write, and says what is missing at the time limit.
func TestMinRevision(t *testing.T) {
	for _, target := range minRevision() {
		t.Run(target, func(t *testing.T) {
			var store graph.Store
			s := newService(t, func(o *Options) { store = worldStore(t); o.Store, o.RequestTimeout = store, 300*time.Millisecond })
			if w := s.get(t, target+"&min_revision=1"); w.Code != http.StatusOK {
				t.Errorf("of a revision that is there: %d %s", w.Code, w.Body)
			}
			w := s.get(t, target+"&min_revision=2")
			if w.Code != http.StatusGatewayTimeout || !strings.Contains(w.Body.String(), "at revision 1") || w.Header().Get("Retry-After") == "" {
				t.Errorf("of a revision that never comes: %d %s", w.Code, w.Body)
			}
			var wrote sync.WaitGroup
			wrote.Go(func() {
				time.Sleep(50 * time.Millisecond)
				write(t, store, graph.ChangeSet{Author: "tests", Entities: []graph.Entity{{ID: "product:acme:a9", Name: "A9"}}})
			})
			w = s.get(t, target+"&min_revision=2")
			wrote.Wait()
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"revision": 2`) {
				t.Errorf("of a revision that comes: %d %s", w.Code, w.Body)
			}
		})
	}
}

// TestMinRevisionOfAStream refuses with a problem before the first line.
func TestMinRevisionOfAStream(t *testing.T) {
	s := newService(t, func(o *Options) { o.StreamTimeout = 100 * time.Millisecond })
	w := s.ask(t, request(t, http.MethodGet, "/v1/reach?origin=company:acme&min_revision=2", map[string]string{"Accept": ndjsonType}))
	if w.Code != http.StatusGatewayTimeout {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestSearchWhileTheStoreIsAway answers with 503.
func TestSearchWhileTheStoreIsAway(t *testing.T) {
	s := newService(t, func(o *Options) { o.Store = awayStore{graph.Unavailable("the store is away", nil)} })
	for _, target := range minRevision() {
		if w := s.get(t, target+"&min_revision=1"); w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

// TestLongBrowse looks at a bounded part of many entities a page, and reaches all.
func TestLongBrowse(t *testing.T) {
	store := index.NewMemory(noon)
	t.Cleanup(func() { _ = store.Close() })
	const most = mostAssessed + 700
	cs := graph.ChangeSet{Author: "tests"}
	for i := range most {
		cs.Entities = append(cs.Entities, graph.Entity{ID: graph.ID("product:acme:" + strings.Repeat("a", i%7+1) + "-" + strings.Repeat("b", i/7%50+1) + "-" + strings.Repeat("c", i/350+1)), Name: "x"})
	}
	if _, err := store.Append(context.WithoutCancel(t.Context()), cs); err != nil {
		t.Fatal(err)
	}
	s := newService(t, func(o *Options) { o.Store = store })
	seen, pages, query := 0, 0, "limit=1000"
	for a := s.find(t, query); ; a = s.find(t, query+"&cursor="+url.QueryEscape(a.Next)) {
		seen, pages = seen+len(a.Candidates), pages+1
		if a.Complete == (a.Next != "" && len(a.Reasons) > 0) {
			t.Errorf("complete %v, %v", a.Complete, a.Reasons)
		}
		if a.Next == "" {
			break
		}
	}
	if seen != most {
		t.Errorf("%d of %d on %d pages", seen, most, pages)
	}
}
