package resolve

import (
	"hash/maphash"
	"slices"
	"unicode/utf8"
)

// gram is three neighboring letters or digits of a word, the front of the word
// counting as one, or two neighboring Chinese characters.
type gram uint32

const (
	gramLetters = 37 // the front, a to z, 0 to 9
	asciiGrams  = gramLetters * gramLetters * gramLetters
	hanGrams    = 1 << 17 // by hash; a collision costs a comparison
	allGrams    = asciiGrams + hanGrams
)

func gramLetter(c byte) gram {
	switch {
	case isLetter(c):
		return gram(c-'a') + 1
	case isDigit(c):
		return gram(c-'0') + 1 + 26
	}
	return 0
}

// appendGrams adds the grams of a word that are not there yet.
func appendGrams(grams []gram, word string) []gram {
	front, last := gram(0), gram(0)
	for i := range len(word) {
		c := gramLetter(word[i])
		if i == 0 {
			last = c
			if len(word) == 1 {
				grams = appendGram(grams, c)
			}
			continue
		}
		grams = appendGram(grams, (front*gramLetters+last)*gramLetters+c)
		front, last = last, c
	}
	return grams
}

// appendHanGrams adds the pairs of Chinese characters of a text, or the one
// that it has.
func appendHanGrams(grams []gram, text string) []gram {
	last := 0
	for i, r := range text {
		if r >= utf8.RuneSelf {
			size := utf8.RuneLen(r)
			if i > 0 || len(text) == size {
				h := maphash.String(seed, text[last:i+size])
				grams = appendGram(grams, asciiGrams+gram(h&(hanGrams-1)))
			}
		}
		last = i
	}
	return grams
}

func appendGram(grams []gram, g gram) []gram {
	if slices.Contains(grams, g) {
		return grams
	}
	return append(grams, g)
}

// postings lists the names that have each gram.
type postings struct {
	start []uint32
	names []uint32
}

func (p *postings) of(g gram) []uint32 { return p.names[p.start[g]:p.start[g+1]] }

// newPostings is given a way to go through the grams of all names, in order,
// and goes through them twice.
func newPostings(names int, gramsOf func(name int, grams []gram) []gram) postings {
	p := postings{start: make([]uint32, allGrams+1)}
	var grams []gram
	for i := range names {
		grams = gramsOf(i, grams[:0])
		for _, g := range grams {
			p.start[g+1]++
		}
	}
	for g := range allGrams {
		p.start[g+1] += p.start[g]
	}
	p.names = make([]uint32, p.start[allGrams])
	next := make([]uint32, allGrams)
	copy(next, p.start)
	for i := range names {
		grams = gramsOf(i, grams[:0])
		for _, g := range grams {
			p.names[next[g]] = uint32(i)
			next[g]++
		}
	}
	return p
}
