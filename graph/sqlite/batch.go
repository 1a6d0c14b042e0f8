package sqlite

import (
	"context"
	"strings"
)

// batchRows is how many rows one statement inserts. Most of the cost of a
// statement of one row is to begin and to end it.
const batchRows = 32

// batch collects rows of one table.
type batch struct {
	session *session
	insert  string // up to VALUES
	row     string // the placeholders of one row
	width   int
	values  []any
}

func (s *session) into(table string, columns ...string) *batch {
	return &batch{
		session: s,
		insert:  "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ",
		row:     "(" + strings.Repeat("?,", len(columns)-1) + "?)",
		width:   len(columns),
		values:  make([]any, 0, batchRows*len(columns)),
	}
}

func (b *batch) add(ctx context.Context, values ...any) error {
	b.values = append(b.values, values...)
	if len(b.values) < batchRows*b.width {
		return nil
	}
	return b.flush(ctx)
}

// flush inserts what was collected, in numbers of rows that are powers of two,
// so that few statements are prepared.
func (b *batch) flush(ctx context.Context) error {
	rest := b.values
	for n := batchRows; n > 0; n /= 2 {
		for len(rest) >= n*b.width {
			text := b.insert + strings.Repeat(b.row+",", n-1) + b.row
			if err := b.session.exec(ctx, text, rest[:n*b.width]...); err != nil {
				return err
			}
			rest = rest[n*b.width:]
		}
	}
	b.values = b.values[:0]
	return nil
}
