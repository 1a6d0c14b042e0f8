package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"debadge/graph"
)

// keysOf returns the keys of the ids that are in a table by a revision.
func (s *session) keysOf(ctx context.Context, table string, ids []graph.ID, at graph.Revision) (map[graph.ID]int64, error) {
	keys := make(map[graph.ID]int64, len(ids))
	if len(ids) == 0 {
		return keys, nil
	}
	wanted, err := list(ids)
	if err != nil {
		return nil, err
	}
	return keys, s.each(ctx, func(r *sql.Rows) error {
		var (
			key int64
			id  string
		)
		err := r.Scan(&key, &id)
		keys[graph.ID(id)] = key
		return err
	}, "SELECT t.key, t.id FROM json_each(?) j CROSS JOIN "+table+" t ON t.id = j.value WHERE t.recorded <= ?", wanted, int64(at))
}

const entityColumns = "e.id, v.name, v.brand, v.aliases, v.attributes"

func scanEntity(r *sql.Rows) (e graph.Entity, err error) {
	var (
		id                  string
		aliases, attributes sql.NullString
	)
	if err := r.Scan(&id, &e.Name, &e.Brand, &aliases, &attributes); err != nil {
		return e, err
	}
	e.ID = graph.ID(id)
	if err := fill(&e.Aliases, aliases); err != nil {
		return e, err
	}
	return e, fill(&e.Attributes, attributes)
}

// fill reads what optional wrote.
func fill(into any, text sql.NullString) error {
	if !text.Valid {
		return nil
	}
	if err := json.Unmarshal([]byte(text.String), into); err != nil {
		return damaged("a list is not JSON: %w", err)
	}
	return nil
}

// entities yields the newest versions of entities by a revision, in any order;
// ids that are not known yield nothing.
func (s *session) entities(ctx context.Context, ids []graph.ID, at graph.Revision, yield func(graph.Entity)) error {
	if len(ids) == 0 {
		return nil
	}
	wanted, err := list(ids)
	if err != nil {
		return err
	}
	return s.each(ctx, func(r *sql.Rows) error {
		e, err := scanEntity(r)
		yield(e)
		return err
	}, "SELECT "+entityColumns+` FROM json_each(?1) j CROSS JOIN entities e ON e.id = j.value
		CROSS JOIN entity_versions v ON v.entity = e.key
			AND v.recorded = (SELECT max(w.recorded) FROM entity_versions w WHERE w.entity = e.key AND w.recorded <= ?2)`,
		wanted, int64(at))
}

const sourceColumns = "e.id, v.title, v.publisher, v.date, v.url, v.language, v.kind, v.digest"

func scanSource(r *sql.Rows) (c graph.Source, err error) {
	var id, date string
	if err := r.Scan(&id, &c.Title, &c.Publisher, &date, &c.URL, &c.Language, &c.Kind, &c.Digest); err != nil {
		return c, err
	}
	c.ID = graph.ID(id)
	return c, scanDate(&c.Date, date)
}

func scanDate(into *graph.Date, text string) error {
	if err := into.UnmarshalText([]byte(text)); err != nil {
		return damaged("%w", err)
	}
	return nil
}

// sources yields the newest versions of sources, as entities does.
func (s *session) sources(ctx context.Context, ids []graph.ID, at graph.Revision, yield func(graph.Source)) error {
	if len(ids) == 0 {
		return nil
	}
	wanted, err := list(ids)
	if err != nil {
		return err
	}
	return s.each(ctx, func(r *sql.Rows) error {
		c, err := scanSource(r)
		yield(c)
		return err
	}, "SELECT "+sourceColumns+` FROM json_each(?1) j CROSS JOIN sources e ON e.id = j.value
		CROSS JOIN source_versions v ON v.source = e.key
			AND v.recorded = (SELECT max(w.recorded) FROM source_versions w WHERE w.source = e.key AND w.recorded <= ?2)`,
		wanted, int64(at))
}

const claimColumns = `c.key, c.id, c.relation, f.id, t.id, c.status, c.confidence, c.valid_from, c.valid_to,
	c.share_min, c.share_max, c.attributes, c.recorded, c.retracted`

// scanClaim reads a claim without its citations.
func scanClaim(r *sql.Rows) (key int64, c graph.StoredClaim, err error) {
	var (
		id, from, to, validFrom, validTo string
		relation, status, confidence     uint8
		recorded, retracted              uint32
		shareMin, shareMax               sql.NullInt32
		attributes                       sql.NullString
	)
	if err := r.Scan(&key, &id, &relation, &from, &to, &status, &confidence, &validFrom, &validTo,
		&shareMin, &shareMax, &attributes, &recorded, &retracted); err != nil {
		return 0, c, err
	}
	c.ID, c.From, c.To = graph.ID(id), graph.ID(from), graph.ID(to)
	c.Relation, c.Status, c.Confidence = graph.Relation(relation), graph.Status(status), graph.Confidence(confidence)
	c.Recorded, c.Retracted = graph.Revision(recorded), graph.Revision(retracted)
	if shareMin.Valid {
		c.ShareMin = graph.ShareOf(shareMin.Int32)
	}
	if shareMax.Valid {
		c.ShareMax = graph.ShareOf(shareMax.Int32)
	}
	if err := scanDate(&c.ValidFrom, validFrom); err != nil {
		return 0, c, err
	}
	if err := scanDate(&c.ValidTo, validTo); err != nil {
		return 0, c, err
	}
	return key, c, fill(&c.Attributes, attributes)
}

const citationColumns = "q.claim, e.id, q.stance, q.locator, q.text"

func scanCitation(r *sql.Rows) (claim int64, q graph.Citation, err error) {
	var source, stance string
	err = r.Scan(&claim, &source, &stance, &q.Locator, &q.Text)
	q.Source, q.Stance = graph.ID(source), graph.Stance(stance)
	return claim, q, err
}

// claims yields the claims that have some keys, in any order.
func (s *session) claims(ctx context.Context, keys []int64, yield func(int64, graph.StoredClaim)) error {
	if len(keys) == 0 {
		return nil
	}
	wanted, err := list(keys)
	if err != nil {
		return err
	}
	citations := make(map[int64][]graph.Citation, len(keys))
	if err := s.each(ctx, func(r *sql.Rows) error {
		claim, q, err := scanCitation(r)
		citations[claim] = append(citations[claim], q)
		return err
	}, "SELECT "+citationColumns+` FROM json_each(?) j CROSS JOIN citations q ON q.claim = j.value
		CROSS JOIN sources e ON e.key = q.source ORDER BY j.key, q.position`, wanted); err != nil {
		return err
	}
	return s.each(ctx, func(r *sql.Rows) error {
		key, c, err := scanClaim(r)
		c.Citations = citations[key]
		yield(key, c)
		return err
	}, "SELECT "+claimColumns+` FROM json_each(?) j CROSS JOIN claims c ON c.key = j.value
		CROSS JOIN entities f ON f.key = c.from_entity CROSS JOIN entities t ON t.key = c.to_entity`, wanted)
}
