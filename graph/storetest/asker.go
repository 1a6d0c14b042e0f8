package storetest

import (
	"bytes"
	"context"
	"encoding/json"

	"debadge/graph"
)

// Ask is a question as every surface can be asked it.
type Ask struct {
	Subject  string          `json:"subject"`            // of a reach: the origin
	AsOf     graph.Date      `json:"as_of,omitzero"`     // a day; not for a timeline
	Revision graph.Revision  `json:"revision,omitempty"` // known at; 0 is the newest
	Policy   json.RawMessage `json:"policy,omitempty"`   // the name of a built-in policy in quotes, or a policy; none is the default
	Lists    []string        `json:"lists,omitempty"`
	Paths    int             `json:"paths,omitempty"`
}

// Asker is a surface that answers with JSON, the same bytes on every surface. A
// reach is one object, as [ReachPage] has it. An error is one whose kind
// [graph.KindOf] tells.
type Asker interface {
	Trace(ctx context.Context, a Ask) ([]byte, error)
	Timeline(ctx context.Context, a Ask) ([]byte, error)
	Reach(ctx context.Context, a Ask) ([]byte, error)
}

// rules returns the policy of a question.
func (a Ask) rules() (graph.Policy, error) {
	var name string
	switch {
	case len(a.Policy) == 0:
		return graph.DefaultPolicy(), nil
	case json.Unmarshal(a.Policy, &name) != nil:
		return graph.ParsePolicy(a.Policy)
	}
	for _, p := range graph.BuiltInPolicies() {
		if p.Name == name {
			return p, nil
		}
	}
	return graph.Policy{}, graph.Errorf(graph.KindNotFound, "there is no policy %q", name)
}

func (a Ask) question() (graph.Question, error) {
	policy, err := a.rules()
	return graph.Question{
		Subject: a.Subject, AsOf: a.AsOf.Earliest(), KnownAt: graph.Moment{Revision: a.Revision}, Policy: policy,
		Lists: a.Lists, Paths: a.Paths,
	}, err
}

func (a Ask) reach() (graph.ReachQuestion, error) {
	policy, err := a.rules()
	return graph.ReachQuestion{
		Origin: a.Subject, AsOf: a.AsOf.Earliest(), KnownAt: graph.Moment{Revision: a.Revision}, Policy: policy, Lists: a.Lists,
	}, err
}

// StoreAsker asks the engine about a store.
func StoreAsker(s graph.Store) Asker { return storeAsker{s} }

type storeAsker struct{ graph.Store }

func (s storeAsker) Trace(ctx context.Context, a Ask) ([]byte, error) {
	q, err := a.question()
	if err != nil {
		return nil, err
	}
	answer, err := graph.Trace(ctx, s, q)
	return encoded(answer, err)
}

func (s storeAsker) Timeline(ctx context.Context, a Ask) ([]byte, error) {
	q, err := a.question()
	if err != nil {
		return nil, err
	}
	answer, err := graph.Timeline(ctx, s, q)
	return encoded(answer, err)
}

func (s storeAsker) Reach(ctx context.Context, a Ask) ([]byte, error) {
	q, err := a.reach()
	if err != nil {
		return nil, err
	}
	page, err := reachPage(ctx, s, q)
	return encoded(page, err)
}

func reachPage(ctx context.Context, s graph.Store, q graph.ReachQuestion) (ReachPage, error) {
	page := ReachPage{Rows: []graph.ReachRow{}}
	var err error
	page.ReachAnswer, err = graph.Reach(ctx, s, q, func(row graph.ReachRow) error {
		page.Rows = append(page.Rows, row)
		return nil
	})
	return page, err
}

func encoded(answer any, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = graph.EncodeJSON(&b, answer)
	return b.Bytes(), err
}
