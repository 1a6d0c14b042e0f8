package ledger_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/ledger"
)

func createKey(t *testing.T, l *ledger.Ledger, n ledger.NewKey) (string, ledger.Key) {
	t.Helper()
	text, key, err := l.CreateKey(t.Context(), ledger.CommandLine, n)
	if err != nil {
		t.Fatal(err)
	}
	return text, key
}

func lookUp(t *testing.T, l *ledger.Ledger, text string) ledger.Key {
	t.Helper()
	hash, err := ledger.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	k, err := l.Key(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeyLife(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", filepath.Join(t.TempDir(), "ledger.db")} {
		clock := newTicking()
		l := openAt(t, path, ledger.Options{Clock: clock.time})
		start := clock.time()
		text, key := createKey(t, l, ledger.NewKey{Name: "erp", Role: ledger.Screener, ExpiresAt: start.Add(time.Hour)})
		if len(text) != 62 || !strings.HasPrefix(text, "dbk_") || key.ID != "key-1" || key.CreatedBy != ledger.CommandLine || key.Actor() != "key:erp" {
			t.Errorf("%q, %+v", text, key)
		}
		other, _ := createKey(t, l, ledger.NewKey{Name: "ops", Role: ledger.Admin})
		if other == text {
			t.Error("two keys are the same")
		}
		got := lookUp(t, l, text)
		if got != key || got.State(start) != ledger.KeyActive || got.State(start.Add(time.Hour-1)) != ledger.KeyActive || got.State(start.Add(time.Hour)) != ledger.KeyExpired {
			t.Errorf("%+v, not %+v", got, key)
		}

		// Used at most once a minute.
		for _, step := range []struct {
			wait, want time.Duration
		}{{0, 0}, {59 * time.Second, 0}, {time.Second, time.Minute}, {30 * time.Second, time.Minute}} {
			clock.add(step.wait)
			if err := l.Use(t.Context(), lookUp(t, l, text)); err != nil {
				t.Fatal(err)
			}
			if used := lookUp(t, l, text).LastUsed; !used.Equal(start.Add(step.want)) {
				t.Errorf("last used at %s, not %s after the start", used, step.want)
			}
		}

		for range 2 {
			revoked, err := l.RevokeKey(t.Context(), "key:ops", "key-1")
			if err != nil || !revoked.RevokedAt.Equal(start.Add(90*time.Second)) || revoked.State(start) != ledger.KeyRevoked {
				t.Errorf("%+v, %v", revoked, err)
			}
			clock.add(time.Second)
		}
		if k := lookUp(t, l, text); k.State(clock.time()) != ledger.KeyRevoked {
			t.Errorf("%+v", k)
		}
		keys, err := l.Keys(t.Context())
		if err != nil || len(keys) != 2 || keys[0].Name != "erp" || keys[1].Name != "ops" {
			t.Errorf("%+v, %v", keys, err)
		}
		// Two made, one revoked once: three entries.
		if v, err := l.Verify(t.Context()); err != nil || v.Entries != 3 || v.Keys != 2 {
			t.Errorf("%+v, %v", v, err)
		}
		if err := l.Export(t.Context(), func(data string) error {
			if strings.Contains(data, text[4:40]) {
				t.Error("the log holds the secret")
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
}

func TestKeyRefused(t *testing.T) {
	t.Parallel()
	l := inMemory(t)
	createKey(t, l, ledger.NewKey{Name: "erp", Role: ledger.Reader})
	for _, c := range []struct {
		name string
		key  ledger.NewKey
		kind graph.ErrorKind
		says string
	}{
		{"no name", ledger.NewKey{Role: ledger.Reader}, graph.KindInvalid, "empty"},
		{"a name with spaces around", ledger.NewKey{Name: " a", Role: ledger.Reader}, graph.KindInvalid, "space"},
		{"a name that turns the line", ledger.NewKey{Name: "a\u202eb", Role: ledger.Reader}, graph.KindInvalid, "seen"},
		{"a long name", ledger.NewKey{Name: strings.Repeat("a", 101), Role: ledger.Reader}, graph.KindInvalid, "longer"},
		{"no role", ledger.NewKey{Name: "a"}, graph.KindInvalid, "not a role"},
		{"an unknown role", ledger.NewKey{Name: "a", Role: "Admin"}, graph.KindInvalid, "use reader, screener"},
		{"expired", ledger.NewKey{Name: "a", Role: ledger.Reader, ExpiresAt: noon()}, graph.KindInvalid, "past"},
		{"a name that was used", ledger.NewKey{Name: "erp", Role: ledger.Reader}, graph.KindConflict, "key-1"},
	} {
		_, _, err := l.CreateKey(t.Context(), ledger.CommandLine, c.key)
		t.Log(c.name)
		wantError(t, err, c.kind, c.says)
	}
	for id, kind := range map[string]graph.ErrorKind{"key-2": graph.KindNotFound, "erp": graph.KindInvalid, "key-01": graph.KindInvalid, "key-": graph.KindInvalid} {
		_, err := l.RevokeKey(t.Context(), ledger.CommandLine, id)
		wantError(t, err, kind, id)
	}
	_, err := l.Key(t.Context(), ledger.KeyHash{})
	wantError(t, err, graph.KindNotFound, "not known")
}

// TestMistypedKey tells every key with one character changed, left out, doubled
// or moved from one that is not known.
func TestMistypedKey(t *testing.T) {
	t.Parallel()
	text, _ := createKey(t, inMemory(t), ledger.NewKey{Name: "erp", Role: ledger.Reader})
	const alphabet = "abcdefghijklmnopqrstuvwxyz234567ABC018-_ \n"
	check := func(wrong string) {
		t.Helper()
		if wrong == text {
			return
		}
		if _, err := ledger.ParseKey(wrong); graph.KindOf(err) != graph.KindInvalid || err == nil || strings.Contains(err.Error(), wrong) && wrong != "" {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	for i := range text {
		for _, r := range alphabet {
			check(text[:i] + string(r) + text[i+1:])
		}
		check(text[:i] + text[i+1:])
		check(text[:i] + text[i:i+1] + text[i:])
		if i > 0 {
			check(text[:i-1] + text[i:i+1] + text[i-1:i] + text[i+1:])
		}
	}
	check("")
	check("Bearer " + text)
	if _, err := ledger.ParseKey(text); err != nil {
		t.Error(err)
	}
}

func FuzzParseKey(f *testing.F) {
	l, err := ledger.Open(context.Background(), "", options())
	if err != nil {
		f.Fatal(err)
	}
	text, _, err := l.CreateKey(context.Background(), ledger.CommandLine, ledger.NewKey{Name: "k", Role: ledger.Reader})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{text, text[:20], "dbk_", "dbk_" + strings.Repeat("a", 58), "key", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ledger.ParseKey(text)
		if err != nil {
			if graph.KindOf(err) != graph.KindInvalid {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if b, err := ledger.ParseKey(text); err != nil || a != b || len(text) != 62 {
			t.Errorf("%q has the hashes %x and %x (%v)", text, a, b, err)
		}
	})
}
