package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"debadge/graph"
	"debadge/graph/identifier"
	"debadge/graph/resolve"
)

// reconcileQuery is one of a batch.
type reconcileQuery struct {
	Query      *string         `json:"query"`
	Type       texts           `json:"type"`
	Limit      *float64        `json:"limit"`
	Properties []queryProperty `json:"properties"`
	TypeStrict string          `json:"type_strict"`
}

// queryProperty is what else is known of what is looked for.
type queryProperty struct {
	PID    string `json:"pid"`
	Values values `json:"v"`
}

// texts are one text or a list of them.
type texts []string

// UnmarshalJSON reads either form.
func (t *texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = texts{one}
		return nil
	}
	var all []string
	if err := json.Unmarshal(data, &all); err != nil {
		return fmt.Errorf("a type is a text or a list of texts: %w", err)
	}
	*t = all
	return nil
}

// values are one value of a property or a list of them, as texts: of an entity
// its name, or else its id.
type values []string

// UnmarshalJSON reads a text, a number, a truth, an entity, or a list of those.
func (v *values) UnmarshalJSON(data []byte) error {
	var all []json.RawMessage
	if json.Unmarshal(data, &all) != nil {
		all = []json.RawMessage{data}
	}
	for _, raw := range all {
		var entity struct{ ID, Name string }
		var text string
		var number json.Number
		var truth bool
		switch {
		case string(raw) == "null":
			return errors.New("a value is null")
		case json.Unmarshal(raw, &text) == nil:
		case json.Unmarshal(raw, &number) == nil:
			text = number.String()
		case json.Unmarshal(raw, &truth) == nil:
			text = strconv.FormatBool(truth)
		case json.Unmarshal(raw, &entity) == nil && entity.ID != "":
			if text = entity.Name; text == "" {
				text = entity.ID
			}
		default:
			return errors.New("a value is a text, a number, true, false, or an entity with its id")
		}
		*v = append(*v, text)
	}
	return nil
}

// reconcileResult answers one query.
type reconcileResult struct {
	Result []reconcileCandidate `json:"result"` // the best first
}

type reconcileCandidate struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Type        []reconcileType `json:"type"`
	Score       float64         `json:"score" maximum:"100" minimum:"0"`
	Match       bool            `json:"match"` // the text means this and nothing else
	Features    []feature       `json:"features"`
}

// feature is a reason for a score, as a number.
type feature struct {
	ID    string  `json:"id"`
	Value float64 `json:"value"`
}

const (
	mostQueries     = 1000
	usualCandidates = 10
	mostCandidates  = 100
)

// queryProperties are those that a query can give.
func queryProperties() []reconcileType {
	all := []reconcileType{{"brand", "Brand"}, {"manufacturer", "Manufacturer"}}
	for _, scheme := range identifier.Schemes() {
		all = append(all, reconcileType{string(scheme), strings.ToUpper(strings.ReplaceAll(string(scheme), "_", " "))})
	}
	return all
}

// reconcileBatch answers each query of a batch under its name.
func (s *server) reconcileBatch(ctx context.Context, in *Screenable, text string) (map[string]reconcileResult, error) {
	var batch map[string]reconcileQuery
	if err := strictly("queries", text, &batch); err != nil {
		return nil, err
	}
	if len(batch) > mostQueries {
		return nil, refuseLine("queries", "are more than %d; send them in parts", mostQueries)
	}
	x, err := s.names(ctx, in.KnownAt.at, in.MinRevision)
	if err != nil {
		return nil, err
	}
	answer := make(map[string]reconcileResult, len(batch))
	for name, q := range batch {
		if ctx.Err() != nil {
			return nil, graph.Unavailable("the batch took too long; send it in parts", ctx.Err())
		}
		if answer[name], err = q.answer("queries."+name, x); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

func (q *reconcileQuery) answer(field string, x *resolve.Index) (reconcileResult, error) {
	out := reconcileResult{Result: []reconcileCandidate{}}
	ask := resolve.Query{Limit: usualCandidates}
	switch {
	case q.Query == nil && len(q.Properties) == 0:
		return out, refuseLine(field, "has neither query nor properties")
	case q.Limit != nil && (math.IsNaN(*q.Limit) || *q.Limit < 1):
		return out, refuseLine(field+".limit", "is below 1")
	case q.TypeStrict != "" && !slices.Contains([]string{"any", "should", "all"}, q.TypeStrict):
		return out, refuseLine(field+".type_strict", "is none of any, should and all")
	}
	if q.Limit != nil {
		ask.Limit = int(min(*q.Limit, mostCandidates))
	}
	if q.Query != nil {
		ask.Text = *q.Query
	}
	kind, none := q.kind()
	if none {
		return out, nil
	}
	ask.Kind = kind
	if err := q.give(field, &ask); err != nil {
		return out, err
	}
	found := x.Resolve(ask)
	for _, c := range found.Candidates {
		different := 0.0
		if c.DifferentModel {
			different = 1
		}
		out.Result = append(out.Result, reconcileCandidate{
			ID: string(c.Entity.ID), Name: c.Entity.FullName(), Description: c.Why, Type: typeOf(c.Entity),
			Score: math.Round(c.Score*1000) / 10, Match: found.Entity != nil && found.Entity.ID == c.Entity.ID, //nolint:mnd // percent, to a tenth
			Features: []feature{{"score", c.Score}, {"different_model", different}},
		})
	}
	return out, nil
}

// kind is what the types of a query leave: one kind, either ("") or none.
func (q *reconcileQuery) kind() (kind graph.Kind, none bool) {
	var known []graph.Kind
	for _, t := range q.Type {
		if k := graph.Kind(t); (k == graph.Product || k == graph.Company) && !slices.Contains(known, k) {
			known = append(known, k)
		}
	}
	switch {
	case len(q.Type) == 0 || q.TypeStrict == "should":
		if len(known) == 1 && q.TypeStrict != "should" {
			return known[0], false
		}
		return "", false
	case len(known) == 0, q.TypeStrict == "all" && len(q.Type) > 1:
		return "", true // nothing is of a type that is not known, or of two
	case len(known) == 1:
		return known[0], false
	}
	return "", false
}

// give adds what the properties say. One that is not known says nothing.
func (q *reconcileQuery) give(field string, ask *resolve.Query) error {
	for i, p := range q.Properties {
		if p.PID == "" || p.Values == nil {
			return refuseLine(fmt.Sprintf("%s.properties[%d]", field, i), "lacks pid or v")
		}
		for _, v := range p.Values {
			switch scheme := identifier.Scheme(p.PID); {
			case p.PID == "brand":
				ask.Brand = v
			case p.PID == "manufacturer":
				ask.Maker = v
			case scheme.Kind() != "":
				ask.Identifiers = append(ask.Identifiers, identifier.Identifier{Scheme: scheme, Value: v})
			}
		}
	}
	return nil
}
