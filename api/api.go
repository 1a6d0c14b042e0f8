package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"debadge/graph"
)

// Options is what the API is made of. Store, Clock and Log are needed; the rest
// has defaults.
type Options struct {
	Store     graph.Store
	StoreName string           // how /readyz names the store, without secrets; default "store"
	Policies  []graph.Policy   // beside the built-in ones; one of the same name takes its place
	Clock     func() time.Time // gives the day that as_of means if it is not given
	Log       *slog.Logger
	Version   string

	RequestTimeout time.Duration // of one answer; default 10 s
	StreamTimeout  time.Duration // of one stream; default 5 minutes
	MaxBodyBytes   int64         // of a request; default 1 MiB
}

const (
	defaultRequestTimeout = 10 * time.Second
	defaultStreamTimeout  = 5 * time.Minute
	defaultMaxBody        = 1 << 20
)

type server struct {
	Options
	policies []graph.Policy // in the order of names
	engine   *gin.Engine
	huma     huma.API
	routes   []*huma.Operation // in the order of the documentation
	document []byte            // the OpenAPI document
	docs     []byte            // the same for people
	tail     tail              // of the feed
}

// New returns the handler of all routes. It fails on options that cannot work.
func New(o Options) (http.Handler, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	if err := s.describe(); err != nil {
		return nil, err
	}
	return s, nil
}

func newServer(o Options) (*server, error) {
	if o.Store == nil || o.Clock == nil || o.Log == nil {
		return nil, graph.Errorf(graph.KindInvalid, "the API needs a store, a clock and a log")
	}
	o.StoreName = cmp.Or(o.StoreName, "store")
	o.Version = cmp.Or(o.Version, "unknown")
	o.RequestTimeout = cmp.Or(o.RequestTimeout, defaultRequestTimeout)
	o.StreamTimeout = cmp.Or(o.StreamTimeout, defaultStreamTimeout)
	o.MaxBodyBytes = cmp.Or(o.MaxBodyBytes, defaultMaxBody)
	if o.RequestTimeout < 0 || o.StreamTimeout < 0 || o.MaxBodyBytes < 0 {
		return nil, graph.Errorf(graph.KindInvalid, "a limit of the API is below 0")
	}
	policies, err := mergePolicies(o.Policies)
	if err != nil {
		return nil, err
	}
	s := &server{Options: o, policies: policies, tail: tail{patience: defaultPatience()}}
	if err := s.route(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *server) route() error {
	gin.SetMode(gin.ReleaseMode)
	s.engine = gin.New()
	if err := s.engine.SetTrustedProxies(nil); err != nil {
		return fmt.Errorf("trusting no proxy: %w", err)
	}
	s.engine.ForwardedByClientIP = false
	s.engine.HandleMethodNotAllowed = true
	s.engine.RedirectTrailingSlash = false
	s.engine.Use(s.observe, s.recover)
	s.engine.NoRoute(s.noRoute)
	s.engine.NoMethod(s.noMethod)
	s.huma = humagin.New(s.engine, s.config())
	s.huma.UseMiddleware(s.strict)
	s.addQuestions()
	s.addEntities()
	s.addLists()
	s.addPolicies()
	s.addClaims()
	s.addChanges()
	s.addFeed()
	s.addService()
	return nil
}

// config leaves out what huma would add of its own: $schema in bodies, routes
// for schemas, a page of documentation that loads from elsewhere.
func (s *server) config() huma.Config {
	c := huma.DefaultConfig("debadge", s.Version)
	c.Info.Description = apiDescription
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	format := huma.Format{Marshal: graph.EncodeJSON, Unmarshal: json.Unmarshal}
	c.Formats = map[string]huma.Format{jsonType: format, problemType: format}
	c.Transformers = []huma.Transformer{s.ownProblem}
	return c
}

// describe writes the documents once all operations are there.
func (s *server) describe() error {
	s.refineSchemas()
	document, err := json.MarshalIndent(s.huma.OpenAPI(), "", "  ")
	if err != nil {
		return fmt.Errorf("writing the OpenAPI document: %w", err)
	}
	s.document = append(document, '\n')
	s.docs, err = s.renderDocs()
	return err
}

// ServeHTTP answers HEAD wherever GET is answered; net/http leaves out the body.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		r = r.WithContext(context.WithValue(r.Context(), headKey{}, true))
		r.Method = http.MethodGet
	}
	s.engine.ServeHTTP(w, r)
}

func mergePolicies(configured []graph.Policy) ([]graph.Policy, error) {
	byName := map[string]graph.Policy{}
	for _, p := range graph.BuiltInPolicies() {
		byName[p.Name] = p
	}
	seen := map[string]bool{}
	for _, p := range configured {
		if err := p.Check(); err != nil {
			return nil, err
		}
		if seen[p.Name] {
			return nil, graph.Errorf(graph.KindInvalid, "two policies are called %q", p.Name)
		}
		seen[p.Name] = true
		byName[p.Name] = p
	}
	all := make([]graph.Policy, 0, len(byName))
	for _, p := range byName {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b graph.Policy) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}
