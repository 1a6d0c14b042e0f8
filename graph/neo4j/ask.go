package neo4j

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"

	"debadge/graph"
	"debadge/queries"
)

// Table is what a question of the pack found.
type Table struct {
	Columns []string
	// Rows hold texts, numbers and truth values, nil for what is not known, and
	// lists and maps of them. A day is YYYY-MM-DD, an open end nil.
	Rows [][]any
	More bool // there are rows that the limit left out
}

// Ask answers a question of the pack in a transaction that reads, with at most
// so many rows; 0 is no limit. What is given stands as name=value, as
// [Arguments] reads it.
func (s *Store) Ask(ctx context.Context, q queries.Query, given []string, limit int) (Table, error) {
	params, err := Arguments(q, given, s.config.Clock())
	if err != nil {
		return Table{}, err
	}
	var table Table
	errEnough := errors.New("enough rows")
	err = s.read(ctx, func(ctx context.Context, tx neo4j.ManagedTransaction) error {
		table = Table{Rows: [][]any{}}
		for _, c := range q.Columns {
			table.Columns = append(table.Columns, c.Name)
		}
		err := each(ctx, tx, q.Text, params, func(row []any) error {
			if limit > 0 && len(table.Rows) == limit {
				table.More = true
				return errEnough
			}
			plain := make([]any, len(row))
			for i, value := range row {
				plain[i] = plainValue(value)
			}
			table.Rows = append(table.Rows, plain)
			return nil
		})
		if errors.Is(err, errEnough) {
			return nil // the driver throws away what is left
		}
		return err
	})
	return table, err
}

// plainValue turns a value of the driver into one that every format can show.
func plainValue(value any) any {
	switch v := value.(type) {
	case dbtype.Date:
		day := graph.DayOf(v.Time())
		if day == (graph.Date{}).Earliest() || day == (graph.Date{}).Latest() {
			return nil
		}
		return day.String()
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = plainValue(item)
		}
		return list
	case map[string]any:
		m := make(map[string]any, len(v))
		for name, item := range v {
			m[name] = plainValue(item)
		}
		return m
	}
	return value
}

// Arguments reads the parameters of a question, given as name=value, by the
// types that its header says. A list is given with commas, or several times.
// What is not given is as in Neo4j Browser; an id or a name has to be given.
func Arguments(q queries.Query, given []string, now time.Time) (map[string]any, error) {
	texts := map[string][]string{}
	var wrong []graph.FieldError
	for _, text := range given {
		name, value, ok := strings.Cut(text, "=")
		i := slices.IndexFunc(q.Parameters, func(p queries.Field) bool { return p.Name == name })
		switch {
		case !ok:
			wrong = append(wrong, graph.FieldError{Field: text, Message: "is not name=value"})
		case i < 0:
			wrong = append(wrong, graph.FieldError{Field: name, Message: "is not a parameter of " + q.Name + "; it has " + strings.Join(parameterNames(q), ", ")})
		case len(texts[name]) > 0 && q.Parameters[i].Type != "list of string":
			wrong = append(wrong, graph.FieldError{Field: name, Message: "is given twice"})
		default:
			texts[name] = append(texts[name], value)
		}
	}
	params := map[string]any{}
	for _, p := range q.Parameters {
		values, ok := texts[p.Name]
		switch {
		case !ok && p.Required():
			wrong = append(wrong, graph.FieldError{Field: p.Name, Message: "is missing: " + p.Meaning + ", such as " + p.Default})
			continue
		case !ok:
			values = []string{p.Default}
		}
		value, err := argument(p, values, now)
		if err != nil {
			wrong = append(wrong, graph.FieldError{Field: p.Name, Message: err.Error()})
		}
		params[p.Name] = value
	}
	if len(wrong) > 0 {
		return nil, &graph.Error{Kind: graph.KindInvalid, Message: "the parameters of " + q.Name + " are refused", Fields: wrong}
	}
	return params, nil
}

func parameterNames(q queries.Query) []string {
	names := make([]string, len(q.Parameters))
	for i, p := range q.Parameters {
		names[i] = p.Name
	}
	return names
}

// argument reads one parameter by its type.
func argument(p queries.Field, values []string, now time.Time) (any, error) {
	text := values[0]
	switch p.Type {
	case "list of string":
		list := []string{}
		for item := range strings.SplitSeq(strings.Join(values, ","), ",") {
			if item = strings.TrimSpace(item); item != "" {
				list = append(list, item)
			}
		}
		return list, nil
	case "integer":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q is not a whole number from 0 on", text)
		}
		return n, nil
	case "date":
		return dayArgument(text, now)
	case "datetime":
		return timeArgument(text, now)
	case "id", "name":
		if strings.TrimSpace(text) == "" {
			return nil, errors.New("is empty")
		}
	}
	return text, nil
}

func dayArgument(text string, now time.Time) (any, error) {
	if text == queries.Today {
		return neo4j.DateOf(now.UTC()), nil
	}
	d, err := graph.ParseDate(text)
	if err != nil || !d.IsDay() {
		return nil, fmt.Errorf("%q is not a day; write YYYY-MM-DD or %s", text, queries.Today)
	}
	return neo4j.DateOf(d.Earliest().Time()), nil
}

// timeArgument reads a time; a day is its last microsecond, in which times are
// recorded.
func timeArgument(text string, now time.Time) (any, error) {
	if text == queries.Now {
		return now.UTC(), nil
	}
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return at.AddDate(0, 0, 1).Add(-time.Microsecond), nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || at.Year() < 1 || at.Year() > 9999 {
		return nil, fmt.Errorf("%q is not a time; write 2026-01-31T12:00:00Z, a day such as 2026-01-31 (to its end, UTC), or %s", text, queries.Now)
	}
	return at.UTC(), nil
}
