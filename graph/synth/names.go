package synth

import (
	"strconv"
	"strings"

	"debadge/graph"
)

var (
	onsets   = []string{"b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "tr", "st", "pl"}
	nuclei   = []string{"a", "e", "i", "o", "u", "ar", "en", "il", "or", "un"}
	suffixes = []string{"Systems", "Holding", "Computing", "Industries", "Works", "Networks", "Trading", "Group"}
	series   = []string{"AX", "BR", "CS", "DN", "FT", "GX", "KS", "LM", "NT", "PX", "QS", "RV"}
	lands    = []string{"AT", "BR", "CA", "CN", "DE", "FR", "IN", "JP", "KR", "NL", "SG", "US"}
)

// Characters and endings of invented names in Chinese, and Cyrillic letters for the
// Latin ones of invented words.
var (
	characters = []rune("海云天华信达联科新星光明安泰恒远宏图启航中正")
	endings    = []string{"集团", "科技有限公司", "电子股份有限公司", "信息产业"}
	letters    = map[rune]string{
		'a': "а", 'b': "б", 'd': "д", 'e': "е", 'f': "ф", 'g': "г", 'i': "и", 'k': "к", 'l': "л", 'm': "м", 'n': "н", 'o': "о",
		'p': "п", 'r': "р", 's': "с", 't': "т", 'u': "у", 'v': "в", 'z': "з",
	}
)

// hanName is an invented name in Chinese characters.
func (g *generator) hanName() string {
	name := make([]rune, 2+g.rand.IntN(3))
	for i := range name {
		name[i] = characters[g.rand.IntN(len(characters))]
	}
	return string(name) + endings[g.rand.IntN(len(endings))]
}

// cyrillic writes an invented word in Cyrillic, as the name of a company.
func cyrillic(word string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(word) {
		b.WriteString(letters[r])
	}
	return "ООО " + b.String()
}

func number(n int) string { return strconv.Itoa(n) }

// word is an invented name.
func (g *generator) word() string {
	var b strings.Builder
	for range 2 + g.rand.IntN(2) {
		b.WriteString(onsets[g.rand.IntN(len(onsets))])
		b.WriteString(nuclei[g.rand.IntN(len(nuclei))])
	}
	w := b.String()
	return strings.ToUpper(w[:1]) + w[1:]
}

// date is a date in one of some years, known to the day, the month or the year.
func (g *generator) date(first, years int) graph.Date {
	text := number(first + g.rand.IntN(years))
	if n := g.rand.IntN(10); n > 0 {
		text += "-" + two(1+g.rand.IntN(12))
		if n > 3 {
			text += "-" + two(1+g.rand.IntN(28))
		}
	}
	d, err := graph.ParseDate(text)
	if err != nil {
		panic(err) // the text above is a date
	}
	return d
}

func two(n int) string {
	if n < 10 {
		return "0" + number(n)
	}
	return number(n)
}
