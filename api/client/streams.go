package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"debadge/graph"
)

// ErrCutShort is why a stream ended that was not whole: what came of it is not
// the answer.
var ErrCutShort = errors.New("the stream was cut short")

// ndjsonType is a line of JSON after another.
const ndjsonType = "application/x-ndjson"

// maxLine bounds a line of a stream.
const maxLine = 64 << 20

// ReachAll asks which products trace back to an origin, and hands on each as it
// comes. The head is returned once all have come; without it they are not all.
func (c *Client) ReachAll(ctx context.Context, origin string, at At, each func(graph.ReachRow) error) (graph.ReachAnswer, error) {
	var head *graph.ReachAnswer
	err := c.lines(ctx, call{method: http.MethodGet, path: "/v1/reach", query: at.values("origin", origin)}, func(data []byte) error {
		var line struct {
			Row     *graph.ReachRow    `json:"row"`
			Head    *graph.ReachAnswer `json:"head"`
			Problem *Problem           `json:"problem"`
		}
		switch err := json.Unmarshal(data, &line); {
		case err != nil:
			return fmt.Errorf("reading a line: %w", err)
		case line.Problem != nil:
			return line.Problem
		case line.Row != nil:
			return each(*line.Row)
		}
		head = line.Head
		return nil
	})
	switch {
	case err != nil:
		return graph.ReachAnswer{}, err
	case head == nil:
		return graph.ReachAnswer{}, ErrCutShort
	}
	return *head, nil
}

func (c *Client) lines(ctx context.Context, to call, each func([]byte) error) error {
	if to.header == nil {
		to.header = map[string]string{}
	}
	to.header["Accept"] = ndjsonType
	body, err := c.open(ctx, to)
	if err != nil {
		return err
	}
	defer body.Close()
	s := bufio.NewScanner(body)
	s.Buffer(nil, maxLine)
	for s.Scan() {
		if err := each(s.Bytes()); err != nil {
			return err
		}
	}
	if err := s.Err(); err != nil {
		return errors.Join(ErrCutShort, err)
	}
	return nil
}

// Changes asks for a part of the feed after a revision.
func (c *Client) Changes(ctx context.Context, since graph.Revision, p Page) (ChangesPage, error) {
	return get[ChangesPage](ctx, c, "/v1/changes", At{}.values("since", number(int(since)), "limit", p.limit()))
}

// ChangesInBrief asks for a part of the feed of which each change has the first
// items alone; its Counts say how many there are.
func (c *Client) ChangesInBrief(ctx context.Context, since graph.Revision, p Page, items int) (ChangesPage, error) {
	return get[ChangesPage](ctx, c, "/v1/changes", At{}.values("since", number(int(since)), "limit", p.limit(), "items", number(items)))
}

// Follow hands on every change after a revision, in order and each once, and
// goes on with those to come until ctx ends or each returns an error. A
// connection that breaks, or that the service ends, is made anew.
func (c *Client) Follow(ctx context.Context, since graph.Revision, each func(graph.Change) error) error {
	for {
		err := c.events(ctx, &since, each)
		var stop *stopped
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &stop):
			return stop.err
		case err != nil && !repeatable(ctx, err):
			return err
		}
		timer := time.NewTimer(c.options.Wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// stopped is the error of who was handed a change.
type stopped struct{ err error }

func (s *stopped) Error() string { return s.err.Error() }

// events reads one connection's events.
func (c *Client) events(ctx context.Context, since *graph.Revision, each func(graph.Change) error) error {
	body, err := c.open(ctx, call{
		method: http.MethodGet, path: "/v1/changes", query: At{}.values("since", number(int(*since))),
		header: map[string]string{"Accept": "text/event-stream"},
	})
	if err != nil {
		return err
	}
	defer body.Close()
	return readEvents(body, since, each)
}

func readEvents(body io.Reader, since *graph.Revision, each func(graph.Change) error) error {
	s := bufio.NewScanner(body)
	s.Buffer(nil, maxLine)
	name := ""
	for s.Scan() {
		key, value, _ := strings.Cut(s.Text(), ": ")
		if key == "event" {
			name = value
		}
		if key != "data" || name != "change" {
			continue
		}
		var change graph.Change
		if err := json.Unmarshal([]byte(value), &change); err != nil {
			return fmt.Errorf("reading an event: %w", err)
		}
		if change.Revision <= *since {
			continue
		}
		if err := each(change); err != nil {
			return &stopped{err}
		}
		*since = change.Revision
	}
	return s.Err()
}
