package export

import (
	"bufio"
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/queries"
)

// Import says how the files of [Neo4jCSV] are imported.
type Import struct {
	Dir   string
	Files []ImportFile // nodes first
	Lines bool         // a text holds a line break, which costs the importer time
}

// ImportFile is a file of rows with the file that names their columns.
type ImportFile struct {
	Label        string // of nodes, such as Entity:Company; "" for relationships
	Type         string // of relationships
	Header, Data string // names within the folder
	Rows         int
}

// Arguments returns what neo4j-admin takes, for files that lie in the folder as
// the importer sees it.
func (m Import) Arguments(dir, database string) []string {
	lines := "false"
	if m.Lines {
		lines = "true"
	}
	// A NUL stands in no text, so that it can separate the items of a list.
	args := []string{
		"database", "import", "full", database, "--array-delimiter=U+0000", "--multiline-fields=" + lines, "--read-buffer-size=16m",
		"--bad-tolerance=0", "--strict=true",
	}
	for _, f := range m.Files {
		what := "--nodes=" + f.Label
		if f.Type != "" {
			what = "--relationships=" + f.Type
		}
		args = append(args, what+"="+filepath.Join(dir, f.Header)+","+filepath.Join(dir, f.Data))
	}
	return args
}

// Command returns the command that imports the files, for a shell.
func (m Import) Command() string {
	dir := m.Dir
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole
	}
	args := m.Arguments(dir, "neo4j")
	for i, a := range args {
		if strings.Trim(a, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+:,./") != "" {
			args[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return "neo4j-admin " + strings.Join(args[:4], " ") + " \\\n    " + strings.Join(args[4:], " \\\n    ")
}

// Neo4jCSV writes what a store holds as files for neo4j-admin database import
// full, into a folder that is empty or not there yet. debadge opens what the
// importer makes of them, and makes the indexes then.
func Neo4jCSV(ctx context.Context, s graph.Store, dir string, opts Options) (made Import, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Import{}, graph.Unavailable("the folder "+dir+" cannot be made: "+err.Error(), err)
	}
	if there, err := os.ReadDir(dir); err != nil || len(there) > 0 {
		if err != nil {
			return Import{}, graph.Unavailable("the folder "+dir+" cannot be read: "+err.Error(), err)
		}
		return Import{}, graph.Errorf(graph.KindConflict, "the folder %s is not empty; name another one", dir)
	}
	l, err := openLog(ctx, s, opts)
	if err != nil {
		return Import{}, err
	}
	c := &csvFiles{dir: dir, made: Import{Dir: dir}, byName: map[string]*csvFile{}}
	defer func() {
		if closing := c.close(); err == nil {
			err = closing
		}
	}()
	if err := deal(ctx, l, c); err != nil {
		return Import{}, err
	}
	return c.imported(), nil
}

// csvFiles are the files by the names of what is in them.
type csvFiles struct {
	dir    string
	basis  Basis
	made   Import
	byName map[string]*csvFile
	row    []byte
}

type csvFile struct {
	ImportFile

	rank    int // nodes before relationships, each in a fixed order
	disk    *os.File
	out     *bufio.Writer
	columns []column
}

// group is a group of ids for the importer: relationships name nodes by them.
type group string

// The groups of ids.
const (
	entityGroup    group = "entity"
	sourceGroup    group = "source"
	entityVersions group = "entity_version"
	sourceVersions group = "source_version"
)

// The types of columns in a header, by form.
var csvTypes = map[form]string{
	text: "string", exact: "string", list: "string[]", optional: "string[]", beside: "string[]", integer: "long", endless: "long",
	boolean: "boolean", date: "date", datetime: "datetime",
}

func (c *csvFiles) begin(b Basis) error {
	c.basis = b
	return nil
}

func (c *csvFiles) change(s change) error {
	f, err := c.file("change_sets", ImportFile{Label: "ChangeSet"}, 0, func() (string, []column) {
		return "", changeColumns()
	})
	if err != nil {
		return err
	}
	return c.add(f, changeProperties(s))
}

func (c *csvFiles) source(v version[graph.Source]) error {
	return versioned(c, "sources", "Source", sourceGroup, sourceVersions, sourceColumns(), sourceProperties(v), v)
}

func (c *csvFiles) entity(v version[graph.Entity]) error {
	label := labels[v.item.ID.Kind()]
	name := strings.ToLower(label)
	if v.until != 0 {
		name = "entities"
	}
	return versioned(c, name, "Entity", entityGroup, entityVersions, entityColumns(), entityProperties(v), v)
}

// versioned writes a version: the newest one as a node, a former one as a node
// beside it. The newest one of an entity has the label of its kind too.
func versioned[T any](c *csvFiles, name, label string, newest, former group, columns []column, p properties, v version[T]) error {
	id, _ := p[0].value.(string)
	if v.until == 0 {
		if newest == entityGroup {
			label += ":" + labels[graph.ID(id).Kind()]
		}
		f, err := c.file(name, ImportFile{Label: label}, 1, func() (string, []column) {
			return "id:ID(" + string(newest) + ")", columns[1:]
		})
		if err != nil {
			return err
		}
		return c.add(f, p[1:], id)
	}
	f, err := c.file(name+"_former", ImportFile{Label: label + "Version"}, 1, func() (string, []column) {
		return ":ID(" + string(former) + ")", columns
	})
	if err != nil {
		return err
	}
	key := id + "@" + scalar(int64(v.revision))
	if err := c.add(f, p, key); err != nil {
		return err
	}
	f, err = c.file(name+"_formerly", ImportFile{Type: "FORMERLY"}, 2, func() (string, []column) {
		return ":START_ID(" + string(newest) + "),:END_ID(" + string(former) + ")", nil
	})
	if err != nil {
		return err
	}
	return c.add(f, nil, id, key)
}

func (c *csvFiles) claim(s stated) error {
	f, err := c.file("claims_"+strings.ToLower(s.Relation.String()), ImportFile{Type: s.Relation.String()}, 2, func() (string, []column) {
		return ":START_ID(entity),:END_ID(entity)", claimColumns(s.Relation)
	})
	if err != nil {
		return err
	}
	if err := c.add(f, claimProperties(&s, false), string(s.From), string(s.To)); err != nil || !s.Relation.Rule().Symmetric {
		return err
	}
	return c.add(f, claimProperties(&s, true), string(s.To), string(s.From))
}

// noSchema is the version of a store's schema that has no constraints and
// indexes yet: the importer of the community edition makes none, debadge does
// when it opens the store.
const noSchema = 0

func (c *csvFiles) end(t totals) error {
	f, err := c.file("store", ImportFile{Label: "Store"}, 0, func() (string, []column) { return "", storeColumns() })
	if err != nil {
		return err
	}
	if err := c.add(f, storeProperties(c.basis, t, noSchema)); err != nil {
		return err
	}
	schema := strings.Join(queries.Schema(), ";\n") + ";\n"
	return onFile(os.WriteFile(filepath.Join(c.dir, "schema.cypher"), []byte(schema), 0o600))
}

// file returns the file of some rows, which it begins with its header the first
// time.
func (c *csvFiles) file(name string, as ImportFile, rank int, header func() (ids string, columns []column)) (*csvFile, error) {
	if f := c.byName[name]; f != nil {
		return f, nil
	}
	ids, columns := header()
	as.Header, as.Data = name+"_header.csv", name+".csv"
	f := &csvFile{ImportFile: as, rank: rank, columns: columns}
	titles := []string{ids}
	if ids == "" {
		titles = nil
	}
	for _, column := range columns {
		titles = append(titles, column.name+":"+csvTypes[column.form])
	}
	if err := os.WriteFile(filepath.Join(c.dir, as.Header), []byte(strings.Join(titles, ",")+"\n"), 0o600); err != nil {
		return nil, onFile(err)
	}
	var err error
	if f.disk, err = os.OpenFile(filepath.Join(c.dir, as.Data), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err != nil {
		return nil, onFile(err)
	}
	f.out = bufio.NewWriterSize(f.disk, 1<<16)
	c.byName[name] = f
	return f, nil
}

func onFile(err error) error {
	if err == nil {
		return nil
	}
	return graph.Unavailable("the files of the export cannot be written: "+err.Error(), err)
}

// add writes a row. An unquoted empty field is no property, a quoted one is an
// empty text.
func (c *csvFiles) add(f *csvFile, p properties, ids ...string) error {
	row := c.row[:0]
	for _, id := range ids {
		row = append(c.quote(row, id), ',')
	}
	inColumns(f.columns, p, func(column column, value any) {
		switch v := value.(type) {
		case nil:
			if column.form == endless {
				row = append(row, never...)
			}
		case string:
			if v != "" || column.form == exact {
				row = c.quote(row, v)
			}
		case []string:
			row = c.quote(row, strings.Join(v, "\x00"))
		default:
			row = append(row, scalar(v)...)
		}
		row = append(row, ',')
	})
	row[len(row)-1] = '\n'
	c.row = row
	f.Rows++
	_, err := f.out.Write(row)
	return onFile(err)
}

// never is the revision that ends what has not ended.
const never = "9223372036854775807"

// quote writes a field by RFC 4180.
func (c *csvFiles) quote(b []byte, text string) []byte {
	b = append(b, '"')
	for i := range len(text) {
		switch text[i] {
		case '"':
			b = append(b, '"')
		case '\n', '\r':
			c.made.Lines = true
		}
		b = append(b, text[i])
	}
	return append(b, '"')
}

func (c *csvFiles) imported() Import {
	files := make([]*csvFile, 0, len(c.byName))
	for _, f := range c.byName {
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b *csvFile) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Data, b.Data)) })
	for _, f := range files {
		c.made.Files = append(c.made.Files, f.ImportFile)
	}
	return c.made
}

func (c *csvFiles) close() (err error) {
	for _, f := range c.byName {
		err = cmp.Or(err, f.out.Flush(), f.disk.Close())
	}
	return onFile(err)
}
