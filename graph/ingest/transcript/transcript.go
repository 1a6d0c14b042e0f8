// Package transcript writes down what a format reads of a file, as text that a
// person can check against the file: the golden files of the formats' tests.
package transcript

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// Sink is an [ingest.Sink] that writes down all that it is given. A record
// that the domain would refuse is written as what is wrong with it.
type Sink struct {
	Records  []ingest.Record
	Refusals []ingest.Refusal
	LeftOut  map[string]int

	text strings.Builder
}

var _ ingest.Sink = (*Sink)(nil)

// String returns the transcript.
func (s *Sink) String() string {
	for _, what := range slices.Sorted(maps.Keys(s.LeftOut)) {
		s.line("left out: %s: %d", what, s.LeftOut[what])
	}
	s.LeftOut = nil
	return s.text.String()
}

func (s *Sink) line(format string, args ...any) { fmt.Fprintf(&s.text, format+"\n", args...) }

// Record implements [ingest.Sink].
func (s *Sink) Record(r ingest.Record) error {
	s.Records = append(s.Records, r)
	s.line("record at %s", place(r.At))
	for _, e := range r.Entities {
		s.line("  %s %q", e.ID, e.Name)
		for _, a := range e.Aliases {
			s.line("    alias %q%s", a.Text, behind(a.Language))
		}
		for _, name := range slices.Sorted(maps.Keys(e.Attributes)) {
			s.line("    %s %q", name, e.Attributes[name])
		}
	}
	for _, e := range r.Mentions {
		s.line("  mentions %s %q", e.ID, e.Name)
	}
	for _, doc := range r.Sources {
		s.line("  source %s %q %s %s", doc.ID, doc.Title, doc.Date, doc.URL)
	}
	for _, c := range r.Claims {
		s.line("  %s %s -> %s [%s, %s) %s key %q", c.Relation, c.From, c.To, c.ValidFrom, c.ValidTo, c.Status, c.Key)
		for _, name := range slices.Sorted(maps.Keys(c.Attributes)) {
			s.line("    %s %q", name, c.Attributes[name])
		}
		for _, q := range c.Citations {
			s.line("    %s %s %q %q", q.Stance, q.Source, q.Locator, q.Text)
		}
	}
	if err := check(r); err != nil {
		s.line("  the domain refuses this: %v", err)
	}
	return nil
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
func (s *Sink) Refuse(r ingest.Refusal) error {
	s.Refusals = append(s.Refusals, r)
	what := "row"
	if r.Kept {
		what = "value"
	}
	s.line("refused %s at %s: %s: %s", what, place(r.Place), r.Value, r.Reason)
	return nil
}

// LeaveOut implements [ingest.Sink].
func (s *Sink) LeaveOut(what string) {
	if s.LeftOut == nil {
		s.LeftOut = map[string]int{}
	}
	s.LeftOut[what]++
}

// Conflict implements [ingest.Sink].
func (s *Sink) Conflict(at ingest.Place, text string) { s.line("conflict at %s: %s", place(at), text) }

// Incomplete implements [ingest.Sink].
func (s *Sink) Incomplete(why string) { s.line("incomplete: %s", why) }

// Edition implements [ingest.Sink].
func (s *Sink) Edition(d graph.Date) { s.line("edition %s", d) }

// Covers implements [ingest.Sink].
func (s *Sink) Covers(list graph.ID) { s.line("covers %s", list) }

func place(at ingest.Place) string {
	text := fmt.Sprintf("%s:%d", at.File, at.Line)
	return text + behind(at.Column)
}

func behind(text string) string {
	if text == "" {
		return ""
	}
	return " " + text
}
