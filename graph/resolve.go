package graph

import (
	"context"
	"strings"
)

// maxCandidates bounds how many entities an ambiguous name shows.
const maxCandidates = 20

// Resolve returns the one entity that a text names: by its id, or by a name or
// alias in any letter case, spacing and punctuation, with or without the brand.
// Several that match are KindAmbiguous with the candidates, and never guessed
// between; none is KindNotFound. Kinds restrict what counts; none is any kind.
// The kind in front of an id may be left out where kinds has one member.
func Resolve(ctx context.Context, v View, text string, kinds ...Kind) (Entity, error) {
	ids := []ID{ID(text)}
	if len(kinds) == 1 && !strings.HasPrefix(text, string(kinds[0])+":") {
		ids = append(ids, ID(string(kinds[0])+":"+text))
	}
	for _, id := range ids {
		if id.check(or(kinds, Kinds())...) != "" {
			continue
		}
		nodes, err := v.Nodes(ctx, []ID{id})
		if err != nil {
			return Entity{}, err
		}
		if nodes[0] != NoNode {
			return one(ctx, v, id)
		}
	}
	return resolveName(ctx, v, text, or(kinds, []Kind{""}))
}

func kindNames(kinds []Kind) string {
	if kinds[0] == "" {
		kinds = Kinds()
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return strings.Join(names, " or ")
}

func or(kinds, all []Kind) []Kind {
	if len(kinds) > 0 {
		return kinds
	}
	return all
}

func one(ctx context.Context, v View, id ID) (Entity, error) {
	found, err := v.Entities(ctx, []ID{id})
	if err != nil {
		return Entity{}, err
	}
	return found[0], nil
}

func resolveName(ctx context.Context, v View, text string, kinds []Kind) (Entity, error) {
	key := NameKey(text)
	if key == "" {
		return Entity{}, Errorf(KindNotFound, "%q has no letter or digit to look up", text)
	}
	var ids []ID
	for _, kind := range kinds {
		found, err := v.Find(ctx, Find{Key: key, Kind: kind, Limit: maxCandidates + 1})
		if err != nil {
			return Entity{}, err
		}
		ids = append(ids, found...)
	}
	switch len(ids) {
	case 0:
		return Entity{}, Errorf(KindNotFound, "debadge knows no %s by the id or name %q at this revision", kindNames(kinds), text)
	case 1:
		return one(ctx, v, ids[0])
	}
	entities, err := v.Entities(ctx, ids[:min(len(ids), maxCandidates)])
	if err != nil {
		return Entity{}, err
	}
	e := Errorf(KindAmbiguous, "%q names %d entities; ask for one of them by its id", text, len(ids))
	if len(ids) > maxCandidates {
		e = Errorf(KindAmbiguous, "%q names more than %d entities; ask for one by its id", text, maxCandidates)
	}
	for _, entity := range entities {
		e.Candidates = append(e.Candidates, entity.Ref())
	}
	return Entity{}, e
}
