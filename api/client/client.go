// Package client asks a debadge service over HTTP, with the types that its
// OpenAPI document describes.
//
// What the service refuses is a [*Problem], with the status and the request id.
// A call that is safe to repeat is repeated a few times while the service is
// away or asks for patience: every question, and every write that carries an
// idempotency key, so that it is made once. What sends a file, or makes what has
// no key, is sent once. A subject that the service does not know is an answer,
// whose finding is unknown.
package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"debadge/graph"
)

// Client asks one service. Its zero value is not one; New makes it. It may be
// used by several goroutines.
type Client struct {
	base    string
	options Options
}

// Options are what a client does beside asking.
type Options struct {
	Token    string        // an API key or a bearer token; none asks without a credential
	HTTP     *http.Client  // default: http.DefaultClient
	Attempts int           // of one call, the first one included; default 3
	Wait     time.Duration // before the second attempt, and twice as long before each more; default 200 ms
}

// maxWait bounds how long the service can make a client wait for one attempt.
const maxWait = 30 * time.Second

// maxAnswer bounds an answer that is read whole.
const maxAnswer = 256 << 20

// New returns a client of the service at an address such as http://127.0.0.1:8080.
func New(address string, o Options) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, graph.Errorf(graph.KindInvalid, "%q is not the address of a service; write https://HOST:PORT", address)
	}
	o.HTTP = cmp.Or(o.HTTP, http.DefaultClient)
	o.Attempts, o.Wait = cmp.Or(o.Attempts, 3), cmp.Or(o.Wait, 200*time.Millisecond)
	return &Client{base: strings.TrimSuffix(address, "/"), options: o}, nil
}

// Problem is what the service refuses or could not do (RFC 9457).
type Problem struct { //nolint:errname // the name that RFC 9457 gives it
	Type       string             `json:"type"`
	Title      string             `json:"title"`
	Status     int                `json:"status"`
	Detail     string             `json:"detail"`
	RequestID  string             `json:"request_id"` // names the request in the service's log
	Errors     []graph.FieldError `json:"errors,omitempty"`
	Candidates []graph.EntityRef  `json:"candidates,omitempty"` // of an ambiguous name

	retryAfter time.Duration
}

// Error tells the problem and each field that is wrong.
func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s: %s (request %s)", p.Status, p.Title, p.Detail, p.RequestID)
	for _, f := range p.Errors {
		fmt.Fprintf(&b, "\n  %s: %s", f.Field, f.Message)
	}
	return b.String()
}

// call is one request.
type call struct {
	method, path string
	query        url.Values
	header       map[string]string
	body         any
	file         io.Reader // in place of body; it can be read once
	once         bool      // the same call again would do it again
}

// ask makes a call and reads its JSON answer.
func (c *Client) ask(ctx context.Context, to call, answer any) error {
	body, err := c.open(ctx, to)
	if err != nil {
		return err
	}
	defer body.Close()
	if err := json.NewDecoder(io.LimitReader(body, maxAnswer)).Decode(answer); err != nil {
		return fmt.Errorf("reading the answer of %s: %w", to.path, err)
	}
	return nil
}

// tell makes a call whose answer says nothing more.
func (c *Client) tell(ctx context.Context, to call) error {
	body, err := c.open(ctx, to)
	if err != nil {
		return err
	}
	return body.Close()
}

// read makes a call and reads its answer whole.
func (c *Client) read(ctx context.Context, to call) ([]byte, error) {
	body, err := c.open(ctx, to)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	data, err := io.ReadAll(io.LimitReader(body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", to.path, err)
	}
	return data, nil
}

// open makes a call until it is answered, or trying again does not help.
func (c *Client) open(ctx context.Context, to call) (io.ReadCloser, error) {
	var data []byte
	if to.body != nil {
		var err error
		if data, err = json.Marshal(to.body); err != nil {
			return nil, fmt.Errorf("writing the request to %s: %w", to.path, err)
		}
	}
	wait := c.options.Wait
	for attempt := 1; ; attempt++ {
		body, err := c.once(ctx, to, data)
		if err == nil || attempt >= c.options.Attempts || !to.repeatable(ctx, err) {
			return body, err
		}
		pause := wait
		if p, ok := errors.AsType[*Problem](err); ok && p.retryAfter > 0 {
			pause = min(p.retryAfter, maxWait)
		}
		wait *= 2
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, err
		case <-timer.C:
		}
	}
}

// repeatable reports whether a call may be made again, and succeed then. The
// service says that it asks for patience before it does anything.
func (to *call) repeatable(ctx context.Context, err error) bool {
	p, ok := errors.AsType[*Problem](err)
	if to.file != nil || to.once && (!ok || p.Status != http.StatusTooManyRequests) {
		return false
	}
	return repeatable(ctx, err)
}

// repeatable reports whether the same call may succeed later.
func repeatable(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		return true // the connection failed
	}
	switch p.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable:
		return true
	}
	return false
}

func (c *Client) once(ctx context.Context, to call, data []byte) (io.ReadCloser, error) {
	address := c.base + to.path
	if len(to.query) > 0 {
		address += "?" + to.query.Encode()
	}
	var body io.Reader = bytes.NewReader(data)
	if to.file != nil {
		body = to.file
	}
	r, err := http.NewRequestWithContext(ctx, to.method, address, body)
	if err != nil {
		return nil, fmt.Errorf("making the request: %w", err)
	}
	r.Header.Set("Accept", "application/json")
	if len(data) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.options.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.options.Token)
	}
	for name, value := range to.header {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	response, err := c.options.HTTP.Do(r)
	if err != nil {
		return nil, fmt.Errorf("asking the service: %w", err)
	}
	switch response.StatusCode {
	case http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent:
		return response.Body, nil
	}
	defer response.Body.Close()
	return nil, problemOf(response)
}

// problemOf reads a problem. What comes from something in between may be none.
func problemOf(r *http.Response) error {
	p := &Problem{}
	data, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil || json.Unmarshal(data, p) != nil || p.Status == 0 {
		p = &Problem{Title: http.StatusText(r.StatusCode), Detail: "the answer is no problem document"}
	}
	p.Status = r.StatusCode
	if seconds, err := strconv.Atoi(r.Header.Get("Retry-After")); err == nil && seconds > 0 {
		p.retryAfter = time.Duration(seconds) * time.Second
	}
	return p
}
