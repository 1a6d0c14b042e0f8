package trials

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/sqlite"
	"debadge/graph/synth"
)

// madeOnce tells whether build was asked for.
var madeOnce atomic.Bool

// TestMain removes the binary at the end.
func TestMain(m *testing.M) {
	code := m.Run()
	if madeOnce.Load() {
		if path, err := build(); err == nil {
			_ = os.RemoveAll(filepath.Dir(path))
		}
	}
	os.Exit(code) //nolint:forbidigo // a test binary is a process of its own
}

// build makes the binary once a run of the tests.
var build = sync.OnceValues(func() (string, error) {
	madeOnce.Store(true)
	folder, err := os.MkdirTemp("", "debadge-trial")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "debadge")
	out, err := exec.Command("go", "build", "-o", path, "debadge/cmd/debadge").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return path, err
})

// process is a service in a process of its own.
type process struct {
	t        testing.TB
	url      string // where it listens
	profiler string
	cmd      *exec.Cmd
	log      *lastLines
	client   *http.Client
}

// lastLines keeps the end of what a process writes.
type lastLines struct {
	mu   sync.Mutex
	kept []byte
	seen map[string]string // message: url
}

func (l *lastLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen["listening"] == "" {
		for line := range bytes.Lines(p) {
			var entry struct{ Msg, URL string }
			if json.Unmarshal(line, &entry) == nil && entry.URL != "" {
				l.seen[entry.Msg] = entry.URL
			}
		}
	}
	l.kept = append(l.kept, p...)
	if most := 64 << 10; len(l.kept) > 2*most {
		l.kept = append(l.kept[:0], l.kept[len(l.kept)-most:]...)
	}
	return len(p), nil
}

func (l *lastLines) said(message string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen[message]
}

func (l *lastLines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.kept)
}

// synthetic makes a store of so many products and returns its path and their ids.
func synthetic(tb testing.TB, products int) (path string, ids []graph.ID) {
	tb.Helper()
	path = newFile(tb)
	s, err := sqlite.Open(tb.Context(), path, clock)
	if err != nil {
		tb.Fatal(err)
	}
	err = synth.Generate(synth.Options{Products: products, Seed: 1}, func(cs graph.ChangeSet) error {
		for _, e := range cs.Entities {
			if e.ID.Kind() == graph.Product {
				ids = append(ids, e.ID)
			}
		}
		_, err := s.Append(tb.Context(), cs)
		return err
	})
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		tb.Fatal(err)
	}
	return path, ids
}

// start runs debadge serve on a store, given as the command line takes it, until the test ends, where anybody may do
// anything: a trial of load is not one of access.
func start(tb testing.TB, store string, env []string) *process {
	tb.Helper()
	binary, err := build()
	if err != nil {
		tb.Fatal(err)
	}
	p := &process{t: tb, log: &lastLines{seen: map[string]string{}}, client: newClient("127.0.0.1")}
	ctx := context.WithoutCancel(tb.Context()) // the process is told to stop, not killed
	p.cmd = exec.CommandContext(ctx, binary, "serve", "--store", store, "--addr", "127.0.0.1:0", "--pprof", "127.0.0.1:0", "--anonymous", "admin")
	p.cmd.Env = append(os.Environ(), append([]string{"XDG_DATA_HOME=" + tb.TempDir()}, env...)...)
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.cmd.Wait() }()
	tb.Cleanup(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case err := <-ended:
			if err != nil {
				tb.Errorf("the service ended with %v: %s", err, p.log.text())
			}
		case <-time.After(time.Minute):
			_ = p.cmd.Process.Kill()
			tb.Error("the service does not stop")
		}
	})
	for p.url == "" || p.status("/readyz") != http.StatusOK {
		select {
		case err := <-ended:
			ended <- err
			tb.Fatalf("the service ended with %v: %s", err, p.log.text())
		case <-time.After(20 * time.Millisecond):
			p.url = p.log.said("listening")
		}
	}
	p.profiler = p.log.said("profiler")
	return p
}

// newClient asks from an address of this machine: the service counts what each
// address asks.
func newClient(from string) *http.Client {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	return &http.Client{
		Timeout:   time.Minute,
		Transport: &http.Transport{DialContext: dialer.DialContext, MaxIdleConns: 1000, MaxIdleConnsPerHost: 1000},
	}
}

func (p *process) status(path string) int {
	r, err := p.client.Get(p.url + path)
	if err != nil {
		return 0
	}
	defer r.Body.Close()
	_, _ = io.Copy(io.Discard, r.Body)
	return r.StatusCode
}

// gauges returns what the process tells of itself, after a collection of garbage.
func (p *process) gauges() map[string]float64 {
	p.t.Helper()
	p.body(p.profiler + "heap?gc=1&debug=1")
	p.body(p.profiler + "heap?gc=1&debug=1") // finalizers and pools go with the second one
	found := p.metrics()
	for _, name := range []string{"go_memstats_heap_alloc_bytes", "go_goroutines", "process_open_fds", "process_resident_memory_bytes"} {
		if found[name] == 0 {
			p.t.Fatalf("the service tells no %s", name)
		}
	}
	return found
}

func (p *process) metrics() map[string]float64 {
	p.t.Helper()
	found := map[string]float64{}
	for line := range strings.Lines(string(p.body(p.url + "/metrics"))) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			found[name] = n
		}
	}
	return found
}

func (p *process) body(url string) []byte {
	p.t.Helper()
	r, err := p.client.Get(url)
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s %v", url, r.Status, err)
	}
	return body
}
