package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
	"debadge/graph/identifier"
	"debadge/graph/resolve"
	"debadge/graph/screen"
)

// Screened is by what rules lines are answered.
type Screened struct {
	Freshness

	AsOf    day      `query:"as_of"`
	KnownAt moment   `query:"known_at"`
	Policy  string   `query:"policy" maxLength:"200"`
	List    []string `query:"list,explode" maxItems:"100"`
	Explain bool     `query:"explain"`
}

type screenInput struct {
	Screened
}

// screenAnswer is what the encoder of JSON writes.
type screenAnswer struct {
	Rows []screen.Row `json:"rows"`
	screen.Summary
}

const (
	mostLines      = 10_000   // of one array
	mostScreenBody = 16 << 20 // bytes of it
)

func (s *server) addScreen() {
	op := operationFor(mayScreen, http.MethodPost, "screen", "/v1/screen", "screening", "Do the lines of an order trace back to a listed entity?",
		fmt.Sprintf("Takes up to %d lines as a JSON array and answers all of them at once, in their order, at one revision. ", mostLines)+
			"A line has the most severe action of what it names; one that is not known or that several entities match is never passed. "+
			"Longer files go to /v1/screen/stream, or to /v1/jobs/screen.",
		notFound, unavailable, timeout)
	takes(op, "The lines.", map[string]*huma.Schema{jsonType: {Type: huma.TypeArray, Items: s.schema(reflect.TypeFor[screen.Input]()), MaxItems: new(mostLines)}})
	respondWith(op, jsonType, s.schema(reflect.TypeFor[screenAnswer]()))
	serve(s, op, s.screen)
	s.addScreenStream()
}

func (s *server) screen(hc huma.Context, in *screenInput) {
	c := humagin.Unwrap(hc)
	ctx, done := s.limit(hc.Context(), c.Writer)
	defer done()
	if err := s.places.refuse(); err != nil {
		writeProblem(hc.Context(), c.Writer, problemOf(ctx, err))
		return
	}
	_, p := bodyType(c.Request, hc.Operation())
	var body []byte
	if p == nil {
		body, p = readBody(c.Writer, c.Request, mostScreenBody)
	}
	if p != nil {
		writeProblem(hc.Context(), c.Writer, p)
		return
	}
	var answer bytes.Buffer
	if err := s.screenLines(ctx, in, body, &answer); err != nil {
		writeProblem(hc.Context(), c.Writer, problemOf(ctx, err))
		return
	}
	writeBytes(c.Writer, http.StatusOK, jsonType, answer.Bytes())
}

// screenLines screens the lines of a body, and notes in the audit log that it did.
func (s *server) screenLines(ctx context.Context, in *screenInput, body []byte, answer *bytes.Buffer) error {
	opts, err := s.screening(ctx, &in.Screened)
	if err != nil {
		return err
	}
	at, err := s.places.takeAll(ctx) // it computes on all processors
	if err != nil {
		return err
	}
	defer at.leave()
	lines, err := readLines(body)
	if err != nil {
		return err
	}
	sum, err := screen.Run(ctx, s.Store, &givenLines{lines: lines}, s.counting(new(screen.JSON)), answer, opts)
	at.lend(s.places.all - 1) // what is left to do is to wait for the disk
	if err != nil {
		return err
	}
	input := sha256.New()
	_, _ = input.Write(body) // a hash takes everything
	return s.logScreening(ctx, s.actor(ctx), requestScreened, input, &opts, &sum)
}

// screening makes the options of a run: its names are of the revision that it
// is answered at.
func (s *server) screening(ctx context.Context, in *Screened) (screen.Options, error) {
	policy, err := s.policy(in.Policy)
	if err != nil {
		return screen.Options{}, err
	}
	if err := s.await(ctx, in); err != nil {
		return screen.Options{}, err
	}
	x, err := s.names(ctx, in.KnownAt.at, in.MinRevision)
	if err != nil {
		return screen.Options{}, err
	}
	return screen.Options{
		Names: screen.NamesOf(x), AsOf: s.dayOr(in.AsOf), KnownAt: in.KnownAt.at, Policy: policy, Lists: in.List, Explain: in.Explain,
		Findings: s.findings,
	}, nil
}

// names returns the index of names of a moment; that of the newest one has at
// least a revision.
func (s *server) names(ctx context.Context, at graph.Moment, least graph.Revision) (*resolve.Index, error) {
	x, err := s.Names.At(ctx, at)
	if err != nil || at != (graph.Moment{}) || x.Revision() >= least {
		return x, err
	}
	if err := s.Names.Wait(ctx, least); err != nil {
		return nil, err
	}
	return s.Names.At(ctx, at)
}

// givenLines gives the lines of a request.
type givenLines struct {
	lines []screen.Input
	next  int
}

// Head names the request: it has no file.
func (g *givenLines) Head() (name, format string, columns []string) { return "request", "json", nil }

// Next returns the next line.
func (g *givenLines) Next() (screen.Line, error) {
	if g.next == len(g.lines) {
		return screen.Line{}, io.EOF
	}
	g.next++
	return screen.Line{Number: g.next, At: fmt.Sprintf("item %d", g.next), Input: g.lines[g.next-1]}, nil
}

// LeftOut is nothing: each item is a line.
func (g *givenLines) LeftOut() map[string]int { return nil }

// Position is not known in bytes.
func (g *givenLines) Position() (done, total int64) { return 0, 0 }

// readLines reads the array of lines. A property that a line does not have is
// refused: a typo must not turn a product into nothing.
func readLines(body []byte) ([]screen.Input, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return nil, badBody(err, "the body is no JSON array of lines")
	}
	var lines []screen.Input
	for d.More() {
		at := fmt.Sprintf("body[%d]", len(lines))
		if len(lines) == mostLines {
			return nil, refuseLine("body", "has more than %d lines; send them to /v1/screen/stream, or as a file to /v1/jobs/screen", mostLines)
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, badBody(err, at+" is no JSON")
		}
		line, err := readLine(at, raw)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	if _, err := d.Token(); err != nil {
		return nil, badBody(err, "the body is cut off")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, refuseLine("body", "has something behind the array")
	}
	return lines, nil
}

// badBody is an error about a body that is no JSON, or not of the right form.
func badBody(err error, text string) error {
	if err != nil && !errors.Is(err, io.EOF) {
		text += ": " + err.Error()
	}
	return refuseLine("body", "%s", text)
}

// readLine reads one line.
func readLine(at string, raw json.RawMessage) (screen.Input, error) {
	var line screen.Input
	if wrong := members(raw, lineMembers); wrong != "" {
		return line, refuseLine(at, "%s", wrong)
	}
	if err := json.Unmarshal(raw, &line); err != nil {
		if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return line, refuseLine(at+"."+e.Field, "is no %s", e.Type)
		}
		return line, badBody(err, at+" is no line")
	}
	for _, given := range []struct {
		name, kind string
		ids        []identifier.Identifier
	}{{"identifiers", identifier.Product, line.Identifiers}, {"company_identifiers", identifier.Company, line.CompanyIDs}} {
		for i, id := range given.ids {
			if id.Scheme.Kind() != given.kind {
				return line, refuseLine(fmt.Sprintf("%s.%s[%d].scheme", at, given.name, i), "%q is not a scheme of a %s", string(id.Scheme), given.kind)
			}
		}
	}
	return line, nil
}

// lineMembers are the properties of a line, and of the objects in it.
var lineMembers = [][]string{
	{"id", "product", "also", "brand", "manufacturer", "supplier", "identifiers", "company_identifiers"},
	{"scheme", "value"},
}

// members checks the names in an object of valid JSON, by how deep they stand,
// and that nothing is null. It is exact where encoding/json takes a name in any
// letter case, and quick, for an order has many lines.
func members(raw []byte, known [][]string) string {
	if len(raw) == 0 || raw[0] != '{' {
		return "is no object"
	}
	depth, name := 0, true // whether a text that begins here is a name
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '{':
			depth++
			name = true
		case '}':
			depth--
		case '[', ':':
			name = false
		case ',':
			name = raw[i+1+blank(raw[i+1:])] == '"' && isName(raw[i+1+blank(raw[i+1:]):])
		case 'n':
			return "holds null; leave out what is not known"
		case '"':
			end := i + 1 + textEnd(raw[i+1:])
			if text := string(raw[i+1 : end]); name && (depth > len(known) || !slices.Contains(known[depth-1], text)) {
				return fmt.Sprintf("%q is not a property; known are %v", clip(text), known[min(depth, len(known))-1])
			}
			i, name = end, false
		}
	}
	return ""
}

func blank(raw []byte) int { return len(raw) - len(bytes.TrimLeft(raw, " \t\r\n")) }

// textEnd returns where the text ends whose quote is read.
func textEnd(raw []byte) int {
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(raw)
}

// isName reports whether a text is the name of a member: a colon follows.
func isName(raw []byte) bool {
	end := 1 + textEnd(raw[1:]) + 1
	rest := raw[min(end, len(raw)):]
	return len(rest) > blank(rest) && rest[blank(rest)] == ':'
}
