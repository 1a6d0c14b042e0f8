package file_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"debadge/graph"
	"debadge/graph/file"
)

// book makes a workbook of one sheet.
func book(tb testing.TB, rows ...[]any) string {
	tb.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if row == nil {
			continue
		}
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			tb.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := f.NewSheet("Other"); err != nil {
		tb.Fatal(err)
	}
	if err := f.SetCellStr("Other", "A1", "b"); err != nil {
		tb.Fatal(err)
	}
	if err := f.SetCellStr("Other", "A2", "7"); err != nil {
		tb.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestBook(t *testing.T) {
	day := time.Date(2024, 4, 15, 0, 0, 0, 0, time.UTC)
	whole := book(t,
		[]any{"Name", "Number", "Date", "Note"},
		[]any{"浪潮, \"Inspur\"", 4006381333931, day, "a\nb"},
		nil,
		[]any{"x", 0.5},
		[]any{"y", 1, nil, nil, "too many"},
		[]any{"name", "NUMBER", "date", "note"},
		[]any{"z", true},
	)
	tests := []struct {
		name    string
		content string
		options file.TableOptions
		want    []string
	}{
		{"rows", whole, file.TableOptions{}, []string{
			"2: 浪潮, \"Inspur\"|4006381333931|2024-04-15|a\nb",
			"4: x|0.5||",
			"5! : has 5 fields, but the header has 4",
			"6! : is the header row again (header)",
			"7: z|TRUE||",
		}},
		{"another sheet", whole, file.TableOptions{Sheet: "Other"}, []string{"2: 7"}},
		{"no such sheet", whole, file.TableOptions{Sheet: "Third"}, []string{`test.csv has no sheet "Third"; it has Sheet1, Other`}},
		{"rows before the header", book(t, []any{"As of", "May"}, []any{"a", "b", "c"}, []any{1}), file.TableOptions{HeaderHas: "b"}, []string{"3: 1||"}},
		{"an empty sheet", book(t), file.TableOptions{}, []string{"test.csv is empty; it should begin with a header row"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, read(t, open(t, test.content), test.options)); diff != "" {
				t.Error("rows (-want +got):\n" + diff)
			}
		})
	}
}

func TestBookHasNoText(t *testing.T) {
	f := open(t, book(t, []any{"a"}))
	if !f.IsBook() {
		t.Error("a workbook is not known as one")
	}
	_, err := io.ReadAll(f.Text)
	if graph.KindOf(err) != graph.KindInvalid || !strings.Contains(err.Error(), "is a spreadsheet") {
		t.Errorf("the text of a workbook: %v, want an error that says so", err)
	}
	if _, err := file.NewItems(f, file.ItemOptions{}); graph.KindOf(err) != graph.KindInvalid {
		t.Errorf("items of a workbook: %v, want an invalid file", err)
	}
}
