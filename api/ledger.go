package api

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"debadge/graph"
	"debadge/ledger"
)

// Ledger is what the service itself remembers; [ledger.Ledger] is one. The types
// are those of package ledger, so that what is kept, signed and answered is the
// same; how it is kept is not known here.
type Ledger interface {
	Decisions
	AuditLog
	Watches
}

// Decisions are what officers decided about findings.
type Decisions interface {
	Decide(ctx context.Context, store graph.Store, actor string, n ledger.NewDecision) (ledger.Decision, error)
	Sign(ctx context.Context, actor string, n ledger.NewSignOff) (ledger.Decision, error)
	Decision(ctx context.Context, id string) (ledger.Decision, error)
	Decisions(ctx context.Context, which ledger.Decisions) ([]ledger.Decision, error)
	ChangedDecisions(ctx context.Context, store graph.Store, today graph.Day, which ledger.Decisions) (ledger.Rescreened, []ledger.ChangedDecision, error)
	VerifyDecisions(ctx context.Context, store graph.Store, which ledger.Decisions, yield func(ledger.DecisionCheck) error) error
}

// AuditLog is the log that everything done leaves an entry in.
type AuditLog interface {
	Log(ctx context.Context, events ...ledger.Event) (last int64, err error)
	Entries(ctx context.Context, which ledger.Entries, yield func(ledger.IndexedEntry) error) error
	Checkpoint(ctx context.Context) ([]byte, error)
	Prove(ctx context.Context, index int64) (ledger.Proof, error)
	VerifierKey(ctx context.Context) (string, error)
}

// Watches are the subjects that somebody watches, with their events.
type Watches interface {
	Watch(ctx context.Context, store graph.Store, actor string, n ledger.NewWatch) (ledger.Watch, error)
	Watched(ctx context.Context, id string) (ledger.Watch, error)
	Watches(ctx context.Context) ([]ledger.Watch, error)
	Rescreen(ctx context.Context, store graph.Store, today graph.Day) (ledger.Rescreened, error)
	SetWatch(ctx context.Context, actor, id string, state ledger.WatchState) (ledger.Watch, error)
	Events(ctx context.Context, after int64, limit int) ([]ledger.OutboxEvent, error)
	ReplaceSecret(ctx context.Context, actor, id string) (string, error)
	ReplayWatch(ctx context.Context, actor, id string, after *int64) (int64, error)
}

var _ Ledger = (*ledger.Ledger)(nil)

// kept returns the ledger, or why there is none.
func (s *server) kept() (Ledger, error) {
	if s.Ledger == nil {
		return nil, graph.Unavailable("this service keeps no ledger", nil)
	}
	return s.Ledger, nil
}

// actor is who the audit log says sent a request.
func (s *server) actor(ctx context.Context) string {
	return cmp.Or(callerOf(ctx).Actor(), string(NoCredential))
}

// registerWriting adds an operation that takes a JSON body, or none, changes
// what is kept, and answers with one JSON value.
func registerWriting[I, T any](s *server, op *huma.Operation, status int, answer func(context.Context, *I) (T, error)) {
	var in I
	if _, takesBody := reflect.TypeOf(in).FieldByName("Body"); takesBody {
		op.MaxBodyBytes = s.MaxBodyBytes
		checkBody(op)
	}
	respondWith(op, jsonType, s.schema(reflect.TypeFor[T]()))
	if status != http.StatusOK {
		made := op.Responses["200"]
		made.Description = "What was made."
		op.Responses[strconv.Itoa(status)] = made
		delete(op.Responses, "200")
	}
	answering(s, op, func(ctx context.Context, _ huma.Context, in *I) (func(http.ResponseWriter), error) {
		v, err := answer(ctx, in)
		return func(w http.ResponseWriter) { writeJSON(w, status, jsonType, v) }, err
	})
	if body := s.routes[len(s.routes)-1].RequestBody; body != nil {
		// Where the bytes of a body are asked for too, huma tells of any media type.
		maps.DeleteFunc(body.Content, func(media string, _ *huma.MediaType) bool { return media != jsonType })
	}
}

// inBody names the fields of an error as those of the body.
func inBody(err error, within string) error {
	e, ok := errors.AsType[*graph.Error](err)
	if !ok || e.Kind != graph.KindInvalid || len(e.Fields) == 0 {
		return err
	}
	named := *e
	named.Message, named.Fields = "the request is refused", nil
	for _, f := range e.Fields {
		named.Fields = append(named.Fields, graph.FieldError{Field: "body." + within + f.Field, Message: f.Message})
	}
	return &named
}

// bodyPolicy returns the policy that a body names.
func (s *server) bodyPolicy(name, field string) (graph.Policy, error) {
	p, err := s.policy(name)
	if e, ok := errors.AsType[*graph.Error](err); ok && len(e.Fields) == 1 {
		return p, refuseField("body."+field, e.Fields[0].Message)
	}
	return p, err
}
