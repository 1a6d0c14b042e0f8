package storetest

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"debadge/graph"
)

//go:embed cases/*.json
var caseFiles embed.FS

const caseDir = "cases"

// caseFile is a small graph, questions about it and the exact answers.
type caseFile struct {
	Why       string         `json:"why"`
	Changes   []caseChange   `json:"changes"`
	Questions []caseQuestion `json:"questions"`
}

// caseChange is a change set in lines; see [caseChange.set]. Entities that are
// not given are added with their slug as their name.
type caseChange struct {
	Entities []graph.Entity `json:"entities,omitempty"`
	Claims   []string       `json:"claims,omitempty"`  // id from RELATION to and what else is known
	Retract  []string       `json:"retract,omitempty"` // id, or id by id
	Refused  string         `json:"refused,omitempty"` // the kind of error that every store gives; it is not appended
}

type caseQuestion struct {
	Ask string `json:"ask"` // trace, timeline or reach
	askFields
	Why    string   `json:"why,omitempty"`
	Expect Expected `json:"expect"`
}

// askFields are those of an [Ask].
type askFields struct {
	Subject  string          `json:"subject"`
	AsOf     string          `json:"as_of,omitempty"`
	Revision graph.Revision  `json:"revision,omitempty"`
	Policy   json.RawMessage `json:"policy,omitempty"`
	Lists    []string        `json:"lists,omitempty"`
	Paths    int             `json:"paths,omitempty"`
}

func readCases(t *testing.T) map[string]caseFile {
	t.Helper()
	entries, err := caseFiles.ReadDir(caseDir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]caseFile{}
	for _, e := range entries {
		data, err := caseFiles.ReadFile(path.Join(caseDir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		var c caseFile
		if err := d.Decode(&c); err != nil {
			t.Fatalf("%s: %v", e.Name(), err)
		}
		all[strings.TrimSuffix(e.Name(), ".json")] = c
	}
	return all
}

// CasePolicies returns the policies that the cases state in full, for surfaces
// that take a policy by its name; no two have one name.
func CasePolicies(t *testing.T) []graph.Policy {
	t.Helper()
	byName := map[string]graph.Policy{}
	for file, c := range readCases(t) {
		for _, q := range c.Questions {
			if !bytes.HasPrefix(q.Policy, []byte("{")) {
				continue
			}
			p, err := q.ask().rules()
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if other, ok := byName[p.Name]; ok && other.Digest() != p.Digest() {
				t.Fatalf("%s: there is another policy of the name %q", file, p.Name)
			}
			byName[p.Name] = p
		}
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b graph.Policy) int { return strings.Compare(a.Name, b.Name) })
}

// RunCases asks a surface every question of every case and wants the exact
// answers: what the case expects, and the same bytes that a plain store gives.
// ask puts change sets into an empty store, in order, with [FixedTime] as the
// time. No case can be left out, and none expects something else of a surface.
func RunCases(t *testing.T, ask func(t *testing.T, sets []graph.ChangeSet) Asker) {
	t.Helper()
	CasePolicies(t) // finds two of one name
	for name, c := range readCases(t) {
		t.Run(name, func(t *testing.T) {
			sets := c.sets(t)
			asker, plain := ask(t, sets), newPlainStore(nil)
			for _, cs := range sets {
				if _, err := plain.append(cs); err != nil {
					t.Fatal(err)
				}
			}
			for _, q := range c.Questions {
				q.run(t, sets, asker, StoreAsker(plain))
			}
		})
	}
}

func (q caseQuestion) run(t *testing.T, sets []graph.ChangeSet, asker, plain Asker) {
	t.Helper()
	title := q.title()
	data, err := q.put(t.Context(), asker)
	same, plainErr := q.put(t.Context(), plain)
	if !bytes.Equal(data, same) || graph.KindOf(err) != graph.KindOf(plainErr) {
		t.Errorf("%s: the answer is\n%s%v\nand that of a plain store\n%s%v", title, data, err, same, plainErr)
	}
	got := q.compact(t, data, err)
	if diff := cmp.Diff(q.Expect, got); diff != "" {
		t.Errorf("%s: want (-) and got (+):\n%s", title, diff)
	}
	if diff := q.refer(t, sets, got); diff != "" {
		t.Errorf("%s: the reference (-) and the answer (+) differ:\n%s", title, diff)
	}
}

func (q caseQuestion) title() string {
	return strings.Join([]string{q.Ask, q.Subject, q.AsOf, string(q.Policy), strings.Join(q.Lists, " "), q.Why}, " ")
}

func (q caseQuestion) ask() Ask {
	var asOf graph.Date
	if q.AsOf != "" {
		asOf = date(q.AsOf)
	}
	return Ask{Subject: q.Subject, AsOf: asOf, Revision: q.Revision, Policy: q.Policy, Lists: q.Lists, Paths: q.Paths}
}

func (q caseQuestion) put(ctx context.Context, a Asker) ([]byte, error) {
	switch q.Ask {
	case "timeline":
		return a.Timeline(ctx, q.ask())
	case "reach":
		return a.Reach(ctx, q.ask())
	case "trace":
		return a.Trace(ctx, q.ask())
	}
	return nil, graph.Errorf(graph.KindInternal, "%q is no question", q.Ask)
}

// compact reads an answer, which must have no field that the domain does not
// know.
func (q caseQuestion) compact(t *testing.T, data []byte, err error) Expected {
	t.Helper()
	if err != nil {
		return Expected{Error: graph.KindOf(err).String()}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	read := func(into any) {
		if err := d.Decode(into); err != nil {
			t.Fatalf("%s: %v in\n%s", q.title(), err, data)
		}
	}
	switch q.Ask {
	case "timeline":
		var a graph.TimelineAnswer
		read(&a)
		return compactTimeline(a)
	case "reach":
		var a ReachPage
		read(&a)
		return compactReach(a)
	}
	var a graph.Answer
	read(&a)
	return compactTrace(a)
}

// refer compares an answer with the reference, where the question is asked by
// ids.
func (q caseQuestion) refer(t *testing.T, sets []graph.ChangeSet, got Expected) string {
	t.Helper()
	r, err := NewReference(sets, q.Revision)
	if err != nil {
		t.Fatal(err)
	}
	byID := got.Error == "" && len(got.Names) > 0 && strings.HasPrefix(got.Names[0], q.Subject+": ")
	for _, l := range q.Lists {
		byID = byID && strings.HasPrefix(l, "list:")
	}
	if !byID || len(r.claims) > 40 {
		return ""
	}
	switch q.Ask {
	case "timeline":
		question, err := q.ask().question()
		if err != nil {
			t.Fatal(err)
		}
		return cmp.Diff(r.Timeline(question), got.Steps)
	case "reach":
		question, err := q.ask().reach()
		if err != nil {
			t.Fatal(err)
		}
		return cmp.Diff(r.Reach(question), got.Rows)
	}
	question, err := q.ask().question()
	if err != nil {
		t.Fatal(err)
	}
	return cmp.Diff(r.Trace(question), forReference(got))
}
