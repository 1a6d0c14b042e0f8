package file_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"debadge/graph/file"
)

// FuzzTable compares the table with encoding/csv wherever that reads the whole
// file, and holds it to its own promises everywhere else.
func FuzzTable(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "a,b\r\n\"1\n\",\"\"\"\"\r\n", "a;b\n1;2", "a,b\n1,\"2\n3,\"4\"\n", "a\n\"\n", "a,b\n1,x\x00y\n",
		"a,b\n\xff,2\n", "a,b\n\xef\xbb\xbf1,2\n", "a,b\nx\x00,\x00y\x00\n\x003,4\n", "a,b\n1,2\na,b\n", "sep=;\na;b\n", "a,b\n\"1\r\n\",2\x1a",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		table, err := file.NewTable(&file.File{Name: "x", Text: bytes.NewReader(content)}, file.TableOptions{Comma: ','})
		if err != nil {
			return
		}
		var got [][]string
		bads, last := 0, 0
		for {
			row, err := table.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if bad, ok := errors.AsType[*file.BadRow](err); ok {
				bads++
				if bad.Line < last || bad.Reason == "" {
					t.Fatalf("bad row %v behind line %d", bad, last)
				}
				last = bad.Line
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if row.Line <= last && last > 0 || len(row.Fields) != len(table.Header()) {
				t.Fatalf("row %v of a table of %d columns behind line %d", row, len(table.Header()), last)
			}
			if text := strings.Join(row.Fields, ","); !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				t.Fatalf("a good row holds %q", text)
			}
			last = row.Line
			got = append(got, row.Fields)
		}
		all, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
		if err != nil || bads > 0 || bytes.HasPrefix(content, []byte("sep=")) || bytes.ContainsAny(content, "\x1a\r") {
			return // what a lone CR or an end mark means, each says in its own way
		}
		if !slices.EqualFunc(got, all[1:], slices.Equal) {
			t.Fatalf("rows %q, encoding/csv reads %q", got, all[1:])
		}
	})
}

// FuzzItems compares the items of an array with what encoding/json makes of it.
func FuzzItems(f *testing.F) {
	for _, seed := range []string{
		`[1,{"a":[2,"]"]}]`, "{\"a\":1}\n{\"b\":2}\n", `{"results":[{}]}`, `[{"a":"\"}"},]`, `[}]`, `[[[`, "{\"a\":\n{", `{"results":[1],"x":[}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		it, err := file.NewItems(&file.File{Name: "x", Text: bytes.NewReader(content)}, file.ItemOptions{})
		if err != nil {
			return
		}
		var got []json.RawMessage
		whole := true
		for range len(content) + 1 {
			item, err := it.Next()
			if isBad(err) {
				whole = false
				continue
			}
			if err != nil {
				whole = whole && errors.Is(err, io.EOF)
				break
			}
			if !json.Valid(item.JSON) {
				t.Fatalf("a good item is %q", item.JSON)
			}
			got = append(got, item.JSON)
		}
		var all []json.RawMessage
		if json.Unmarshal(content, &all) != nil || !utf8.Valid(content) {
			return
		}
		if !whole || !slices.EqualFunc(got, all, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
			t.Fatalf("items %q, encoding/json reads %q", got, all)
		}
	})
}

// FuzzOpen opens what may be any file and reads it in every way there is.
func FuzzOpen(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "\xff\xfea\x00,\x00", "<a><item>x</item></a>", `[1]`, "PK\x03\x04", "\x1f\x8b\x08\x00",
		string(gzipped(f, "a\n1\n")), string(zipped(f, "a.csv", "a\n1\n")), book(f, []any{"a"}, []any{1}),
	} {
		f.Add([]byte(seed), "utf-8")
	}
	f.Add([]byte("caf\xe9"), "latin1")
	f.Fuzz(func(t *testing.T, content []byte, name string) {
		charset, err := file.ParseCharset(name)
		if err != nil {
			return
		}
		o := file.Options{Charset: charset, MaxText: 1 << 20, TempDir: t.TempDir()}
		_ = readAll(content, o)
		opened, err := file.New("x", content, o)
		if err != nil {
			return
		}
		items(opened, file.ItemOptions{})
		if err := opened.Rewind(); err != nil {
			t.Fatalf("what could be opened cannot be opened again: %v", err)
		}
		elements(opened)
		if err := opened.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
