package client

import (
	"encoding/json"
	"time"

	"debadge/graph"
)

// Receipt acknowledges a change set.
type Receipt struct {
	ChangeSet string `json:"change_set"` // its id
	graph.Receipt
	Claims []graph.ID `json:"claims,omitempty"` // the ids of its claims, in its order
}

// Entity is an entity with its kind.
type Entity struct {
	graph.Entity
	Kind graph.Kind `json:"kind"`
}

// EntityAnswer is an entity with a page of the claims about it.
type EntityAnswer struct {
	Entity   Entity            `json:"entity"`
	AsOf     graph.Date        `json:"as_of"`
	KnownAt  *time.Time        `json:"known_at"`
	Revision graph.Revision    `json:"revision"`
	Total    int               `json:"total"`
	Claims   []graph.Claim     `json:"claims"`
	Entities []graph.EntityRef `json:"entities"`
	Sources  []graph.Source    `json:"sources"`
	Next     string            `json:"next,omitempty"`
}

// NeighborsAnswer is an entity with what is around it.
type NeighborsAnswer struct {
	AsOf     graph.Date     `json:"as_of"`
	KnownAt  *time.Time     `json:"known_at"`
	Revision graph.Revision `json:"revision"`
	graph.Explored
}

// ListAnswer is a list with a page of its members.
type ListAnswer struct {
	List     graph.EntityRef `json:"list"`
	AsOf     graph.Date      `json:"as_of"`
	KnownAt  *time.Time      `json:"known_at"`
	Revision graph.Revision  `json:"revision"`
	Total    int             `json:"total"`
	Members  []graph.Member  `json:"members"`
	Next     string          `json:"next,omitempty"`
}

// PoliciesAnswer holds the policies in the order of names.
type PoliciesAnswer struct {
	Policies []Policy `json:"policies"`
}

// Policy is the rules with their digest.
type Policy struct {
	graph.Policy
	Digest string `json:"digest"`
}

// ChangeRef names a change set.
type ChangeRef struct {
	Revision   graph.Revision `json:"revision"`
	RecordedAt time.Time      `json:"recorded_at"`
	ChangeSet  string         `json:"change_set"`
	Author     string         `json:"author,omitempty"`
	Reason     string         `json:"reason,omitempty"`
}

// Retraction is why a claim no longer counts.
type Retraction struct {
	ChangeRef
	ReplacedBy graph.ID `json:"replaced_by,omitempty"`
}

// ClaimAnswer is a claim with its evidence and history.
type ClaimAnswer struct {
	Claim     graph.Claim       `json:"claim"`
	KnownAt   *time.Time        `json:"known_at"`
	Revision  graph.Revision    `json:"revision"`
	Recorded  ChangeRef         `json:"recorded"`
	Retracted *Retraction       `json:"retracted"` // nil if it counts
	Entities  []graph.EntityRef `json:"entities"`
	Sources   []graph.Source    `json:"sources"`
}

// SourcesPage is a part of the documents that claims rest on.
type SourcesPage struct {
	AsOf     graph.Date     `json:"as_of"`
	KnownAt  *time.Time     `json:"known_at"`
	Revision graph.Revision `json:"revision"`
	Sources  []AgedSource   `json:"sources"`
	Next     string         `json:"next,omitempty"`
}

// AgedSource is a document with its age on the day that was asked about.
type AgedSource struct {
	graph.Source
	AgeDays *int `json:"age_days,omitempty"` // nil where it has no date, or a later one
}

// SourceAnswer is a document.
type SourceAnswer struct {
	Source   graph.Source   `json:"source"`
	KnownAt  *time.Time     `json:"known_at"`
	Revision graph.Revision `json:"revision"`
}

// ChangesPage is a part of the feed.
type ChangesPage struct {
	Since    graph.Revision `json:"since"`
	Next     graph.Revision `json:"next"` // the since of the part after this one
	Revision graph.Revision `json:"revision"`
	Changes  []graph.Change `json:"changes"`
	Counts   []ChangeCounts `json:"counts,omitempty"` // of each change, if it was asked for in brief
}

// ChangeCounts says how much a change has.
type ChangeCounts struct {
	Entities    int `json:"entities"`
	Sources     int `json:"sources"`
	Claims      int `json:"claims"`
	Retractions int `json:"retractions"`
}

// SearchAnswer is what a text may mean, or the entities that filters leave.
type SearchAnswer struct {
	Query     string           `json:"query,omitempty"`
	Outcome   string           `json:"outcome,omitempty"` // resolved, ambiguous or unknown
	Entity    *graph.EntityRef `json:"entity"`
	Threshold float64          `json:"threshold,omitempty"`
	Complete  bool             `json:"complete"`
	Reasons   []string         `json:"reasons,omitempty"`
	graph.Basis
	Total      int                     `json:"total"`
	Facets     map[string][]FacetCount `json:"facets"`
	Candidates []Candidate             `json:"candidates"`
	Next       string                  `json:"next,omitempty"`
}

// SuggestAnswer holds suggestions as reconciliation services write them.
type SuggestAnswer struct {
	Result []Suggestion `json:"result"`
}

// Suggestion is an entity that somebody who types may mean.
type Suggestion struct {
	ID          graph.ID `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Notable     []struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"notable"`
}

// FacetCount is how many candidates have a value of a facet.
type FacetCount struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Candidate is what a text may mean, and the finding about it. Parts and Choice
// are as debadge resolve tells them.
type Candidate struct {
	Entity          graph.EntityRef `json:"entity"`
	Score           float64         `json:"score,omitempty"`
	Basis           string          `json:"basis,omitempty"`
	Matched         string          `json:"matched,omitempty"`
	Transformations []string        `json:"transformations,omitempty"`
	Parts           json.RawMessage `json:"parts,omitempty"`
	Choice          json.RawMessage `json:"choice,omitempty"`
	DifferentModel  bool            `json:"different_model,omitempty"`
	Why             string          `json:"why,omitempty"`
	Countries       []string        `json:"countries,omitempty"`
	Finding         graph.Finding   `json:"finding"`
	Strength        graph.Status    `json:"strength,omitzero"`
	Action          graph.Action    `json:"action"`
	Complete        bool            `json:"complete"`
	Lists           []graph.ID      `json:"lists,omitempty"`
}

// ReadyAnswer is the state of a service that can answer.
type ReadyAnswer struct {
	Status string          `json:"status"`
	Store  StoreState      `json:"store"`
	Index  json.RawMessage `json:"index,omitempty"` // where answers come from an index
}

// StoreState is the state of the store behind a service.
type StoreState struct {
	Name     string         `json:"name"`
	State    string         `json:"state"`
	Revision graph.Revision `json:"revision"`
}

// VersionAnswer names a build.
type VersionAnswer struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Caller is who asks, as the service sees it.
type Caller struct {
	Name       string   `json:"name"`
	Actor      string   `json:"actor,omitempty"` // as decisions, claims and the audit log name it; "" without a credential
	Credential string   `json:"credential"`      // anonymous, key or token
	Roles      []string `json:"roles"`
	May        []string `json:"may"` // read, screen, write, decide, measure and administer, as far as it goes
}
