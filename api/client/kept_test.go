package client_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"debadge/api/client"
	"debadge/graph"
)

func TestMe(t *testing.T) {
	me, err := serve(t, nil).Me(t.Context())
	if err != nil || me.Credential != "anonymous" || len(me.Roles) != 1 || me.Roles[0] != "admin" || len(me.May) != 6 {
		t.Errorf("%+v %v", me, err)
	}
}

// TestScreening asks about the same lines at once, as a stream and as a file.
func TestScreening(t *testing.T) {
	c := serve(t, nil)
	ctx := t.Context()
	rules := client.Screening{At: at, Explain: true}
	all, err := c.Screen(ctx, []client.ScreenLine{
		{Product: "KR2280-X2", Brand: "Aivres", Supplier: "no such company", CompanyIDs: []client.Identifier{{Scheme: "duns", Value: "123456789"}}},
		{Product: "no such thing"},
	}, rules)
	if err != nil || len(all.Rows) != 2 || !all.Finished || all.Lines != 2 {
		t.Fatalf("%+v %v", all, err)
	}
	first := all.Rows[0]
	if first.Finding != graph.Listed || first.Product == nil || first.Product.Entity == nil || len(first.Product.Listings) == 0 || len(first.Product.Listings[0].Paths) == 0 {
		t.Errorf("%+v", first)
	}
	if none, err := c.Screen(ctx, nil, rules); err != nil || len(none.Rows) != 0 {
		t.Errorf("%+v %v", none, err)
	}
	var rows []client.ScreenRow
	keep := func(r client.ScreenRow) error { rows = append(rows, r); return nil }
	sum, err := c.ScreenStream(ctx, strings.NewReader("Artikel\nKR2280-X2\nno such thing\n"), "csv", client.Screening{At: at, Map: []string{"product=Artikel"}}, keep)
	if err != nil || len(rows) != 2 || rows[0].Finding != graph.Listed || sum.Lines != 2 || sum.Revision != all.Revision {
		t.Errorf("%+v %+v %v", rows, sum, err)
	}
	stop := errors.New("enough")
	if _, err := c.ScreenStream(ctx, strings.NewReader(`{"product": "KR2280-X2"}`), "ndjson", rules, func(client.ScreenRow) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
	if _, err := c.ScreenStream(ctx, strings.NewReader(""), "xml", rules, keep); graph.KindOf(err) != graph.KindInvalid {
		t.Errorf("%v", err)
	}
	if _, err := c.ScreenStream(ctx, strings.NewReader("{"), "ndjson", client.Screening{At: client.At{Policy: "lax"}}, keep); !is(err, http.StatusUnprocessableEntity) {
		t.Errorf("%v", err)
	}
	j, err := c.ScreenFile(ctx, strings.NewReader("product\nKR2280-X2\n"), client.FileForm{}, rules)
	if err == nil {
		j, err = c.AwaitJob(ctx, j.ID, func(client.Job) {})
	}
	if err != nil || j.State != client.JobDone || j.Kind != "screen" {
		t.Fatalf("%+v %v", j, err)
	}
	if file, err := c.ScreenedFile(ctx, j.ID); err != nil || len(file.Rows) != 1 || file.Rows[0].Finding != graph.Listed {
		t.Errorf("%+v %v", file, err)
	}
	body, err := c.JobResult(ctx, j.ID, "text/html")
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(body)
	if _ = body.Close(); err != nil || !bytes.Contains(page, []byte("<html")) {
		t.Errorf("%.100s %v", page, err)
	}
}

// TestCutShort checks that a stream without its end is no answer.
func TestCutShort(t *testing.T) {
	for body, want := range map[string]string{
		"":                            "cut short",
		`{"row": {"line": 1}}` + "\n": "cut short",
		`{"head": {"finished": false, "reason": "the store is away"}}`: "the store is away",
		`{"row": `: "reading a line",
	} {
		c := serve(t, func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
		})
		_, err := c.ScreenStream(t.Context(), strings.NewReader("{}"), "ndjson", client.Screening{}, func(client.ScreenRow) error { return nil })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestJobs(t *testing.T) {
	c := serve(t, nil)
	ctx := t.Context()
	j, err := c.ImportFile(ctx, strings.NewReader("{}"), client.Import{Format: "bundle", Edition: "2024-01-01", Strict: true, DryRun: true})
	if err == nil {
		j, err = c.AwaitJob(ctx, j.ID, nil)
	}
	if err != nil || j.State != client.JobDone || j.Result == "" {
		t.Fatalf("%+v %v", j, err)
	}
	body, err := c.JobResult(ctx, j.ID, "application/json")
	if err != nil {
		t.Fatal(err)
	}
	report, err := io.ReadAll(body)
	if _ = body.Close(); err != nil || !bytes.Contains(report, []byte(`"strict": true`)) || !bytes.Contains(report, []byte(`"2024-01-01"`)) {
		t.Errorf("%s %v", report, err)
	}
	broken, err := c.Refresh(ctx, "us-csl", true, false)
	if err == nil {
		broken, err = c.AwaitJob(ctx, broken.ID, nil)
	}
	if err != nil || broken.State != client.JobFailed || broken.Problem == "" {
		t.Errorf("%+v %v", broken, err)
	}
	if _, err := c.JobResult(ctx, broken.ID, "application/json"); !is(err, http.StatusConflict) {
		t.Errorf("%v", err)
	}
	all, err := c.Jobs(ctx)
	if err != nil || len(all) != 2 || all[0].ID != broken.ID {
		t.Errorf("%+v %v", all, err)
	}
	if err := c.CancelJob(ctx, j.ID); err != nil {
		t.Errorf("%v", err)
	}
	if _, err := c.Job(ctx, j.ID); !is(err, http.StatusNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := c.ImportFile(ctx, strings.NewReader("{}"), client.Import{Format: "lax"}); !is(err, http.StatusUnprocessableEntity) {
		t.Errorf("%v", err)
	}
}

func TestDecisions(t *testing.T) {
	c := serve(t, nil)
	ctx := t.Context()
	made, err := c.Append(ctx, graph.ChangeSet{
		Author: "a.lopez", Reason: "a label", Entities: []graph.Entity{{ID: "product:acme:a9", Name: "A9", Brand: "Acme"}},
		Sources: []graph.Source{{ID: "source:label", Title: "A label", Publisher: "Acme"}},
		Claims: []graph.Claim{{
			Relation: graph.Makes, From: "company:inspur-group", To: "product:acme:a9", Status: graph.Reported,
			Citations: []graph.Citation{{Source: "source:label", Stance: graph.Supports}},
		}},
	}, client.Write{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := c.Decide(ctx, client.NewDecision{
		Subject: "A9", Action: graph.Block, Reasoning: "the label says so", Author: "a.lopez",
		Question: client.DecidedQuestion{AsOf: "2024-04-15", Lists: []string{"us-bis-entity-list"}},
	}, client.Once{MinRevision: made.Revision})
	if err != nil || d.ID != "decision-1" || d.Answer.Finding != graph.Listed {
		t.Fatalf("%+v %v", d, err)
	}
	if again, err := c.Decision(ctx, d.ID); err != nil || again.Answer != d.Answer {
		t.Errorf("%+v %v", again, err)
	}
	if page, err := c.Decisions(ctx, client.DecisionsOf{Subject: d.Question.Subject, Author: d.Author}, client.Page{Limit: 1}); err != nil || len(page.Decisions) != 1 || page.Next == "" {
		t.Errorf("%+v %v", page, err)
	}
	if checks, err := c.VerifyDecisions(ctx, "", client.Page{}); err != nil || checks.Verified != 1 || checks.Same != 1 {
		t.Errorf("%+v %v", checks, err)
	}
	if _, err := c.Retract(ctx, made.Claims[0], "a.lopez", "read wrongly", "", client.Write{}); err != nil {
		t.Fatal(err)
	}
	page, err := c.Decisions(ctx, client.DecisionsOf{Changed: true}, client.Page{})
	if err != nil || len(page.Decisions) != 1 || page.Decisions[0].Changed == nil || len(page.Decisions[0].Changed.ClaimsLost) == 0 {
		t.Errorf("%+v %v", page, err)
	}
	if _, err := c.Decide(ctx, client.NewDecision{Subject: "KR2280-X2"}, client.Once{}); !is(err, http.StatusUnprocessableEntity) {
		t.Errorf("%v", err)
	}
}

// TestSignOff decides once, though the request is sent twice, and has another
// officer sign.
func TestSignOff(t *testing.T) {
	calls := 0
	c := serve(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v1/decisions" || r.Method != http.MethodPost {
				h.ServeHTTP(w, r)
				return
			}
			if calls++; calls == 1 { // it is done, and the answer is lost
				h.ServeHTTP(httptest.NewRecorder(), r)
				http.Error(w, "from a proxy", http.StatusBadGateway)
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	ctx := t.Context()
	d, err := c.Decide(ctx, client.NewDecision{
		Subject: "KR2280-X2", Action: graph.Pass, Reasoning: "a license", Author: "a.lopez", Question: client.DecidedQuestion{Policy: "four-eyes"},
	}, client.Once{})
	if err != nil || d.ID != "decision-1" || d.State != "pending" || !d.NeedsSignOff || calls != 2 {
		t.Fatalf("%+v %v", d, err)
	}
	if _, err := c.SignOff(ctx, d.ID, client.NewSignOff{Verdict: "signed", Reasoning: "mine", Author: "a.lopez"}); !is(err, http.StatusConflict) {
		t.Errorf("%v", err)
	}
	if page, err := c.Decisions(ctx, client.DecisionsOf{State: "pending"}, client.Page{}); err != nil || len(page.Decisions) != 1 {
		t.Errorf("%+v %v", page, err)
	}
	d, err = c.SignOff(ctx, d.ID, client.NewSignOff{Verdict: "signed", Reasoning: "seen", Author: "b.chen"})
	if err != nil || d.State != "signed" || d.SignOff == nil || d.SignOff.Author != "b.chen" {
		t.Errorf("%+v %v", d, err)
	}
}

func TestWatches(t *testing.T) {
	c := serve(t, nil)
	ctx := t.Context()
	w, err := c.Watch(ctx, client.NewWatch{Subject: "KR2280-X2", Watcher: "procurement", Endpoint: "https://erp.example/hook"})
	if err != nil || w.Secret == "" {
		t.Fatalf("%+v %v", w, err)
	}
	for state, set := range map[string]func() (client.Watch, error){
		"paused": func() (client.Watch, error) { return c.PauseWatch(ctx, w.ID) },
		"active": func() (client.Watch, error) { return c.ResumeWatch(ctx, w.ID) },
	} {
		if got, err := set(); err != nil || got.State != state || got.Secret != "" {
			t.Errorf("%s: %+v %v", state, got, err)
		}
	}
	if secret, err := c.ReplaceSecret(ctx, w.ID); err != nil || secret == "" || secret == w.Secret {
		t.Errorf("%q %v", secret, err)
	}
	if events, err := c.WatchEvents(ctx, 0, 1, 10); err != nil || len(events.Events) != 0 {
		t.Errorf("%+v %v", events, err)
	}
	if n, err := c.ReplayWatch(ctx, w.ID, new(int64)); err != nil || n != 0 {
		t.Errorf("%d %v", n, err)
	}
	if page, err := c.Watches(ctx, 1, client.Page{}); err != nil || len(page.Watches) != 1 || page.Watches[0].Watcher != "procurement" {
		t.Errorf("%+v %v", page, err)
	}
	if _, err := c.EndWatch(ctx, w.ID); err != nil {
		t.Error(err)
	}
	if got, err := c.Watched(ctx, w.ID); err != nil || got.State != "ended" {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := c.ReplaceSecret(ctx, w.ID); !is(err, http.StatusConflict) {
		t.Errorf("%v", err)
	}
}

func TestAudit(t *testing.T) {
	c := serve(t, nil)
	ctx := t.Context()
	for i := range 3 {
		if _, err := c.Screen(ctx, []client.ScreenLine{{Product: fmt.Sprint("thing ", i)}}, client.Screening{}); err != nil {
			t.Fatal(err)
		}
	}
	page, err := c.Audit(ctx, client.AuditOf{Kind: "screening", Limit: 2})
	if err != nil || len(page.Entries) != 2 || page.Next == 0 || page.Entries[0].Digest == "" {
		t.Fatalf("%+v %v", page, err)
	}
	if rest, err := c.Audit(ctx, client.AuditOf{Kind: "screening", From: page.Next}); err != nil || len(rest.Entries) != 1 {
		t.Errorf("%+v %v", rest, err)
	}
	checkpoint, err := c.AuditCheckpoint(ctx)
	if err != nil || !bytes.HasPrefix(checkpoint, []byte("debadge-ledger-")) {
		t.Errorf("%s %v", checkpoint, err)
	}
	if key, err := c.AuditKey(ctx); err != nil || !bytes.HasPrefix(key, []byte("debadge-ledger-")) {
		t.Errorf("%s %v", key, err)
	}
	if proof, err := c.AuditProof(ctx, 2); err != nil || proof.Index != 2 || len(proof.Hashes) == 0 {
		t.Errorf("%+v %v", proof, err)
	}
	if _, err := c.AuditProof(ctx, 99); !is(err, http.StatusNotFound) {
		t.Errorf("%v", err)
	}
}

// TestSentOnce checks that what would be done twice is not repeated unless the
// service says that it did nothing, nor a file that was read.
func TestSentOnce(t *testing.T) {
	watch := func(c *client.Client) error {
		_, err := c.Watch(t.Context(), client.NewWatch{Subject: "KR2280-X2"})
		return err
	}
	for _, test := range []struct {
		status, calls int
		send          func(*client.Client) error
	}{
		{http.StatusServiceUnavailable, 1, watch},
		{http.StatusTooManyRequests, 3, watch},
		{http.StatusTooManyRequests, 1, func(c *client.Client) error {
			_, err := c.ImportFile(t.Context(), strings.NewReader("{}"), client.Import{Format: "bundle"})
			return err
		}},
	} {
		calls := 0
		c := serve(t, func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if calls++; calls < 3 {
					http.Error(w, "from a proxy", test.status)
					return
				}
				h.ServeHTTP(w, r)
			})
		})
		if err := test.send(c); calls != test.calls || (err == nil) != (calls == 3) {
			t.Errorf("%d: %d calls, %v", test.status, calls, err)
		}
	}
}
