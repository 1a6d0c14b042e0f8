package web

import (
	"strconv"
	"time"

	"debadge/graph"
)

// timeForm is the form that moves the dates of a page.
type timeForm struct {
	AsOf     string // a day
	First    int    // of the slider, in days of Unix time
	Last     int
	Marks    []mark // days at which the finding changes
	KnownAt  string // a day, or what else was asked
	KnownDay bool   // KnownAt is a day, or nothing
}

// mark is a day on the slider.
type mark struct {
	Day  int
	Text string
}

const (
	unixDay = 24 * 60 * 60

	// sliderPad is what a slider has beside the dates that matter, in days.
	sliderPad = 180
)

func timeFormOf(q question, steps []graph.Step, a graph.Answer, now time.Time) timeForm {
	today := graph.DayOf(now)
	f := timeForm{AsOf: a.AsOf.String(), KnownAt: q.KnownAt}
	if d, err := graph.ParseDate(q.KnownAt); q.KnownAt == "" || err == nil && d.IsDay() {
		f.KnownDay = true
	}
	asOf := a.AsOf.Earliest()
	first, last := min(asOf, today), max(asOf, today)
	for _, s := range steps {
		if s.From.IsZero() {
			continue
		}
		day := s.From.Earliest()
		first, last = min(first, day), max(last, day)
		f.Marks = append(f.Marks, mark{unixDays(day), longDate(s.From)})
	}
	f.First, f.Last = unixDays(first)-sliderPad, unixDays(last)
	return f
}

func unixDays(d graph.Day) int { return int(d.Time().Unix() / unixDay) }

// AsOfDay is where the slider stands.
func (f timeForm) AsOfDay() string {
	t, err := time.Parse(time.DateOnly, f.AsOf)
	if err != nil {
		return strconv.Itoa(f.Last)
	}
	return strconv.FormatInt(t.Unix()/unixDay, 10)
}
