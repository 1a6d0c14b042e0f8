package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tell sends a JSON body to a service.
func tell(t *testing.T, target, body string, want int) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	answer, err := io.ReadAll(w.Body)
	if err != nil || w.StatusCode != want {
		t.Fatalf("%s: %d %s, %v", target, w.StatusCode, answer, err)
	}
}

// TestServeDelivers has a service deliver an event to a receiver on this machine
// once a setting lets it, and not before: what waits outlasts the restart.
func TestServeDelivers(t *testing.T) {
	got := make(chan *http.Request, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r }))
	defer receiver.Close()
	store := "sqlite:" + filepath.Join(t.TempDir(), "claims.db")
	if code, _, wrong := command(t, "import", "bundle", "testdata/case.json", "--store", store); code != answered {
		t.Fatal(wrong)
	}
	address, stop := start(t, "--store", store)
	waitUntilReady(t, address)
	tell(t, address+"/v1/watches", `{"subject": "X1", "endpoint": "`+receiver.URL+`/hook"}`, http.StatusCreated)
	tell(t, address+"/v1/claims/claim:n5-is-x1/retract", `{"reason": "withdrawn", "author": "a.lopez"}`, http.StatusOK)
	for {
		_, out, _ := command(t, "watch", "events", "--format", "json", "--store", store)
		if strings.Contains(out, "--webhook-allow lets networks be reached") {
			break
		}
		if t.Context().Err() != nil {
			t.Fatal(out)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if code := stop(); code != answered {
		t.Errorf("the service ended with %d", code)
	}
	if code, out, wrong := command(t, "watch", "replay", "watch-1", "--since", "0", "--store", store); code != answered || out != "1 event will be delivered again\n" {
		t.Errorf("%d %s%s", code, out, wrong)
	}
	select {
	case <-got:
		t.Fatal("an event was delivered to where none may go")
	default:
	}
	_, stop = start(t, "--store", store, "--webhook-allow", "127.0.0.1")
	r := <-got
	if r.URL.Path != "/hook" || r.Header.Get("webhook-id") != "event-1" || !strings.HasPrefix(r.Header.Get("webhook-signature"), "v1,") {
		t.Errorf("%s %v", r.URL, r.Header)
	}
	if code := stop(); code != answered {
		t.Errorf("the service ended with %d", code)
	}
	if _, out, _ := command(t, "watch", "events", "--format", "json", "--store", store); !strings.Contains(out, `"state": "delivered"`) {
		t.Error(out)
	}
}
