package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"debadge/graph"
)

// Decision is what an officer decided about a finding, with all that is needed
// to ask for the finding again.
type Decision struct {
	ID          string         `json:"id"`
	RecordedAt  time.Time      `json:"recorded_at"`
	Author      string         `json:"author"`
	Action      graph.Action   `json:"action"` // that was taken, whatever the policy asked for
	Reasoning   string         `json:"reasoning"`
	Attachments []Attachment   `json:"attachments,omitempty"`
	Question    PinnedQuestion `json:"question"`
	Answer      DecidedAnswer  `json:"answer"`

	NeedsSignOff bool     `json:"needs_sign_off,omitempty"` // the policy asks for a second officer
	State        string   `json:"state"`                    // final, pending, signed or refused
	SignOff      *SignOff `json:"sign_off,omitempty"`       // what the second officer said

	Changed *ChangedFinding `json:"changed,omitempty"` // of decisions that were asked for as changed
}

// SignOff is what a second officer said to a decision.
type SignOff struct {
	Decision   string    `json:"decision"`
	RecordedAt time.Time `json:"recorded_at"`
	Author     string    `json:"author"`
	Verdict    string    `json:"verdict"` // signed or refused
	Reasoning  string    `json:"reasoning"`
	Record     string    `json:"record"` // digest of the decision that was read
}

// NewSignOff is a sign-off to be recorded. The author counts where no credential
// says who asks.
type NewSignOff struct {
	Verdict   string `json:"verdict"` // signed or refused
	Reasoning string `json:"reasoning"`
	Author    string `json:"author,omitempty"`
}

// Attachment is a document that is kept elsewhere.
type Attachment struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // 64 hexadecimal digits in lower case
}

// PinnedQuestion is a question as it was asked, the same for ever.
type PinnedQuestion struct {
	Asked        string         `json:"asked"`   // the subject as it was asked for
	Subject      string         `json:"subject"` // its id; as asked if it was not known
	AsOf         graph.Date     `json:"as_of"`
	KnownAt      *time.Time     `json:"known_at"`
	Revision     graph.Revision `json:"revision"`
	Policy       graph.Policy   `json:"policy"`
	PolicyDigest string         `json:"policy_digest"`
	Lists        []string       `json:"lists,omitempty"`
	Paths        int            `json:"paths"`
}

// DecidedAnswer says what the answer to a question was.
type DecidedAnswer struct {
	Form   int    `json:"form"`
	Digest string `json:"digest"` // of its canonical JSON
	graph.Assessment
}

// Difference is what makes two answers about one subject differ.
type Difference struct {
	Gained       []graph.StepListing `json:"gained"`
	Lost         []graph.StepListing `json:"lost"`
	ClaimsGained []graph.Claim       `json:"claims_gained"`
	ClaimsLost   []graph.Claim       `json:"claims_lost"`
}

// ChangedFinding is what is found today where a decision was made on something
// else, and what made it so.
type ChangedFinding struct {
	Now      graph.Assessment `json:"now"`
	AsOf     graph.Date       `json:"as_of"`
	Revision graph.Revision   `json:"revision"`
	Difference
}

// NewDecision is a decision to be recorded. The author counts where no
// credential says who asks.
type NewDecision struct {
	Subject     string          `json:"subject"`
	Action      graph.Action    `json:"action"`
	Reasoning   string          `json:"reasoning"`
	Attachments []Attachment    `json:"attachments,omitempty"`
	Author      string          `json:"author,omitempty"`
	Question    DecidedQuestion `json:"question,omitzero"`
}

// DecidedQuestion is the question that a decision is about. Its zero value is
// today, the newest revision and the default policy.
type DecidedQuestion struct {
	AsOf    string   `json:"as_of,omitempty"`
	KnownAt string   `json:"known_at,omitempty"`
	Policy  string   `json:"policy,omitempty"`
	Lists   []string `json:"lists,omitempty"`
	Paths   int      `json:"paths,omitempty"`
}

// DecisionsOf selects decisions; all conditions that are given must hold.
type DecisionsOf struct {
	Subject string // an id
	Author  string
	State   string // final, pending, signed or refused
	Changed bool   // whose question finds something else today

	MinRevision graph.Revision // by what is known at this revision or a later one
}

// DecisionsPage is a part of the decisions, in the order in which they were
// recorded.
type DecisionsPage struct {
	Decisions []Decision `json:"decisions"`
	Next      string     `json:"next,omitempty"`
}

// DecisionCheck is what asking a decision's question again came to.
type DecisionCheck struct {
	ID     string `json:"id"`
	Same   bool   `json:"same"`
	Digest string `json:"digest"`
	Now    string `json:"now,omitempty"`
	Reason string `json:"reason,omitempty"`
	State  string `json:"state"`
}

// VerifiedPage is a part of the checks of decisions.
type VerifiedPage struct {
	Verified int             `json:"verified"`
	Same     int             `json:"same"`
	Checks   []DecisionCheck `json:"checks"`
	Next     string          `json:"next,omitempty"`
}

const decisionsPath = "/v1/decisions"

// Once is what a decision is sent with.
type Once struct {
	Key         string         // of idempotency; a random one if it is empty
	MinRevision graph.Revision // decide on what is known at this revision or a later one
}

// Decide records a decision.
func (c *Client) Decide(ctx context.Context, n NewDecision, o Once) (Decision, error) {
	var d Decision
	query := At{MinRevision: o.MinRevision}.values()
	err := c.ask(ctx, call{method: http.MethodPost, path: decisionsPath, query: query, header: Write{Key: o.Key}.header(""), body: n}, &d)
	return d, err
}

// SignOff signs a decision as the second officer, or refuses it. The same
// sign-off once more changes nothing.
func (c *Client) SignOff(ctx context.Context, id string, n NewSignOff) (Decision, error) {
	var d Decision
	err := c.ask(ctx, call{method: http.MethodPost, path: decisionsPath + "/" + url.PathEscape(id) + "/sign-off", body: n}, &d)
	return d, err
}

// Decision asks for a decision.
func (c *Client) Decision(ctx context.Context, id string) (Decision, error) {
	return get[Decision](ctx, c, decisionsPath+"/"+url.PathEscape(id), nil)
}

// Decisions asks for decisions, page by page.
func (c *Client) Decisions(ctx context.Context, of DecisionsOf, p Page) (DecisionsPage, error) {
	query := At{MinRevision: of.MinRevision}.values()
	fill(query, "subject", of.Subject, "author", of.Author, "state", of.State, "changed", truth(of.Changed), "limit", p.limit(), "cursor", p.Cursor)
	return get[DecisionsPage](ctx, c, decisionsPath, query)
}

// VerifyDecisions asks whether the questions of decisions, of one subject if
// one is named, still have their answers, page by page.
func (c *Client) VerifyDecisions(ctx context.Context, subject string, p Page) (VerifiedPage, error) {
	query := url.Values{}
	fill(query, "subject", subject, "limit", p.limit(), "cursor", p.Cursor)
	return get[VerifiedPage](ctx, c, decisionsPath+"/verify", query)
}
