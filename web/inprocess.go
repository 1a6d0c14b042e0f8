package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// inProcess asks a handler without a network. An answer streams: the first
// bytes can be read before the last ones are written, and who closes it early
// ends the request.
type inProcess struct {
	handler http.Handler
	visitor *http.Request // on whose behalf it asks
	id      string        // by which the log knows the visitor's request
}

// valueless is a context that ends with another one and holds nothing of it.
type valueless struct{ context.Context }

// Value returns nothing.
func (valueless) Value(any) any { return nil }

// handedOn are the headers that say where a visitor comes from.
var handedOn = []string{"X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Traceparent", "Tracestate"}

const requestIDHeader = "X-Request-Id"

var errCut = errors.New("the answer was cut off")

// RoundTrip asks the handler as if the visitor did.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	// What the context of the visitor's request holds is of that request alone:
	// its end is all that is handed on.
	ctx, cancel := context.WithCancel(valueless{r.Context()})
	inner := r.Clone(ctx) //nolint:contextcheck // it ends with the one of the request
	inner.RequestURI = r.URL.RequestURI()
	inner.Proto, inner.ProtoMajor, inner.ProtoMinor = "HTTP/1.1", 1, 1
	inner.Host, inner.RemoteAddr, inner.TLS = t.visitor.Host, t.visitor.RemoteAddr, t.visitor.TLS
	if inner.Body == nil {
		inner.Body = http.NoBody
	}
	for _, name := range handedOn {
		inner.Header.Del(name)
		if v := t.visitor.Header.Values(name); len(v) > 0 {
			inner.Header[http.CanonicalHeaderKey(name)] = v
		}
	}
	if t.id != "" {
		inner.Header.Set(requestIDHeader, t.id)
	}
	read, write := io.Pipe()
	w := &pipeWriter{header: http.Header{}, to: write, begun: make(chan struct{})}
	go func() {
		defer cancel()
		w.end(serveCaught(t.handler, w, inner))
	}()
	select {
	case <-w.begun:
	case <-r.Context().Done():
	}
	// An answer that begins because its visitor leaves is none.
	if err := context.Cause(r.Context()); err != nil {
		cancel()
		_ = read.Close()
		return nil, fmt.Errorf("asking: %w", err)
	}
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: closing{read, cancel}, ContentLength: -1, Request: r,
	}, nil
}

// serveCaught returns what a handler panicked with.
func serveCaught(h http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: %v", errCut, v)
		}
	}()
	h.ServeHTTP(w, r)
	return nil
}

// closing ends the request of a body that is closed.
type closing struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Close ends the request.
func (c closing) Close() error {
	c.cancel()
	return c.ReadCloser.Close()
}

// pipeWriter is the answer of a handler as it is written.
type pipeWriter struct {
	header http.Header
	to     *io.PipeWriter

	once   sync.Once
	begun  chan struct{} // closed once status and sent are there
	status int
	sent   http.Header
}

// Header returns what WriteHeader will send.
func (w *pipeWriter) Header() http.Header { return w.header }

// WriteHeader begins the answer.
func (w *pipeWriter) WriteHeader(status int) {
	if status < http.StatusOK {
		return
	}
	w.once.Do(func() {
		w.status, w.sent = status, w.header.Clone()
		close(w.begun)
	})
}

// Write blocks until what it writes is read.
func (w *pipeWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.to.Write(p)
}

// FlushError has nothing to do: nothing is held back.
func (w *pipeWriter) FlushError() error {
	w.WriteHeader(http.StatusOK)
	return nil
}

// Flush has nothing to do either.
func (w *pipeWriter) Flush() { _ = w.FlushError() }

// SetWriteDeadline is of no use: the reader is in the same process, and ends the
// request when the visitor's ends.
func (*pipeWriter) SetWriteDeadline(time.Time) error { return nil }

// SetReadDeadline is of no use either.
func (*pipeWriter) SetReadDeadline(time.Time) error { return nil }

// EnableFullDuplex is how it always is.
func (*pipeWriter) EnableFullDuplex() error { return nil }

// end ends the answer: in an error where the handler gave up.
func (w *pipeWriter) end(err error) {
	if err == nil {
		w.WriteHeader(http.StatusOK)
	} else {
		w.WriteHeader(http.StatusInternalServerError)
	}
	_ = w.to.CloseWithError(err)
}
