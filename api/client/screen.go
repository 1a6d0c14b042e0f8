package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"debadge/graph"
)

// Screening says by what rules lines are answered.
type Screening struct {
	At
	Explain bool     // each listing with its paths
	Map     []string // columns by hand, such as product=Artikel; of files and streams
}

func (s Screening) values() url.Values {
	v := s.At.values("explain", truth(s.Explain))
	if len(s.Map) > 0 {
		v["map"] = s.Map
	}
	return v
}

func truth(b bool) string {
	if b {
		return "true"
	}
	return ""
}

// ScreenLine is a line of an order: what it says of a product and of companies.
type ScreenLine struct {
	ID           string       `json:"id,omitempty"` // of debadge
	Product      string       `json:"product,omitempty"`
	Also         []string     `json:"also,omitempty"` // other texts for the product
	Brand        string       `json:"brand,omitempty"`
	Manufacturer string       `json:"manufacturer,omitempty"`
	Supplier     string       `json:"supplier,omitempty"`
	Identifiers  []Identifier `json:"identifiers,omitempty"`         // of the product
	CompanyIDs   []Identifier `json:"company_identifiers,omitempty"` // of the manufacturer, or else the supplier
}

// Identifier is a value in a scheme, such as gtin or lei.
type Identifier struct {
	Scheme string `json:"scheme"`
	Value  string `json:"value"`
}

// ScreenRow is the answer about a line.
type ScreenRow struct {
	Line      int             `json:"line"` // from 1 on
	At        string          `json:"at"`   // where it stands in the input
	Input     ScreenLine      `json:"input"`
	Action    graph.Action    `json:"action"` // the most severe of what the line names
	Finding   graph.Finding   `json:"finding"`
	Strength  graph.Status    `json:"strength,omitzero"`
	Product   *Screened       `json:"product"` // nil if the line names none
	Companies []ScreenCompany `json:"companies,omitempty"`
	Reasons   []string        `json:"reasons,omitempty"` // why it is not passed, where no listing says it
}

// ScreenCompany is a company that a line names beside the product.
type ScreenCompany struct {
	Role string `json:"role"`
	Text string `json:"text"`
	Screened
}

// Screened is something that a line names, and what is found about it.
type Screened struct {
	Resolution string            `json:"resolution"`
	Entity     *graph.EntityRef  `json:"entity"` // nil unless exactly one was recognized
	Score      float64           `json:"score,omitempty"`
	Why        string            `json:"why,omitempty"`
	Candidates []ScreenCandidate `json:"candidates,omitempty"`
	graph.Assessment
	Listings     []ScreenListing `json:"listings,omitempty"` // the first ones, best first
	MoreListings int             `json:"more_listings,omitempty"`
}

// ScreenCandidate is an entity that a text may mean.
type ScreenCandidate struct {
	Entity  graph.EntityRef `json:"entity"`
	Score   float64         `json:"score"`
	Why     string          `json:"why,omitempty"`
	Finding graph.Finding   `json:"finding"`
}

// ScreenListing is a listing that something traces back to.
type ScreenListing struct {
	Entity   graph.EntityRef `json:"entity"`
	List     graph.EntityRef `json:"list"`
	Way      graph.Way       `json:"way"`
	Strength graph.Status    `json:"strength"`
	Paths    []graph.Path    `json:"paths,omitempty"` // where the lines are explained
}

// ScreenSummary says by what rules lines were answered, and how many have which
// answer.
type ScreenSummary struct {
	Input  string `json:"input"`
	Format string `json:"format"`
	graph.Basis
	Finished    bool                  `json:"finished"` // false: the lines after the last one were not answered
	Reason      string                `json:"reason,omitempty"`
	Lines       int                   `json:"lines"`
	Actions     map[string]int        `json:"actions"`
	Findings    map[graph.Finding]int `json:"findings"`
	Resolutions map[string]int        `json:"resolutions"`
	Brands      []BrandCount          `json:"brands"`
	OtherBrands int                   `json:"other_brands"`
	Entities    []EntityCount         `json:"entities"`
	Others      int                   `json:"other_entities"`
	LeftOut     map[string]int        `json:"left_out,omitempty"`
}

// BrandCount counts the lines of a brand by what to do about them.
type BrandCount struct {
	Brand  string `json:"brand"`
	Lines  int    `json:"lines"`
	Block  int    `json:"block"`
	Review int    `json:"review"`
	Pass   int    `json:"pass"`
}

// EntityCount counts the lines that trace back to a listed entity.
type EntityCount struct {
	Entity graph.EntityRef   `json:"entity"`
	Lists  []graph.EntityRef `json:"lists"`
	Lines  int               `json:"lines"`
	Block  int               `json:"block"`
	Review int               `json:"review"`
	Pass   int               `json:"pass"`
}

// ScreenAnswer is the answer about all lines of one request.
type ScreenAnswer struct {
	Rows []ScreenRow `json:"rows"` // in the order of the lines
	ScreenSummary
}

// Screen asks about up to 10,000 lines at once, all at one revision.
func (c *Client) Screen(ctx context.Context, lines []ScreenLine, s Screening) (ScreenAnswer, error) {
	var answer ScreenAnswer
	if lines == nil {
		lines = []ScreenLine{}
	}
	s.Map = nil
	err := c.ask(ctx, call{method: http.MethodPost, path: "/v1/screen", query: s.values(), body: lines}, &answer)
	return answer, err
}

// ScreenStream asks about lines of any number while they are read, from NDJSON
// or CSV (format ndjson or csv), and hands on each answer as it comes. The
// summary is returned once all have come; without it they are not all.
func (c *Client) ScreenStream(ctx context.Context, lines io.Reader, format string, s Screening, each func(ScreenRow) error) (ScreenSummary, error) {
	media := map[string]string{"ndjson": ndjsonType, "csv": "text/csv"}[format]
	if media == "" {
		return ScreenSummary{}, graph.Errorf(graph.KindInvalid, "%.40q is not a format of a stream; use ndjson or csv", format)
	}
	var head *ScreenSummary
	to := call{method: http.MethodPost, path: "/v1/screen/stream", query: s.values(), header: map[string]string{"Content-Type": media}, file: lines}
	err := c.lines(ctx, to, func(data []byte) error {
		var line struct {
			Row  *ScreenRow     `json:"row"`
			Head *ScreenSummary `json:"head"`
		}
		if err := json.Unmarshal(data, &line); err != nil {
			return fmt.Errorf("reading a line: %w", err)
		}
		if line.Row != nil {
			return each(*line.Row)
		}
		head = line.Head
		return nil
	})
	switch {
	case err != nil:
		return ScreenSummary{}, err
	case head == nil:
		return ScreenSummary{}, ErrCutShort
	case !head.Finished:
		return *head, fmt.Errorf("%w: %s", ErrCutShort, head.Reason)
	}
	return *head, nil
}
