package export

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"

	"debadge/graph"
)

// FtM writes what a store holds as FollowTheMoney entities, one a line: a
// company as Company, a product as Asset, a proceeding as CourtCase; of the
// claims, shares as Ownership, new names as Succession, listings as Sanction,
// parties as CourtCaseParty, and what has no schema of its own as UnknownLink
// with its role. A list is the program of its sanctions.
func FtM(ctx context.Context, s graph.Store, w io.Writer, opts Options) error {
	return draw(ctx, s, w, opts, func(out *bufio.Writer) drawing { return &ftm{out: out, lists: map[graph.ID]string{}} })
}

type ftm struct {
	out   *bufio.Writer
	lists map[graph.ID]string // the names of lists
}

// ftmEntity is a line.
type ftmEntity struct {
	ID         string        `json:"id"`
	Schema     string        `json:"schema"`
	Properties ftmProperties `json:"properties"`
}

type ftmProperties map[string][]string

// add adds values that are there, each once.
func (p ftmProperties) add(name string, values ...string) {
	for _, v := range values {
		if v != "" && !slices.Contains(p[name], v) {
			p[name] = append(p[name], v)
		}
	}
}

// address adds what FollowTheMoney takes for one on the web.
func (p ftmProperties) address(name, url string) {
	if strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
		p.add(name, url)
	}
}

// maxFtMID is the length of the longest id that FollowTheMoney takes.
const maxFtMID = 200

// FtMID returns the id of an entity or a claim in FollowTheMoney, which takes
// letters, digits, dots and hyphens: a colon becomes -C-, an underscore -U-,
// and an end that is no letter or digit is followed by Z. Ids have no capitals
// of their own, so that no two become one. Of one that is too long it is a
// digest.
func FtMID(id graph.ID) string {
	text := strings.NewReplacer(":", "-C-", "_", "-U-").Replace(string(id))
	if last := text[len(text)-1]; last == '-' || last == '.' {
		text += "Z"
	}
	if len(text) > maxFtMID {
		sum := sha256.Sum256([]byte(id))
		return "LONG-" + hex.EncodeToString(sum[:])
	}
	return text
}

func (f *ftm) write(e ftmEntity) error {
	b, err := marshal(e)
	if err != nil {
		return err
	}
	_, err = f.out.Write(append(b, '\n'))
	return written(err)
}

func (f *ftm) begin(Basis) error { return nil }

func (f *ftm) end() error { return nil }

// ftmSchemata are the schemata of entities, by kind.
var ftmSchemata = map[graph.Kind]string{graph.Company: "Company", graph.Product: "Asset", graph.Proceeding: "CourtCase"}

func (f *ftm) node(e *graph.Entity) error {
	schema, ok := ftmSchemata[e.ID.Kind()]
	if !ok {
		f.lists[e.ID] = e.Name
		return nil
	}
	p := ftmProperties{}
	p.add("name", e.Name)
	p.add("notes", "id="+string(e.ID))
	if e.Brand != "" {
		p.add("alias", e.Brand+" "+e.Name)
		p.add("notes", "brand="+e.Brand)
	}
	for _, a := range e.Aliases {
		p.add("alias", a.Text)
	}
	for _, pair := range pairs(e.Attributes) {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case name == graph.CountryAttribute && len(value) == 2:
			p.add("country", strings.ToLower(value))
		case name == "address":
			p.add("address", value)
		default:
			p.add("notes", pair)
		}
	}
	return f.write(ftmEntity{FtMID(e.ID), schema, p})
}

// roles are the roles of links without a schema of their own: of the end where
// the relation starts, to the other one.
var roles = map[graph.Relation]string{
	graph.Makes: "maker of", graph.Sells: "seller of", graph.Licenses: "licensor of", graph.RebrandedAs: "rebranded as",
	graph.SucceededBy: "succeeded by", graph.IdenticalTo: "identical to", graph.ComponentOf: "component of",
	graph.AffiliatedWith: "affiliated with", graph.SameAs: "same legal person as",
}

func (f *ftm) edge(c *graph.Claim, e evidence) error {
	p := ftmProperties{}
	p.add("status", c.Status.String())
	p.add("summary", c.Status.String()+", confidence "+c.Confidence.String())
	p.add("startDate", c.ValidFrom.String())
	p.add("endDate", c.ValidTo.String())
	p.add("recordId", string(c.ID))
	for _, q := range e {
		if q.Stance == graph.Supports {
			p.address("sourceUrl", q.source.URL)
			p.add("publisher", q.source.Publisher)
		}
	}
	p.add("description", e.words(graph.Supports))
	if denials := e.words(graph.Denies); denials != "" {
		p.add("description", "Denied: "+denials)
	}
	from, to := FtMID(c.From), FtMID(c.To)
	schema := "UnknownLink"
	switch c.Relation {
	case graph.Owns:
		schema = "Ownership"
		p.add("owner", from)
		p.add("asset", to)
		p.add("percentage", percentage(c))
		p.add("role", c.Interest().String()+" ("+c.Status.String()+")")
	case graph.RenamedTo:
		schema = "Succession"
		p.add("predecessor", from)
		p.add("successor", to)
		p.add("role", "renamed to ("+c.Status.String()+")")
	case graph.ListedOn:
		schema = "Sanction"
		p.add("entity", from)
		p.add("program", f.lists[c.To])
		p.add("programId", string(c.To))
		p.add("listingDate", c.Attributes["announced"])
		p.add("namesMentioned", c.Attributes["entry"])
	case graph.PartyTo:
		schema = "CourtCaseParty"
		p.add("party", from)
		p.add("case", to)
		p.add("role", c.Attributes["role"])
	case graph.Makes, graph.Sells, graph.Licenses, graph.RebrandedAs, graph.SucceededBy, graph.IdenticalTo, graph.ComponentOf,
		graph.AffiliatedWith, graph.SameAs:
		p.add("subject", from)
		p.add("object", to)
		p.add("role", roles[c.Relation]+" ("+c.Status.String()+")")
		for _, a := range c.Relation.Rule().Attributes {
			if v := c.Attributes[a.Name]; v != "" {
				p.add("description", a.Name+": "+v)
			}
		}
	}
	return f.write(ftmEntity{FtMID(c.ID), schema, p})
}

// percentage writes a share or a band.
func percentage(c *graph.Claim) string {
	if c.ShareMin == c.ShareMax {
		return c.ShareMin.String()
	}
	return c.ShareMin.String() + "-" + c.ShareMax.String()
}
