package screen

import (
	"errors"
	"fmt"

	"debadge/graph/file"
)

// itemReader gives the items of JSON as lines: those of an array, or one in
// each line.
type itemReader struct {
	f      *file.File
	items  *file.Items
	format string
	objects
	number int
}

var _ Reader = (*itemReader)(nil)

// listKeys are the members of an object that may hold the lines of an order.
var listKeys = []string{
	"lines", "items", "rows", "products", "positions", "order_lines", "orderLines", "lineItems", "line_items",
	"data", "results", "records", "components", "parts", "articles", "positionen", "artikel",
}

func newItems(f *file.File, format string, m Mapping) (*itemReader, error) {
	items, err := file.NewItems(f, file.ItemOptions{Keys: listKeys})
	if err != nil {
		return nil, err
	}
	return &itemReader{f: f, items: items, format: format, objects: objects{mapping: m}}, nil
}

// Head returns the one column that items have.
func (r *itemReader) Head() (name, format string, columns []string) {
	return r.f.Name, r.format, itemColumns
}

// Position says how far the file is read.
func (r *itemReader) Position() (done, total int64) { return r.f.Offset(), r.f.Size }

// LeftOut is nothing: each item is a line.
func (r *itemReader) LeftOut() map[string]int { return nil }

// Next returns the next item. One that is not readable is a line that says why.
func (r *itemReader) Next() (Line, error) {
	item, err := r.items.Next()
	var line Line
	if bad, ok := errors.AsType[*file.BadRow](err); ok {
		line = Line{Bad: badWords(bad)}
		item.Line = bad.Line
	} else if err != nil {
		return Line{}, err
	} else if line, err = r.line(item.JSON); err != nil {
		line.Bad = badJSON(err)
	}
	r.number++
	line.Number, line.At = r.number, fmt.Sprintf("line %d", item.Line)
	if r.format == formatJSON {
		line.At = fmt.Sprintf("item %d, line %d", r.number, item.Line)
	}
	return line, nil
}
