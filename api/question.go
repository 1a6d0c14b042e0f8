package api

import (
	"context"
	"strings"

	"debadge/graph"
)

// SubjectQuestion is what a trace is asked, and whatever shows one.
type SubjectQuestion struct {
	Freshness

	Subject string   `query:"subject" required:"true" minLength:"1" maxLength:"500"`
	AsOf    day      `query:"as_of"`
	KnownAt moment   `query:"known_at"`
	Policy  string   `query:"policy" maxLength:"200"`
	List    []string `query:"list,explode" maxItems:"100"`
	Paths   int      `query:"paths" minimum:"1" maximum:"100" default:"1"`
}

type timelineInput struct {
	Freshness

	Subject string   `query:"subject" required:"true" minLength:"1" maxLength:"500"`
	KnownAt moment   `query:"known_at"`
	Policy  string   `query:"policy" maxLength:"200"`
	List    []string `query:"list,explode" maxItems:"100"`
}

func (s *server) addQuestions() {
	register(s, operation("trace", "/v1/trace", "questions", "Does a product or company trace back to a listed entity?",
		"Answers with the finding, every listing that the subject traces back to, the path with its evidence, and how strong the weakest hop is. "+
			"A subject that is not known is an answer too: the finding is unknown, never clear. "+
			"It names the editions of the lists that it used, where they were imported; if one of them is older than it may be (stale), the action is review at least.",
		notFound, ambiguous, unavailable, timeout), s.trace)
	register(s, operation("timeline", "/v1/timeline", "questions", "The finding as a step function of valid time",
		"Answers with the stretches of time between the dates that matter, each with its finding and listings, in order and without gaps.",
		notFound, ambiguous, unavailable, timeout), s.timeline)
	s.addReach()
}

func (s *server) trace(ctx context.Context, in *SubjectQuestion) (graph.Answer, error) {
	q, err := s.question(in)
	if err != nil {
		return graph.Answer{}, err
	}
	answer, err := graph.Trace(ctx, s.Store, q)
	if err == nil {
		s.metrics.found(answer.Finding, answer.Action)
		r := recordOf(ctx)
		r.finding, r.action = answer.Finding, answer.Action
	}
	return answer, err
}

func (s *server) timeline(ctx context.Context, in *timelineInput) (graph.TimelineAnswer, error) {
	policy, err := s.policy(in.Policy)
	if err != nil {
		return graph.TimelineAnswer{}, err
	}
	return graph.Timeline(ctx, s.Store, graph.Question{
		Subject: in.Subject, AsOf: graph.DayOf(s.Clock()), KnownAt: in.KnownAt.at, Policy: policy, Lists: in.List,
	})
}

// policy returns the policy of a query parameter.
func (s *server) policy(name string) (graph.Policy, error) {
	if name == "" {
		name = "default"
	}
	policies := s.shelf.all()
	names := make([]string, len(policies))
	for i, p := range policies {
		if p.Name == name {
			return p, nil
		}
		names[i] = p.Name
	}
	return graph.Policy{}, &graph.Error{
		Kind: graph.KindInvalid, Message: "the query is refused",
		Fields: []graph.FieldError{{Field: "query.policy", Message: "is not a policy here; known are " + strings.Join(names, ", ")}},
	}
}
