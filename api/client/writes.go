package client

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"

	"debadge/graph"
)

// Write is what a change is sent with.
type Write struct {
	Key  string         // the id of the change set; a random one if it is empty
	Seen graph.Revision // refuse the change (412) if what it touches has changed since; 0 is whatever there is
}

func (w Write) header(id string) map[string]string {
	h := map[string]string{}
	switch {
	case id != "":
	case w.Key != "":
		h["Idempotency-Key"] = w.Key
	default:
		h["Idempotency-Key"] = rand.Text() // every attempt sends this one
	}
	if w.Seen > 0 {
		h["If-Match"] = `"` + number(int(w.Seen)) + `"`
	}
	return h
}

// Append adds a change set, all of it or none.
func (c *Client) Append(ctx context.Context, cs graph.ChangeSet, w Write) (Receipt, error) {
	var r Receipt
	err := c.ask(ctx, call{method: http.MethodPost, path: "/v1/changes", header: w.header(cs.ID), body: cs.Stated()}, &r)
	return r, err
}

// Retract withdraws a claim; replacedBy may be empty. The author counts where no
// credential says who asks.
func (c *Client) Retract(ctx context.Context, id graph.ID, author, reason string, replacedBy graph.ID, w Write) (Receipt, error) {
	var r Receipt
	body := struct {
		Author     string   `json:"author,omitempty"`
		Reason     string   `json:"reason"`
		ReplacedBy graph.ID `json:"replaced_by,omitempty"`
	}{author, reason, replacedBy}
	err := c.ask(ctx, call{method: http.MethodPost, path: "/v1/claims/" + url.PathEscape(string(id)) + "/retract", header: w.header(""), body: body}, &r)
	return r, err
}

// Correct withdraws a claim and states the one claim of a change set in its place.
func (c *Client) Correct(ctx context.Context, id graph.ID, cs graph.ChangeSet, w Write) (Receipt, error) {
	var r Receipt
	err := c.ask(ctx, call{method: http.MethodPost, path: "/v1/claims/" + url.PathEscape(string(id)) + "/correct", header: w.header(cs.ID), body: cs.Stated()}, &r)
	return r, err
}
