package resolve

import (
	"github.com/hbollon/go-edlib"
)

// legal is how the legal forms of two names stand to each other.
type legal uint8

const (
	legalSame legal = iota
	legalMissing
	legalOther    // other words, which may be translations of each other
	legalConflict // forms that one company cannot have both
)

// families are legal forms that are translations or successors of each other.
// Those that are in none, such as Ltd. and Inc., are what any form is
// translated to.
var families = map[string]string{
	"llc": "llc", "ooo": "llc", "tov": "llc", "liability": "llc",
	"jsc": "jsc", "ao": "jsc", "pao": "jsc", "oao": "jsc", "zao": "jsc", "pat": "jsc", "pjsc": "jsc", "ojsc": "jsc", "cjsc": "jsc", "joint": "jsc", "stock": "jsc",
	"gmbh": "gmbh", "mbh": "gmbh", "ag": "ag", "kg": "kg", "kgaa": "kg", "ohg": "ohg", "se": "se",
	"sa": "sa", "spa": "spa", "srl": "srl", "sarl": "srl", "sl": "srl", "sas": "sas", "bv": "bv", "nv": "nv", "oy": "oy", "ab": "ab", "aps": "aps", "doo": "doo", "kft": "kft", "sro": "sro",
	"fze": "fze", "fzco": "fzco", "fzc": "fzco",
}

// compareLegal compares the legal forms; Co. beside another one says nothing.
func compareLegal(a, b []term) legal {
	x, y := familyOf(a), familyOf(b)
	if x != "" && y != "" && x != y {
		return legalConflict
	}
	if x != "" && x == y {
		return legalSame
	}
	one, other := lacks(a, b), lacks(b, a)
	switch {
	case one == legalOther || other == legalOther:
		return legalOther
	case one == legalMissing || other == legalMissing:
		return legalMissing
	}
	return legalSame
}

// lacks says how b stands to the legal forms of a.
func lacks(a, b []term) legal {
	for _, t := range a {
		if t.class == legalWord && t.text != "co" && !hasTerm(b, t) {
			if hasClass(b, legalWord) {
				return legalOther
			}
			return legalMissing
		}
	}
	return legalSame
}

func familyOf(list []term) string {
	for _, t := range list {
		if f := families[t.text]; t.class == legalWord && f != "" {
			return f
		}
	}
	return ""
}

func hasTerm(list []term, t term) bool {
	for _, o := range list {
		if o.class == t.class && o.text == t.text {
			return true
		}
	}
	return false
}

func hasClass(list []term, c class) bool {
	for _, o := range list {
		if o.class == c && o.text != "co" {
			return true
		}
	}
	return false
}

// otherHan reports whether both names have Chinese words of their own, and
// none of the same characters.
func otherHan(a, b []term) bool {
	both := false
	for _, x := range a {
		if x.class != nameWord || isASCII(x.as) {
			continue
		}
		for _, y := range b {
			if y.class != nameWord || isASCII(y.as) {
				continue
			}
			if x.as == y.as {
				return false
			}
			both = true
		}
	}
	return both
}

// pairing is a word of the text with the word of the name that it matches.
type pairing struct {
	mine, theirs int // -1: none
	span         int // how many of the words on the longer side are one on the other
	how          how
}

// how is the way in which two words match.
type how uint8

const (
	missing how = iota // only the name has it
	additional
	same
	joined
	misspelled
	bySound
)

var howNames = []string{"missing", "additional", "same", "written together", "misspelled", "by sound"}

const (
	costMisspelled      = 60
	costMisspelledTwice = 80
	costShort           = 135 // a slip in a short word
	costActivity        = 30
	costFirst           = 80 // a slip in the first letter
	costSound           = 50
	costOrder           = 10
	costGeneral         = 45
	costGenerals        = 100 // each side has one that the other has not
	costNoLegal         = sameLegal - noLegal
	costLegal           = sameLegal - otherLegal

	capName     = 800
	capActivity = 820
	capPlace    = 840
	capOther    = 600 // different places, or different activities
	capDigits   = 500
	capLegal    = 840
)

// compare scores two company names word by word. Words that tell companies of
// one group apart must be on both sides.
func (s *scratch) compare(a, b []term, script bool) int {
	s.pair(a, b, script)
	score, order := similar, -1
	var weight, left, right, both tally
	for _, t := range a {
		weight.add(t)
	}
	for _, t := range b {
		weight.add(t)
	}
	for _, p := range s.pairs {
		switch p.how {
		case additional:
			if nearLegal(a[p.mine].text) {
				score -= costActivity
			} else {
				left.add(a[p.mine])
			}
			continue
		case missing:
			right.add(b[p.theirs])
			continue
		case misspelled:
			score -= slip(a[p.mine], b[p.theirs], s.sameNames(a))
		case bySound:
			score -= costSound
		case same, joined:
		}
		both.add(a[p.mine])
		both.add(b[p.theirs])
		if p.theirs < order && a[p.mine].class == nameWord {
			score -= costOrder
			order = len(b)
		}
		order = max(order, p.theirs)
	}
	score -= generals(left, right)
	switch compareLegal(a, b) {
	case legalSame:
	case legalMissing:
		score -= costNoLegal
	case legalOther:
		score -= costLegal
		if left.general+right.general > 0 {
			score = min(score, capLegal)
		}
	case legalConflict:
		score = min(score-costLegal, capLegal)
	}
	if left.name+right.name > 0 && weight.sum() > 0 {
		score = min(score, capName, similar*(weight.sum()-left.sum()-right.sum())/weight.sum())
	}
	if both.name == 0 && left.general+right.general > 0 {
		score = min(score, capActivity) // of common words alone: each counts
	}
	return min(score, ceiling(left, right))
}

// generals is what words cost that people leave out.
func generals(left, right tally) int {
	if left.general > 0 && right.general > 0 {
		return costGenerals
	}
	return costGeneral * (left.general + right.general)
}

// ceiling is what a comparison reaches at most for what did not match.
func ceiling(left, right tally) int {
	switch {
	case left.digits+right.digits > 0:
		return capDigits
	case left.place > 0 && right.place > 0, left.activity > 0 && right.activity > 0:
		return capOther
	case left.activity+right.activity > 0:
		return capActivity
	case left.place+right.place > 0:
		return capPlace
	}
	return similar
}

// tally counts words by what they are worth.
type tally struct{ name, digits, activity, place, general int }

func (t *tally) add(w term) {
	switch w.class {
	case nameWord:
		t.name++
		if hasDigit(w.text) {
			t.digits++
		}
	case activityWord:
		t.activity++
	case placeWord:
		t.place++
	case generalWord:
		t.general++
	case legalWord, functionWord:
	}
}

// sum weighs the words.
func (t *tally) sum() int {
	const ofName, ofActivity, ofPlace, ofGeneral = 10, 5, 5, 2
	return ofName*t.name + ofActivity*t.activity + ofPlace*t.place + ofGeneral*t.general
}

// sameNames counts the words of a name that are the same on both sides.
func (s *scratch) sameNames(a []term) int {
	n := 0
	for _, p := range s.pairs {
		if p.how == same && a[p.mine].class == nameWord {
			n++
		}
	}
	return n
}

// slip is what a misspelling costs. Beside other words of the name that are the
// same, even a short word may be misspelled.
func slip(a, b term, others int) int {
	if a.class != nameWord || b.class != nameWord {
		return costActivity // a common word, misspelled
	}
	cost := costMisspelled
	const short, long, enough = 6, 9, 2
	n := min(len(a.text), len(b.text))
	switch {
	case others >= enough:
	case n < short, n == short && len(a.text) == len(b.text) && !sameLetters(a.text, b.text, 0):
		cost = costShort // too short for another letter to be a slip
	case n >= long && edits(a.text, b.text) > 1:
		cost = costMisspelledTwice
	}
	if a.text[0] != b.text[0] {
		cost += costFirst
	}
	return cost
}

// pair matches the words of two names, each at most once: the same first, then
// words written together, by sound, and misspelled ones.
func (s *scratch) pair(a, b []term, script bool) {
	m := matching{a: a[:min(len(a), maxTerms)], b: b[:min(len(b), maxTerms)], pairs: s.pairs[:0]}
	m.each(func(i, j int) {
		if m.a[i].text == m.b[j].text {
			m.take(i, j, 1, same)
		}
	})
	m.each(m.together)
	m.each(func(i, j int) {
		switch {
		case script && sounds(m.a[i].text, m.b[j].text):
			m.take(i, j, 1, bySound)
		case alike(m.a[i], m.b[j]):
			m.take(i, j, 1, misspelled)
		}
	})
	for i := range m.a {
		if m.free(m.a, i, &m.mine) {
			m.pairs = append(m.pairs, pairing{i, -1, 1, additional})
		}
	}
	for j := range m.b {
		if m.free(m.b, j, &m.theirs) {
			m.pairs = append(m.pairs, pairing{-1, j, 1, missing})
		}
	}
	s.pairs = m.pairs
}

// matching is two names being matched, and which of their words are.
type matching struct {
	a, b         []term
	mine, theirs [maxTerms]bool
	pairs        []pairing
}

func (m *matching) free(list []term, i int, taken *[maxTerms]bool) bool {
	return named(list[i].class) == 1 && !taken[i]
}

// each calls use for all words of both names that are not matched.
func (m *matching) each(use func(i, j int)) {
	for i := range m.a {
		for j := range m.b {
			if m.free(m.a, i, &m.mine) && m.free(m.b, j, &m.theirs) {
				use(i, j)
			}
		}
	}
}

func (m *matching) take(i, j, n int, h how) {
	m.pairs = append(m.pairs, pairing{i, j, n, h})
	m.mine[i], m.theirs[j] = true, true
}

// together matches one word with several that are written together.
func (m *matching) together(i, j int) {
	if n := together(m.a[i].text, m.b, j, m.theirs[:]); n > 0 {
		m.take(i, j, n, joined)
		for k := j; k < j+n; k++ {
			m.theirs[k] = true
		}
	} else if n := together(m.b[j].text, m.a, i, m.mine[:]); n > 0 {
		m.take(i, j, n, joined)
		for k := i; k < i+n; k++ {
			m.mine[k] = true
		}
	}
}

const maxTerms = 24

// together returns how many words from one on are a word when written together.
func together(text string, list []term, from int, taken []bool) int {
	const most = 4
	for n := 0; n < most && from+n < len(list); n++ {
		w := list[from+n].text
		if taken[from+n] || len(w) > len(text) || text[:len(w)] != w {
			return 0
		}
		if text = text[len(w):]; text == "" {
			if n == 0 {
				return 0
			}
			return n + 1
		}
	}
	return 0
}

func sounds(a, b string) bool {
	const usual = 32
	return string(appendSound(make([]byte, 0, usual), a)) == string(appendSound(make([]byte, 0, usual), b))
}

// alike reports whether two words may be one, misspelled: as they are written, or
// in their common form. Words with digits are not: one other digit is another
// thing.
func alike(a, b term) bool {
	if !isASCII(a.as) && !isASCII(b.as) {
		return false // other characters, not other letters
	}
	return alikeTexts(a.text, b.text) || ((a.as != a.text || b.as != b.text) && isASCII(a.as) && isASCII(b.as) && alikeTexts(a.as, b.as))
}

func alikeTexts(a, b string) bool {
	const short, long, longest = 4, 9, 40
	n, m := len(a), len(b)
	most := 1
	if min(n, m) >= long {
		most = 2
	}
	if min(n, m) < short || max(n, m) > longest || n-m > most || m-n > most {
		return false
	}
	return !hasDigit(a) && !hasDigit(b) && sameLetters(a, b, most) && edits(a, b) <= most
}

// sameLetters is a quick test that rules most pairs out.
func sameLetters(a, b string, most int) bool {
	var count [26]int8
	for i := range len(a) {
		if isLetter(a[i]) {
			count[a[i]-'a']++
		}
	}
	for i := range len(b) {
		if isLetter(b[i]) {
			count[b[i]-'a']--
		}
	}
	off := 0
	for _, c := range count {
		off += int(max(c, -c))
	}
	return off <= 2*most
}

// edits counts letters put in, left out, changed, or changed in place. Only what
// is left between the equal front and the equal end is compared by the general
// way.
func edits(a, b string) int {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case a == "" || b == "" || max(len(a), len(b)) == 1:
		return max(len(a), len(b))
	case len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]:
		return 1
	}
	return edlib.OSADamerauLevenshteinDistance(a, b)
}
