package file_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"debadge/graph"
	"debadge/graph/file"
)

func open(t *testing.T, content string) *file.File {
	t.Helper()
	f, err := file.New("test.csv", []byte(content), file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// read returns every row of a table as one line of text: "3: a|b" for a good
// row, "4! column: reason" for a bad one.
func read(t *testing.T, f *file.File, o file.TableOptions) []string {
	t.Helper()
	table, err := file.NewTable(f, o)
	if err != nil {
		return []string{err.Error()}
	}
	defer func() {
		if err := table.Close(); err != nil {
			t.Error(err)
		}
	}()
	var got []string
	for {
		row, err := table.Next()
		bad, isBad := errors.AsType[*file.BadRow](err)
		switch {
		case isBad:
			line := fmt.Sprintf("%d! %s: %s", bad.Line, bad.Column, bad.Reason)
			if bad.Truncated {
				line += " (truncated)"
			}
			if bad.Header {
				line += " (header)"
			}
			got = append(got, line)
		case errors.Is(err, io.EOF):
			return got
		case err != nil:
			return append(got, err.Error())
		default:
			got = append(got, fmt.Sprintf("%d: %s", row.Line, strings.Join(row.Fields, "|")))
		}
	}
}

func TestTable(t *testing.T) {
	const badQuote = "a quote stands inside a field; quote the whole field and write the quote twice"
	tests := []struct {
		name    string
		content string
		options file.TableOptions
		want    []string
	}{
		{"plain", "a,b\n1,2\n3,4\n", file.TableOptions{}, []string{"2: 1|2", "3: 3|4"}},
		{"no newline at the end", "a,b\n1,2\n3,4", file.TableOptions{}, []string{"2: 1|2", "3: 3|4"}},
		{"CRLF and blank lines", "a,b\r\n\r\n1,2\r\n\n3,4\r\n", file.TableOptions{}, []string{"3: 1|2", "5: 3|4"}},
		{"semicolons are found out", "a;b\n1,5;2\n", file.TableOptions{}, []string{"2: 1,5|2"}},
		{"tabs are found out", "a\tb\n1\t2\n", file.TableOptions{}, []string{"2: 1|2"}},
		{"a comma in a quoted name does not count", "\"a,a,a\";b\n1;2\n", file.TableOptions{}, []string{"2: 1|2"}},
		{"a hint of a spreadsheet program", "sep=;\na;b\n1;2\n", file.TableOptions{}, []string{"3: 1|2"}},
		{"a comma that is given", "a;x,b\n1;2,3\n", file.TableOptions{Comma: ','}, []string{"2: 1;2|3"}},
		{"quotes", "a,b\n\"1,\"\"x\"\"\",\"2\n3\"\n4,5\n", file.TableOptions{}, []string{"2: 1,\"x\"|2\n3", "4: 4|5"}},
		{"names given", "1,2\n3,4\n", file.TableOptions{Columns: []string{"a", "b"}}, []string{"1: 1|2", "2: 3|4"}},
		{"rows before the header", "Last Updated,1 May\nName,Group ID\nx,7\n", file.TableOptions{HeaderHas: "group id"}, []string{"3: x|7"}},
		{"an end mark of old systems", "a,b\n1,2\n\x1a", file.TableOptions{}, []string{"2: 1|2"}},
		{"a mark at the start", "\xef\xbb\xbfa,b\n1,2\n", file.TableOptions{Require: []string{"a"}}, []string{"2: 1|2"}},

		{"a quote inside a field", "a,b\n1,2\"x\n3,4\n", file.TableOptions{}, []string{"2! b: " + badQuote, "3: 3|4"}},
		{
			"text after a closing quote", "a,b\n1,\"2\"x\n3,4\n",
			file.TableOptions{},
			[]string{"2! b: text follows a closing quote; write a quote inside a field twice", "3: 3|4"},
		},
		{
			"a missing quote", "a,b\n1,\"2\n3,\"4\"\n5,6\n",
			file.TableOptions{},
			[]string{"2! b: text follows a closing quote; write a quote inside a field twice", "3: 3|4", "4: 5|6"},
		},
		{
			"a missing quote and none after it", "a,b\n1,\"2\n3,4\n5,6\n",
			file.TableOptions{},
			[]string{"2! b: the quote that opens here is never closed", "3: 3|4", "4: 5|6"},
		},
		{
			"the last row cut off in a quote", "a,b\n1,2\n3,\"4",
			file.TableOptions{},
			[]string{"2: 1|2", "3! b: the quote that opens here is never closed, and the file ends without a newline: it is cut off (truncated)"},
		},
		{
			"the last row cut off in its fields", "a,b,c\n1,2,3\n3,4",
			file.TableOptions{},
			[]string{"2: 1|2|3", "3! b: has 2 fields, but the header has 3, and the file ends here without a newline: it is cut off (truncated)"},
		},
		{
			"too few and too many fields", "a,b,c\n1,2\n1,2,3,4\n1,2,3\n",
			file.TableOptions{},
			[]string{"2! b: has 2 fields, but the header has 3", "3! : has 4 fields, but the header has 3", "4: 1|2|3"},
		},
		{
			"rows that a wrong row took in", "a,b,c\nx,\"1\ny,2,3\nz\",4\nw,5,6\n",
			file.TableOptions{},
			[]string{"2: x|1\ny,2,3\nz|4", "5: w|5|6"},
		},
		{
			"rows that a row with too few fields took in", "a,b,c\n1,\"x\n2,y,z\n3,\"\n4,5,6\n",
			file.TableOptions{},
			[]string{"2! b: has 2 fields, but the header has 3", "3: 2|y|z", "4! b: the quote that opens here is never closed", "5: 4|5|6"},
		},
		{
			"a NUL", "a,b\n1,x\x00y\n3,4\n",
			file.TableOptions{},
			[]string{"2! b: a NUL byte stands in the field; remove it", "3: 3|4"},
		},
		{
			"wrong UTF-8", "a,b\n\xe9t\xe9,2\n3,4\n",
			file.TableOptions{},
			[]string{"2! a: the field is not UTF-8; save the file as UTF-8, or say its encoding", "3: 3|4"},
		},
		{
			"wrong UTF-8 on the second line of a row", "a,b\n1,\"x\n\xff\"\n3,4\n",
			file.TableOptions{},
			[]string{"2! b: the field is not UTF-8; save the file as UTF-8, or say its encoding", "4: 3|4"},
		},
		{
			"a mark in the middle", "a,b\n\xef\xbb\xbf1,2\n3,4\n",
			file.TableOptions{},
			[]string{"2! : a byte order mark stands in the middle of the file; remove it", "3: 3|4"},
		},
		{
			"UTF-16 in the middle, low bytes first", "a,b\nx\x00,\x00y\x00\n\x003,4\n",
			file.TableOptions{},
			[]string{"2! : the row is UTF-16 in a file that is not; save the file in one encoding", "3: 3|4"},
		},
		{
			"UTF-16 in the middle, high bytes first", "a,b\n\x00x\x00,\x00y\x00\n3,4\n",
			file.TableOptions{},
			[]string{"2! : the row is UTF-16 in a file that is not; save the file in one encoding", "3: 3|4"},
		},
		{
			"Chinese UTF-16 in the middle", "a,b\n\x6d\x4f,\x00\x6e\x6d\n\x003,4\n",
			file.TableOptions{},
			[]string{"2! : the row is UTF-16 in a file that is not; save the file in one encoding", "3: 3|4"},
		},
		{"the header again", "a,b\n1,2\nA, b\n3,4\n", file.TableOptions{}, []string{"2: 1|2", "3! : is the header row again (header)", "4: 3|4"}},

		{"nothing", "", file.TableOptions{}, []string{"test.csv is empty; it should begin with a header row"}},
		{"a header alone", "a,b\n", file.TableOptions{}, nil},
		{"a column is missing", "a,b\n", file.TableOptions{Require: []string{"b", "c", "d"}}, []string{"test.csv has no column c, d; its columns are a, b"}},
		{
			"no such header", "a,b\n1,2\n",
			file.TableOptions{HeaderHas: "c"},
			[]string{"test.csv has no header row with a column c in its first 20 rows"},
		},
		{
			"a broken header", "a,\"b\n1,2\n",
			file.TableOptions{},
			[]string{"test.csv: the header row cannot be read: line 1, column 2: \"b: the quote that opens here is never closed"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, read(t, open(t, test.content), test.options)); diff != "" {
				t.Error("rows (-want +got):\n" + diff)
			}
		})
	}
}

func TestRowGet(t *testing.T) {
	table, err := file.NewTable(open(t, "Name, Start Date ,Name\n x ,1 May,y\n"), file.TableOptions{})
	if err != nil {
		t.Fatal(err)
	}
	row, err := table.Next()
	if err != nil {
		t.Fatal(err)
	}
	for column, want := range map[string]string{"name": "x", "START DATE": "1 May", "end": ""} {
		if got := row.Get(column); got != want {
			t.Errorf("Get(%q) = %q, want %q", column, got, want)
		}
	}
}

func TestTableKind(t *testing.T) {
	for _, content := range []string{"", "a,\"b"} {
		if _, err := file.NewTable(open(t, content), file.TableOptions{}); graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("a table of %q: %v, want an invalid file", content, err)
		}
	}
}
