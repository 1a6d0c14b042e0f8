package resolve

// soundOf appends the sound of the words that make a company's name its own.
func soundOf(list []term, key []byte) []byte {
	for _, t := range list {
		if t.class == nameWord {
			key = appendSound(key, t.text)
		}
	}
	return key
}

// appendSound writes a word so that the usual transliterations of one name
// become the same: no difference between letters of one sound, no double
// letters, no silent h.
func appendSound(key []byte, text string) []byte {
	start := len(key)
	put := func(c byte) {
		if len(key) == start || key[len(key)-1] != c {
			key = append(key, c)
		}
	}
	for i := range len(text) {
		next := byte(0)
		if i+1 < len(text) {
			next = text[i+1]
		}
		switch c := text[i]; c {
		case 'p':
			if next == 'h' {
				c = 'f'
			}
			put(c)
		case 'k':
			if next != 'h' {
				put(c)
			}
		case 'h':
			if i == 0 || !isConsonant(text[i-1]) || text[i-1] == 'k' {
				put(c)
			}
		case 'c', 'q':
			put('k')
		case 'v', 'w', 'o':
			put('u')
		case 'y', 'j', 'e':
			put('i')
		case 'z':
			put('s')
		case 'x':
			put('k')
			put('s')
		default:
			put(c)
		}
	}
	return key
}

func isConsonant(c byte) bool {
	switch c {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return false
	}
	return isLetter(c)
}
