package main

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"debadge/api"
	"debadge/jobs"
	"debadge/ledger"
)

// curlLine is a request that the README shows.
var curlLine = regexp.MustCompile(`(?m)^curl (.*'http://127\.0\.0\.1:8080(/[^']*)')$`)

// curlWord is an argument of a command line, in single quotes or bare.
var curlWord = regexp.MustCompile(`'([^']*)'|(\S+)`)

// curled makes the request of a command line, as curl does.
func curled(t *testing.T, line, base string) *http.Request {
	t.Helper()
	var words []string
	for _, w := range curlWord.FindAllStringSubmatch(line, -1) {
		words = append(words, w[1]+w[2])
	}
	method, target, header := http.MethodGet, "", http.Header{}
	var body []byte
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "-X":
			i++
			method = words[i]
		case "-H":
			i++
			name, value, _ := strings.Cut(words[i], ": ")
			header.Set(name, value)
		case "-d", "--data-binary":
			i++
			if body = []byte(words[i]); strings.HasPrefix(words[i], "@") {
				data, err := os.ReadFile(words[i][1:])
				if err != nil {
					t.Fatal(err)
				}
				body = data
			}
			if method == http.MethodGet {
				method = http.MethodPost
			}
			if header.Get("Content-Type") == "" {
				header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
		case "-s", "-N", "-sN", "-i":
		default:
			target = base + strings.TrimPrefix(words[i], "http://127.0.0.1:8080")
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), method, target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	return r
}

// TestReadmeAsksOverHTTP sends every request that the README shows to a service
// on the public cases. One that shows a credential of the reader's own is not
// among them.
func TestReadmeAsksOverHTTP(t *testing.T) {
	data, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Dir(readmePath)) // where the reader is
	p := &program{clock: noon}
	store, err := p.openDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	queue, err := jobs.Open(jobs.Options{Dir: t.TempDir(), Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer queue.Close()
	kept, err := ledger.Open(t.Context(), "", ledger.Options{Clock: noon})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	handler, err := api.New(api.Options{
		Ledger: kept,
		Store:  store, Clock: noon, Log: slog.New(slog.DiscardHandler), Access: api.Access{Anonymous: api.Admin}, Jobs: queue,
		Importer: &importer{p: p, store: store},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	lines := curlLine.FindAllStringSubmatch(string(data), -1)
	for _, line := range lines {
		if strings.Contains(line[1], "$") {
			continue
		}
		r, err := server.Client().Do(curled(t, line[1], server.URL))
		if err != nil {
			t.Errorf("%s: %v", line[1], err)
			continue
		}
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil || r.StatusCode >= http.StatusMultipleChoices || len(body) == 0 {
			t.Errorf("%s: %s %v %.500s", line[1], r.Status, err, body)
		}
	}
	if len(lines) < 10 {
		t.Errorf("the README shows %d requests", len(lines))
	}
}
