package file_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"debadge/graph/file"
)

// items returns every item of a file as one line of text: "3: {…}" for a good
// one, "4! reason" for a bad one, and the error that ends the reading.
func items(f *file.File, o file.ItemOptions) []string {
	it, err := file.NewItems(f, o)
	if err != nil {
		return []string{err.Error()}
	}
	var got []string
	for {
		item, err := it.Next()
		bad, isBad := errors.AsType[*file.BadRow](err)
		switch {
		case isBad && bad.Truncated:
			got = append(got, fmt.Sprintf("%d! %s (truncated)", bad.Line, bad.Reason))
		case isBad:
			got = append(got, fmt.Sprintf("%d! %s", bad.Line, bad.Reason))
		case errors.Is(err, io.EOF):
			return got
		case err != nil:
			return append(got, err.Error())
		default:
			got = append(got, fmt.Sprintf("%d: %s", item.Line, item.JSON))
		}
	}
}

func TestItems(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", file.MaxItem) + `"}`
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	tests := []struct {
		name    string
		content string
		keys    []string
		want    []string
	}{
		{"array", "[\n{\"a\":1},\n{\"b\":\n[2]}, 3, \"x,]\", null ]\n", nil, []string{"2: {\"a\":1}", "3: {\"b\":\n[2]}", "4: 3", `4: "x,]"`, "4: null"}},
		{"empty array", "[]", nil, nil},
		{"nothing", " \n", nil, nil},
		{"NDJSON", "{\"a\":1}\n\n{\"b\":\"}\"}\r\n{\"c\":3}", nil, []string{`1: {"a":1}`, `3: {"b":"}"}`, `4: {"c":3}`}},
		{"NDJSON with a broken line", "{\"a\":1}\n{\"b\":}\n{\"c\":3}\n", nil, []string{
			`1: {"a":1}`, "2! the item is not JSON: invalid character '}' looking for beginning of value", `3: {"c":3}`,
		}},
		{"NDJSON whose first line is broken", "{\"a\":]\n{\"c\":3}\n", nil, []string{
			"1! the item is not JSON: invalid character ']' looking for beginning of value", `2: {"c":3}`,
		}},
		{"NDJSON cut off", "{\"a\":1}\n{\"b\":", nil, []string{
			`1: {"a":1}`, "2! the item is not JSON: unexpected end of JSON input; the file ends in it: it is cut off (truncated)",
		}},
		{"NDJSON with a line that is too long", "{\"a\":1}\n" + long + "\n{\"c\":3}\n", nil, []string{
			`1: {"a":1}`, "2! the item is longer than 4 MiB", `3: {"c":3}`,
		}},
		{"NDJSON with wrong UTF-8", "{\"a\":\"\xff\"}\n{\"c\":3}\n", nil, []string{
			"1! the item is not UTF-8; save the file as UTF-8, or say its encoding", `2: {"c":3}`,
		}},
		{"object", "{\"total\": 2,\n\"sources\":[{}],\n\"results\":[{\"a\":1},\n{\"b\":2}], \"end\": true}\n", nil, []string{`3: {"a":1}`, `4: {"b":2}`}},
		{"object on one line", `{"records":[{"a":1}]}`, []string{"records"}, []string{`1: {"a":1}`}},
		{"object without the array", "{\n\"total\": 2}", nil, []string{"test.csv: the object has no array results to read"}},
		{"array with a broken item", `[{"a":tru},{"b":2}]`, nil, []string{
			"1! the item is not JSON: invalid character '}' in literal true (expecting 'e')", `1: {"b":2}`,
		}},
		{"array with an item that is too long", "[" + long + ",\n{\"b\":2}]", nil, []string{"1! the item is longer than 4 MiB", `2: {"b":2}`}},
		{"array with an item that is too deep", "[" + deep + ",{\"b\":2}]", nil, []string{"1! the item is nested more than 500 deep", `1: {"b":2}`}},
		{"array cut off", "[{\"a\":1},\n{\"b\"", nil, []string{`1: {"a":1}`, "test.csv: line 2: the file ends in the middle of its JSON: it is cut off"}},
		{"array cut off between items", "[{\"a\":1},\n", nil, []string{`1: {"a":1}`, "test.csv: line 2: the file ends in the middle of its JSON: it is cut off"}},
		{"array without a comma", "[1 2]", nil, []string{"1: 1", "test.csv: line 1: a comma should stand between two items"}},
		{"more behind the array", "[1] 2", nil, []string{"1: 1", "test.csv: line 1: '2' stands behind the end of the JSON"}},
		{"object cut off behind the array", `{"results":[1], "x"`, nil, []string{"1: 1", "test.csv: line 1: the file ends in the middle of its JSON: it is cut off"}},
		{"a stray bracket", "[}]", nil, []string{"1! the item is empty"}},
		{"no JSON", "a,b\n", nil, []string{"test.csv is not JSON: it begins with 'a'"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, items(open(t, test.content), file.ItemOptions{Keys: test.keys})); diff != "" {
				t.Error("items (-want +got):\n" + diff)
			}
		})
	}
}

func TestItemsMember(t *testing.T) {
	it, err := file.NewItems(open(t, `{"header":{"date":"2024-05-01"},"results":[1]}`), file.ItemOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(it.Member("header")); got != `{"date":"2024-05-01"}` {
		t.Errorf("the member before the items is %q", got)
	}
	if got := it.Member("footer"); got != nil {
		t.Errorf("a member that is not there is %q", got)
	}
}
