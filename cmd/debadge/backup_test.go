package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/sqlite"
)

// TestTrialF10 follows the page about backups, command by command, while claims
// are written: what is restored is what was known at the backup's revision, and
// the audit log of the restored ledger tells of it.
func TestTrialF10(t *testing.T) {
	page := pageCommands(t, "../../docs/backup.md")
	if len(page) != 3 {
		t.Fatalf("the page has %d blocks of commands, not backup, restore and comparison", len(page))
	}
	bundle, err := filepath.Abs("testdata/case.json")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	shell(t, `export DEBADGE_STORE=sqlite:claims.db
debadge import bundle `+bundle+`
debadge key create --name erp --role screener
debadge decision record product:seller:x2 --action block --reason "a test" --author a.lopez`)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var writer sync.WaitGroup
	begun := make(chan struct{})
	writer.Go(func() { writeOn(ctx, t, "claims.db", begun) })
	<-begun
	shell(t, page[0])
	stop()
	writer.Wait()
	shell(t, page[1])
	said := shell(t, page[2])
	if !strings.Contains(said, "The log is whole") || !strings.Contains(said, "goes on") {
		t.Errorf("the restored audit log is not verified: %s", said)
	}

	restored, live := revisionOf(t, "restored.db"), revisionOf(t, "claims.db")
	if restored < 2 || restored >= live {
		t.Errorf("the restored store is at revision %d, the one that was written to meanwhile at %d", restored, live)
	}
	shell(t, "debadge export ndjson --store sqlite:claims.db --known-at "+strconv.Itoa(int(restored))+` --out then.ndjson
cmp then.ndjson backup.ndjson`)

	// A log that was made anew is not passed off as this one.
	shell(t, `debadge key create --name erp --role screener --ledger anew.ledger
! debadge audit verify --ledger anew.ledger --checkpoint backup.checkpoint --verifier "$(cat debadge.verifier)"`)
}

// pageCommands are the blocks of commands of a page.
func pageCommands(t *testing.T, path string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllSubmatch(text, -1) {
		blocks = append(blocks, string(block[1]))
	}
	return blocks
}

// shell runs commands as a reader of a page would, to the first that fails; the
// tests' own debadge stands in the PATH.
func shell(t *testing.T, commands string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-eu", "-c", commands)
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s\n%v:\n%s", commands, err, out)
	}
	return string(out)
}

// writeOn appends change sets to a store until ctx ends.
func writeOn(ctx context.Context, t *testing.T, path string, begun chan<- struct{}) { //nolint:thelper // it runs beside the test
	s, err := sqlite.Open(t.Context(), path, time.Now) //nolint:contextcheck // ctx says when to stop, not when to give up
	if err != nil {
		t.Error(err)
		close(begun)
		return
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i := 0; ctx.Err() == nil; i++ {
		id := graph.ID("product:written:p" + strconv.Itoa(i))
		_, err := s.Append(t.Context(), graph.ChangeSet{Author: "writer", Entities: []graph.Entity{{ID: id, Name: string(id)}}}) //nolint:contextcheck // as above
		if err != nil {
			t.Error(err)
		}
		if i == 10 {
			close(begun)
		}
	}
}

func revisionOf(t *testing.T, path string) graph.Revision {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	status, err := s.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return status.Revision
}
