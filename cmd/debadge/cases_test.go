package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/ingest/bundle"
	"debadge/graph/storetest"
)

// TestCases asks every case on the command line, of a SQLite store into which
// it was imported there.
func TestCases(t *testing.T) {
	t.Parallel()
	storetest.RunCases(t, func(t *testing.T, sets []graph.ChangeSet) storetest.Asker {
		t.Helper()
		c := commandLine{t: t, folder: t.TempDir()}
		for i, cs := range sets {
			c.load(i, cs)
		}
		if len(sets) == 0 {
			c.load(0, graph.ChangeSet{})
		}
		return c
	})
}

// commandLine asks by commands.
type commandLine struct {
	t      *testing.T
	folder string
}

// load imports a change set as a bundle.
func (c commandLine) load(i int, cs graph.ChangeSet) {
	c.t.Helper()
	path := filepath.Join(c.folder, strconv.Itoa(i)+".json")
	var b bytes.Buffer
	if err := bundle.Encode(&b, cs); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.run(c.t.Context(), "import", "bundle", path); err != nil {
		c.t.Fatal(err)
	}
}

func (c commandLine) run(ctx context.Context, args ...string) ([]byte, error) {
	var out, problems bytes.Buffer
	p := program{
		clock: func() time.Time { return storetest.FixedTime }, stdin: strings.NewReader(""), stdout: &out, stderr: &problems,
	}
	status := p.run(ctx, append([]string{"--store", "sqlite:" + filepath.Join(c.folder, "store.db")}, args...))
	if status == answered {
		return out.Bytes(), nil
	}
	return nil, graph.Errorf(kindOf(status, problems.String()), "%s", problems.String())
}

// kindOf tells from what a command says why it could not answer.
func kindOf(status int, message string) graph.ErrorKind {
	switch {
	case status == usedWrongly:
		return graph.KindInvalid
	case strings.Contains(message, "ask for one"):
		return graph.KindAmbiguous
	}
	return graph.KindNotFound
}

func (c commandLine) ask(ctx context.Context, a storetest.Ask, command string, more ...string) ([]byte, error) {
	args := append([]string{command, "--format", "json"}, more...)
	for _, l := range a.Lists {
		args = append(args, "--list", l)
	}
	if a.Revision > 0 {
		args = append(args, "--known-at", strconv.FormatUint(uint64(a.Revision), 10))
	}
	if len(a.Policy) > 0 {
		var name string
		if json.Unmarshal(a.Policy, &name) != nil {
			name = filepath.Join(c.folder, "policy.json")
			if err := os.WriteFile(name, a.Policy, 0o600); err != nil {
				return nil, err
			}
		}
		args = append(args, "--policy", name)
	}
	return c.run(ctx, append(args, "--", a.Subject)...)
}

func (c commandLine) Trace(ctx context.Context, a storetest.Ask) ([]byte, error) {
	more := []string{"--as-of", a.AsOf.String()}
	if a.Paths > 0 {
		more = append(more, "--paths", strconv.Itoa(a.Paths))
	}
	return c.ask(ctx, a, "trace", more...)
}

func (c commandLine) Timeline(ctx context.Context, a storetest.Ask) ([]byte, error) {
	return c.ask(ctx, a, "timeline")
}

func (c commandLine) Reach(ctx context.Context, a storetest.Ask) ([]byte, error) {
	return c.ask(ctx, a, "reach", "--as-of", a.AsOf.String())
}
