package main

import "debadge/graph/words"

// The words of answers, which every page for people shares.
var (
	walk         = words.Walk
	sentence     = words.Sentence
	told         = words.Told
	wayWords     = words.Way
	period       = words.Period
	sourceLine   = words.SourceLine
	plural       = words.Plural
	thousands    = words.Thousands
	sentenceCase = words.SentenceCase
	headline     = words.Headline
	knownAt      = words.KnownAt
	joined       = words.Joined
	inOrder      = words.InOrder
	listedWords  = words.Listed
	claimNotes   = words.ClaimNotes
	afterWords   = words.After
	datesOf      = words.Dates
	editionWords = words.Edition
	namesIn      = words.NamesIn
	byCompany    = words.ByCompany
	verdictWords = words.Verdict
	escape       = words.Visible
)
