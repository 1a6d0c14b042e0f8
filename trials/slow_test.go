package trials

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"debadge/extent"
)

// slowness is a client that holds a connection for as long as it may.
type slowness struct {
	name  string
	share int    // of a hundred
	begin string // what is sent at once
	then  string // what is sent byte by byte
	until time.Duration
}

// slownesses are how a client can be slow: in what it sends first, in the body
// that it announced, and in reading what it asked for. The service cuts each after
// its own time. Bodies stay below the requests that the service takes at the same
// time: they are requests, and more of them are turned away.
func slownesses() []slowness {
	const head = " HTTP/1.1\r\nHost: slow\r\n"
	all := []slowness{
		{"header", 80, "GET /v1/version" + head + "X-Slow: ", "x", 15 * time.Second},
		{"silence", 4, "", "", 15 * time.Second},
		{"body", 16, "POST /v1/screen" + head + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n[", " ", 45 * time.Second},
	}
	if !extent.Full() {
		return all[:2] // a body has half a minute
	}
	return all
}

// hold opens a connection and is slow on it until it is cut. It returns after what
// time that was.
func (s slowness) hold(from, address string) (time.Duration, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 30 * time.Second}
	conn, err := d.Dial("tcp", address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	begin := clock()
	if _, err := io.WriteString(conn, s.begin); err != nil {
		return 0, err
	}
	cut := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, conn) // ends when the service ends it
		close(cut)
	}()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for clock().Sub(begin) < 2*s.until {
		select {
		case <-cut:
			return clock().Sub(begin), nil
		case <-tick.C:
			if s.then != "" {
				_, _ = io.WriteString(conn, s.then) // it fails once the service has cut it
			}
		}
	}
	return clock().Sub(begin), fmt.Errorf("a slow %s is not cut", s.name)
}

// TestTrialL7 has slow clients hold thousands of connections: others are answered
// nearly as fast as without them, and the slow ones are cut.
func TestTrialL7(t *testing.T) {
	sockets, asks := 50, 200
	if extent.Full() {
		sockets, asks = 5_000, 2_000
	}
	path, products := synthetic(t, 2_000)
	p := start(t, "sqlite:"+path, nil)
	random := rand.New(rand.NewPCG(7, 7))
	others := func(n int) (took []time.Duration) {
		for range n {
			subject := products[random.IntN(len(products))]
			out := p.send(p.client, order{name: "trace", method: http.MethodGet, path: fmt.Sprintf("/v1/trace?paths=%d&subject=%s", 1+random.IntN(100), subject)})
			if out.wrong != nil || out.status != http.StatusOK {
				t.Errorf("%+v", out)
			}
			took = append(took, out.took)
		}
		return took
	}
	others(asks / 10)
	idle := others(asks / 2)
	address := strings.TrimPrefix(p.url, "http://")
	var under sync.WaitGroup
	var cut sync.Map // by name: the longest
	var held atomic.Int64
	for i := range sockets {
		at := i * 100 / sockets
		for _, s := range slownesses() {
			if at -= s.share; at >= 0 {
				continue
			}
			under.Go(func() {
				held.Add(1)
				defer held.Add(-1)
				took, err := s.hold(fmt.Sprintf("127.0.1.%d", 1+i%200), address)
				if err == nil && took > s.until {
					err = fmt.Errorf("a slow %s is cut after %s", s.name, took)
				}
				if err != nil {
					t.Error(err)
				}
				if old, ok := cut.Load(s.name); !ok || took > old.(time.Duration) { //nolint:errcheck // what was stored
					cut.Store(s.name, took)
				}
			})
			break
		}
		if i%100 == 99 {
			time.Sleep(10 * time.Millisecond) // not all in one burst: that would be another trial
		}
	}
	beside := others(asks)
	during := held.Load()
	open := p.gauges()["process_open_fds"]
	under.Wait()
	idle = append(idle, others(asks/2)...)
	after := p.gauges()["process_open_fds"]
	cut.Range(func(name, took any) bool {
		t.Logf("a slow %s is cut after at most %s", name, took)
		return true
	})
	t.Logf("%d slow sockets, %d of them still held when the others were answered; %.0f descriptors then, %.0f afterwards", sockets, during, open, after)
	t.Logf("p50 %s without and %s beside them; p99 %s and %s", percentile(idle, 50), percentile(beside, 50), percentile(idle, 99), percentile(beside, 99))
	if percentile(beside, 99) > 2*percentile(idle, 99) {
		t.Errorf("the p99 of others is more than twice")
	}
	if after > 60 {
		t.Errorf("%.0f descriptors are left", after)
	}
}
