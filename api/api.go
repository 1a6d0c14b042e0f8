package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"go.opentelemetry.io/otel/trace"

	"debadge/graph"
	"debadge/graph/resolve"
	"debadge/jobs"
)

// Options is what the API is made of. Store, Clock and Log are needed; the rest
// has defaults.
type Options struct {
	Store     graph.Store
	StoreName string            // how /readyz names the store, without secrets; default "store"
	Names     *resolve.Follower // of the store; default: one that follows it where a question needs names
	Policies  []graph.Policy    // beside the built-in ones; one of the same name takes its place
	Clock     func() time.Time  // gives the day that as_of means if it is not given
	Log       *slog.Logger
	Version   string

	Access  Access   // who may do what; nobody anything if it is not given
	Limits  Limits   // of one caller and of all
	Proxies Proxies  // in front of the service
	Origins []string // of pages that may ask from a browser, beside its own

	Shelf  *Shelf               // of policies that can be exchanged; takes the place of Policies
	Index  Index                // what answers come from, if that can be behind the store
	MaxLag time.Duration        // how far the index may be behind; default 10 s
	Tracer trace.TracerProvider // nil traces nothing

	Ledger Ledger       // what the service remembers; nil keeps nothing, and logs nothing
	Parted func() error // why the ledger tells of other claims than the store has, nil if it does not

	// Pages answers what no route takes and is not below /v1: web pages for
	// people. It sees requests as http.ServeMux does, whose pattern the log names
	// in place of the path; nil answers them as not found.
	Pages http.Handler

	Jobs     *jobs.Queue // nil keeps none; somebody else runs it
	Importer Importer    // nil imports nothing

	// Recall keeps answers for whoever asks the same at the same revision. It
	// asks the store for its revision once more, so it is for one in memory.
	Recall bool

	RequestTimeout time.Duration // of one answer; default 10 s
	StreamTimeout  time.Duration // of one stream; default 5 minutes
	IdleTimeout    time.Duration // of a stream without a limit, on which nothing moves; default 1 minute
	MaxBodyBytes   int64         // of a request; default 1 MiB
}

const (
	defaultRequestTimeout = 10 * time.Second
	defaultStreamTimeout  = 5 * time.Minute
	defaultIdleTimeout    = time.Minute
	defaultMaxBody        = 1 << 20
	defaultMaxLag         = 10 * time.Second
)

type server struct {
	Options
	engine   *gin.Engine
	rules    map[rule]permission
	limiter  *limiter
	places   places
	agents   *mcp.Server // the tools of agents
	shelf    *Shelf
	crossing *http.CrossOriginProtection
	metrics  *metrics
	huma     huma.API
	routes   []*huma.Operation // in the order of the documentation
	document []byte            // the OpenAPI document
	docs     []byte            // the same for people
	tail     tail              // of the feed
	memory   memory            // of answers that were given
	tables   reachTables
	findings *graph.Findings // that screenings share
}

// keptFindings bounds the bytes of the findings that are kept: a byte an entity
// for each day, policy and revision.
const keptFindings = 32 << 20

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
	o.IdleTimeout = cmp.Or(o.IdleTimeout, defaultIdleTimeout)
	o.MaxBodyBytes = cmp.Or(o.MaxBodyBytes, defaultMaxBody)
	o.MaxLag = cmp.Or(o.MaxLag, defaultMaxLag)
	if o.RequestTimeout < 0 || o.StreamTimeout < 0 || o.IdleTimeout < 0 || o.MaxBodyBytes < 0 {
		return nil, graph.Errorf(graph.KindInvalid, "a limit of the API is below 0")
	}
	if o.Names == nil {
		o.Names = resolve.NewFollower(o.Store, resolve.Options{})
	}
	s := &server{
		Options: o, rules: map[rule]permission{}, limiter: newLimiter(o.Limits), tail: tail{patience: defaultPatience()},
		findings: graph.NewFindings(keptFindings),
	}
	s.places.clock, s.places.all = o.Clock, o.Limits.Answers
	if err := s.arrange(); err != nil {
		return nil, err
	}
	if err := s.route(); err != nil {
		return nil, err
	}
	return s, nil
}

// arrange makes what requests pass through of the options.
func (s *server) arrange() (err error) {
	if l := s.Limits; l.PerSecond < 0 || l.Burst < 0 || l.PerCaller < 0 || l.InAll < 0 || l.Answers < 0 {
		return graph.Errorf(graph.KindInvalid, "a limit of the API is below 0")
	}
	if r := s.Access.Anonymous; r != "" {
		if _, err := ParseRole(string(r)); err != nil {
			return err
		}
	}
	if err := s.Proxies.check(); err != nil {
		return err
	}
	if s.shelf = s.Shelf; s.shelf == nil {
		if s.shelf, err = NewShelf(s.Policies); err != nil {
			return err
		}
	}
	s.metrics = newMetrics(s)
	s.crossing, err = newCrossing(s.Origins)
	return err
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
	s.engine.Use(s.observe, s.recover, s.trackSpan, s.guardOrigin, s.admit, s.authorize, s.pack, s.recall)
	s.engine.NoRoute(s.noRoute)
	s.engine.NoMethod(s.noMethod)
	s.huma = humagin.New(s.engine, s.config())
	s.huma.UseMiddleware(s.strict)
	s.addQuestions()
	s.addSearch()
	s.addEntities()
	s.addNeighbors()
	s.addReachTable()
	s.addLists()
	s.addScreen()
	s.addJobs()
	s.addReconcile()
	s.addPolicies()
	s.addClaims()
	s.addContested()
	s.addChanges()
	s.addChoices()
	s.addFeed()
	s.addLearned()
	s.addPictures()
	s.addExports()
	s.addDecisions()
	s.addWatches()
	s.addAudit()
	s.addService()
	s.addMetrics()
	s.addAgents()
	return nil
}

// config leaves out what huma would add of its own: $schema in bodies, routes
// for schemas, a page of documentation that loads from elsewhere.
func (s *server) config() huma.Config {
	c := huma.DefaultConfig("debadge", s.Version)
	c.Info.Description = apiDescription
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	c.Components.SecuritySchemes = securitySchemes()
	format := huma.Format{Marshal: graph.EncodeJSON, Unmarshal: json.Unmarshal}
	c.Formats = map[string]huma.Format{jsonType: format, problemType: format}
	c.Transformers = []huma.Transformer{s.ownProblem}
	return c
}

// describe writes the documents once all operations are there.
func (s *server) describe() error {
	s.refineSchemas()
	s.showExamples()
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

// Shelf holds the policies that questions can name. They can be exchanged while
// questions are answered: each is answered by the rules that it began with.
type Shelf struct {
	policies atomic.Pointer[[]graph.Policy] // in the order of names
}

// NewShelf returns a shelf with the built-in policies and those given; one of
// the same name takes the place of a built-in one.
func NewShelf(configured []graph.Policy) (*Shelf, error) {
	s := &Shelf{}
	return s, s.Replace(configured)
}

// Replace exchanges the policies that were given before, or changes nothing if
// one of the new ones is wrong.
func (s *Shelf) Replace(configured []graph.Policy) error {
	merged, err := mergePolicies(configured)
	if err != nil {
		return err
	}
	s.policies.Store(&merged)
	return nil
}

func (s *Shelf) all() []graph.Policy { return *s.policies.Load() }

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
		sealed, err := p.Sealed()
		if err != nil {
			return nil, err
		}
		all = append(all, sealed)
	}
	slices.SortFunc(all, func(a, b graph.Policy) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}
