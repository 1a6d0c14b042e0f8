package screen

import (
	"cmp"
	"maps"
	"slices"

	"debadge/graph"
)

// Counts says how many lines have which answer.
type Counts struct {
	Lines       int                   `json:"lines"`
	Actions     map[string]int        `json:"actions"`
	Findings    map[graph.Finding]int `json:"findings"`
	Resolutions map[Resolution]int    `json:"resolutions"`
	Brands      []BrandCount          `json:"brands"`             // most lines first
	OtherBrands int                   `json:"other_brands"`       // lines of brands that came when the table was full
	Entities    []EntityCount         `json:"entities"`           // listed ones, most lines first
	Others      int                   `json:"other_entities"`     // lines that trace to entities beyond those counted
	LeftOut     map[string]int        `json:"left_out,omitempty"` // what in the input is no line, by what it is
}

// ByAction counts lines by what to do about them.
type ByAction struct {
	Lines  int `json:"lines"`
	Block  int `json:"block"`
	Review int `json:"review"`
	Pass   int `json:"pass"`
}

// BrandCount counts the lines of a brand: that of the product where it is
// known, else what the line says; "" is none.
type BrandCount struct {
	Brand string `json:"brand"`
	ByAction
}

// EntityCount counts the lines that trace back to a listed entity.
type EntityCount struct {
	Entity graph.EntityRef   `json:"entity"`
	Lists  []graph.EntityRef `json:"lists"`
	ByAction
}

func (c *ByAction) add(a graph.Action) {
	c.Lines++
	switch a {
	case graph.Block:
		c.Block++
	case graph.Review:
		c.Review++
	case graph.Pass:
		c.Pass++
	}
}

// mostCounted bounds the brands, and the listed entities, that are counted one
// by one. Those that come later are counted together.
const mostCounted = 5000

// counter adds rows up, in the order of the input.
type counter struct {
	Counts
	actions  ByAction
	brands   map[string]*BrandCount
	entities map[graph.ID]*EntityCount
}

func newCounter() *counter {
	return &counter{
		Counts: Counts{Findings: map[graph.Finding]int{}, Resolutions: map[Resolution]int{}},
		brands: map[string]*BrandCount{}, entities: map[graph.ID]*EntityCount{},
	}
}

func (c *counter) add(r *Row) {
	c.actions.add(r.Action)
	c.Findings[r.Finding]++
	c.Resolutions[r.Resolution()]++
	c.brand(r)
	listings, more := r.Listings()
	beyond := more > 0
	for i, l := range listings {
		e, ok := c.entities[l.Entity.ID]
		if !ok {
			if len(c.entities) >= mostCounted {
				beyond = true
				continue
			}
			e = &EntityCount{Entity: l.Entity}
			c.entities[l.Entity.ID] = e
		}
		if !slices.Contains(e.Lists, l.List) {
			e.Lists = append(e.Lists, l.List)
		}
		same := func(o Listing) bool { return o.Entity.ID == l.Entity.ID }
		if !slices.ContainsFunc(listings[:i], same) {
			e.add(r.Action)
		}
	}
	if beyond {
		c.Others++
	}
}

func (c *counter) brand(r *Row) {
	if r.Resolution() == Refused {
		return
	}
	name := r.brand()
	b, ok := c.brands[name]
	if !ok {
		if len(c.brands) >= mostCounted {
			c.OtherBrands++
			return
		}
		b = &BrandCount{Brand: name}
		c.brands[name] = b
	}
	b.add(r.Action)
}

// brand returns the brand by which a row is counted.
func (r *Row) brand() string {
	if r.Product != nil && r.Product.Entity != nil && r.Product.Entity.Brand != "" {
		return r.Product.Entity.Brand
	}
	return cmp.Or(r.Input.Brand, r.Input.Manufacturer)
}

// counts returns what was counted so far.
func (c *counter) counts() Counts {
	all := c.Counts
	all.Lines = c.actions.Lines
	all.Actions = map[string]int{"block": c.actions.Block, "review": c.actions.Review, "pass": c.actions.Pass}
	all.Brands = []BrandCount{}
	for b := range maps.Values(c.brands) {
		all.Brands = append(all.Brands, *b)
	}
	slices.SortFunc(all.Brands, func(x, y BrandCount) int {
		return cmp.Or(cmp.Compare(y.Lines, x.Lines), cmp.Compare(x.Brand, y.Brand))
	})
	all.Entities = []EntityCount{}
	for e := range maps.Values(c.entities) {
		slices.SortFunc(e.Lists, func(x, y graph.EntityRef) int { return cmp.Compare(x.ID, y.ID) })
		all.Entities = append(all.Entities, *e)
	}
	slices.SortFunc(all.Entities, func(x, y EntityCount) int {
		return cmp.Or(cmp.Compare(y.Lines, x.Lines), cmp.Compare(x.Entity.ID, y.Entity.ID))
	})
	return all
}
