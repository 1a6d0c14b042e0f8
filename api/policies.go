package api

import (
	"context"

	"debadge/graph"
)

type policiesAnswer struct {
	Policies []policyAnswer `json:"policies"` // in the order of names
}

type policyAnswer struct {
	graph.Policy
	Digest string `json:"digest"` // of the rules, as answers state it
}

type policyInput struct {
	Name string `path:"name" maxLength:"200"`
}

func (s *server) addPolicies() {
	register(s, operation("policies", "/v1/policies", "policies", "The policies that a question can name",
		"Answers with the built-in policies and those that the service was configured with."), s.allPolicies)
	register(s, operation("policy", "/v1/policies/{name}", "policies", "One policy", "Answers with the rules of a policy.", notFound), s.onePolicy)
}

func (s *server) allPolicies(context.Context, *struct{}) (policiesAnswer, error) {
	policies := s.shelf.all()
	answer := policiesAnswer{Policies: make([]policyAnswer, len(policies))}
	for i, p := range policies {
		answer.Policies[i] = policyAnswer{p, p.Digest()}
	}
	return answer, nil
}

func (s *server) onePolicy(_ context.Context, in *policyInput) (policyAnswer, error) {
	for _, p := range s.shelf.all() {
		if p.Name == in.Name {
			return policyAnswer{p, p.Digest()}, nil
		}
	}
	return policyAnswer{}, graph.Errorf(graph.KindNotFound, "there is no policy of that name; /v1/policies lists them")
}
