package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// TestMCP has an agent ask on the standard streams, as a program does that
// starts debadge for it.
func TestMCP(t *testing.T) {
	stdin, toServer := io.Pipe()
	fromServer, stdout := io.Pipe()
	var stderr bytes.Buffer
	p := program{clock: noon, stdin: stdin, stdout: stdout, stderr: &stderr}
	exit := make(chan int, 1)
	go func() { exit <- p.run(t.Context(), []string{"mcp", "--demo"}) }()
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	c, err := client.Connect(t.Context(), &mcp.IOTransport{Reader: fromServer, Writer: toServer}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.CallTool(t.Context(), &mcp.CallToolParams{Name: "trace", Arguments: map[string]any{
		"subject": "KR2280-X2", "as_of": "2024-04-15", "list": []string{"us-bis-entity-list"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	text, ok := r.Content[0].(*mcp.TextContent)
	if want := "Aivres KR2280-X2 (product:aivres:kr2280-x2): LISTED, strength alleged, action review, since 2023-03."; !ok || !strings.HasPrefix(text.Text, want) {
		t.Errorf("%v, not %s", r.Content[0], want)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if code := <-exit; code != answered || stderr.Len() > 0 {
		t.Errorf("ended with %d: %s", code, &stderr)
	}
}
