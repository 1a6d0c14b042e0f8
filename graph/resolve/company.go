package resolve

import (
	"strings"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// term is a word of a company's name in its one form.
type term struct {
	class class
	text  string
	as    string // as the folded name has it
}

// terms splits a folded company name into words, brings common words into one
// form in one language, and writes the rest of a Chinese name in Pinyin.
func terms(f *folded, list []term) []term {
	rest := f.text
	for rest != "" {
		var w string
		w, rest = nextWord(rest)
		if w[0] >= utf8.RuneSelf || !isASCII(w) {
			f.changes |= changedScript
			list = hanTerms(w, list)
			continue
		}
		list = append(list, term{nameWord, w, w})
	}
	list = joinPhrases(f, list)
	return classify(f, list)
}

func nextWord(text string) (word, rest string) {
	text = strings.TrimLeft(text, " -")
	i := strings.IndexAny(text, " -")
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimLeft(text[i:], " -")
}

// hanTerms splits a run of Chinese characters, mixed with ASCII perhaps, at the
// common words that it holds, the longest first.
func hanTerms(text string, list []term) []term {
	start := 0
	flush := func(end int) {
		if end > start {
			list = append(list, term{nameWord, spell(text[start:end]), text[start:end]})
		}
	}
	for i := 0; i < len(text); {
		w, n := hanWordAt(text[i:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		flush(i)
		if w.text != "" {
			list = append(list, term{w.class, w.text, text[i : i+n]})
		}
		i += n
		start = i
	}
	flush(len(text))
	return list
}

func hanWordAt(text string) (word, int) {
	end, ends := 0, [longestHan]int{}
	n := 0
	for n < longestHan && end < len(text) {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
		ends[n] = end
		n++
	}
	for n--; n >= 0; n-- {
		if w, ok := hanWords[text[:ends[n]]]; ok {
			return w, ends[n]
		}
	}
	return word{}, 0
}

var spelling = pinyin.NewArgs()

// spell writes Chinese characters in Pinyin without tones, as one word.
func spell(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		if s := pinyin.SinglePinyin(r, spelling); len(s) > 0 {
			b.WriteString(s[0])
		} else {
			b.WriteString(string(r))
		}
	}
	return b.String()
}

// joinPhrases replaces what means something only together.
func joinPhrases(f *folded, list []term) []term {
	kept := list[:0]
	for i := 0; i < len(list); {
		n := min(longestPhrase, len(list)-i)
		for ; n > 1; n-- {
			if p, ok := phrases[phraseOf(list[i:i+n])]; ok {
				f.changes |= changedWords
				kept = append(kept, term{list[i].class, p, phraseOf(list[i : i+n])})
				break
			}
		}
		if n <= 1 {
			n = 1
			t := list[i]
			if p, ok := phrases[t.text]; ok {
				t.text = p
			}
			kept = append(kept, t)
		}
		i += n
	}
	return kept
}

func phraseOf(list []term) string {
	const limit = 48
	var b [limit]byte
	n := 0
	for i, t := range list {
		if n+len(t.text)+1 > limit {
			return ""
		}
		if i > 0 {
			b[n] = ' '
			n++
		}
		n += copy(b[n:], t.text)
	}
	return string(b[:n])
}

// leading are legal forms that stand in front of the name.
var leading = wordSet("ooo oao zao ao pao tov pat pt pjsc ojsc cjsc jsc llc kk cv ltd joint stock co compagnie obshchestvo aktsionernoe sharika sherkat limited company corporation")

func wordSet(text string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		m[w] = true
	}
	return m
}

// classify looks the words up. A legal form in front of everything is one only
// where it is usual there, and a name never consists of them alone.
func classify(f *folded, list []term) []term {
	names := 0
	for i := range list {
		t := &list[i]
		if t.class != nameWord {
			names += named(t.class)
			continue
		}
		w, ok := words[t.text]
		if i == 0 && ((w.class == legalWord && !leading[t.text]) || (w.class == functionWord && len(t.text) == 1)) {
			ok = false // AG Neovo, A Plus
		}
		if ok {
			if w.text != t.text {
				f.changes |= changedWords
			}
			t.class, t.text = w.class, w.text
		}
		names += named(t.class)
	}
	if names == 0 { // a company called The Limited
		for i := range list {
			if list[i].class == legalWord || list[i].class == functionWord {
				list[i].class, list[i].text = nameWord, list[i].as
			}
		}
	}
	return list
}

func named(c class) int {
	if c == legalWord || c == functionWord {
		return 0
	}
	return 1
}

// core is the name without legal forms and function words, as one key.
func core(list []term, key []byte) []byte {
	for _, t := range list {
		if named(t.class) == 1 {
			key = append(key, t.text...)
		}
	}
	return key
}

// acronym is the first letters of a name of at least three words, in two
// forms: with and without what stands for a legal form.
func acronym(list []term, legal bool) string {
	var b strings.Builder
	for _, t := range list {
		if named(t.class) == 1 || (legal && t.class == legalWord) {
			b.WriteByte(t.text[0])
		}
	}
	if b.Len() < shortestAcronym {
		return ""
	}
	return b.String()
}

const shortestAcronym = 3
