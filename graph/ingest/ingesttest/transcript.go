package ingesttest

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// Transcript is an [ingest.Sink] that writes down all that it is given, as text
// that a person can check against the file. Of a record that the domain would
// refuse it says what is wrong.
type Transcript struct {
	Records  []ingest.Record
	Refusals []ingest.Refusal
	LeftOut  map[string]int

	text strings.Builder
}

var _ ingest.Sink = (*Transcript)(nil)

// String returns the transcript.
func (t *Transcript) String() string {
	var left strings.Builder
	for _, what := range slices.Sorted(maps.Keys(t.LeftOut)) {
		fmt.Fprintf(&left, "left out: %s: %d\n", what, t.LeftOut[what])
	}
	return t.text.String() + left.String()
}

// Parties returns how many entities the records describe.
func (t *Transcript) Parties() int {
	ids := map[graph.ID]bool{}
	for _, r := range t.Records {
		for _, e := range r.Entities {
			ids[e.ID] = true
		}
	}
	return len(ids)
}

// Claims returns the claims of a relation.
func (t *Transcript) Claims(relation graph.Relation) []ingest.Statement {
	var claims []ingest.Statement
	for _, r := range t.Records {
		for _, c := range r.Claims {
			if c.Relation == relation {
				claims = append(claims, c)
			}
		}
	}
	return claims
}

func (t *Transcript) line(format string, args ...any) { fmt.Fprintf(&t.text, format+"\n", args...) }

// Record implements [ingest.Sink].
func (t *Transcript) Record(r ingest.Record) error {
	t.Records = append(t.Records, r)
	t.line("record at %s", place(r.At))
	for _, e := range r.Entities {
		t.entity("", e)
	}
	for _, e := range r.Mentions {
		t.entity("mentions ", e)
	}
	for _, doc := range r.Sources {
		t.line("  source %s %q %s %s", doc.ID, doc.Title, doc.Date, doc.URL)
	}
	for _, c := range r.Claims {
		t.line("  %s %s -> %s [%s, %s) %s key %q", c.Relation, c.From, c.To, c.ValidFrom, c.ValidTo, c.Status, c.Key)
		if !c.ShareMax.IsZero() {
			t.line("    share %s..%s", c.ShareMin, c.ShareMax)
		}
		for _, name := range slices.Sorted(maps.Keys(c.Attributes)) {
			t.line("    %s %q", name, c.Attributes[name])
		}
		for _, q := range c.Citations {
			t.line("    %s %s %q %q", q.Stance, q.Source, q.Locator, q.Text)
		}
	}
	if err := check(r); err != nil {
		t.line("  the domain refuses this: %v", err)
	}
	return nil
}

func (t *Transcript) entity(mark string, e graph.Entity) {
	t.line("  %s%s %q", mark, e.ID, e.Name)
	for _, a := range e.Aliases {
		t.line("    alias %q%s", a.Text, behind(a.Language))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Attributes)) {
		t.line("    %s %q", name, e.Attributes[name])
	}
}

// Counts returns how many claims there are of each relation.
func (t *Transcript) Counts() map[graph.Relation]int {
	counts := map[graph.Relation]int{}
	for _, r := range t.Records {
		for _, c := range r.Claims {
			counts[c.Relation]++
		}
	}
	return counts
}

// check asks the domain about a record, as an import does.
func check(r ingest.Record) error {
	set := graph.ChangeSet{Entities: slices.Concat(r.Mentions, r.Entities), Sources: r.Sources}
	for _, s := range r.Claims {
		c := s.Claim
		c.Citations = slices.Clone(c.Citations)
		for i := range c.Citations {
			if c.Citations[i].Source == "" {
				c.Citations[i].Source = "source:x:file"
			}
		}
		if len(c.Citations) == 0 {
			c.Citations = []graph.Citation{{Source: "source:x:file", Stance: graph.Supports}}
		}
		set.Claims = append(set.Claims, c)
	}
	_, err := set.Prepare()
	return err
}

// Refuse implements [ingest.Sink].
func (t *Transcript) Refuse(r ingest.Refusal) error {
	t.Refusals = append(t.Refusals, r)
	what := "row"
	if r.Kept {
		what = "value"
	}
	t.line("refused %s at %s: %s: %s", what, place(r.Place), r.Value, r.Reason)
	return nil
}

// LeaveOut implements [ingest.Sink].
func (t *Transcript) LeaveOut(what string) {
	if t.LeftOut == nil {
		t.LeftOut = map[string]int{}
	}
	t.LeftOut[what]++
}

// Conflict implements [ingest.Sink].
func (t *Transcript) Conflict(at ingest.Place, text string) {
	t.line("conflict at %s: %s", place(at), text)
}

// Incomplete implements [ingest.Sink].
func (t *Transcript) Incomplete(why string) { t.line("incomplete: %s", why) }

// Edition implements [ingest.Sink].
func (t *Transcript) Edition(d graph.Date) { t.line("edition %s", d) }

// Covers implements [ingest.Sink].
func (t *Transcript) Covers(list graph.ID) { t.line("covers %s", list) }

func place(at ingest.Place) string {
	text := fmt.Sprintf("%s:%d", filepath.Base(at.File), at.Line)
	return text + behind(at.Column)
}

func behind(text string) string {
	if text == "" {
		return ""
	}
	return " " + text
}
