package webhook

import (
	"context"
	"encoding/binary"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"debadge/ledger"
)

func newDeadline(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}

// onePort listens on a port of every loopback address that the machine has, and
// counts the connections that are made.
func onePort(t *testing.T) (port string, made *atomic.Int32) {
	t.Helper()
	made = &atomic.Int32{}
	accept := func(l net.Listener) {
		t.Cleanup(func() { _ = l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				made.Add(1)
				_ = c.Close()
			}
		}()
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	accept(l)
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if six, err := new(net.ListenConfig).Listen(t.Context(), "tcp6", "[::1]:"+port); err == nil {
		accept(six) // a machine without IPv6 has nothing there to reach
	}
	return port, made
}

// names answers for every name with addresses, other ones each time in turn.
func names(t *testing.T, answers ...[]string) *net.Resolver {
	t.Helper()
	conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		query := make([]byte, 1500)
		for asked := 0; ; {
			n, from, err := conn.ReadFrom(query)
			if err != nil {
				return
			}
			reply := answerTo(query[:n], answers[asked%len(answers)])
			if binary.BigEndian.Uint16(reply[6:]) > 0 {
				asked++
			}
			_, _ = conn.WriteTo(reply, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp4", conn.LocalAddr().String())
	}}
}

// answerTo writes a DNS response (RFC 1035) with those addresses that are of the
// kind that was asked for.
func answerTo(query []byte, addresses []string) []byte {
	const header, ttl = 12, 0
	end := header
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	kind := binary.BigEndian.Uint16(query[end+1:])
	reply := append([]byte{}, query[:end+5]...)
	binary.BigEndian.PutUint16(reply[2:], 0x8180)
	copy(reply[6:header], make([]byte, 6))
	count := uint16(0)
	for _, text := range addresses {
		ip := net.ParseIP(text)
		data, of := []byte(ip.To4()), uint16(1)
		if data == nil {
			data, of = ip, 28
		}
		if of != kind {
			continue
		}
		count++
		reply = append(reply, 0xc0, header) // the name of the question
		reply = binary.BigEndian.AppendUint16(reply, kind)
		reply = binary.BigEndian.AppendUint16(reply, 1)
		reply = binary.BigEndian.AppendUint32(reply, ttl)
		reply = binary.BigEndian.AppendUint16(reply, uint16(len(data)))
		reply = append(reply, data...)
	}
	binary.BigEndian.PutUint16(reply[6:], count)
	return reply
}

// attemptAt tries once to deliver an event to an endpoint.
func attemptAt(t *testing.T, s *Sender, w ledger.Watch, endpoint string) *failure {
	t.Helper()
	return s.attempt(t.Context(), &ledger.OutboxEvent{ID: "event-1", Watch: w.ID, Endpoint: endpoint, Event: []byte("{}")})
}

// TestTrialA9 sends webhooks to where none may go, by every spelling and by names
// that lead there: no connection is made.
func TestTrialA9(t *testing.T) {
	port, made := onePort(t)
	s := newScene(t)
	w := s.watch(t, "https://example.com/hook")
	short := func(o *Options) { o.Allowed, o.Timeout = nil, 2*time.Second }
	sender := s.sender(t, short)
	for _, host := range []string{
		"127.0.0.1", "127.1", "127.0.1", "127.000.000.001", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001", "127.255.255.254",
		"0", "0.0.0.0", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
		"localhost", "LOCALHOST", "localhost.", "ip6-localhost", "127.0.0.1.", "①②⑦.⓪.⓪.①", "127。0。0。1", "%31%32%37.0.0.1", "[fe80::1%25lo]",
		"169.254.169.254", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "2852039166", "0xa9fea9fe", "metadata.google.internal",
		"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "[fc00::1]", "[fd12:3456::1]", "[::ffff:10.0.0.1]",
		"224.0.0.1", "239.255.255.250", "[ff02::1]", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "[2001:db8::1]", "[3fff::1]",
	} {
		f := attemptAt(t, sender, w, "http://"+host+":"+port+"/hook")
		if f == nil {
			t.Errorf("%s took the event", host)
			continue
		}
		if _, _, odd := strings.Cut(f.reason, "public internet"); !odd && !strings.Contains(f.reason, "name") && !strings.Contains(f.reason, "not an address") {
			t.Errorf("%s: %s", host, f.reason)
		}
	}
	for what, answers := range map[string][][]string{
		"leads inside":                   {{"127.0.0.1"}},
		"leads inside by IPv6":           {{"::1"}},
		"leads inside by mapped IPv6":    {{"::ffff:127.0.0.1"}},
		"leads inside by several ways":   {{"127.0.0.1", "127.0.0.2", "::1", "10.0.0.1"}},
		"leads to the metadata":          {{"169.254.169.254"}},
		"leads elsewhere each time":      {{"198.51.100.7"}, {"127.0.0.1"}},
		"leads inside behind an address": {{"198.51.100.7", "127.0.0.1"}},
	} {
		bound := s.sender(t, func(o *Options) { short(o); o.Resolver = names(t, answers...) })
		for range 4 {
			if f := attemptAt(t, bound, w, "http://hook.example.test:"+port); f == nil || f.reason != errAddress.Error() {
				t.Errorf("a name that %s: %+v", what, f)
			}
		}
	}
	if n := made.Load(); n != 0 {
		t.Errorf("%d connections were made", n)
	}
	// What is allowed is reached, so that the trial would see a connection.
	open := s.sender(t, func(o *Options) { o.Timeout = 2 * time.Second; o.Resolver = names(t, []string{"127.0.0.1"}) })
	if f := attemptAt(t, open, w, "http://hook.example.test:"+port); f == nil || made.Load() != 1 {
		t.Errorf("%+v, %d connections", f, made.Load())
	}
}

// TestRedirectsInside has an endpoint that is allowed send the event on to one
// that is not.
func TestRedirectsInside(t *testing.T) {
	port, made := onePort(t)
	s := newScene(t)
	for _, code := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		r := newReceiver(t, always(code))
		r.Config.Handler = http.RedirectHandler("http://127.0.0.1:"+port+"/inside", code)
		if f := attemptAt(t, s.sender(t, nil), s.watch(t, r.URL), r.URL); f == nil || !strings.Contains(f.reason, "redirects are not followed") {
			t.Errorf("%d: %+v", code, f)
		}
	}
	if n := made.Load(); n != 0 {
		t.Errorf("%d connections were made", n)
	}
}

// TestProxyIsNotAsked has a proxy in the environment, which would look names up in
// our place.
func TestProxyIsNotAsked(t *testing.T) {
	port, made := onePort(t)
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:"+port)
	s := newScene(t)
	sender := s.sender(t, func(o *Options) { o.Resolver = names(t, []string{"10.0.0.1"}) })
	if f := attemptAt(t, sender, s.watch(t, "http://hook.example.test"), "http://hook.example.test"); f == nil || f.reason != errAddress.Error() || made.Load() != 0 {
		t.Errorf("%+v, %d connections", f, made.Load())
	}
}
