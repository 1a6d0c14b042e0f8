package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// shown sends a credential with every request.
type shown struct{ credential string }

func (s shown) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if s.credential != "" {
		r.Header.Set("Authorization", "Bearer "+s.credential)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// asAgent connects the protocol's own client to a service over HTTP.
func asAgent(t *testing.T, s *service, credential string) (*mcp.ClientSession, error) {
	t.Helper()
	l := httptest.NewServer(s)
	t.Cleanup(l.Close)
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	return client.Connect(t.Context(), &mcp.StreamableClientTransport{
		Endpoint: l.URL + mcpPath, HTTPClient: &http.Client{Transport: shown{credential}}, DisableStandaloneSSE: true, MaxRetries: -1,
	}, nil)
}

func call(t *testing.T, c *mcp.ClientSession, tool string, arguments map[string]any) *mcp.CallToolResult {
	t.Helper()
	r, err := c.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	return r
}

// toolWords are all texts of a result.
func toolWords(t *testing.T, r *mcp.CallToolResult) string {
	t.Helper()
	var all []string
	for _, c := range r.Content {
		text, ok := c.(*mcp.TextContent)
		if !ok {
			t.Fatalf("%T", c)
		}
		all = append(all, text.Text)
	}
	return strings.Join(all, "\n")
}

// TestAgentAsks has the protocol's own client ask: an agent gets the finding
// with its strength, sources and basis, and the same JSON as over REST.
func TestAgentAsks(t *testing.T) {
	s := newService(t, nil)
	c, err := asAgent(t, s, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	tools, err := c.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range tools.Tools {
		names = append(names, tool.Name)
		if !tool.Annotations.ReadOnlyHint || tool.Description == "" || tool.InputSchema == nil {
			t.Errorf("%s: %+v", tool.Name, tool)
		}
	}
	for _, want := range []string{"search", "trace", "timeline", "reach", "screen", "claim"} {
		if !slices.Contains(names, want) {
			t.Errorf("there is no tool %s among %v", want, names)
		}
	}
	r := call(t, c, "trace", map[string]any{"subject": "product:beta:b1", "as_of": "2024-04-15", "paths": 2})
	text := toolWords(t, r)
	for _, want := range []string{"LISTED", "strength", "action", "sources", "As of 2024-04-15", "known at revision", "policy default"} {
		if !strings.Contains(text, want) {
			t.Errorf("the words lack %q:\n%.500s", want, text)
		}
	}
	got, err := json.Marshal(r.StructuredContent)
	if err != nil {
		t.Fatal(err)
	}
	want := s.get(t, "/v1/trace?subject=product:beta:b1&as_of=2024-04-15&paths=2").Body.Bytes()
	if !sameJSON(t, got, want) {
		t.Errorf("the tool gives\n%s\nand REST\n%s", got, want)
	}
	if text := toolWords(t, call(t, c, "trace", map[string]any{"subject": "nobody's product"})); !strings.Contains(text, "this is not a clear") {
		t.Errorf("of what is not known:\n%.500s", text)
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal(a, &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &y); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	other, err := json.Marshal(y)
	if err != nil {
		t.Fatal(err)
	}
	return string(again) == string(other)
}

// TestAgentIsRefused: what goes wrong is told, and is never an answer.
func TestAgentIsRefused(t *testing.T) {
	s := newService(t, nil)
	c, err := asAgent(t, s, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, test := range []struct {
		tool      string
		arguments map[string]any
		want      string
	}{
		{"trace", map[string]any{"subject": "B1", "policy": "lax"}, "query.policy"},
		{"trace", map[string]any{"subject": "B1", "as_off": "2024-04-15"}, "as_off"},
		{"trace", map[string]any{"subject": map[string]any{"x": 1}}, "no text"},
		{"trace", map[string]any{}, "subject"},
		{"claim", map[string]any{}, "an argument is missing"},
		{"claim", map[string]any{"id": "../policies/default"}, "No answer, which is not a clear"},
		{"reach", map[string]any{"origin": "nobody"}, "Not found"},
	} {
		r := call(t, c, test.tool, test.arguments)
		if text := toolWords(t, r); !r.IsError || !strings.Contains(text, test.want) || !strings.Contains(text, "not a clear") {
			t.Errorf("%s %v: error %t\n%.500s", test.tool, test.arguments, r.IsError, text)
		}
	}
	if _, err := c.CallTool(t.Context(), &mcp.CallToolParams{Name: "append"}); err == nil {
		t.Error("an agent may write")
	}
}

// TestAgentHasTheRoleOfItsCaller: a tool is no way around what a role may do.
func TestAgentHasTheRoleOfItsCaller(t *testing.T) {
	s := newService(t, guarded)
	if _, err := asAgent(t, s, ""); err == nil {
		t.Error("an agent without a credential was let in")
	}
	if _, err := asAgent(t, s, "dbk_revoked"); err == nil {
		t.Error("an agent with a revoked key was let in")
	}
	c, err := asAgent(t, s, "dbk_reader")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if r := call(t, c, "trace", map[string]any{"subject": "product:beta:b1"}); r.IsError {
		t.Errorf("a reader may not ask: %s", toolWords(t, r))
	}
	lines := map[string]any{bodyArgument: []any{map[string]any{"product": "B1"}}}
	if r := call(t, c, "screen", lines); !r.IsError || !strings.Contains(toolWords(t, r), "leave to screen") {
		t.Errorf("a reader screens: %s", toolWords(t, r))
	}
	screener, err := asAgent(t, s, "dbk_screener")
	if err != nil {
		t.Fatal(err)
	}
	defer screener.Close()
	if r := call(t, screener, "screen", lines); r.IsError {
		t.Errorf("a screener may not screen: %s", toolWords(t, r))
	}
}

// TestAgentMessages: what is no message is refused with a problem.
func TestAgentMessages(t *testing.T) {
	s := newService(t, nil)
	for _, body := range []string{"", "{", "[]", `{"jsonrpc":"1.0"}`, strings.Repeat("x", 2<<20)} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, mcpPath, strings.NewReader(body))
		r.Header.Set("Content-Type", jsonType)
		r.Header.Set("Accept", jsonType+", text/event-stream")
		w := s.ask(t, r)
		if w.Code < 400 || w.Code >= 500 {
			t.Errorf("%.20q: %d %s", body, w.Code, w.Body)
		}
	}
	if w := s.ask(t, request(t, http.MethodGet, mcpPath, nil)); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", w.Code)
	}
}

// TestAgentOnStreams asks as a program does that started debadge mcp.
func TestAgentOnStreams(t *testing.T) {
	s := newService(t, nil)
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- ServeAgent(ctx, s.server.Options, in, out) }()
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	c, err := client.Connect(t.Context(), &mcp.IOTransport{Reader: fromServer, Writer: toServer}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := toolWords(t, call(t, c, "trace", map[string]any{"subject": "product:beta:b1"})); !strings.Contains(text, "LISTED") {
		t.Errorf("%.500s", text)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
