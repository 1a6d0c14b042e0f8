package ledger_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"debadge/extent"
	"debadge/graph"
	"debadge/ledger"
)

// tampering is one way to change a log behind the ledger's back. It changes the
// entries of a log of at most so many, before the checkpoint's size.
type tampering struct {
	name   string
	change func(r *rand.Rand, entries []string, checkpoint int) []string
}

// tamperings are the seven of trial A11.
func tamperings() []tampering {
	return []tampering{
		{"bit flipped", func(r *rand.Rand, entries []string, checkpoint int) []string {
			i := r.IntN(checkpoint)
			data := []byte(entries[i])
			data[r.IntN(len(data))] ^= 1 << r.IntN(8)
			entries[i] = string(data)
			return entries
		}},
		{"deleted", func(r *rand.Rand, entries []string, checkpoint int) []string {
			i := r.IntN(checkpoint)
			return slices.Delete(entries, i, i+1)
		}},
		{"inserted", func(r *rand.Rand, entries []string, checkpoint int) []string {
			return slices.Insert(entries, r.IntN(checkpoint), strings.Replace(entries[0], "order-0", "order-inserted", 1))
		}},
		{"swapped", func(r *rand.Rand, entries []string, checkpoint int) []string {
			i, j := r.IntN(checkpoint), r.IntN(len(entries)-1)
			if j >= i {
				j++
			}
			entries[i], entries[j] = entries[j], entries[i]
			return entries
		}},
		{"truncated", func(r *rand.Rand, entries []string, checkpoint int) []string {
			return entries[:r.IntN(checkpoint)]
		}},
		{"forked", func(r *rand.Rand, entries []string, checkpoint int) []string {
			fork := entries[:r.IntN(checkpoint)]
			for i := range len(entries) + r.IntN(8) - len(fork) {
				fork = append(fork, fmt.Sprintf(`{"actor":"key:other","kind":"screening","subject":"fork-%d","time":"2026-06-01T12:00:00Z"}`, i))
			}
			return fork
		}},
	}
}

// trialLog is a log to be tampered with, with a checkpoint at each of its sizes.
type trialLog struct {
	path        string
	whole       []byte
	older       map[int][]byte // the file as it was at a size
	entries     []string
	verifier    string
	checkpoints [][]byte
}

func newTrialLog(t *testing.T, size int) *trialLog {
	t.Helper()
	trial := &trialLog{path: filepath.Join(t.TempDir(), "ledger.db"), older: map[int][]byte{}}
	keep := func() []byte {
		data, err := os.ReadFile(trial.path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for n := range size + 1 {
		l := openAt(t, trial.path, options())
		if n > 0 {
			logMany(t, l, n-1, n)
		}
		signed, err := l.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		trial.checkpoints = append(trial.checkpoints, signed)
		if trial.verifier, err = l.VerifierKey(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n == size {
			if err := l.Export(t.Context(), func(data string) error {
				trial.entries = append(trial.entries, data)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil { // moves the write-ahead log into the file
			t.Fatal(err)
		}
		trial.older[n] = keep()
	}
	trial.whole = keep()
	return trial
}

// verify verifies a changed log, and reports whether that was noticed.
func (trial *trialLog) verify(ctx context.Context, path string, checkpoint int) error {
	c, err := ledger.OpenCheckpoint(trial.checkpoints[checkpoint], trial.verifier)
	if err != nil {
		return err
	}
	l, err := ledger.Open(ctx, path, ledger.Options{Clock: noon, ReadOnly: true, KeyFile: trial.path + ".audit-key"})
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	_, err = l.Verify(ctx, c)
	return err
}

// rewrite puts other entries into the log; with hashes that fit them if whoever
// does it knows how.
func rewrite(ctx context.Context, path string, entries []string, knowing bool) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	// The generated columns would refuse what is no JSON.
	for _, statement := range []string{
		"DROP INDEX entries_by_kind", "DROP INDEX entries_by_subject",
		"ALTER TABLE entries DROP COLUMN kind", "ALTER TABLE entries DROP COLUMN subject", "DELETE FROM entries",
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	var hashes []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, err error) {
		for _, i := range indexes {
			found = append(found, hashes[i])
		}
		return found, nil
	})
	for n, data := range entries {
		if _, err := tx.ExecContext(ctx, "INSERT INTO entries (n, data) VALUES (?, CAST(? AS TEXT))", n, []byte(data)); err != nil {
			return err
		}
		more, err := tlog.StoredHashes(int64(n), []byte(data), reader)
		if err != nil {
			return err
		}
		hashes = append(hashes, more...)
	}
	if !knowing {
		return tx.Commit()
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM hashes"); err != nil {
		return err
	}
	for n, h := range hashes {
		if _, err := tx.ExecContext(ctx, "INSERT INTO hashes (n, hash) VALUES (?, ?)", n, h[:]); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// TestTrialA11 changes the log in each of the ways of trial A11, as somebody who
// knows nothing of hashes and as somebody who makes all of them anew: with an
// earlier checkpoint every one is noticed. DEBADGE_TRIAL_FULL=1 tries each of
// them a thousand times.
func TestTrialA11(t *testing.T) {
	t.Parallel()
	const size = 24
	trial := newTrialLog(t, size)
	if err := trial.verify(t.Context(), trial.path, size/2); err != nil {
		t.Fatalf("the log as it is: %v", err)
	}
	rounds := extent.Rounds(50, 1000)
	for _, way := range tamperings() {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(11, uint64(len(way.name))))
			path := filepath.Join(t.TempDir(), "ledger.db")
			for round := range rounds {
				checkpoint := 1 + r.IntN(size)
				knowing := round%2 == 1
				restore(t, path, trial.whole)
				changed := way.change(r, slices.Clone(trial.entries), checkpoint)
				if err := rewrite(t.Context(), path, changed, knowing); err != nil {
					t.Fatal(err)
				}
				noticed(t, trial.verify(t.Context(), path, checkpoint), "round %d, checkpoint at %d, hashes made anew: %t", round, checkpoint, knowing)
			}
			t.Logf("%d of %d were noticed", rounds, rounds)
		})
	}
	t.Run("rolled back", func(t *testing.T) {
		t.Parallel()
		r := rand.New(rand.NewPCG(11, 1))
		path := filepath.Join(t.TempDir(), "ledger.db")
		for round := range rounds {
			checkpoint := 1 + r.IntN(size)
			restore(t, path, trial.older[r.IntN(checkpoint)])
			noticed(t, trial.verify(t.Context(), path, checkpoint), "round %d, checkpoint at %d", round, checkpoint)
		}
		t.Logf("%d of %d were noticed", rounds, rounds)
	})
}

func noticed(t *testing.T, err error, format string, args ...any) {
	t.Helper()
	if graph.KindOf(err) != graph.KindConflict || err == nil {
		t.Errorf(format+": %v", append(args, err)...)
	}
}

func restore(t *testing.T, path string, data []byte) {
	t.Helper()
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestFlippedFile flips one bit at random places of the whole file: it is
// noticed, or everything that the ledger says is as it was.
func TestFlippedFile(t *testing.T) {
	t.Parallel()
	trial := newTrialLog(t, 12)
	path := filepath.Join(t.TempDir(), "ledger.db")
	r := rand.New(rand.NewPCG(11, 2))
	found := 0
	for range extent.Rounds(200, 4000) {
		data := slices.Clone(trial.whole)
		at := r.IntN(len(data))
		data[at] ^= 1 << r.IntN(8)
		restore(t, path, data)
		if trial.verify(t.Context(), path, 12) != nil {
			found++
			continue
		}
		var got []string
		l := openAt(t, path, ledger.Options{Clock: noon, ReadOnly: true})
		if err := l.Export(t.Context(), func(data string) error {
			got = append(got, data)
			return nil
		}); err != nil || !slices.Equal(got, trial.entries) {
			t.Errorf("byte %d was changed, and the log says %v (%v)", at, got, err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d flipped bits were noticed, the others did not matter", found)
}

// TestOtherTables changes what stands beside the log.
func TestOtherTables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ statement, says string }{
		{"UPDATE keys SET role = 'admin' WHERE id = 1", "key-1"},
		{"UPDATE keys SET expires_at = 0 WHERE id = 1", "key-1"},
		{"UPDATE keys SET revoked_at = 0 WHERE id = 2", "key-2"},
		{"UPDATE keys SET revoked_at = 1 WHERE id = 1", "key-1"},
		{"DELETE FROM keys WHERE id = 2", "2 keys"},
		{"UPDATE keys SET hash = zeroblob(32) WHERE id = 1", "key-1"},
		{"INSERT INTO keys SELECT 3, 'x', role, zeroblob(32), created_at, created_by, expires_at, 0, 0 FROM keys WHERE id = 1", "key-3"},
		{"UPDATE positions SET revision = 9", "revisions"},
		{"DELETE FROM positions", "revisions"},
		{"DELETE FROM hashes WHERE n = (SELECT max(n) FROM hashes)", "hash"},
		{"INSERT INTO hashes SELECT max(n) + 1, zeroblob(32) FROM hashes", "end of it is missing"},
	} {
		t.Run(c.statement, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "ledger.db")
			l := openAt(t, path, options())
			createKey(t, l, ledger.NewKey{Name: "erp", Role: ledger.Reader, ExpiresAt: noon().AddDate(1, 0, 0)})
			createKey(t, l, ledger.NewKey{Name: "left", Role: ledger.Admin})
			if _, err := l.RevokeKey(t.Context(), ledger.CommandLine, "key-2"); err != nil {
				t.Fatal(err)
			}
			s := newStore(t, makerSet(0), makerSet(1))
			if _, err := l.Follow(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Verify(t.Context()); err != nil {
				t.Fatal(err)
			}
			execute(t, path, c.statement)
			_, err := l.Verify(t.Context())
			wantError(t, err, graph.KindConflict, c.says)
		})
	}
}

func TestCheckpoint(t *testing.T) {
	t.Parallel()
	for _, l := range both(t, options()) {
		verifier, err := l.VerifierKey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		other, err := inMemory(t).VerifierKey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var all []ledger.Checkpoint
		for n := range 20 {
			signed, err := l.Checkpoint(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			c, err := ledger.OpenCheckpoint(signed, verifier+"\n")
			if err != nil || c.Size != int64(n) {
				t.Fatalf("%+v, %v", c, err)
			}
			if _, err := ledger.OpenCheckpoint(signed, other); graph.KindOf(err) != graph.KindConflict {
				t.Errorf("another key: %v", err)
			}
			all = append(all, c)
			v, err := l.Verify(t.Context(), all...)
			if err != nil || len(v.Since) != n+1 || v.Checkpoint != c {
				t.Fatalf("%+v, %v", v, err)
			}
			logMany(t, l, n, n+1)
		}
		signed, err := l.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i := range signed {
			changed := slices.Clone(signed)
			changed[i] ^= 1
			// The last character of a signature has bits that say nothing.
			if got, err := ledger.OpenCheckpoint(changed, verifier); err == nil && got.String() != string(signed[:len(got.String())]) {
				t.Errorf("byte %d was changed, and it is %+v", i, got)
			}
		}
		_, err = inMemory(t).Verify(t.Context(), all[3])
		wantError(t, err, graph.KindConflict, "another log")
	}
}

func TestProof(t *testing.T) {
	t.Parallel()
	l := inMemory(t)
	logMany(t, l, 0, 11)
	verifier, err := l.VerifierKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []ledger.Proof
	for n := range int64(11) {
		p, err := l.Prove(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		written, err := json.MarshalIndent(p, "", "\t") // as people and programs pass it on
		if err != nil {
			t.Fatal(err)
		}
		read, err := ledger.ParseProof(written)
		if err != nil {
			t.Fatal(err)
		}
		e, c, err := read.Check(verifier)
		if err != nil || e.Index != n || e.Subject != fmt.Sprintf("order-%d", n) || c.Size != 11 {
			t.Errorf("%+v, %+v, %v", e, c, err)
		}
		all = append(all, p)
	}
	for name, change := range map[string]func(p *ledger.Proof){
		"another place":    func(p *ledger.Proof) { p.Index = 5 },
		"a place too far":  func(p *ledger.Proof) { p.Index = 11 },
		"no place":         func(p *ledger.Proof) { p.Index = -1 },
		"another entry":    func(p *ledger.Proof) { p.Entry = all[5].Entry },
		"another text":     func(p *ledger.Proof) { p.Entry = []byte(strings.Replace(string(p.Entry), "order-4", "order-40", 1)) },
		"a hash less":      func(p *ledger.Proof) { p.Hashes = p.Hashes[1:] },
		"a hash more":      func(p *ledger.Proof) { p.Hashes = append(slices.Clone(p.Hashes), tlog.Hash{}) },
		"another's hashes": func(p *ledger.Proof) { p.Hashes = all[5].Hashes },
		"another size":     func(p *ledger.Proof) { p.Checkpoint = strings.Replace(p.Checkpoint, "\n11\n", "\n10\n", 1) },
	} {
		p := all[4]
		change(&p)
		if e, _, err := p.Check(verifier); graph.KindOf(err) != graph.KindConflict || err == nil {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
	_, err = l.Prove(t.Context(), 11)
	wantError(t, err, graph.KindNotFound, "no entry 11")
}

func TestSigningKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openAt(t, path, options())
	verifier, err := l.VerifierKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keyFile := path + ".audit-key"
	info, err := os.Stat(keyFile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	secret, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}

	// The same key from another file, by a reader too; and a reader makes none.
	elsewhere := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(elsewhere, secret, 0o600); err != nil {
		t.Fatal(err)
	}
	reader := ledger.Options{Clock: noon, ReadOnly: true, KeyFile: elsewhere}
	if got, err := openAt(t, path, reader).VerifierKey(t.Context()); err != nil || got != verifier {
		t.Errorf("%s, %v", got, err)
	}
	reader.KeyFile += "-none"
	_, err = openAt(t, path, reader).VerifierKey(t.Context())
	wantError(t, err, graph.KindNotFound, "debadge audit key")

	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		says string
	}{
		"read by others": {string(secret), 0o640, "chmod 600"},
		"a verifier key": {verifier, 0o600, "no signing key"},
		"cut":            {string(secret[:len(secret)/2]), 0o600, "no signing key"},
		"empty":          {"", 0o600, "no signing key"},
	} {
		file := filepath.Join(t.TempDir(), strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(file, []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := openAt(t, path, ledger.Options{Clock: noon, ReadOnly: true, KeyFile: file}).VerifierKey(t.Context())
		wantError(t, err, graph.KindInvalid, c.says)
		if err != nil && c.text != "" && strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: the error repeats the key", name)
		}
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	for _, seed := range []string{
		"debadge-ledger-00\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", "a\n0\n\n", "a\n-1\nAA==\n", "\n\n\n", "", "a\n01\nAAAA\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ledger.ParseCheckpoint(text)
		if err != nil {
			if graph.KindOf(err) != graph.KindInvalid {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if c.String() != text {
			t.Errorf("%q is read as %q", text, c.String())
		}
	})
}

func FuzzOpenCheckpoint(f *testing.F) {
	l, err := ledger.Open(context.Background(), "", options())
	if err != nil {
		f.Fatal(err)
	}
	verifier, err := l.VerifierKey(context.Background())
	if err != nil {
		f.Fatal(err)
	}
	signed, err := l.Checkpoint(context.Background())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed, verifier)
	f.Add([]byte("x\n\n— x AAAA\n"), "x+00000000+AA==")
	f.Fuzz(func(t *testing.T, data []byte, key string) {
		if _, err := ledger.OpenCheckpoint(data, key); err != nil && graph.KindOf(err) != graph.KindInvalid && graph.KindOf(err) != graph.KindConflict {
			t.Errorf("%q by %q: %v", data, key, err)
		}
	})
}

func FuzzParseProof(f *testing.F) {
	l, err := ledger.Open(context.Background(), "", options())
	if err != nil {
		f.Fatal(err)
	}
	if _, err := l.Log(context.Background(), ledger.Event{Actor: "a", Kind: ledger.ImportEntry}); err != nil {
		f.Fatal(err)
	}
	verifier, err := l.VerifierKey(context.Background())
	if err != nil {
		f.Fatal(err)
	}
	p, err := l.Prove(context.Background(), 0)
	if err != nil {
		f.Fatal(err)
	}
	right, err := json.Marshal(p)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(right)
	for _, seed := range []string{`{}`, `{"index":-1}`, `[]`, `{"index":0,"entry":{},"checkpoint":"","hashes":["AAAA"]}`, `{"index":0}{}`, ``} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ledger.ParseProof(data)
		if err == nil {
			var e ledger.IndexedEntry
			if e, _, err = p.Check(verifier); err == nil && (e.Actor != "a" || e.Index != 0) {
				t.Errorf("%q proves %+v", data, e)
			}
		}
		if err != nil && graph.KindOf(err) != graph.KindInvalid && graph.KindOf(err) != graph.KindConflict {
			t.Errorf("%q: %v", data, err)
		}
	})
}
