package graph

import (
	"strconv"
	"strings"
)

// Share is a part of a company in units of 10^-6 percent, so that shares add up
// exactly (16.7 + 16.6 + 16.7 is 50). Its zero value is a share that is not stated.
type Share struct {
	micro  int32
	stated bool
}

// WholeShare is 100 percent in a [Share]'s unit.
const WholeShare = 100_000_000

const shareDecimals = 6

// ShareOf returns the stated share of so many millionths of a percent.
func ShareOf(micro int32) Share { return Share{micro: micro, stated: true} }

// ParseShare reads a percentage such as 33.33, with at most six decimals,
// between 0 and 100.
func ParseShare(text string) (Share, error) {
	wrong := func(what string) (Share, error) {
		return Share{}, Errorf(KindInvalid, "%q %s; write a percentage from 0 to 100 with at most %d decimals, such as 33.33", text, what, shareDecimals)
	}
	whole, fraction, dotted := strings.Cut(text, ".")
	if len(fraction) > shareDecimals {
		return wrong("has too many decimals")
	}
	if !digits(whole) || (dotted && !digits(fraction)) || len(whole) > 9 {
		if rest, ok := strings.CutPrefix(text, "-"); ok && digits(strings.Replace(rest, ".", "", 1)) {
			return wrong("is outside 0 to 100")
		}
		return wrong("is not a share")
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", shareDecimals-len(fraction)), 10, 64)
	if err != nil {
		return wrong("is not a share")
	}
	if n > WholeShare {
		return wrong("is outside 0 to 100")
	}
	return ShareOf(int32(n)), nil //nolint:gosec // at most WholeShare
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// IsZero reports whether the share is not stated.
func (s Share) IsZero() bool { return !s.stated }

// Micro returns the share in millionths of a percent.
func (s Share) Micro() int32 { return s.micro }

// String returns the percentage with as many decimals as it needs, and "" for
// a share that is not stated.
func (s Share) String() string {
	if !s.stated {
		return ""
	}
	return decimal(int64(s.micro), shareDecimals)
}

// decimal writes n / 10^places without trailing zeros.
func decimal(n int64, places int) string {
	text := strconv.FormatInt(n, 10)
	if pad := places + 1 - len(text); pad > 0 {
		text = strings.Repeat("0", pad) + text
	}
	whole, fraction := text[:len(text)-places], strings.TrimRight(text[len(text)-places:], "0")
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

// MarshalText writes the percentage as a decimal, never as a float.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalJSON reads the percentage from a string or a number.
func (s *Share) UnmarshalJSON(data []byte) error {
	text := strings.Trim(string(data), `"`)
	if text == "null" || text == "" {
		*s = Share{}
		return nil
	}
	parsed, err := ParseShare(text)
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
