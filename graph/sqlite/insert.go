package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"debadge/graph"
)

// insertion writes one change. Within it, the context is looked at now and then
// instead of being watched, which costs more than the statements do.
type insertion struct {
	*session

	keys   keys
	before mark // the store before the change
	mark   mark // and after it
	since  int  // rows written since the context was looked at
}

func (in *insertion) insert(ctx context.Context, plan graph.ChangeSet, digest string) error {
	arrange(plan)
	in.reach(plan)
	seal := sealOf(graph.Change{ChangeSet: plan, Revision: in.mark.revision, RecordedAt: in.mark.time(), Digest: digest})
	if err := in.row(ctx, "INSERT INTO changes ("+markColumns+", id, digest, author, reason, seal) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
		int64(in.mark.revision), in.mark.recorded, in.mark.entities, in.mark.entityVersions, in.mark.sources, in.mark.sourceVersions,
		in.mark.claims, in.mark.retractions, plan.ID, digest, plan.Author, plan.Reason, seal); err != nil {
		return err
	}
	at := in.before
	for i := range plan.Entities {
		if err := in.entity(ctx, &at, &plan.Entities[i]); err != nil {
			return err
		}
	}
	for i := range plan.Sources {
		if err := in.source(ctx, &at, &plan.Sources[i]); err != nil {
			return err
		}
	}
	for i := range plan.Claims {
		if err := in.claim(ctx, &at, &plan.Claims[i]); err != nil {
			return err
		}
	}
	for i := range plan.Retractions {
		if err := in.retraction(ctx, &at, &plan.Retractions[i]); err != nil {
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

const rowsBetweenLooks = 256

func (in *insertion) row(ctx context.Context, text string, values ...any) error {
	if in.since++; in.since >= rowsBetweenLooks {
		in.since = 0
		if err := ctx.Err(); err != nil {
			return translate(err)
		}
	}
	return in.exec(context.WithoutCancel(ctx), text, values...)
}

// intern returns the key of an id, and gives it the next one if it has none.
func (in *insertion) intern(ctx context.Context, table string, keys map[graph.ID]int64, last *int64, id graph.ID) (int64, error) {
	if key, ok := keys[id]; ok {
		return key, nil
	}
	key, err := nextKey(last)
	if err != nil {
		return 0, err
	}
	keys[id] = key
	return key, in.row(ctx, "INSERT INTO "+table+" (key, id, recorded) VALUES (?,?,?)", key, string(id), int64(in.mark.revision))
}

func (in *insertion) entity(ctx context.Context, at *mark, e *graph.Entity) error {
	key, err := in.intern(ctx, "entities", in.keys.entities, &at.entities, e.ID)
	if err != nil {
		return err
	}
	version, err := nextKey(&at.entityVersions)
	if err != nil {
		return err
	}
	aliases, err := optional(e.Aliases, len(e.Aliases))
	if err != nil {
		return err
	}
	attributes, err := optional(e.Attributes, len(e.Attributes))
	if err != nil {
		return err
	}
	if err := in.row(ctx, "INSERT INTO entity_versions (key, entity, recorded, name, brand, aliases, attributes) VALUES (?,?,?,?,?,?,?)",
		version, key, int64(in.mark.revision), e.Name, e.Brand, aliases, attributes); err != nil {
		return err
	}
	for _, name := range e.NameKeys() {
		if err := in.row(ctx, "INSERT INTO name_keys (name, version) VALUES (?,?)", name, version); err != nil {
			return err
		}
	}
	return nil
}

func (in *insertion) source(ctx context.Context, at *mark, s *graph.Source) error {
	key, err := in.intern(ctx, "sources", in.keys.sources, &at.sources, s.ID)
	if err != nil {
		return err
	}
	version, err := nextKey(&at.sourceVersions)
	if err != nil {
		return err
	}
	return in.row(ctx, `INSERT INTO source_versions (key, source, recorded, title, publisher, date, url, language, kind, digest)
		VALUES (?,?,?,?,?,?,?,?,?,?)`, version, key, int64(in.mark.revision),
		s.Title, s.Publisher, s.Date.String(), s.URL, s.Language, s.Kind, s.Digest)
}

func (in *insertion) claim(ctx context.Context, at *mark, c *graph.Claim) error {
	key, err := nextKey(&at.claims)
	if err != nil {
		return err
	}
	in.keys.claims[c.ID] = key
	attributes, err := optional(c.Attributes, len(c.Attributes))
	if err != nil {
		return err
	}
	if err := in.row(ctx, `INSERT INTO claims (key, id, from_entity, to_entity, relation, status, confidence, first_day, end_day,
		share_min, share_max, interest, recorded, retracted, valid_from, valid_to, attributes) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,0,?,?,?)`,
		key, string(c.ID), in.keys.entities[c.From], in.keys.entities[c.To], int64(c.Relation), int64(c.Status), int64(c.Confidence),
		int64(c.ValidFrom.Earliest()), int64(c.ValidTo.Latest()), stated(c.ShareMin), stated(c.ShareMax), int64(c.Interest()),
		int64(in.mark.revision), c.ValidFrom.String(), c.ValidTo.String(), attributes); err != nil {
		return err
	}
	for i, q := range c.Citations {
		if err := in.row(ctx, "INSERT INTO citations (claim, position, source, stance, locator, text) VALUES (?,?,?,?,?,?)",
			key, int64(i), in.keys.sources[q.Source], string(q.Stance), q.Locator, q.Text); err != nil {
			return err
		}
	}
	return nil
}

func (in *insertion) retraction(ctx context.Context, at *mark, r *graph.Retraction) error {
	key, err := nextKey(&at.retractions)
	if err != nil {
		return err
	}
	claim := in.keys.claims[r.Claim]
	var replacedBy any
	if r.ReplacedBy != "" {
		replacedBy = in.keys.claims[r.ReplacedBy]
	}
	if err := in.row(ctx, "UPDATE claims SET retracted = ? WHERE key = ?", int64(in.mark.revision), claim); err != nil {
		return err
	}
	return in.row(ctx, "INSERT INTO retractions (key, claim, recorded, reason, replaced_by) VALUES (?,?,?,?,?)",
		key, claim, int64(in.mark.revision), r.Reason, replacedBy)
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
