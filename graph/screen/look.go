package screen

import (
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"debadge/graph"
	"debadge/graph/file"
)

// Look is how the columns of a file are understood.
type Look struct {
	Format  string   `json:"format"`
	Columns []Column `json:"columns"`           // none in a bill of material, whose fields have their places
	Problem string   `json:"problem,omitempty"` // why the file cannot be screened as it is
}

// Column is a column of a table, or a key of the first objects.
type Column struct {
	Name    string   `json:"name"`
	Field   Field    `json:"field,omitempty"` // "" says nothing of a line
	Samples []string `json:"samples,omitempty"`
}

const (
	lookedAt    = 20 // rows
	mostSamples = 3  // of a column
	sampleSize  = 120
)

// LookAt tells which columns a file has, and which fields are read from them.
func LookAt(f *file.File, opts InputOptions) (Look, error) {
	format := opts.Format
	if format == "" {
		var err error
		if format, err = detect(f); err != nil {
			return Look{}, err
		}
	}
	l := Look{Format: format, Columns: []Column{}}
	switch format {
	case formatCSV, formatXLSX:
		return l, l.table(f, opts.Mapping)
	case formatJSON, formatNDJSON:
		return l, l.items(f, format, opts.Mapping)
	}
	r, err := Open(f, opts)
	if err == nil {
		_, err = r.Next()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return l, err
	}
	return l, nil
}

func (l *Look) table(f *file.File, m Mapping) error {
	t, err := file.NewTable(f, file.TableOptions{})
	if err != nil {
		return err
	}
	l.name(t.Header(), m)
	for range lookedAt {
		row, err := t.Next()
		if bad := (*file.BadRow)(nil); errors.As(err, &bad) {
			continue
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		l.sample(row.Fields)
	}
	return nil
}

// name takes the columns with the fields that are read from them.
func (l *Look) name(columns []string, m Mapping) {
	for _, c := range columns {
		l.Columns = append(l.Columns, Column{Name: c})
	}
	slots, err := layoutOf(columns, m)
	if e, ok := errors.AsType[*graph.Error](err); ok {
		l.Problem = e.Message
	}
	for _, s := range slots {
		if c := &l.Columns[s.at]; c.Field == "" {
			c.Field = s.field
		}
	}
}

func (l *Look) sample(cells []string) {
	for i := range l.Columns {
		c := &l.Columns[i]
		if i >= len(cells) || cells[i] == "" || len(c.Samples) == mostSamples || slices.Contains(c.Samples, cells[i]) {
			continue
		}
		c.Samples = append(c.Samples, shortened(cells[i]))
	}
}

func shortened(text string) string {
	if len(text) <= sampleSize {
		return text
	}
	end := sampleSize
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// items looks at the keys of the first object; what others have beside them is
// found when they are screened.
func (l *Look) items(f *file.File, format string, m Mapping) error {
	r, err := newItems(f, format, m)
	if err != nil {
		return err
	}
	o := &r.objects
	for range lookedAt {
		item, err := r.items.Next()
		if bad := (*file.BadRow)(nil); errors.As(err, &bad) {
			continue
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		keys, values, ok := o.members(item.JSON)
		switch {
		case !ok:
			continue
		case len(l.Columns) == 0:
			l.name(keys, m)
		}
		if slices.EqualFunc(l.Columns, keys, func(c Column, key string) bool { return c.Name == key }) {
			l.sample(values)
		}
	}
	return nil
}
