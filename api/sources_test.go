package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"debadge/graph"
)

// TestSources goes through the documents page by page, at the revision of the
// first page, and tells the age of each that has a date that has come.
func TestSources(t *testing.T) {
	s := newService(t, nil)
	add := func(id graph.ID, dated string) {
		cs := graph.ChangeSet{Sources: []graph.Source{{ID: id, Title: "Document", Publisher: "Office"}}}
		if dated != "" {
			cs.Sources[0].Date = date(t, dated)
		}
		if _, err := s.server.Store.Append(t.Context(), cs); err != nil {
			t.Fatal(err)
		}
	}
	add("source:b", "2023")
	add("source:a", "2024-04-15")
	add("source:c", "")
	add("source:d", "2030-01-01")
	var ids []graph.ID
	ages := map[graph.ID]int{}
	cursor := ""
	for {
		w := s.get(t, "/v1/sources?as_of=2024-04-15&limit=2"+cursor)
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		p := decode[sourcesAnswer](t, w.Body.Bytes())
		for _, one := range p.Sources {
			ids = append(ids, one.ID)
			if one.AgeDays != nil {
				ages[one.ID] = *one.AgeDays
			}
		}
		if p.Next == "" {
			break
		}
		if len(p.Sources) != 2 {
			t.Fatalf("a page that is not the last has %d rows", len(p.Sources))
		}
		cursor = "&cursor=" + url.QueryEscape(p.Next)
		add(graph.ID("source:z"+p.Next[:1]+string(ids[len(ids)-1][7:])), "") // none of the pages that follow has it
	}
	if want := []graph.ID{"source:a", "source:b", "source:c", "source:d", "source:notice"}; !slices.Equal(ids, want) {
		t.Errorf("%q", ids)
	}
	if len(ages) != 3 || ages["source:a"] != 0 || ages["source:b"] != 106 || ages["source:notice"] != 381 {
		t.Errorf("%v", ages)
	}
	for target, has := range map[string]string{"/v1/sources?cursor=x": "not a cursor", "/v1/sources?limit=0": "limit", "/v1/sources?kind=press": "kind"} {
		if w := s.get(t, target); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), has) {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}
