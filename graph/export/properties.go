package export

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"debadge/graph"
)

// property is a named value as graph/neo4j writes it. A value is a string, a
// []string, an int64, a bool, a [graph.Day] or a [time.Time].
type property struct {
	name  string
	value any
}

// properties are in a fixed order. A value that is not there is left out: Neo4j
// has no property that is null.
type properties []property

func (p *properties) put(name string, value any) { *p = append(*p, property{name, value}) }

func (p *properties) some(name, value string) {
	if value != "" {
		p.put(name, value)
	}
}

// life writes from when to when a version is the newest one; the end of what
// has not ended is left out here, and written as 2^63-1 in the graph.
func life[T any](p *properties, v version[T]) {
	p.put("created", int64(v.created))
	p.put("revision", int64(v.revision))
	p.put("recorded_at", v.at)
	if v.until != 0 {
		p.put("until", int64(v.until))
	}
}

func entityProperties(v version[graph.Entity]) properties {
	e := &v.item
	p := properties{{"id", string(e.ID)}, {"name", e.Name}}
	p.some("brand", e.Brand)
	if len(e.Aliases) > 0 {
		texts, languages := make([]string, len(e.Aliases)), make([]string, len(e.Aliases))
		for i, a := range e.Aliases {
			texts[i], languages[i] = a.Text, a.Language
		}
		p.put("aliases", texts)
		p.put("alias_languages", languages)
	}
	if len(e.Attributes) > 0 {
		p.put("attributes", pairs(e.Attributes))
	}
	keys := e.NameKeys()
	for i, k := range keys {
		keys[i] = indexed(k)
	}
	p.put("name_keys", keys)
	life(&p, v)
	return p
}

// pairs writes attributes as name=value, in the order of names.
func pairs(attributes map[string][]string) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		for _, value := range attributes[name] {
			all = append(all, name+"="+value)
		}
	}
	return all
}

func sourceProperties(v version[graph.Source]) properties {
	s := &v.item
	p := properties{{"id", string(s.ID)}, {"title", s.Title}, {"publisher", s.Publisher}}
	p.some("date", s.Date.String())
	p.some("url", s.URL)
	p.some("language", s.Language)
	p.some("kind", s.Kind)
	p.some("digest", s.Digest)
	life(&p, v)
	return p
}

func claimProperties(c *stated, mirror bool) properties {
	p := properties{
		{"id", string(c.ID)},
		{"mirror", mirror},
		{"status", c.Status.String()},
		{"confidence", int64(c.Confidence)},
		{"valid_from", c.ValidFrom.Earliest()},
		{"valid_to", c.ValidTo.Latest()},
	}
	p.some("valid_from_text", c.ValidFrom.String())
	p.some("valid_to_text", c.ValidTo.String())
	if !c.ShareMin.IsZero() {
		p.put("share_min", int64(c.ShareMin.Micro()))
	}
	if !c.ShareMax.IsZero() {
		p.put("share_max", int64(c.ShareMax.Micro()))
	}
	for _, a := range c.Relation.Rule().Attributes {
		p.some(a.Name, c.Attributes[a.Name])
	}
	n := len(c.Citations)
	sources, stances, locators, texts := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, q := range c.Citations {
		sources[i], stances[i], locators[i], texts[i] = string(q.Source), string(q.Stance), q.Locator, q.Text
	}
	p = append(p, property{"cite_source", sources}, property{"cite_stance", stances},
		property{"cite_locator", locators}, property{"cite_text", texts},
		property{"revision", int64(c.revision)}, property{"recorded_at", c.at})
	if r := c.retraction; r != nil {
		p.put("retracted", int64(r.revision))
		p.put("retracted_at", r.at)
		p.put("retraction_reason", r.Reason)
		p.some("replaced_by", string(r.ReplacedBy))
	}
	return p
}

func changeProperties(c change) properties {
	return properties{
		{"key", indexed(c.id)},
		{"id", c.id},
		{"digest", c.digest},
		{"author", c.author},
		{"reason", c.reason},
		{"items", int64(c.items)},
		{"revision", int64(c.revision)},
		{"recorded_at", c.at},
	}
}

func storeProperties(b Basis, t totals, schema int64) properties {
	p := properties{{"name", "debadge"}, {"schema", schema}, {"revision", int64(b.Revision)}}
	if !b.RecordedAt.IsZero() {
		p.put("recorded_at", b.RecordedAt)
	}
	p = append(p, property{"entities", int64(t.entities)}, property{"sources", int64(t.sources)},
		property{"claims", int64(t.claims)}, property{"retracted", int64(t.retracted)}, property{"misnamed", int64(t.misnamed)})
	if !b.whole() {
		p.put("part", b.Words())
	}
	return p
}

// A text that an index cannot take is looked up by its digest; see graph/neo4j.
const (
	maxIndexed = 250
	digestMark = "long:sha256:"
)

func indexed(text string) string {
	if len(text) <= maxIndexed && !strings.HasPrefix(text, digestMark) {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return digestMark + hex.EncodeToString(sum[:])
}
