package gleif

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
)

// Format reads the files of GLEIF.
func Format() ingest.Format {
	return ingest.Format{
		Name:      "gleif",
		Summary:   "GLEIF's LEI records, relationships and reporting exceptions (CSV, JSON, XML)",
		Register:  "gleif",
		Publisher: "Global Legal Entity Identifier Foundation",
		Title:     "GLEIF golden copy",
		Kind:      "registry",
		Whole:     true,
		Read:      read,
	}
}

// fileDate is the date in the names that GLEIF gives its files, such as
// 20230605-0800-gleif-goldencopy-lei2-golden-copy.csv.
var fileDate = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})-.*gleif`)

func read(ctx context.Context, files []*file.File, sink ingest.Sink) error {
	for _, f := range files {
		r := reader{ctx: ctx, file: f, sink: sink}
		if m := fileDate.FindStringSubmatch(path.Base(f.Name)); m != nil {
			if d, err := graph.ParseDate(m[1] + "-" + m[2] + "-" + m[3]); err == nil {
				sink.Edition(d)
			}
		}
		if err := r.read(); err != nil {
			return err
		}
	}
	return nil
}

// reader reads one file.
type reader struct {
	ctx   context.Context //nolint:containedctx // a reader lives as long as one call of Read
	file  *file.File
	sink  ingest.Sink
	found int // records of a kind that is known
}

func (r *reader) read() error {
	begin, err := firstByte(r.file)
	if err != nil {
		return err
	}
	switch begin {
	case '<':
		err = r.readXML()
	case '{', '[':
		err = r.readJSON()
	default:
		err = r.readCSV()
	}
	if err == nil && r.found == 0 {
		err = r.foreign()
	}
	return err
}

func (r *reader) foreign() error {
	return graph.Errorf(graph.KindInvalid, "%s has no LEI record, relationship record or reporting exception of GLEIF; import the golden copy as published, CSV, JSON or XML", r.file.Name)
}

// firstByte returns the first byte of a text that is no space, 0 if there is none,
// and leaves the file at its beginning.
func firstByte(f *file.File) (first byte, err error) {
	if f.IsBook() {
		return 0, nil
	}
	text := bufio.NewReader(f.Text)
	for err == nil && (first == 0 || strings.IndexByte(" \t\r\n", first) >= 0) {
		first, err = text.ReadByte()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	return first, f.Rewind()
}

// record gives the sink what a record says, of whichever kind it is.
func (r *reader) record(line int, n *node) error {
	at := ingest.Place{File: r.file.Name, Line: line}
	for _, wrapper := range []string{"LEIRecord", "RelationshipRecord", "Exception"} {
		if inner := n.at(wrapper); inner != nil && len(n.children) == 1 {
			n = inner
		}
	}
	var (
		record ingest.Record
		left   string
		wrong  []ingest.Refusal
	)
	switch {
	case n.at("Relationship") != nil:
		record, left, wrong = relationship(at, n)
	case n.at("ExceptionCategory") != nil:
		record, left, wrong = exception(at, n)
	case n.at("Entity") != nil:
		record, left, wrong = company(at, n)
	default:
		wrong = []ingest.Refusal{{Place: at, Value: n.value("LEI"), Reason: "is none of LEI record (Entity), relationship record (Relationship) and reporting exception (ExceptionCategory)"}}
		r.found--
	}
	r.found++
	kept := true
	for _, w := range wrong {
		kept = kept && w.Kept
		if err := r.sink.Refuse(w); err != nil {
			return err
		}
	}
	switch {
	case !kept:
		return nil
	case left != "":
		r.sink.LeaveOut(left)
		return nil
	}
	return r.sink.Record(record)
}

// bad tells a row or item that could not be read.
func (r *reader) bad(bad *file.BadRow) error {
	if bad.Header {
		r.sink.LeaveOut("header row, repeated")
		return nil
	}
	if bad.Truncated {
		r.sink.Incomplete(r.file.Name + " is cut off")
	}
	return r.sink.Refuse(ingest.Refusal{Place: ingest.Place{File: r.file.Name, Line: bad.Line, Column: bad.Column}, Value: bad.Value, Reason: bad.Reason})
}

func (r *reader) readCSV() error {
	table, err := file.NewTable(r.file, file.TableOptions{})
	if err != nil {
		return err
	}
	defer func() { _ = table.Close() }()
	if !table.Has("Entity.LegalName") && !table.Has("Relationship.StartNode.NodeID") && !table.Has("Exception.Category") {
		return r.foreign()
	}
	r.found = 1 // a file that has the header and no rows is an empty edition
	columns := make([]column, len(table.Header()))
	for i, name := range table.Header() {
		columns[i] = columnOf(name)
	}
	for {
		row, err := table.Next()
		bad, isBad := errors.AsType[*file.BadRow](err)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case isBad:
			err = r.bad(bad)
		case err == nil:
			n := &node{}
			for i, value := range row.Fields {
				if value != "" {
					columns[i].put(n, value)
				}
			}
			n.plain()
			err = r.record(row.Line, n)
		}
		if err == nil {
			err = r.ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

// The names of the array in which GLEIF's JSON holds the records.
var arrays = []string{"records", "relations", "exceptions", "data"}

func (r *reader) readJSON() error {
	items, err := file.NewItems(r.file, file.ItemOptions{Keys: arrays})
	if err != nil {
		return err
	}
	for {
		item, err := items.Next()
		bad, isBad := errors.AsType[*file.BadRow](err)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case isBad:
			err = r.bad(bad)
		case err == nil:
			n, wrong := parseJSON(item.JSON)
			if wrong != nil {
				err = r.bad(&file.BadRow{Line: item.Line, Value: file.Shorten(string(item.JSON)), Reason: wrong.Error()})
			} else {
				err = r.record(item.Line, n)
			}
		}
		if err == nil {
			err = r.ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

func (r *reader) readXML() error {
	x := file.NewXML(r.file)
	var h header
	read := 0
	for {
		e, err := x.Next("LEIRecord", "RelationshipRecord", "Exception", "LEIHeader", "Header")
		if errors.Is(err, io.EOF) {
			h.compare(r, read)
			return nil
		}
		if err != nil {
			return err
		}
		var n node
		if err := x.Decode(e, &n); err != nil {
			return err
		}
		if strings.HasSuffix(e.Name, "Header") {
			r.found = max(r.found, 1)
			h.read(r, &n)
			continue
		}
		read++
		if err := r.record(e.Line, &n); err != nil {
			return err
		}
		if err := r.ctx.Err(); err != nil {
			return err
		}
	}
}

// UnmarshalXML reads the element with everything in it.
func (n *node) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	read, err := parseXML(d, start, 0)
	if err == nil {
		*n = *read
	}
	return err
}

// header is what an XML file says of itself.
type header struct {
	records int
	stated  bool
}

func (h *header) read(r *reader, n *node) {
	day, _, _ := strings.Cut(n.value("ContentDate"), "T")
	if d, err := graph.ParseDate(day); err == nil {
		r.sink.Edition(d)
	}
	if content := n.value("FileContent"); strings.Contains(content, "DELTA") {
		r.sink.Incomplete(r.file.Name + " holds changes alone (" + content + ")")
	}
	count, err := strconv.Atoi(n.value("RecordCount"))
	h.records, h.stated = count, err == nil
}

// compare tells whether the file has the records that its header counts.
func (h *header) compare(r *reader, read int) {
	if h.stated && read != h.records {
		r.sink.Incomplete(r.file.Name + " holds " + strconv.Itoa(read) + " of " + strconv.Itoa(h.records) + " records that its header counts")
	}
}
