package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"debadge/graph"
)

// mcpPath is where agents ask by the Model Context Protocol
// (https://modelcontextprotocol.io/specification), over streamable HTTP without
// sessions.
const mcpPath = "/mcp"

// agentTool is an operation that agents may use. Each only reads.
type agentTool struct {
	operation string // its id
	advice    string // what an agent has to know beside the operation's own description
	rows      int    // the limit where none is given; 0 leaves it to the operation
}

// notClear is what an agent must not get wrong.
const notClear = "A finding of unknown, an answer that is not complete and an error are never a clear. Say the strength, and who claims what, with the finding; the action is what the policy makes of it."

// agentTools are in the order in which an agent needs them.
var agentTools = []agentTool{
	{"search", "Ask this first where you have a name, a model number or a line of an order, and no id. Where the outcome is ambiguous, ask the person which one is meant; do not choose.", 20},
	{"trace", notClear, 0},
	{"timeline", notClear, 0},
	{"reach", "The rows are pages: go on with the cursor until there is no next, before you say that something is not among them.", 100},
	{"screen", notClear, 0},
	{"entity", "", 50},
	{"claim", "This is the evidence: what a source says, what denies it, and whether it was withdrawn.", 0},
	{"source", "", 0},
	{"lists", "", 0},
}

// mostToolBytes bounds an answer: an agent has to read all of it.
const mostToolBytes = 1 << 20

const agentInstructions = "debadge answers which products trace back to an entity on a restricted-party list, with the path, the evidence of every hop and how strong the weakest one is. " +
	notClear + " Names of products change; ask search for the id before you ask trace."

// agent is who asks through a tool.
type agent struct {
	caller Caller
	remote netip.Addr
	id     string // of the request that the tool was called with
}

type agentKey struct{}

// agentOf returns the agent behind a request that a tool made, which was let in
// and counted already.
func agentOf(ctx context.Context) (agent, bool) {
	a, ok := ctx.Value(agentKey{}).(agent)
	return a, ok
}

// addAgents adds the operation by which agents ask. It comes last: the tools
// are made of the operations that are there.
func (s *server) addAgents() {
	s.agents = s.newAgents()
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return s.agents }, &mcp.StreamableHTTPOptions{
		Stateless: true, JSONResponse: true, MaxRequestBodyBytes: s.MaxBodyBytes,
		DisableLocalhostProtection: !s.Access.LocalOnly, // names are checked where nobody has to show a credential
	})
	op := operationFor(mayRead, http.MethodPost, "mcp", mcpPath, "agents", "Ask as an agent, by the Model Context Protocol",
		"Takes one JSON-RPC message. The tools are operations of this document that read, under the roles and limits of the caller: "+strings.Join(toolNames(), ", ")+". "+
			"Each answers with what the operation does, and says in words what it found, how far that is established, and whether it is complete.",
		unavailable, timeout)
	message := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
	asked := &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true, Required: []string{"jsonrpc", "method"},
		Properties: map[string]*huma.Schema{
			"jsonrpc": {Type: huma.TypeString, Enum: []any{"2.0"}},
			"method":  {Type: huma.TypeString, MinLength: new(1)},
		},
	}
	respondWith(op, jsonType, message)
	op.Responses["202"] = &huma.Response{Description: "A notification was taken."}
	serve(s, op, func(hc huma.Context, _ *struct{}) {
		r, w := humagin.Unwrap(hc).Request, humagin.Unwrap(hc).Writer
		rec := recordOf(r.Context())
		s.answerAgent(handler, w, r.WithContext(context.WithValue(r.Context(), agentKey{}, agent{rec.caller, rec.remote, rec.id})))
	})
	s.routes[len(s.routes)-1].RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonType: {Schema: asked}}}
}

// answerAgent has the protocol answer, and makes problems of what it refuses.
func (s *server) answerAgent(h http.Handler, w http.ResponseWriter, r *http.Request) {
	got := newKept(0)
	h.ServeHTTP(got, r)
	if got.status < http.StatusBadRequest {
		for _, name := range []string{"Content-Type", "Mcp-Session-Id", "Mcp-Protocol-Version"} {
			if v := got.header.Get(name); v != "" {
				w.Header().Set(name, v)
			}
		}
		w.WriteHeader(got.status)
		_, _ = w.Write(got.body.Bytes())
		return
	}
	if got.header.Get("Content-Type") == jsonType { // an error as the protocol has it
		writeBytes(w, got.status, jsonType, got.body.Bytes())
		return
	}
	p := newProblem(faultWith(got.status), "the message is refused: "+clip(strings.TrimSpace(got.body.String())))
	p.Status = got.status
	writeProblem(r.Context(), w, p)
}

// newAgents makes the tools of the operations.
func (s *server) newAgents() *mcp.Server {
	server := mcp.NewServer(&mcp.Implementation{Name: "debadge", Version: s.Version},
		&mcp.ServerOptions{Instructions: agentInstructions, Capabilities: &mcp.ServerCapabilities{}})
	for _, tool := range agentTools {
		op := s.operationBy(tool.operation)
		closed := false
		server.AddTool(&mcp.Tool{
			Name: tool.operation, Title: op.Summary, Description: strings.TrimSpace(op.Summary + " " + op.Description + " " + tool.advice),
			InputSchema: s.toolInput(op),
			Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &closed},
		}, func(ctx context.Context, r *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return s.callTool(ctx, tool, op, r.Params.Arguments), nil
		})
	}
	return server
}

func toolNames() []string {
	names := make([]string, len(agentTools))
	for i, tool := range agentTools {
		names[i] = tool.operation
	}
	return names
}

// operationBy returns an operation that is there by its id.
func (s *server) operationBy(id string) *huma.Operation {
	return s.routes[slices.IndexFunc(s.routes, func(op *huma.Operation) bool { return op.OperationID == id })]
}

// bodyArgument is the argument of a tool whose operation takes a body.
const bodyArgument = "lines"

// toolInput describes the arguments of a tool: the parameters of its operation,
// and its body.
func (s *server) toolInput(op *huma.Operation) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, p := range op.Parameters {
		if p.In == "header" {
			continue
		}
		schema := s.plain(p.Schema)
		schema["description"] = p.Description
		properties[p.Name] = schema
		if p.Required {
			required = append(required, p.Name)
		}
	}
	if op.RequestBody != nil {
		properties[bodyArgument] = s.plain(op.RequestBody.Content[jsonType].Schema)
		required = append(required, bodyArgument)
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// plain writes a schema out, without references: a tool stands alone.
func (s *server) plain(schema *huma.Schema) map[string]any {
	if schema.Ref != "" {
		schema = s.huma.OpenAPI().Components.Schemas.SchemaFromRef(schema.Ref)
	}
	out := map[string]any{}
	data, err := json.Marshal(schema)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		panic(err) // the document is written of the same schemas
	}
	if len(schema.Properties) > 0 {
		properties := map[string]any{}
		for name, p := range schema.Properties {
			properties[name] = s.plain(p)
		}
		out["properties"] = properties
	}
	if schema.Items != nil {
		out["items"] = s.plain(schema.Items)
	}
	return out
}

// callTool asks the operation of a tool, as its caller would over HTTP.
func (s *server) callTool(ctx context.Context, tool agentTool, op *huma.Operation, arguments json.RawMessage) *mcp.CallToolResult {
	r, err := toolRequest(ctx, tool, op, arguments)
	if err != nil {
		return toolFailed(err.Error())
	}
	if a, ok := agentOf(ctx); ok {
		r.Header.Set(requestIDHeader, a.id)
	}
	got := newKept(mostToolBytes)
	s.engine.ServeHTTP(got, r)
	switch {
	case got.full:
		return toolFailed(fmt.Sprintf("the answer is larger than %d bytes; ask for less, with limit, list or as_of", mostToolBytes))
	case got.status != http.StatusOK:
		return toolFailed(problemWords(got.body.Bytes()))
	}
	body := bytes.TrimSpace(got.body.Bytes())
	return &mcp.CallToolResult{
		StructuredContent: json.RawMessage(body),
		Content:           []mcp.Content{&mcp.TextContent{Text: answerWords(body)}, &mcp.TextContent{Text: string(body)}},
	}
}

// toolFailed is the result of a call without an answer.
func toolFailed(why string) *mcp.CallToolResult {
	return &mcp.CallToolResult{IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: "No answer, which is not a clear: " + why}}}
}

// toolRequest makes the request of a call.
func toolRequest(ctx context.Context, tool agentTool, op *huma.Operation, arguments json.RawMessage) (*http.Request, error) {
	given := map[string]json.RawMessage{}
	if len(arguments) > 0 {
		if err := json.Unmarshal(arguments, &given); err != nil {
			return nil, graph.Errorf(graph.KindInvalid, "the arguments are no JSON object")
		}
	}
	path, query := op.Path, url.Values{}
	var body []byte
	for name, value := range given {
		if name == bodyArgument && op.RequestBody != nil {
			body = value
			continue
		}
		texts, err := argumentTexts(value)
		if err != nil {
			return nil, graph.Errorf(graph.KindInvalid, "%.100q: %s", name, err)
		}
		if slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.In == "path" && p.Name == name }) && len(texts) == 1 {
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(texts[0]))
			continue
		}
		query[name] = texts
	}
	if tool.rows > 0 && !query.Has("limit") {
		query.Set("limit", strconv.Itoa(tool.rows))
	}
	if strings.Contains(path, "{") {
		return nil, graph.Errorf(graph.KindInvalid, "an argument is missing: %s", path[strings.Index(path, "{"):])
	}
	r, err := http.NewRequestWithContext(ctx, op.Method, path+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return nil, graph.Errorf(graph.KindInvalid, "the arguments make no request")
	}
	r.Header.Set("Accept", jsonType)
	if body != nil {
		r.Header.Set("Content-Type", jsonType)
	} else {
		r.Body = http.NoBody
	}
	return r, nil
}

// argumentTexts writes an argument as the values of a parameter.
func argumentTexts(value json.RawMessage) ([]string, error) {
	var many []json.RawMessage
	if json.Unmarshal(value, &many) != nil {
		many = []json.RawMessage{value}
	}
	texts := make([]string, len(many))
	for i, one := range many {
		if json.Unmarshal(one, &texts[i]) == nil {
			continue
		}
		text := string(bytes.TrimSpace(one))
		if strings.ContainsAny(text, `{["`) || text == "null" {
			return nil, graph.Errorf(graph.KindInvalid, "is no text, number or list of them")
		}
		texts[i] = text
	}
	return texts, nil
}

// kept is an answer in memory, up to a bound.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
	most   int // 0 is no bound
	full   bool
}

func newKept(most int) *kept { return &kept{header: http.Header{}, status: http.StatusOK, most: most} }

// Header is that of the answer.
func (k *kept) Header() http.Header { return k.header }

// WriteHeader notes the status.
func (k *kept) WriteHeader(status int) { k.status = status }

// Write keeps what fits.
func (k *kept) Write(b []byte) (int, error) {
	if k.most > 0 && k.body.Len()+len(b) > k.most {
		k.full = true
		return len(b), nil
	}
	return k.body.Write(b)
}

// ServeAgent answers an agent that talks on a pair of streams, such as the
// standard ones, until the input or ctx ends. It may ask and screen.
func ServeAgent(ctx context.Context, o Options, in io.ReadCloser, out io.WriteCloser) error {
	s, err := newServer(o) //nolint:contextcheck // requests bring their own
	if err != nil {
		return err
	}
	local := agent{caller: Caller{Name: "the agent on the standard input", Roles: []Role{Screener}, Credential: NoCredential}, id: rand.Text()}
	s.agents.AddReceivingMiddleware(func(next mcp.MethodHandler) mcp.MethodHandler {
		return func(ctx context.Context, method string, r mcp.Request) (mcp.Result, error) {
			return next(context.WithValue(ctx, agentKey{}, local), method, r)
		}
	})
	if err := s.agents.Run(ctx, &mcp.IOTransport{Reader: in, Writer: out}); err != nil && ctx.Err() == nil && !errors.Is(err, io.EOF) {
		return graph.Unavailable("the conversation with the agent broke off", err)
	}
	return nil
}
