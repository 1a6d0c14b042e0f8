package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// asked posts a form, as OpenRefine does.
func (s *service) asked(t *testing.T, query, field, value string) *httptest.ResponseRecorder {
	t.Helper()
	return s.send(t, "/v1/reconcile"+query, formType+"; charset=UTF-8", url.Values{field: {value}}.Encode())
}

// TestManifest checks what the specification's schema of manifests asks for.
func TestManifest(t *testing.T) {
	s := newService(t, nil)
	w := s.get(t, "http://debadge.example/v1/reconcile")
	m := decode[reconcileManifest](t, w.Body.Bytes())
	if !slices.Contains(m.Versions, "0.2") || m.Name == "" || m.IdentifierSpace == "" || m.SchemaSpace == "" || m.Preview.Width <= 0 || m.Preview.Height <= 0 {
		t.Errorf("%+v", m)
	}
	for _, template := range []string{m.View.URL, m.Preview.URL} {
		if !strings.Contains(template, "{{id}}") || !strings.HasPrefix(template, "http://debadge.example/") {
			t.Errorf("template %s", template)
			continue
		}
		at := strings.ReplaceAll(strings.TrimPrefix(template, "http://debadge.example"), "{{id}}", url.QueryEscape("product:beta:b1"))
		if w := s.get(t, at); w.Code != http.StatusOK {
			t.Errorf("%s: %d", at, w.Code)
		}
	}
	for _, service := range []reconcileService{m.Suggest.Entity, m.Suggest.Type, m.Suggest.Property, m.Extend.Propose} {
		if w := s.get(t, service.Path); w.Code != http.StatusOK && service != m.Suggest.Entity || service.URL != "http://debadge.example" {
			t.Errorf("%+v: %d %s", service, w.Code, w.Body)
		}
	}
}

// TestReconcile asks batches of every form that the specification has: a text
// alone, types, properties with several values and with entities, no text.
func TestReconcile(t *testing.T) {
	s := newService(t, nil)
	for _, test := range []struct{ query, first, match string }{
		{`{"query":"B-1"}`, "product:beta:b1", "product:beta:b1"},
		{`{"query":"B1","type":"product","limit":5,"type_strict":"any"}`, "product:beta:b1", "product:beta:b1"},
		{`{"query":"B1","type":["product","company"]}`, "product:beta:b1", "product:beta:b1"},
		{`{"query":"B1","type":["product","company"],"type_strict":"all"}`, "", ""},
		{`{"query":"B1","type":"company"}`, "", ""},
		{`{"query":"B1","type":"Q5"}`, "", ""},
		{`{"query":"B1","type":"Q5","type_strict":"should"}`, "product:beta:b1", "product:beta:b1"},
		{`{"query":"Twin"}`, "product:beta:twin", ""},
		{`{"query":"Twin","properties":[{"pid":"brand","v":"Gamma"}]}`, "product:gamma:twin", "product:gamma:twin"},
		{`{"query":"Twin","properties":[{"pid":"brand","v":[{"id":"company:gamma","name":"Gamma"}]},{"pid":"profession","v":["a*",7,true]}]}`, "product:gamma:twin", "product:gamma:twin"},
		{`{"properties":[{"pid":"mpn","v":"none"}]}`, "", ""},
		{`{"query":""}`, "", ""},
		{`{"query":"Twin","limit":1}`, "product:beta:twin", ""},
	} {
		for _, w := range []*httptest.ResponseRecorder{
			s.asked(t, "", "queries", `{"q0":`+test.query+`}`),
			s.get(t, "/v1/reconcile?queries="+url.QueryEscape(`{"q0":`+test.query+`}`)),
		} {
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d %s", test.query, w.Code, w.Body)
				continue
			}
			batch := decode[map[string]reconcileResult](t, w.Body.Bytes())
			checkResults(t, w.Body.Bytes())
			first, match := "", []string{}
			for i, c := range batch["q0"].Result {
				if i == 0 {
					first = c.ID
				}
				if c.Match {
					match = append(match, c.ID)
				}
			}
			if first != test.first || strings.Join(match, " ") != test.match {
				t.Errorf("%s: first %q, match %q", test.query, first, match)
			}
		}
	}
	w := s.asked(t, "?as_of=2024-01-01", "queries", `{"a":{"query":"A1"},"b":{"query":"nothing like it"}}`)
	batch := decode[map[string]reconcileResult](t, w.Body.Bytes())
	if len(batch) != 2 || len(batch["a"].Result) == 0 || batch["b"].Result == nil {
		t.Errorf("%s", w.Body)
	}
}

// checkResults checks a batch of results by the rules of the specification's
// schema: each has result, a list; a candidate has id, name and score, and each
// type an id.
func checkResults(t *testing.T, body []byte) {
	t.Helper()
	var batch map[string]map[string]json.RawMessage
	if err := json.Unmarshal(body, &batch); err != nil {
		t.Fatal(err)
	}
	for name, r := range batch {
		var result []map[string]any
		if err := json.Unmarshal(r["result"], &result); err != nil || result == nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, c := range result {
			_, id := c["id"].(string)
			_, called := c["name"].(string)
			_, score := c["score"].(float64)
			_, match := c["match"].(bool)
			if !id || !called || !score || !match {
				t.Errorf("%s: %v", name, c)
			}
			types, _ := c["type"].([]any)
			for _, at := range types {
				if of, _ := at.(map[string]any); of["id"] == nil {
					t.Errorf("%s: type %v", name, at)
				}
			}
			features, _ := c["features"].([]any)
			for _, at := range features {
				of, _ := at.(map[string]any)
				if _, number := of["value"].(float64); !number || of["id"] == nil {
					t.Errorf("%s: feature %v", name, at)
				}
			}
		}
	}
}

// TestReconcileRefuses what the schemas of queries refuse.
func TestReconcileRefuses(t *testing.T) {
	s := newService(t, nil)
	for _, test := range []struct {
		field, value string
		has          string
	}{
		{"queries", `[]`, "queries"},
		{"queries", `{"q0":{}}`, "queries.q0"},
		{"queries", `{"q0":{"properties":[]}}`, "queries.q0"},
		{"queries", `{"q0":{"query":"x","kind":"product"}}`, "kind"},
		{"queries", `{"q0":{"query":7}}`, "queries"},
		{"queries", `{"q0":{"query":"x","type":7}}`, "queries"},
		{"queries", `{"q0":{"query":"x","limit":0}}`, "queries.q0.limit"},
		{"queries", `{"q0":{"query":"x","type_strict":"some"}}`, "queries.q0.type_strict"},
		{"queries", `{"q0":{"query":"x","properties":[{"v":"y"}]}}`, "properties[0]"},
		{"queries", `{"q0":{"query":"x","properties":[{"pid":"brand"}]}}`, "properties[0]"},
		{"queries", `{"q0":{"query":"x","properties":[{"pid":"brand","v":null}]}}`, "properties[0]"},
		{"queries", `{"q0":{"query":"x","properties":[{"pid":"brand","v":[{"name":"no id"}]}]}}`, "entity"},
		{"queries", `{"q0":{"query":"x"}} {}`, "behind"},
		{"queries", `{"q0"`, "queries"},
		{"extend", `{"ids":["a"]}`, "extend"},
		{"extend", `{"ids":["a"],"properties":[{"id":"color"}]}`, "extend.properties[0]"},
		{"extend", `{"ids":[],"properties":[],"more":1}`, "more"},
		{"callback", `x`, "body.callback"},
		{"queries", ``, "neither"},
	} {
		w := s.asked(t, "", test.field, test.value)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), test.has) {
			t.Errorf("%s: %d %s", test.value, w.Code, w.Body)
		}
	}
	many := []string{`{"q0":{"query":"x"}`}
	for i := range mostQueries {
		many = append(many, `"`+strings.Repeat("a", i%50)+strings.Repeat("b", i/50)+`c":{"query":"x"}`)
	}
	if w := s.asked(t, "", "queries", strings.Join(many, ",")+"}"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "parts") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, w := range []*httptest.ResponseRecorder{
		s.send(t, "/v1/reconcile", jsonType, `{}`), s.get(t, "/v1/reconcile?queries=%7B%7D&extend=%7B%7D"), s.get(t, "/v1/reconcile?callback=x"),
		s.send(t, "/v1/reconcile", formType, "queries=%7B%7D&queries=%7B%7D"), s.asked(t, "?policy=lax", "extend", `{"ids":[],"properties":[]}`),
	} {
		if w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusUnsupportedMediaType {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

// FuzzReconcile answers or refuses any batch.
func FuzzReconcile(f *testing.F) {
	for _, seed := range []string{`{"q0":{"query":"x","type":["product"],"properties":[{"pid":"lei","v":["a",{"id":"b"},1.5,false]}],"limit":3}}`, `{}`, `[`, `{"q":{"properties":[{"pid":"","v":[]}]}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var batch map[string]reconcileQuery
		if strictly("queries", text, &batch) != nil {
			return
		}
		for _, q := range batch {
			if kind, none := q.kind(); none && kind != "" {
				t.Errorf("%q of nothing", kind)
			}
		}
	})
}

// TestExtend tells the finding beside what an entity is, and of what is not
// known that it is not.
func TestExtend(t *testing.T) {
	s := newService(t, nil)
	ask := `{"ids":["product:acme:a1","company:acme","product:gamma:g1","product:no:such","list:us-list"],
		"properties":[{"id":"finding"},{"id":"strength"},{"id":"action","settings":{}},{"id":"listed_entity"},{"id":"list"},{"id":"brand"},{"id":"country"},{"id":"kind"}]}`
	w := s.asked(t, "", "extend", ask)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	e := decode[extension](t, w.Body.Bytes())
	if len(e.Meta) != 8 || len(e.Rows) != 5 || e.Meta[3].Type == nil || e.Meta[0].Name == "" {
		t.Errorf("%+v", e.Meta)
	}
	flat := func(id string) string {
		var all []string
		for _, m := range e.Meta {
			for _, c := range e.Rows[id][m.ID] {
				all = append(all, m.ID+"="+c.Str+c.ID)
				if c.Str != "" && c.ID != "" {
					t.Errorf("a cell is two things: %+v", c)
				}
			}
			if e.Rows[id][m.ID] == nil {
				t.Errorf("%s has no cells of %s", id, m.ID)
			}
		}
		return strings.Join(all, " ")
	}
	for id, want := range map[string]string{
		"product:acme:a1":  "finding=listed strength=confirmed action=block listed_entity=company:acme list=Some List brand=Acme kind=product",
		"company:acme":     "finding=listed strength=confirmed action=block listed_entity=company:acme list=Some List country=CN kind=company",
		"product:gamma:g1": "finding=clear action=pass brand=Gamma kind=product",
		"product:no:such":  "finding=unknown action=review",
		"list:us-list":     "finding=unknown action=review",
	} {
		if got := flat(id); got != want {
			t.Errorf("%s: %s", id, got)
		}
	}
	e = decode[extension](t, s.asked(t, "?as_of=2020-01-01", "extend", ask).Body.Bytes())
	if got := flat("company:acme"); !strings.HasPrefix(got, "finding=clear") {
		t.Errorf("as of before: %s", got)
	}
}

// TestSuggestions complete what a person types.
func TestSuggestions(t *testing.T) {
	s := newService(t, nil)
	for target, want := range map[string]string{
		"/v1/reconcile/suggest/entity?prefix=tw":           "product:beta:twin product:gamma:twin",
		"/v1/reconcile/suggest/entity?prefix=tw&cursor=1":  "product:gamma:twin",
		"/v1/reconcile/suggest/entity?prefix=tw&cursor=9":  "",
		"/v1/reconcile/suggest/entity?prefix=Gamma":        "company:gamma product:gamma:g1 product:gamma:twin",
		"/v1/reconcile/suggest/type?prefix=Prod":           "product",
		"/v1/reconcile/suggest/type":                       "product company",
		"/v1/reconcile/suggest/property?prefix=bra":        "brand",
		"/v1/reconcile/suggest/property?prefix=f":          "fcc_grantee fcc_id finding",
		"/v1/reconcile/suggest/property?prefix=x&cursor=3": "",
	} {
		w := s.get(t, target)
		var ids []string
		for _, r := range decode[suggestions](t, w.Body.Bytes()).Result {
			ids = append(ids, r.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s: %s", target, got)
		}
	}
	p := decode[proposal](t, s.get(t, "/v1/reconcile/properties?type=company&limit=2").Body.Bytes())
	if p.Type != "company" || len(p.Properties) != 2 || p.Limit != 2 {
		t.Errorf("%+v", p)
	}
}

// TestPreview may stand in a frame, and runs nothing there.
func TestPreview(t *testing.T) {
	s := newService(t, nil)
	w := s.get(t, "/v1/reconcile/preview?id=product:acme:a1")
	if !strings.Contains(w.Body.String(), "listed, confirmed → block") || !strings.Contains(w.Body.String(), "Acme A1") {
		t.Errorf("%s", w.Body)
	}
	if w.Header().Get("X-Frame-Options") != "" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%s", w.Header())
	}
	if w := s.get(t, "/v1/reconcile/preview?id=product:no:such"); w.Code != http.StatusNotFound || w.Header().Get("X-Frame-Options") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
