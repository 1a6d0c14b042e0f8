package api

import (
	"cmp"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"debadge/graph"
	"debadge/ledger"
)

const schemaPrefix = "#/components/schemas/"

// shapes says how the types of the domain look in JSON where that cannot be
// read off their Go kind.
func shapes() map[reflect.Type]huma.Schema {
	return map[reflect.Type]huma.Schema{
		reflect.TypeFor[graph.Date](): {
			Type: huma.TypeString, Pattern: `^\d{4}(-\d{2}(-\d{2})?)?$`, Description: "A day, a month or a year: as precise as it is known.",
		},
		reflect.TypeFor[graph.Share](): {
			Type: huma.TypeString, Pattern: `^(\d{1,3}(\.\d{1,6})?)?$`, Description: "Percent, as an exact decimal.",
		},
		reflect.TypeFor[graph.Confidence]():  {Type: huma.TypeNumber, Minimum: new(0.0), Maximum: new(1.0)},
		reflect.TypeFor[graph.Revision]():    {Type: huma.TypeInteger, Minimum: new(0.0)},
		reflect.TypeFor[graph.ID]():          {Type: huma.TypeString, Description: "A kind and one to three more parts, such as kind:slug or kind:maker:slug."},
		reflect.TypeFor[json.RawMessage]():   {Type: huma.TypeObject, AdditionalProperties: true},
		reflect.TypeFor[graph.Status]():      names(graph.Statuses()...),
		reflect.TypeFor[graph.Way]():         names(graph.Direct, graph.ByLineage, graph.ByOwnership, graph.ByAffiliation),
		reflect.TypeFor[graph.Action]():      names(graph.Pass, graph.Review, graph.Block),
		reflect.TypeFor[graph.Interest]():    names(graph.Equity, graph.Voting, graph.Control),
		reflect.TypeFor[graph.Relation]():    names(graph.Relations()...),
		reflect.TypeFor[graph.Finding]():     words(graph.Listed, graph.Clear, graph.Unknown),
		reflect.TypeFor[graph.Verdict]():     words(graph.In, graph.Out, graph.Undetermined),
		reflect.TypeFor[graph.Stance]():      words(graph.Supports, graph.Denies),
		reflect.TypeFor[ledger.WatchState](): words(ledger.WatchActive, ledger.WatchPaused, ledger.WatchEnded),
		reflect.TypeFor[ledger.Delivery]():   words(ledger.Pending, ledger.Delivered, ledger.Dead),
		reflect.TypeFor[graph.Kind]():        words(graph.Kinds()...),
		reflect.TypeFor[graph.OwnershipForm](): words(
			graph.AnyShare, graph.Majority, graph.Aggregate),
	}
}

func names[T interface{ String() string }](values ...T) huma.Schema {
	s := huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		s.Enum = append(s.Enum, v.String())
	}
	return s
}

func words[T ~string](values ...T) huma.Schema {
	s := huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

// refineSchemas corrects the schemas that huma read off the Go types: what can
// be null, what is a name and not a number. Responses are tested against them.
func (s *server) refineSchemas() {
	registry := s.huma.OpenAPI().Components.Schemas
	known := shapes()
	for name, schema := range registry.Map() {
		t := registry.TypeFromRef(schemaPrefix + name)
		if _, shaped := known[t]; shaped || t.PkgPath() == reflect.TypeFor[huma.ErrorModel]().PkgPath() {
			delete(registry.Map(), name) // nothing refers to it: see ownProblem
			continue
		}
		for _, f := range reflect.VisibleFields(t) {
			key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if property := schema.Properties[key]; property != nil && key != "" {
				omitted := strings.Contains(options, "omit")
				schema.Properties[key] = refine(property, f.Type, omitted, known)
			}
		}
	}
}

// refine returns the schema of a type; a value that is left out when it is zero
// is never null.
func refine(s *huma.Schema, t reflect.Type, omitted bool, known map[reflect.Type]huma.Schema) *huma.Schema {
	if shape, ok := known[t]; ok {
		shape.Nullable = t == reflect.TypeFor[graph.Date]() && !omitted
		if s != nil { // what its field says counts
			shape.Description = cmp.Or(s.Description, shape.Description)
			shape.Minimum, shape.Maximum = cmp.Or(s.Minimum, shape.Minimum), cmp.Or(s.Maximum, shape.Maximum)
		}
		shape.PrecomputeMessages()
		return &shape
	}
	switch t.Kind() { //nolint:exhaustive // all other kinds are as huma read them
	case reflect.Slice:
		list := huma.Schema{Type: huma.TypeArray, Items: refine(itemSchema(s), t.Elem(), true, known)}
		if s != nil {
			list.Description, list.MinItems, list.MaxItems, list.UniqueItems = s.Description, s.MinItems, s.MaxItems, s.UniqueItems
		}
		list.PrecomputeMessages()
		return &list
	case reflect.Map:
		element, _ := s.AdditionalProperties.(*huma.Schema)
		return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: refine(element, t.Elem(), true, known)}
	case reflect.Pointer:
		if t.Elem() != reflect.TypeFor[time.Time]() && s.Ref != "" && !omitted {
			return &huma.Schema{AnyOf: []*huma.Schema{{Ref: s.Ref}, {Type: "null"}}}
		}
	}
	return s
}

func itemSchema(s *huma.Schema) *huma.Schema {
	if s == nil {
		return nil
	}
	return s.Items
}
