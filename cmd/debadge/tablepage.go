package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
	"debadge/graph/neo4j"
)

// writeTable writes a table for people: in columns where a line holds them, else
// one row under another.
func writeTable(w io.Writer, table neo4j.Table) error {
	g := newPage(w)
	cells, width := make([][]string, len(table.Rows)), make([]int, len(table.Columns))
	for i, name := range table.Columns {
		width[i] = columns(name)
	}
	for i, row := range table.Rows {
		for j, value := range row {
			text := escape(cellText(value))
			cells[i] = append(cells[i], text)
			width[j] = max(width[j], columns(text))
		}
	}
	whole := 2 * len(width)
	for _, n := range width {
		whole += n
	}
	if whole <= pageWidth+2 {
		writeColumns(g, append([][]string{table.Columns}, cells...), width)
	} else {
		writeRecords(g, table.Columns, cells)
	}
	if len(table.Rows) > 0 {
		g.gap()
	}
	g.line("", "%s", plural(len(table.Rows), "row", "rows"))
	return g.flush()
}

func writeColumns(g *page, rows [][]string, width []int) {
	for _, row := range rows {
		var line strings.Builder
		for j, text := range row {
			line.WriteString(text + strings.Repeat(" ", width[j]-columns(text)+2))
		}
		g.raw(strings.TrimRight(line.String(), " ") + "\n")
	}
}

func writeRecords(g *page, names []string, rows [][]string) {
	longest := 0
	for _, name := range names {
		longest = max(longest, columns(name))
	}
	for i, row := range rows {
		if i > 0 {
			g.gap()
		}
		for j, text := range row {
			g.line(names[j]+strings.Repeat(" ", longest-columns(names[j])+2), "%s", text)
		}
	}
}

// writeTableCSV writes a table for spreadsheets, none of whose cells is a formula.
func writeTableCSV(w io.Writer, table neo4j.Table) error {
	out := csv.NewWriter(w)
	if err := out.Write(table.Columns); err != nil {
		return err
	}
	for _, row := range table.Rows {
		cells := make([]string, len(row))
		for i, value := range row {
			cells[i] = ingest.NoFormula(cellText(value))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// tableShown is a table as one JSON object.
type tableShown struct {
	Query   string           `json:"query"`
	Columns []string         `json:"columns"`
	Rows    []map[string]any `json:"rows"`
	More    bool             `json:"more"` // there are rows that the limit left out
}

func writeTableJSON(w io.Writer, name string, table neo4j.Table) error {
	shown := tableShown{Query: name, Columns: table.Columns, Rows: []map[string]any{}, More: table.More}
	for _, row := range table.Rows {
		object := make(map[string]any, len(row))
		for i, value := range row {
			object[table.Columns[i]] = value
		}
		shown.Rows = append(shown.Rows, object)
	}
	return graph.EncodeJSON(w, shown)
}

// cellText writes a value of a table into one cell.
func cellText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		texts := make([]string, len(v))
		for i, item := range v {
			texts[i] = cellText(item)
		}
		return strings.Join(texts, "; ")
	case map[string]any:
		if relation, ok := v["relation"]; ok {
			return fmt.Sprintf("%s %s %s [%s]", cellText(v["from"]), cellText(relation), cellText(v["to"]), cellText(v["claims"]))
		}
		var texts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			texts = append(texts, name+": "+cellText(v[name]))
		}
		return strings.Join(texts, ", ")
	}
	return fmt.Sprint(value)
}
