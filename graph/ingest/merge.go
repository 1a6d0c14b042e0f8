package ingest

import (
	"maps"
	"slices"
	"strings"

	"debadge/graph"
)

// joined returns an entity with everything that two versions say, under a name.
// A name that it no longer has becomes an alias: who was found stays found.
func joined(old, now graph.Entity, name string) graph.Entity {
	e := graph.Entity{ID: old.ID, Name: name, Brand: old.Brand, Attributes: old.Attributes}
	if now.Brand != "" {
		e.Brand = now.Brand
	}
	for _, a := range slices.Concat(old.Aliases, nameOf(old), nameOf(now), now.Aliases) {
		if a != (graph.Alias{Text: name}) && !slices.Contains(e.Aliases, a) {
			e.Aliases = append(e.Aliases, a)
		}
	}
	if len(now.Attributes) == 0 {
		return e
	}
	e.Attributes = maps.Clone(old.Attributes)
	if e.Attributes == nil {
		e.Attributes = map[string][]string{}
	}
	for name, values := range now.Attributes {
		all := slices.Clone(e.Attributes[name])
		for _, v := range values {
			if !slices.Contains(all, v) {
				all = append(all, v)
			}
		}
		e.Attributes[name] = all
	}
	return e
}

// nameOf returns the name as an alias, none if it only stands in for one: an
// entity that was mentioned before it was described is called by its number.
func nameOf(e graph.Entity) []graph.Alias {
	parts := strings.Split(string(e.ID), ":")
	if len(parts) > 2 && graph.NameKey(e.Name) == graph.NameKey(parts[len(parts)-1]) {
		return nil
	}
	return []graph.Alias{{Text: e.Name}}
}
