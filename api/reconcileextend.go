package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"debadge/graph"
)

// extendQuery asks for properties of entities.
type extendQuery struct {
	IDs        []string         `json:"ids"`
	Properties []extendProperty `json:"properties"`
}

type extendProperty struct {
	ID       string                     `json:"id"`
	Settings map[string]json.RawMessage `json:"settings"` // there are none to set
}

// extension answers with the values of each property of each entity.
type extension struct {
	Meta []extensionMeta                     `json:"meta"`
	Rows map[string]map[string][]cellContent `json:"rows"`
}

type extensionMeta struct {
	ID   string         `json:"id"`
	Name string         `json:"name"`
	Type *reconcileType `json:"type,omitempty"` // of the entities that are its values
}

// cellContent is a text, or an entity.
type cellContent struct {
	Str  string `json:"str,omitempty"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

const mostExtended = 1000

// extendProperties are the properties that entities of a kind have; "" is any.
func extendProperties(kind graph.Kind) []reconcileType {
	all := []reconcileType{
		{"finding", "Finding"},
		{"strength", "Strength of the finding"},
		{"action", "Action by the policy"},
		{"listed_entity", "Listed entity"},
		{"list", "List"},
		{"brand", "Brand"},
		{"country", "Country"},
		{"kind", "Kind"},
	}
	switch kind {
	case graph.Company:
		return slices.DeleteFunc(all, func(t reconcileType) bool { return t.ID == "brand" })
	case graph.Product:
		return slices.DeleteFunc(all, func(t reconcileType) bool { return t.ID == "country" })
	case "":
		return all
	case graph.List, graph.Proceeding:
	}
	return []reconcileType{}
}

func (s *server) extend(ctx context.Context, in *Screenable, text string) (extension, error) {
	var q extendQuery
	if err := strictly("extend", text, &q); err != nil {
		return extension{}, err
	}
	switch {
	case q.IDs == nil || q.Properties == nil:
		return extension{}, refuseLine("extend", "lacks ids or properties")
	case len(q.IDs) > mostExtended:
		return extension{}, refuseLine("extend.ids", "are more than %d; send them in parts", mostExtended)
	}
	out := extension{Meta: []extensionMeta{}, Rows: map[string]map[string][]cellContent{}}
	known := extendProperties("")
	for i, p := range q.Properties {
		at := slices.IndexFunc(known, func(t reconcileType) bool { return t.ID == p.ID })
		if at < 0 {
			return extension{}, refuseLine(fmt.Sprintf("extend.properties[%d]", i), "%q is not a property; %s/properties names them", p.ID, reconcilePath)
		}
		meta := extensionMeta{ID: p.ID, Name: known[at].Name}
		if p.ID == "listed_entity" {
			meta.Type = &reconcileType{string(graph.Company), "Company"}
		}
		out.Meta = append(out.Meta, meta)
	}
	all, _, err := s.propertiesOf(ctx, in, q.IDs)
	if err != nil {
		return extension{}, err
	}
	for i, id := range q.IDs {
		row := map[string][]cellContent{}
		for _, p := range q.Properties {
			row[p.ID] = all[i].cells(p.ID)
		}
		out.Rows[id] = row
	}
	return out, nil
}

// entityProperties is what extend tells of an entity.
type entityProperties struct {
	entity *graph.Entity // nil if it is not known: then the finding is unknown
	found  graph.Assessment
	listed []graph.EntityRef
	lists  []graph.EntityRef
}

// propertiesOf looks entities up and assesses them, at one revision.
func (s *server) propertiesOf(ctx context.Context, in *Screenable, ids []string) ([]entityProperties, graph.Basis, error) {
	policy, err := s.policy(in.Policy)
	if err != nil {
		return nil, graph.Basis{}, err
	}
	var all []entityProperties
	var basis graph.Basis
	err = s.Store.View(ctx, in.KnownAt.at, func(v graph.View) error {
		all = make([]entityProperties, len(ids)) // anew if this is a retry
		a, err := graph.NewAssessor(ctx, v, policy, s.dayOr(in.AsOf), in.List)
		if err != nil {
			return err
		}
		defer a.Close()
		basis = a.Basis(in.KnownAt.at)
		for i, id := range ids {
			if err := all[i].look(ctx, v, a, graph.ID(id)); err != nil {
				return err
			}
		}
		return nil
	})
	return all, basis, err
}

func (e *entityProperties) look(ctx context.Context, v graph.View, a *graph.Assessor, id graph.ID) error {
	kind := id.Kind()
	nodes := []graph.Node{graph.NoNode}
	if kind == graph.Product || kind == graph.Company {
		var err error
		if nodes, err = v.Nodes(ctx, []graph.ID{id}); err != nil {
			return err
		}
	}
	var err error
	if e.found, err = a.Assess(ctx, nodes[0]); err != nil || nodes[0] == graph.NoNode {
		return err
	}
	entities, err := v.Entities(ctx, []graph.ID{id})
	if err != nil {
		return err
	}
	e.entity = &entities[0]
	if e.found.Finding != graph.Listed {
		return nil
	}
	listings, _, err := a.Listings(ctx, mostLists)
	if err != nil {
		return err
	}
	var listed, lists []graph.ID
	for _, l := range listings {
		listed, lists = append(listed, l.Entity), append(lists, l.List)
	}
	if e.listed, err = refsOf(ctx, v, listed); err != nil {
		return err
	}
	e.lists, err = refsOf(ctx, v, lists)
	return err
}

// refsOf names entities, each once, in the order of ids.
func refsOf(ctx context.Context, v graph.View, ids []graph.ID) ([]graph.EntityRef, error) {
	entities, err := v.Entities(ctx, distinct(ids))
	refs := make([]graph.EntityRef, len(entities))
	for i := range entities {
		refs[i] = entities[i].Ref()
	}
	return refs, err
}

// cells are the values of a property. That an entity is not known is told, and
// is no empty cell.
func (e *entityProperties) cells(property string) []cellContent {
	out := []cellContent{}
	text := func(t string) {
		if t != "" {
			out = append(out, cellContent{Str: t})
		}
	}
	switch property {
	case "finding":
		text(string(e.found.Finding))
	case "strength":
		text(e.found.Strength.String())
	case "action":
		text(e.found.Action.String())
	case "listed_entity":
		for _, l := range e.listed {
			out = append(out, cellContent{ID: string(l.ID), Name: l.FullName()})
		}
	case "list":
		for _, l := range e.lists {
			text(l.Name)
		}
	}
	if e.entity == nil {
		return out
	}
	switch property {
	case "brand":
		text(e.entity.Brand)
	case "country":
		for _, c := range e.entity.Attributes[graph.CountryAttribute] {
			text(c)
		}
	case "kind":
		text(string(e.entity.ID.Kind()))
	}
	return out
}
