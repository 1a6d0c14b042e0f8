package ofac

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"debadge/graph"
	"debadge/graph/file"
)

// shape is what a file of OFAC's holds, by its number of columns.
type shape int

const (
	mainEntries shape = 12
	addresses   shape = 6
	otherNames  shape = 5
	comments    shape = 2
)

// columns are the names that the data specification gives the fields.
var columns = map[shape][]string{
	mainEntries: {
		"ent_num", "name", "type", "program", "title", "call_sign", "vess_type",
		"tonnage", "grt", "vess_flag", "vess_owner", "remarks",
	},
	otherNames: {"ent_num", "alt_num", "alt_type", "alt_name", "alt_remarks"},
	addresses:  {"ent_num", "add_num", "address", "city", "country", "add_remarks"},
	comments:   {"ent_num", "remarks"},
}

const (
	endOfFile   = "\x1a" // how these files end, from the days of CP/M
	headSize    = 64 << 10
	headRecords = 20
)

// sort finds out what each file holds. A file without rows holds nothing.
func sort(files []*file.File) (map[shape][]*file.File, error) {
	sorted := map[shape][]*file.File{}
	for _, f := range files {
		s, err := shapeOf(f)
		if err != nil {
			return nil, err
		}
		if s != 0 {
			sorted[s] = append(sorted[s], f)
		}
		if err := f.Rewind(); err != nil {
			return nil, err
		}
	}
	return sorted, nil
}

// shapeOf looks at the first rows: the first one that has the columns of a
// shape decides, so that a broken row at the top does not.
func shapeOf(f *file.File) (shape, error) {
	rows := csv.NewReader(io.LimitReader(f.Text, headSize))
	rows.FieldsPerRecord, rows.LazyQuotes = -1, true
	seen := 0
	for range headRecords {
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if _, ok := errors.AsType[*csv.ParseError](err); ok {
			continue
		}
		if err != nil {
			if _, ok := errors.AsType[*graph.Error](err); ok {
				return 0, err
			}
			return 0, graph.Unavailable(f.Name+" cannot be read: "+err.Error(), err)
		}
		if len(fields) == 1 && strings.TrimSpace(fields[0]) == endOfFile {
			break
		}
		seen++
		s := shape(len(fields))
		if _, ok := columns[s]; ok {
			return s, nil
		}
	}
	if seen == 0 {
		return 0, nil
	}
	return 0, graph.Errorf(graph.KindInvalid,
		"%s is none of OFAC's files, whose rows have 12 fields (main entries), 5 (other names), 6 (addresses) or 2 (comments); "+
			"give the CSV files of the list as they are published", f.Name)
}
