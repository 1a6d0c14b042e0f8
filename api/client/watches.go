package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"debadge/graph"
)

// Watch is a subject on somebody's watch list.
type Watch struct {
	ID        string           `json:"id"`
	Subject   graph.ID         `json:"subject"`
	Watcher   string           `json:"watcher"`
	Endpoint  string           `json:"endpoint,omitempty"` // for who may not decide, the host alone
	Policy    graph.PolicyRef  `json:"policy"`
	Lists     []string         `json:"lists,omitempty"`
	State     string           `json:"state"` // active, paused or ended
	CreatedAt time.Time        `json:"created_at"`
	CreatedBy string           `json:"created_by"`
	Found     graph.Assessment `json:"found"`            // by the last look at it
	Secret    string           `json:"secret,omitempty"` // in the answer of what made it, and never again
}

// NewWatch says what to watch.
type NewWatch struct {
	Subject  string   `json:"subject"`
	Watcher  string   `json:"watcher,omitempty"`  // "" is who asks
	Endpoint string   `json:"endpoint,omitempty"` // "" is nowhere: events are fetched
	Policy   string   `json:"policy,omitempty"`
	Lists    []string `json:"lists,omitempty"`
}

// WatchesPage is a part of the watches that have not ended.
type WatchesPage struct {
	Watches []Watch `json:"watches"`
	Next    string  `json:"next,omitempty"`
}

// WatchEvent is a finding that changed, with what became of its delivery.
type WatchEvent struct {
	Seq       int64          `json:"seq"`
	ID        string         `json:"id"`
	Watch     string         `json:"watch"`
	CreatedAt time.Time      `json:"created_at"`
	State     string         `json:"state"` // pending, delivered or dead
	Attempts  int            `json:"attempts"`
	NextAt    time.Time      `json:"next_at,omitzero"`
	LastError string         `json:"last_error,omitempty"`
	Event     FindingChanged `json:"event"`
}

// FindingChanged is what an event says; webhooks carry the same.
type FindingChanged struct {
	Watch    string           `json:"watch"`
	Subject  string           `json:"subject"`
	Before   graph.Assessment `json:"before"`
	After    graph.Assessment `json:"after"`
	AsOf     graph.Date       `json:"as_of"`
	Revision graph.Revision   `json:"revision"`
	Policy   graph.PolicyRef  `json:"policy"`
	Lists    []string         `json:"lists,omitempty"`
	Difference
}

// EventsPage is a part of the events of all watches, in order.
type EventsPage struct {
	Events []WatchEvent `json:"events"`
	Next   int64        `json:"next"` // the after of the part behind this one
}

// SecretAnswer is a new secret.
type SecretAnswer struct {
	Secret string `json:"secret"`
}

// ReplayAnswer is how many events are delivered again.
type ReplayAnswer struct {
	Replayed int64 `json:"replayed"`
}

const watchesPath = "/v1/watches"

func watchPath(id string) string { return watchesPath + "/" + url.PathEscape(id) }

// Watch watches a product or company from now on.
func (c *Client) Watch(ctx context.Context, n NewWatch) (Watch, error) {
	var w Watch
	err := c.ask(ctx, call{method: http.MethodPost, path: watchesPath, body: n, once: true}, &w)
	return w, err
}

// Watches asks for the watches that have not ended, page by page, with what is
// found at a revision or a later one; 0 is by the last look.
func (c *Client) Watches(ctx context.Context, least graph.Revision, p Page) (WatchesPage, error) {
	query := At{MinRevision: least}.values()
	fill(query, "limit", p.limit(), "cursor", p.Cursor)
	return get[WatchesPage](ctx, c, watchesPath, query)
}

// Watched asks for a watch, also for one that has ended.
func (c *Client) Watched(ctx context.Context, id string) (Watch, error) {
	return get[Watch](ctx, c, watchPath(id), nil)
}

// WatchEvents asks for the events behind one, of all watches, at least those of
// all revisions up to one.
func (c *Client) WatchEvents(ctx context.Context, after int64, least graph.Revision, limit int) (EventsPage, error) {
	query := At{MinRevision: least}.values()
	fill(query, "after", number(int(after)), "limit", number(limit))
	return get[EventsPage](ctx, c, watchesPath+"/events", query)
}

func (c *Client) setWatch(ctx context.Context, id, verb string) (Watch, error) {
	var w Watch
	err := c.ask(ctx, call{method: http.MethodPost, path: watchPath(id) + "/" + verb}, &w) // once more changes nothing
	return w, err
}

// PauseWatch gathers the events of a watch, and does not deliver them.
func (c *Client) PauseWatch(ctx context.Context, id string) (Watch, error) {
	return c.setWatch(ctx, id, "pause")
}

// ResumeWatch delivers them again, and those that were gathered.
func (c *Client) ResumeWatch(ctx context.Context, id string) (Watch, error) {
	return c.setWatch(ctx, id, "resume")
}

// EndWatch stops watching, for good.
func (c *Client) EndWatch(ctx context.Context, id string) (Watch, error) {
	return c.setWatch(ctx, id, "end")
}

// ReplaceSecret exchanges the secret of a watch. Events are signed with the old
// one too for a day.
func (c *Client) ReplaceSecret(ctx context.Context, id string) (string, error) {
	var answer SecretAnswer
	err := c.ask(ctx, call{method: http.MethodPost, path: watchPath(id) + "/secret", once: true}, &answer)
	return answer.Secret, err
}

// ReplayWatch delivers once more the events that were given up, or with after
// all of the watch behind an event; it returns how many.
func (c *Client) ReplayWatch(ctx context.Context, id string, after *int64) (int64, error) {
	query := url.Values{}
	if after != nil {
		query.Set("after", decimal(*after))
	}
	var answer ReplayAnswer
	err := c.ask(ctx, call{method: http.MethodPost, path: watchPath(id) + "/replay", query: query, once: true}, &answer)
	return answer.Replayed, err
}
