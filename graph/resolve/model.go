package resolve

import "strings"

// chunk is a part of a model's name, or of a line that mentions one.
type chunk struct {
	text   string
	joined bool // to the one in front, by a hyphen or the like
}

// chunks splits a folded text.
func chunks(text string, list []chunk) []chunk {
	joined := false
	for text != "" {
		i := strings.IndexAny(text, " -")
		if i < 0 {
			return append(list, chunk{text, joined})
		}
		list = append(list, chunk{text[:i], joined})
		joined = text[i] == '-'
		text = text[i+1:]
	}
	return list
}

// compact appends a folded text without its separators.
func compact(key []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c != ' ' && c != '-' {
			key = append(key, c)
		}
	}
	return key
}

func hasDigit(text string) bool { return strings.ContainsAny(text, "0123456789") }

func hasLetter(text string) bool {
	for i := range len(text) {
		if !isDigit(text[i]) {
			return true
		}
	}
	return false
}

// isCode reports whether a text is a model number by itself: long enough, of
// letters and digits, or of many digits.
func isCode(key string) bool {
	const short, number = 5, 7
	return hasDigit(key) && ((hasLetter(key) && len(key) >= short) || len(key) >= number)
}

// isDistinct reports whether a product's name is hardly anything else's.
func isDistinct(list []chunk) bool {
	const words, letters = 2, 8
	key := joinChunks(list)
	if isCode(key) && (len(list) == 1 || codes(list)) {
		return true
	}
	return len(list) >= words && len(key) >= letters
}

// codes reports whether a chunk of a name is a code of its own.
func codes(list []chunk) bool {
	for _, c := range list {
		if hasDigit(c.text) && hasLetter(c.text) {
			return true
		}
	}
	return isCode(joinChunks(list))
}

func joinChunks(list []chunk) string {
	if len(list) == 1 {
		return list[0].text
	}
	var b strings.Builder
	for _, c := range list {
		b.WriteString(c.text)
	}
	return b.String()
}

// hasGeneration reports whether a model's name says its generation already, so
// that what follows it is an option: KR2280-X2, NF5280M5.
func hasGeneration(list []chunk) bool {
	last := list[len(list)-1].text
	if len(list) > 1 {
		return isGeneration(last) && codes(list[:len(list)-1])
	}
	at := len(last)
	for at > 0 && isDigit(last[at-1]) {
		at--
	}
	const mostDigits = 2
	n := len(last) - at
	return n > 0 && n <= mostDigits && hasDigit(last[:at])
}

// isGeneration reports whether a chunk has the form of a generation: one to
// three letters and one or two digits.
func isGeneration(text string) bool {
	const mostLetters, mostDigits = 3, 2
	letters := 0
	for letters < len(text) && isLetter(text[letters]) {
		letters++
	}
	digits := len(text) - letters
	return letters >= 1 && letters <= mostLetters && digits >= 1 && digits <= mostDigits && !hasLetter(text[letters:])
}

// options reports whether what is joined behind a model is a list of options:
// three parts or more, the first of which is not what generations are called.
func options(behind []chunk) bool {
	const least = 3
	for i := range least {
		if i >= len(behind) || !behind[i].joined {
			return false
		}
	}
	first := behind[0].text
	return !variants[first] && (!isGeneration(first) || !strings.Contains("egmvx", first[:1]))
}

// confusable writes O as 0, and I and L as 1.
func confusable(key []byte) []byte {
	for i, c := range key {
		switch c {
		case 'o':
			key[i] = '0'
		case 'i', 'l':
			key[i] = '1'
		}
	}
	return key
}

// hasConfusable reports whether a text has a character that another one could
// be taken for.
func hasConfusable(text string) bool { return strings.ContainsAny(text, "01oil") }
