package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"debadge/graph"
)

// At says of which day, by whose knowledge and by which rules a question is
// asked. Its zero value is today, the newest revision and the default policy.
type At struct {
	AsOf        string // YYYY-MM-DD
	KnownAt     string // a time, a day or a revision
	Policy      string
	Lists       []string       // these alone
	MinRevision graph.Revision // wait for it: the revision of a receipt
}

func (a At) values(more ...string) url.Values {
	v := url.Values{}
	fill(v, "as_of", a.AsOf, "known_at", a.KnownAt, "policy", a.Policy, "min_revision", number(int(a.MinRevision)))
	fill(v, more...)
	for _, l := range a.Lists {
		v.Add("list", l)
	}
	return v
}

// Page says which part of a long answer is asked for.
type Page struct {
	Limit  int    // 0 is the service's default
	Cursor string // the Next of the page before

	Uncounted bool // of Reach: the Total may be left out, which is much quicker
}

func (p Page) limit() string { return number(p.Limit) }

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func get[T any](ctx context.Context, c *Client, path string, query url.Values) (T, error) {
	var answer T
	err := c.ask(ctx, call{method: http.MethodGet, path: path, query: query}, &answer)
	return answer, err
}

// Trace asks whether a product or company traces back to a listed entity.
func (c *Client) Trace(ctx context.Context, subject string, at At, paths int) (graph.Answer, error) {
	return get[graph.Answer](ctx, c, "/v1/trace", at.values("subject", subject, "paths", number(paths)))
}

// Timeline asks for the finding over time; the day of at does not matter.
func (c *Client) Timeline(ctx context.Context, subject string, at At) (graph.TimelineAnswer, error) {
	at.AsOf = ""
	return get[graph.TimelineAnswer](ctx, c, "/v1/timeline", at.values("subject", subject))
}

// ReachPage is a part of the products that trace back to an origin.
type ReachPage struct {
	graph.ReachAnswer
	Rows []graph.ReachRow `json:"rows"`
}

// Reach asks which products trace back to a company or a list, page by page.
func (c *Client) Reach(ctx context.Context, origin string, at At, p Page) (ReachPage, error) {
	return get[ReachPage](ctx, c, "/v1/reach", at.values("origin", origin, "limit", p.limit(), "cursor", p.Cursor, "uncounted", truth(p.Uncounted)))
}

// ReachTablePage is a part of a reach as filters leave it.
type ReachTablePage struct {
	graph.ReachAnswer
	Left   int                   `json:"left"` // rows that the filters leave
	Counts graph.ReachCounts     `json:"counts"`
	Rows   []graph.ReachTableRow `json:"rows"`
}

// ReachOf says which rows of a reach are asked for, and in which order. Of one
// condition any value fits.
type ReachOf struct {
	Brands, Sellers, Companies, Actions, Strengths, Ways []string

	Order string // id, name, brand, action or strength; "" is id
}

// ReachTable asks which products trace back to a company or a list, with their
// sellers, filtered and sorted.
func (c *Client) ReachTable(ctx context.Context, origin string, at At, of ReachOf, p Page) (ReachTablePage, error) {
	values := at.values("origin", origin, "order", of.Order, "limit", p.limit(), "cursor", p.Cursor)
	values["brand"], values["seller"], values["company"] = of.Brands, of.Sellers, of.Companies
	values["action"], values["strength"], values["way"] = of.Actions, of.Strengths, of.Ways
	return get[ReachTablePage](ctx, c, "/v1/reach/products", values)
}

// Rebadgings asks which products got a new badge or another seller after the
// listing of a company, or of those on a list.
func (c *Client) Rebadgings(ctx context.Context, origin string, at At, p Page) (graph.RebadgingsAnswer, error) {
	return get[graph.RebadgingsAnswer](ctx, c, "/v1/rebadgings", at.values("origin", origin, "limit", p.limit()))
}

// Diff asks what was learned after one moment and by another one ("" is now);
// KnownAt and Lists of at do not matter.
func (c *Client) Diff(ctx context.Context, from, to string, at At, p Page) (graph.DiffAnswer, error) {
	at.KnownAt, at.Lists = "", nil
	return get[graph.DiffAnswer](ctx, c, "/v1/diff", at.values("from", from, "to", to, "limit", p.limit()))
}

// dated leaves what a question about entities and lists takes.
func (a At) dated() At { return At{AsOf: a.AsOf, KnownAt: a.KnownAt, MinRevision: a.MinRevision} }

// Entity asks for an entity with a page of the claims about it: those of some
// relations, or of all of them if none is named.
func (c *Client) Entity(ctx context.Context, id graph.ID, at At, p Page, relations ...graph.Relation) (EntityAnswer, error) {
	values := at.dated().values("limit", p.limit(), "cursor", p.Cursor)
	for _, r := range relations {
		values.Add("relation", r.String())
	}
	return get[EntityAnswer](ctx, c, "/v1/entities/"+url.PathEscape(string(id)), values)
}

// Opening says which part of the graph is asked for.
type Opening struct {
	Up, Down  []graph.ID // entities whose neighbors are shown; none: those of the entity itself
	Relations []string   // none: all of them
	Statuses  []string   // none: all of them
	Limit     int        // of the neighbors of one entity in one direction; 0 is the service's default
}

// Neighbors asks for what is around an entity, opened step by step; the lists of
// at narrow which listings are shown.
func (c *Client) Neighbors(ctx context.Context, id graph.ID, at At, o Opening) (NeighborsAnswer, error) {
	values := at.dated().values("limit", number(o.Limit))
	values["list"], values["relation"], values["status"] = at.Lists, o.Relations, o.Statuses
	for _, up := range o.Up {
		values.Add("up", string(up))
	}
	for _, down := range o.Down {
		values.Add("down", string(down))
	}
	return get[NeighborsAnswer](ctx, c, "/v1/entities/"+url.PathEscape(string(id))+"/neighbors", values)
}

// Search asks what a text means, or without one for the entities that filters
// leave, such as brand:Aivres.
func (c *Client) Search(ctx context.Context, text string, include, exclude []string, at At, p Page) (SearchAnswer, error) {
	values := at.values("q", text, "limit", p.limit(), "cursor", p.Cursor)
	values["include"], values["exclude"] = include, exclude
	return get[SearchAnswer](ctx, c, "/v1/entities", values)
}

// Suggest asks for the products and companies of which a name begins with a
// text, 20 at the most: those that are called just so first, then in the order of
// names.
func (c *Client) Suggest(ctx context.Context, prefix string) ([]Suggestion, error) {
	answer, err := get[SuggestAnswer](ctx, c, "/v1/reconcile/suggest/entity", At{}.values("prefix", prefix))
	return answer.Result, err
}

// Lists asks for the lists, with the number of their members.
func (c *Client) Lists(ctx context.Context, at At) (graph.ListsAnswer, error) {
	return get[graph.ListsAnswer](ctx, c, "/v1/lists", at.dated().values())
}

// List asks for a list with a page of its members.
func (c *Client) List(ctx context.Context, id string, at At, p Page) (ListAnswer, error) {
	return get[ListAnswer](ctx, c, "/v1/lists/"+url.PathEscape(id), at.dated().values("limit", p.limit(), "cursor", p.Cursor))
}

// Policies asks for the policies that a question can name.
func (c *Client) Policies(ctx context.Context) ([]Policy, error) {
	answer, err := get[PoliciesAnswer](ctx, c, "/v1/policies", nil)
	return answer.Policies, err
}

// Policy asks for the rules of one policy.
func (c *Client) Policy(ctx context.Context, name string) (Policy, error) {
	return get[Policy](ctx, c, "/v1/policies/"+url.PathEscape(name), nil)
}

// Claim asks for a claim, also for one that was retracted. Of at, what is known
// counts alone.
func (c *Client) Claim(ctx context.Context, id graph.ID, at At) (ClaimAnswer, error) {
	at = At{KnownAt: at.KnownAt, MinRevision: at.MinRevision}
	return get[ClaimAnswer](ctx, c, "/v1/claims/"+url.PathEscape(string(id)), at.values())
}

// ContestedAnswer is a part of the claims that are contested.
type ContestedAnswer struct {
	KnownAt  *time.Time     `json:"known_at"`
	Revision graph.Revision `json:"revision"`
	graph.Contested
	Entities []graph.EntityRef `json:"entities"`
	Sources  []graph.Source    `json:"sources"`
	Next     string            `json:"next,omitempty"`
}

// Contested asks which claims are disputed, denied or in conflict with another
// one. A part can be empty and not the last.
func (c *Client) Contested(ctx context.Context, knownAt string, p Page) (ContestedAnswer, error) {
	return get[ContestedAnswer](ctx, c, "/v1/contested", At{KnownAt: knownAt}.values("limit", p.limit(), "cursor", p.Cursor))
}

// Sources asks for the documents that claims rest on, page by page; only the day
// and the moment of at count.
func (c *Client) Sources(ctx context.Context, at At, p Page) (SourcesPage, error) {
	return get[SourcesPage](ctx, c, "/v1/sources", at.dated().values("limit", p.limit(), "cursor", p.Cursor))
}

// Source asks for a document that claims rest on.
func (c *Client) Source(ctx context.Context, id graph.ID, knownAt string) (SourceAnswer, error) {
	return get[SourceAnswer](ctx, c, "/v1/sources/"+url.PathEscape(string(id)), At{KnownAt: knownAt}.values())
}

// Picture asks for the lineage as svg or dot.
func (c *Client) Picture(ctx context.Context, subject, format string, at At, paths int) ([]byte, error) {
	return c.read(ctx, call{method: http.MethodGet, path: "/v1/picture", query: at.values("subject", subject, "format", format, "paths", number(paths))})
}

// TimelinePicture asks for the finding over time as SVG.
func (c *Client) TimelinePicture(ctx context.Context, subject string, at At) ([]byte, error) {
	return c.read(ctx, call{method: http.MethodGet, path: "/v1/timeline/picture", query: at.values("subject", subject)})
}

// Embedded asks for the lineage as SVG for a page around it: without heading, its
// entities linked to /entities/ID, which the links ask what linked says, and its
// hops to #CLAIM.
func (c *Client) Embedded(ctx context.Context, subject string, at, linked At, paths int) ([]byte, error) {
	values := at.values("subject", subject, "embed", "true", "paths", number(paths))
	values.Set("links", "?"+linked.values().Encode())
	return c.read(ctx, call{method: http.MethodGet, path: "/v1/picture", query: values})
}

// EmbeddedTimeline asks for the finding over time as SVG for a page around it.
func (c *Client) EmbeddedTimeline(ctx context.Context, subject string, at At) ([]byte, error) {
	return c.read(ctx, call{method: http.MethodGet, path: "/v1/timeline/picture", query: at.values("subject", subject, "embed", "true")})
}

// Dossier asks for the page about a subject, as HTML.
func (c *Client) Dossier(ctx context.Context, subject string, at At, paths int) ([]byte, error) {
	return c.read(ctx, call{method: http.MethodGet, path: "/v1/dossier", query: at.values("subject", subject, "paths", number(paths))})
}

// Export asks for claims in a format: cypher, ndjson, graphml, gexf or ftm; of
// the part upstream of some entities, if any are named. Who calls it closes it.
// Reading it fails if the export did not come to its end.
func (c *Client) Export(ctx context.Context, format string, entities []string, at At) (io.ReadCloser, error) {
	at.Lists = nil
	values := at.values()
	values["entity"] = entities
	return c.open(ctx, call{method: http.MethodGet, path: "/v1/export/" + url.PathEscape(format), query: values, header: map[string]string{"Accept": "*/*"}})
}

// Raw asks for what a path below /v1 answers to GET, as it is written. Who calls
// it closes it.
func (c *Client) Raw(ctx context.Context, path string, query url.Values) (io.ReadCloser, error) {
	return c.open(ctx, call{method: http.MethodGet, path: path, query: query})
}

// Ready asks whether the service can answer, and at which revision.
func (c *Client) Ready(ctx context.Context) (ReadyAnswer, error) {
	return get[ReadyAnswer](ctx, c, "/readyz", nil)
}

// Version asks which build answers.
func (c *Client) Version(ctx context.Context) (VersionAnswer, error) {
	return get[VersionAnswer](ctx, c, "/v1/version", nil)
}

// Me asks who the credential names, and what they may do.
func (c *Client) Me(ctx context.Context) (Caller, error) {
	return get[Caller](ctx, c, "/v1/me", nil)
}
