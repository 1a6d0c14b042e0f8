package api

import (
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"debadge/graph"
)

// parameterDocs says what each parameter means; one name means one thing on
// every path.
var parameterDocs = map[string]string{
	"subject":      "A product or company: its id, or a name or alias that one entity has.",
	"origin":       "A company or a list: its id, or a name that one entity has.",
	"as_of":        "The day in the world for which the question is asked. Default: today (UTC); for an entity: claims of any day.",
	"known_at":     "What debadge knew at this time: an RFC 3339 time, a day (to its end, UTC), or a revision number. Default: the newest revision.",
	"min_revision": "Answer at this revision or a later one: waits until the service has it, or fails with 504 at the time limit. A write's receipt names its revision.",
	"policy":       "The name of a policy, see /v1/policies. Default: default.",
	"list":         "Count this list alone: its id or name. May be repeated.",
	"author":       "Of this author alone, as the record names it.",
	"state":        "Decisions in this state alone.",
	"changed":      "Those alone whose finding would be another one today, and why.",
	"about":        "Entries about this alone, such as decision-1 or revision:12.",
	"newest":       "The newest rows alone, the latest first.",
	"after":        "Behind the event of this number.",
	"index":        "The place of an entry in the log, counted from 0.",
	"embed":        "Drawn for a page around it: without heading and basis; in a lineage, entities link to /entities/ID and hops to #CLAIM.",
	"links":        "What the links to entities ask, if not what the picture was asked: ?as_of=2026-01-31&policy=strict, or ? alone.",
	"paths":        "At most so many paths to each listing, the best first.",
	"limit":        "At most so many rows.",
	"cursor":       "The next of the page before. All pages are of the revision of the first one, whatever known_at says. Of suggestions: how many to leave out.",
	"uncounted":    "A page may leave out how many rows there are in all, where that takes much longer: total is -1 then, and complete speaks of the ids up to its last row.",
	"id":           "The id of an entity or of a job; for a list, its slug or name too.",
	"name":         "The name of a policy.",

	"action":     "What the policy does: rows, or products, for which it does this alone. May be repeated for products.",
	"finding":    "Rows with this finding alone.",
	"resolution": "Rows alone whose product, or company where they name no product, was recognized so.",

	"file_format":   "What the file is. Default: told by its content.",
	"charset":       "What a file without a byte order mark is encoded in. Default: utf-8.",
	"format":        "The format: of the file that is imported, as debadge import names it (bundle, csl, ofac, …), or in which the answer is written.",
	"edition":       "The day on which the edition was published. Default: what the file says.",
	"strict":        "Import nothing if anything is refused.",
	"dry_run":       "Write nothing, and report what would be.",
	"accept_shrink": "Close listings even if they are more than a fifth of a list.",
	"no_link":       "Do not look for companies that are one under the ids of several registers.",
	"register":      "The name of a register in the service's manifest.",
	"queries":       "A batch of reconciliation queries, as JSON.",
	"extend":        "The entities and the properties that are asked for, as JSON.",
	"prefix":        "What a name begins with. Letter case, spaces and punctuation do not count.",
	"type":          "A type of the reconciliation service: product or company.",
	"explain":       "With the path to each listing.",
	"map":           "Read a field from a column or key, FIELD=COLUMN, such as product=Artikel. May be repeated.",
	"q":             "The text to recognize: a name, a model number, an identifier, or a line that mentions one. Without it all entities are answered, as the filters leave them.",
	"kind":          "This kind alone.",
	"brand":         "The brand or maker: where the text does not say it; of a reach, products of this brand alone, and it may be repeated.",
	"threshold":     "From which score on a candidate counts for the outcome. Default: 0.85.",
	"include":       "Candidates with this value of a facet alone, FACET:VALUE as the facets show them. May be repeated: values of one facet are alternatives.",
	"exclude":       "No candidate with this value of a facet. May be repeated.",
	"changed_since": "Entities alone that have a new version, or a claim added or withdrawn, after this revision.",
	"items":         "Of each change at most so many entities, sources, claims and withdrawals, the first ones in the order of their ids. Default: all.",
	"since":         "The changes after this revision. Default: 0, all of them.",

	"up":       "Show what is upstream of this entity: what it came from, who owns it, the lists that it is on. May be repeated.",
	"down":     "Show what is downstream of this entity: what came from it. May be repeated.",
	"seller":   "Products alone that this company sells, by its id. May be repeated.",
	"company":  "Products alone whose row names this listed company, by its id. May be repeated.",
	"strength": "Products alone whose strongest path is as strong as this. May be repeated.",
	"way":      "Products alone that are reached in this way. May be repeated.",
	"order":    "What the rows are sorted by; what is equal is in the order of ids.",
	"relation": "Claims of this relation alone. May be repeated.",
	"status":   "Claims of this status alone. May be repeated.",

	"from":       "The moment before, as in known_at: what was recorded after it is told.",
	"to":         "The moment after, as in known_at. Default: the newest revision.",
	"entity":     "Only the part around this entity, by its id. May be repeated.",
	"upstream":   "What the entities came from; so it is if no direction is said.",
	"downstream": "What came from the entities.",
	"around":     "What is within so many hops of the entities.",

	"Last-Event-ID":   "The id of the last event that came, which is a revision; it counts in place of since.",
	"If-None-Match":   "The ETag of an answer that the client has. It is 304 while the answer is still that one.",
	"Idempotency-Key": "Of a change set its id, in quotes or without. Sent again, the same change or decision is made once.",
	"If-Match":        "A revision in quotes, or the ETag of an answer: refuse the change if what it touches has changed since.",
}

func describeParameters(op *huma.Operation) {
	for _, p := range op.Parameters {
		p.Description = parameterDocs[p.Name]
		p.Schema.Nullable = false
		if p.In == "header" {
			continue
		}
		// No value is refused before huma looks: see refuseParameter.
		text := p.Schema
		if text.Type == huma.TypeArray {
			text = text.Items
		}
		if text.Type == huma.TypeString && text.MinLength == nil && len(text.Enum) == 0 {
			text.MinLength = new(1)
			text.PrecomputeMessages()
		}
	}
}

// day is a parameter that takes a full day.
type day struct {
	day   graph.Day
	given bool
}

// UnmarshalText reads YYYY-MM-DD.
func (d *day) UnmarshalText(text []byte) error {
	date, err := graph.ParseDate(string(text))
	if err != nil || !date.IsDay() {
		return graph.Errorf(graph.KindInvalid, "%q is not a day; write YYYY-MM-DD", clip(string(text)))
	}
	if date.Earliest() == graph.MaxDay {
		return graph.Errorf(graph.KindInvalid, "%s is the day that stands for no end; nothing holds on it", date)
	}
	d.day, d.given = date.Earliest(), true
	return nil
}

// Schema describes the parameter.
func (d *day) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Examples: []any{"2024-04-15"}}
}

func (s *server) dayOr(d day) graph.Day {
	if d.given {
		return d.day
	}
	return graph.DayOf(s.Clock())
}

// momentPattern tells what a moment looks like; what day or revision there is, it does not.
const momentPattern = `^([0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9:.]+([Zz]|[+-][0-9:]+))?|[1-9][0-9]{0,9})$`

// moment is a parameter that takes a point in record time.
type moment struct{ at graph.Moment }

// UnmarshalText reads what graph.ParseMoment does.
func (m *moment) UnmarshalText(text []byte) error {
	at, err := graph.ParseMoment(string(text))
	if err != nil {
		return graph.Errorf(graph.KindInvalid,
			"%q is not a time; write 2026-01-31T12:00:00Z (the + of an offset as %%2B), a day such as 2026-01-31, or a revision number (revisions begin at 1)", clip(string(text)))
	}
	m.at = at
	return nil
}

// Schema describes the parameter.
func (m *moment) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, MinLength: new(1), Examples: []any{"2026-01-31T12:00:00Z", "2026-01-31", "12"},
		Pattern: momentPattern, PatternDescription: "a time, a day or a revision number",
	}
}

// defaultPage is the limit that the documents of the operations name.
const defaultPage = 1000

// cursor is where the next page begins. It carries the revision of the first
// page, so that all pages are of one revision.
type cursor struct {
	revision graph.Revision
	after    string
}

// UnmarshalText reads what text wrote.
func (c *cursor) UnmarshalText(text []byte) error {
	revision, after, _ := strings.Cut(string(text), "~")
	n, err := strconv.ParseUint(revision, 10, 32)
	if err != nil || n == 0 || after == "" {
		return graph.Errorf(graph.KindInvalid, "this is not a cursor of the page before; ask without one")
	}
	*c = cursor{graph.Revision(n), after}
	return nil
}

func (c *cursor) text() string { return strconv.FormatUint(uint64(c.revision), 10) + "~" + c.after }

// Schema describes the parameter.
func (c *cursor) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, MinLength: new(1), MaxLength: new(500)}
}

// bind returns the moment of the page: that of the pages before, if any.
func (c *cursor) bind(m moment) graph.Moment {
	if c.revision != 0 {
		return graph.Moment{Revision: c.revision}
	}
	return m.at
}

// page returns the items after a cursor, at most limit of them, and the cursor
// of the next page. Items are in the order of keys.
func page[T any](items []T, c cursor, limit int, at graph.Revision, key func(T) string) ([]T, string) {
	first := 0
	for first < len(items) && c.after != "" && key(items[first]) <= c.after {
		first++
	}
	items = items[first:]
	if len(items) <= limit {
		return items, ""
	}
	next := cursor{at, key(items[limit-1])}
	return items[:limit], next.text()
}
