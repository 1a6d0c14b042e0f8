package sheet

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
)

// cells reads the cells of one row and collects what is wrong with each.
type cells struct {
	row   file.Row
	at    ingest.Place
	wrong []ingest.Refusal
}

func (c *cells) get(column string) string { return c.row.Get(column) }

func (c *cells) refuse(column, reason string) {
	at := c.at
	at.Column = column
	c.wrong = append(c.wrong, ingest.Refusal{Place: at, Value: file.Shorten(c.get(column)), Reason: reason})
}

// parsed reads a cell by a parser of the domain; an empty one stays the zero value.
func parsed[T any](c *cells, column string, parse func(string) (T, error)) (value T) {
	text := c.get(column)
	if text == "" {
		return value
	}
	value, err := parse(text)
	if err != nil {
		c.refuse(column, err.Error())
	}
	return value
}

// readRow tells a row's claim, or all that is wrong with its cells.
func readRow(name string, row file.Row, sink ingest.Sink) error {
	c := &cells{row: row, at: ingest.Place{File: name, Line: row.Line}}
	record := c.record()
	if record.Claims[0].Relation != 0 {
		c.check(record)
	}
	for _, wrong := range c.wrong {
		if err := sink.Refuse(wrong); err != nil {
			return err
		}
	}
	if len(c.wrong) > 0 {
		return nil
	}
	return sink.Record(record)
}

func (c *cells) record() ingest.Record {
	relation := parsed(c, relationColumn, func(text string) (graph.Relation, error) { return graph.ParseRelation(strings.ToUpper(text)) })
	if c.get(relationColumn) == "" {
		c.refuse(relationColumn, "is missing; write a relation such as MAKES")
	}
	if c.get(statusColumn) == "" {
		c.refuse(statusColumn, "is missing; write confirmed, reported, alleged or disputed")
	}
	claim := graph.Claim{
		Relation:   relation,
		Status:     parsed(c, statusColumn, func(text string) (graph.Status, error) { return graph.ParseStatus(strings.ToLower(text)) }),
		Confidence: parsed(c, "confidence", graph.ParseConfidence),
		ValidFrom:  parsed(c, "valid_from", graph.ParseDate),
		ValidTo:    parsed(c, "valid_to", graph.ParseDate),
	}
	c.shares(&claim)
	for _, a := range attributeColumns() {
		if text := c.get(a.name); text != "" {
			if claim.Attributes == nil {
				claim.Attributes = map[string]string{}
			}
			claim.Attributes[a.name] = text
		}
	}
	record := ingest.Record{At: c.at}
	if relation != 0 {
		rule := relation.Rule()
		claim.From = c.end("from", rule.From, &record)
		claim.To = c.end("to", rule.To, &record)
	}
	citation, key := c.citation(&record)
	claim.Citations = []graph.Citation{citation}
	if citation.Stance == graph.Denies {
		c.refuse("stance", "a claim needs a source that supports it; state what the source denies as a claim of its own source, with both in a bundle")
	}
	record.Claims = []ingest.Statement{{Claim: claim, Key: key}}
	return record
}

func (c *cells) shares(claim *graph.Claim) {
	percent := func(text string) (graph.Share, error) {
		return graph.ParseShare(strings.TrimSpace(strings.TrimSuffix(text, "%")))
	}
	share := parsed(c, "share", percent)
	claim.ShareMin, claim.ShareMax = parsed(c, "share_min", percent), parsed(c, "share_max", percent)
	if share.IsZero() {
		return
	}
	if !claim.ShareMin.IsZero() || !claim.ShareMax.IsZero() {
		c.refuse("share", "stands beside share_min or share_max; write the share, or the band that it lies in")
	}
	claim.ShareMin, claim.ShareMax = share, share
}

// end returns the id of an end of the claim, and has the record mention what
// the row says of the entity.
func (c *cells) end(column string, kind graph.Kind, record *ingest.Record) graph.ID {
	id, name, brand := graph.ID(c.get(column)), c.get(column+"_name"), c.get(column+"_brand")
	country := c.get(column + "_country")
	switch {
	case brand != "" && kind != graph.Product:
		c.refuse(column+"_brand", "only a product has a brand, and this is a "+string(kind))
	case country != "" && kind != graph.Company:
		c.refuse(column+"_country", "only a company has a country here, and this is a "+string(kind))
	}
	entity := graph.Entity{Name: name, Brand: brand}
	if country != "" {
		code, ok := ingest.Country(country)
		if !ok {
			c.refuse(column+"_country", "is no country's name or code")
		}
		entity.Attributes = map[string][]string{graph.CountryAttribute: {code}}
	}
	switch {
	case id == "" && kind == graph.List:
		c.refuse(column, "is missing; name the list by its id, such as list:us-bis-entity-list (debadge lists shows them)")
		return ""
	case id == "" && name == "":
		c.refuse(column, "is missing; write the id, or the name in "+column+"_name")
		return ""
	case id == "":
		id = MadeID(kind, brand, name)
	case name == "" && (brand != "" || country != ""):
		c.refuse(column+"_name", "is missing; what has a brand or a country here needs a name")
	}
	if name != "" {
		entity.ID = id
		record.Mentions = append(record.Mentions, entity)
	}
	return id
}

const (
	nameDigits = 8
	keyDigits  = 16
)

// MadeID returns the id that is made of a name: company:example-holding-ltd,
// product:example-brand:y1. Where letters have no place in an id, a hash of the
// name keeps two names apart that are written alike without them.
func MadeID(kind graph.Kind, brand, name string) graph.ID {
	id := string(kind)
	if brand != "" {
		id += ":" + slug(brand)
	}
	return graph.ID(id + ":" + slug(name))
}

func slug(name string) string {
	made, key := ingest.Slug(name), graph.NameKey(name)
	if key == graph.NameKey(made) && made != "" {
		return made
	}
	text := cmp.Or(key, name)
	if made == "" {
		return digest(text, keyDigits)
	}
	return made + "-" + digest(text, nameDigits)
}

func digest(text string, digits int) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:digits]
}

// citation returns the pointer into the row's source, and what the row is known
// again by.
func (c *cells) citation(record *ingest.Record) (q graph.Citation, key string) {
	q = graph.Citation{Stance: graph.Supports, Locator: c.get("locator"), Text: c.get("text")}
	if text := strings.ToLower(c.get("stance")); text != "" {
		q.Stance = graph.Stance(text)
	}
	source := graph.Source{
		Title: c.get("source_title"), Publisher: c.get("source_publisher"), Date: parsed(c, "source_date", graph.ParseDate),
		URL: c.get("source_url"), Kind: strings.ToLower(c.get("source_kind")), Language: c.get("source_language"),
	}
	if source == (graph.Source{}) {
		return q, q.Locator
	}
	if source.Title == "" {
		c.refuse("source_title", "is missing; a source needs a title and a publisher")
	}
	if source.Publisher == "" {
		c.refuse("source_publisher", "is missing; a source needs a title and a publisher")
	}
	identity := strings.Join([]string{source.Title, source.Publisher, source.Date.String(), source.URL}, "\x1f")
	source.ID = graph.ID("source:" + register + ":" + digest(identity, keyDigits))
	record.Sources = []graph.Source{source}
	q.Source = source.ID
	return q, string(source.ID) + " " + q.Locator
}

// check asks the domain about the row, so that what it refuses is told by its
// column.
func (c *cells) check(record ingest.Record) {
	claim := record.Claims[0].Claim
	if claim.Citations[0].Source == "" {
		q := claim.Citations[0]
		q.Source = "source:" + register + ":file"
		claim.Citations = []graph.Citation{q}
	}
	set := graph.ChangeSet{Sources: record.Sources, Claims: []graph.Claim{claim}}
	for _, e := range record.Mentions {
		if len(set.Entities) == 0 || set.Entities[0].ID != e.ID { // an end that is both is told by the claim
			set.Entities = append(set.Entities, e)
		}
	}
	_, err := set.Prepare()
	refused, ok := err.(*graph.Error) //nolint:errorlint // what Prepare returns
	if !ok {
		return
	}
	told := c.wrong
	for _, f := range refused.Fields {
		column := columnOf(f.Field)
		known := slices.ContainsFunc(told, func(r ingest.Refusal) bool { return r.Column == column })
		if !known && (column != "" || len(told) == 0) {
			c.refuse(column, f.Message)
		}
	}
}

// columnOf turns a path such as claims[0].attributes.role into the column that
// it was read from; "" if it is the row as a whole.
func columnOf(field string) string {
	what, path, _ := strings.Cut(field, ".")
	path = strings.TrimPrefix(path, "attributes.")
	switch {
	case strings.HasPrefix(what, "sources"):
		path = "source_" + path
	case strings.HasPrefix(what, "entities"):
		return ""
	case strings.HasPrefix(path, "citations[0]."):
		path = strings.TrimPrefix(path, "citations[0].")
	}
	for _, c := range columns {
		if c.name == path {
			return path
		}
	}
	return ""
}
