package sheet_test

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest/ingesttest"
	"debadge/graph/ingest/sheet"
)

func read(tb testing.TB, name string, content []byte) (*ingesttest.Transcript, error) {
	tb.Helper()
	return ingesttest.Read(tb, sheet.Format(), name, content)
}

func TestGolden(t *testing.T) {
	sink, err := read(t, "claims.csv", ingesttest.Fixture(t, "claims.csv"))
	if err != nil {
		t.Fatal(err)
	}
	ingesttest.Golden(t, "claims.csv.golden", sink)
}

// TestBook reads the rows of the CSV from a workbook: nothing differs.
func TestBook(t *testing.T) {
	f, err := file.New("claims.csv", ingesttest.Fixture(t, "claims.csv"), file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	table, err := file.NewTable(f, file.TableOptions{})
	if err != nil {
		t.Fatal(err)
	}
	book, rows := excelize.NewFile(), 1
	for fields := table.Header(); fields != nil; rows++ {
		cell, err := excelize.CoordinatesToCellName(1, rows)
		if err != nil {
			t.Fatal(err)
		}
		if err := book.SetSheetRow("Sheet1", cell, &fields); err != nil {
			t.Fatal(err)
		}
		row, err := table.Next()
		if err != nil {
			break // the last row is the one that is cut short
		}
		fields = row.Fields
	}
	content, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	want, err := read(t, "claims", ingesttest.Fixture(t, "claims.csv"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(t, "claims", content.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	short := "refused row at claims:13"
	if got, want := got.String(), want.String(); rows < 10 || got != want[:max(0, strings.Index(want, short))] {
		t.Errorf("the workbook reads\n%s\nthe CSV reads\n%s", got, want)
	}
}

func TestTemplate(t *testing.T) {
	store := ingesttest.Memory()
	if report := ingesttest.Import(t, store, sheet.Format(), ingesttest.Made(t, "claims.csv", sheet.Template())); report.Added != 2 || report.Refused != 0 || report.ConflictCount != 0 {
		t.Errorf("the template is imported as %+v, want two claims", report)
	}
	if report := ingesttest.Import(t, store, sheet.Format(), ingesttest.Made(t, "claims.csv", sheet.Template())); report.Commits != 0 || report.Unchanged != 2 {
		t.Errorf("the template again: %+v, want nothing changed", report)
	}
	corrected := strings.Replace(sheet.Template(), "alleged", "reported", 1)
	if corrected == sheet.Template() {
		t.Fatal("the template has no alleged claim to correct")
	}
	if report := ingesttest.Import(t, store, sheet.Format(), ingesttest.Made(t, "claims.csv", corrected)); report.Changed != 1 || report.Unchanged != 1 || report.Closed != 0 {
		t.Errorf("a corrected row: %+v, want one claim changed", report)
	}
	header, _, _ := strings.Cut(sheet.Template(), "\n")
	for _, c := range sheet.Columns() {
		if !strings.Contains(","+header+",", ","+c[0]+",") || c[1] == "" {
			t.Errorf("the column %q of the help (%q) is not in the template", c[0], c[1])
		}
	}
}

func TestHeaders(t *testing.T) {
	for _, test := range []struct{ content, want string }{
		{"", "x.csv is empty; it should begin with a header row; debadge import csv --template shows what the table has"},
		{"from,to\n", "x.csv has no column relation, status; its columns are from, to; debadge import csv --template shows what the table has"},
		{"relation,status,from,to,sourcetitle\n", `x.csv has a column "sourcetitle" that is none of the template's; rename or remove it (debadge import csv --template shows them all)`},
		{"relation,status,from,to,From\n", "x.csv has the column from twice; remove one"},
		{"relation,status,from_name\n", "x.csv has neither a column to nor a column to_name; add one"},
	} {
		_, err := read(t, "x.csv", []byte(test.content))
		if graph.KindOf(err) != graph.KindInvalid || err.Error() != test.want {
			t.Errorf("the header %q: %v, want %s", test.content, err, test.want)
		}
	}
}

func TestMadeID(t *testing.T) {
	same := [][2]string{{"Example Maker Inc.", "EXAMPLE MAKER, INC"}, {"Räder", "RÄDER"}, {"例子", "例 子"}}
	for _, names := range same {
		if a, b := sheet.MadeID(graph.Company, "", names[0]), sheet.MadeID(graph.Company, "", names[1]); a != b {
			t.Errorf("%q is %s and %q is %s, want one company", names[0], a, names[1], b)
		}
	}
	other := [][2]string{{"Räder", "Rader"}, {"例子", "子例"}, {"X+", "X-"}, {strings.Repeat("a", 61), strings.Repeat("a", 62)}}
	for _, names := range other[:2] {
		if a, b := sheet.MadeID(graph.Company, "", names[0]), sheet.MadeID(graph.Company, "", names[1]); a == b {
			t.Errorf("%q and %q are both %s, want two companies", names[0], names[1], a)
		}
	}
	if got := sheet.MadeID(graph.Product, "Example Brand", "KR-100 X"); got != "product:example-brand:kr-100-x" {
		t.Errorf("the id of a product is %s", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(ingesttest.Fixture(f, "claims.csv"))
	f.Add([]byte(sheet.Template()))
	f.Add([]byte("relation,status,from_name,to_name\nmakes,reported,\xff,x\nowns,reported,--,++\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		sink, err := read(t, "x.csv", content)
		if err != nil && graph.KindOf(err) != graph.KindInvalid {
			t.Fatal(err)
		}
		if text := sink.String(); strings.Contains(text, "the domain refuses this") {
			t.Fatalf("a row that the domain refuses was not refused by its cell:\n%s", text)
		}
	})
}
