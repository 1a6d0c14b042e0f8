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

// elements returns each <item> of a file as "line: attribute: name", and the
// error that ends the reading.
func elements(f *file.File) []string {
	x := file.NewXML(f)
	var got []string
	for {
		e, err := x.Next("item")
		if errors.Is(err, io.EOF) {
			return got
		}
		var item struct {
			Name string `xml:"name"`
		}
		if err == nil {
			err = x.Decode(e, &item)
		}
		if err != nil {
			if graph.KindOf(err) != graph.KindInvalid {
				return append(got, fmt.Sprintf("not an invalid file: %v", err))
			}
			return append(got, err.Error())
		}
		got = append(got, fmt.Sprintf("%d: %s: %s", e.Line, e.Get("id"), item.Name))
	}
}

func TestXML(t *testing.T) {
	const cut = "the file ends in the middle of an element: it is cut off"
	long := strings.Repeat("x", 3*file.MaxElement)
	tests := []struct {
		name    string
		content string
		want    []string
	}{
		{
			"elements", "<?xml version=\"1.0\"?>\n<list>\n<item\n id=\"1\"><name>a</name></item><x><item><name>b &amp; c</name>\n</item></x>\n<item id=\"3\"/></list>",
			[]string{"3: 1: a", "4: : b & c", "6: 3: "},
		},
		{"another encoding", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><item><name>caf\xe9</name></item>", []string{"1: : café"}},
		{"UTF-16", "\xff\xfe" + utf16Text("<?xml version=\"1.0\" encoding=\"UTF-16\"?><item><name>浪潮</name></item>", false), []string{"1: : 浪潮"}},
		{"an encoding that is not read", `<?xml version="1.0" encoding="koi8-r"?><item/>`, []string{
			`test.csv: line 1: cannot be read: xml: opening charset "koi8-r": "koi8-r" is no encoding that is read; use utf-8, utf-16le, utf-16be, latin-1 or windows-1252`,
		}},
		{"cut off between elements", "<list>\n<item/>", []string{"2: : ", "test.csv: line 2: " + cut}},
		{"cut off in an element", "<list>\n<item><na", []string{"test.csv: line 2: " + cut}},
		{"a document type", "<!DOCTYPE list [<!ENTITY a \"aaaa\">]>\n<list><item><name>&a;</name></item></list>", []string{
			"test.csv: line 1: the file has a document type (DOCTYPE), which is not read; remove it",
		}},
		{"an entity that nobody defined", "<list><item><name>&a;</name></item></list>", []string{
			"test.csv: line 1: the file is not XML: invalid character entity &a;",
		}},
		{"not closed as opened", "<list><item></list>", []string{"test.csv: line 1: the file is not XML: element <item> closed by </list>"}},
		{"an element that is too long", "<list><item><name>" + long + "</name></item></list>", []string{"test.csv: line 1: an element is longer than 4 MiB"}},
		{"an attribute that is too long", "<list><item id=\"" + long + "\"/></list>", []string{"test.csv: line 1: an element is longer than 4 MiB"}},
		{"too deep", strings.Repeat("<a>", 101), []string{"test.csv: line 1: elements are nested more than 100 deep"}},
		{"wrong UTF-8", "<list><item><name>\xff</name></item></list>", []string{"test.csv: line 1: the file is not XML: invalid UTF-8"}},
		{"a long file of short elements", strings.Repeat(" ", 10) + "<list>" + strings.Repeat("<item><name>"+long[:file.MaxElement/2]+"</name></item>", 7) + "</list>", sevenTimes("1: : " + long[:file.MaxElement/2])},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, elements(open(t, test.content))); diff != "" {
				t.Error("elements (-want +got):\n" + diff)
			}
		})
	}
}

func sevenTimes(text string) []string {
	return []string{text, text, text, text, text, text, text}
}
