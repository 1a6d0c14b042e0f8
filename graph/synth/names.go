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
