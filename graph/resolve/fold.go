package resolve

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-unidecode"
	"golang.org/x/text/unicode/norm"
)

// changes are the transformations that a text went through, as bits.
type changes uint16

const (
	changedCase changes = 1 << iota
	changedPunctuation
	changedForm // full-width, ligatures, decomposed
	changedInvisible
	changedLookAlike
	changedAccents
	changedScript
	changedTraditional
	changedWords // abbreviations and translations of common words
	changedLegal
	changedPlural
)

var changeNames = []string{
	"letter case", "spaces and punctuation", "compatibility forms", "invisible characters", "look-alike letters", "accents",
	"transliteration", "traditional characters", "abbreviated or translated words", "legal form", "plural",
}

func (c changes) names() []string {
	var names []string
	for i, name := range changeNames {
		if c>>i&1 == 1 {
			names = append(names, name)
		}
	}
	return names
}

// folded is a text in lower-case ASCII and simplified Chinese characters, with
// single spaces, and '-' for whatever joins two parts closely.
type folded struct {
	text    string
	changes changes
	foreign bool // a word could as well be one of look-alike letters
}

// fold brings a text into its common form. A word in another script that
// consists of look-alikes of Latin letters is transliterated, or read as what
// it looks like.
func fold(text string, alike bool) folded {
	f := folder{alike: alike}
	if isASCII(text) {
		f.out = make([]byte, 0, len(text)+8)
		for i := range len(text) {
			f.ascii(text[i], i+1 < len(text) && isAlnum(lower(text[i+1])))
		}
	} else {
		f.unicode(text)
	}
	return folded{text: strings.Trim(string(f.out), " -"), changes: f.changes, foreign: f.foreign}
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }
func isAlnum(c byte) bool  { return isDigit(c) || isLetter(c) }

type folder struct {
	out     []byte
	changes changes
	foreign bool
	alike   bool
	pointed int    // how many letters of the last word have a point behind them
	word    []rune // of the text, as it is written
}

// ascii writes one character; followed says that a letter or digit comes next.
func (f *folder) ascii(c byte, followed bool) {
	switch {
	case c >= 'A' && c <= 'Z':
		f.changes |= changedCase
		f.out = append(f.out, lower(c))
	case isAlnum(c):
		f.out = append(f.out, c)
	case c == '\'' || c == '`':
		f.changes |= changedPunctuation
	case c == '.' && f.initial():
		f.changes |= changedPunctuation // U.S. is one word
	case c == '&':
		f.separate(' ')
		f.out = append(f.out, "and "...)
	case c == '+':
		f.separate(' ')
		f.out = append(f.out, "plus "...)
	case followed && (c == '-' || c == '/' || c == '_' || c == '.' || c == ':' || c == '\\'):
		f.separate('-')
	default:
		f.separate(' ')
	}
}

// initial reports whether a point ends a single letter, as in U.S. and S.p.A.,
// so that such a word becomes one.
func (f *folder) initial() bool {
	n := 0
	for i := len(f.out) - 1; i >= 0 && isLetter(f.out[i]); i-- {
		n++
	}
	if n-f.pointed != 1 {
		return false
	}
	f.pointed = n
	return true
}

func (f *folder) separate(c byte) {
	n := len(f.out)
	f.pointed = 0
	switch {
	case n == 0:
	case f.out[n-1] == ' ':
	case f.out[n-1] == '-':
		if c == ' ' {
			f.out[n-1] = ' '
		}
	default:
		f.out = append(f.out, c)
		if c != ' ' {
			f.changes |= changedPunctuation
		}
	}
}

// lunate writes the Greek letter that looks like C as one, before it would
// become a sigma.
var lunate = strings.NewReplacer("ϲ", "c", "Ϲ", "C")

// unicode folds a text with characters beyond ASCII.
func (f *folder) unicode(text string) {
	composed := norm.NFKC.String(lunate.Replace(text))
	if composed != text {
		f.changes |= changedForm
	}
	runes := []rune(composed)
	for i, r := range runes {
		switch {
		case invisible(r):
			f.changes |= changedInvisible
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			f.changes |= changedAccents
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mc, r):
			f.word = append(f.word, r)
		default:
			f.flush()
			f.punctuation(r, runes[i+1:])
		}
	}
	f.flush()
}

func (f *folder) punctuation(r rune, rest []rune) {
	followed := len(rest) > 0 && (unicode.IsLetter(rest[0]) || unicode.IsDigit(rest[0]) || invisible(rest[0]))
	switch {
	case r < utf8.RuneSelf:
		f.ascii(byte(r), followed) //nolint:gosec // it is ASCII
	case isDash(r) || r == '⁄' || r == '∕' || r == '·' || r == '・':
		f.changes |= changedPunctuation
		f.ascii('-', followed)
	case r == '’' || r == 'ʼ' || r == '‘' || r == '´' || r == '′':
		f.changes |= changedPunctuation
	default:
		f.separate(' ')
	}
}

// invisible reports whether a character shows nothing: format characters such
// as zero-width ones and direction marks, fillers and variation selectors.
func invisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) ||
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || (unicode.IsControl(r) && !unicode.IsSpace(r))
}

func isDash(r rune) bool {
	return unicode.Is(unicode.Pd, r) || r == '−' || r == '⁃' || r == '˗' || r == '─'
}

// flush folds the word that was collected.
func (f *folder) flush() {
	if len(f.word) == 0 {
		return
	}
	start := 0
	for i := 1; i <= len(f.word); i++ {
		if i == len(f.word) || unicode.Is(unicode.Han, f.word[i]) != unicode.Is(unicode.Han, f.word[start]) {
			if unicode.Is(unicode.Han, f.word[start]) {
				f.han(f.word[start:i])
			} else {
				f.letters(f.word[start:i])
			}
			start = i
		}
	}
	f.word = f.word[:0]
}

func (f *folder) han(word []rune) {
	for _, r := range word {
		if s, ok := simplified[r]; ok {
			f.changes |= changedTraditional
			r = s
		}
		f.out = utf8.AppendRune(f.out, r)
	}
}

// letters folds a word without Chinese characters.
func (f *folder) letters(word []rune) {
	latin, foreign, alike := false, false, true
	for _, r := range word {
		_, looks := lookAlikes[r]
		switch {
		case r < utf8.RuneSelf || unicode.Is(unicode.Latin, r):
			latin = true
		default:
			foreign = true
			alike = alike && looks
		}
	}
	f.foreign = f.foreign || (foreign && alike && !latin)
	asSeen := alike && (latin || f.alike)
	for _, r := range word {
		if r < utf8.RuneSelf {
			f.ascii(byte(r), true) //nolint:gosec // it is ASCII
			continue
		}
		if c, ok := lookAlikes[r]; ok && (asSeen || unicode.Is(unicode.Latin, r)) {
			f.changes |= changedLookAlike
			f.out = append(f.out, c)
			continue
		}
		f.transliterate(r)
	}
}

func (f *folder) transliterate(r rune) {
	if unicode.Is(unicode.Latin, r) {
		f.changes |= changedAccents
	} else if !unicode.IsDigit(r) {
		f.changes |= changedScript
	}
	if s, ok := spellings[r]; ok {
		f.out = append(f.out, s...)
		return
	}
	for _, c := range []byte(unidecode.Unidecode(string(r))) {
		if c = lower(c); isAlnum(c) {
			f.out = append(f.out, c)
		}
	}
}
