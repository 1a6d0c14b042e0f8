package neo4j

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
)

// never is the revision that ends what has not ended: so that no property that
// is compared is ever missing.
const never = int64(math.MaxInt64)

// maxIndexed is the longest text that is looked up as it is: an index does not
// take one of any length. A longer one is looked up by its digest.
const maxIndexed = 250

// digestMark begins the digest of a text; what begins like one is looked up by
// its digest too, so that no text passes for another.
const digestMark = "long:sha256:"

// indexed returns the form in which a name key or the id of a change set is
// looked up.
func indexed(text string) string {
	if len(text) <= maxIndexed && !strings.HasPrefix(text, digestMark) {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return digestMark + hex.EncodeToString(sum[:])
}

// phrase writes a key for the query language of the full-text index.
func phrase(key string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(key) + `"`
}

// put sets a property unless it is empty: Neo4j has no property that is null.
func put(properties map[string]any, name, value string) {
	if value != "" {
		properties[name] = value
	}
}

// recorded begins the properties of what is recorded now.
func (w *writing) recorded(id graph.ID) map[string]any {
	return map[string]any{"id": string(id), "revision": int64(w.receipt.Revision), "recorded_at": w.receipt.RecordedAt}
}

// version begins the properties of a version of an entity or a source. Of the
// first one they are all; of a later one the server keeps when the first came.
func (w *writing) version(id graph.ID) map[string]any {
	p := w.recorded(id)
	p["created"], p["until"] = p["revision"], never
	return p
}

func (w *writing) entityRow(e graph.Entity) map[string]any {
	p := w.version(e.ID)
	p["name"] = e.Name
	put(p, "brand", e.Brand)
	keys := e.NameKeys()
	for i, k := range keys {
		keys[i] = indexed(k)
	}
	p["name_keys"] = keys
	if len(e.Aliases) > 0 {
		texts, languages := make([]string, len(e.Aliases)), make([]string, len(e.Aliases))
		for i, a := range e.Aliases {
			texts[i], languages[i] = a.Text, a.Language
		}
		p["aliases"], p["alias_languages"] = texts, languages
	}
	if len(e.Attributes) > 0 {
		var pairs []string
		for _, name := range slices.Sorted(maps.Keys(e.Attributes)) {
			for _, value := range e.Attributes[name] {
				pairs = append(pairs, name+"="+value)
			}
		}
		p["attributes"] = pairs
	}
	return map[string]any{"id": string(e.ID), "kind": string(e.ID.Kind()), "properties": p}
}

func (w *writing) sourceRow(s graph.Source) map[string]any {
	p := w.version(s.ID)
	p["title"], p["publisher"] = s.Title, s.Publisher
	put(p, "date", s.Date.String())
	put(p, "url", s.URL)
	put(p, "language", s.Language)
	put(p, "kind", s.Kind)
	put(p, "digest", s.Digest)
	return map[string]any{"id": string(s.ID), "properties": p}
}

// claimRows returns the rows of a claim: a symmetric one has a mirrored second.
func (w *writing) claimRows(c graph.Claim) []map[string]any {
	p := w.recorded(c.ID)
	p["status"], p["confidence"] = c.Status.String(), int64(c.Confidence)
	p["valid_from"] = neo4j.DateOf(c.ValidFrom.Earliest().Time())
	p["valid_to"] = neo4j.DateOf(c.ValidTo.Latest().Time())
	p["retracted"], p["mirror"] = never, false
	put(p, "valid_from_text", c.ValidFrom.String())
	put(p, "valid_to_text", c.ValidTo.String())
	if !c.ShareMin.IsZero() {
		p["share_min"] = int64(c.ShareMin.Micro())
	}
	if !c.ShareMax.IsZero() {
		p["share_max"] = int64(c.ShareMax.Micro())
	}
	for name, value := range c.Attributes {
		p[name] = value
	}
	n := len(c.Citations)
	sources, stances, locators, texts := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, q := range c.Citations {
		sources[i], stances[i], locators[i], texts[i] = string(q.Source), string(q.Stance), q.Locator, q.Text
	}
	p["cite_source"], p["cite_stance"], p["cite_locator"], p["cite_text"] = sources, stances, locators, texts
	rows := []map[string]any{{"from": string(c.From), "to": string(c.To), "properties": p}}
	if c.Relation.Rule().Symmetric {
		mirrored := maps.Clone(p)
		mirrored["mirror"] = true
		rows = append(rows, map[string]any{"from": string(c.To), "to": string(c.From), "properties": mirrored})
	}
	return rows
}

// retractionRows returns the rows of a retraction of a claim of a relation.
func retractionRows(r graph.Retraction, relation graph.Relation) []map[string]any {
	row := func(mirror bool) map[string]any {
		m := map[string]any{"id": string(r.Claim), "mirror": mirror, "reason": r.Reason, "replaced_by": nil}
		if r.ReplacedBy != "" {
			m["replaced_by"] = string(r.ReplacedBy)
		}
		return m
	}
	rows := []map[string]any{row(false)}
	if relation.Rule().Symmetric {
		rows = append(rows, row(true))
	}
	return rows
}
