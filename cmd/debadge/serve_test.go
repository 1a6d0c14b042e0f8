package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
)

// lines hands on what a service logs, line by line.
type lines struct{ to chan string }

func (l lines) Write(p []byte) (int, error) {
	s := bufio.NewScanner(bytes.NewReader(p))
	for s.Scan() {
		l.to <- s.Text()
	}
	return len(p), s.Err()
}

// start runs a service until the test ends, and returns its address and its
// exit status.
func start(t *testing.T, args ...string) (address string, stop func() int) {
	t.Helper()
	log := make(chan string, 1000)
	ctx, cancel := context.WithCancel(t.Context())
	exit := make(chan int, 1)
	began := time.Now()
	clock := func() time.Time { return noon().Add(time.Since(began)) } // by which an index tells how old it is
	env := []string{"XDG_DATA_HOME=" + t.TempDir()}
	p := program{clock: clock, env: env, stdin: strings.NewReader(""), stdout: io.Discard, stderr: lines{log}}
	go func() {
		exit <- p.run(ctx, append([]string{"serve", "--addr", "127.0.0.1:0", "--anonymous", "admin"}, args...))
	}()
	stop = sync.OnceValue(func() int {
		cancel()
		return <-exit
	})
	t.Cleanup(func() { stop() }) // before the folder of its ledger is removed
	for {
		select {
		case line := <-log:
			var entry struct{ Msg, URL string }
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "listening" {
				go leaveUnread(t.Context(), log)
				return entry.URL, stop
			}
		case code := <-exit:
			exit <- code
			t.Fatalf("the service ended with %d", code)
		}
	}
}

// leaveUnread takes what a service goes on to log: it would wait for its reader.
func leaveUnread(ctx context.Context, log <-chan string) {
	for {
		select {
		case <-log:
		case <-ctx.Done():
			return
		}
	}
}

// command runs a command and returns what it prints.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, wrong bytes.Buffer
	p := program{clock: noon, stdin: strings.NewReader(""), stdout: &out, stderr: &wrong}
	code = p.run(t.Context(), args)
	return code, out.String(), wrong.String()
}

func TestServeAnswersAsTheCommandLineDoes(t *testing.T) {
	db := "sqlite:" + t.TempDir() + "/claims.db"
	if code, _, wrong := command(t, "import", "bundle", "testdata/case.json", "--store", db); code != answered {
		t.Fatal(wrong)
	}
	for _, args := range [][]string{{"--store", db}, {"--store", db, "--read", "direct"}} {
		address, stop := start(t, args...)
		waitUntilReady(t, address)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/v1/trace?subject="+url.QueryEscape("Seller X2"), nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Fatal(err)
		}
		code, out, wrong := command(t, "trace", "Seller X2", "--format", "json", "--store", db)
		if code != answered || out != string(body) {
			t.Errorf("%v: over HTTP:\n%s\non the command line:\n%s%s", args, body, out, wrong)
		}
		if code := stop(); code != answered {
			t.Errorf("the service ended with %d", code)
		}
		if code, _, _ := command(t, "healthcheck", "--addr", address); code != couldNotAnswer {
			t.Errorf("healthcheck of a service that is gone: %d", code)
		}
	}
}

func waitUntilReady(t *testing.T, address string) {
	t.Helper()
	for {
		code, _, wrong := command(t, "healthcheck", "--addr", address)
		if code == answered {
			return
		}
		if t.Context().Err() != nil {
			t.Fatal(wrong)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestServeStartsWithoutItsStore(t *testing.T) {
	address, stop := start(t, "--store", "bolt://127.0.0.1:1", "--ledger", t.TempDir()+"/ledger.db")
	if code, _, wrong := command(t, "healthcheck", "--live", "--addr", address); code != answered {
		t.Errorf("alive: %d, %s", code, wrong)
	}
	code, _, wrong := command(t, "healthcheck", "--addr", strings.TrimPrefix(address, "http://"))
	if code != couldNotAnswer || !strings.Contains(wrong, "503") || !strings.Contains(wrong, "bolt://127.0.0.1:1") {
		t.Errorf("ready: %d, %s", code, wrong)
	}
	if code := stop(); code != answered {
		t.Errorf("the service ended with %d", code)
	}
}

func TestServeNamesAnAddressThatIsTaken(t *testing.T) {
	address, stop := start(t, "--demo")
	defer stop()
	code, _, wrong := command(t, "serve", "--demo", "--addr", strings.TrimPrefix(address, "http://"))
	if code != couldNotAnswer || !strings.Contains(wrong, "cannot listen on "+strings.TrimPrefix(address, "http://")) {
		t.Errorf("%d, %s", code, wrong)
	}
}

func TestLateStoreComesWhenItCan(t *testing.T) {
	var tries atomic.Int32
	log := slog.New(slog.DiscardHandler)
	s := newLateStore(t.Context(), log, func(context.Context, *slog.Logger) (graph.Store, error) {
		if tries.Add(1) == 1 {
			return nil, graph.Unavailable("the server is away", errors.New("refused"))
		}
		return index.NewMemory(noon), nil
	})
	for {
		_, err := s.Status(t.Context())
		if err == nil {
			break
		}
		if graph.KindOf(err) != graph.KindUnavailable {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if _, err := s.Append(t.Context(), graph.ChangeSet{}); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.View(t.Context(), graph.Moment{}, func(graph.View) error { return nil }); graph.KindOf(err) != graph.KindUnavailable {
		t.Errorf("after Close: %v", err)
	}
	if err := s.Changes(t.Context(), 0, nil); graph.KindOf(err) != graph.KindUnavailable {
		t.Errorf("after Close: %v", err)
	}
}
