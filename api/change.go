package api

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
)

// Writing is the part of a request that writes which stands in its header.
type Writing struct {
	Key     string `header:"Idempotency-Key" maxLength:"202"`
	IfMatch string `header:"If-Match"        maxLength:"200"`
}

type retractInput struct {
	Writing

	ID   string `path:"id" maxLength:"200"`
	Body retractBody
}

type retractBody struct {
	Author     string   `json:"author,omitempty"      maxLength:"1000"`
	Reason     string   `json:"reason"                maxLength:"100000" minLength:"1"`
	ReplacedBy graph.ID `json:"replaced_by,omitempty"`
}

type correctInput struct {
	Writing

	ID string `path:"id" maxLength:"200"`
}

// receiptAnswer acknowledges a change set.
type receiptAnswer struct {
	ChangeSet string `json:"change_set"` // its id
	graph.Receipt
	Claims []graph.ID `json:"claims,omitempty"` // the ids of its claims, in its order
}

const writeNotes = " Who sends the same Idempotency-Key again gets the receipt of the first time (replayed); another change under that key is a conflict. " +
	"With If-Match, a revision in quotes or the ETag of an answer, the change is made only if nothing that it touches has changed since: no entity, source or claim that it brings or withdraws. " +
	"The answer's ETag is the revision that holds the change."

func (s *server) addChanges() {
	op := writeOperation("append", "/v1/changes", "Add a change set: entities, sources, claims and retractions",
		"All of it is committed, or none. A claim without an id gets one from its content; nothing is overwritten: a claim is retracted, and another one takes its place. "+
			"At most 5,000 items and 8 MiB; the body may be compressed with gzip. Author and reason are needed."+writeNotes)
	respondWith(op, jsonType, s.schema(reflect.TypeFor[receiptAnswer]()))
	serve(s, op, s.appendChanges)
	s.takesChangeSet()
	op = writeOperation("retract", "/v1/claims/{id}/retract", "Withdraw a claim",
		"It no longer counts from the receipt's revision on; answers as known before still have it. To retract once more what is retracted changes nothing."+writeNotes, notFound)
	op.MaxBodyBytes = s.MaxBodyBytes
	checkBody(op)
	respondWith(op, jsonType, s.schema(reflect.TypeFor[receiptAnswer]()))
	serve(s, op, s.retract)
	op = writeOperation("correct", "/v1/claims/{id}/correct", "Withdraw a claim and state another one in its place",
		"The body is a change set with one claim, which is stated anew as a whole, and with the sources and entities that it needs; its reason is that of the retraction. "+
			"A claim that was retracted before is not corrected."+writeNotes, notFound)
	respondWith(op, jsonType, s.schema(reflect.TypeFor[receiptAnswer]()))
	serve(s, op, s.correct)
	s.takesChangeSet()
}

// writeOperation begins the description of an operation that writes claims.
func writeOperation(id, path, summary, description string, more ...fault) *huma.Operation {
	return operationFor(mayWrite, http.MethodPost, id, path, "claims", summary, description,
		append([]fault{conflict, outdated, unavailable, timeout}, more...)...)
}

// takesChangeSet describes the body of the operation that was added last, which
// reads it by itself: had huma known of it before, it would parse it too.
func (s *server) takesChangeSet() {
	s.routes[len(s.routes)-1].RequestBody = &huma.RequestBody{
		Required: true, Description: "A change set, as in a bundle file.",
		Content: map[string]*huma.MediaType{jsonType: {Schema: s.schema(reflect.TypeFor[changeSetBody]())}},
	}
}

func (s *server) appendChanges(hc huma.Context, in *Writing) {
	s.write(hc, in, func(context.Context) (graph.ChangeSet, error) { return s.readChangeSet(hc) })
}

func (s *server) retract(hc huma.Context, in *retractInput) {
	s.write(hc, &in.Writing, func(ctx context.Context) (graph.ChangeSet, error) {
		id := graph.ID(in.ID)
		_, err := s.storedClaim(ctx, id)
		return graph.ChangeSet{
			Author: in.Body.Author, Reason: in.Body.Reason,
			Retractions: []graph.Retraction{{Claim: id, Reason: in.Body.Reason, ReplacedBy: in.Body.ReplacedBy}},
		}, err
	})
}

func (s *server) correct(hc huma.Context, in *correctInput) {
	s.write(hc, &in.Writing, func(ctx context.Context) (graph.ChangeSet, error) {
		cs, err := s.readChangeSet(hc)
		if err != nil {
			return cs, err
		}
		if len(cs.Claims) != 1 || len(cs.Retractions) != 0 {
			return cs, refuseField("body.claims", "a correction has exactly one claim, and no retractions")
		}
		stored, err := s.storedClaim(ctx, graph.ID(in.ID))
		if err != nil {
			return cs, err
		}
		prepared, err := cs.Prepare()
		if err != nil {
			return cs, err
		}
		cs.Retractions = []graph.Retraction{{Claim: stored.ID, Reason: cs.Reason, ReplacedBy: prepared.Claims[0].ID}}
		// Two corrections of one claim are not both made. A retry of the first is
		// known by its id before this counts.
		seen := graph.Moment{}
		if stored.Retracted != 0 {
			seen.Revision = stored.Retracted - 1
		}
		return cs, s.see(ctx, &cs, seen)
	})
}

// storedClaim looks up a claim of a path, also one that was retracted.
func (s *server) storedClaim(ctx context.Context, id graph.ID) (found graph.StoredClaim, err error) {
	err = s.Store.View(ctx, graph.Moment{}, func(v graph.View) error {
		stored, err := v.StoredClaims(ctx, []graph.ID{id})
		if err == nil {
			found = stored[0]
		}
		return unknownID(err, "claim", id)
	})
	return found, err
}

// unknownID says in words of our own what is not found.
func unknownID(err error, what string, id graph.ID) error {
	if err == nil || graph.KindOf(err) != graph.KindNotFound {
		return err
	}
	return graph.Errorf(graph.KindNotFound, "debadge knows no %s by the id %q at this revision", what, clip(string(id)))
}

// see notes what a change set touches as it was at a moment.
func (s *server) see(ctx context.Context, cs *graph.ChangeSet, at graph.Moment) error {
	return s.Store.View(ctx, at, func(v graph.View) (err error) {
		cs.Seen, err = cs.See(ctx, v)
		return err
	})
}

// write appends what compose makes, and answers with the receipt.
func (s *server) write(hc huma.Context, in *Writing, compose func(context.Context) (graph.ChangeSet, error)) {
	w := humagin.Unwrap(hc).Writer
	ctx, done := s.limit(hc.Context(), w)
	defer done()
	cs, err := compose(ctx)
	if err == nil {
		err = s.complete(ctx, &cs, in)
	}
	var answer receiptAnswer
	if err == nil {
		answer, err = s.commit(ctx, cs)
	}
	if err != nil {
		if in.IfMatch == "" && graph.KindOf(err) == graph.KindOutdated {
			err = graph.Errorf(graph.KindConflict, "%w", err) // nothing was demanded that has failed
		}
		writeProblem(hc.Context(), w, problemOf(ctx, err))
		return
	}
	w.Header().Set("ETag", revisionTag(answer.Revision))
	writeJSON(w, http.StatusOK, jsonType, answer)
}

// complete adds what the header says, and refuses what lacks author or reason.
func (s *server) complete(ctx context.Context, cs *graph.ChangeSet, in *Writing) error {
	key, err := idempotencyKey(in.Key)
	switch {
	case err != nil:
		return err
	case key != "" && cs.ID != "" && cs.ID != key:
		return refuseField("header.Idempotency-Key", "is not the id of the change set in the body; give one of them")
	case key != "":
		cs.ID = key
	}
	cs.Author = s.author(ctx, cs.Author)
	switch {
	case strings.TrimSpace(cs.Author) == "":
		return refuseField("body.author", "is missing; say who makes the change")
	case strings.TrimSpace(cs.Reason) == "":
		return refuseField("body.reason", "is missing; say why the change is made, later readers will see it")
	case cs.IsEmpty():
		return refuseField("body", "holds nothing to add or to retract")
	case in.IfMatch == "" || in.IfMatch == "*":
		return nil
	}
	revision, ok := revisionOf(in.IfMatch)
	if !ok {
		return refuseField("header.If-Match", `is no revision; write one in quotes, such as "12", or the ETag of one answer`)
	}
	err = s.see(ctx, cs, graph.Moment{Revision: revision})
	if graph.KindOf(err) == graph.KindNotFound {
		return graph.Errorf(graph.KindOutdated, "the store is not at revision %d yet; nothing was written", revision)
	}
	return err
}

// idempotencyKey reads the header of that name; none is "".
func idempotencyKey(header string) (string, error) {
	key := strings.TrimSuffix(strings.TrimPrefix(header, `"`), `"`)
	if header != "" && key == "" {
		return "", refuseField("header.Idempotency-Key", "is empty")
	}
	return key, nil
}

// author is who makes a change: whom the credential names, whatever the body
// says. Who showed none may name somebody.
func (s *server) author(ctx context.Context, named string) string {
	return cmp.Or(callerOf(ctx).Actor(), named)
}

func (s *server) commit(ctx context.Context, cs graph.ChangeSet) (receiptAnswer, error) {
	prepared, err := cs.Prepare()
	if err != nil {
		return receiptAnswer{}, err
	}
	receipt, err := s.Store.Append(ctx, cs)
	answer := receiptAnswer{ChangeSet: prepared.ID, Receipt: receipt}
	for _, c := range prepared.Claims {
		answer.Claims = append(answer.Claims, c.ID)
	}
	return answer, err
}

func refuseField(field, wrong string) error {
	return &graph.Error{Kind: graph.KindInvalid, Message: "the request is refused", Fields: []graph.FieldError{{Field: field, Message: wrong}}}
}

// revisionTag is a revision as an entity tag.
func revisionTag(r graph.Revision) string { return `"` + strconv.FormatUint(uint64(r), 10) + `"` }

// revisionOf reads the revision that every entity tag of ours begins with.
func revisionOf(tag string) (graph.Revision, bool) {
	text := strings.TrimPrefix(strings.TrimSpace(tag), "W/")
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return 0, false
	}
	number, _, _ := strings.Cut(text[1:len(text)-1], "-")
	n, err := strconv.ParseUint(number, 10, 32)
	return graph.Revision(n), err == nil && n > 0
}
