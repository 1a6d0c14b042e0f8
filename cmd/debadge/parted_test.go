package main

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestServeNoticesAnotherStore starts a service on claims that are older than its
// ledger: it answers, says why it is not ready, and writes nothing.
func TestServeNoticesAnotherStore(t *testing.T) {
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		if code, out, wrong := command(t, append(args, "--store", "sqlite:"+dir+"/claims.db")...); code != answered {
			t.Fatalf("%v: %d %s%s", args, code, out, wrong)
		}
	}
	run("import", "bundle", "testdata/case.json")
	old, err := os.ReadFile(dir + "/claims.db")
	if err != nil {
		t.Fatal(err)
	}
	run("retract", "claim:n5-is-x1", "--reason", "withdrawn")
	run("decision", "record", "X1", "--action", "review", "--reason", "seen", "--author", "o.ficer")
	for _, file := range []string{"/claims.db-wal", "/claims.db-shm"} {
		_ = os.Remove(dir + file) // not there after an orderly end
	}
	if err := os.WriteFile(dir+"/claims.db", old, 0o600); err != nil {
		t.Fatal(err)
	}
	address, _ := start(t, "--store", "sqlite:"+dir+"/claims.db", "--anonymous", "admin")
	var body string
	for {
		status, text := asks(t, http.MethodGet, address+"/readyz", "")
		if body = text; status == http.StatusServiceUnavailable && strings.Contains(body, "ledger") {
			break
		}
		if t.Context().Err() != nil {
			t.Fatal(body)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !strings.Contains(body, "the store ends at revision 1") || !strings.Contains(body, "restore both from one backup") {
		t.Error(body)
	}
	for target, sent := range map[string]string{
		"/v1/changes":   `{"author": "a", "reason": "r", "entities": [{"id": "company:new", "name": "New"}]}`,
		"/v1/decisions": `{"subject": "X1", "action": "review", "reasoning": "seen", "author": "o.ficer"}`,
		"/v1/watches":   `{"subject": "X1"}`,
	} {
		if status, text := asks(t, http.MethodPost, address+target, sent); status != http.StatusServiceUnavailable || !strings.Contains(text, "the store ends at revision 1") {
			t.Errorf("%s: %d %s", target, status, text)
		}
	}
	if status, text := asks(t, http.MethodGet, address+"/v1/trace?subject=X1", ""); status != http.StatusOK || !strings.Contains(text, `"revision": 1`) {
		t.Errorf("%d %s", status, text)
	}
}

func asks(t *testing.T, method, target, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}
