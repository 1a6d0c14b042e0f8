package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// running is a service on a socket of its own.
type running struct {
	address string
	client  *http.Client
	stop    context.CancelFunc
	ended   chan error
}

func run(t *testing.T, h http.Handler, log io.Writer, drain time.Duration, lim limits) *running {
	t.Helper()
	return runOn(t, listen(t), h, log, drain, lim)
}

// listen takes a free port.
func listen(t *testing.T) net.Listener {
	t.Helper()
	var c net.ListenConfig
	l, err := c.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func runOn(t *testing.T, l net.Listener, h http.Handler, log io.Writer, drain time.Duration, lim limits) *running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	transport := &http.Transport{MaxIdleConnsPerHost: 300}
	r := &running{address: l.Addr().String(), client: &http.Client{Transport: transport}, stop: stop, ended: make(chan error, 1)}
	go func() { r.ended <- serveWithin(ctx, l, h, slog.New(slog.NewJSONHandler(log, nil)), drain, lim) }()
	t.Cleanup(func() {
		stop()
		transport.CloseIdleConnections()
	})
	return r
}

// answered is what came back.
type answered struct {
	status int
	header http.Header
	closes bool // the connection
	body   string
}

func (r *running) get(ctx context.Context, path string) (answered, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.address+path, nil)
	if err != nil {
		return answered{}, err
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return answered{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answered{resp.StatusCode, resp.Header, resp.Close, string(body)}, err
}

// TestStop is the trial F8: a stop with 200 requests in flight answers them
// all, refuses new ones with Retry-After, and ends in time.
func TestStop(t *testing.T) {
	const inFlight = 200
	store := worldStore(t)
	var arrived sync.WaitGroup
	var views atomic.Int64
	arrived.Add(inFlight)
	release := make(chan struct{})
	s := newService(t, func(o *Options) {
		o.Store = viewStore{store, func(_ context.Context, read func() error) error {
			// The first views of the requests; each opens another one for its answer.
			if views.Add(1) <= inFlight {
				arrived.Done()
			}
			<-release
			return read()
		}}
	})
	r := run(t, s, s.log, 20*time.Second, defaultLimits())
	answers := make(chan error, inFlight)
	for range inFlight {
		go func() {
			got, err := r.get(t.Context(), "/v1/trace?subject=B1&known_at=2027-01-01")
			if err == nil && (got.status != http.StatusOK || !strings.Contains(got.body, `"finding": "listed"`)) {
				err = fmt.Errorf("%d %s", got.status, got.body)
			}
			answers <- err
		}()
	}
	arrived.Wait()
	r.stop()
	waitFor(t, func() bool { return strings.Contains(s.log.text(), `"in_flight":200`) })
	for _, path := range []string{"/v1/version", "/readyz"} {
		got, err := r.get(t.Context(), path)
		if err != nil || got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || !got.closes {
			t.Fatalf("%s: %v %+v", path, err, got)
		}
		if p := decode[problem](t, []byte(got.body)); p.RequestID != got.header.Get(requestIDHeader) {
			t.Errorf("%s", got.body)
		}
	}
	if got, err := r.get(t.Context(), "/livez"); err != nil || got.status != http.StatusOK {
		t.Errorf("/livez: %v %+v", err, got)
	}
	close(release)
	for range inFlight {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	select {
	case err := <-r.ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the service does not end")
	}
}

// TestStopCutsOff checks that a request that does not end is cut off in time,
// and told of.
func TestStopCutsOff(t *testing.T) {
	store := worldStore(t)
	arrived := make(chan struct{})
	s := newService(t, func(o *Options) {
		o.Store = viewStore{store, func(ctx context.Context, _ func() error) error {
			close(arrived)
			<-ctx.Done()
			return ctx.Err()
		}}
	})
	r := run(t, s, s.log, 50*time.Millisecond, defaultLimits())
	asked := make(chan error, 1)
	go func() {
		_, err := r.get(t.Context(), "/v1/trace?subject=B1&known_at=2027-01-01")
		asked <- err
	}()
	<-arrived
	r.stop()
	if err := <-r.ended; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v", err)
	}
	if err := <-asked; err == nil {
		t.Error("a request that was cut off has an answer")
	}
}

func TestServeFails(t *testing.T) {
	var c net.ListenConfig
	l, err := c.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Serve(t.Context(), l, http.NotFoundHandler(), slog.New(slog.DiscardHandler), time.Second); err == nil {
		t.Error("served on a closed listener")
	}
}

// TestSlowSockets checks that a client that sends its header byte by byte is
// cut, and that others are answered meanwhile.
func TestSlowSockets(t *testing.T) {
	s := newService(t, nil)
	lim := defaultLimits()
	lim.header = 200 * time.Millisecond
	r := run(t, s, s.log, time.Second, lim)
	var d net.Dialer
	var slow []net.Conn
	for range 50 {
		conn, err := d.DialContext(t.Context(), "tcp", r.address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "GET /v1/version HTTP/1.1\r\nX-Slow: "); err != nil {
			t.Fatal(err)
		}
		slow = append(slow, conn)
	}
	if got, err := r.get(t.Context(), "/v1/version"); err != nil || got.status != http.StatusOK {
		t.Errorf("beside slow sockets: %v %+v", err, got)
	}
	for _, conn := range slow {
		late := time.AfterFunc(10*time.Second, func() { conn.Close() })
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Errorf("a slow socket is not cut: %v", err)
		}
		late.Stop()
	}
}

func TestLargeHeader(t *testing.T) {
	s := newService(t, nil)
	r := run(t, s, s.log, time.Second, defaultLimits())
	got, err := r.get(t.Context(), "/v1/version?x="+strings.Repeat("x", 100<<10))
	if err != nil || got.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%v %+v", err, got)
	}
}

// TestSlowReader checks that a stream to a client that does not read ends with
// the stream's time limit.
func TestSlowReader(t *testing.T) {
	log := &logLines{}
	done := make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		out := &lineStream{w: w, control: http.NewResponseController(w)}
		defer limitWrites(r.Context(), out.control, 50*time.Millisecond-writeGrace)()
		for out.send(strings.Repeat("x", 1<<16)) == nil {
			continue
		}
	})
	r := run(t, h, log, time.Second, defaultLimits())
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", r.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: test\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("the stream does not end")
	}
}

// TestKeepAliveAfterStream checks that the deadline of a stream does not
// outlive it on its connection.
func TestKeepAliveAfterStream(t *testing.T) {
	s := newService(t, nil)
	r := run(t, s, s.log, time.Second, defaultLimits())
	r.client.Transport = &acceptStream{r.client.Transport}
	for range 20 {
		if got, err := r.get(t.Context(), "/v1/reach?origin=us-list"); err != nil || !strings.Contains(got.body, `{"head":`) {
			t.Fatalf("%v %+v", err, got)
		}
		if got, err := r.get(t.Context(), "/v1/version"); err != nil || !strings.Contains(got.body, "1.2.3") {
			t.Fatalf("%v %+v", err, got)
		}
	}
}

type acceptStream struct{ http.RoundTripper }

func (a *acceptStream) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Accept", ndjsonType)
	return a.RoundTripper.RoundTrip(r)
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for range 1000 {
		if done() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("waited in vain")
}

// TestLongTimeLimit checks that an answer may take as long as it was configured
// to, though the server lets writes take less.
func TestLongTimeLimit(t *testing.T) {
	store := worldStore(t)
	lim := defaultLimits()
	lim.write = 100 * time.Millisecond
	s := newService(t, func(o *Options) {
		o.RequestTimeout = 2 * time.Minute
		o.Store = viewStore{store, func(_ context.Context, read func() error) error {
			time.Sleep(2 * lim.write)
			return read()
		}}
	})
	r := run(t, s, s.log, time.Second, lim)
	for range 2 {
		if got, err := r.get(t.Context(), "/v1/trace?subject=B1&known_at=2027-01-01"); err != nil || got.status != http.StatusOK {
			t.Errorf("%v %+v", err, got)
		}
	}
}
