package api

import (
	"context"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"debadge/graph"
)

type neighborsInput struct {
	Freshness

	ID       string         `path:"id" maxLength:"200"`
	Up       []string       `query:"up,explode" maxItems:"300"`
	Down     []string       `query:"down,explode" maxItems:"300"`
	AsOf     day            `query:"as_of"`
	KnownAt  moment         `query:"known_at"`
	Relation []relationName `query:"relation,explode" maxItems:"20"`
	Status   []statusName   `query:"status,explode" maxItems:"4"`
	List     []string       `query:"list,explode" maxItems:"100"`
	Limit    int            `query:"limit" minimum:"1" maximum:"100" default:"12"`
}

func (in *neighborsInput) asked() *graph.Moment { return &in.KnownAt.at }

// relationName is a parameter that takes a relation.
type relationName struct{ relation graph.Relation }

// UnmarshalText reads a name such as REBRANDED_AS.
func (r *relationName) UnmarshalText(text []byte) error { return r.relation.UnmarshalText(text) }

// Schema describes the parameter.
func (r *relationName) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, one := range graph.Relations() {
		s.Enum = append(s.Enum, one.String())
	}
	return s
}

// setOf is the set of the relations named, 0 if none is.
func setOf(names []relationName) graph.RelationSet {
	var set graph.RelationSet
	for _, r := range names {
		set |= graph.SetOf(r.relation)
	}
	return set
}

// statusName is a parameter that takes a status.
type statusName struct{ status graph.Status }

// UnmarshalText reads a name such as alleged.
func (n *statusName) UnmarshalText(text []byte) error { return n.status.UnmarshalText(text) }

// Schema describes the parameter.
func (n *statusName) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, one := range graph.Statuses() {
		s.Enum = append(s.Enum, one.String())
	}
	return s
}

// neighborsAnswer is a part of the graph around an entity.
type neighborsAnswer struct {
	AsOf     graph.Date     `json:"as_of"` // null: claims of any day
	KnownAt  *time.Time     `json:"known_at"`
	Revision graph.Revision `json:"revision"`
	graph.Explored
}

func (s *server) addNeighbors() {
	register(s, operation("neighbors", "/v1/entities/{id}/neighbors", "entities", "An entity with what is around it, opened step by step",
		"Answers with the entity, the neighbors upstream of each entity in up and downstream of each one in down (of the entity itself both, if neither is given), and all claims between them. "+
			"Each entity says how many neighbors it has in each direction and how many of them are shown: at most limit of one that is opened, lists first, then by relation, status and id, and at most 300 in all.",
		notFound, unavailable, timeout), s.neighbors)
}

func (s *server) neighbors(ctx context.Context, in *neighborsInput) (neighborsAnswer, error) {
	q := graph.Exploration{Entity: graph.ID(in.ID), Upstream: idsOf(in.Up), Downstream: idsOf(in.Down), AsOf: graph.AnyDay, Limit: in.Limit}
	if len(in.Up)+len(in.Down) == 0 {
		q.Upstream, q.Downstream = []graph.ID{q.Entity}, []graph.ID{q.Entity}
	}
	if in.AsOf.given {
		q.AsOf = in.AsOf.day
	}
	q.Relations = setOf(in.Relation)
	for _, one := range in.Status {
		q.Statuses = append(q.Statuses, one.status)
	}
	var answer neighborsAnswer
	err := s.Store.View(ctx, in.KnownAt.at, func(v graph.View) error {
		answer = neighborsAnswer{}
		answer.Revision, answer.KnownAt = basis(v, in.KnownAt.at)
		if in.AsOf.given {
			answer.AsOf = in.AsOf.day.Date()
		}
		var err error
		if q.Lists, err = listNodes(ctx, v, in.List); err != nil {
			return err
		}
		answer.Explored, err = graph.Explore(ctx, v, q)
		return err
	})
	return answer, err
}

func idsOf(texts []string) []graph.ID {
	ids := make([]graph.ID, len(texts))
	for i, t := range texts {
		ids[i] = graph.ID(t)
	}
	return ids
}

// listNodes looks lists up by id, slug or name.
func listNodes(ctx context.Context, v graph.View, names []string) (map[graph.Node]bool, error) {
	var ids []graph.ID
	for _, name := range names {
		list, err := graph.Resolve(ctx, v, strings.TrimSpace(name), graph.List)
		if err != nil {
			return nil, err
		}
		ids = append(ids, list.ID)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	nodes, err := v.Nodes(ctx, ids)
	found := map[graph.Node]bool{}
	for _, n := range nodes {
		found[n] = true
	}
	return found, err
}
