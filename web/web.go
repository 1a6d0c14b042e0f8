package web

import (
	"crypto/rand"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"debadge/graph"
)

// Options is what the pages are made of.
type Options struct {
	API     http.Handler               // the REST API, asked in this process
	Clock   func() time.Time           // gives today, and when a session ends
	Log     *slog.Logger               // of what a visitor is not told
	Secret  []byte                     // seals sessions; random if it is empty: they then end with the process
	Secure  func(r *http.Request) bool // whether a request came over TLS, perhaps to a proxy; default: to this process
	OIDC    *OIDC                      // signs people in at an issuer; nil: by a key alone
	Version string
}

// Site answers for all pages.
type Site struct {
	Options
	mux      *http.ServeMux
	sheets   map[string]*template.Template // of each page, with what all share
	assets   assets
	sealer   sealer
	crossing *http.CrossOriginProtection
}

// contentPolicy lets a page load what this service has, and nothing else.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// New returns the pages.
func New(o Options) (*Site, error) {
	if o.API == nil || o.Clock == nil || o.Log == nil {
		return nil, graph.Errorf(graph.KindInvalid, "the pages need the API, a clock and a log")
	}
	if o.Secure == nil {
		o.Secure = func(r *http.Request) bool { return r.TLS != nil }
	}
	if len(o.Secret) == 0 {
		o.Secret = []byte(rand.Text())
	}
	s := &Site{Options: o, mux: http.NewServeMux(), crossing: http.NewCrossOriginProtection()}
	var err error
	if s.sealer, err = newSealer(o.Secret); err != nil {
		return nil, err
	}
	if s.assets, err = readAssets(); err != nil {
		return nil, err
	}
	if s.sheets, err = s.readTemplates(); err != nil {
		return nil, err
	}
	s.routes()
	return s, nil
}

// routes is the table of all pages.
func (s *Site) routes() {
	s.mux.Handle("GET /assets/{digest}/{file}", http.HandlerFunc(s.serveAsset))
	s.mux.Handle("GET /favicon.ico", http.RedirectHandler(s.assets.url("icon.svg"), http.StatusFound)) // of what is no page
	s.page("GET /{$}", (*visit).lookUp)
	s.page("GET /entities/{id}", (*visit).entity)
	s.page("GET /entities/{id}/trace.json", (*visit).traceJSON)
	s.page("GET /screen", (*visit).screenForm)
	s.page("POST /screen", (*visit).screenFile)
	s.page("POST /screen/columns", (*visit).screenColumns)
	s.page("GET /screen/{job}", (*visit).screened)
	s.page("GET /screen/{job}/{file}", (*visit).screenedFile)
	s.page("POST /screen/{job}/cancel", (*visit).cancelScreening)
	s.page("POST /screen/{job}/choose", (*visit).chooseLines)
	s.page("POST /screen/{job}/again", (*visit).screenOnceMore)
	s.page("GET /decisions", (*visit).decisions)
	s.page("POST /decisions", (*visit).decide)
	s.page("GET /decisions/new", (*visit).decideForm)
	s.page("GET /decisions/{id}", (*visit).decision)
	s.page("GET /decisions/{id}/dossier", (*visit).decisionDossier)
	s.page("POST /decisions/{id}/sign-off", (*visit).signDecision)
	s.page("GET /dossier", (*visit).dossier)
	s.page("GET /entities/{id}/reach", (*visit).reach)
	s.page("GET /entities/{id}/reach.csv", (*visit).reachExport)
	s.page("GET /explore/{id}", (*visit).explore)
	s.page("GET /data", (*visit).data)
	s.page("GET /data/changes", (*visit).changes)
	s.page("GET /data/sources", (*visit).sources)
	s.page("GET /data/conflicts", (*visit).conflicts)
	s.page("POST /data/import", (*visit).importFile)
	s.page("POST /data/refresh", (*visit).refresh)
	s.page("GET /data/jobs/{id}", (*visit).job)
	s.page("POST /data/jobs/{id}/cancel", (*visit).cancelJob)
	s.page("GET /claims/new", (*visit).newClaimForm)
	s.page("POST /claims/new", (*visit).addClaim)
	s.page("GET /claims/{id}", (*visit).claim)
	s.page("POST /claims/{id}/retract", (*visit).retractClaim)
	s.page("GET /sources/{id}", (*visit).source)
	s.page("GET /policies", (*visit).policies)
	s.page("GET /policies/{name}/policy.json", (*visit).policyJSON)
	s.open("GET /sign-in", (*visit).signInForm)
	s.open("POST /sign-in", (*visit).signIn)
	s.open("POST /sign-out", (*visit).signOut)
	s.open("GET /sign-in/issuer", (*visit).goToIssuer)
	s.open("GET /sign-in/callback", (*visit).backFromIssuer)
	s.open("/", (*visit).nowhere)
}

// ServeHTTP answers with a page.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Referrer-Policy", "same-origin") // a form needs an origin to be known by
	h.Set("Cache-Control", "no-store")
	s.mux.ServeHTTP(w, r)
}

// nowhere answers for what no page is at.
func (*visit) nowhere() error {
	return graph.Errorf(graph.KindNotFound, "%s", text("failure.no-page"))
}
