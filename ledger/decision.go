package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"debadge/graph"
)

// Decision is what an officer decided about a finding, with all that is needed
// to ask for the finding again. It is never changed: what is decided later about
// the same subject is another one.
type Decision struct {
	ID          string       `json:"id"`
	RecordedAt  time.Time    `json:"recorded_at"`
	Author      string       `json:"author"`
	Action      graph.Action `json:"action"` // that was taken, whatever the policy asked for
	Reasoning   string       `json:"reasoning"`
	Attachments []Attachment `json:"attachments,omitempty"`
	Question    Question     `json:"question"`
	Answer      AnswerRef    `json:"answer"`

	// NeedsSignOff says that the policy asks for a second officer.
	NeedsSignOff bool `json:"needs_sign_off,omitempty"`

	// What follows is no part of the record: it is said when a decision is read.
	State   DecisionState `json:"state,omitempty"`
	SignOff *SignOff      `json:"sign_off,omitempty"` // what the second officer said

	digest string // of the record
}

// Attachment is a document that a decision refers to. It is kept elsewhere; its
// digest says which one it was.
type Attachment struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // 64 hexadecimal digits
}

// Question is a question as it was asked, pinned so that it will be the same for
// ever.
type Question struct {
	Asked        string         `json:"asked"`   // the subject as it was asked for
	Subject      string         `json:"subject"` // its id; as asked if it was not known
	AsOf         graph.Date     `json:"as_of"`
	KnownAt      *time.Time     `json:"known_at"`
	Revision     graph.Revision `json:"revision"`
	Policy       graph.Policy   `json:"policy"`
	PolicyDigest string         `json:"policy_digest"`
	Lists        []string       `json:"lists,omitempty"` // to which the question was narrowed
	Paths        int            `json:"paths"`
}

// graphQuestion is the question as the engine takes it.
func (q *Question) graphQuestion() graph.Question {
	return graph.Question{
		Subject: q.Subject, AsOf: q.AsOf.Earliest(), KnownAt: graph.Moment{Revision: q.Revision},
		Policy: q.Policy, Lists: q.Lists, Paths: q.Paths,
	}
}

// AnswerRef says what the answer to a question was.
type AnswerRef struct {
	Form   int    `json:"form"`   // of the answer whose digest this is; see DESIGN.md
	Digest string `json:"digest"` // of its canonical JSON
	graph.Assessment
}

// answerForm is the form that answers have now.
const answerForm = 1

// NewDecision is a decision to be recorded.
type NewDecision struct {
	Author      string
	Action      graph.Action
	Reasoning   string
	Attachments []Attachment
	Question    graph.Question // KnownAt may be the newest; it is pinned

	// Key is an idempotency key of the actor; "" is none. What is asked for under
	// it once more, which Request is the digest of, is the decision that was
	// recorded the first time; anything else under it is KindConflict.
	Key, Request string
}

const (
	decisionID   = "decision-"
	maxReasoning = 20_000
	maxAttached  = 100
)

func (n *NewDecision) check() error {
	var fields []graph.FieldError
	wrong := func(field, message string) { fields = append(fields, graph.FieldError{Field: field, Message: message}) }
	if err := checkName(n.Author); err != nil {
		wrong("author", err.Error())
	}
	if n.Action.String() == "" {
		wrong("action", "is missing; use pass, review or block")
	}
	checkReasoning(n.Reasoning, wrong)
	if len(n.Attachments) > maxAttached {
		wrong("attachments", "are more than 100")
	}
	for i, a := range n.Attachments {
		if err := checkName(a.Name); err != nil {
			wrong("attachments["+strconv.Itoa(i)+"].name", err.Error())
		}
		if !isDigest("sha256:" + a.SHA256) {
			wrong("attachments["+strconv.Itoa(i)+"].sha256", "is not 64 hexadecimal digits in lower case")
		}
	}
	if strings.TrimSpace(n.Question.Subject) == "" || strings.ContainsFunc(n.Question.Subject, unicode.IsControl) {
		wrong("subject", "is empty, or has control characters")
	}
	if len(fields) == 0 {
		return nil
	}
	return &graph.Error{Kind: graph.KindInvalid, Message: "the decision is refused", Fields: fields}
}

// Decide asks the question, pins it to the revision of the answer, and records
// the decision with its entry in the log. Actor is who the log says it was.
func (l *Ledger) Decide(ctx context.Context, store graph.Store, actor string, n NewDecision) (Decision, error) {
	if err := n.check(); err != nil {
		return Decision{}, err
	}
	if d, err := l.recorded(ctx, actor, &n); d.ID != "" || err != nil {
		return d, err
	}
	first, err := graph.Trace(ctx, store, n.Question)
	if err != nil {
		return Decision{}, err
	}
	if first.Revision == 0 {
		return Decision{}, graph.Errorf(graph.KindInvalid, "the store knew nothing yet at that time; there is no finding to decide on")
	}
	d := Decision{
		RecordedAt: l.now(), Author: n.Author, Action: n.Action, Reasoning: n.Reasoning, Attachments: n.Attachments,
		Question: pinned(n.Question, first), NeedsSignOff: slices.Contains(n.Question.Policy.SecondOfficer, n.Action),
	}
	answer, err := graph.Trace(ctx, store, d.Question.graphQuestion())
	if err != nil {
		return Decision{}, err
	}
	d.Question.KnownAt = answer.KnownAt
	digest, err := DigestOf(answer)
	if err != nil {
		return Decision{}, err
	}
	d.Answer = AnswerRef{Form: answerForm, Digest: digest, Assessment: assessmentOf(answer)}
	s, err := standingOf(ctx, store, &d)
	if err != nil {
		return Decision{}, err
	}
	err = l.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if before, err := findRequest(ctx, tx, actor, &n); before.ID != "" || err != nil {
			d = before
			return err
		}
		if err := d.insert(ctx, tx, actor, s); err != nil {
			return err
		}
		return n.keep(ctx, tx, actor, &d)
	})
	if err != nil {
		return Decision{}, err
	}
	d.State = d.state()
	return d, nil
}

// pinned is a question that will find the same answer for ever.
func pinned(q graph.Question, a graph.Answer) Question {
	p := Question{
		Asked: q.Subject, Subject: q.Subject, AsOf: q.AsOf.Date(), Revision: a.Revision,
		Policy: q.Policy, PolicyDigest: q.Policy.Digest(), Paths: max(q.Paths, 1),
	}
	if a.Subject != nil {
		p.Subject = string(a.Subject.ID)
	}
	for _, id := range a.Lists {
		p.Lists = append(p.Lists, string(id))
	}
	return p
}

func assessmentOf(a graph.Answer) graph.Assessment {
	return graph.Assessment{Finding: a.Finding, Strength: a.Strength, Action: a.Action, Complete: a.Complete}
}

// decisionDetails are what the log says of a decision beside its digest.
type decisionDetails struct {
	Author   string         `json:"author"`
	Subject  string         `json:"subject"`
	Action   graph.Action   `json:"action"`
	Finding  graph.Finding  `json:"finding"`
	Revision graph.Revision `json:"revision"`
	Answer   string         `json:"answer"`
}

func (d *Decision) insert(ctx context.Context, tx *sql.Tx, actor string, s standing) error {
	var id int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM decisions").Scan(&id); err != nil {
		return err
	}
	d.ID = decisionID + strconv.FormatInt(id, 10)
	record, err := canonical(d)
	if err != nil {
		return err
	}
	entry, err := appendEntries(ctx, tx, d.RecordedAt, Event{
		Actor: actor, Kind: DecisionEntry, Subject: d.ID, Digest: digestOf(record), Details: decisionDetails{
			Author: d.Author, Subject: d.Question.Subject, Action: d.Action, Finding: d.Answer.Finding,
			Revision: d.Question.Revision, Answer: d.Answer.Digest,
		},
	})
	if err != nil {
		return err
	}
	if err := keepPolicy(ctx, tx, d.Question.Policy); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO decisions (id, entry, record) VALUES (?, ?, ?)", id, entry, string(record)); err != nil {
		return err
	}
	s.decision, d.digest = id, digestOf(record)
	return s.insert(ctx, tx)
}

func keepPolicy(ctx context.Context, tx *sql.Tx, policy graph.Policy) error {
	rules, err := json.Marshal(policy)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT OR IGNORE INTO policies (digest, rules) VALUES (?, ?)", policy.Digest(), string(rules))
	return err
}

func parseNumbered(prefix, id, what string) (int64, error) {
	digits, ok := strings.CutPrefix(id, prefix)
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || n < 1 || strconv.FormatInt(n, 10) != digits {
		return 0, graph.Errorf(graph.KindInvalid, "%.60q is not the id of a %s, such as %s1", id, what, prefix)
	}
	return n, nil
}

// Decision returns a decision by its id.
func (l *Ledger) Decision(ctx context.Context, id string) (d Decision, err error) {
	n, err := parseNumbered(decisionID, id, "decision")
	if err != nil {
		return Decision{}, err
	}
	err = l.read(ctx, func(tx *sql.Tx) error {
		d, err = readDecision(ctx, tx, n)
		return err
	})
	return d, err
}

const fromDecisions = "SELECT d.id, d.record, o.record FROM decisions d LEFT JOIN signoffs o ON o.decision = d.id WHERE "

func readDecision(ctx context.Context, tx *sql.Tx, id int64) (Decision, error) {
	d, err := scanDecision(tx.QueryRowContext(ctx, fromDecisions+"d.id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		err = graph.Errorf(graph.KindNotFound, "there is no %s%d", decisionID, id)
	}
	return d, err
}

func scanDecision(row interface{ Scan(into ...any) error }) (d Decision, err error) {
	var (
		id     int64
		record string
		signed sql.NullString
	)
	if err := row.Scan(&id, &record, &signed); err != nil {
		return Decision{}, err
	}
	if err := json.Unmarshal([]byte(record), &d); err != nil || d.ID != decisionID+strconv.FormatInt(id, 10) {
		return Decision{}, damaged("%s%d is no decision: %v", decisionID, id, err)
	}
	if signed.Valid {
		if err := json.Unmarshal([]byte(signed.String), &d.SignOff); err != nil || d.SignOff == nil {
			return Decision{}, damaged("the sign-off of %s%d cannot be read: %v", decisionID, id, err)
		}
	}
	d.digest, d.State = digestOf([]byte(record)), d.state()
	return d, nil
}

// Decisions selects decisions; all conditions that are given must hold.
type Decisions struct {
	Subject string // the id of a product or company
	Author  string
	State   DecisionState
	After   string // only after the decision with this id
	Limit   int    // at most so many; 0 is no limit
}

// Decisions returns the decisions that match, in the order in which they were
// recorded.
func (l *Ledger) Decisions(ctx context.Context, which Decisions) ([]Decision, error) {
	where, args, err := which.where()
	if err != nil {
		return nil, err
	}
	all := []Decision{}
	err = l.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			d, err := scanDecision(rows)
			all = append(all, d)
			return err
		}, fromDecisions+where+" ORDER BY d.id LIMIT ?", append(args, which.most())...)
	})
	return all, err
}

// where is the condition on decisions, which a query calls d.
func (w Decisions) where() (text string, args []any, err error) {
	after := int64(0)
	if w.After != "" {
		if after, err = parseNumbered(decisionID, w.After, "decision"); err != nil {
			return "", nil, err
		}
	}
	text, args = "d.id > ?", []any{after}
	if w.Subject != "" {
		text, args = text+" AND d.subject = ?", append(args, w.Subject)
	}
	if w.Author != "" {
		text, args = text+" AND d.record ->> '$.author' = ?", append(args, w.Author)
	}
	if w.State != "" {
		text, args = text+" AND coalesce((SELECT verdict FROM signoffs WHERE decision = d.id), iif(d.record ->> '$.needs_sign_off', 'pending', 'final')) = ?", append(args, w.State)
	}
	return text, args, nil
}

// most is the limit as SQLite takes it.
func (w Decisions) most() int {
	if w.Limit == 0 {
		return -1
	}
	return w.Limit
}

// DecisionCheck is what asking a decision's question again came to.
type DecisionCheck struct {
	ID     string `json:"id"`
	Same   bool   `json:"same"`
	Digest string `json:"digest"`           // of the answer as the decision has it
	Now    string `json:"now,omitempty"`    // of the answer that came this time
	Reason string `json:"reason,omitempty"` // why they are not the same, if there is no answer

	State DecisionState `json:"state"`
}

// verifyBatch is how many decisions are read at a time.
const verifyBatch = 200

// VerifyDecisions asks the questions of the decisions that match again and yields
// whether the answer is the same, in the order of decisions.
func (l *Ledger) VerifyDecisions(ctx context.Context, store graph.Store, which Decisions, yield func(DecisionCheck) error) error {
	most, done := which.Limit, 0
	for most == 0 || done < most {
		which.Limit = verifyBatch
		if most > 0 {
			which.Limit = min(most-done, verifyBatch)
		}
		batch, err := l.Decisions(ctx, which)
		if err != nil || len(batch) == 0 {
			return err
		}
		for i := range batch {
			c, err := batch[i].verify(ctx, store)
			if err != nil {
				return err
			}
			if err := yield(c); err != nil {
				return err
			}
		}
		done += len(batch)
		which.After = batch[len(batch)-1].ID
	}
	return nil
}

func (d *Decision) verify(ctx context.Context, store graph.Store) (DecisionCheck, error) {
	c := DecisionCheck{ID: d.ID, Digest: d.Answer.Digest, State: d.State}
	if c.Reason = d.checkSignOff(); c.Reason != "" {
		return c, nil
	}
	switch {
	case d.Answer.Form != answerForm:
		c.Reason = "its answer has form " + strconv.Itoa(d.Answer.Form) + ", which this debadge does not know; ask the one that recorded it"
		return c, nil
	case d.Question.Policy.Digest() != d.Question.PolicyDigest:
		c.Reason = "its policy is not the one of its digest"
		return c, nil
	}
	answer, err := graph.Trace(ctx, store, d.Question.graphQuestion())
	if err != nil {
		if kind := graph.KindOf(err); kind == graph.KindUnavailable || kind == graph.KindInternal {
			return c, err
		}
		c.Reason = err.Error()
		return c, nil
	}
	c.Now, err = DigestOf(answer)
	c.Same = c.Now == c.Digest
	return c, err
}
