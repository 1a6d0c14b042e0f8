package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// curlBlock is a block of the README that shows requests.
var curlBlock = regexp.MustCompile("(?s)```\n(curl .*?)```")

// curlWord is a word of a command, in quotes or not.
var curlWord = regexp.MustCompile(`'([^']*)'|(\S+)`)

// TestReadmeShowsRequestsThatWork asks each request of the README, in its order,
// of a service on the public cases.
func TestReadmeShowsRequestsThatWork(t *testing.T) {
	data, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	address, stop := start(t, "--demo")
	defer stop()
	waitUntilReady(t, address)
	asked := 0
	for _, block := range curlBlock.FindAllSubmatch(data, -1) {
		for line := range strings.Lines(string(block[1])) {
			r := curlRequest(t, strings.TrimSpace(line), address)
			if r == nil {
				continue
			}
			asked++
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if err != nil || response.StatusCode >= http.StatusMultipleChoices {
				t.Errorf("%s\n%d %.500s %v", line, response.StatusCode, body, err)
			}
		}
	}
	if asked < 15 {
		t.Errorf("the README shows %d requests", asked)
	}
}

// curlRequest reads a command that asks the service on its default address; any
// other one, such as one with a key of somebody's own, is nil.
func curlRequest(t *testing.T, command, address string) *http.Request {
	t.Helper()
	const shown = "http://127.0.0.1:8080"
	var words []string
	for _, m := range curlWord.FindAllStringSubmatch(command, -1) {
		words = append(words, m[1]+m[2])
	}
	var target string
	var body []byte
	header := http.Header{}
	for i := 1; i < len(words); i++ {
		switch word := words[i]; {
		case word == "-H":
			i++
			name, value, _ := strings.Cut(words[i], ": ")
			header.Set(name, value)
		case word == "-d":
			i++
			body = []byte(words[i])
		case word == "--data-binary":
			i++
			data, err := os.ReadFile(filepath.Join(filepath.Dir(readmePath), strings.TrimPrefix(words[i], "@")))
			if err != nil {
				t.Fatal(err)
			}
			body = data
		case strings.HasPrefix(word, shown+"/"):
			target = address + strings.TrimPrefix(word, shown)
		default:
			return nil
		}
	}
	if target == "" || strings.Contains(header.Get("Authorization"), "$") {
		return nil
	}
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(t.Context(), method, target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	return r
}
