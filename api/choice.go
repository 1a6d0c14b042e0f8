package api

import (
	"context"
	"net/http"

	"debadge/graph"
	"debadge/graph/resolve"
)

// choiceBody is what a person decided about a text.
type choiceBody struct {
	Text   string `json:"text" doc:"The text, as it stands in documents." maxLength:"500" minLength:"1"`
	Entity string `json:"entity" doc:"A product or company: its id, or a name that one entity has." maxLength:"500" minLength:"1"`
	Means  bool   `json:"means" doc:"True: the text means the entity. False: it never does, however alike they are."`
	Reason string `json:"reason" doc:"Why; later readers will ask." maxLength:"100000" minLength:"1"`
	Author string `json:"author,omitempty" doc:"Who decides, where no credential says so." maxLength:"1000"`
}

type choiceInput struct{ Body choiceBody }

func (s *server) addChoices() {
	registerWriting(s, operationFor(mayWrite, http.MethodPost, "choose", "/v1/choices", "claims", "Say what a text means, from now on",
		"Keeps with the entity that a text means it, or that it never does, with the author and the reason. Every question from the receipt's revision on knows it; one about an earlier moment does not. "+
			"A later choice about the same text and entity takes the place of an earlier one.",
		notFound, ambiguous, conflict, timeout), http.StatusOK, s.choose)
}

func (s *server) choose(ctx context.Context, in *choiceInput) (receiptAnswer, error) {
	b := &in.Body
	decide := resolve.Means
	if !b.Means {
		decide = resolve.Never
	}
	var cs graph.ChangeSet
	err := s.Store.View(ctx, graph.Moment{}, func(v graph.View) error {
		entity, err := graph.Resolve(ctx, v, b.Entity, graph.Product, graph.Company)
		if err != nil {
			return err
		}
		if cs, err = decide(entity, resolve.Choice{Text: b.Text, Author: s.author(ctx, b.Author), Reason: b.Reason}); err != nil {
			return err
		}
		cs.Seen, err = cs.See(ctx, v)
		return err
	})
	if err != nil {
		return receiptAnswer{}, err
	}
	answer, err := s.commit(ctx, cs)
	if graph.KindOf(err) == graph.KindOutdated {
		err = graph.Errorf(graph.KindConflict, "somebody changed the entity at the same time; try again: %w", err)
	}
	return answer, err
}
