package index_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
)

// filled is a log of some revisions.
func filled(t *testing.T, names ...string) *index.Memory {
	t.Helper()
	m := index.NewMemory(clock())
	for _, n := range names {
		cs := small()
		cs.Entities[0].Name, cs.Reason = n, n
		if _, err := m.Append(t.Context(), cs); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// lasting is a log that outlives those who follow it.
type lasting struct{ graph.Store }

func (lasting) Close() error { return nil }

// reopened follows a log with a snapshot file and returns what is wrong with
// the answers, and what was logged.
func reopened(t *testing.T, log graph.Store, path string) (name, logged string) {
	t.Helper()
	var out bytes.Buffer
	s, err := index.Follow(t.Context(), lasting{log}, index.Options{
		Clock: clock(), SnapshotPath: path, Logger: slog.New(slog.NewTextHandler(&out, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), graph.Moment{}, func(v graph.View) error {
		list, err := v.Entities(t.Context(), []graph.ID{"company:a"})
		if err != nil {
			return err
		}
		nodes, err := v.Nodes(t.Context(), []graph.ID{"company:a"})
		if err != nil {
			return err
		}
		edges, err := v.Adjacent(t.Context(), nodes, graph.Upstream, ^graph.RelationSet(0), nil)
		if err != nil {
			return err
		}
		name = fmt.Sprint(list[0].Name, len(edges))
		return nil
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return name, out.String()
}

// saved writes the snapshot file of a log.
func saved(t *testing.T, log graph.Store) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "index")
	s, err := index.Follow(t.Context(), log, index.Options{Clock: clock()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSnapshotFileIsUsed(t *testing.T) {
	t.Parallel()
	m := filled(t, "one", "two")
	path := saved(t, m)
	if _, err := m.Append(t.Context(), graph.ChangeSet{Entities: []graph.Entity{{ID: "company:a", Name: "three"}}}); err != nil {
		t.Fatal(err)
	}
	counted := &counting{Store: m}
	if name, logged := reopened(t, counted, path); name != "three1" || logged != "" {
		t.Errorf("%s, %s", name, logged)
	}
	if counted.full > 0 {
		t.Error("the whole feed was read")
	}
}

func TestSnapshotFileOfAnother(t *testing.T) {
	t.Parallel()
	for what, other := range map[string]*index.Memory{
		"newer": filled(t, "one", "two", "three"), "foreign": filled(t, "one", "2"),
	} {
		name, logged := reopened(t, filled(t, "one", "two"), saved(t, other))
		if name != "two1" || !strings.Contains(logged, "is not the one that it was made from") {
			t.Errorf("%s: %s, %s", what, name, logged)
		}
	}
}

func TestSnapshotFileDamaged(t *testing.T) {
	t.Parallel()
	m := filled(t, "one", "two")
	path := saved(t, m)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	dir := t.TempDir()
	for i := range 600 {
		data := bytes.Clone(whole)
		switch {
		case i < 20:
			data = data[:r.IntN(len(data))]
		case i == 20:
			data = append(data, 0)
		case i < 25:
			clear(data[r.IntN(len(data)-40):][:40])
		default:
			data[r.IntN(len(data))] ^= 1 << r.IntN(8)
		}
		if bytes.Equal(data, whole) {
			continue
		}
		path := filepath.Join(dir, fmt.Sprint("index", i))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if name, logged := reopened(t, m, path); name != "two1" || !strings.Contains(logged, "snapshot file not used") {
			t.Fatalf("damage %d: %s, %s", i, name, logged)
		}
	}
}

func TestSnapshotFileIsWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "index")
	s, err := index.Follow(t.Context(), filled(t, "one"), index.Options{Clock: clock(), SnapshotPath: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	counted := &counting{Store: filled(t, "one")}
	if name, logged := reopened(t, counted, path); name != "one1" || logged != "" || counted.full > 0 {
		t.Errorf("%s, %s, %d", name, logged, counted.full)
	}
	others, err := filepath.Glob(path + ".*")
	if err != nil || len(others) > 0 {
		t.Errorf("%v %v", others, err)
	}
	if err := s.Save(filepath.Join(path, "below a file")); graph.KindOf(err) != graph.KindUnavailable {
		t.Errorf("saved below a file: %v", err)
	}
}

func wait(t *testing.T, what string, until func() bool) {
	t.Helper()
	for range 2000 {
		if until() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("never: " + what)
}
