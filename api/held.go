package api

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
)

// heldMost is how much of an answer waits to be sent with the rest of it.
const heldMost = 64 << 10

// heldConn sends an answer in one piece. The server of net/http sends one of more
// than 4 kB in two, and that costs both sides more than to look the answer up.
type heldConn struct {
	net.Conn

	mu   sync.Mutex
	held *[]byte // what waits; nil if everything is sent at once
}

// hold makes what is written from now on wait until the connection is idle or
// closed, or there is too much of it.
func (c *heldConn) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil {
		c.held = buffer()
	}
}

// Write sends, or keeps until the answer is whole.
func (c *heldConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held != nil && len(*c.held)+len(p) <= heldMost {
		*c.held = append(*c.held, p...)
		return len(p), nil
	}
	if err := c.release(); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// release sends what waits, and holds nothing any more.
func (c *heldConn) release() error {
	if c.held == nil {
		return nil
	}
	b := c.held
	c.held = nil
	_, err := c.Conn.Write(*b)
	buffers.Put(b)
	return err
}

// sent sends what waits. A connection that cannot be written to is of no use.
func (c *heldConn) sent() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.release() != nil {
		_ = c.Conn.Close()
	}
}

// CloseWrite tells the client that nothing follows what was written.
func (c *heldConn) CloseWrite() error {
	c.sent()
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Close sends what waits, unless something is being sent: that is cut.
func (c *heldConn) Close() error {
	if c.mu.TryLock() {
		defer c.mu.Unlock()
		_ = c.release() // who closes does not wait for the client to have it
	}
	return c.Conn.Close()
}

type heldKey struct{}

// holdAnswer lets the answer to a request be sent in one piece. It is for answers
// that are written at once, not for streams, nor for what a page or an agent asks
// within a request: that has an answer of its own.
func holdAnswer(ctx context.Context) {
	if c, ok := ctx.Value(heldKey{}).(*heldConn); ok && !recordOf(ctx).inner {
		c.hold()
	}
}

// heldListener accepts connections whose answers can be held. One with TLS is left
// as it is: the server has to know it, and a record of TLS is larger anyway.
type heldListener struct{ net.Listener }

// Accept waits for the next connection.
func (l heldListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if _, ok := c.(*tls.Conn); ok || err != nil {
		return c, err
	}
	return &heldConn{Conn: c}, nil
}

// holding makes a server send answers that are held once each is whole.
func holding(srv *http.Server) {
	srv.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if held, ok := c.(*heldConn); ok {
			return context.WithValue(ctx, heldKey{}, held)
		}
		return ctx
	}
	srv.ConnState = func(c net.Conn, state http.ConnState) {
		if held, ok := c.(*heldConn); ok && state == http.StateIdle {
			held.sent()
		}
	}
}
