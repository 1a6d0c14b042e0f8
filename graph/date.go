package graph

import (
	"fmt"
	"strings"
	"time"
)

// Day is a day in the proleptic Gregorian calendar, counted from 1970-01-01.
type Day int32

// The open ends of an interval, 0001-01-01 and 9999-12-31: no date in a claim
// is compared with null.
const (
	MinDay Day = -719162
	MaxDay Day = 2932896
)

const secondsADay = 24 * 60 * 60

// DayOf returns the day of t in UTC.
func DayOf(t time.Time) Day {
	y, m, d := t.UTC().Date()
	return civil(y, m, d)
}

// Time returns midnight UTC of the day.
func (d Day) Time() time.Time { return time.Unix(int64(d)*secondsADay, 0).UTC() }

// Date returns the day as a date of full precision.
func (d Day) Date() Date {
	y, m, day := d.Time().Date()
	return Date{int16(y), uint8(m), uint8(day)} //nolint:gosec // a Day lies between the years 1 and 9999
}

// String returns the day as YYYY-MM-DD.
func (d Day) String() string { return d.Time().Format(time.DateOnly) }

func civil(y int, m time.Month, d int) Day {
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsADay) //nolint:gosec // years 1 to 9999 fit
}

// Date is a date as a source gives it: a day, a month or a year. Its zero value
// is no date, which at the end of an interval means that the end is open.
type Date struct {
	year  int16
	month uint8 // 0: only the year is known
	day   uint8 // 0: only the month is known
}

// ParseDate reads YYYY, YYYY-MM or YYYY-MM-DD.
func ParseDate(text string) (Date, error) {
	for _, form := range []string{time.DateOnly, "2006-01", "2006"} {
		if len(text) != len(form) {
			continue
		}
		t, err := time.Parse(form, text)
		if err != nil || t.Year() < 1 {
			break
		}
		d := DayOf(t).Date()
		parts := 1 + strings.Count(form, "-")
		if parts < 3 {
			d.day = 0
		}
		if parts < 2 {
			d.month = 0
		}
		return d, nil
	}
	return Date{}, Errorf(KindInvalid, "%q is not a date; write YYYY-MM-DD, YYYY-MM or YYYY", text)
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// IsDay reports whether the date is known to the day.
func (d Date) IsDay() bool { return d.day != 0 }

// Earliest is the first day that the date can mean: how a start is read. No
// date is MinDay.
func (d Date) Earliest() Day {
	if d.IsZero() {
		return MinDay
	}
	return civil(int(d.year), time.Month(max(d.month, 1)), int(max(d.day, 1)))
}

// Latest is the last day that the date can mean: how an end is read. No date
// is MaxDay.
func (d Date) Latest() Day {
	switch {
	case d.IsZero():
		return MaxDay
	case d.month == 0:
		return civil(int(d.year), time.December, 31)
	case d.day == 0:
		return civil(int(d.year), time.Month(d.month)+1, 0)
	}
	return d.Earliest()
}

// String returns the date as precisely as it is known, and "" for none.
func (d Date) String() string {
	switch {
	case d.IsZero():
		return ""
	case d.month == 0:
		return fmt.Sprintf("%04d", d.year)
	case d.day == 0:
		return fmt.Sprintf("%04d-%02d", d.year, d.month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// MarshalJSON writes the date as a string, and no date as null.
func (d Date) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + d.String() + `"`), nil
}

// UnmarshalText reads what [ParseDate] does; the empty text is no date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
