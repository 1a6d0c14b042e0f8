package api_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"
	"time"

	"debadge/api"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/storetest"
)

// TestCases asks every case over HTTP.
func TestCases(t *testing.T) {
	t.Parallel()
	clock := func() time.Time { return storetest.FixedTime }
	policies := storetest.CasePolicies(t)
	storetest.RunCases(t, func(t *testing.T, sets []graph.ChangeSet) storetest.Asker {
		t.Helper()
		s := index.NewMemory(clock)
		for _, cs := range sets {
			if _, err := s.Append(t.Context(), cs); err != nil {
				t.Fatal(err)
			}
		}
		handler, err := api.New(api.Options{
			Store: s, Policies: policies, Clock: clock, Log: slog.New(slog.DiscardHandler), RequestTimeout: time.Minute,
			Access: api.Access{Anonymous: api.Reader},
		})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		return asker{server}
	})
}

// asker asks a service.
type asker struct{ *httptest.Server }

func (s asker) Trace(ctx context.Context, a storetest.Ask) ([]byte, error) {
	values := query(a, "subject")
	values.Set("as_of", a.AsOf.String())
	if a.Paths > 0 {
		values.Set("paths", strconv.Itoa(a.Paths))
	}
	return s.get(ctx, "/v1/trace", values)
}

func (s asker) Timeline(ctx context.Context, a storetest.Ask) ([]byte, error) {
	return s.get(ctx, "/v1/timeline", query(a, "subject"))
}

func (s asker) Reach(ctx context.Context, a storetest.Ask) ([]byte, error) {
	values := query(a, "origin")
	values.Set("as_of", a.AsOf.String())
	values.Set("limit", "10000")
	return s.get(ctx, "/v1/reach", values)
}

func query(a storetest.Ask, subject string) url.Values {
	values := url.Values{subject: {a.Subject}}
	for _, l := range a.Lists {
		values.Add("list", l)
	}
	if a.Revision > 0 {
		values.Set("known_at", strconv.FormatUint(uint64(a.Revision), 10))
	}
	if len(a.Policy) > 0 {
		var name string
		if json.Unmarshal(a.Policy, &name) != nil {
			var policy struct {
				Name string `json:"name"`
			}
			_ = json.Unmarshal(a.Policy, &policy) // the case was read before
			name = policy.Name
		}
		values.Set("policy", name)
	}
	return values
}

// kinds are what the statuses of problems say of an answer.
var kinds = map[int]graph.ErrorKind{
	http.StatusUnprocessableEntity: graph.KindInvalid, http.StatusNotFound: graph.KindNotFound,
	http.StatusConflict: graph.KindAmbiguous, http.StatusServiceUnavailable: graph.KindUnavailable,
}

func (s asker) get(ctx context.Context, path string, values url.Values) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path+"?"+values.Encode(), http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := s.Client().Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, graph.Errorf(kinds[response.StatusCode], "%s: %s", response.Status, body)
	}
	return body, nil
}
