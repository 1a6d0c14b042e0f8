package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// pageWidth is how many columns a page for people has.
const pageWidth = 100

// page writes plain text for people: wrapped, and with everything escaped that
// could move the cursor or turn the direction of reading, since names and
// quotations come from anywhere.
type page struct {
	w   *bufio.Writer
	err error
}

func newPage(w io.Writer) *page { return &page{w: bufio.NewWriter(w)} }

// flush writes out what is left and returns the first error.
func (g *page) flush() error {
	if g.err == nil {
		g.err = g.w.Flush()
	}
	return g.err
}

func (g *page) raw(text string) {
	if g.err == nil {
		_, g.err = g.w.WriteString(text)
	}
}

// gap writes an empty line.
func (g *page) gap() { g.raw("\n") }

// line writes a paragraph: the first line behind first, the others behind as
// many spaces.
func (g *page) line(first, format string, args ...any) {
	g.hang(first, strings.Repeat(" ", columns(first)), format, args...)
}

// hang writes a paragraph with the first line behind first and the others
// behind rest.
func (g *page) hang(first, rest, format string, args ...any) {
	prefix := first
	for _, line := range wrap(escape(fmt.Sprintf(format, args...)), pageWidth-columns(first), pageWidth-columns(rest)) {
		g.raw(strings.TrimRight(prefix+line, " ") + "\n")
		prefix = rest
	}
}

// wrap breaks a text into lines of so many columns, at spaces where there are.
func wrap(text string, first, rest int) []string {
	var (
		lines []string
		line  strings.Builder
		used  int
		room  = first
	)
	end := func() {
		lines = append(lines, line.String())
		line.Reset()
		used, room = 0, rest
	}
	for word := range strings.SplitSeq(text, " ") {
		n := columns(word)
		if used > 0 {
			if used+1+n <= room {
				line.WriteByte(' ')
				used++
			} else if n <= rest || used > room/2 {
				end()
			} else {
				line.WriteByte(' ')
				used++
			}
		}
		for _, r := range word {
			c := runeColumns(r)
			if used+c > room {
				end()
			}
			line.WriteRune(r)
			used += c
		}
	}
	end()
	return lines
}

// columns is how wide a text is on a terminal.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	case width.Neutral, width.EastAsianAmbiguous, width.EastAsianNarrow, width.EastAsianHalfwidth:
	}
	return 1
}
