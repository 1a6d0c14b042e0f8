package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/ledger"
)

// remembering is a service with a ledger in memory.
func remembering(t *testing.T, change func(*Options)) (*service, *ledger.Ledger) {
	t.Helper()
	l, err := ledger.Open(t.Context(), "", ledger.Options{Clock: noon, Holder: "a test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return newService(t, func(o *Options) {
		o.Ledger = l
		if change != nil {
			change(o)
		}
	}), l
}

// order posts a body as somebody.
func (s *service) order(t *testing.T, as, target, body string, want int) *httptest.ResponseRecorder {
	t.Helper()
	header := map[string]string{}
	if as != "" {
		header["Authorization"] = "Bearer " + as
	}
	var w *httptest.ResponseRecorder
	if body == "" {
		w = s.ask(t, request(t, http.MethodPost, target, header))
	} else {
		w = s.post(t, target, body, header)
	}
	if w.Code != want {
		t.Fatalf("%s: %d, not %d: %s", target, w.Code, want, w.Body)
	}
	return w
}

func (s *service) look(t *testing.T, as, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := s.ask(t, request(t, http.MethodGet, target, map[string]string{"Authorization": "Bearer " + as}))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", target, w.Code, w.Body)
	}
	return w
}

const decided = `{"subject": "B1", "action": "block", "reasoning": "seen", "author": "somebody else",
	"attachments": [{"name": "letter.pdf", "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}],
	"question": {"as_of": "2024-01-01", "policy": "cautious", "lists": ["us-list"]}}`

// TestDecisions records decisions, finds the one whose finding has changed and
// what changed it, and verifies all of them.
func TestDecisions(t *testing.T) {
	s, _ := remembering(t, guarded)
	w := s.order(t, "dbk_officer", "/v1/decisions", decided, http.StatusCreated)
	d := decode[ledger.Decision](t, w.Body.Bytes())
	if d.ID != "decision-1" || d.Author != "key:the officer" || d.Action != graph.Block || d.Answer.Finding != graph.Listed || len(d.Attachments) != 1 {
		t.Errorf("%+v", d)
	}
	if q := d.Question; q.Subject != "product:beta:b1" || q.AsOf != date(t, "2024-01-01") || q.Revision != 1 || q.Policy.Name != "cautious" || len(q.Lists) != 1 || q.Lists[0] != "list:us-list" {
		t.Errorf("%+v", q)
	}
	s.order(t, "a.b.both", "/v1/decisions", `{"subject": "G1", "action": "pass", "reasoning": "clear"}`, http.StatusCreated)
	if got := decode[ledger.Decision](t, s.look(t, "dbk_reader", "/v1/decisions/decision-1").Body.Bytes()); got.Answer != d.Answer || got.Author != d.Author {
		t.Errorf("%+v", got)
	}
	ids := func(query string) string {
		t.Helper()
		var all []string
		for _, d := range decode[decisionsAnswer](t, s.look(t, "dbk_reader", "/v1/decisions"+query).Body.Bytes()).Decisions {
			all = append(all, d.ID)
		}
		return strings.Join(all, " ")
	}
	for query, want := range map[string]string{
		"": "decision-1 decision-2", "?subject=product:gamma:g1": "decision-2", "?author=key:the%20officer": "decision-1", "?author=nobody": "",
		"?cursor=decision-1": "decision-2", "?limit=1": "decision-1", "?changed=true": "",
	} {
		if got := ids(query); got != want {
			t.Errorf("%s: %q, not %q", query, got, want)
		}
	}
	claim := decode[entityAnswer](t, s.look(t, "dbk_reader", "/v1/entities/product:beta:b1").Body.Bytes())
	for _, c := range claim.Claims {
		if c.Relation == graph.RebrandedAs {
			s.order(t, "dbk_analyst", "/v1/claims/"+string(c.ID)+"/retract", `{"reason": "withdrawn"}`, http.StatusOK)
		}
	}
	changed := decode[decisionsAnswer](t, s.look(t, "dbk_reader", "/v1/decisions?changed=true").Body.Bytes()).Decisions
	if len(changed) != 1 || changed[0].ID != "decision-1" {
		t.Fatalf("%+v", changed)
	}
	if c := changed[0].Changed; c.Now.Strength != graph.Reported || c.Revision != 2 || len(c.Lost) != 1 || len(c.ClaimsLost) != 1 {
		t.Errorf("%+v", c)
	}
	if got := ids("?changed=true&author=token:user-2"); got != "" {
		t.Error(got)
	}
	v := decode[verifiedAnswer](t, s.look(t, "dbk_reader", "/v1/decisions/verify").Body.Bytes())
	if v.Verified != 2 || v.Same != 2 || v.Next != "" {
		t.Errorf("%+v", v)
	}
	if v := decode[verifiedAnswer](t, s.look(t, "dbk_reader", "/v1/decisions/verify?limit=1").Body.Bytes()); v.Verified != 1 || v.Next != "decision-1" {
		t.Errorf("%+v", v)
	}
}

// TestSecondOfficer has a decision signed by another officer, and by nobody else.
func TestSecondOfficer(t *testing.T) {
	policy := graph.DefaultPolicy()
	policy.Name, policy.SecondOfficer = "four-eyes", []graph.Action{graph.Pass}
	s, _ := remembering(t, func(o *Options) { guarded(o); o.Policies = []graph.Policy{policy} })
	const body = `{"subject": "B1", "action": "pass", "reasoning": "a license", "question": {"policy": "four-eyes"}}`
	header := map[string]string{"Authorization": "Bearer dbk_officer", "Idempotency-Key": `"order-17"`}
	for range 2 {
		if d := decode[ledger.Decision](t, s.post(t, "/v1/decisions", body, header).Body.Bytes()); d.ID != "decision-1" || d.State != ledger.Waiting || !d.NeedsSignOff {
			t.Errorf("%+v", d)
		}
	}
	if w := s.post(t, "/v1/decisions", strings.Replace(body, "pass", "block", 1), header); w.Code != http.StatusConflict {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := s.post(t, "/v1/decisions", body, map[string]string{"Authorization": "Bearer dbk_officer", "Idempotency-Key": `""`}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	const sign = `{"verdict": "signed", "reasoning": "seen", "author": "somebody else"}`
	s.order(t, "dbk_officer", "/v1/decisions/decision-1/sign-off", sign, http.StatusConflict)
	s.order(t, "dbk_analyst", "/v1/decisions/decision-1/sign-off", sign, http.StatusForbidden)
	d := decode[ledger.Decision](t, s.order(t, "a.b.both", "/v1/decisions/decision-1/sign-off", sign, http.StatusOK).Body.Bytes())
	if d.State != ledger.Signed || d.SignOff == nil || d.SignOff.Author != "token:user-2" {
		t.Errorf("%+v", d)
	}
	for query, want := range map[string]int{"?state=signed": 1, "?state=pending": 0, "?state=signed&changed=true": 0} {
		if got := decode[decisionsAnswer](t, s.look(t, "dbk_reader", "/v1/decisions"+query).Body.Bytes()).Decisions; len(got) != want {
			t.Errorf("%s: %+v", query, got)
		}
	}
	if log := decode[auditAnswer](t, s.look(t, "dbk_admin", "/v1/audit?kind=signoff").Body.Bytes()); len(log.Entries) != 1 || log.Entries[0].Subject != "decision-1" {
		t.Errorf("%+v", log)
	}
}

// TestWatchesAtRevision reads what was found, and its events, at the revision of
// what was just written.
func TestWatchesAtRevision(t *testing.T) {
	s, _ := remembering(t, guarded)
	s.order(t, "dbk_officer", "/v1/watches", `{"subject": "A1"}`, http.StatusCreated)
	claims := decode[entityAnswer](t, s.look(t, "dbk_reader", "/v1/entities/product:acme:a1").Body.Bytes())
	for _, c := range claims.Claims {
		if c.Relation == graph.Makes {
			s.order(t, "dbk_analyst", "/v1/claims/"+string(c.ID)+"/retract", `{"reason": "withdrawn"}`, http.StatusOK)
		}
	}
	if got := decode[eventsAnswer](t, s.look(t, "dbk_reader", "/v1/watches/events").Body.Bytes()); len(got.Events) != 0 {
		t.Errorf("%+v", got)
	}
	if got := decode[eventsAnswer](t, s.look(t, "dbk_reader", "/v1/watches/events?min_revision=2").Body.Bytes()); len(got.Events) != 1 || got.Events[0].Event.Revision != 2 {
		t.Errorf("%+v", got)
	}
	if got := decode[watchesAnswer](t, s.look(t, "dbk_reader", "/v1/watches?min_revision=2").Body.Bytes()); got.Watches[0].Found.Finding != graph.Clear {
		t.Errorf("%+v", got)
	}
}

// TestKeptIsRefused states what is refused of decisions, watches and the log, and
// that nothing of it leaves an entry.
func TestKeptIsRefused(t *testing.T) {
	s, l := remembering(t, nil)
	for _, c := range []struct {
		method, target, body string
		status               int
		says                 string
	}{
		{"POST", "/v1/decisions", `{"subject": "B1", "action": "pass", "reasoning": "seen"}`, 422, "body.author"},
		{"POST", "/v1/decisions", `{"subject": "B1", "action": "allow", "reasoning": "seen", "author": "o"}`, 422, "body.action"},
		{"POST", "/v1/decisions", `{"subject": "B1", "action": "pass", "reasoning": "", "author": "o"}`, 422, "body.reasoning"},
		{"POST", "/v1/decisions", `{"subject": "B1", "action": "pass", "reasoning": " ", "author": "o"}`, 422, "body.reasoning"},
		{"POST", "/v1/decisions", `{"subject": "B1", "action": "pass", "reasoning": "x", "author": "o", "reasonning": "x"}`, 422, "reasonning"},
		{"POST", "/v1/decisions", `{"subject": "B1", "action": "pass", "action": "block", "reasoning": "x", "author": "o"}`, 422, "twice"},
		{"POST", "/v1/decisions", `{"subject": "B1", "action": "pass", "reasoning": "x", "author": "o", "attachments": [{"name": "a", "sha256": "A0"}]}`, 422, "body.attachments[0].sha256"},
		{"POST", "/v1/decisions", `{"subject": "B1", "action": "pass", "reasoning": "x", "author": "o", "question": {"as_of": "2024"}}`, 422, "body.question.as_of"},
		{"POST", "/v1/decisions", `{"subject": "B1", "action": "pass", "reasoning": "x", "author": "o", "question": {"as_of": 2024}}`, 422, "body.question.as_of"},
		{"POST", "/v1/decisions", `{"subject": "B1", "action": "pass", "reasoning": "x", "author": "o", "question": {"policy": "lax"}}`, 422, "body.question.policy"},
		{"POST", "/v1/decisions", `{"subject": "B1", "action": "pass", "reasoning": "x", "author": "o", "question": {"lists": ["nowhere"]}}`, 404, "nowhere"},
		{"POST", "/v1/decisions", `{"subject": "B1", "action": "pass", "reasoning": "x", "author": "o", "question": {"known_at": "7"}}`, 404, "revision"},
		{"POST", "/v1/decisions", `{"subject": "Twin", "action": "pass", "reasoning": "x", "author": "o"}`, 409, "product:gamma:twin"},
		{"POST", "/v1/decisions", `[]`, 422, ""},
		{"POST", "/v1/decisions/decision-1/sign-off", `{"verdict": "signed", "reasoning": "x", "author": "o"}`, 404, "decision-1"},
		{"POST", "/v1/decisions/decision-1/sign-off", `{"verdict": "signed", "reasoning": "x"}`, 422, "body.author"},
		{"POST", "/v1/decisions/decision-1/sign-off", `{"verdict": "final", "reasoning": "x", "author": "o"}`, 422, "body.verdict"},
		{"GET", "/v1/decisions?state=done", "", 422, "query.state"},
		{"GET", "/v1/decisions/decision-1", "", 404, "there is no decision-1"},
		{"GET", "/v1/decisions/1", "", 422, "decision-1"},
		{"GET", "/v1/decisions?cursor=x", "", 422, "decision-1"},
		{"GET", "/v1/decisions?changed=perhaps", "", 422, "query.changed"},
		{"POST", "/v1/watches", `{"subject": "Z9"}`, 404, "Z9"},
		{"POST", "/v1/watches", `{"subject": "B1", "endpoint": "file:///etc/passwd"}`, 422, "endpoint"},
		{"POST", "/v1/watches", `{"subject": "B1", "policy": "lax"}`, 422, "body.policy"},
		{"POST", "/v1/watches/watch-1/pause", "", 404, "watch-1"},
		{"POST", "/v1/watches/watch-1/replay?after=x", "", 422, "query.after"},
		{"GET", "/v1/watches/watch-1", "", 404, "watch-1"},
		{"GET", "/v1/watches?cursor=1", "", 422, "query.cursor"},
		{"GET", "/v1/audit?kind=secrets", "", 422, "query.kind"},
		{"GET", "/v1/audit?newest=true&cursor=2", "", 422, "query.cursor"},
		{"GET", "/v1/audit/proof/0", "", 404, "no entry 0"},
		{"GET", "/v1/audit/proof/-1", "", 422, "path.index"},
	} {
		var w *httptest.ResponseRecorder
		if c.body != "" {
			w = s.post(t, c.target, c.body, nil)
		} else {
			w = s.ask(t, request(t, c.method, c.target, nil))
		}
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %s %s: %d %s", c.method, c.target, c.body, w.Code, w.Body)
		}
	}
	if state, err := l.State(t.Context()); err != nil || state.Size != 0 {
		t.Errorf("%+v, %v", state, err)
	}
}

// TestWatching watches a product, fetches what happens to it as a feed, and shows
// a secret once, and an endpoint to those alone who may make one.
func TestWatching(t *testing.T) {
	s, l := remembering(t, guarded)
	made := decode[ledger.Watch](t, s.order(t, "dbk_officer", "/v1/watches",
		`{"subject": "B1", "watcher": "procurement", "endpoint": "https://example.com/hook?token=letmein", "policy": "cautious"}`, http.StatusCreated).Body.Bytes())
	if made.ID != "watch-1" || made.CreatedBy != "key:the officer" || !strings.HasPrefix(made.Secret, "whsec_") || made.Found.Finding != graph.Listed {
		t.Errorf("%+v", made)
	}
	s.order(t, "dbk_officer", "/v1/watches", `{"subject": "G1"}`, http.StatusCreated)
	for as, endpoint := range map[string]string{"dbk_officer": "https://example.com/hook?token=letmein", "dbk_reader": "https://example.com"} {
		all := decode[watchesAnswer](t, s.look(t, as, "/v1/watches").Body.Bytes()).Watches
		if len(all) != 2 || all[0].Endpoint != endpoint || all[0].Secret != "" || all[1].Watcher != "key:the officer" {
			t.Errorf("%s: %+v", as, all)
		}
		if one := decode[ledger.Watch](t, s.look(t, as, "/v1/watches/watch-1").Body.Bytes()); one.Endpoint != endpoint || one.Secret != "" {
			t.Errorf("%s: %+v", as, one)
		}
	}
	if p := decode[watchesAnswer](t, s.look(t, "dbk_reader", "/v1/watches?limit=1").Body.Bytes()); p.Next != "watch-1" {
		t.Errorf("%+v", p)
	} else if p := decode[watchesAnswer](t, s.look(t, "dbk_reader", "/v1/watches?limit=1&cursor="+p.Next).Body.Bytes()); len(p.Watches) != 1 || p.Watches[0].ID != "watch-2" || p.Next != "" {
		t.Errorf("%+v", p)
	}
	s.order(t, "dbk_analyst", "/v1/changes", `{"id": "listing", "reason": "listed", "claims": [{"relation": "LISTED_ON", "from": "company:gamma", "to": "list:us-list",
		"status": "confirmed", "citations": [{"source": "source:notice", "stance": "supports"}]}]}`, http.StatusOK)
	if _, err := l.Rescreen(t.Context(), s.server.Store, graph.DayOf(noon())); err != nil {
		t.Fatal(err)
	}
	feed := decode[eventsAnswer](t, s.look(t, "dbk_reader", "/v1/watches/events").Body.Bytes())
	if len(feed.Events) != 1 || feed.Next != 1 || feed.Events[0].Watch != "watch-2" || feed.Events[0].Event.After.Finding != graph.Listed || len(feed.Events[0].Event.Gained) != 1 {
		t.Fatalf("%+v", feed)
	}
	if feed := decode[eventsAnswer](t, s.look(t, "dbk_reader", "/v1/watches/events?after=1").Body.Bytes()); len(feed.Events) != 0 || feed.Next != 1 {
		t.Errorf("%+v", feed)
	}
	if secret := decode[secretAnswer](t, s.order(t, "dbk_officer", "/v1/watches/watch-1/secret", "", http.StatusOK).Body.Bytes()).Secret; secret == made.Secret || !strings.HasPrefix(secret, "whsec_") {
		t.Error("the secret was not replaced")
	}
	if n := decode[replayAnswer](t, s.order(t, "dbk_officer", "/v1/watches/watch-1/replay?after=0", "", http.StatusOK).Body.Bytes()).Replayed; n != 0 {
		t.Error(n)
	}
	s.order(t, "dbk_officer", "/v1/watches/watch-2/replay", "", http.StatusConflict)
	for _, step := range []string{"pause paused", "resume active", "end ended"} {
		name, state, _ := strings.Cut(step, " ")
		if w := decode[ledger.Watch](t, s.order(t, "dbk_officer", "/v1/watches/watch-1/"+name, "", http.StatusOK).Body.Bytes()); string(w.State) != state {
			t.Errorf("%+v", w)
		}
	}
	s.order(t, "dbk_officer", "/v1/watches/watch-1/resume", "", http.StatusConflict)
	if strings.Contains(s.log.text(), "whsec_") || strings.Contains(s.log.text(), "letmein") {
		t.Error("the log has a secret")
	}
}

// TestAudit fetches entries, and verifies a checkpoint and a proof as somebody
// does who has the verifier key alone.
func TestAudit(t *testing.T) {
	s, _ := remembering(t, guarded)
	for range 3 {
		s.order(t, "dbk_officer", "/v1/decisions", decided, http.StatusCreated)
	}
	s.order(t, "dbk_officer", "/v1/watches", `{"subject": "G1"}`, http.StatusCreated)
	indexes := func(query string) string {
		t.Helper()
		a := decode[auditAnswer](t, s.look(t, "dbk_admin", "/v1/audit"+query).Body.Bytes())
		var all []int64
		for _, e := range a.Entries {
			if e.Actor != "key:the officer" {
				t.Errorf("%+v", e)
			}
			all = append(all, e.Index)
		}
		return fmt.Sprint(all, a.Next)
	}
	for query, want := range map[string]string{
		"": "[0 1 2 3] 0", "?limit=2": "[0 1] 2", "?limit=2&cursor=2": "[2 3] 4", "?cursor=4": "[] 0", "?kind=watch": "[3] 0",
		"?about=decision-2": "[1] 0", "?newest=true&limit=3": "[3 2 1] 0",
	} {
		if got := indexes(query); got != want {
			t.Errorf("%s: %s, not %s", query, got, want)
		}
	}
	key := s.look(t, "dbk_admin", "/v1/audit/key").Body.String()
	c, err := ledger.OpenCheckpoint(s.look(t, "dbk_admin", "/v1/audit/checkpoint").Body.Bytes(), key)
	if err != nil || c.Size != 4 {
		t.Errorf("%+v, %v", c, err)
	}
	p, err := ledger.ParseProof(s.look(t, "dbk_admin", "/v1/audit/proof/1").Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := p.Check(strings.TrimSpace(key))
	if err != nil || e.Subject != "decision-2" {
		t.Errorf("%+v, %v", e, err)
	}
	p.Entry = []byte(strings.Replace(string(p.Entry), "block", "pass", 1))
	if _, _, err := p.Check(strings.TrimSpace(key)); graph.KindOf(err) != graph.KindConflict {
		t.Errorf("an entry that was changed is proved: %v", err)
	}
}

// TestWithoutLedger has everything that needs one say so.
func TestWithoutLedger(t *testing.T) {
	s := newService(t, nil)
	for _, target := range []string{
		"/v1/decisions", "/v1/decisions/decision-1", "/v1/decisions/verify", "/v1/watches", "/v1/watches/watch-1", "/v1/watches/events",
		"/v1/audit", "/v1/audit/checkpoint", "/v1/audit/key", "/v1/audit/proof/1",
	} {
		if w := s.get(t, target); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "no ledger") {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	for target, body := range map[string]string{
		"/v1/decisions": decided, "/v1/watches": `{"subject": "G1"}`, "/v1/watches/watch-1/pause": "", "/v1/watches/watch-1/secret": "", "/v1/watches/watch-1/replay": "",
	} {
		s.order(t, "", target, body, http.StatusServiceUnavailable)
	}
}
