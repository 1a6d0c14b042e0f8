package sqlite_test

import (
	"bufio"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/sqlite"
)

// The flags with which this test binary is a writer that is to be killed.
var (
	writerPath  = flag.String("writer", "", "append to the store in this file until killed")
	writerRound = flag.String("round", "", "what the writer's ids begin with")
)

// TestWriter is the writer; without the flags it has nothing to do.
func TestWriter(t *testing.T) {
	t.Parallel()
	if *writerPath != "" {
		t.Fatal(writeForever(t.Context(), *writerPath, *writerRound))
	}
}

// clock stands still.
func clock() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC) }

const killedItems = 200

// killed is the n-th change set of a round: as many claims as entities.
func killed(round string, n int) graph.ChangeSet {
	cs := graph.ChangeSet{ID: fmt.Sprintf("round %s, set %d", round, n)}
	cs.Entities = []graph.Entity{{ID: "company:maker", Name: fmt.Sprintf("Maker %s-%d", round, n)}}
	cs.Sources = []graph.Source{{ID: "source:catalog", Title: "Catalog", Publisher: "Maker"}}
	for i := range 1 + n*37%killedItems {
		id := graph.ID(fmt.Sprintf("product:maker:r%s-%d-%d", round, n, i))
		cs.Entities = append(cs.Entities, graph.Entity{ID: id, Name: fmt.Sprintf("X%d", i)})
		cs.Claims = append(cs.Claims, graph.Claim{
			ID: graph.ID(fmt.Sprintf("claim:r%s-%d-%d", round, n, i)), Relation: graph.Makes, From: "company:maker", To: id, Status: graph.Reported,
			Citations: []graph.Citation{{Source: "source:catalog", Stance: graph.Supports}},
		})
	}
	if n > 0 {
		cs.Retractions = []graph.Retraction{{Claim: graph.ID(fmt.Sprintf("claim:r%s-%d-0", round, n-1)), Reason: "r"}}
	}
	return cs
}

// writeForever appends until it is killed, and says what was acknowledged.
func writeForever(ctx context.Context, path, round string) error {
	s, err := sqlite.Open(ctx, path, clock)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		r, err := s.Append(ctx, killed(round, n))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(os.Stdout, "%d %d\n", r.Revision, n); err != nil {
			return err
		}
	}
}

// TestKill kills a writer at random moments: what it acknowledged is there,
// nothing is there by half, and the next writer goes on.
func TestKill(t *testing.T) {
	t.Parallel()
	const rounds = 15
	path := filepath.Join(t.TempDir(), "store.db")
	want := map[graph.Revision]string{}
	for round := range rounds {
		name := strconv.Itoa(round)
		for revision, n := range killWriter(t, path, name) {
			want[revision] = killed(name, n).ID
		}
		checkKilled(t, path, want)
	}
	if len(want) < rounds {
		t.Errorf("only %d change sets were acknowledged in %d rounds", len(want), rounds)
	}
	t.Logf("%d change sets were acknowledged", len(want))
}

// killWriter returns what a writer acknowledged before it was killed.
func killWriter(t *testing.T, path, round string) map[graph.Revision]int {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestWriter$", "-writer="+path, "-round="+round)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[graph.Revision]int{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		revision, n, ok := strings.Cut(lines.Text(), " ")
		r, err := strconv.Atoi(revision)
		k, err2 := strconv.Atoi(n)
		if !ok || err != nil || err2 != nil {
			t.Fatalf("the writer said %q", lines.Text())
		}
		if acknowledged[graph.Revision(r)] = k; len(acknowledged) == 1 {
			time.AfterFunc(time.Duration(rand.IntN(150_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the writer ended by itself")
	}
	return acknowledged
}

// checkKilled reads the whole store and compares every change with what the
// writer wanted.
func checkKilled(t *testing.T, path string, want map[graph.Revision]string) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, clock)
	if err != nil {
		t.Fatal(err)
	}
	last := graph.Revision(0)
	if err := s.Changes(t.Context(), 0, func(c graph.Change) error {
		last++
		var round string
		var n int
		if _, err := fmt.Sscanf(strings.ReplaceAll(c.ID, ",", ""), "round %s set %d", &round, &n); err != nil {
			return err
		}
		set := killed(round, n)
		if c.Revision != last || len(c.Claims) != len(set.Claims) || len(c.Retractions) != len(set.Retractions) || len(c.Entities) != len(set.Entities) {
			t.Errorf("revision %d, the %d. one, has %d of %d claims", c.Revision, last, len(c.Claims), len(set.Claims))
		}
		if id, ok := want[c.Revision]; ok && id != c.ID {
			t.Errorf("revision %d is %q, but %q was acknowledged", c.Revision, c.ID, id)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for revision, id := range want {
		if revision > last {
			t.Errorf("%q was acknowledged as revision %d and is lost", id, revision)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	checkIntegrity(t, path)
}

func checkIntegrity(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var verdict string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("integrity check: %q, %v", verdict, err)
	}
	violations, err := db.QueryContext(t.Context(), "PRAGMA foreign_key_check")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = violations.Close() }()
	if violations.Next() || violations.Err() != nil {
		t.Fatalf("a foreign key leads nowhere (%v)", violations.Err())
	}
}
