package picture

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text string
		room float64
		most int
		want []string
	}{
		{"", 100, 3, []string{""}},
		{"short", 100, 3, []string{"short"}},
		{"Entity List (US Bureau of Industry and Security)", 150, 4, []string{"Entity List (US Bureau", "of Industry and", "Security)"}},
		{"浪潮电子信息产业股份有限公司", 60, 4, []string{"浪潮电子", "信息产业", "股份有限", "公司"}},
		{"one two three four five six seven", 40, 2, []string{"one", "two…"}},
		{"Donaudampfschifffahrtsgesellschaft", 90, 4, []string{"Donaudampfs", "chifffahrtsge", "sellschaft"}},
	} {
		got := wrap(c.text, 13, false, c.room, c.most)
		if len(got) != len(c.want) {
			t.Errorf("wrap(%q) = %q, want %q", c.text, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("wrap(%q) = %q, want %q", c.text, got, c.want)
				break
			}
		}
	}
}

// FuzzText writes any text as XML and as DOT, and breaks it into lines: it must
// come back as what can be seen of it, and no line be too wide.
func FuzzText(f *testing.F) {
	for _, text := range []string{
		"", "KR2280-X2", "浪潮电子信息产业股份有限公司", `<script>alert(1)</script>`, `"]; x [label="`, `\N \G`, "a\u202eb\u200bc", "\x00\xff\x1b", "]]>&lt;", "a  b   c", "e\u0301\u0301\u0301",
	} {
		f.Add(text, 90.0)
	}
	f.Fuzz(func(t *testing.T, text string, room float64) {
		shown := visible(text)
		if i := strings.IndexFunc(shown, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("visible(%q) = %q hides something", text, shown)
		}
		var read struct {
			Attribute string `xml:"a,attr"`
			Text      string `xml:",chardata"`
		}
		if err := xml.Unmarshal([]byte(`<x a="`+escaped(text)+`">`+escaped(text)+`</x>`), &read); err != nil || read.Text != shown || read.Attribute != shown {
			t.Errorf("%q is read back as %q and %q: %v", shown, read.Text, read.Attribute, err)
		}
		inner := quoted(text)
		inner = inner[1 : len(inner)-1]
		if plain := strings.NewReplacer(`\\`, "", `\"`, "").Replace(inner); strings.ContainsAny(plain, "\"\\\n") {
			t.Errorf("%s ends a string of DOT", inner)
		}
		const size = 10
		room = min(max(room, 2*size), 1000)
		lines := wrap(shown, size, false, room, 1000)
		for _, line := range lines {
			if textWidth(line, size, false) > room && utf8.RuneCountInString(line) > 1 {
				t.Errorf("the line %q is wider than %g", line, room)
			}
		}
		without := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if joined := strings.Join(lines, ""); len(lines) < 1000 && without(joined) != without(shown) {
			t.Errorf("%q was broken into %q", shown, lines)
		}
	})
}
