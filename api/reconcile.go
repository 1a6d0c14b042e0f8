package api

import (
	"bytes"
	"context"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"debadge/graph"
)

// The Reconciliation Service API 0.2 of the W3C Entity Reconciliation Community
// Group (https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/),
// as OpenRefine speaks it: manifest, queries, suggestions, previews and data
// extension. JSONP is not there.
const (
	reconcilePath = "/v1/reconcile"
	reconcileTag  = "reconciliation"
	formType      = "application/x-www-form-urlencoded"

	mostReconcileBody = 4 << 20
	previewWidth      = 420
	previewHeight     = 160
)

type reconcileInput struct {
	Screenable

	Queries string `query:"queries" minLength:"2" maxLength:"60000"`
	Extend  string `query:"extend" minLength:"2" maxLength:"60000"`
}

// Screenable is by what rules a finding is told beside an entity.
type Screenable struct {
	Freshness

	AsOf    day      `query:"as_of"`
	KnownAt moment   `query:"known_at"`
	Policy  string   `query:"policy" maxLength:"200"`
	List    []string `query:"list,explode" maxItems:"100"`
}

// reconcileManifest says what the service does and where.
type reconcileManifest struct {
	Versions        []string          `json:"versions"`
	Name            string            `json:"name"`
	IdentifierSpace string            `json:"identifierSpace"`
	SchemaSpace     string            `json:"schemaSpace"`
	Documentation   string            `json:"documentation"`
	ServiceVersion  string            `json:"serviceVersion"`
	DefaultTypes    []reconcileType   `json:"defaultTypes"`
	View            reconcileTemplate `json:"view"`
	Preview         reconcilePreview  `json:"preview"`
	Suggest         reconcileSuggest  `json:"suggest"`
	Extend          reconcileExtend   `json:"extend"`
}

// reconcileType is a kind of entity.
type reconcileType struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type reconcileTemplate struct {
	URL string `json:"url" pattern:"\\{\\{id\\}\\}"`
}

type reconcilePreview struct {
	URL    string `json:"url" pattern:"\\{\\{id\\}\\}"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

type reconcileService struct {
	URL  string `json:"service_url"`
	Path string `json:"service_path"`
}

type reconcileSuggest struct {
	Entity   reconcileService `json:"entity"`
	Type     reconcileService `json:"type"`
	Property reconcileService `json:"property"`
}

type reconcileExtend struct {
	Propose  reconcileService `json:"propose_properties"`
	Settings []struct{}       `json:"property_settings"`
}

func reconcileTypes() []reconcileType {
	return []reconcileType{{string(graph.Product), "Product"}, {string(graph.Company), "Company"}}
}

func (s *server) addReconcile() {
	about := "Speaks the Reconciliation Service API 0.2, so that OpenRefine reconciles a column of product or company names: give it the address of this path. " +
		"queries is a batch of queries, extend asks for properties of entities; with neither, the answer is the manifest. " +
		"A candidate is a match only if the text means it and nothing else; the finding about an entity is one of the properties."
	op := operation("reconcile", reconcilePath, reconcileTag, "The reconciliation service", about, notFound, unavailable, timeout)
	manifest, batch, rows := reflect.TypeFor[reconcileManifest](), reflect.TypeFor[map[string]reconcileResult](), reflect.TypeFor[extension]()
	respondWith(op, jsonType, &huma.Schema{AnyOf: []*huma.Schema{s.schema(manifest), s.schema(rows), s.schema(batch)}})
	serve(s, op, func(hc huma.Context, in *reconcileInput) {
		s.reconcile(hc, &in.Screenable, in.Queries, in.Extend)
	})
	op = operationFor(mayRead, http.MethodPost, "reconcile-post", reconcilePath, reconcileTag, "Reconcile a batch", about, notFound, unavailable, timeout)
	text := &huma.Schema{Type: huma.TypeString}
	takes(op, "A form with queries or extend.", map[string]*huma.Schema{formType: {
		Type: huma.TypeObject, Properties: map[string]*huma.Schema{"queries": text, "extend": text}, AdditionalProperties: false,
	}})
	respondWith(op, jsonType, &huma.Schema{AnyOf: []*huma.Schema{s.schema(rows), s.schema(batch)}})
	serve(s, op, s.reconcileForm)
	s.addSuggestions()
	s.addPreview()
}

func (s *server) reconcileForm(hc huma.Context, in *Screenable) {
	c := humagin.Unwrap(hc)
	_, p := bodyType(c.Request, hc.Operation())
	var body []byte
	if p == nil {
		body, p = readBody(c.Writer, c.Request, mostReconcileBody)
	}
	var queries, extend string
	if p == nil {
		var err error
		if queries, extend, err = readReconcileForm(string(body)); err != nil {
			p = problemOf(hc.Context(), err)
		}
	}
	if p != nil {
		writeProblem(hc.Context(), c.Writer, p)
		return
	}
	s.reconcile(hc, in, queries, extend)
}

// readReconcileForm reads the one field of a form.
func readReconcileForm(body string) (queries, extend string, err error) {
	form, err := url.ParseQuery(body)
	if err != nil {
		return "", "", refuseLine("body", "is no form: %s", err)
	}
	for _, name := range sortedKeys(form) {
		switch {
		case name != "queries" && name != "extend":
			return "", "", refuseLine("body."+name, "is not a field; known are queries and extend")
		case len(form[name]) > 1:
			return "", "", refuseLine("body."+name, "stands %d times; give it once", len(form[name]))
		}
	}
	queries, extend = form.Get("queries"), form.Get("extend")
	if queries == "" && extend == "" {
		return "", "", refuseLine("body", "has neither queries nor extend")
	}
	return queries, extend, nil
}

func (s *server) reconcile(hc huma.Context, in *Screenable, queries, extend string) {
	s.answerWhole(hc, in, func(ctx context.Context) (func(http.ResponseWriter), error) {
		var answer any
		var err error
		switch {
		case queries != "" && extend != "":
			err = refuseLine("queries", "and extend are two questions; ask one at a time")
		case queries != "":
			answer, err = s.reconcileBatch(ctx, in, queries)
		case extend != "":
			answer, err = s.extend(ctx, in, extend)
		default:
			answer = s.reconcileManifest(humagin.Unwrap(hc)) //nolint:contextcheck // it asks nothing
		}
		if err != nil {
			return nil, err
		}
		return inJSON(answer), nil
	})
}

// reconcileManifest names the addresses as the client reached them.
func (s *server) reconcileManifest(c *gin.Context) reconcileManifest {
	scheme := "http://"
	if recordOf(c.Request.Context()).secure {
		scheme = "https://"
	}
	base := scheme + c.Request.Host
	at := func(path string) reconcileService { return reconcileService{base, reconcilePath + path} }
	entity := base + "/v1/entities/"
	return reconcileManifest{
		Versions: []string{"0.2"}, Name: "debadge", IdentifierSpace: entity, SchemaSpace: base + reconcilePath + "/types/",
		Documentation: base + "/docs", ServiceVersion: s.Version, DefaultTypes: reconcileTypes(),
		View:    reconcileTemplate{entity + "{{id}}"},
		Preview: reconcilePreview{base + reconcilePath + "/preview?id={{id}}", previewWidth, previewHeight},
		Suggest: reconcileSuggest{at("/suggest/entity"), at("/suggest/type"), at("/suggest/property")},
		Extend:  reconcileExtend{Propose: at("/properties"), Settings: []struct{}{}},
	}
}

type suggestInput struct {
	Prefix string `query:"prefix" minLength:"1" maxLength:"200"`
	Place  int    `query:"cursor" minimum:"0" maximum:"1000"`
}

// suggestions are what a person who types may mean.
type suggestions struct {
	Result []suggestion `json:"result"`
}

type suggestion struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Notable     []reconcileType `json:"notable,omitempty"`
}

// suggested is how many entities are suggested at once.
const suggested = 20

func (s *server) addSuggestions() {
	register(s, operation("suggest-entity", reconcilePath+"/suggest/entity", reconcileTag, "Entities that begin with a text",
		"Answers with products and companies of which a name begins with prefix, 20 at a time from cursor on, those that are called just so first, then in the order of names.", unavailable, timeout), s.suggestEntity)
	register(s, operation("suggest-type", reconcilePath+"/suggest/type", reconcileTag, "Types that begin with a text", "There are two: product and company."),
		func(_ context.Context, in *suggestInput) (suggestions, error) {
			return suggestFrom(reconcileTypes(), in), nil
		})
	register(s, operation("suggest-property", reconcilePath+"/suggest/property", reconcileTag, "Properties that begin with a text",
		"Answers with the properties that a query can give or that extend can ask for."),
		func(_ context.Context, in *suggestInput) (suggestions, error) {
			return suggestFrom(append(queryProperties(), extendProperties("")...), in), nil
		})
	register(s, operation("propose-properties", reconcilePath+"/properties", reconcileTag, "Properties of a type",
		"Answers with the properties that extend can ask for of entities of a type.", notFound), s.propose)
}

func suggestFrom(all []reconcileType, in *suggestInput) suggestions {
	out := suggestions{Result: []suggestion{}}
	seen := map[string]bool{}
	for _, t := range all {
		if !seen[t.ID] && (strings.HasPrefix(t.ID, strings.ToLower(in.Prefix)) || strings.HasPrefix(strings.ToLower(t.Name), strings.ToLower(in.Prefix))) {
			seen[t.ID] = true
			out.Result = append(out.Result, suggestion{ID: t.ID, Name: t.Name})
		}
	}
	out.Result = out.Result[min(in.Place, len(out.Result)):]
	return out
}

func (s *server) suggestEntity(ctx context.Context, in *suggestInput) (suggestions, error) {
	out := suggestions{Result: []suggestion{}}
	x, err := s.names(ctx, graph.Moment{}, 0)
	if err != nil {
		return out, err
	}
	found := x.Beginning(in.Prefix, "", in.Place+suggested).Entities
	for _, e := range found[min(in.Place, len(found)):] {
		out.Result = append(out.Result, suggestion{ID: string(e.ID), Name: e.FullName(), Description: describe(e), Notable: typeOf(e)})
	}
	return out, nil
}

func describe(e graph.EntityRef) string { return string(e.Kind) + " " + string(e.ID) }

func typeOf(e graph.EntityRef) []reconcileType {
	for _, t := range reconcileTypes() {
		if t.ID == string(e.Kind) {
			return []reconcileType{t}
		}
	}
	return nil
}

type proposeInput struct {
	Type  string `query:"type" maxLength:"40"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type proposal struct {
	Type       string          `json:"type,omitempty"`
	Limit      int             `json:"limit"`
	Properties []reconcileType `json:"properties"`
}

func (s *server) propose(_ context.Context, in *proposeInput) (proposal, error) {
	all := extendProperties(graph.Kind(in.Type))
	return proposal{Type: in.Type, Limit: in.Limit, Properties: all[:min(in.Limit, len(all))]}, nil
}

type previewInput struct {
	Screenable

	ID string `query:"id" required:"true" minLength:"1" maxLength:"200"`
}

var preview = template.Must(template.New("preview").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Name}}</title></head>
<body><p><strong>{{.Name}}</strong> ({{.Entity.Kind}} {{.Entity.ID}})</p>
<p>{{.Words}}</p>{{range .Listed}}<p>← {{.}}</p>{{end}}
<p><small>policy {{.Policy}}, as of {{.AsOf}}, revision {{.Revision}}</small></p></body></html>
`))

// addPreview adds a page that other pages may frame: it has nothing to click.
func (s *server) addPreview() {
	op := operation("reconcile-preview", reconcilePath+"/preview", reconcileTag, "An entity in a few lines",
		"Answers with a small page, for a frame in another one: the entity, the finding about it, and what it traces back to.", notFound, unavailable, timeout)
	respondWith(op, htmlType, &huma.Schema{Type: huma.TypeString})
	serve(s, op, func(hc huma.Context, in *previewInput) {
		w := humagin.Unwrap(hc).Writer
		ctx, done := s.limit(hc.Context(), w)
		defer done()
		page, err := s.previewPage(ctx, in)
		if err != nil {
			writeProblem(hc.Context(), w, problemOf(ctx, err))
			return
		}
		w.Header().Del("X-Frame-Options")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; sandbox")
		writeBytes(w, http.StatusOK, htmlType+"; charset=utf-8", page)
	})
}

func (s *server) previewPage(ctx context.Context, in *previewInput) ([]byte, error) {
	if err := s.await(ctx, in); err != nil {
		return nil, err
	}
	values, basis, err := s.propertiesOf(ctx, &in.Screenable, []string{in.ID})
	if err != nil {
		return nil, err
	}
	v := values[0]
	if v.entity == nil {
		return nil, graph.Errorf(graph.KindNotFound, "debadge knows nothing by the id %q at this revision", clip(in.ID))
	}
	words := string(v.found.Finding)
	if v.found.Strength != 0 {
		words += ", " + v.found.Strength.String()
	}
	listed := make([]string, len(v.listed))
	for i, l := range v.listed {
		listed[i] = l.FullName()
	}
	var page bytes.Buffer
	err = preview.Execute(&page, struct {
		Name, Words, Policy string
		Entity              graph.EntityRef
		Listed              []string
		AsOf                graph.Date
		Revision            graph.Revision
	}{v.entity.Ref().FullName(), words + " → " + v.found.Action.String(), basis.Policy.Name, v.entity.Ref(), listed, basis.AsOf, basis.Revision})
	if err != nil {
		return nil, graph.Errorf(graph.KindInternal, "the preview cannot be written: %w", err)
	}
	return page.Bytes(), nil
}

// strictly reads JSON into a value; names that it does not have are refused.
func strictly(field, text string, to any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return refuseLine(field, "cannot be read: %s", err)
	}
	if d.More() {
		return refuseLine(field, "has something behind its JSON, at byte %d", d.InputOffset())
	}
	return nil
}
