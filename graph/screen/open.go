package screen

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/file"
)

// The formats of tables and of lists of objects.
const (
	formatCSV    = "csv"
	formatXLSX   = "xlsx"
	formatJSON   = "json"
	formatNDJSON = "ndjson"
)

// InputOptions say how a file is read.
type InputOptions struct {
	Format  string  // one of [Formats]; "" is by the content
	Mapping Mapping // columns, or keys, that are named by hand
}

// Formats returns the formats that can be named.
func Formats() []string {
	return []string{formatCSV, formatXLSX, formatJSON, formatNDJSON, formatCycloneDX, formatSPDX}
}

// ParseFormat reads the name of a format; "" is by the content.
func ParseFormat(text string) (string, error) {
	if text == "" || slices.Contains(Formats(), text) {
		return text, nil
	}
	return "", graph.Errorf(graph.KindInvalid, "%q is not a format that is screened; use %s", text, strings.Join(Formats(), ", "))
}

// Open returns the lines of a file. Its content tells its format, unless the
// options do.
func Open(f *file.File, opts InputOptions) (Reader, error) {
	format := opts.Format
	if format == "" {
		var err error
		if format, err = detect(f); err != nil {
			return nil, err
		}
	}
	if f.IsBook() != (format == formatXLSX) {
		what := "no spreadsheet"
		if f.IsBook() {
			what = "a spreadsheet"
		}
		return nil, graph.Errorf(graph.KindInvalid, "%s is %s, so it is not read as %s", f.Name, what, format)
	}
	switch format {
	case formatSPDX:
		return nil, refuseSPDX(f.Name)
	case formatCycloneDX:
		return newBOM(f)
	case formatJSON, formatNDJSON:
		return newItems(f, format, opts.Mapping)
	}
	return newTable(f, format, opts.Mapping)
}

// sniffed is how much of a file is looked at to tell what it is.
const sniffed = 64 << 10

// head returns the beginning of a file and makes it start again.
func head(f *file.File) ([]byte, error) {
	begin, err := io.ReadAll(io.LimitReader(f.Text, sniffed))
	if err != nil {
		return nil, err
	}
	return begin, f.Rewind()
}

func detect(f *file.File) (string, error) {
	if f.IsBook() {
		return formatXLSX, nil
	}
	begin, err := head(f)
	if err != nil {
		return "", err
	}
	text := bytes.TrimSpace(begin)
	switch {
	case len(text) == 0:
		return "", graph.Errorf(graph.KindInvalid, "%s is empty", f.Name)
	case text[0] == '<':
		return detectXML(f.Name, text)
	case text[0] == '{':
		return detectObject(text), nil
	case text[0] == '[':
		return formatJSON, nil
	case bytes.HasPrefix(text, []byte("SPDXVersion:")):
		return formatSPDX, nil
	}
	return formatCSV, nil
}

func detectXML(name string, text []byte) (string, error) {
	switch {
	case bytes.Contains(text, []byte("cyclonedx.org/schema/bom")):
		return formatCycloneDX, nil
	case bytes.Contains(text, []byte("spdx.org/rdf")):
		return formatSPDX, nil
	}
	return "", graph.Errorf(graph.KindInvalid, "%s is XML, but no CycloneDX bill of material; of XML nothing else is screened", name)
}

// detectObject tells a bill of material from objects one a line and from one
// object that holds a list of lines.
func detectObject(text []byte) string {
	compact := bytes.Join(bytes.Fields(text[:min(len(text), sniffed)]), nil)
	switch {
	case bytes.Contains(compact, []byte(`"bomFormat":"CycloneDX"`)), bytes.Contains(compact, []byte(`cyclonedx.org/schema/bom`)):
		return formatCycloneDX
	case bytes.Contains(compact, []byte(`"spdxVersion":`)), bytes.Contains(compact, []byte(`"@context":"https://spdx.org/rdf/3`)):
		return formatSPDX
	}
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	if bytes.HasSuffix(bytes.TrimSpace(first), []byte("}")) && (len(bytes.TrimSpace(rest)) == 0 || bytes.TrimSpace(rest)[0] == '{') {
		return formatNDJSON
	}
	return formatJSON
}

// newBOM opens a bill of material in either of its forms.
func newBOM(f *file.File) (Reader, error) {
	begin, err := head(f)
	if err != nil {
		return nil, err
	}
	r := &bomReader{name: f.Name, leftOut: map[string]int{}, pos: func() (int64, int64) { return f.Offset(), f.Size }}
	text := bufio.NewReader(f.Text)
	if begin = bytes.TrimSpace(begin); len(begin) > 0 && begin[0] == '<' {
		r.parts = newBOMXML(f.Name, text)
	} else {
		r.parts = newBOMJSON(f.Name, text)
	}
	return r, nil
}

// named puts the file's name before an error about it.
func named(name string, err error) error {
	e, ok := errors.AsType[*graph.Error](err)
	if !ok {
		return err
	}
	about := *e
	about.Message = name + ": " + e.Message
	return &about
}
