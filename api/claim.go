package api

import (
	"context"
	"errors"
	"time"

	"debadge/graph"
)

type claimInput struct {
	Freshness

	ID      string `path:"id" maxLength:"200"`
	KnownAt moment `query:"known_at"`
}

// claimAnswer is a claim with its evidence and with who recorded it.
type claimAnswer struct {
	Claim     graph.Claim       `json:"claim"`
	KnownAt   *time.Time        `json:"known_at"`
	Revision  graph.Revision    `json:"revision"`
	Recorded  changeRef         `json:"recorded"`
	Retracted *retractedRef     `json:"retracted"` // null if it counts
	Entities  []graph.EntityRef `json:"entities"`  // its ends, in id order
	Sources   []graph.Source    `json:"sources"`   // that it cites, in id order
}

// changeRef names a change set.
type changeRef struct {
	Revision   graph.Revision `json:"revision"`
	RecordedAt time.Time      `json:"recorded_at"`
	ChangeSet  string         `json:"change_set"`
	Author     string         `json:"author,omitempty"`
	Reason     string         `json:"reason,omitempty"`
}

type retractedRef struct {
	Revision   graph.Revision `json:"revision"`
	RecordedAt time.Time      `json:"recorded_at"`
	ChangeSet  string         `json:"change_set"`
	Author     string         `json:"author,omitempty"`
	Reason     string         `json:"reason"`
	ReplacedBy graph.ID       `json:"replaced_by,omitempty"`
}

// sourceAnswer is a document that claims rest on.
type sourceAnswer struct {
	Source   graph.Source   `json:"source"`
	KnownAt  *time.Time     `json:"known_at"`
	Revision graph.Revision `json:"revision"`
}

func (s *server) addClaims() {
	register(s, operation("claim", "/v1/claims/{id}", "claims", "A claim with its citations, its sources and its history",
		"Answers also for a claim that was retracted by then, and says by whom, why, and what took its place.", notFound, unavailable, timeout), s.claim)
	register(s, operation("sources", "/v1/sources", "claims", "The documents that claims rest on",
		"Answers with the documents in the order of their ids, each with its age on a day. Of a file that was imported, the date is that of its edition.",
		notFound, unavailable, timeout), s.sources)
	register(s, operation("source", "/v1/sources/{id}", "claims", "A document that claims rest on",
		"Answers with what is known of the document: title, publisher, date, address, and the digest of the archived copy if there is one.",
		notFound, unavailable, timeout), s.source)
}

func (s *server) claim(ctx context.Context, in *claimInput) (claimAnswer, error) {
	id := graph.ID(in.ID)
	var answer claimAnswer
	var stored graph.StoredClaim
	err := s.Store.View(ctx, in.KnownAt.at, func(v graph.View) error {
		found, err := v.StoredClaims(ctx, []graph.ID{id})
		if err != nil {
			return unknownID(err, "claim", id)
		}
		stored = found[0]
		answer = claimAnswer{Claim: stored.Claim}
		answer.Revision, answer.KnownAt = basis(v, in.KnownAt.at)
		answer.Entities, answer.Sources, err = contextOf(ctx, v, []graph.Claim{stored.Claim})
		return err
	})
	if err != nil {
		return answer, err
	}
	recorded, err := s.changeAt(ctx, stored.Recorded)
	if err != nil {
		return answer, err
	}
	answer.Recorded = refOf(recorded)
	if stored.Retracted == 0 {
		return answer, nil
	}
	retracted, err := s.changeAt(ctx, stored.Retracted)
	if err != nil {
		return answer, err
	}
	ref := refOf(retracted)
	answer.Retracted = &retractedRef{Revision: ref.Revision, RecordedAt: ref.RecordedAt, ChangeSet: ref.ChangeSet, Author: ref.Author}
	for _, r := range retracted.Retractions {
		if r.Claim == id {
			answer.Retracted.Reason, answer.Retracted.ReplacedBy = r.Reason, r.ReplacedBy
		}
	}
	return answer, nil
}

func refOf(c graph.Change) changeRef {
	return changeRef{Revision: c.Revision, RecordedAt: c.RecordedAt.UTC(), ChangeSet: c.ID, Author: c.Author, Reason: c.Reason}
}

// changeAt reads the change set of a revision.
func (s *server) changeAt(ctx context.Context, at graph.Revision) (change graph.Change, err error) {
	err = s.Store.Changes(ctx, at-1, func(c graph.Change) error {
		change = c
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return change, err
}

func (s *server) source(ctx context.Context, in *claimInput) (sourceAnswer, error) {
	var answer sourceAnswer
	err := s.Store.View(ctx, in.KnownAt.at, func(v graph.View) error {
		found, err := v.Sources(ctx, []graph.ID{graph.ID(in.ID)})
		if err != nil {
			return unknownID(err, "source", graph.ID(in.ID))
		}
		answer.Source = found[0]
		answer.Revision, answer.KnownAt = basis(v, in.KnownAt.at)
		return nil
	})
	return answer, err
}
