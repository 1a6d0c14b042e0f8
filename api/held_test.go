package api

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// countedListener counts the pieces in which its connections are written to.
type countedListener struct {
	net.Listener

	pieces atomic.Int64
}

type countedConn struct {
	net.Conn

	pieces *atomic.Int64
}

func (l *countedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return countedConn{c, &l.pieces}, err
}

func (c countedConn) Write(p []byte) (int, error) {
	c.pieces.Add(1)
	return c.Conn.Write(p)
}

// heldServer answers with 20,000 bytes that are held; /stream with half of them,
// which are not, and no end; /abort breaks off.
func heldServer(t *testing.T) *countedListener {
	t.Helper()
	l := &countedListener{Listener: listen(t)}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/stream" {
			holdAnswer(r.Context())
		}
		if r.URL.Path == "/abort" {
			_, _ = io.WriteString(w, strings.Repeat("x", 3000))
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Length", "20000")
		for range 2 {
			_, _ = io.WriteString(w, strings.Repeat("x", 10_000))
			if r.URL.Path == "/stream" {
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}
		}
	})
	runOn(t, l, h, io.Discard, time.Second, defaultLimits())
	return l
}

// TestHeldAnswers: an answer that is held leaves in one piece, whether or not the
// connection lives on; the next one on the connection too.
func TestHeldAnswers(t *testing.T) {
	t.Parallel()
	l := heldServer(t)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	from := bufio.NewReader(conn)
	for i, header := range []string{"", "", "Connection: close\r\n"} {
		if _, err := io.WriteString(conn, "GET /held HTTP/1.1\r\nHost: x\r\n"+header+"\r\n"); err != nil {
			t.Fatal(err)
		}
		r, err := http.ReadResponse(from, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil || len(body) != 20_000 {
			t.Fatalf("answer %d has %d bytes: %v", i, len(body), err)
		}
		if got := l.pieces.Load(); got != int64(i)+1 {
			t.Errorf("after %d answers, %d pieces were sent", i+1, got)
		}
	}
	if _, err := from.ReadByte(); err != io.EOF {
		t.Errorf("the connection is open: %v", err)
	}
}

// TestHeldAnswerCut: half an answer that was held does not look whole.
func TestHeldAnswerCut(t *testing.T) {
	t.Parallel()
	r, err := http.Get("http://" + heldServer(t).Addr().String() + "/abort")
	if err == nil {
		_, err = io.ReadAll(r.Body)
		_ = r.Body.Close()
	}
	if err == nil {
		t.Error("an answer that was cut looks whole")
	}
}

// TestStreamIsNotHeld: what is flushed arrives while the answer goes on.
func TestStreamIsNotHeld(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+heldServer(t).Addr().String()+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if _, err := io.ReadFull(r.Body, make([]byte, 10_000)); err != nil {
		t.Errorf("the first half of a stream: %v", err)
	}
}
