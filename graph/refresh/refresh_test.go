package refresh_test

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/index"
	"debadge/graph/ingest"
	"debadge/graph/refresh"
)

const theList graph.ID = "list:test"

// theFormat has a company a line, a header and a last line "end" without which
// it is cut off.
func theFormat() ingest.Format {
	return ingest.Format{Name: "plain", Register: "test", Publisher: "Test Office", Title: "Test List", Kind: "list", Read: read}
}

func read(_ context.Context, files []*file.File, sink ingest.Sink) error {
	for _, f := range files {
		lines, whole := bufio.NewScanner(f.Text), false
		for n := 1; lines.Scan(); n++ {
			text := lines.Text()
			switch {
			case n == 1 && text != "parties":
				return graph.Errorf(graph.KindInvalid, "%s is not a list of parties", f.Name)
			case n == 1:
				sink.Covers(theList)
				continue
			case text == "end":
				whole = true
				continue
			}
			party := graph.Entity{ID: ingest.PartyID("test", text, ""), Name: "Company " + text}
			err := sink.Record(ingest.Record{
				At:       ingest.Place{File: f.Name, Line: n},
				Entities: []graph.Entity{party, {ID: theList, Name: "Test List"}},
				Claims:   []ingest.Statement{{Claim: graph.Claim{Relation: graph.ListedOn, From: party.ID, To: theList, Status: graph.Confirmed}}},
			})
			if err != nil {
				return err
			}
		}
		if err := lines.Err(); err != nil {
			return err
		}
		if !whole {
			sink.Incomplete("the last line is missing")
		}
	}
	return nil
}

// publisher is a web server whose manners a test chooses.
type publisher struct {
	*httptest.Server
	mu       sync.Mutex
	answer   http.HandlerFunc
	requests []string // their conditions
}

func publish(t *testing.T) *publisher {
	t.Helper()
	p := &publisher{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		answer := p.answer
		p.requests = append(p.requests, r.Header.Get("If-None-Match"))
		p.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *publisher) says(answer http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

// edition is a well-mannered answer: so many companies, as an edition of a day.
func edition(companies int, modified string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		tag := fmt.Sprintf("%q", modified)
		w.Header().Set("ETag", tag)
		w.Header().Set("Last-Modified", modified)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(text(companies))) // a test's server
	}
}

func text(companies int) string {
	var b strings.Builder
	b.WriteString("parties\n")
	for i := range companies {
		fmt.Fprintf(&b, "%d\n", i)
	}
	b.WriteString("end\n")
	return b.String()
}

const (
	first  = "Mon, 02 Nov 2026 06:00:00 GMT"
	second = "Mon, 09 Nov 2026 06:00:00 GMT"
	third  = "Mon, 16 Nov 2026 06:00:00 GMT"
)

type bench struct {
	*refresh.Refresher
	publisher *publisher
	register  refresh.Register
	now       time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{publisher: publish(t), now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	store := index.NewMemory(func() time.Time { return b.now })
	b.Refresher = &refresh.Refresher{
		Store: store, HTTP: refresh.Client(), Folder: t.TempDir(), Policy: graph.DefaultPolicy(),
		Clock: func() time.Time { return b.now }, Stall: 300 * time.Millisecond, Author: "test",
		Formats: func(string) (ingest.Format, bool) { return theFormat(), true },
	}
	b.register = refresh.Register{Name: "test", Format: "plain", From: []string{b.publisher.URL + "/list"}, Lists: []graph.ID{theList}, MaxAgeDays: 7}
	return b
}

func (b *bench) refresh(t *testing.T) refresh.Outcome {
	t.Helper()
	outcome, err := b.Refresh(t.Context(), b.register, refresh.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

func (b *bench) members(t *testing.T) graph.ListSummary {
	t.Helper()
	lists, err := graph.Lists(t.Context(), b.Store, graph.Moment{}, graph.DayOf(b.now))
	if err != nil {
		t.Fatal(err)
	}
	if len(lists.Lists) == 0 {
		return graph.ListSummary{}
	}
	return lists.Lists[0]
}

func TestRefreshFollowsEditions(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publisher.says(edition(10, first))
	outcome := b.refresh(t)
	if outcome.Unchanged || outcome.Report.Added != 10 || outcome.Edition.String() != "2026-11-02" || outcome.Findings.Total != 10 {
		t.Fatalf("the first edition: %+v", outcome)
	}
	status, err := b.Store.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if outcome = b.refresh(t); !outcome.Unchanged || outcome.Report != nil {
		t.Fatalf("nothing is newer: %+v", outcome)
	}
	if again, err := b.Store.Status(t.Context()); err != nil || again.Revision != status.Revision {
		t.Fatalf("asking again on one day writes nothing: %v %v", again, err)
	}
	if asked := b.publisher.requests; len(asked) != 2 || asked[0] != "" || asked[1] == "" {
		t.Fatalf("the second request has to be conditional: %q", asked)
	}
	b.publisher.says(edition(9, second))
	outcome = b.refresh(t)
	if outcome.Report.Closed != 1 || outcome.Findings.Total != 1 || outcome.Findings.Rows[0].After.Finding != graph.Clear {
		t.Fatalf("the second edition: %+v %+v", outcome.Report, outcome.Findings)
	}
	if l := b.members(t); l.Members != 9 || l.Stale || l.Edition.String() != "2026-11-09" || l.Checked.String() != "2026-11-20" {
		t.Fatalf("the list: %+v", l)
	}
}

// TestStaleEditionsAskForAReview looks at the list again when nobody has asked
// for a newer edition for too long.
func TestStaleEditionsAskForAReview(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publisher.says(edition(2, first))
	b.refresh(t)
	_, err := b.Store.Append(t.Context(), graph.ChangeSet{Entities: []graph.Entity{{ID: "product:p", Name: "P"}}})
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]graph.Action{"2026-11-27": graph.Pass, "2026-11-28": graph.Review} {
		d, err := graph.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := graph.Trace(t.Context(), b.Store, graph.Question{Subject: "product:p", AsOf: d.Earliest(), Policy: graph.DefaultPolicy()})
		if err != nil || answer.Finding != graph.Clear || answer.Action != want || answer.Editions[0].Stale != (want == graph.Review) {
			t.Errorf("on %s: %s, %s, %+v, %v", day, answer.Finding, answer.Action, answer.Editions, err)
		}
	}
}

// TestBadManners tries what publishers do by mistake or worse: each time the
// last good edition stays, the reason is kept, and the next good one is taken.
func TestBadManners(t *testing.T) {
	t.Parallel()
	hijack := func(send string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			h, ok := w.(http.Hijacker)
			if !ok {
				panic("the test's server cannot be hijacked")
			}
			conn, buffer, err := h.Hijack()
			if err != nil {
				panic(err)
			}
			_, _ = buffer.WriteString(send)
			_ = buffer.Flush()
			_ = conn.Close()
		}
	}
	body := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"fails":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, "500"},
		"is gone": {http.NotFound, "404"},
		"stalls":  {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "nothing came for too long"},
		"stalls midway": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("parties\n1\n"))
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, "nothing came for too long"},
		"breaks off":            {hijack("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nparties\n1\n"), "unexpected EOF"},
		"states a short length": {hijack("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + text(10)), "not whole"},
		"truncates":             {body("parties\n1\n2\n"), "not whole"},
		"sends nothing":         {body(""), "holds nothing"},
		"sends an empty list":   {body("parties\nend\n"), "more than a fifth"},
		"sends a page":          {body("<html>maintenance</html>"), "not a list of parties"},
		"shrinks":               {body(text(4)), "more than a fifth"},
		"goes in circles":       {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "redirects more than"},
		"never changed":         {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.publisher.says(edition(10, first))
			b.refresh(t)
			b.publisher.says(test.answer)
			_, err := b.Refresh(t.Context(), b.register, refresh.Options{})
			if (err == nil) != (test.want == "") || (err != nil && !strings.Contains(err.Error(), test.want)) {
				t.Errorf("the error does not say %q: %v", test.want, err)
			}
			if l := b.members(t); l.Members != 10 || l.Edition.String() != "2026-11-02" {
				t.Errorf("the last good edition does not stay: %+v", l)
			}
			states, serr := refresh.States(b.Folder)
			if serr != nil || len(states) != 1 || (states[0].Error == "") != (err == nil) || states[0].Edition.String() != "2026-11-02" {
				t.Errorf("the state: %+v, %v", states, serr)
			}
			b.publisher.says(edition(11, third))
			if outcome := b.refresh(t); outcome.Report == nil || b.members(t).Members != 11 {
				t.Errorf("the next good edition is not taken: %+v", outcome)
			}
			if states, err := refresh.States(b.Folder); err != nil || states[0].Error != "" {
				t.Errorf("the error of before is still told: %+v, %v", states, err)
			}
		})
	}
}

func TestShrinkingIsAcceptedByAPerson(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publisher.says(edition(10, first))
	b.refresh(t)
	b.publisher.says(edition(4, second))
	outcome, err := b.Refresh(t.Context(), b.register, refresh.Options{AcceptShrink: true})
	if err != nil || outcome.Report.Closed != 6 {
		t.Fatalf("%+v, %v", outcome.Report, err)
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publisher.says(edition(3, first))
	outcome, err := b.Refresh(t.Context(), b.register, refresh.Options{DryRun: true})
	if err != nil || outcome.Report.Added != 3 {
		t.Fatalf("%+v, %v", outcome.Report, err)
	}
	if status, err := b.Store.Status(t.Context()); err != nil || status.Revision != 0 {
		t.Fatalf("the store has revision %d, %v", status.Revision, err)
	}
	if states, err := refresh.States(b.Folder); err != nil || len(states) != 0 {
		t.Fatalf("a state is kept: %+v, %v", states, err)
	}
}

func TestDigestsAndSignatures(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	good := text(3)
	sum := sha256.Sum256([]byte(good))
	serve := func(list, digest, signature string) {
		b.publisher.says(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(map[string]string{"/list": list, "/digest": digest, "/signature": signature}[r.URL.Path]))
		})
	}
	b.register.SHA256 = []string{b.publisher.URL + "/digest"}
	b.register.Signature = []string{b.publisher.URL + "/signature"}
	b.register.PublicKey = base64.StdEncoding.EncodeToString(public)
	digest, signature := hex.EncodeToString(sum[:])+"  list.txt\n", base64.StdEncoding.EncodeToString(ed25519.Sign(private, []byte(good)))
	for want, answer := range map[string][3]string{
		"not the one that is published": {text(4), digest, signature},
		"is not signed by the key":      {good, digest, base64.StdEncoding.EncodeToString(make([]byte, 64))},
		"is not base64":                 {good, digest, "!"},
	} {
		serve(answer[0], answer[1], answer[2])
		if _, err := b.Refresh(t.Context(), b.register, refresh.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error that says %q: %v", want, err)
		}
	}
	serve(good, digest, signature)
	if outcome := b.refresh(t); outcome.Report.Added != 3 {
		t.Errorf("the good file is not taken: %+v", outcome)
	}
}

func TestScheduledRefreshesGoOnUntilTheEnd(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publisher.says(edition(3, first))
	b.register.Enabled, b.register.Schedule = true, "@every 1s"
	b.Clock = func() time.Time { return time.Now().UTC() } //nolint:forbidigo // the schedule runs in real time
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var told []refresh.Outcome
	off := b.register
	off.Name, off.Enabled = "off", false
	err := b.Run(ctx, refresh.Manifest{Registers: []refresh.Register{off, b.register}}, func(o refresh.Outcome, err error) {
		if err != nil {
			t.Error(err)
		}
		if told = append(told, o); len(told) == 2 {
			cancel()
		}
	})
	if err != nil || len(told) != 2 || told[0].Unchanged || !told[1].Unchanged || told[0].Name != "test" {
		t.Fatalf("%+v, %v", told, err)
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	known := func(name string) bool { return name == "csl" }
	m, err := refresh.ParseManifest([]byte("registers:\n- name: us\n  format: csl\n  from: [lists/a.csv]\n  schedule: 30 6 * * 1-5\n  max_age_days: 3\n"), "/etc/debadge", known)
	if r, ok := m.Find("us"); err != nil || !ok || r.From[0] != "/etc/debadge/lists/a.csv" || r.Enabled {
		t.Fatalf("%+v, %v", m, err)
	}
	for text, want := range map[string]string{
		"registers: [{name: us, format: csl, from: [a], max_age: 3}]":                         "max_age",
		"registers: [{name: us, format: xls, from: [a]}]":                                     "registers[0].format",
		"registers: [{name: us, format: csl}]":                                                "registers[0].from",
		"registers: [{name: U S, format: csl, from: [a]}]":                                    "registers[0].name",
		"registers: [{name: us, format: csl, from: [a], schedule: daily}]":                    "registers[0].schedule",
		"registers: [{name: us, format: csl, from: [a], lists: [us]}]":                        "registers[0].lists",
		"registers: [{name: us, format: csl, from: [a], public_key: x}]":                      "registers[0].signature",
		"registers: [{name: us, format: csl, from: [a]}, {name: us, format: csl, from: [a]}]": "stands twice",
		"registers: 3": "manifest",
	} {
		_, err := refresh.ParseManifest([]byte(text), "", known)
		if err == nil || !strings.Contains(fmt.Sprintf("%v %+v", err, fieldsOf(err)), want) {
			t.Errorf("%s: want an error that says %q: %v", text, want, err)
		}
	}
}

func fieldsOf(err error) []graph.FieldError {
	if e, ok := err.(*graph.Error); ok { //nolint:errorlint // what the package returns
		return e.Fields
	}
	return nil
}
