package api

import (
	"context"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"debadge/graph"
	"debadge/graph/resolve"
)

type searchInput struct {
	Freshness

	Q            string         `query:"q" minLength:"1" maxLength:"500"`
	Kind         string         `query:"kind" enum:"product,company"`
	Brand        string         `query:"brand" minLength:"1" maxLength:"200"`
	Threshold    float64        `query:"threshold" exclusiveMinimum:"0" maximum:"1"`
	AsOf         day            `query:"as_of"`
	KnownAt      moment         `query:"known_at"`
	Policy       string         `query:"policy" maxLength:"200"`
	List         []string       `query:"list,explode" maxItems:"100"`
	Include      []facetValue   `query:"include,explode" maxItems:"100"`
	Exclude      []facetValue   `query:"exclude,explode" maxItems:"100"`
	ChangedSince graph.Revision `query:"changed_since" maximum:"2147483647" minimum:"1"`
	Limit        int            `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Cursor       cursor         `query:"cursor"`
}

// The facets of a search.
const (
	facetKind    = "kind"
	facetBrand   = "brand"
	facetCountry = "country"
	facetList    = "list"
	facetFinding = "finding"
	facetStatus  = "status"
)

// facetValue is a filter: a facet and one of its values, such as brand:Aivres.
type facetValue struct{ facet, value string }

// UnmarshalText reads FACET:VALUE.
func (f *facetValue) UnmarshalText(text []byte) error {
	facet, value, _ := strings.Cut(string(text), ":")
	if !slices.Contains(facetNames(), facet) || value == "" {
		return graph.Errorf(graph.KindInvalid, "%q is not a filter; write FACET:VALUE, the facet one of %s, such as brand:Aivres",
			clip(string(text)), strings.Join(facetNames(), ", "))
	}
	f.facet, f.value = facet, value
	return nil
}

func facetNames() []string {
	return []string{facetKind, facetBrand, facetCountry, facetList, facetFinding, facetStatus}
}

// Schema describes the parameter.
func (f *facetValue) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, MaxLength: new(300), Pattern: "^(" + strings.Join(facetNames(), "|") + "):.+$",
		Examples: []any{"brand:Aivres", "country:CN", "list:list:us-bis-entity-list", "status:alleged"},
	}
}

// searchAnswer is what a text may mean, or without one the entities that the
// filters leave, with what the graph holds about each.
type searchAnswer struct {
	Query     string           `json:"query,omitempty"`
	Outcome   resolve.Outcome  `json:"outcome,omitempty"`   // of recognizing the text, before the filters
	Entity    *graph.EntityRef `json:"entity"`              // the one that the text means, else null
	Threshold float64          `json:"threshold,omitempty"` // from which score on a candidate counts
	Complete  bool             `json:"complete"`            // the candidates, the total and the facets leave nothing out
	Reasons   []string         `json:"reasons,omitempty"`
	graph.Basis
	Total      int         `json:"total"` // candidates that the filters leave
	Facets     facets      `json:"facets"`
	Candidates []searchHit `json:"candidates"` // best first; without a text in the order of ids
	Next       string      `json:"next,omitempty"`
}

// searchHit is a candidate as debadge resolve gives it, and the finding about it.
type searchHit struct {
	Entity          graph.EntityRef `json:"entity"`
	Score           float64         `json:"score,omitempty"`
	Basis           resolve.Basis   `json:"basis,omitempty"`
	Matched         string          `json:"matched,omitempty"`
	Transformations []string        `json:"transformations,omitempty"`
	Parts           []resolve.Part  `json:"parts,omitempty"`
	Choice          *resolve.Choice `json:"choice,omitempty"`
	DifferentModel  bool            `json:"different_model,omitempty"`
	Why             string          `json:"why,omitempty"`

	Countries []string      `json:"countries,omitempty"`
	Finding   graph.Finding `json:"finding"`
	Strength  graph.Status  `json:"strength,omitzero"`
	Action    graph.Action  `json:"action"`
	Complete  bool          `json:"complete"`        // of the finding
	Lists     []graph.ID    `json:"lists,omitempty"` // that it traces back to
}

const (
	mostHits     = 500    // candidates of one text
	mostScanned  = 20_000 // entities that one page without a text looks at
	mostAssessed = 2_000  // of those, how many are traced
	mostChanged  = 100_000
	mostLists    = 32 // of one candidate
)

func (s *server) addSearch() {
	register(s, operation("search", "/v1/entities", "entities", "Which entity does a text mean? Which entities are there?",
		"With q, answers with the products and companies that the text may mean, the best first, each with its score and the reasons for it, as debadge resolve does: "+
			"resolved if one is clear of the others, ambiguous if several are not, unknown if none is near; nothing is guessed. "+
			"Without q, answers with all products and companies in the order of ids. "+
			"Each comes with its finding by the policy, and the facets count the candidates by kind, brand, country, list that they trace back to, finding, and status of the strongest path. "+
			"include and exclude filter by what the facets show: values of one facet are alternatives, several facets must all fit.",
		notFound, unavailable, timeout), s.search)
}

func (s *server) search(ctx context.Context, in *searchInput) (searchAnswer, error) {
	policy, err := s.policy(in.Policy)
	if err != nil {
		return searchAnswer{}, err
	}
	f := &finder{s: s, in: in, policy: policy}
	if in.Q != "" {
		return f.byText(ctx)
	}
	var answer searchAnswer
	err = s.Store.View(ctx, in.Cursor.bind(in.KnownAt), func(v graph.View) error {
		answer, err = f.browse(ctx, v)
		return err
	})
	return answer, err
}

// finder answers one search.
type finder struct {
	s      *server
	in     *searchInput
	policy graph.Policy

	view     graph.View
	assessor *graph.Assessor
	changed  map[graph.ID]bool // nil: all count
	answer   searchAnswer
	counts   facetCounts
	hits     []searchHit // that the filters leave
}

// on begins to answer on a view.
func (f *finder) on(ctx context.Context, v graph.View) (done func(), err error) {
	f.view, f.answer, f.counts, f.hits = v, searchAnswer{Complete: true, Candidates: []searchHit{}}, facetCounts{}, nil
	f.assessor, err = graph.NewAssessor(ctx, v, f.policy, f.s.dayOr(f.in.AsOf), f.in.List)
	if err != nil {
		return nil, err
	}
	f.answer.Basis = f.assessor.Basis(f.in.Cursor.bind(f.in.KnownAt))
	if f.in.ChangedSince > 0 && f.changed == nil {
		f.changed, err = f.s.changedSince(ctx, f.in.ChangedSince, f.answer.Revision)
	}
	return f.assessor.Close, err
}

// byText answers with the candidates of a text.
func (f *finder) byText(ctx context.Context) (searchAnswer, error) {
	x, err := f.s.names(ctx, f.in.Cursor.bind(f.in.KnownAt), f.in.MinRevision)
	if err != nil {
		return searchAnswer{}, err
	}
	if x, err = x.With(resolve.Options{Threshold: f.in.Threshold}); err != nil {
		return searchAnswer{}, err
	}
	found := x.Resolve(resolve.Query{Text: f.in.Q, Brand: f.in.Brand, Kind: graph.Kind(f.in.Kind), Limit: mostHits, Related: true})
	err = f.s.Store.View(ctx, pinned(x.Revision()), func(v graph.View) error {
		done, err := f.on(ctx, v)
		if err != nil {
			return err
		}
		defer done()
		return f.found(ctx, &found)
	})
	return f.answer, err
}

func (f *finder) found(ctx context.Context, found *resolve.Result) error {
	a := &f.answer
	a.Query, a.Outcome, a.Entity, a.Threshold = found.Query, found.Outcome, found.Entity, found.Threshold
	a.Complete, a.Reasons = found.Complete, found.Reasons
	hits := make([]searchHit, len(found.Candidates))
	for i, c := range found.Candidates {
		hits[i] = searchHit{
			Entity: c.Entity, Score: c.Score, Basis: c.Basis, Matched: c.Matched, Transformations: c.Transformations,
			Parts: c.Parts, Choice: c.Choice, DifferentModel: c.DifferentModel, Why: c.Why,
		}
	}
	if err := f.consider(ctx, hits); err != nil {
		return err
	}
	// Equal questions at one revision rank equally, so a place is a cursor.
	first, err := placeOf(f.in.Cursor, len(f.hits))
	if err != nil {
		return err
	}
	last := min(first+f.in.Limit, len(f.hits))
	a.Candidates = append(a.Candidates, f.hits[first:last]...)
	if last < len(f.hits) {
		a.Next = placeCursor(a.Revision, last)
	}
	a.Total, a.Facets = len(f.hits), f.counts.facets()
	return nil
}

// consider adds those of the hits that the filters leave.
func (f *finder) consider(ctx context.Context, hits []searchHit) error {
	ids := make([]graph.ID, len(hits))
	for i := range hits {
		ids[i] = hits[i].Entity.ID
	}
	entities, err := f.view.Entities(ctx, ids)
	if err != nil {
		return err
	}
	nodes, err := f.view.Nodes(ctx, ids)
	if err != nil {
		return err
	}
	for i := range hits {
		h := &hits[i]
		h.Entity, h.Countries = entities[i].Ref(), slices.Clone(entities[i].Attributes[graph.CountryAttribute])
		if f.changed != nil && !f.changed[h.Entity.ID] || !f.passes(h, facetKind, facetBrand, facetCountry) {
			continue
		}
		if err := f.assess(ctx, nodes[i], h); err != nil {
			return err
		}
		if f.passes(h, facetList, facetFinding, facetStatus) {
			f.counts.add(h)
			f.hits = append(f.hits, *h)
		}
	}
	return nil
}

func (f *finder) assess(ctx context.Context, n graph.Node, h *searchHit) error {
	found, err := f.assessor.Assess(ctx, n)
	if err != nil {
		return err
	}
	h.Finding, h.Strength, h.Action, h.Complete = found.Finding, found.Strength, found.Action, found.Complete
	if found.Finding != graph.Listed {
		return nil
	}
	listings, _, err := f.assessor.Listings(ctx, mostLists)
	for _, l := range listings {
		if !slices.Contains(h.Lists, l.List) {
			h.Lists = append(h.Lists, l.List)
		}
	}
	slices.Sort(h.Lists)
	return err
}

// browse answers with entities in the order of ids.
func (f *finder) browse(ctx context.Context, v graph.View) (searchAnswer, error) {
	done, err := f.on(ctx, v)
	if err != nil {
		return searchAnswer{}, err
	}
	defer done()
	next, err := f.ids(ctx)
	if err != nil {
		return searchAnswer{}, err
	}
	last := f.in.Cursor.afterID()
	for scanned := 0; ; {
		ids, err := next(last)
		if err != nil {
			return searchAnswer{}, err
		}
		if len(ids) == 0 {
			break
		}
		hits := make([]searchHit, len(ids))
		for i, id := range ids {
			hits[i].Entity.ID = id
		}
		if err := f.consider(ctx, hits); err != nil {
			return searchAnswer{}, err
		}
		last = ids[len(ids)-1]
		if scanned += len(ids); scanned >= mostScanned || f.counts.total >= mostAssessed {
			f.cut(scanned, last)
			break
		}
	}
	f.fill()
	return f.answer, nil
}

// cut says that a page looked at no more than it may.
func (f *finder) cut(scanned int, last graph.ID) {
	f.answer.Complete = false
	f.answer.Reasons = append(f.answer.Reasons, graph.Errorf(graph.KindInvalid,
		"the %d entities after the cursor were looked at; the total and the facets count those, and next goes on behind them", scanned).Message)
	next := cursor{f.answer.Revision, string(last)}
	f.answer.Next = next.text()
}

// fill takes the page out of what was found.
func (f *finder) fill() {
	a := &f.answer
	a.Total, a.Facets = len(f.hits), f.counts.facets()
	if len(f.hits) > f.in.Limit {
		f.hits = f.hits[:f.in.Limit]
		next := cursor{a.Revision, string(f.hits[f.in.Limit-1].Entity.ID)}
		a.Next = next.text()
	}
	a.Candidates = append(a.Candidates, f.hits...)
}
