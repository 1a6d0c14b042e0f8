package bench_test

import (
	"bufio"
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"debadge/bench"
	"debadge/graph"
)

// turn is how long each service is asked before the next one is.
const turn = 2 * time.Second

// asker is a service that is compared.
type asker struct{ name, url string }

// served compares debadge serve, as it is built, with a handler that has the same
// bytes ready-made and one that asks Neo4j once for each request. Each is a process
// of its own, the client is this one, and all share the cores.
func (w *world) served(t *testing.T, n amount) {
	t.Helper()
	if !asked("serve") {
		return // building the command takes longer than the rest of a small run
	}
	service := w.serve(t)
	subjects := w.some(20_000)
	questions := make([]string, len(subjects))
	for i, s := range subjects {
		questions[i] = "/v1/trace?as_of=" + asOf.String() + "&subject=" + url.QueryEscape(string(w.ids[s]))
	}
	sides := []asker{
		{bench.Served, service.url},
		{bench.ReadyMade, beside(t, "ready", "DEBADGE_BENCH_ANSWERS="+w.answers(t, service, questions, subjects))},
	}
	if asked("neo4j") {
		server := w.neo4j().server
		sides = append(sides, asker{bench.ServedCypher, beside(t, "cypher", "DEBADGE_NEO4J_URI="+server.URI,
			"DEBADGE_NEO4J_USER="+server.User, "DEBADGE_NEO4J_PASSWORD="+server.Password)})
	}
	rounds := max(n.few.rounds, 2)
	w.compare(t, sides, questions, rounds, bench.HTTP, bench.Latency)
	w.compare(t, sides, questions[:100], rounds, bench.HTTPAgain, bench.LatencyAgain)
	w.batches(t, service, subjects[:n.lines], n)
	w.sheet.value(bench.Memory, bench.Process, "B", service.metric("process_resident_memory_bytes"))
}

func (w *world) compare(t *testing.T, sides []asker, questions []string, rounds int, rate, latency string) {
	t.Helper()
	took := make([][]time.Duration, len(sides))
	for round := range rounds {
		for i := range sides {
			i := (i + round) % len(sides)
			took[i] = append(took[i], load(t, sides[i].url, questions)...)
		}
	}
	for i, s := range sides {
		w.sheet.value(rate, s.name, "per s", float64(len(took[i]))/(turn.Seconds()*float64(rounds)))
		w.sheet.durations(latency, s.name, took[i])
	}
}

// load asks a service from several connections for a turn. It writes requests and
// reads answers with little of its own, since it shares the cores.
func load(t *testing.T, base string, questions []string) []time.Duration {
	t.Helper()
	const connections = 8
	address := strings.TrimPrefix(base, "http://")
	end := now().Add(turn)
	each := make([][]time.Duration, connections)
	var under sync.WaitGroup
	for c := range connections {
		under.Go(func() {
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			from := bufio.NewReaderSize(conn, 1<<16)
			for i := c * len(questions) / connections; now().Before(end); i++ {
				began := now()
				if err := askOver(conn, from, address, questions[i%len(questions)]); err != nil {
					t.Error(err)
					return
				}
				each[c] = append(each[c], now().Sub(began))
			}
		})
	}
	under.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return slices.Concat(each...)
}

func askOver(conn net.Conn, from *bufio.Reader, address, question string) error {
	if _, err := io.WriteString(conn, "GET "+question+" HTTP/1.1\r\nHost: "+address+"\r\n\r\n"); err != nil {
		return err
	}
	r, err := http.ReadResponse(from, nil)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if _, err := io.Copy(io.Discard, r.Body); err != nil || r.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %w", question, r.Status, err)
	}
	return nil
}

// answers asks each question once and keeps what the service says for the handler
// that has it ready-made; the findings are as computed otherwise.
func (w *world) answers(t *testing.T, s *service, questions []string, subjects []int32) string {
	t.Helper()
	all := make(map[string][]byte, len(questions))
	for i, q := range questions {
		body := s.get(q)
		all[q] = body
		var answer struct{ Finding graph.Finding }
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatal(err)
		}
		if want := w.verdict(subjects[i]) != 0; (answer.Finding == graph.Listed) != want {
			t.Fatalf("%s is %s; by the plain computation listed is %t", q, answer.Finding, want)
		}
	}
	path := filepath.Join(t.TempDir(), "answers")
	file, err := os.Create(path)
	if err == nil {
		err = errors.Join(gob.NewEncoder(file).Encode(all), file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// batches screens lines that name products by ids in one request.
func (w *world) batches(t *testing.T, s *service, subjects []int32, n amount) {
	t.Helper()
	var lines []map[string]string
	for _, p := range subjects {
		lines = append(lines, map[string]string{"id": string(w.ids[p])})
	}
	body, err := json.Marshal(lines)
	if err != nil {
		t.Fatal(err)
	}
	w.sheet.measure(t, bench.Latency, n.few, []side{{name: bench.ServedBatch, ask: func(int) error {
		r, err := http.Post(s.url+"/v1/screen?as_of="+asOf.String(), "application/json", bytes.NewReader(body))
		if err != nil {
			return err
		}
		defer r.Body.Close()
		size, err := io.Copy(io.Discard, r.Body)
		if err != nil || r.StatusCode != http.StatusOK || size < int64(len(body)) {
			return fmt.Errorf("%s, %d bytes: %w", r.Status, size, err)
		}
		return nil
	}}})
}

// service is debadge serve on the store.
type service struct {
	t   *testing.T
	url string
}

func (w *world) serve(t *testing.T) *service {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "debadge")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "debadge/cmd/debadge").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "serve", "--store", "sqlite:"+w.copied(t), "--addr", "127.0.0.1:0", "--anonymous", "admin",
		"--rate-limit", "0")
	cmd.Env, cmd.Stderr = append(os.Environ(), "XDG_DATA_HOME="+t.TempDir()), log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the service ended with %v", err)
		}
		_ = log.Close()
	})
	s := &service{t: t}
	for s.url == "" || !s.ready() {
		time.Sleep(50 * time.Millisecond)
		if cmd.ProcessState != nil || now().After(deadline(t)) {
			said, err := os.ReadFile(log.Name())
			t.Fatalf("the service does not become ready: %s %v", said, err)
		}
		s.url = listening(log.Name())
	}
	s.rest()
	return s
}

// deadline is when a test would be given up, a minute earlier.
func deadline(t *testing.T) time.Time {
	t.Helper()
	if at, ok := t.Deadline(); ok {
		return at.Add(-time.Minute)
	}
	return now().Add(time.Hour)
}

// listening is where a log says that the service listens, "" if it does not yet.
func listening(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range bytes.Lines(data) {
		var entry struct{ Msg, URL string }
		if json.Unmarshal(line, &entry) == nil && entry.Msg == "listening" {
			return entry.URL
		}
	}
	return ""
}

func (s *service) ready() bool {
	r, err := http.Get(s.url + "/readyz")
	if err != nil {
		return false
	}
	_ = r.Body.Close()
	return r.StatusCode == http.StatusOK
}

// rest waits until the process has nothing to do: a new one reads names while it
// answers already.
func (s *service) rest() {
	for before := s.metric("process_cpu_seconds_total"); ; {
		time.Sleep(2 * time.Second)
		used := s.metric("process_cpu_seconds_total")
		if used-before < 0.2 {
			return
		}
		before = used
	}
}

func (s *service) get(path string) []byte {
	s.t.Helper()
	r, err := http.Get(s.url + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %s %v %s", path, r.Status, err, body)
	}
	return body
}

func (s *service) metric(name string) float64 {
	s.t.Helper()
	for line := range strings.Lines(string(s.get("/metrics"))) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			value, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err != nil {
				s.t.Fatal(err)
			}
			return value
		}
	}
	s.t.Fatalf("the service tells no %s", name)
	return 0
}
