package screen

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// workbook reads a workbook with a library that did not write it.
func workbook(tb testing.TB, data []byte) map[string][][]string {
	tb.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	sheets := map[string][][]string{}
	for _, name := range f.GetSheetList() {
		if sheets[name], err = f.GetRows(name); err != nil {
			tb.Fatal(err)
		}
	}
	return sheets
}

// TestSheetsGoOn writes more rows than a sheet holds: another one goes on, under
// the same header, and no row is lost.
func TestSheetsGoOn(t *testing.T) {
	var out bytes.Buffer
	x := new(XLSX)
	w, err := x.Begin(&out, Head{Columns: []string{"Typ"}})
	if err != nil {
		t.Fatal(err)
	}
	x.most = 4
	var rows []byte
	for n := 1; n <= 7; n++ {
		if rows, err = x.Encode(rows, &Row{Line: n, Cells: []string{fmt.Sprintf("00%d", n)}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := x.End(Summary{Finished: true, Counts: Counts{Lines: 7, Actions: map[string]int{"pass": 7}}}); err != nil {
		t.Fatal(err)
	}
	sheets := workbook(t, out.Bytes())
	var read []string
	for _, name := range []string{"Lines", "Lines 2", "Lines 3"} {
		if len(sheets[name]) < 2 || sheets[name][0][0] != "Typ" {
			t.Fatalf("%s: %v", name, sheets[name])
		}
		for _, row := range sheets[name][1:] {
			read = append(read, row[0]+" "+row[1])
		}
	}
	if got := strings.Join(read, ","); got != "001 1,002 2,003 3,004 4,005 5,006 6,007 7" {
		t.Error(got)
	}
	if about := fmt.Sprint(sheets["About"]); !strings.Contains(about, "[pass 7]") || !strings.Contains(about, "[Every line answered yes]") {
		t.Error(about)
	}
}

// FuzzSheetCell writes any text into a cell, and reads it back as it was but for
// what no XML can hold.
func FuzzSheetCell(f *testing.F) {
	for _, text := range []string{"", "=1+1", "<a>&amp;]]>", "_x0041_", "__x005F_", "a\rb\nc\td", " 源头 ", "\x00\x1b\ufffe\xff", strings.Repeat("ab", 20_000), strings.Repeat("\U0001F600", 20_000)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var out bytes.Buffer
		x := new(XLSX)
		w, err := x.Begin(&out, Head{Columns: []string{"c"}})
		if err != nil {
			t.Fatal(err)
		}
		row, err := x.Encode(nil, &Row{Line: 1, Cells: []string{text}})
		if err == nil {
			_, err = w.Write(row)
		}
		if err == nil {
			err = x.End(Summary{})
		}
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Map(func(r rune) rune {
			if r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0xFFFE || r == 0xFFFF {
				return 0xFFFD
			}
			return r
		}, cut(text))
		rows := workbook(t, out.Bytes())["Lines"]
		if len(rows) != 2 || rows[1][0] != want {
			t.Errorf("%q is read as %q", want, rows)
		}
	})
}
