package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"debadge/graph"
)

// standing is what was found last where somebody decided or watches, and until
// when that holds though nothing new is learned.
type standing struct {
	id              int64
	decision, watch int64 // one of them
	subject         string
	policy          string // digest
	lists           []string
	revision        graph.Revision
	day, until      graph.Day
	stale           bool
	found           graph.Assessment
}

// isKnown reports whether the subject is an entity.
func (s *standing) isKnown() bool {
	kind := graph.ID(s.subject).Kind()
	return kind == graph.Product || kind == graph.Company
}

// standingOf is what a decision found.
func standingOf(ctx context.Context, store graph.Store, d *Decision) (standing, error) {
	q := d.Question.graphQuestion()
	s := standing{
		subject: d.Question.Subject, policy: d.Question.PolicyDigest, lists: d.Question.Lists,
		revision: d.Question.Revision, day: q.AsOf, found: d.Answer.Assessment,
	}
	return s, s.look(ctx, store, q)
}

// look finds out until when the finding holds, and whether a list is too old.
func (s *standing) look(ctx context.Context, store graph.Store, q graph.Question) error {
	t, err := graph.Timeline(ctx, store, q)
	if err != nil {
		return err
	}
	s.stale = slices.ContainsFunc(t.Editions, func(e graph.ListEdition) bool { return e.Stale })
	s.until = q.AsOf + 1
	if !t.Complete {
		return nil // it may differ on any day
	}
	s.until = graph.MaxDay
	for _, step := range t.Steps {
		if !step.To.IsZero() && step.From.Earliest() <= q.AsOf && q.AsOf < step.To.Earliest() {
			s.until = step.To.Earliest()
		}
	}
	return nil
}

func (s *standing) insert(ctx context.Context, tx *sql.Tx) error {
	lists, found, err := s.texts()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx,
		"INSERT INTO standings (decision, watch, subject, known, policy, lists, revision, day, until, stale, found) VALUES (nullif(?, 0), nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		s.decision, s.watch, s.subject, s.isKnown(), s.policy, lists, s.revision, s.day, s.until, s.stale, found)
	return err
}

func (s *standing) update(ctx context.Context, tx *sql.Tx) error {
	_, found, err := s.texts()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE standings SET revision = ?, day = ?, until = ?, stale = ?, found = ? WHERE id = ?",
		s.revision, s.day, s.until, s.stale, found, s.id)
	return err
}

func (s *standing) texts() (lists, found string, err error) {
	l, err := json.Marshal(s.lists)
	if err != nil {
		return "", "", err
	}
	f, err := json.Marshal(s.found)
	return string(l), string(f), err
}

// standingGroup is what standings have in common that are looked at together.
type standingGroup struct {
	policy, lists string         // digest, and JSON
	since         graph.Revision // up to which they hold
	count         int
}

// fromStandings selects the standings that count, since a position.
const fromStandings = " FROM standings s LEFT JOIN watches w ON w.id = s.watch WHERE (w.state IS NULL OR w.state <> 'ended')"

// readGroups returns the groups of all standings. Nothing before the position
// touched them, so that they hold up to there at least.
func readGroups(ctx context.Context, tx *sql.Tx, at graph.Revision) (all []standingGroup, err error) {
	err = each(ctx, tx, func(rows *sql.Rows) error {
		var g standingGroup
		all = append(all, g)
		last := &all[len(all)-1]
		return rows.Scan(&last.policy, &last.lists, &last.since, &last.count)
	}, "SELECT s.policy, s.lists, max(s.revision, ?) AS since, count(*)"+fromStandings+" GROUP BY s.policy, s.lists, since ORDER BY s.policy, s.lists, since", at)
	return all, err
}

// readDue returns the standings of a group that can have changed: those that came
// from what was touched, whose day has come, whose lists are too old or no longer
// so, and whose subject may be known by now.
func readDue(ctx context.Context, tx *sql.Tx, at graph.Revision, g standingGroup, to position, stale bool, came []graph.ID) (all []standing, err error) {
	subjects, err := json.Marshal(came)
	if err != nil {
		return nil, err
	}
	err = each(ctx, tx, func(rows *sql.Rows) error {
		var (
			s            standing
			lists, found string
		)
		if err := rows.Scan(&s.id, &s.decision, &s.watch, &s.subject, &s.policy, &lists, &s.revision, &s.day, &s.until, &s.stale, &found); err != nil {
			return err
		}
		if json.Unmarshal([]byte(lists), &s.lists) != nil || json.Unmarshal([]byte(found), &s.found) != nil {
			return damaged("standing %d cannot be read", s.id)
		}
		all = append(all, s)
		return nil
	}, "SELECT s.id, coalesce(s.decision, 0), coalesce(s.watch, 0), s.subject, s.policy, s.lists, s.revision, s.day, s.until, s.stale, s.found"+
		fromStandings+" AND s.policy = ? AND s.lists = ? AND max(s.revision, ?) = ?"+
		" AND (s.stale <> ? OR s.day > ? OR s.until <= ? OR (s.known = 0 AND ?) OR s.subject IN (SELECT value FROM json_each(?))) ORDER BY s.id",
		g.policy, g.lists, at, g.since, stale, to.day, to.day, g.since < to.revision, string(subjects))
	return all, err
}

func readPolicies(ctx context.Context, tx *sql.Tx) (map[string]graph.Policy, error) {
	all := map[string]graph.Policy{}
	err := each(ctx, tx, func(rows *sql.Rows) error {
		var (
			digest, rules string
			p             graph.Policy
		)
		if err := rows.Scan(&digest, &rules); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(rules), &p); err != nil || p.Digest() != digest {
			return damaged("the policy %s is another one", digest)
		}
		all[digest] = p
		return nil
	}, "SELECT digest, rules FROM policies")
	return all, err
}
