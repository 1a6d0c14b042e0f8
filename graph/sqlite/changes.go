package sqlite

import (
	"bytes"
	"context"
	"database/sql"

	"debadge/graph"
)

// Changes reads the log tables side by side, each in the order of its keys, and
// holds one change at a time. Every change is compared with its seal.
func (s *Store) Changes(ctx context.Context, since graph.Revision, yield func(graph.Change) error) error {
	var stopped error
	err := s.read(ctx, func(r *session) error {
		f, err := openFeed(ctx, r, since)
		if err != nil || f == nil {
			return err
		}
		defer f.close()
		return f.run(ctx, func(c graph.Change) error {
			stopped = yield(c)
			return stopped
		})
	})
	if stopped != nil {
		return stopped
	}
	return err
}

// feed is a walk over the changes after a revision.
type feed struct {
	at          mark // the change that was told last
	changes     *cursor
	entities    *cursor
	sources     *cursor
	claims      *cursor
	citations   *cursor
	retractions *cursor
	ahead       *citationRow // the first citation of a claim to come
}

type citationRow struct {
	claim    int64
	citation graph.Citation
}

// openFeed returns nil if there is nothing after since.
func openFeed(ctx context.Context, s *session, since graph.Revision) (*feed, error) {
	head, err := s.head(ctx)
	if err != nil || since >= head.revision {
		return nil, err
	}
	f := &feed{}
	if since > 0 {
		if f.at, err = s.markAt(ctx, graph.Moment{Revision: since}); err != nil {
			return nil, damaged("revision %d of %d is missing", since, head.revision)
		}
	}
	for _, c := range []struct {
		into  **cursor
		text  string
		after int64
	}{
		{&f.changes, "SELECT " + markColumns + ", id, digest, author, reason, seal FROM changes WHERE revision > ? ORDER BY revision", int64(since)},
		{&f.entities, "SELECT " + entityColumns + " FROM entity_versions v JOIN entities e ON e.key = v.entity WHERE v.key > ? ORDER BY v.key", f.at.entityVersions},
		{&f.sources, "SELECT " + sourceColumns + " FROM source_versions v JOIN sources e ON e.key = v.source WHERE v.key > ? ORDER BY v.key", f.at.sourceVersions},
		{&f.claims, "SELECT " + claimColumns + ` FROM claims c JOIN entities f ON f.key = c.from_entity
			JOIN entities t ON t.key = c.to_entity WHERE c.key > ? ORDER BY c.key`, f.at.claims},
		{&f.citations, "SELECT " + citationColumns + ` FROM citations q JOIN sources e ON e.key = q.source
			WHERE q.claim > ? ORDER BY q.claim, q.position`, f.at.claims},
		{&f.retractions, `SELECT c.id, r.reason, coalesce(n.id, '') FROM retractions r JOIN claims c ON c.key = r.claim
			LEFT JOIN claims n ON n.key = r.replaced_by WHERE r.key > ? ORDER BY r.key`, f.at.retractions},
	} {
		rows, err := s.query(ctx, c.text, c.after)
		if err != nil {
			f.close()
			return nil, err
		}
		*c.into = &cursor{rows}
	}
	return f, nil
}

func (f *feed) close() {
	for _, c := range []*cursor{f.changes, f.entities, f.sources, f.claims, f.citations, f.retractions} {
		if c != nil {
			_ = c.rows.Close() // what went wrong was told by next
		}
	}
}

func (f *feed) run(ctx context.Context, yield func(graph.Change) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return translate(err)
		}
		change, more, err := f.next()
		if err != nil || !more {
			return err
		}
		if err := yield(change); err != nil {
			return err
		}
	}
}

// next assembles the next change.
func (f *feed) next() (change graph.Change, more bool, err error) {
	if !f.changes.rows.Next() {
		return change, false, translate(f.changes.rows.Err())
	}
	var (
		to   mark
		seal []byte
	)
	if err := f.changes.rows.Scan(append(to.into(), &change.ID, &change.Digest, &change.Author, &change.Reason, &seal)...); err != nil {
		return change, false, translate(err)
	}
	if to.revision != f.at.revision+1 {
		return change, false, damaged("revision %d is missing", f.at.revision+1)
	}
	change.Revision, change.RecordedAt = to.revision, to.time()
	if change.Entities, err = take(f.entities, to.entityVersions-f.at.entityVersions, scanEntity); err != nil {
		return change, false, err
	}
	if change.Sources, err = take(f.sources, to.sourceVersions-f.at.sourceVersions, scanSource); err != nil {
		return change, false, err
	}
	if change.Claims, err = take(f.claims, to.claims-f.at.claims, f.claim); err != nil {
		return change, false, err
	}
	if change.Retractions, err = take(f.retractions, to.retractions-f.at.retractions, scanRetraction); err != nil {
		return change, false, err
	}
	if !bytes.Equal(seal, sealOf(change)) {
		return change, false, damaged("revision %d is not what was written", to.revision)
	}
	f.at = to
	return change, true, nil
}

func (f *feed) claim(r *sql.Rows) (graph.Claim, error) {
	key, c, err := scanClaim(r)
	for err == nil {
		if f.ahead == nil {
			if !f.citations.rows.Next() {
				return c.Claim, translate(f.citations.rows.Err())
			}
			f.ahead = &citationRow{}
			if f.ahead.claim, f.ahead.citation, err = scanCitation(f.citations.rows); err != nil {
				break
			}
		}
		if f.ahead.claim != key {
			break
		}
		c.Citations = append(c.Citations, f.ahead.citation)
		f.ahead = nil
	}
	return c.Claim, err
}

func scanRetraction(r *sql.Rows) (graph.Retraction, error) {
	var (
		claim, replacedBy string
		reason            string
	)
	err := r.Scan(&claim, &reason, &replacedBy)
	return graph.Retraction{Claim: graph.ID(claim), Reason: reason, ReplacedBy: graph.ID(replacedBy)}, err
}

// cursor is an open query.
type cursor struct{ rows *sql.Rows }

// take reads the next n rows of a cursor.
func take[T any](c *cursor, n int64, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if n <= 0 {
		return nil, nil
	}
	items := make([]T, 0, min(n, 1<<16)) // n comes from the file and may be wrong
	for range n {
		if !c.rows.Next() {
			if err := c.rows.Err(); err != nil {
				return nil, translate(err)
			}
			return nil, damaged("%d rows are missing", n-int64(len(items)))
		}
		item, err := scan(c.rows)
		if err != nil {
			return nil, translate(err)
		}
		items = append(items, item)
	}
	return items, nil
}
