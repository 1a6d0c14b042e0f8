package ledger_test

import (
	"bufio"
	"context"
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

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/sqlite"
	"debadge/ledger"
)

// The flags with which this test binary is a writer that is to be killed.
var writerFolder = flag.String("writer", "", "write to the ledger and the store in this folder until killed")

// TestWriter is the writer; without the flag it has nothing to do.
func TestWriter(t *testing.T) {
	t.Parallel()
	if *writerFolder != "" {
		t.Fatal(writeForever(t.Context(), *writerFolder))
	}
}

// openBoth opens the ledger and the store of a folder.
func openBoth(ctx context.Context, folder string) (*ledger.Ledger, *sqlite.Store, error) {
	s, err := sqlite.Open(ctx, filepath.Join(folder, "store.db"), noon)
	if err != nil {
		return nil, nil, err
	}
	l, err := ledger.Open(ctx, filepath.Join(folder, "ledger.db"), options())
	return l, s, err
}

// writeForever records claims, follows them, logs and rescreens until it is
// killed, and says what was acknowledged.
func writeForever(ctx context.Context, folder string) error {
	l, s, err := openBoth(ctx, folder)
	if err != nil {
		return err
	}
	if _, err := s.Append(ctx, listedCase()); err != nil {
		return err
	}
	if watches, err := l.Watches(ctx); err != nil {
		return err
	} else if len(watches) == 0 {
		if _, err := l.Watch(ctx, s, "a test", ledger.NewWatch{Subject: "C1", Watcher: "w", Policy: graph.DefaultPolicy()}); err != nil {
			return err
		}
	}
	for {
		status, err := s.Status(ctx)
		if err != nil {
			return err
		}
		// Each odd revision lists the maker of C1, each even one takes it back.
		id := fmt.Sprintf("listed-%d", status.Revision)
		cs := with(claim(id, graph.ListedOn, "company:other", "list:embargo"))
		if status.Revision%2 == 0 {
			cs = without(fmt.Sprintf("listed-%d", status.Revision-1))
		}
		if _, err := s.Append(ctx, cs); err != nil {
			return err
		}
		if _, err := l.Rescreen(ctx, s, today()); err != nil {
			return err
		}
		if _, err := l.Follow(ctx, s); err != nil {
			return err
		}
		last, err := l.Log(ctx, ledger.Event{Actor: "a test", Kind: ledger.ScreeningEntry, Subject: id})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(os.Stdout, "%d %s\n", last, id); err != nil {
			return err
		}
	}
}

// TestKill kills a writer at random moments. What it acknowledged is there, the
// log is whole, each revision has one entry, and each change of the finding that
// is watched one event.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := extent.Rounds(8, 100)
	folder := t.TempDir()
	acknowledged := map[int64]string{}
	for range rounds {
		killWriter(t, folder, acknowledged)
		checkKilled(t, folder, acknowledged)
	}
	if len(acknowledged) < rounds {
		t.Errorf("only %d entries were acknowledged in %d rounds", len(acknowledged), rounds)
	}
	t.Logf("%d entries were acknowledged", len(acknowledged))
}

func killWriter(t *testing.T, folder string, acknowledged map[int64]string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestWriter$", "-writer="+folder)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines, first := bufio.NewScanner(out), true
	for lines.Scan() {
		index, id, ok := strings.Cut(lines.Text(), " ")
		n, err := strconv.ParseInt(index, 10, 64)
		if !ok || err != nil {
			t.Fatalf("the writer said %q", lines.Text())
		}
		acknowledged[n] = id
		if first {
			first = false
			time.AfterFunc(time.Duration(rand.IntN(150_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the writer ended by itself")
	}
}

func checkKilled(t *testing.T, folder string, acknowledged map[int64]string) {
	t.Helper()
	l, s, err := openBoth(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = l.Close(), s.Close() }()
	left := len(acknowledged)
	if err := l.Entries(t.Context(), ledger.Entries{Kind: ledger.ScreeningEntry}, func(e ledger.IndexedEntry) error {
		if id, ok := acknowledged[e.Index]; ok {
			left--
			if id != e.Subject {
				t.Errorf("entry %d is about %s, and %s was acknowledged", e.Index, e.Subject, id)
			}
		}
		return nil
	}); err != nil || left != 0 {
		t.Fatalf("%d entries that were acknowledged are missing (%v)", left, err)
	}
	revision, err := l.Follow(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Rescreen(t.Context(), s, today()); err != nil {
		t.Fatal(err)
	}
	if v, err := l.Verify(t.Context()); err != nil || v.Revision != revision {
		t.Fatalf("%+v, %v; the store is at revision %d", v, err, revision)
	}
	_, said := events(t, l)
	finding := graph.Clear
	for i, f := range said {
		if f.Before.Finding != finding || f.After.Finding == finding {
			t.Errorf("event %d goes from %s to %s, and it was %s", i, f.Before.Finding, f.After.Finding, finding)
		}
		finding = f.After.Finding
	}
	if listed := revision%2 == 0; (finding == graph.Listed) != listed {
		t.Errorf("the events end at %s, and at revision %d it is listed: %t", finding, revision, listed)
	}
}
