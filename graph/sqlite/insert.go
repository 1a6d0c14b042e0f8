package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"

	"debadge/graph"
)

// insertion writes one change.
type insertion struct {
	*session

	keys   keys
	before mark // the store before the change
	mark   mark // and after it
}

// insert writes table by table, so that what a row refers to is there already.
func (in *insertion) insert(ctx context.Context, plan graph.ChangeSet, digest string) error {
	arrange(plan)
	in.reach(plan)
	if in.mark.tooFar() {
		return graph.Errorf(graph.KindUnavailable, "the store is full: it cannot hold more than %d of one kind", math.MaxInt32)
	}
	seal := sealOf(graph.Change{ChangeSet: plan, Revision: in.mark.revision, RecordedAt: in.mark.time(), Digest: digest})
	if err := in.exec(ctx, "INSERT INTO changes ("+markColumns+", id, digest, author, reason, seal) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
		int64(in.mark.revision), in.mark.recorded, in.mark.entities, in.mark.entityVersions, in.mark.sources, in.mark.sourceVersions,
		in.mark.claims, in.mark.retractions, plan.ID, digest, plan.Author, plan.Reason, seal); err != nil {
		return err
	}
	for _, write := range []func(context.Context, graph.ChangeSet) error{
		in.entities, in.entityVersions, in.nameKeys, in.sources, in.sourceVersions, in.claims, in.citations, in.retractions,
	} {
		if err := write(ctx, plan); err != nil {
			return err
		}
	}
	return translate(ctx.Err())
}

// arrange puts the items in the order of their ids, in which they are stored
// and come out again.
func arrange(plan graph.ChangeSet) {
	slices.SortFunc(plan.Entities, func(a, b graph.Entity) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(plan.Sources, func(a, b graph.Source) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(plan.Claims, func(a, b graph.Claim) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(plan.Retractions, func(a, b graph.Retraction) int { return cmp.Compare(a.Claim, b.Claim) })
}

// reach counts what the change adds to each table.
func (in *insertion) reach(plan graph.ChangeSet) {
	for _, e := range plan.Entities {
		if _, ok := in.keys.entities[e.ID]; !ok {
			in.mark.entities++
		}
	}
	for _, s := range plan.Sources {
		if _, ok := in.keys.sources[s.ID]; !ok {
			in.mark.sources++
		}
	}
	in.mark.entityVersions += int64(len(plan.Entities))
	in.mark.sourceVersions += int64(len(plan.Sources))
	in.mark.claims += int64(len(plan.Claims))
	in.mark.retractions += int64(len(plan.Retractions))
}

// entities gives keys to the ids that are new.
func (in *insertion) entities(ctx context.Context, plan graph.ChangeSet) error {
	rows := in.into("entities", "key", "id", "recorded")
	key := in.before.entities
	for i := range plan.Entities {
		id := plan.Entities[i].ID
		if _, ok := in.keys.entities[id]; ok {
			continue
		}
		key++
		in.keys.entities[id] = key
		if err := rows.add(ctx, key, string(id), int64(in.mark.revision)); err != nil {
			return err
		}
	}
	return rows.flush(ctx)
}

func (in *insertion) entityVersions(ctx context.Context, plan graph.ChangeSet) error {
	rows := in.into("entity_versions", "key", "entity", "recorded", "name", "brand", "aliases", "attributes")
	for i := range plan.Entities {
		e := &plan.Entities[i]
		aliases, err := optional(e.Aliases, len(e.Aliases))
		if err != nil {
			return err
		}
		attributes, err := optional(e.Attributes, len(e.Attributes))
		if err != nil {
			return err
		}
		if err := rows.add(ctx, in.before.entityVersions+int64(i)+1, in.keys.entities[e.ID], int64(in.mark.revision),
			e.Name, e.Brand, aliases, attributes); err != nil {
			return err
		}
	}
	return rows.flush(ctx)
}

func (in *insertion) nameKeys(ctx context.Context, plan graph.ChangeSet) error {
	rows := in.into("name_keys", "name", "version")
	for i := range plan.Entities {
		for _, name := range plan.Entities[i].NameKeys() {
			if err := rows.add(ctx, name, in.before.entityVersions+int64(i)+1); err != nil {
				return err
			}
		}
	}
	return rows.flush(ctx)
}

// sources gives keys to the ids that are new.
func (in *insertion) sources(ctx context.Context, plan graph.ChangeSet) error {
	rows := in.into("sources", "key", "id", "recorded")
	key := in.before.sources
	for i := range plan.Sources {
		id := plan.Sources[i].ID
		if _, ok := in.keys.sources[id]; ok {
			continue
		}
		key++
		in.keys.sources[id] = key
		if err := rows.add(ctx, key, string(id), int64(in.mark.revision)); err != nil {
			return err
		}
	}
	return rows.flush(ctx)
}

func (in *insertion) sourceVersions(ctx context.Context, plan graph.ChangeSet) error {
	rows := in.into("source_versions", "key", "source", "recorded", "title", "publisher", "date", "url", "language", "kind", "digest")
	for i := range plan.Sources {
		s := &plan.Sources[i]
		if err := rows.add(ctx, in.before.sourceVersions+int64(i)+1, in.keys.sources[s.ID], int64(in.mark.revision),
			s.Title, s.Publisher, s.Date.String(), s.URL, s.Language, s.Kind, s.Digest); err != nil {
			return err
		}
	}
	return rows.flush(ctx)
}

func (in *insertion) claims(ctx context.Context, plan graph.ChangeSet) error {
	rows := in.into("claims", "key", "id", "from_entity", "to_entity", "relation", "status", "confidence", "first_day", "end_day",
		"share_min", "share_max", "interest", "recorded", "retracted", "valid_from", "valid_to", "attributes")
	for i := range plan.Claims {
		c := &plan.Claims[i]
		key := in.before.claims + int64(i) + 1
		in.keys.claims[c.ID] = key
		attributes, err := optional(c.Attributes, len(c.Attributes))
		if err != nil {
			return err
		}
		if err := rows.add(ctx, key, string(c.ID), in.keys.entities[c.From], in.keys.entities[c.To],
			int64(c.Relation), int64(c.Status), int64(c.Confidence), int64(c.ValidFrom.Earliest()), int64(c.ValidTo.Latest()),
			stated(c.ShareMin), stated(c.ShareMax), int64(c.Interest()), int64(in.mark.revision), int64(0),
			c.ValidFrom.String(), c.ValidTo.String(), attributes); err != nil {
			return err
		}
	}
	return rows.flush(ctx)
}

func (in *insertion) citations(ctx context.Context, plan graph.ChangeSet) error {
	rows := in.into("citations", "claim", "position", "source", "stance", "locator", "text")
	for i := range plan.Claims {
		for position, q := range plan.Claims[i].Citations {
			if err := rows.add(ctx, in.before.claims+int64(i)+1, int64(position), in.keys.sources[q.Source],
				string(q.Stance), q.Locator, q.Text); err != nil {
				return err
			}
		}
	}
	return rows.flush(ctx)
}

func (in *insertion) retractions(ctx context.Context, plan graph.ChangeSet) error {
	rows := in.into("retractions", "key", "claim", "recorded", "reason", "replaced_by")
	for i, r := range plan.Retractions {
		claim := in.keys.claims[r.Claim]
		var replacedBy any
		if r.ReplacedBy != "" {
			replacedBy = in.keys.claims[r.ReplacedBy]
		}
		if err := in.exec(ctx, "UPDATE claims SET retracted = ? WHERE key = ?", int64(in.mark.revision), claim); err != nil {
			return err
		}
		if err := rows.add(ctx, in.before.retractions+int64(i)+1, claim, int64(in.mark.revision), r.Reason, replacedBy); err != nil {
			return err
		}
	}
	return rows.flush(ctx)
}

// optional writes a list or a map as JSON, and none as null.
func optional(value any, length int) (any, error) {
	if length == 0 {
		return nil, nil
	}
	text, err := json.Marshal(value)
	return string(text), translate(err)
}

// stated writes a share that is not stated as null.
func stated(s graph.Share) any {
	if s.IsZero() {
		return nil
	}
	return int64(s.Micro())
}
