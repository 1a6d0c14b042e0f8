package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
)

type stateAnswer struct {
	Status string `json:"status"`
}

type readyAnswer struct {
	Status string      `json:"status"`
	Store  storeState  `json:"store"`
	Index  *indexState `json:"index,omitempty"`
}

type storeState struct {
	Name     string         `json:"name"`
	State    string         `json:"state"`
	Revision graph.Revision `json:"revision"`
}

type versionAnswer struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// meAnswer says who asks.
type meAnswer struct {
	Name       string     `json:"name"`
	Actor      string     `json:"actor,omitempty"` // as decisions, claims and the audit log name them; none without a credential
	Credential Credential `json:"credential"`
	Roles      []Role     `json:"roles"`
	May        []string   `json:"may"`
}

// openOperation begins the description of a GET operation for everybody.
func openOperation(id, path, summary, description string, more ...fault) *huma.Operation {
	return operationFor(open, http.MethodGet, id, path, "service", summary, description, more...)
}

// livePath is answered even while the service stops.
const livePath = "/livez"

// readyPath is what a balancer of load asks.
const readyPath = "/readyz"

func (s *server) addService() {
	register(s, openOperation("live", livePath, "Is the process alive?", "Answers whatever the state of the store.", unavailable),
		func(context.Context, *struct{}) (stateAnswer, error) { return stateAnswer{Status: "ok"}, nil })
	register(s, openOperation("ready", readyPath, "Can the service answer questions?",
		"Names the store and its state. It is 503 while the store is away, while the index that answers come from is behind it for longer than the service allows, while the ledger tells of other claims than the store has, and while the service stops.", unavailable, timeout), s.ready)
	register(s, openOperation("version", "/v1/version", "The version of the service", "Answers with the name and version of the program."),
		func(context.Context, *struct{}) (versionAnswer, error) {
			return versionAnswer{Name: "debadge", Version: s.Version}, nil
		})
	register(s, operationFor(mayEnter, http.MethodGet, "me", "/v1/me", "service", "Who asks, and what may they do?",
		"Answers with whom the credential names, its roles, and what they may do, by the names of the leaves that operations need."), s.me)
	s.addDocument("openapi", "/openapi.json", "application/openapi+json", "This document", func() []byte { return s.document }, nil)
	s.addDocument("docs", "/docs", "text/html; charset=utf-8", "This document for people", func() []byte { return s.docs },
		map[string]string{"Content-Security-Policy": docsPolicy})
}

func (s *server) me(ctx context.Context, _ *struct{}) (meAnswer, error) {
	c := callerOf(ctx)
	answer := meAnswer{Name: c.Name, Actor: c.Actor(), Credential: c.Credential, Roles: c.Roles, May: []string{}}
	for p := mayRead; p <= mayAdminister; p++ {
		if c.may(p) {
			answer.May = append(answer.May, p.String())
		}
	}
	return answer, nil
}

// parted refuses what rests on both ledger and store where they do not belong
// together. A service without a ledger has nothing to compare.
func (s *server) parted() error {
	if s.Parted == nil {
		return nil
	}
	return s.Parted()
}

func (s *server) ready(ctx context.Context, _ *struct{}) (readyAnswer, error) {
	status, err := s.Store.Status(ctx)
	if err != nil {
		reason := "it failed"
		var e *graph.Error
		if errors.As(err, &e) && e.Kind != graph.KindInternal {
			reason = e.Message
		}
		return readyAnswer{}, graph.Unavailable("the store ("+s.StoreName+") is away: "+reason, err)
	}
	if err := s.parted(); err != nil { // of a store that is there
		return readyAnswer{}, err
	}
	index, err := s.indexState(status.Revision)
	if err != nil {
		return readyAnswer{}, err
	}
	return readyAnswer{Status: "ready", Store: storeState{Name: s.StoreName, State: "ready", Revision: status.Revision}, Index: index}, nil
}

// addDocument adds an operation whose answer is the same bytes each time.
func (s *server) addDocument(id, path, contentType, summary string, body func() []byte, headers map[string]string) {
	op := openOperation(id, path, summary, "It loads nothing from elsewhere.")
	respondWith(op, contentType, &huma.Schema{Type: huma.TypeString})
	if id == "openapi" {
		respondWith(op, contentType, &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true})
	}
	serve(s, op, func(hc huma.Context, _ *struct{}) {
		w := humagin.Unwrap(hc).Writer
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		writeBytes(w, http.StatusOK, contentType, body())
	})
}
