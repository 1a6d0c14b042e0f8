package ledger_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/ledger"
)

// TestWebhookSecrets has a secret shown once, and signed with beside its
// successor for a while.
func TestWebhookSecrets(t *testing.T) {
	t.Parallel()
	clock := newTicking()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l, s := openAt(t, path, ledger.Options{Clock: clock.time}), newStore(t, listedCase())
	key := func(text string) string {
		t.Helper()
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whsec_"))
		if err != nil || !strings.HasPrefix(text, "whsec_") || len(raw) != 32 {
			t.Fatalf("%q is no secret of a webhook", text)
		}
		return string(raw)
	}
	signed := func(want ...string) {
		t.Helper()
		keys, err := l.Secrets(t.Context(), "watch-1")
		if err != nil || len(keys) != len(want) {
			t.Fatalf("%d keys, not %d (%v)", len(keys), len(want), err)
		}
		for i, k := range keys {
			if string(k) != want[i] {
				t.Errorf("key %d is another one", i)
			}
		}
	}
	w := mustWatch(t, l, s, "C1", "https://example.com/hook")
	first := key(w.Secret)
	signed(first)
	if fetched := mustWatch(t, l, s, "C1", ""); fetched.Secret != "" {
		t.Error("a watch without an endpoint has a secret")
	}
	text, err := l.ReplaceSecret(t.Context(), "key:tester", "watch-1")
	if err != nil {
		t.Fatal(err)
	}
	second := key(text)
	signed(second, first)
	clock.add(ledger.SecretOverlap)
	signed(second)
	all, err := l.Watches(t.Context())
	if err != nil || all[0].Secret != "" {
		t.Errorf("a secret is shown again: %v", err)
	}
	if err := l.Export(t.Context(), func(data string) error {
		if strings.Contains(data, "whsec_") || strings.Contains(data, text[6:]) {
			t.Errorf("the log has a secret: %s", data)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	_, err = l.ReplaceSecret(t.Context(), "key:tester", "watch-2")
	wantError(t, err, graph.KindConflict, "no endpoint")
	_, err = l.ReplaceSecret(t.Context(), "key:tester", "watch-3")
	wantError(t, err, graph.KindNotFound, "watch-3")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the ledger: %v, %v", info.Mode(), err)
	}
}

// TestReplayWatch delivers again what was given up, or all behind an event, and
// lets no endpoint fill the place of the others.
func TestReplayWatch(t *testing.T) {
	t.Parallel()
	l, s := inMemory(t), newStore(t, listedCase())
	mustWatch(t, l, s, "C1", "https://example.com/hook")
	mustWatch(t, l, s, "C1", "https://example.org/hook")
	mustWatch(t, l, s, "C1", "")
	for range 2 {
		mustAppend(t, s, with(claim("other-listed", graph.ListedOn, "company:other", "list:embargo")))
		rescreen(t, l, s)
		mustAppend(t, s, without("other-listed"))
		rescreen(t, l, s)
	}
	due, err := l.Due(t.Context(), 10, 1)
	if err != nil || len(due) != 2 || due[0].Watch != "watch-1" || due[1].Watch != "watch-2" {
		t.Fatalf("%+v, %v", due, err)
	}
	all, err := l.Due(t.Context(), 10, 10)
	if err != nil {
		t.Fatal(err)
	}
	given := 0
	for _, e := range all {
		if e.Watch == "watch-1" {
			err = l.MarkFailed(t.Context(), e.ID, "gone", time.Time{})
			given++
		} else {
			err = l.MarkDelivered(t.Context(), e.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if n, err := l.ReplayWatch(t.Context(), "key:tester", "watch-1", nil); err != nil || int(n) != given || given == 0 {
		t.Errorf("%d of %d, %v", n, given, err)
	}
	if n, err := l.ReplayWatch(t.Context(), "key:tester", "watch-2", nil); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := l.ReplayWatch(t.Context(), "key:tester", "watch-2", new(due[1].Seq)); err != nil || int(n) != given-1 {
		t.Errorf("%d, %v", n, err)
	}
	_, err = l.ReplayWatch(t.Context(), "key:tester", "watch-3", nil)
	wantError(t, err, graph.KindConflict, "no endpoint")
	if v, err := l.Verify(t.Context()); err != nil || v.Entries != 6 {
		t.Errorf("%+v, %v", v, err)
	}
}
