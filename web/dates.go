package web

import (
	"strconv"
	"time"

	"debadge/graph"
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

// minute writes when something was done, as exactly as people ask.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func monthName(m time.Month) string { return textOf("month", int(m)) }
