package api

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocumentIsValid checks the document against the OpenAPI specification.
func TestDocumentIsValid(t *testing.T) {
	s := newService(t, nil)
	if ok, errs := s.valid.ValidateDocument(); !ok {
		for _, e := range errs {
			t.Errorf("%s: %s %+v", e.Message, e.Reason, e.SchemaValidationErrors)
		}
	}
	if w := s.get(t, "/openapi.json"); w.Header().Get("Content-Type") != "application/openapi+json" || w.Body.String() != string(s.server.document) {
		t.Errorf("%s", w.Header())
	}
}

// TestRoutesAndDocument checks that they are equal sets.
func TestRoutesAndDocument(t *testing.T) {
	s := newService(t, nil)
	param := regexp.MustCompile(`:(\w+)`)
	var routes, documented []string
	for _, r := range s.server.engine.Routes() {
		routes = append(routes, r.Method+" "+param.ReplaceAllString(r.Path, "{$1}"))
	}
	var document struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(s.server.document, &document); err != nil {
		t.Fatal(err)
	}
	for path, item := range document.Paths {
		for method := range maps.Keys(item) {
			documented = append(documented, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(routes)
	slices.Sort(documented)
	if !slices.Equal(routes, documented) {
		t.Errorf("routes %v\ndocument %v", routes, documented)
	}
	if len(s.server.routes) != len(routes) {
		t.Errorf("the page of documentation has %d of %d routes", len(s.server.routes), len(routes))
	}
}

// TestEveryParameterIsExplained checks the table of parameters both ways.
func TestEveryParameterIsExplained(t *testing.T) {
	s := newService(t, nil)
	used := map[string]bool{}
	for _, op := range s.server.routes {
		for _, p := range op.Parameters {
			used[p.Name] = true
			if p.Description == "" {
				t.Errorf("%s of %s is not explained", p.Name, op.Path)
			}
		}
		if op.Summary == "" || op.Description == "" || op.OperationID == "" {
			t.Errorf("%s is not explained", op.Path)
		}
		if permissionOf(op) == 0 {
			t.Errorf("%s %s does not say what it needs leave for", op.Method, op.Path)
		}
	}
	for name := range parameterDocs {
		if !used[name] {
			t.Errorf("%s is explained but not used", name)
		}
	}
}

// TestBodiesAreJSON checks that no operation tells of a body that it refuses.
func TestBodiesAreJSON(t *testing.T) {
	s := newService(t, nil)
	for _, op := range s.server.routes {
		if op.RequestBody == nil || op.RequestBody.Content["application/octet-stream"] == nil {
			continue
		}
		if !strings.HasPrefix(op.Path, jobsPath) && op.OperationID != "screen-columns" { // which takes what a job takes
			t.Errorf("%s takes anything", op.OperationID)
		}
	}
}

// TestNoSchemaIsLeftOver checks that every schema is used, and none is of huma's own.
func TestNoSchemaIsLeftOver(t *testing.T) {
	s := newService(t, nil)
	for name := range s.server.huma.OpenAPI().Components.Schemas.Map() {
		if !strings.Contains(string(s.server.document), `"`+schemaPrefix+name+`"`) {
			t.Errorf("%s is not used", name)
		}
	}
}

// TestDocumentIsStable checks that two services write the same bytes.
func TestDocumentIsStable(t *testing.T) {
	a, b := newService(t, nil), newService(t, nil)
	if string(a.server.document) != string(b.server.document) || string(a.server.docs) != string(b.server.docs) {
		t.Error("two documents differ")
	}
}

// TestResponsesAreChecked proves that the tests would see a response that the
// document does not describe.
func TestResponsesAreChecked(t *testing.T) {
	s := newService(t, nil)
	r := request(t, http.MethodGet, "/v1/version", nil)
	w := s.get(t, "/v1/version")
	resp := w.Result()
	resp.Body = io.NopCloser(strings.NewReader(`{"name":"debadge","version":1}`))
	if ok, _ := s.valid.ValidateHttpResponse(r, resp); ok {
		t.Error("a number passed for a string")
	}
}
