package screen

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"debadge/graph"
)

// XLSX writes what CSV writes as a workbook (ECMA-376), for a spreadsheet: a
// first row that stays in sight and filters, and a last sheet that says what was
// asked. Every cell of the input is a text, so none is a formula and no leading
// zero is lost. More rows than a sheet holds go on in another one.
type XLSX struct {
	Explain bool // with a column of paths

	columns int
	header  []byte
	basis   []byte // the last cells, the same in each row
	book    *zip.Writer
	sheet   io.Writer
	sheets  int
	rows    int // of the sheet
	most    int // rows of a sheet
}

var _ Encoder = (*XLSX)(nil)

// The bounds of a spreadsheet.
const (
	sheetRows = 1 << 20
	cellUnits = 32767 // of UTF-16
)

const (
	xmlHead  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainType = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	partType = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	rowEnd   = "</row>"

	styles = xmlHead + `<styleSheet xmlns="` + mainType + `"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>`
)

// sheetCells appends the cells of a row.
type sheetCells struct {
	b     []byte
	style string
}

func (c *sheetCells) text(text string) {
	if text == "" {
		c.b = append(c.b, "<c/>"...)
		return
	}
	c.b = append(append(append(c.b, "<c"...), c.style...), ` t="inlineStr"><is><t xml:space="preserve">`...)
	c.b = append(appendXML(c.b, cut(text)), "</t></is></c>"...)
}

func (c *sheetCells) number(n float64) {
	c.b = append(appendNumber(append(c.b, "<c><v>"...), n), "</v></c>"...)
}

// Begin begins the first sheet.
func (x *XLSX) Begin(w io.Writer, h Head) (io.Writer, error) {
	x.columns, x.book, x.sheets, x.most = len(h.Columns), zip.NewWriter(w), 0, sheetRows
	x.book.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	header := sheetCells{style: ` s="1"`}
	for _, name := range slices.Concat(h.Columns, answerColumns(x.Explain)) {
		header.text(name)
	}
	x.header = header.b
	var basis sheetCells
	basisCells(&h, &basis)
	x.basis = basis.b
	return sheetRowsTo{x}, x.begin()
}

// begin begins a sheet with the header.
func (x *XLSX) begin() error {
	x.sheets++
	x.rows = 1
	var err error
	if x.sheet, err = x.book.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", x.sheets)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(x.sheet, `%s<worksheet xmlns="%s"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`+
		`<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="%d" width="18" customWidth="1"/></cols><sheetData><row>%s</row>`, xmlHead, mainType, x.width(), x.header)
	return err
}

// width is how many columns there are.
func (x *XLSX) width() int { return x.columns + len(answerColumns(x.Explain)) }

// Encode appends the row.
func (x *XLSX) Encode(b []byte, r *Row) ([]byte, error) {
	row := sheetCells{b: append(b, "<row>"...)}
	for i := range x.columns {
		if i < len(r.Cells) {
			row.text(r.Cells[i])
		} else {
			row.text("")
		}
	}
	answerCells(r, x.Explain, &row)
	return append(append(row.b, x.basis...), rowEnd...), nil
}

// sheetRowsTo writes rows into as many sheets as they need.
type sheetRowsTo struct{ *XLSX }

// Write takes whole rows.
func (t sheetRowsTo) Write(b []byte) (int, error) {
	for at := 0; at < len(b); {
		if t.rows == t.most {
			if err := t.end(); err != nil {
				return at, err
			}
			if err := t.begin(); err != nil {
				return at, err
			}
		}
		row := b[at : at+bytes.Index(b[at:], []byte(rowEnd))+len(rowEnd)]
		if _, err := t.sheet.Write(row); err != nil {
			return at, err
		}
		t.rows++
		at += len(row)
	}
	return len(b), nil
}

// end ends a sheet.
func (x *XLSX) end() error {
	_, err := fmt.Fprintf(x.sheet, `</sheetData><autoFilter ref="A1:%s%d"/></worksheet>`, columnName(x.width()), x.rows)
	return err
}

// End writes what was asked, and what makes a workbook of the sheets.
func (x *XLSX) End(s Summary) error {
	if err := x.end(); err != nil {
		return err
	}
	var about sheetCells
	row := func(name string, value any) {
		about.b = append(about.b, "<row>"...)
		about.style = ` s="1"`
		about.text(name)
		about.style = ""
		if n, ok := value.(int); ok {
			about.number(float64(n))
		} else {
			about.text(fmt.Sprint(value))
		}
		about.b = append(about.b, rowEnd...)
	}
	row("Input", s.Input)
	row("As of", s.AsOf)
	row("Revision", s.Revision)
	row("Policy", s.Policy.Name)
	row("Digest of the policy", s.Policy.Digest)
	row("Lines", s.Lines)
	for _, a := range []graph.Action{graph.Block, graph.Review, graph.Pass} {
		row(a.String(), s.Actions[a.String()])
	}
	row("Every line answered", map[bool]string{true: "yes", false: "no: " + s.Reason}[s.Finished])
	row("Note", "This says what claims say, and how far they are established; it accuses nobody. That a line is not known does not mean that it is clear.")
	var names, types, parts strings.Builder
	for i := 1; i <= x.sheets+1; i++ {
		name := "Lines"
		if i > 1 {
			name = "Lines " + strconv.Itoa(i)
		}
		if i > x.sheets {
			name = "About"
		}
		fmt.Fprintf(&names, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, name, i, i)
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i)
		fmt.Fprintf(&parts, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i, partType, i)
	}
	const relations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	for _, part := range []struct{ name, text string }{
		{fmt.Sprintf("xl/worksheets/sheet%d.xml", x.sheets+1), `<worksheet xmlns="` + mainType + `"><cols><col min="1" max="1" width="24" customWidth="1"/><col min="2" max="2" width="90" customWidth="1"/></cols><sheetData>` + string(about.b) + `</sheetData></worksheet>`},
		{"xl/workbook.xml", `<workbook xmlns="` + mainType + `" xmlns:r="` + partType + `"><sheets>` + names.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", relations + parts.String() + fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, x.sheets+2, partType)},
		{"xl/styles.xml", strings.TrimPrefix(styles, xmlHead)},
		{"_rels/.rels", relations + `<Relationship Id="rId1" Type="` + partType + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` + types.String() + `</Types>`},
	} {
		w, err := x.book.Create(part.name)
		if err == nil {
			_, err = io.WriteString(w, xmlHead+part.text)
		}
		if err != nil {
			return err
		}
	}
	return x.book.Close()
}

// columnName is A for the first column, and AA for the one behind Z.
func columnName(n int) string {
	name := ""
	for ; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// cut shortens a text to what a cell holds.
func cut(text string) string {
	if len(text) <= cellUnits {
		return text
	}
	units := 0
	for at, r := range text {
		if units += utf16.RuneLen(r); units >= cellUnits {
			return text[:at] + "…"
		}
	}
	return text
}

// appendXML appends a text as it stands in a cell. What XML cannot hold becomes
// a question mark in a diamond; what a spreadsheet would read as the number of a
// sign, such as _x0041_, is written so that it reads as it stands.
func appendXML(b []byte, text string) []byte {
	for at, r := range text {
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '\r':
			b = append(b, "&#13;"...)
		case r == '_' && strings.HasPrefix(text[at:], "_x"):
			b = append(b, "_x005F_"...)
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			b = utf8.AppendRune(b, utf8.RuneError)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}
