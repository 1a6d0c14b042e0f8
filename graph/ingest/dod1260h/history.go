package dod1260h

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// history holds what the rows of a party say together.
type history struct {
	parties map[string][]*row // by name
	printed map[string]string // the name of the party that is printed so
	linked  map[[2]string]bool
}

func newHistory(rows []row) *history {
	h := &history{parties: map[string][]*row{}, printed: map[string]string{}, linked: map[[2]string]bool{}}
	for i := range rows {
		r := &rows[i]
		h.parties[r.name] = append(h.parties[r.name], r)
		h.printed[unmarked(r.printed)] = r.name
	}
	return h
}

// named returns the name under which the table lists who is printed so, as
// parents are: "… Limited (CASIC)" for "… Limited". Nothing is guessed: it is
// the name of a row, or stays as it is.
func (h *history) named(printed string) string {
	if _, ok := h.parties[printed]; ok {
		return printed
	}
	if name, ok := h.printed[unmarked(printed)]; ok {
		return name
	}
	return printed
}

func id(name string) graph.ID { return ingest.PartyID(register, "", name) }

// tell gives the sink what a row says.
func (h *history) tell(r *row, sink ingest.Sink) error {
	party := graph.Entity{ID: id(r.name), Name: r.name}
	for _, text := range append([]string{unmarked(r.printed)}, r.aliases...) {
		if a := (graph.Alias{Text: text}); text != "" && text != r.name && !slices.Contains(party.Aliases, a) {
			party.Aliases = append(party.Aliases, a)
		}
	}
	record := ingest.Record{At: r.at, Entities: []graph.Entity{party}, Mentions: []graph.Entity{list}}
	citations := h.citations(r, &record)
	if ends := h.denied(r); ends == nil {
		record.Claims = append(record.Claims, r.listing(citations))
	} else {
		sink.Conflict(r.at, fmt.Sprintf("%s: this row says that the listing of %s went on%s; line %d says that it ended on %s",
			r.name, since(r.from), until(r.to), ends.at.Line, ends.to))
		record.Claims = append(record.Claims, r.contradicted(ends, citations)...)
	}
	if parent := h.named(r.parent); r.parent != "" && parent != r.name {
		h.link(graph.AffiliatedWith, parent, r, citations, &record)
	}
	if former := h.named(r.previous); r.previous != "" && former != r.name {
		h.link(graph.RenamedTo, former, r, citations, &record)
	}
	return sink.Record(record)
}

func since(d graph.Date) string {
	if d.IsZero() {
		return "an unknown day"
	}
	return d.String()
}

func until(d graph.Date) string {
	if d.IsZero() {
		return ""
	}
	return " until " + d.String()
}

// denied returns the row that says that the party was removed while this row
// says that it stayed; of several the one with the earliest removal.
func (h *history) denied(r *row) *row {
	var first *row
	for _, other := range h.parties[r.name] {
		if other.to.IsZero() || other.to.Latest() >= r.to.Latest() || r.from.Earliest() >= other.to.Latest() {
			continue
		}
		if first == nil || other.to.Latest() < first.to.Latest() {
			first = other
		}
	}
	return first
}

// listing returns the claim of a row that nothing contradicts.
func (r *row) listing(citations []graph.Citation) ingest.Statement {
	return ingest.Statement{
		Key: "start " + r.from.String(),
		Claim: graph.Claim{
			Relation: graph.ListedOn, From: id(r.name), To: list.ID, Status: graph.Confirmed, ValidFrom: r.from, ValidTo: r.to,
			Attributes: map[string]string{"entry": r.printed}, Citations: citations,
		},
	}
}

// contradicted returns the claims of a row whose going on another row denies.
func (r *row) contradicted(ends *row, citations []graph.Citation) []ingest.Statement {
	undenied := r.listing(slices.Clone(citations))
	undenied.ValidTo = ends.to
	undenied.Citations[0].Text = strings.TrimSpace(undenied.Citations[0].Text +
		" The row has" + end(r.to) + "; up to " + ends.to.String() + " no other row denies it.")
	whole := r.listing(append(slices.Clone(citations), graph.Citation{
		Stance: graph.Denies, Locator: line(ends), Text: "Says that the listing ended on " + ends.to.String() + ".",
	}))
	whole.Key += " disputed"
	whole.Status = graph.Disputed
	return []ingest.Statement{undenied, whole}
}

func end(d graph.Date) string {
	if d.IsZero() {
		return " no end"
	}
	return " the end " + d.String()
}

func line(r *row) string { return fmt.Sprintf("line %d", r.at.Line) }

const (
	keyDigits   = 16
	maxNote     = 2000
	docTitle    = "Entities identified as Chinese military companies operating in the United States (Section 1260H)"
	docAgency   = "US Department of Defense"
	docKind     = "list"
	docLanguage = "en"
)

// citations returns what a claim of the row rests on: the table, and the
// document that the row names.
func (h *history) citations(r *row, record *ingest.Record) []graph.Citation {
	note := r.note
	if len(note) > maxNote {
		note = strings.ToValidUTF8(note[:maxNote], "") + "…"
	}
	all := []graph.Citation{{Stance: graph.Supports, Locator: line(r), Text: note}}
	if !strings.HasPrefix(r.url, "https://") && !strings.HasPrefix(r.url, "http://") {
		return all
	}
	sum := sha256.Sum256([]byte(r.url))
	doc := graph.Source{
		ID: graph.ID("source:" + register + ":" + hex.EncodeToString(sum[:])[:keyDigits]), Title: docTitle, Publisher: docAgency,
		URL: r.url, Kind: docKind, Language: docLanguage,
	}
	record.Sources = []graph.Source{doc}
	return append(all, graph.Citation{Source: doc.ID, Stance: graph.Supports, Locator: r.printed})
}

// link adds a claim to another company, once for all rows that say it: from the
// first row on for an affiliation, and without a date for a change of name,
// which no edition dates.
func (h *history) link(relation graph.Relation, other string, r *row, citations []graph.Citation, record *ingest.Record) {
	pair := [2]string{relation.String() + " " + other, r.name}
	if h.linked[pair] {
		return
	}
	h.linked[pair] = true
	mentioned := slices.ContainsFunc(record.Mentions, func(e graph.Entity) bool { return e.ID == id(other) })
	if _, ok := h.parties[other]; !ok && !mentioned {
		record.Mentions = append(record.Mentions, graph.Entity{ID: id(other), Name: other})
	}
	claim := graph.Claim{Relation: relation, From: id(other), To: id(r.name), Status: graph.Confirmed, Citations: slices.Clone(citations)}
	claim.Citations[0].Text = "Grouped under: " + other
	if relation == graph.RenamedTo {
		claim.Citations[0].Text = "Formerly: " + other
	} else {
		claim.ValidFrom = h.first(r, other)
	}
	record.Claims = append(record.Claims, ingest.Statement{Claim: claim, Key: "as the list groups and names it"})
}

// first returns the start of the earliest row that groups the party under a
// parent.
func (h *history) first(r *row, parent string) graph.Date {
	from := r.from
	for _, other := range h.parties[r.name] {
		if other.parent != "" && h.named(other.parent) == parent && other.from.Earliest() < from.Earliest() {
			from = other.from
		}
	}
	return from
}
