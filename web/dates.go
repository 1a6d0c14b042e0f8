package web

import (
	"strconv"
	"time"

	"debadge/graph"
	"debadge/graph/words"
)

// longDate writes a date as people say it, as exactly as it is known: March 2023.
func longDate(d graph.Date) string {
	if d.IsZero() {
		return ""
	}
	at := d.Earliest().Time()
	switch {
	case d.IsDay():
		return strconv.Itoa(at.Day()) + " " + monthName(at.Month()) + " " + strconv.Itoa(at.Year())
	case len(d.String()) == len("2023-03"):
		return monthName(at.Month()) + " " + strconv.Itoa(at.Year())
	}
	return strconv.Itoa(at.Year())
}

// dated writes a text that is a date as longDate does, and any other as it is.
func dated(text string) string {
	if d, err := graph.ParseDate(text); err == nil {
		return longDate(d)
	}
	return text
}

// minute writes when something was done, as exactly as people ask.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func monthName(m time.Month) string { return textOf("month", int(m)) }

// period says from when until when something holds, in words.
func period(from, to graph.Date) string {
	switch {
	case from.IsZero() && to.IsZero():
		return text("period.none")
	case to.IsZero():
		return text("period.from", longDate(from))
	case from.IsZero():
		return text("period.until", longDate(to))
	}
	return text("period.both", longDate(from), longDate(to))
}

// days is a number of days in words.
func days(n int) string {
	if n == 1 {
		return text("data.day")
	}
	return text("data.days", words.Thousands(n))
}
