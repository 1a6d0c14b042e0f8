package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

type marker struct{}

// asking is a client whose requests a handler answers in this process.
func asking(ctx context.Context, h http.HandlerFunc) *http.Client {
	visitor := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://debadge.example/entities/x", http.NoBody)
	visitor.RemoteAddr = "192.0.2.7:4711"
	visitor.Header.Set("X-Forwarded-For", "198.51.100.1")
	visitor.Header.Set("Cookie", "debadge=secret")
	visitor.Header.Set("Authorization", "Bearer of the visitor")
	return &http.Client{Transport: inProcess{h, visitor, "request-1"}}
}

func ask(ctx context.Context, t *testing.T, c *http.Client, body io.Reader) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://debadge.example/v1/x?a=b", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-Proto", "https") // what the visitor did not say
	return c.Do(r)
}

// TestInProcessSaysWhoAsks hands on where the visitor comes from, and nothing
// else of their request.
func TestInProcessSaysWhoAsks(t *testing.T) {
	ctx := context.WithValue(t.Context(), marker{}, true)
	var got *http.Request
	c := asking(ctx, func(w http.ResponseWriter, r *http.Request) {
		got = r
		data, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", string(data))
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "told")
	})
	answer, err := ask(ctx, t, c, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || string(body) != "told" || answer.StatusCode != http.StatusTeapot || answer.Header.Get("X-Seen") != "body" {
		t.Errorf("%d %q %v %v", answer.StatusCode, body, answer.Header, err)
	}
	if got.RemoteAddr != "192.0.2.7:4711" || got.Host != "debadge.example" || got.RequestURI != "/v1/x?a=b" || got.URL.Path != "/v1/x" {
		t.Errorf("%+v", got)
	}
	for name, want := range map[string]string{
		"X-Forwarded-For": "198.51.100.1", "X-Request-Id": "request-1", "X-Forwarded-Proto": "", "Cookie": "", "Authorization": "",
	} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s is %q, want %q", name, v, want)
		}
	}
	if got.Context().Value(marker{}) != nil {
		t.Error("what the context of the visitor holds is handed on")
	}
}

// TestInProcessStreams reads the first row before the last one is written, and
// ends the request of a body that is closed.
func TestInProcessStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		c := asking(t.Context(), func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Unix(1, 0)) // of no use here
			for {
				if _, err := io.WriteString(w, "row\n"); err != nil {
					ended <- err
					return
				}
				if err := http.NewResponseController(w).Flush(); err != nil {
					ended <- err
					return
				}
				select {
				case <-r.Context().Done():
					ended <- r.Context().Err()
					return
				case <-time.After(time.Minute):
				}
			}
		})
		answer, err := ask(t.Context(), t, c, nil)
		if err != nil {
			t.Fatal(err)
		}
		row := make([]byte, 4)
		if _, err := io.ReadFull(answer.Body, row); err != nil || string(row) != "row\n" {
			t.Errorf("%q %v", row, err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err == nil {
			t.Error("the request goes on though nobody reads")
		}
	})
}

// TestInProcessEnds with the visitor's request, before and while it is answered.
func TestInProcessEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		c := asking(ctx, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		go func() {
			time.Sleep(time.Second)
			leave()
		}()
		if answer, err := ask(ctx, t, c, nil); !errors.Is(err, context.Canceled) {
			if err == nil {
				_ = answer.Body.Close()
			}
			t.Errorf("%v", err)
		}
	})
}

// TestInProcessCut tells a half answer from a whole one.
func TestInProcessCut(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"before it began": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"in the middle": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half of it")
			panic(http.ErrAbortHandler)
		},
	} {
		c := asking(t.Context(), h)
		answer, err := ask(t.Context(), t, c, nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(answer.Body); !errors.Is(err, errCut) {
			t.Errorf("%s: %d %q %v", name, answer.StatusCode, body, err)
		}
		_ = answer.Body.Close()
	}
	c := asking(t.Context(), func(http.ResponseWriter, *http.Request) {})
	answer, err := ask(t.Context(), t, c, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || len(body) > 0 || answer.StatusCode != http.StatusOK {
		t.Errorf("an empty answer: %d %q %v", answer.StatusCode, body, err)
	}
}
