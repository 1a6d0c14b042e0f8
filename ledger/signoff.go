package ledger

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"debadge/graph"
)

// DecisionState says whether a decision stands.
type DecisionState string

// The states of a decision.
const (
	Final   DecisionState = "final"   // no second officer is asked for
	Waiting DecisionState = "pending" // for the second officer: it does not stand yet
	Signed  DecisionState = "signed"  // it stands
	Refused DecisionState = "refused" // it does not stand; what is decided next is another decision
)

// SignOff is what a second officer said to a decision. It is never changed.
type SignOff struct {
	Decision   string        `json:"decision"`
	RecordedAt time.Time     `json:"recorded_at"`
	Author     string        `json:"author"`
	Verdict    DecisionState `json:"verdict"` // [Signed] or [Refused]
	Reasoning  string        `json:"reasoning"`
	Record     string        `json:"record"` // digest of the decision that was read
}

// NewSignOff is a sign-off to be recorded.
type NewSignOff struct {
	Decision  string // its id
	Author    string
	Verdict   DecisionState
	Reasoning string
}

func (n *NewSignOff) check() error {
	var fields []graph.FieldError
	wrong := func(field, message string) { fields = append(fields, graph.FieldError{Field: field, Message: message}) }
	if err := checkName(n.Author); err != nil {
		wrong("author", err.Error())
	}
	if n.Verdict != Signed && n.Verdict != Refused {
		wrong("verdict", "is neither signed nor refused")
	}
	checkReasoning(n.Reasoning, wrong)
	if len(fields) == 0 {
		return nil
	}
	return &graph.Error{Kind: graph.KindInvalid, Message: "the sign-off is refused", Fields: fields}
}

func checkReasoning(text string, wrong func(field, message string)) {
	switch {
	case strings.TrimSpace(text) == "":
		wrong("reasoning", "is empty; later readers will ask why")
	case len(text) > maxReasoning:
		wrong("reasoning", "is longer than 20,000 bytes; attach a document")
	}
}

func (d *Decision) state() DecisionState {
	switch {
	case !d.NeedsSignOff:
		return Final
	case d.SignOff == nil:
		return Waiting
	}
	return d.SignOff.Verdict
}

// checkSignOff returns what is wrong with the sign-off.
func (d *Decision) checkSignOff() string {
	s := d.SignOff
	switch {
	case s == nil:
		return ""
	case s.Decision != d.ID || s.Record != d.digest:
		return "what was signed is not this record"
	case strings.EqualFold(s.Author, d.Author):
		return "it was signed by who had made it"
	}
	return ""
}

// Sign records what a second officer says to a decision, with its entry in the
// log, and returns the decision. Who made the decision cannot sign it, and it is
// signed or refused once: both are KindConflict, as is one that needs no second
// officer. The same sign-off once more changes nothing.
func (l *Ledger) Sign(ctx context.Context, actor string, n NewSignOff) (d Decision, err error) {
	if err := n.check(); err != nil {
		return Decision{}, err
	}
	id, err := parseNumbered(decisionID, n.Decision, "decision")
	if err != nil {
		return Decision{}, err
	}
	err = l.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if d, err = readDecision(ctx, tx, id); err != nil {
			return err
		}
		if s := d.SignOff; s != nil && s.Author == n.Author && s.Verdict == n.Verdict && s.Reasoning == n.Reasoning {
			return nil
		}
		if err := d.mayBeSigned(n.Author); err != nil {
			return err
		}
		d.SignOff = &SignOff{Decision: d.ID, RecordedAt: l.now(), Author: n.Author, Verdict: n.Verdict, Reasoning: n.Reasoning, Record: d.digest}
		return d.SignOff.insert(ctx, tx, actor, id)
	})
	if err != nil {
		return Decision{}, err
	}
	d.State = d.state()
	return d, nil
}

func (d *Decision) mayBeSigned(author string) error {
	switch {
	case !d.NeedsSignOff:
		return graph.Errorf(graph.KindConflict, "%s stands without a second officer: its policy, %s, asks for none where the action is %s", d.ID, d.Question.Policy.Name, d.Action)
	case d.SignOff != nil:
		return graph.Errorf(graph.KindConflict, "%s was %s by %s before", d.ID, d.SignOff.Verdict, d.SignOff.Author)
	case strings.EqualFold(author, d.Author):
		return graph.Errorf(graph.KindConflict, "%s was made by %s; another officer has to sign it", d.ID, d.Author)
	}
	return nil
}

// signOffDetails are what the log says of a sign-off beside its digest.
type signOffDetails struct {
	Author  string        `json:"author"`
	Verdict DecisionState `json:"verdict"`
	Record  string        `json:"record"`
}

func (s *SignOff) insert(ctx context.Context, tx *sql.Tx, actor string, decision int64) error {
	record, err := canonical(s)
	if err != nil {
		return err
	}
	entry, err := appendEntries(ctx, tx, s.RecordedAt, Event{
		Actor: actor, Kind: SignOffEntry, Subject: s.Decision, Digest: digestOf(record),
		Details: signOffDetails{Author: s.Author, Verdict: s.Verdict, Record: s.Record},
	})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO signoffs (decision, entry, record) VALUES (?, ?, ?)", decision, entry, string(record))
	return err
}

// recorded returns the decision that was recorded by the same request before,
// one without an id if there is none.
func (l *Ledger) recorded(ctx context.Context, actor string, n *NewDecision) (d Decision, err error) {
	if n.Key == "" {
		return Decision{}, nil
	}
	err = l.read(ctx, func(tx *sql.Tx) error {
		d, err = findRequest(ctx, tx, actor, n)
		return err
	})
	return d, err
}

func findRequest(ctx context.Context, tx *sql.Tx, actor string, n *NewDecision) (Decision, error) {
	if n.Key == "" {
		return Decision{}, nil
	}
	var (
		digest string
		id     int64
	)
	err := tx.QueryRowContext(ctx, "SELECT digest, decision FROM requests WHERE actor = ? AND key = ?", actor, n.Key).Scan(&digest, &id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Decision{}, nil
	case err != nil:
		return Decision{}, err
	case digest != n.Request:
		return Decision{}, graph.Errorf(graph.KindConflict, "another decision, %s%d, was recorded under this idempotency key", decisionID, id)
	}
	return readDecision(ctx, tx, id)
}

// keep notes by which request a decision was recorded.
func (n *NewDecision) keep(ctx context.Context, tx *sql.Tx, actor string, d *Decision) error {
	if n.Key == "" {
		return nil
	}
	id, err := parseNumbered(decisionID, d.ID, "decision")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO requests (actor, key, digest, decision) VALUES (?, ?, ?, ?)", actor, n.Key, n.Request, id)
	return err
}
