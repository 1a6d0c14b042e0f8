package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"debadge/graph"
)

// grow appends a change set to a store.
func grow(t *testing.T, s graph.Store, name string) graph.Receipt {
	t.Helper()
	r, err := s.Append(t.Context(), graph.ChangeSet{
		Author: "tests", Reason: name, Entities: []graph.Entity{{ID: graph.ID("company:" + name), Name: name}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestFeedInBrief shows the first items of each change alone, and how many there
// are of each sort; a stream has all of them.
func TestFeedInBrief(t *testing.T) {
	s := newService(t, nil)
	whole := decode[feedPage](t, s.get(t, "/v1/changes").Body.Bytes())
	page := decode[feedPage](t, s.get(t, "/v1/changes?items=2").Body.Bytes())
	if len(whole.Counts) != 0 || len(page.Counts) != len(whole.Changes) || len(page.Changes) != len(whole.Changes) || page.Next != whole.Next {
		t.Fatalf("%+v", page.FeedHead)
	}
	for i, c := range whole.Changes {
		short, n := page.Changes[i], page.Counts[i]
		if n != (changeCounts{len(c.Entities), len(c.Sources), len(c.Claims), len(c.Retractions)}) || n.Claims < 3 {
			t.Errorf("%+v", n)
		}
		if len(short.Claims) != 2 || short.Claims[0].ID != c.Claims[0].ID || short.Claims[1].ID != c.Claims[1].ID || len(short.Entities) != 2 || short.ID != c.ID {
			t.Errorf("%+v", short)
		}
	}
	for accept, target := range map[string]string{ndjsonType: "/v1/changes?items=2", eventType: "/v1/changes?items=2", jsonType: "/v1/changes?items=0"} {
		if w := s.ask(t, request(t, http.MethodGet, target, map[string]string{"Accept": accept})); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "items") {
			t.Errorf("%s as %s: %d %s", target, accept, w.Code, w.Body)
		}
	}
}

func TestFeedPages(t *testing.T) {
	store := worldStore(t)
	for i := range 7 {
		grow(t, store, "c"+strconv.Itoa(i))
	}
	s := newService(t, func(o *Options) { o.Store = store })
	var got []graph.Revision
	for since := graph.Revision(0); ; {
		page := decode[feedPage](t, s.get(t, "/v1/changes?limit=3&since="+strconv.Itoa(int(since))).Body.Bytes())
		for _, c := range page.Changes {
			got = append(got, c.Revision)
		}
		if page.Since != since || page.Revision != 8 || len(page.Changes) > 3 {
			t.Fatalf("%+v", page)
		}
		if page.Next == page.Revision {
			break
		}
		since = page.Next
	}
	for i, r := range got {
		if int(r) != i+1 {
			t.Errorf("revisions %v", got)
		}
	}
	if len(got) != 8 {
		t.Errorf("%d changes", len(got))
	}
	if w := s.get(t, "/v1/changes?since=8"); !strings.Contains(w.Body.String(), `"changes": []`) {
		t.Errorf("%s", w.Body)
	}
	for target, status := range map[string]int{"/v1/changes?since=9": 404, "/v1/changes?since=-1": 422, "/v1/changes?limit=0": 422} {
		if w := s.get(t, target); w.Code != status {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

func TestFeedLines(t *testing.T) {
	store := worldStore(t)
	for i := range 250 {
		grow(t, store, "c"+strconv.Itoa(i))
	}
	s := newService(t, func(o *Options) { o.Store = store })
	for target, want := range map[string]FeedHead{
		"/v1/changes": {0, 251, 251}, "/v1/changes?since=249": {249, 251, 251}, "/v1/changes?since=10&limit=30": {10, 40, 251}, "/v1/changes?since=251": {251, 251, 251},
	} {
		w := s.ask(t, request(t, http.MethodGet, target, map[string]string{"Accept": ndjsonType}))
		at := want.Since
		for line := range bytes.Lines(w.Body.Bytes()) {
			l := decode[feedLine](t, line)
			if l.Change != nil {
				if at++; l.Change.Revision != at {
					t.Fatalf("%s: revision %d, want %d", target, l.Change.Revision, at)
				}
				continue
			}
			if l.Head == nil || *l.Head != want || at != want.Next {
				t.Errorf("%s: %+v at %d, want %+v", target, l.Head, at, want)
			}
		}
	}
}

// sse reads server-sent events from a service that runs.
type sse struct {
	lines *bufio.Scanner
	close func()
}

func openEvents(t *testing.T, address string, header map[string]string) (*sse, *http.Response) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/v1/changes", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", eventType)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	client := &http.Client{Transport: &http.Transport{}}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	done := func() { cancel(); _ = resp.Body.Close(); client.CloseIdleConnections() }
	t.Cleanup(done)
	return &sse{bufio.NewScanner(resp.Body), done}, resp
}

// next returns the next event, or the next comment as one without a name.
func (s *sse) next() (id, name, data string, ok bool) {
	for s.lines.Scan() {
		line := s.lines.Text()
		switch key, value, _ := strings.Cut(line, ": "); key {
		case "id":
			id = value
		case "event":
			name = value
		case "data":
			data = value
		case "":
			if value != "" {
				data = value
			}
			if id+name+data != "" {
				return id, name, data, true
			}
		}
	}
	return "", "", "", false
}

// quick makes a service that waits for nothing long.
func quick(s *service) {
	s.server.tail.patience = patience{poll: time.Millisecond, pulse: 20 * time.Millisecond, write: 200 * time.Millisecond}
}

func TestEvents(t *testing.T) {
	store := worldStore(t)
	s := newService(t, func(o *Options) { o.Store = store })
	quick(s)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	first, resp := openEvents(t, srv.URL, nil) //nolint:bodyclose // openEvents closes it
	if resp.Header.Get("Content-Type") != eventType || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s", resp.Header)
	}
	follow := func(e *sse, want graph.Revision) {
		t.Helper()
		for {
			id, name, data, ok := e.next()
			if !ok {
				t.Fatalf("the stream ended before revision %d", want)
			}
			if name != "change" {
				continue // a pulse
			}
			if c := decode[graph.Change](t, []byte(data)); id != strconv.Itoa(int(want)) || c.Revision != want {
				t.Fatalf("event %s has revision %d, want %d", id, c.Revision, want)
			}
			return
		}
	}
	follow(first, 1)
	grow(t, store, "two")
	follow(first, 2)
	grow(t, store, "three")
	grow(t, store, "four")
	second, _ := openEvents(t, srv.URL, map[string]string{"Last-Event-ID": "2"}) //nolint:bodyclose // as above
	for _, e := range []*sse{first, second} {
		follow(e, 3)
		follow(e, 4)
	}
	pulses := 0
	for pulses < 2 {
		if _, name, data, ok := second.next(); ok && name == "" && data == "revision 4" {
			pulses++
		} else if !ok || name != "" {
			t.Fatalf("%s %s", name, data)
		}
	}
	first.close()
	grow(t, store, "five")
	follow(second, 5)
	for header, status := range map[string]int{"x": 422, "9": 404} {
		_, resp := openEvents(t, srv.URL, map[string]string{"Last-Event-ID": header}) //nolint:bodyclose // as above
		if resp.StatusCode != status {
			t.Errorf("%s: %d", header, resp.StatusCode)
		}
	}
	if w := s.ask(t, request(t, http.MethodHead, "/v1/changes", map[string]string{"Accept": eventType})); w.Code != http.StatusOK {
		t.Errorf("HEAD: %d", w.Code)
	}
}

// TestEventsEndInOrder checks that a service stops at once although a stream is
// open, and that the stream ends as a whole one does.
func TestEventsEndInOrder(t *testing.T) {
	store := worldStore(t)
	s := newService(t, func(o *Options) { o.Store = store })
	quick(s)
	var network net.ListenConfig
	l, err := network.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, s, slog.New(slog.DiscardHandler), time.Minute) }()
	e, _ := openEvents(t, "http://"+l.Addr().String(), nil) //nolint:bodyclose // openEvents closes it
	if _, name, _, _ := e.next(); name != "change" {
		t.Fatal(name)
	}
	stop()
	for {
		if _, _, _, ok := e.next(); !ok {
			break
		}
	}
	if err := e.lines.Err(); err != nil {
		t.Errorf("the stream broke: %v", err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestEventsOfWhoDoesNotRead checks that a client that takes nothing is cut off,
// and holds nobody else up.
func TestEventsOfWhoDoesNotRead(t *testing.T) {
	store := worldStore(t)
	s := newService(t, func(o *Options) { o.Store = store })
	quick(s)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		t.Fatalf("%T", conn)
	}
	if err := tcp.SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("GET /v1/changes HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	reader, _ := openEvents(t, srv.URL, nil) //nolint:bodyclose // openEvents closes it
	name := strings.Repeat("n", 90_000)
	for i := range 150 {
		_, err := store.Append(t.Context(), graph.ChangeSet{Entities: []graph.Entity{{ID: graph.ID("company:c" + strconv.Itoa(i)), Name: name}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	reader.lines.Buffer(nil, 1<<20)
	for {
		id, _, _, ok := reader.next()
		if !ok {
			t.Fatal("the other stream ended")
		}
		if id == "151" {
			break
		}
	}
	for {
		s.server.tail.mu.Lock()
		n := s.server.tail.readers
		s.server.tail.mu.Unlock()
		if n == 1 {
			break
		}
		time.Sleep(5 * time.Millisecond) // until the test's own time is over
	}
}

func TestTooManyEvents(t *testing.T) {
	s := newService(t, nil)
	s.server.tail.readers = maxReaders
	w := s.ask(t, request(t, http.MethodGet, "/v1/changes", map[string]string{"Accept": eventType}))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestFeedFails(t *testing.T) {
	s := newService(t, func(o *Options) { o.Store = awayStore{graph.Unavailable("away", errors.New("x"))} })
	for _, accept := range []string{jsonType, ndjsonType, eventType} {
		w := s.ask(t, request(t, http.MethodGet, "/v1/changes", map[string]string{"Accept": accept}))
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: %d %s", accept, w.Code, w.Body)
		}
	}
}

func TestPrefer(t *testing.T) {
	for accept, want := range map[string]string{
		"": jsonType, "*/*": jsonType, "text/html": jsonType, eventType: eventType, "application/json, text/event-stream": jsonType,
		"application/json;q=0.5, application/x-ndjson": ndjsonType, "text/event-stream;q=0": jsonType, "application/x-ndjson;q=0.2,text/event-stream;q=0.4": eventType,
	} {
		if got := prefer(accept, jsonType, ndjsonType, eventType); got != want {
			t.Errorf("%q: %s, want %s", accept, got, want)
		}
	}
}
