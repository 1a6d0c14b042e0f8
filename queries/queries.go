package queries

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed *.cypher store/*.cypher
var files embed.FS

// SchemaVersion counts the changes to schema.cypher; a store remembers by which
// one it was made.
const SchemaVersion = 3

const schemaFile = "schema.cypher"

// Field is a parameter or a column of a query.
type Field struct {
	Name, Type, Meaning string

	// Default is what Neo4j Browser is given for a parameter of a question, as
	// [Example] has it.
	Default string
}

// Required reports whether a parameter has to be given: an id or a name says
// what is asked about, and its default is an example.
func (f Field) Required() bool { return f.Type == "id" || f.Type == "name" }

// Query is a statement with what its file says about it.
type Query struct {
	Name       string // the path of its file without the extension, such as store/nodes
	Purpose    string
	Parameters []Field
	Columns    []Field
	Browser    string // the :param lines for Neo4j Browser, of a question
	Text       string // the statement, without the header
}

// Source returns the file of a query, with its header.
func (q Query) Source() string { return read(q.Name + ".cypher") }

var load = sync.OnceValue(func() map[string]Query {
	all := map[string]Query{}
	for _, pattern := range []string{"*.cypher", "store/*.cypher"} {
		names, err := files.ReadDir(path.Dir(pattern))
		if err != nil {
			panic(err) // the files are part of the program
		}
		for _, file := range names {
			name := path.Join(path.Dir(pattern), file.Name())
			if file.IsDir() || name == schemaFile {
				continue
			}
			q, err := parse(strings.TrimSuffix(name, ".cypher"), read(name))
			if err != nil {
				panic(err)
			}
			all[q.Name] = q
		}
	}
	return all
})

func read(name string) string {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(err) // the files are part of the program
	}
	return string(data)
}

// Lookup returns a query by its name, and whether there is one.
func Lookup(name string) (Query, bool) {
	q, ok := load()[name]
	return q, ok
}

// Must returns a query that the program was built with. It panics if there is
// none of that name.
func Must(name string) Query {
	q, ok := Lookup(name)
	if !ok {
		panic(fmt.Sprintf("there is no query %q", name))
	}
	return q
}

// All returns every query, in the order of their names.
func All() []Query {
	all := make([]Query, 0, len(load()))
	for _, q := range load() {
		all = append(all, q)
	}
	slices.SortFunc(all, func(a, b Query) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Pack returns the questions: the queries that people ask, in the order of
// their names.
func Pack() []Query {
	return slices.DeleteFunc(All(), func(q Query) bool { return strings.Contains(q.Name, "/") })
}

// Schema returns the statements that make the constraints and indexes, in
// order. All of them can be repeated.
func Schema() []string {
	_, text := split(read(schemaFile))
	var statements []string
	for s := range strings.SplitSeq(text, ";") {
		if s = strings.TrimSpace(s); s != "" {
			statements = append(statements, s)
		}
	}
	return statements
}

// split separates the comment at the top of a file from the statement.
func split(source string) (header, text string) {
	lines := strings.SplitAfter(source, "\n")
	n := slices.IndexFunc(lines, func(l string) bool { return !strings.HasPrefix(l, "//") })
	return strings.Join(lines[:max(n, 0)], ""), strings.TrimSpace(strings.Join(lines[max(n, 0):], ""))
}

// parse reads the header of a file.
func parse(name, source string) (Query, error) {
	header, text := split(source)
	q := Query{Name: name, Text: text}
	var purpose, browser []string
	section := &purpose
	var fields *[]Field
	for line := range strings.Lines(header) {
		line = strings.TrimRight(strings.TrimPrefix(strings.TrimPrefix(line, "//"), " "), "\n")
		switch strings.TrimSpace(strings.TrimSuffix(line, "none")) {
		case "Parameters:":
			section, fields = nil, &q.Parameters
			continue
		case "Columns:":
			section, fields = nil, &q.Columns
			continue
		case "In Neo4j Browser:":
			section, fields = &browser, nil
			continue
		case "":
			fields = nil
			continue
		}
		switch {
		case fields != nil && strings.HasPrefix(line, "   "):
			last := &(*fields)[len(*fields)-1]
			last.Meaning += " " + strings.TrimSpace(line)
		case fields != nil:
			f, err := parseField(line)
			if err != nil {
				return Query{}, fmt.Errorf("%s: %w", name, err)
			}
			*fields = append(*fields, f)
		case section != nil:
			*section = append(*section, strings.TrimSpace(line))
		}
	}
	q.Purpose, q.Browser = strings.Join(purpose, " "), strings.Join(browser, " ")
	if q.Browser == "" {
		return q, nil
	}
	values, err := Example(q.Browser)
	if err != nil {
		return Query{}, fmt.Errorf("%s: %w", name, err)
	}
	for i, p := range q.Parameters {
		q.Parameters[i].Default = values[p.Name]
	}
	return q, nil
}

// parseField reads a line of the form "name  type  meaning", two spaces or more
// apart.
func parseField(line string) (Field, error) {
	var parts []string
	for part := range strings.SplitSeq(strings.TrimSpace(line), "  ") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) != 3 {
		return Field{}, fmt.Errorf("%q is not a name, a type and a meaning", line)
	}
	return Field{Name: parts[0], Type: parts[1], Meaning: parts[2]}, nil
}
