package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/jobs"
	"debadge/ledger"
)

// TestScreeningsAreLogged has each screening, however it is asked for, leave an
// entry with the digest of its input and nothing of what the lines said.
func TestScreeningsAreLogged(t *testing.T) {
	s, l := remembering(t, func(o *Options) { withJobs(t, o, t.TempDir()) })
	s.runJobs(t)
	const asJSON, asCSV = `[{"product":"B1","supplier":"Jane Roe"},{"product":"G1"}]`, "model,supplier\nB1,Jane Roe\nG1,Acme\n"
	for _, w := range []int{
		s.send(t, "/v1/screen", jsonType, asJSON).Code,
		s.send(t, "/v1/screen/stream", csvType, asCSV).Code,
		s.send(t, "/v1/screen?policy=lax", jsonType, asJSON).Code, // answers nothing
	} {
		if w == http.StatusInternalServerError {
			t.Fatal(w)
		}
	}
	job := made(t, s.send(t, "/v1/jobs/screen", csvType, asCSV)).ID
	s.awaitJob(t, job, jobs.Done)
	bad := made(t, s.send(t, "/v1/jobs/import?format=csl", csvType, "broken")).ID
	s.awaitJob(t, bad, jobs.Failed)
	good := made(t, s.send(t, "/v1/jobs/import?format=csl&dry_run=true", csvType, "x")).ID
	s.awaitJob(t, good, jobs.Done)
	refreshed := made(t, s.send(t, "/v1/jobs/refresh?register=us-csl", "", "")).ID
	s.awaitJob(t, refreshed, jobs.Done)

	digest := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	want := []struct{ kind, subject, digest, has string }{
		{"screening", requestScreened, digest(asJSON), `"lines":2`},
		{"screening", streamScreened, digest(asCSV), `"finished":true`},
		{"screening", "job:" + job, digest(asCSV), `"review":1`},
		{"import", "job:" + bad, digest("broken"), `"outcome":"refused"`},
		{"import", "job:" + good, digest("x"), `"dry_run":true,"format":"csl","outcome":"done","report":"sha256:`},
		{"import", "job:" + refreshed, "", `"register":"us-csl"`},
	}
	var got []ledger.IndexedEntry
	if err := l.Entries(t.Context(), ledger.Entries{}, func(e ledger.IndexedEntry) error {
		got = append(got, e)
		return nil
	}); err != nil || len(got) != len(want) {
		t.Fatalf("%d entries, not %d: %v", len(got), len(want), err)
	}
	for i, w := range want {
		e := got[i]
		if string(e.Kind) != w.kind || e.Subject != w.subject || e.Digest != w.digest || e.Actor != "anonymous" || !strings.Contains(string(e.Details), w.has) {
			t.Errorf("%+v %s, not %v", e, e.Details, w)
		}
		if strings.Contains(string(e.Details), "Roe") || strings.Contains(string(e.Details), "B1") {
			t.Errorf("the entry says what a line said: %s", e.Details)
		}
	}
}

// TestActorOfJob has a job logged as by the one whose it is.
func TestActorOfJob(t *testing.T) {
	for caller, want := range map[string]string{"key erp": "key:erp", "token a b": "token:a b", string(NoCredential) + " x": "anonymous", "": "anonymous"} {
		if got := actorOfJob(&jobs.Job{Caller: caller}); got != want {
			t.Errorf("%q: %q", caller, got)
		}
	}
}

// brokenLog is a ledger that cannot be written to: a full disk is nothing that a
// test can have.
type brokenLog struct{ Ledger }

func (brokenLog) Log(context.Context, ...ledger.Event) (int64, error) {
	return 0, graph.Unavailable("the ledger cannot be written to", nil)
}

// TestNothingIsAnsweredUnlogged has no screening look whole that left no entry.
func TestNothingIsAnsweredUnlogged(t *testing.T) {
	s := newService(t, func(o *Options) {
		o.Ledger = brokenLog{}
	})
	if w := s.send(t, "/v1/screen", jsonType, `[{"product":"B1"}]`); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	server := s.live(t)
	response, err := server.Client().Post(server.URL+"/v1/screen/stream", csvType, strings.NewReader("model\nB1\n"))
	if err == nil {
		var lines []json.RawMessage
		d := json.NewDecoder(response.Body)
		for {
			var line json.RawMessage
			if err = d.Decode(&line); err != nil {
				break
			}
			lines = append(lines, line)
		}
		_ = response.Body.Close()
		if slices.ContainsFunc(lines, func(l json.RawMessage) bool { return strings.Contains(string(l), "head") }) {
			t.Errorf("%s", lines)
		}
	}
}
