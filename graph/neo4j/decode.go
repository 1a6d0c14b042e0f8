package neo4j

import (
	"fmt"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
)

// record reads the properties of a node or a relationship, and remembers the
// first one that is not what the store writes.
type record struct {
	properties map[string]any
	err        error
}

func recordOf(value any) *record {
	properties, ok := value.(map[string]any)
	r := &record{properties: properties}
	if !ok {
		r.fail("a record is %T", value)
	}
	return r
}

func (r *record) fail(format string, args ...any) {
	if r.err == nil {
		r.err = damaged(fmt.Sprintf(format, args...))
	}
}

// get returns a property; one that is missing is the zero value.
func get[T any](r *record, name string) T {
	var zero T
	value := r.properties[name]
	if value == nil {
		return zero
	}
	typed, ok := value.(T)
	if !ok {
		r.fail("%s of %v is %T", name, r.properties["id"], value)
	}
	return typed
}

func (r *record) text(name string) string { return get[string](r, name) }

func (r *record) number(name string) int64 { return get[int64](r, name) }

func (r *record) texts(name string) []string {
	values := get[[]any](r, name)
	texts := make([]string, len(values))
	for i, value := range values {
		text, ok := value.(string)
		if !ok {
			r.fail("%s of %v holds %T", name, r.properties["id"], value)
		}
		texts[i] = text
	}
	return texts
}

// beside reads a list that stands beside one of n texts. That it is not there
// means one empty text: neo4j-admin cannot import such a list.
func (r *record) beside(name string, n int) []string {
	texts := r.texts(name)
	if len(texts) == 0 && n == 1 {
		return []string{""}
	}
	return texts
}

// parallel checks that lists that belong together are of one length.
func (r *record) parallel(name string, lists ...[]string) {
	for _, l := range lists {
		if len(l) != len(lists[0]) {
			r.fail("the %s lists of %v are not of one length", name, r.properties["id"])
		}
	}
}

func (r *record) date(name string) graph.Date {
	text := r.text(name)
	if text == "" {
		return graph.Date{}
	}
	date, err := graph.ParseDate(text)
	if err != nil {
		r.fail("%s of %v: %v", name, r.properties["id"], err)
	}
	return date
}

func (r *record) share(name string) graph.Share {
	if r.properties[name] == nil {
		return graph.Share{}
	}
	n := r.number(name)
	if n < 0 || n > graph.WholeShare {
		r.fail("%s of %v is %d", name, r.properties["id"], n)
		return graph.Share{}
	}
	return graph.ShareOf(int32(n))
}

// revision reads a revision; none is 0.
func (r *record) revision(name string) graph.Revision {
	revision, err := revisionOf(r.properties[name])
	if err != nil && r.err == nil {
		r.err = err
	}
	return revision
}

// revisionOf reads a revision; the one that ends what has not ended is 0.
func revisionOf(value any) (graph.Revision, error) {
	n, ok := value.(int64)
	switch {
	case !ok || n < 0 || (n > int64(^graph.Revision(0)) && n != never):
		return 0, damaged(fmt.Sprintf("%v is no revision", value))
	case n == never:
		return 0, nil
	}
	return graph.Revision(n), nil //nolint:gosec // its bounds were just tested
}

// timeOf reads when something was recorded; null is no time.
func timeOf(value any) (time.Time, error) {
	if value == nil {
		return time.Time{}, nil
	}
	t, ok := value.(time.Time)
	if !ok {
		return time.Time{}, damaged(fmt.Sprintf("%v is no time", value))
	}
	return t.UTC(), nil
}

func dayOf(value any) (graph.Day, bool) {
	date, ok := value.(neo4j.Date)
	return graph.DayOf(date.Time()), ok
}

func decodeEntity(value any) (graph.Entity, error) {
	r := recordOf(value)
	e := graph.Entity{ID: graph.ID(r.text("id")), Name: r.text("name"), Brand: r.text("brand")}
	texts := r.texts("aliases")
	languages := r.beside("alias_languages", len(texts))
	pairs := r.texts("attributes")
	r.parallel("alias", texts, languages)
	if r.err != nil {
		return graph.Entity{}, r.err
	}
	for i := range texts {
		e.Aliases = append(e.Aliases, graph.Alias{Text: texts[i], Language: languages[i]})
	}
	for _, pair := range pairs {
		name, text, ok := strings.Cut(pair, "=")
		if !ok {
			return graph.Entity{}, damaged(fmt.Sprintf("an attribute of %s is %q", e.ID, pair))
		}
		if e.Attributes == nil {
			e.Attributes = map[string][]string{}
		}
		e.Attributes[name] = append(e.Attributes[name], text)
	}
	return e, nil
}

func decodeSource(value any) (graph.Source, error) {
	r := recordOf(value)
	s := graph.Source{
		ID: graph.ID(r.text("id")), Title: r.text("title"), Publisher: r.text("publisher"), Date: r.date("date"),
		URL: r.text("url"), Language: r.text("language"), Kind: r.text("kind"), Digest: r.text("digest"),
	}
	return s, r.err
}

// decodeClaim reads the columns claim, relation, from and to.
func decodeClaim(columns []any) (graph.StoredClaim, error) {
	r := recordOf(columns[0])
	ends := &record{properties: map[string]any{"relation": columns[1], "from": columns[2], "to": columns[3]}}
	relation, err := graph.ParseRelation(ends.text("relation"))
	if err != nil {
		return graph.StoredClaim{}, damaged(err.Error())
	}
	status, err := graph.ParseStatus(r.text("status"))
	if err != nil {
		r.fail("%v", err)
	}
	c := graph.StoredClaim{Claim: graph.Claim{
		ID: graph.ID(r.text("id")), Relation: relation, From: graph.ID(ends.text("from")), To: graph.ID(ends.text("to")),
		Status: status, Confidence: graph.Confidence(r.number("confidence")), //nolint:gosec // 1 to 100
		ValidFrom: r.date("valid_from_text"), ValidTo: r.date("valid_to_text"),
		ShareMin: r.share("share_min"), ShareMax: r.share("share_max"),
		Citations: r.citations(),
	}, Recorded: r.revision("revision"), Retracted: r.revision("retracted")}
	for _, a := range relation.Rule().Attributes {
		if text := r.text(a.Name); text != "" {
			if c.Attributes == nil {
				c.Attributes = map[string]string{}
			}
			c.Attributes[a.Name] = text
		}
	}
	if r.err == nil {
		r.err = ends.err
	}
	return c, r.err
}

func (r *record) citations() []graph.Citation {
	sources, stances := r.texts("cite_source"), r.texts("cite_stance")
	locators, texts := r.beside("cite_locator", len(sources)), r.beside("cite_text", len(sources))
	r.parallel("citation", sources, stances, locators, texts)
	if r.err != nil {
		return nil
	}
	citations := make([]graph.Citation, len(sources))
	for i := range sources {
		citations[i] = graph.Citation{
			Source: graph.ID(sources[i]), Stance: graph.Stance(stances[i]), Locator: locators[i], Text: texts[i],
		}
	}
	return citations
}
