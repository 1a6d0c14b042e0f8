package export

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"debadge/graph"
	"debadge/queries"
)

// Parameters says how the rows of a Cypher script come with its statements.
type Parameters string

// The forms of a Cypher script.
const (
	Literals        Parameters = ""      // within the statements: runs everywhere
	ShellParameters Parameters = "shell" // by :param, for cypher-shell: each statement is planned once
	JSONParameters  Parameters = "json"  // an object a line, {"statement": …, "parameters": …}, for drivers
)

// ParseParameters reads the form of a script.
func ParseParameters(text string) (Parameters, error) {
	switch p := Parameters(text); p {
	case Literals, ShellParameters, JSONParameters:
		return p, nil
	}
	return "", graph.Errorf(graph.KindInvalid, "%q is not a form of parameters; use shell or json", text)
}

// How much one statement brings at most.
const (
	scriptRows  = 500
	scriptBytes = 256 << 10
)

// Cypher writes what a store holds as one script that makes the same store in
// an empty Neo4j 5 database. Running it again changes nothing.
//
// A row is one text. As a map it would be dozens of literals, and Neo4j takes
// 20 milliseconds to read and plan them; as one it takes a hundredth of that.
func Cypher(ctx context.Context, s graph.Store, w io.Writer, form Parameters, opts Options) error {
	l, err := openLog(ctx, s, opts)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	if err := deal(ctx, l, &script{out: out, form: form, named: map[string]*statement{}}); err != nil {
		return err
	}
	return written(out.Flush())
}

// written makes an error of a writer one that can be told.
func written(err error) error {
	if err == nil {
		return nil
	}
	return graph.Unavailable("the export cannot be written: "+err.Error(), err)
}

// What ends a field of a row, and an item of a field that is a list. No text in
// a store holds a NUL, so that no text can be taken for one of them.
const (
	fieldEnd = "\x00|"
	itemEnd  = "\x00,"
)

// script writes statements with rows. Those of a kind are collected.
type script struct {
	out   *bufio.Writer
	form  Parameters
	basis Basis
	queue []*statement // in the order in which each was needed first
	named map[string]*statement
}

// What needs what: change sets come first, so that a database that holds
// another store refuses them before anything is mixed.
const (
	changeSets = iota
	nodes
	relationships
)

// statement is a statement and the rows that wait for it.
type statement struct {
	head    int // what statements of a lower one make is there before it runs
	text    string
	columns []column
	rows    []byte
	n       int
}

// unwind begins every statement that has rows.
const unwind = "UNWIND $rows AS row\nWITH split(row, '\\u0000|') AS f\n"

// assignments writes the columns as a map of the fields from one on.
func assignments(columns []column, from int) string {
	var b strings.Builder
	for i, c := range columns {
		if i > 0 {
			b.WriteString(",\n  ")
		}
		at := fmt.Sprintf("f[%d]", from+i)
		items := "split(" + at + ", '\\u0000,')"
		fmt.Fprintf(&b, "%s: ", c.name)
		switch c.form {
		case text:
			fmt.Fprintf(&b, "CASE %[1]s WHEN '' THEN null ELSE %[1]s END", at)
		case exact:
			b.WriteString(at)
		case list:
			b.WriteString(items)
		case optional:
			fmt.Fprintf(&b, "CASE %s WHEN '' THEN null ELSE %s END", at, items)
		case beside:
			fmt.Fprintf(&b, "CASE f[%d] WHEN '' THEN null ELSE %s END", from+i-1, items)
		case integer:
			fmt.Fprintf(&b, "toInteger(%s)", at)
		case endless:
			fmt.Fprintf(&b, "coalesce(toInteger(%s), 9223372036854775807)", at)
		case boolean:
			fmt.Fprintf(&b, "%s = 'true'", at)
		case date, datetime:
			kind := map[form]string{date: "date", datetime: "datetime"}[c.form]
			fmt.Fprintf(&b, "CASE %[1]s WHEN '' THEN null ELSE %[2]s(%[1]s) END", at, kind)
		}
	}
	return "{" + b.String() + "}"
}

func changeStatement() string {
	return unwind + "MERGE (n:ChangeSet {key: f[0]})\nSET n = " + assignments(changeColumns(), 0)
}

func storeStatement() string {
	return unwind + "MERGE (n:Store {name: f[0]})\nSET n = " + assignments(storeColumns(), 0)
}

// newestStatement makes the newest versions, of one kind of entity.
func newestStatement(label, more string, columns []column) string {
	return unwind + "MERGE (n:" + label + " {id: f[0]})\nSET " + more + "n = " + assignments(columns, 0)
}

// formerStatement makes former versions, each beside the newest one, which may
// come later.
func formerStatement(label string, columns []column) string {
	revision := 0
	for i, c := range columns {
		if c.name == "revision" {
			revision = i
		}
	}
	return fmt.Sprintf("%[1]sMERGE (n:%[2]s {id: f[0]})\nMERGE (v:%[2]sVersion {id: f[0], revision: toInteger(f[%[3]d])})\nMERGE (n)-[:FORMERLY]->(v)\nSET v = %[4]s",
		unwind, label, revision, assignments(columns, 0))
}

// claimStatement makes the relationships of one type.
func claimStatement(relation graph.Relation) string {
	return fmt.Sprintf("%sMATCH (a:Entity {id: f[0]})\nMATCH (b:Entity {id: f[1]})\nMERGE (a)-[r:%s {id: f[2], mirror: f[3] = 'true'}]->(b)\nSET r = %s",
		unwind, relation, assignments(claimColumns(relation), 2))
}

func (s *script) begin(b Basis) error {
	s.basis = b
	if s.form != JSONParameters {
		s.comment("debadge: " + b.Words())
		s.comment("Run it with: cypher-shell -f FILE, or paste it into Neo4j Browser. Running it again changes nothing.")
		s.comment("A row is one text; its fields end with a NUL and |, the items of a list with a NUL and a comma.")
	}
	for _, text := range append(queries.Schema(), "CALL db.awaitIndexes(300)") {
		if err := s.write(text, nil); err != nil {
			return err
		}
	}
	return nil
}

// comment writes a line that cannot end where it should not.
func (s *script) comment(text string) {
	var b []byte
	for _, r := range text {
		if r < ' ' || r == '\\' || r > '~' {
			r = '?'
		}
		b = append(b, byte(r))
	}
	fmt.Fprintf(s.out, "// %s\n", b)
}

func (s *script) change(c change) error {
	return s.add("change sets", func() *statement {
		return &statement{head: changeSets, text: changeStatement(), columns: changeColumns()}
	}, changeProperties(c))
}

func (s *script) source(v version[graph.Source]) error {
	if v.until != 0 {
		return s.add("former sources", func() *statement {
			return &statement{head: nodes, text: formerStatement("Source", sourceColumns()), columns: sourceColumns()}
		}, sourceProperties(v))
	}
	return s.add("sources", func() *statement {
		return &statement{head: nodes, text: newestStatement("Source", "", sourceColumns()), columns: sourceColumns()}
	}, sourceProperties(v))
}

// labels are the labels beside :Entity, by kind.
var labels = map[graph.Kind]string{
	graph.Company: "Company", graph.Product: "Product", graph.List: "List", graph.Proceeding: "Proceeding",
}

func (s *script) entity(v version[graph.Entity]) error {
	if v.until != 0 {
		return s.add("former entities", func() *statement {
			return &statement{head: nodes, text: formerStatement("Entity", entityColumns()), columns: entityColumns()}
		}, entityProperties(v))
	}
	label := labels[v.item.ID.Kind()]
	return s.add(label, func() *statement {
		return &statement{head: nodes, text: newestStatement("Entity", "n:"+label+", ", entityColumns()), columns: entityColumns()}
	}, entityProperties(v))
}

func (s *script) claim(c stated) error {
	begin := func() *statement {
		return &statement{head: relationships, text: claimStatement(c.Relation), columns: claimColumns(c.Relation)}
	}
	err := s.add(c.Relation.String(), begin, claimProperties(&c, false), c.From, c.To)
	if err != nil || !c.Relation.Rule().Symmetric {
		return err
	}
	return s.add(c.Relation.String(), begin, claimProperties(&c, true), c.To, c.From)
}

// end makes the node of the store last: a script that was cut short leaves no
// store that looks whole.
func (s *script) end(t totals) error {
	if err := s.flush(relationships); err != nil {
		return err
	}
	if err := s.add("store", func() *statement {
		return &statement{head: changeSets, text: storeStatement(), columns: storeColumns()}
	}, storeProperties(s.basis, t, queries.SchemaVersion)); err != nil {
		return err
	}
	return s.flush(changeSets)
}

// add puts a row to those that wait for a statement, which begin makes the
// first time. Rows that need others before them push those out.
func (s *script) add(name string, begin func() *statement, p properties, ends ...graph.ID) (err error) {
	at := s.named[name]
	if at == nil {
		at = begin()
		s.queue = append(s.queue, at)
		s.named[name] = at
	}
	if at.n > 0 {
		at.rows = append(at.rows, ",\n"...)
	}
	if at.rows, err = s.appendRow(at.rows, at.columns, p, ends); err != nil {
		return err
	}
	at.n++
	if at.n < scriptRows && len(at.rows) < scriptBytes {
		return nil
	}
	if at.head > changeSets {
		if err := s.flush(at.head - 1); err != nil {
			return err
		}
	}
	return s.put(at)
}

func (s *script) appendRow(b []byte, columns []column, p properties, ends []graph.ID) ([]byte, error) {
	var row strings.Builder
	for _, id := range ends {
		row.WriteString(string(id) + fieldEnd)
	}
	inColumns(columns, p, func(_ column, value any) { row.WriteString(scalar(value) + fieldEnd) })
	if s.form != JSONParameters {
		return appendText(b, row.String()), nil
	}
	text, err := marshal(row.String())
	return append(b, text...), err
}

// flush writes what waits, those first that others need.
func (s *script) flush(through int) error {
	for head := range through + 1 {
		for _, q := range s.queue {
			if q.head == head {
				if err := s.put(q); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *script) put(q *statement) error {
	if q.n == 0 {
		return nil
	}
	rows := q.rows
	q.rows, q.n = q.rows[:0], 0
	return s.write(q.text, rows)
}

// write writes a statement with its rows, none for a statement without.
func (s *script) write(text string, rows []byte) error {
	var err error
	switch {
	case s.form == JSONParameters:
		return s.writeJSON(text, rows)
	case rows != nil && s.form == ShellParameters:
		_, err = fmt.Fprintf(s.out, ":param rows => [%s];\n%s;\n", inLine(rows), text)
	case rows != nil:
		before, after, _ := strings.Cut(text, "$rows")
		_, err = fmt.Fprintf(s.out, "%s[\n%s\n]%s;\n", before, rows, after)
	default:
		_, err = fmt.Fprintf(s.out, "%s;\n", text)
	}
	return written(err)
}

// inLine puts rows into one line: no row holds a line feed as it is.
func inLine(rows []byte) []byte { return bytes.ReplaceAll(rows, []byte(",\n"), []byte(",")) }

func (s *script) writeJSON(text string, rows []byte) error {
	statement, err := marshal(text)
	if err != nil {
		return err
	}
	parameters := "{}"
	if rows != nil {
		parameters = `{"rows":[` + string(inLine(rows)) + `]}`
	}
	_, err = fmt.Fprintf(s.out, `{"statement":%s,"parameters":%s}`+"\n", statement, parameters)
	return written(err)
}

// marshal writes JSON with the characters of names as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, graph.Errorf(graph.KindInternal, "a value cannot be written as JSON: %v", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
