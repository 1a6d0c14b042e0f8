package neo4j_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/neo4j"
)

// commitMessage is a COMMIT of the Bolt protocol: a chunk of two bytes, an empty
// structure of signature 12, and the end of the message.
var commitMessage = []byte{0x00, 0x02, 0xB0, 0x12, 0x00, 0x00}

// cutter is a proxy that breaks the connection at the first commit after it was
// armed.
type cutter struct {
	net.Listener

	server  string
	armed   atomic.Bool
	forward bool        // the commit reaches the server; its reply is lost either way
	refuse  bool        // no connection is let through after that
	closed  atomic.Bool // because of refuse
}

func startCutter(t *testing.T, server string) *cutter {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{Listener: l, server: server}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go c.serve(client)
		}
	}()
	return c
}

func (c *cutter) serve(client net.Conn) {
	defer func() { _ = client.Close() }()
	if c.closed.Load() {
		return
	}
	server, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", c.server)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	var cut atomic.Bool
	replied := make(chan struct{})
	go func() {
		defer close(replied)
		buffer := make([]byte, 64<<10)
		for {
			n, err := server.Read(buffer)
			if err != nil || cut.Load() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if bytes.HasSuffix(buffer[:n], commitMessage) && c.armed.CompareAndSwap(true, false) {
			cut.Store(true)
			c.closed.Store(c.refuse)
			if c.forward {
				if _, err := io.Copy(server, bytes.NewReader(buffer[:n])); err == nil {
					<-replied // the server has committed
				}
			}
			return
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// TestLostReply loses the reply to a commit, which is then neither success nor
// failure, and checks what Append makes of it.
func TestLostReply(t *testing.T) {
	for _, c := range []struct {
		name            string
		forward, refuse bool
		says            string // "" for an acknowledgement
		stored          bool
	}{
		{"committed", true, false, "", true},
		{"not committed", false, false, "did not store", false},
		{"committed, then away", true, true, "not known", true},
		{"not committed, then away", false, true, "not known", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := empty(t)
			direct := openAt(t, server, now)
			proxy := startCutter(t, strings.TrimPrefix(server.URI, "bolt://"))
			proxy.forward, proxy.refuse = c.forward, c.refuse
			config := configOf(server, now)
			config.URI = "bolt://" + proxy.Addr().String()
			config.Retry = time.Second
			s, err := neo4j.Open(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			appendAll(t, s, chain("before"))

			proxy.armed.Store(true)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			receipt, err := s.Append(ctx, chain("lost"))
			switch {
			case c.says == "" && (err != nil || receipt.Revision != 2 || receipt.Added != 3 || receipt.Replayed):
				t.Errorf("Append is %+v, %v", receipt, err)
			case c.says != "" && (graph.KindOf(err) != graph.KindUnavailable || !strings.Contains(err.Error(), c.says)):
				t.Errorf("Append is %+v, %v", receipt, err)
			}
			status, err := direct.Status(t.Context())
			if err != nil || (status.Revision == 2) != c.stored {
				t.Errorf("the store holds %+v, %v", status, err)
			}
			// Whoever appends again gets one revision, whatever happened.
			again, err := direct.Append(t.Context(), chain("lost"))
			if err != nil || again.Revision != 2 || again.Replayed != c.stored {
				t.Errorf("Append again is %+v, %v", again, err)
			}
		})
	}
}

// TestBrokenView breaks the connection within a view, which then reads again
// from the start.
func TestBrokenView(t *testing.T) {
	server := empty(t)
	appendAll(t, openAt(t, server, now), chain("before"))
	proxy := startCutter(t, strings.TrimPrefix(server.URI, "bolt://"))
	config := configOf(server, now)
	config.URI = "bolt://" + proxy.Addr().String()
	s, err := neo4j.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	proxy.armed.Store(true)
	reads := 0
	err = s.View(t.Context(), graph.Moment{}, func(v graph.View) error {
		reads++
		return walkUp(t.Context(), v, "product:before")
	})
	// The commit of a view is no commit of anything: it may be tried again or not.
	if err != nil && graph.KindOf(err) != graph.KindUnavailable {
		t.Errorf("View is %v after %d reads", err, reads)
	}
	if err := s.View(t.Context(), graph.Moment{}, func(v graph.View) error { return walkUp(t.Context(), v, "product:before") }); err != nil {
		t.Errorf("the next View is %v", err)
	}
}
