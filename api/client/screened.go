package client

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"debadge/graph"
)

// ColumnsAnswer says how the columns of a file are understood.
type ColumnsAnswer struct {
	Format  string   `json:"format"`
	Columns []Column `json:"columns"`
	Problem string   `json:"problem,omitempty"` // why the file cannot be screened as it is
	Fields  []string `json:"fields"`            // all that a column can be
}

// Column is a column of a file.
type Column struct {
	Name    string   `json:"name"`
	Field   string   `json:"field,omitempty"` // what is read from it
	Samples []string `json:"samples,omitempty"`
}

// ScreenChoice is what a person said that a text of one file means.
type ScreenChoice struct {
	Role         string   `json:"role"` // product, manufacturer, supplier or brand
	Text         string   `json:"text"`
	Brand        string   `json:"brand,omitempty"`        // of the line, for a product
	Manufacturer string   `json:"manufacturer,omitempty"` // likewise
	Entity       graph.ID `json:"entity,omitempty"`       // "" is nothing that is known
}

// Again says what is to be other than the time before.
type Again struct {
	AsOf        string         `json:"as_of,omitempty"`
	Policy      string         `json:"policy,omitempty"`
	MinRevision graph.Revision `json:"min_revision,omitempty"`
	Map         *[]string      `json:"map,omitempty"` // all of the mapping; nil leaves it
	Choices     []ScreenChoice `json:"choices,omitempty"`
}

// RowsOf selects rows of a screening; all conditions that are given must hold.
type RowsOf struct {
	Action, Finding, Resolution string
}

// RowsPage is a part of the rows of a screening, in the order of the lines.
type RowsPage struct {
	Rows  []ScreenRow   `json:"rows"`
	Total int           `json:"total"` // rows that match
	Next  string        `json:"next,omitempty"`
	Head  ScreenSummary `json:"head"` // of all rows; its brands and entities are the first ones
}

// NewChoice is what a text means from now on, or never does. The author counts
// where no credential says who asks.
type NewChoice struct {
	Text   string `json:"text"`
	Entity string `json:"entity"`
	Means  bool   `json:"means"`
	Reason string `json:"reason"`
	Author string `json:"author,omitempty"`
}

// ScreenColumns asks how the columns of a file would be understood. Nothing is kept.
func (c *Client) ScreenColumns(ctx context.Context, file io.Reader, form FileForm, mapping []string) (ColumnsAnswer, error) {
	query := Screening{Map: mapping}.values()
	fill(query, "file_format", form.Format, "charset", form.Charset)
	var answer ColumnsAnswer
	err := c.ask(ctx, call{
		method: http.MethodPost, path: "/v1/screen/columns", query: query,
		header: map[string]string{"Content-Type": "application/octet-stream"}, file: file,
	}, &answer)
	return answer, err
}

// ScreenedColumns asks how the columns of the file of a screening were understood.
func (c *Client) ScreenedColumns(ctx context.Context, id string) (ColumnsAnswer, error) {
	return get[ColumnsAnswer](ctx, c, jobPath(id)+"/columns", nil)
}

// ScreenedRows asks for rows of a screening that is done, page by page.
func (c *Client) ScreenedRows(ctx context.Context, id string, of RowsOf, p Page) (RowsPage, error) {
	query := url.Values{}
	fill(query, "action", of.Action, "finding", of.Finding, "resolution", of.Resolution, "limit", p.limit(), "cursor", p.Cursor)
	return get[RowsPage](ctx, c, jobPath(id)+"/rows", query)
}

// ScreenAgain makes a job of the file of another one.
func (c *Client) ScreenAgain(ctx context.Context, id string, a Again) (Job, error) {
	var j Job
	err := c.ask(ctx, call{method: http.MethodPost, path: jobPath(id) + "/again", body: a, once: true}, &j)
	return j, err
}

// Choose keeps what a text means.
func (c *Client) Choose(ctx context.Context, n NewChoice) (Receipt, error) {
	var r Receipt
	err := c.ask(ctx, call{method: http.MethodPost, path: "/v1/choices", body: n, once: true}, &r)
	return r, err
}
