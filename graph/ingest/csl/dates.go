package csl

import (
	"strings"
	"time"

	"debadge/graph"
)

// earliestYear is the first year in which a listing can have begun: the lists
// are of the twentieth century. 0097-06-30 was seen for 1997-06-30.
const earliestYear = 1900

// dateForms are the forms in which editions write dates.
var dateForms = []string{time.DateOnly, "02 Jan 2006", "2 Jan 2006", "1/2/2006", "January 2, 2006"}

// parseDate reads a date. A year before 1900 is none: it is not mended by
// guessing, since a later edition may say what was meant.
func parseDate(text string) (graph.Date, bool) {
	text = strings.TrimSpace(text)
	for _, form := range dateForms {
		if t, err := time.Parse(form, text); err == nil {
			return graph.DayOf(t).Date(), t.Year() >= earliestYear
		}
	}
	return graph.Date{}, false
}

// pivot is the two-digit year from which on a citation means the last century.
const pivot = 36 // the Federal Register begins in 1936

// shortDate reads the date of a citation, such as 1/30/07.
func shortDate(text string) graph.Date {
	t, err := time.Parse("1/2/2006", text)
	if err != nil {
		if t, err = time.Parse("1/2/06", text); err != nil {
			return graph.Date{}
		}
		year := t.Year() % 100
		if year >= pivot {
			year += 1900
		} else {
			year += 2000
		}
		t = time.Date(year, t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return graph.DayOf(t).Date()
}
