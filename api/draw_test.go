package api

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/dossier"
	"debadge/graph/picture"
)

func TestPictures(t *testing.T) {
	store := worldStore(t)
	s := newService(t, func(o *Options) { o.Store = store })
	q := graph.Question{Subject: "B1", AsOf: graph.DayOf(noon()), Policy: graph.DefaultPolicy(), Paths: 1}
	answer, err := graph.Trace(t.Context(), store, q)
	if err != nil {
		t.Fatal(err)
	}
	names, err := picture.ReadNames(t.Context(), store, answer)
	if err != nil {
		t.Fatal(err)
	}
	var svg, dot, page bytes.Buffer
	if err := picture.SVG(&svg, answer, picture.Options{Names: names}); err != nil {
		t.Fatal(err)
	}
	if err := picture.DOT(&dot, answer, picture.Options{Names: names}); err != nil {
		t.Fatal(err)
	}
	if _, err := dossier.Write(t.Context(), store, &page, q, dossier.Options{Version: "1.2.3", Policy: "default"}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		target, contentType string
		want                []byte
	}{
		{"/v1/picture?subject=B1", svgType, svg.Bytes()},
		{"/v1/picture?subject=B1&format=dot", dotType, dot.Bytes()},
		{"/v1/dossier?subject=B1", htmlType + "; charset=utf-8", page.Bytes()},
	} {
		w := s.get(t, test.target)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != test.contentType || !bytes.Equal(w.Body.Bytes(), test.want) {
			t.Errorf("%s: %d %s\n%.300s", test.target, w.Code, w.Header(), w.Body)
		}
	}
	if h := s.get(t, "/v1/dossier?subject=B1").Header().Get("Content-Security-Policy"); !strings.Contains(h, "style-src 'sha256-") || !strings.Contains(h, "default-src 'none'") {
		t.Errorf("the policy of the page: %s", h)
	}
	if w := s.get(t, "/v1/timeline/picture?subject=B1"); !strings.HasPrefix(w.Body.String(), "<svg") && !strings.Contains(w.Body.String(), "<svg ") {
		t.Errorf("%.200s", w.Body)
	}
	for target, status := range map[string]int{
		"/v1/picture?subject=B1&format=png": 422, "/v1/picture?subject=Twin": 409, "/v1/picture": 422, "/v1/dossier?subject=nobody": 200, "/v1/picture?subject=nobody": 200,
	} {
		if w := s.get(t, target); w.Code != status {
			t.Errorf("%s: %d %.300s", target, w.Code, w.Body)
		}
	}
}

func TestLearned(t *testing.T) {
	store := worldStore(t)
	s := newService(t, func(o *Options) { o.Store = store })
	s.post(t, "/v1/changes", addition, nil)
	diff := decode[graph.DiffAnswer](t, s.get(t, "/v1/diff?from=1").Body.Bytes())
	if diff.Counts.ClaimsRecorded != 1 || diff.Findings.Total != 1 || diff.Findings.Rows[0].Subject.ID != "product:beta:b2" || diff.ChangeSets[0].Author != "a.lopez" {
		t.Errorf("%+v", diff)
	}
	late := decode[graph.RebadgingsAnswer](t, s.get(t, "/v1/rebadgings?origin=us-list").Body.Bytes())
	if late.Total != 2 || !late.Complete || late.Revision != 2 || late.Rows[0].To.ID != "product:beta:b1" {
		t.Errorf("%+v", late)
	}
	if one := decode[graph.RebadgingsAnswer](t, s.get(t, "/v1/rebadgings?origin=us-list&limit=1").Body.Bytes()); one.Total != 2 || len(one.Rows) != 1 {
		t.Errorf("%+v", one)
	}
	for target, status := range map[string]int{
		"/v1/diff": 422, "/v1/diff?from=2&to=1": 422, "/v1/diff?from=9": 404, "/v1/rebadgings?origin=nobody": 404, "/v1/rebadgings": 422,
	} {
		if w := s.get(t, target); w.Code != status {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}
