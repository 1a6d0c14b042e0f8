package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"debadge/extent"
)

// limited makes this test binary a process that may not write beyond some place
// of any file: its limits are its own.
var limited = flag.Bool("limited", false, "be the process whose files may not grow, see TestTrialF2")

// TestTrialF2 runs TestLimited in a process of its own.
func TestTrialF2(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), self, "-test.run=^TestLimited$", "-test.v", "-limited").CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("panic:")) {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, " of ") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

// limit has every write fail that goes beyond so many bytes of a file, as on a
// disk without space.
func limit(t *testing.T, bytes uint64) {
	t.Helper()
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
		t.Fatal(err)
	}
	l.Cur = min(bytes, l.Max)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
		t.Fatal(err)
	}
}

const enough = 1 << 40

// sizes are those at which files end: no file can be written at first, and then
// another write is the one that fails. A file of SQLite grows by pages.
func sizes() []uint64 {
	var all []uint64
	for n := range uint64(extent.Rounds(12, 150)) {
		if all = append(all, n*uint64(extent.Rounds(20_000, 2000))); n%2 == 1 {
			all[n] += 100 // within a page
		}
	}
	return all
}

// TestLimited does what writes files while they cannot grow: the store, the
// ledger, the folder of jobs, a spool, the snapshot of the index, and what
// commands write. Each says so, reads go on, and all works when there is space.
func TestLimited(t *testing.T) {
	if !*limited {
		return // TestTrialF2 runs it, in a process of its own
	}
	signal.Ignore(syscall.SIGXFSZ)
	t.Run("the service", serviceWithoutSpace)
	t.Run("commands", commandsWithoutSpace)
}

// call sends a request and returns its status and body, which tells what is wrong
// if something is.
func call(t *testing.T, method, url, contentType, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil && strings.HasSuffix(url, "/stream") {
		return 0, err.Error() // what was begun is cut off: nobody takes it for whole
	}
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	if response.StatusCode >= 300 && (response.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(text), `"detail"`)) {
		t.Errorf("%s %s is %d: %s", method, url, response.StatusCode, text)
	}
	return response.StatusCode, string(text)
}

// writes are the requests that write files; n makes their content another one.
func writes(n int) []struct{ path, contentType, body string } {
	order := "product\n" + strings.Repeat(fmt.Sprintf("Seller X2 no. %d\n", n), 3000)
	return []struct{ path, contentType, body string }{
		{"/v1/changes", "application/json", fmt.Sprintf(`{"debadge": 1, "author": "a", "reason": "r", "entities": [{"id": "company:c%d", "name": "C"}]}`, n)},
		{"/v1/decisions", "application/json", `{"subject": "Seller X2", "action": "block", "reasoning": "r", "author": "a"}`},
		{"/v1/watches", "application/json", fmt.Sprintf(`{"subject": "Seller X2", "watcher": "w%d"}`, n)},
		{"/v1/jobs/screen", "text/csv", order},
		{"/v1/screen/stream", "text/csv", order},
	}
}

func isDone(status int) bool {
	return status == http.StatusOK || status == http.StatusCreated || status == http.StatusAccepted
}

func serviceWithoutSpace(t *testing.T) {
	folder := t.TempDir()
	db := "sqlite:" + filepath.Join(folder, "claims.db")
	if code, _, wrong := command(t, "import", "bundle", "testdata/case.json", "--store", db); code != answered {
		t.Fatal(wrong)
	}
	address, stop := start(t, "--store", db)
	waitUntilReady(t, address)
	_, want := trace(t, address)
	failed, tried, companies := map[string]int{}, 0, 0
	for n, more := range sizes() {
		size := more / 4 // from the beginning at first, then beyond where a log ends now
		if info, err := os.Stat(filepath.Join(folder, "claims.db"+[]string{"-wal", ".ledger-wal"}[n%2])); err == nil && n > 2 {
			size += uint64(info.Size())
		}
		limit(t, size)
		tried++
		for _, w := range writes(2 * n) {
			if status, _ := call(t, http.MethodPost, address+w.path, w.contentType, w.body); !isDone(status) {
				failed[w.path]++
			} else if w.path == "/v1/changes" {
				companies++
			}
			if status, got := trace(t, address); status != http.StatusOK || findingOf(got) != findingOf(want) {
				t.Errorf("with %d bytes a trace is %d: %s", size, status, got)
			}
		}
		limit(t, enough)
		for _, w := range writes(2*n + 1) {
			// Jobs that wait are few; who makes more is asked to come again.
			for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
				status, text := call(t, http.MethodPost, address+w.path, w.contentType, w.body)
				if isDone(status) {
					break
				}
				if time.Now().After(end) {
					t.Fatalf("once there is space %s is %d: %s", w.path, status, text)
				}
			}
		}
		companies++
	}
	limit(t, 0) // now the snapshot of the index cannot be written
	if code := stop(); code != answered {
		t.Logf("the service ended with %d", code)
	}
	limit(t, enough)
	t.Logf("of %d sizes: requests failed so often: %v", tried, failed)
	for _, path := range []string{"/v1/changes", "/v1/decisions", "/v1/watches", "/v1/jobs/screen"} {
		if failed[path] == 0 {
			t.Errorf("%s never failed", path)
		}
	}
	if code, out, wrong := command(t, "audit", "verify", "--claims", "--store", db); code != answered {
		t.Errorf("the audit log: %s%s", out, wrong)
	}
	if code, out, wrong := command(t, "export", "ndjson", "--store", db); code != answered || strings.Count(out, `"company:c`) < companies {
		t.Errorf("%d companies were acknowledged, the export has %d: %s", companies, strings.Count(out, `"company:c`), wrong)
	}
}

// findingOf is the part of an answer that stays the same while claims are added.
func findingOf(answer string) string {
	_, rest, _ := strings.Cut(answer, `"finding"`)
	finding, _, _ := strings.Cut(rest, ",")
	return finding
}

func commandsWithoutSpace(t *testing.T) {
	folder := t.TempDir()
	db := "sqlite:" + filepath.Join(folder, "claims.db")
	if code, _, wrong := command(t, "import", "bundle", "testdata/case.json", "--store", db); code != answered {
		t.Fatal(wrong)
	}
	if code, _, wrong := command(t, "key", "create", "--name", "erp", "--role", "reader", "--store", db); code != answered {
		t.Fatal(wrong)
	}
	_, want, _ := command(t, "trace", "Seller X2", "--store", db)
	order := filepath.Join(folder, "order.csv")
	if err := os.WriteFile(order, []byte("product\n"+strings.Repeat("Seller X2\n", 5000)), 0o600); err != nil {
		t.Fatal(err)
	}
	bundle, err := filepath.Abs("testdata/case.json")
	if err != nil {
		t.Fatal(err)
	}
	failed, tried := map[string]int{}, 0
	for n, size := range sizes() {
		for _, args := range [][]string{
			{"export", "ndjson", "--store", db, "--out"},
			{"export", "cypher", "--store", db, "--out"},
			{"screen", order, "--format", "csv", "--store", db},
			{"screen", order, "--format", "html", "--store", db},
			{"audit", "backup", "--store", db},
			{"import", "bundle", bundle, "--store"},
		} {
			out := filepath.Join(folder, fmt.Sprintf("out%d-%s-%s", n, args[0], filepath.Base(args[1])))
			printed := "" // where what the command prints goes, as with > FILE
			switch args[0] {
			case "import":
				args = append(args, "sqlite:"+out)
			case "screen":
				printed = out
			default:
				args = append(args, out)
			}
			limit(t, size)
			code, wrong := quietly(t, args, printed)
			tried++
			if code != answered {
				failed[args[0]]++
				if wrong == "" {
					t.Errorf("%v ended with %d and said nothing", args, code)
				}
				if info, err := os.Stat(out); err == nil && args[0] != "import" && printed == "" {
					t.Errorf("%v failed and left %d bytes", args, info.Size())
				}
			}
			// Nobody else has the store open: SQLite may lack the room for its shared memory.
			if code, got, wrong := command(t, "trace", "Seller X2", "--store", db); got != want && (code == answered || wrong == "") {
				t.Errorf("with %d bytes a trace is %d\n%s%s", size, code, got, wrong)
			}
			limit(t, enough)
			if code, wrong := quietly(t, args, printed); code != answered {
				t.Errorf("%v once there is space ended with %d: %s", args, code, wrong)
			}
			removeAll(t, out)
		}
	}
	t.Logf("%d of %d commands failed: %v", total(failed), tried, failed)
	for _, name := range []string{"export", "screen", "audit", "import"} {
		if failed[name] == 0 {
			t.Errorf("%s never failed", name)
		}
	}
}

func total(counts map[string]int) (sum int) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// quietly runs a command, which prints into a file if one is named, and returns
// what it says to be wrong.
func quietly(t *testing.T, args []string, printed string) (code int, wrong string) {
	t.Helper()
	var stderr bytes.Buffer
	p := program{clock: time.Now, stdin: strings.NewReader(""), stdout: io.Discard, stderr: &stderr}
	if printed != "" {
		f, err := os.Create(printed)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }() // what was written is not read
		p.stdout = f
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	code = p.run(ctx, args)
	return code, stderr.String()
}

// removeAll removes a file and those beside it that belong to it.
func removeAll(t *testing.T, path string) {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := os.RemoveAll(f); err != nil {
			t.Fatal(err)
		}
	}
}
