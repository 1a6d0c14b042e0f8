package token

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// fetchEvery is how often keys are fetched at most.
const fetchEvery = time.Minute

// maxAnswer bounds what is read of an issuer.
const maxAnswer = 1 << 20

// errTooSoon is that keys were fetched a moment ago: a key that was not among
// them is not one of the issuer.
var errTooSoon = errors.New("the keys of the issuer were fetched less than a minute ago")

// gate stands between the service and the issuer.
type gate struct {
	next  http.RoundTripper
	clock func() time.Time

	mu      sync.Mutex
	keys    string    // the address of the keys
	fetched time.Time // when they were fetched last
	had     bool      // they ever came
	failed  error     // why they did not the last time
}

// watch says which address is that of the keys.
func (g *gate) watch(keys string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.keys = keys
}

// RoundTrip asks the issuer, but for keys that it was asked for just now.
func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	isKeys, err := g.enter(r.URL.String())
	if err != nil {
		return nil, err
	}
	next := g.next
	if next == nil {
		next = http.DefaultTransport
	}
	resp, err := next.RoundTrip(r)
	if isKeys {
		g.note(resp, err)
	}
	if err != nil {
		return nil, err
	}
	resp.Body = &bounded{ReadCloser: resp.Body, left: maxAnswer}
	return resp, nil
}

func (g *gate) enter(address string) (isKeys bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.keys == "" || address != g.keys {
		return false, nil
	}
	now := g.clock()
	wait := fetchEvery
	if !g.had {
		wait = askAgain // without any key nobody can come in
	}
	if !g.fetched.IsZero() && now.Sub(g.fetched) < wait && !now.Before(g.fetched) {
		if g.failed != nil {
			return true, g.failed
		}
		return true, errTooSoon
	}
	g.fetched = now
	return true, nil
}

func (g *gate) note(resp *http.Response, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failed = err
	if err == nil && resp.StatusCode != http.StatusOK {
		g.failed = errors.New("the issuer answers " + resp.Status)
	}
	g.had = g.had || g.failed == nil
}

// bounded is a body that ends with an error if it is larger than it may be.
type bounded struct {
	io.ReadCloser
	left int
}

// Read reads as far as the bound.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("the issuer answers with too much")
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
