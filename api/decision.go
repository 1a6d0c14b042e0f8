package api

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"

	"debadge/graph"
	"debadge/ledger"
)

const (
	decisionsPath = "/v1/decisions"
	keptPage      = 100 // rows of a page of what is kept, where limit does not say
)

// decisionBody is a decision as a request brings it.
type decisionBody struct {
	Subject     string              `json:"subject" doc:"A product or company: its id, or a name that one entity has." maxLength:"500" minLength:"1"`
	Action      string              `json:"action" doc:"What was done, whatever the policy asked for." enum:"pass,review,block"`
	Reasoning   string              `json:"reasoning" doc:"Why; later readers will ask." maxLength:"20000" minLength:"1"`
	Attachments []ledger.Attachment `json:"attachments,omitempty" doc:"Documents that are kept elsewhere, each by its SHA-256 in 64 hexadecimal digits." maxItems:"100"`
	Author      string              `json:"author,omitempty" doc:"Who decides, where no credential says so." maxLength:"100"`
	Question    decidedQuestion     `json:"question,omitzero" doc:"What was asked. It is pinned: the revision, the policy and the lists are kept as they are now."`
}

// decidedQuestion is a question as the parameters of a trace ask it.
type decidedQuestion struct {
	AsOf    day      `json:"as_of,omitzero" doc:"The day in the world. Default: today (UTC)."`
	KnownAt moment   `json:"known_at,omitzero" doc:"What was known then: a time, a day or a revision. Default: the newest revision."`
	Policy  string   `json:"policy,omitempty" doc:"The name of a policy. Default: default." maxLength:"200"`
	Lists   []string `json:"lists,omitempty" doc:"Count these lists alone." maxItems:"100"`
	Paths   int      `json:"paths,omitempty" doc:"At most so many paths to each listing. Default: 1." maximum:"100" minimum:"1"`
}

// UnmarshalJSON reads a day as it stands in a body.
func (d *day) UnmarshalJSON(data []byte) error { return unmarshalText(data, d.UnmarshalText) }

// UnmarshalJSON reads a moment as it stands in a body.
func (m *moment) UnmarshalJSON(data []byte) error { return unmarshalText(data, m.UnmarshalText) }

func unmarshalText(data []byte, read func([]byte) error) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	return read([]byte(text))
}

// keptDecision is a decision, and what is found now if that is another finding.
type keptDecision struct {
	ledger.Decision
	Changed *changedFinding `json:"changed,omitempty"`
}

// changedFinding is what is found where a decision was made on another finding,
// and what made it so.
type changedFinding struct {
	Now      graph.Assessment `json:"now"`
	AsOf     graph.Date       `json:"as_of"`
	Revision graph.Revision   `json:"revision"`
	ledger.Difference
}

type decisionsAnswer struct {
	Decisions []keptDecision `json:"decisions"`      // in the order in which they were recorded
	Next      string         `json:"next,omitempty"` // the cursor of the next page
}

// verifiedAnswer is what asking the questions of decisions again came to.
type verifiedAnswer struct {
	Verified int                    `json:"verified"`
	Same     int                    `json:"same"` // of them have the same answer, byte for byte
	Checks   []ledger.DecisionCheck `json:"checks"`
	Next     string                 `json:"next,omitempty"`
}

type decideInput struct {
	Freshness

	Key     string `header:"Idempotency-Key" maxLength:"202"`
	RawBody []byte
	Body    decisionBody
}

// signOffBody is what a second officer says.
type signOffBody struct {
	Verdict   string `json:"verdict" doc:"Does the decision stand?" enum:"signed,refused"`
	Reasoning string `json:"reasoning" doc:"Why; later readers will ask." maxLength:"20000" minLength:"1"`
	Author    string `json:"author,omitempty" doc:"Who signs, where no credential says so." maxLength:"100"`
}

type signOffInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body signOffBody
}

type decisionsInput struct {
	Freshness

	Subject string `query:"subject" maxLength:"500"  minLength:"1"`
	Author  string `query:"author"  maxLength:"200"  minLength:"1"`
	State   string `query:"state"                    enum:"final,pending,signed,refused"`
	Changed bool   `query:"changed"`
	Cursor  string `query:"cursor"  maxLength:"100"  minLength:"1"`
	Limit   int    `query:"limit"   maximum:"1000"   minimum:"1"`
}

func (in *decisionsInput) which() ledger.Decisions {
	return ledger.Decisions{Subject: in.Subject, Author: in.Author, State: ledger.DecisionState(in.State), After: in.Cursor, Limit: cmp.Or(in.Limit, keptPage)}
}

type keptInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (s *server) addDecisions() {
	registerWriting(s, operationFor(mayDecide, http.MethodPost, "decide", decisionsPath, "decisions", "Record a decision on a finding",
		"Asks the question, pins it to the revision, the policy and the lists that it was answered by, and keeps the decision with the digest of the answer: "+
			"asked again, years later, it has the same digest. The author is whom the credential names. A record is never changed; what is decided later about the same subject is another one. "+
			"Where the policy asks for a second officer for this action, the decision is pending until another officer than the author has signed it. "+
			"Who sends the same Idempotency-Key again gets the decision of the first time; another one under that key is a conflict.",
		notFound, conflict, ambiguous, timeout), http.StatusCreated, s.decide)
	registerWriting(s, operationFor(mayDecide, http.MethodPost, "decision-sign-off", decisionsPath+"/{id}/sign-off", "decisions", "Sign a decision as the second officer, or refuse it",
		"The policy of the decision says for which actions it needs a second officer. Who made it cannot sign it, and it is signed or refused once; the same sign-off once more changes nothing. "+
			"One that was refused does not stand: what is decided next is another decision.",
		notFound, conflict, timeout), http.StatusOK, s.signOff)
	register(s, operation("decisions", decisionsPath, "decisions", "The decisions that were recorded",
		"Answers with decisions in the order in which they were recorded, of one subject or author if that is asked for. "+
			"State selects those that stand, those that wait for a second officer, and those that were refused. "+
			"With changed=true those alone whose question, asked today with what is known today, finds something else than it did, each with the finding of now and with what made it so; "+
			"only what lies downstream of what was learned is computed again.",
		notFound, conflict, timeout), s.decisions)
	register(s, operation("decisions-verify", decisionsPath+"/verify", "decisions", "Do the questions of decisions still have their answers?",
		"Asks the question of each decision again, as it is pinned, and compares the digests of the answers. Follow next to verify all of them.",
		notFound, timeout), s.verifyDecisions)
	register(s, operation("decision", decisionsPath+"/{id}", "decisions", "A decision",
		"Answers with the record as it was made: the exact question, the digest of the answer, and who decided what and why.", notFound, timeout),
		func(ctx context.Context, in *keptInput) (ledger.Decision, error) {
			l, err := s.kept()
			if err != nil {
				return ledger.Decision{}, err
			}
			return l.Decision(ctx, in.ID)
		})
}

func (s *server) decide(ctx context.Context, in *decideInput) (ledger.Decision, error) {
	l, err := s.kept()
	if err != nil {
		return ledger.Decision{}, err
	}
	b := &in.Body
	policy, err := s.bodyPolicy(b.Question.Policy, "question.policy")
	if err != nil {
		return ledger.Decision{}, err
	}
	author := s.author(ctx, b.Author)
	if author == "" {
		return ledger.Decision{}, refuseField("body.author", "is missing; say who decides")
	}
	n := ledger.NewDecision{
		Author: author, Reasoning: b.Reasoning, Attachments: b.Attachments,
		Question: graph.Question{
			Subject: b.Subject, AsOf: s.dayOr(b.Question.AsOf), KnownAt: b.Question.KnownAt.at,
			Policy: policy, Lists: b.Question.Lists, Paths: cmp.Or(b.Question.Paths, 1),
		},
	}
	if n.Action, err = graph.ParseAction(b.Action); err != nil {
		return ledger.Decision{}, err
	}
	if n.Key, err = idempotencyKey(in.Key); err != nil {
		return ledger.Decision{}, err
	}
	if n.Request, err = ledger.DigestOf(json.RawMessage(in.RawBody)); err != nil {
		return ledger.Decision{}, err
	}
	d, err := l.Decide(ctx, s.Store, s.actor(ctx), n)
	if err == nil {
		s.metrics.found(d.Answer.Finding, d.Answer.Action)
	}
	return d, inBody(err, "")
}

func (s *server) signOff(ctx context.Context, in *signOffInput) (ledger.Decision, error) {
	l, err := s.kept()
	if err != nil {
		return ledger.Decision{}, err
	}
	author := s.author(ctx, in.Body.Author)
	if author == "" {
		return ledger.Decision{}, refuseField("body.author", "is missing; say who signs")
	}
	d, err := l.Sign(ctx, s.actor(ctx), ledger.NewSignOff{
		Decision: in.ID, Author: author, Verdict: ledger.DecisionState(in.Body.Verdict), Reasoning: in.Body.Reasoning,
	})
	return d, inBody(err, "")
}

func (s *server) decisions(ctx context.Context, in *decisionsInput) (decisionsAnswer, error) {
	answer := decisionsAnswer{Decisions: []keptDecision{}}
	l, err := s.kept()
	if err != nil {
		return answer, err
	}
	which := in.which()
	if in.Changed {
		_, changed, err := l.ChangedDecisions(ctx, s.Store, graph.DayOf(s.Clock()), which)
		if err != nil {
			return answer, err
		}
		for i := range changed {
			c := &changed[i]
			answer.Decisions = append(answer.Decisions, keptDecision{c.Decision, &changedFinding{c.Now, c.AsOf, c.Revision, c.Difference}})
		}
	} else {
		all, err := l.Decisions(ctx, which)
		if err != nil {
			return answer, err
		}
		for i := range all {
			answer.Decisions = append(answer.Decisions, keptDecision{Decision: all[i]})
		}
	}
	if n := len(answer.Decisions); n == which.Limit {
		answer.Next = answer.Decisions[n-1].ID
	}
	return answer, nil
}

func (s *server) verifyDecisions(ctx context.Context, in *verifyInput) (verifiedAnswer, error) {
	answer := verifiedAnswer{Checks: []ledger.DecisionCheck{}}
	l, err := s.kept()
	if err != nil {
		return answer, err
	}
	which := ledger.Decisions{Subject: in.Subject, After: in.Cursor, Limit: cmp.Or(in.Limit, keptPage)}
	err = l.VerifyDecisions(ctx, s.Store, which, func(c ledger.DecisionCheck) error {
		answer.Verified++
		if c.Same {
			answer.Same++
		}
		answer.Checks = append(answer.Checks, c)
		return nil
	})
	if err == nil && answer.Verified == which.Limit {
		answer.Next = answer.Checks[answer.Verified-1].ID
	}
	return answer, err
}

type verifyInput struct {
	Subject string `query:"subject" maxLength:"500" minLength:"1"`
	Cursor  string `query:"cursor"  maxLength:"100" minLength:"1"`
	Limit   int    `query:"limit"   maximum:"1000"  minimum:"1"`
}
