// Package words says answers in plain English, for every page that people read:
// names as they are called, claims as sentences, periods, verdicts. The words
// are neutral: they say what a claim says and who made it, and accuse nobody.
package words
