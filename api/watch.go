package api

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"debadge/graph"
	"debadge/ledger"
)

const watchesPath = "/v1/watches"

// watchBody says what to watch.
type watchBody struct {
	Subject  string   `json:"subject" doc:"A product or company: its id, or a name that one entity has." maxLength:"500" minLength:"1"`
	Watcher  string   `json:"watcher,omitempty" doc:"Who is to be told. Default: who asks." maxLength:"100"`
	Endpoint string   `json:"endpoint,omitempty" doc:"Where events are delivered, as https://example.com/hook. Default: nowhere; they are fetched." maxLength:"2000"`
	Policy   string   `json:"policy,omitempty" doc:"The name of a policy. Default: default." maxLength:"200"`
	Lists    []string `json:"lists,omitempty" doc:"Count these lists alone." maxItems:"100"`
}

type watchInput struct {
	Freshness

	Body watchBody
}

type watchesInput struct {
	Freshness

	Cursor string `query:"cursor" maxLength:"100" minLength:"1"`
	Limit  int    `query:"limit"  maximum:"1000"  minimum:"1"`
}

type watchesAnswer struct {
	Watches []ledger.Watch `json:"watches"`        // in the order in which they were made
	Next    string         `json:"next,omitempty"` // the cursor of the next page
}

type eventsInput struct {
	Freshness

	After int64 `query:"after" minimum:"0"`
	Limit int   `query:"limit" maximum:"1000" minimum:"1"`
}

// watchEvent is an event of a watch, with what became of its delivery.
type watchEvent struct {
	Seq       int64                 `json:"seq"`
	ID        string                `json:"id"`
	Watch     string                `json:"watch"`
	CreatedAt time.Time             `json:"created_at"`
	State     ledger.Delivery       `json:"state"`
	Attempts  int                   `json:"attempts"`
	NextAt    time.Time             `json:"next_at,omitzero"`
	LastError string                `json:"last_error,omitempty"`
	Event     ledger.FindingChanged `json:"event"`
}

type eventsAnswer struct {
	Events []watchEvent `json:"events"` // in the order in which they happened
	Next   int64        `json:"next"`   // the after of the next request
}

type replayInput struct {
	ID    string `path:"id"     maxLength:"64"`
	After string `query:"after" maxLength:"19" pattern:"^[0-9]+$" patternDescription:"the number of an event"`
}

type replayAnswer struct {
	Replayed int64 `json:"replayed"` // events, which are delivered again
}

type secretAnswer struct {
	Secret string `json:"secret"` // as Standard Webhooks writes it; it is not shown again
}

func (s *server) addWatches() {
	registerWriting(s, operationFor(mayDecide, http.MethodPost, "watch", watchesPath, "watches", "Watch a product or company",
		"From now on each change of its finding, strength or action is an event, with what made it so; the finding of now is where it begins. "+
			"With an endpoint, events are delivered there as Standard Webhooks, at least once: the answer has the secret that they are signed with, which is not shown again. "+
			"Endpoints lead to the public internet, unless the service was started with --webhook-allow.",
		notFound, ambiguous, timeout), http.StatusCreated, s.watch)
	register(s, operation("watches", watchesPath, "watches", "What is watched, by whom, and what is found there?",
		"Answers with the watches that have not ended. Who may not decide sees of an endpoint the host alone. "+
			"With min_revision what is found is that of this revision or a later one.", conflict, timeout), s.watches)
	register(s, operation("watched", watchesPath+"/{id}", "watches", "A watch", "Answers with a watch, also one that has ended.", notFound, timeout),
		func(ctx context.Context, in *keptInput) (ledger.Watch, error) {
			l, err := s.kept()
			if err != nil {
				return ledger.Watch{}, err
			}
			w, err := l.Watched(ctx, in.ID)
			return s.shown(ctx, w), err
		})
	s.addEvents()
	registerWriting(s, operationFor(mayDecide, http.MethodPost, "watch-secret", watchesPath+"/{id}/secret", "watches", "Another secret for a watch",
		"Events are signed with both the new and the old secret for a day, so that the receiver can exchange it without missing one.", notFound, conflict, timeout),
		http.StatusOK, s.replaceSecret)
	registerWriting(s, operationFor(mayDecide, http.MethodPost, "watch-replay", watchesPath+"/{id}/replay", "watches", "Deliver events again",
		"Delivers the events that were given up, or with after all of the watch behind an event. They keep their ids.", notFound, conflict, timeout),
		http.StatusOK, s.replay)
	s.addWatchStates()
}

func (s *server) addWatchStates() {
	for _, o := range []struct {
		name, summary, description string
		state                      ledger.WatchState
	}{
		{"pause", "Gather events, and do not deliver them", "Events are delivered once the watch is active again.", ledger.WatchPaused},
		{"resume", "Deliver events again", "What was gathered meanwhile is delivered too.", ledger.WatchActive},
		{"end", "Stop watching, for good", "There are no more events, and those that wait are not delivered.", ledger.WatchEnded},
	} {
		registerWriting(s, operationFor(mayDecide, http.MethodPost, "watch-"+o.name, watchesPath+"/{id}/"+o.name, "watches", o.summary, o.description, notFound, conflict, timeout),
			http.StatusOK, func(ctx context.Context, in *keptInput) (ledger.Watch, error) {
				l, err := s.kept()
				if err != nil {
					return ledger.Watch{}, err
				}
				return l.SetWatch(ctx, s.actor(ctx), in.ID, o.state)
			})
	}
}

func (s *server) addEvents() {
	register(s, operation("watch-events", watchesPath+"/events", "watches", "Which findings that are watched have changed?",
		"Answers with the events of all watches, in order, none left out and none twice; state says what became of the delivery of those with an endpoint. "+
			"Ask again with after=next for those to come: an event that was handled before its next was kept comes once more. "+
			"With min_revision the events of all revisions up to it are there.", conflict, timeout), s.watchEvents)
}

func (s *server) watch(ctx context.Context, in *watchInput) (ledger.Watch, error) {
	l, err := s.kept()
	if err != nil {
		return ledger.Watch{}, err
	}
	policy, err := s.bodyPolicy(in.Body.Policy, "policy")
	if err != nil {
		return ledger.Watch{}, err
	}
	n := ledger.NewWatch{
		Subject: in.Body.Subject, Watcher: cmp.Or(in.Body.Watcher, s.actor(ctx)), Endpoint: in.Body.Endpoint, Policy: policy, Lists: in.Body.Lists,
	}
	return l.Watch(ctx, s.Store, s.actor(ctx), n)
}

func (s *server) watches(ctx context.Context, in *watchesInput) (watchesAnswer, error) {
	answer := watchesAnswer{Watches: []ledger.Watch{}}
	l, err := s.kept()
	if err != nil {
		return answer, err
	}
	if err := s.rescreened(ctx, l, in.MinRevision); err != nil {
		return answer, err
	}
	const prefix = "watch-"
	after := int64(0)
	if in.Cursor != "" {
		if after = numbered(in.Cursor, prefix); after == 0 {
			return answer, refuseField("query.cursor", "is not the next of a page before")
		}
	}
	all, err := l.Watches(ctx)
	if err != nil {
		return answer, err
	}
	limit := cmp.Or(in.Limit, keptPage)
	for _, w := range all {
		if numbered(w.ID, prefix) <= after {
			continue
		}
		if len(answer.Watches) == limit {
			answer.Next = answer.Watches[limit-1].ID
			break
		}
		answer.Watches = append(answer.Watches, s.shown(ctx, w))
	}
	return answer, nil
}

// rescreened brings what was found to the revision that a request demands, which
// the store has by then.
func (s *server) rescreened(ctx context.Context, l Ledger, least graph.Revision) error {
	if least == 0 {
		return nil
	}
	_, err := l.Rescreen(ctx, s.Store, graph.DayOf(s.Clock()))
	return err
}

// shown leaves of an endpoint what is no secret, for who may not make watches: the
// rest can be what lets somebody in.
func (s *server) shown(ctx context.Context, w ledger.Watch) ledger.Watch {
	if callerOf(ctx).may(mayDecide) || w.Endpoint == "" {
		return w
	}
	u, err := url.Parse(w.Endpoint)
	if err != nil {
		w.Endpoint = ""
		return w
	}
	w.Endpoint = u.Scheme + "://" + u.Host
	return w
}

func (s *server) watchEvents(ctx context.Context, in *eventsInput) (eventsAnswer, error) {
	answer := eventsAnswer{Events: []watchEvent{}, Next: in.After}
	l, err := s.kept()
	if err != nil {
		return answer, err
	}
	if err := s.rescreened(ctx, l, in.MinRevision); err != nil {
		return answer, err
	}
	found, err := l.Events(ctx, in.After, cmp.Or(in.Limit, keptPage))
	if err != nil {
		return answer, err
	}
	for _, e := range found {
		w := watchEvent{
			Seq: e.Seq, ID: e.ID, Watch: e.Watch, CreatedAt: e.CreatedAt, State: e.State, Attempts: e.Attempts, NextAt: e.NextAt, LastError: e.LastError,
		}
		if err := json.Unmarshal(e.Event, &w.Event); err != nil {
			return answer, graph.Errorf(graph.KindInternal, "%s cannot be read: %w", e.ID, err)
		}
		answer.Events, answer.Next = append(answer.Events, w), e.Seq
	}
	return answer, nil
}

func (s *server) replaceSecret(ctx context.Context, in *keptInput) (secretAnswer, error) {
	l, err := s.kept()
	if err != nil {
		return secretAnswer{}, err
	}
	text, err := l.ReplaceSecret(ctx, s.actor(ctx), in.ID)
	return secretAnswer{text}, err
}

func (s *server) replay(ctx context.Context, in *replayInput) (replayAnswer, error) {
	l, err := s.kept()
	if err != nil {
		return replayAnswer{}, err
	}
	var after *int64 // 0 is all events, and none those that were given up
	if in.After != "" {
		n, err := strconv.ParseInt(in.After, 10, 64)
		if err != nil {
			return replayAnswer{}, refuseField("query.after", "is not the number of an event")
		}
		after = &n
	}
	n, err := l.ReplayWatch(ctx, s.actor(ctx), in.ID, after)
	return replayAnswer{n}, err
}
