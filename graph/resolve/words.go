package resolve

import (
	"embed"
	"strings"
)

//go:embed words
var wordFiles embed.FS

// class says what a word of a company's name is worth when names are compared.
type class byte

const (
	nameWord     class = 'n' // what makes the name its own
	activityWord class = 'a' // what tells the companies of one group apart
	generalWord  class = 'g' // what people leave out
	placeWord    class = 'p'
	legalWord    class = 'l'
	functionWord class = 'f'
)

var roles = map[class]string{
	nameWord: "name", activityWord: "activity", generalWord: "general", placeWord: "place", legalWord: "legal form", functionWord: "function word",
}

// sections are the headings of the files of words.
var sections = map[string]class{
	"legal": legalWord, "function": functionWord, "place": placeWord, "general": generalWord, "activity": activityWord,
}

// word is a common word with the one that stands for it and its variants.
type word struct {
	class class
	text  string
}

var (
	words      = latinWords()
	hanWords   = hanDictionary()
	phrases    = phraseWords()
	slips      = slipped(func(word) bool { return true })
	legalSlips = slipped(func(w word) bool { return w.class == legalWord })
	describing = modelWords("describing")
	variants   = modelWords("variant")
)

// longestHan is how many characters the longest of hanWords has, and
// longestPhrase how many words the longest phrase.
const (
	longestHan    = 6
	longestPhrase = 5
)

// lines calls use for each line of a file of words with the heading above it.
func lines(file string, use func(section, line string)) {
	data, err := wordFiles.ReadFile("words/" + file)
	if err != nil {
		panic(err) // it is embedded
	}
	section := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section = strings.Trim(line, "[]")
		default:
			use(section, line)
		}
	}
}

func latinWords() map[string]word {
	m := map[string]word{}
	lines("latin.txt", func(section, line string) {
		for field := range strings.FieldsSeq(line) {
			variants := strings.Split(field, "=")
			for _, v := range variants {
				if _, there := m[v]; !there {
					m[v] = word{sections[section], variants[0]}
				}
			}
		}
	})
	return m
}

func hanDictionary() map[string]word {
	m := map[string]word{}
	lines("han.txt", func(section, line string) {
		for field := range strings.FieldsSeq(line) {
			han, latin, _ := strings.Cut(field, "=")
			m[han] = word{sections[section], latin}
		}
	})
	return m
}

func phraseWords() map[string]string {
	m := map[string]string{}
	lines("phrases.txt", func(_, line string) {
		phrase, stands, _ := strings.Cut(line, " = ")
		m[phrase] = stands
	})
	return m
}

func modelWords(wanted string) map[string]bool {
	m := map[string]bool{}
	lines("models.txt", func(section, line string) {
		if section == wanted {
			for w := range strings.FieldsSeq(line) {
				m[w] = true
			}
		}
	})
	return m
}

// slipped holds the common words that are wanted with any one letter left out: a word that is
// one letter away from a common word shares such a form with it.
func slipped(wanted func(word) bool) map[string]bool {
	const short = 5
	m := map[string]bool{}
	for w, of := range words {
		if len(w) >= short && wanted(of) {
			eachSlip(w, func(s string) bool { m[s] = true; return false })
		}
	}
	return m
}

// eachSlip calls use for a word and for the word with each letter left out,
// until use is content.
func eachSlip(text string, use func(string) bool) bool {
	if use(text) {
		return true
	}
	for i := range len(text) {
		if use(text[:i] + text[i+1:]) {
			return true
		}
	}
	return false
}

// nearCommon reports whether a word may be a common one, misspelled.
func nearCommon(text string) bool { return eachSlip(text, func(s string) bool { return slips[s] }) }

// nearLegal reports whether a word may be a legal form, misspelled.
func nearLegal(text string) bool {
	const short = 6
	return len(text) >= short && eachSlip(text, func(s string) bool { return legalSlips[s] })
}
