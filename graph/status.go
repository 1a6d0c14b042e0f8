package graph

import (
	"math/bits"
	"strconv"
	"strings"
)

// Status is how far a claim is established. A lower value is stronger.
type Status uint8

// The statuses, strongest first.
const (
	Confirmed Status = 1 + iota // by a regulator, a court finding, or the maker itself
	Reported                    // by a registry, the press or a third party's examination
	Alleged                     // by a party
	Disputed                    // contradicted by evidence of equal rank: shown, never counted
)

var statusNames = [...]string{Confirmed: "confirmed", Reported: "reported", Alleged: "alleged", Disputed: "disputed"}

// Statuses returns the statuses, strongest first.
func Statuses() []Status { return []Status{Confirmed, Reported, Alleged, Disputed} }

// ParseStatus reads a status by its name.
func ParseStatus(text string) (Status, error) {
	for s, name := range statusNames {
		if name == text && name != "" {
			return Status(s), nil
		}
	}
	return 0, Errorf(KindInvalid, "%q is not a status; use confirmed, reported, alleged or disputed", text)
}

// String returns the status's name, and "" for none.
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return ""
}

// MarshalText writes the name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the name.
func (s *Status) UnmarshalText(text []byte) (err error) {
	*s, err = ParseStatus(string(text))
	return err
}

// Confidence is how much one trusts a claim, in percent from 1 to 100; in JSON
// it is a number above 0 and up to 1 with at most two decimals. Whole percents
// keep the product along a path exact, so that equal paths tie on every store.
// Its zero value is a confidence that is not stated.
type Confidence uint8

// DefaultConfidence is the confidence of a claim that states none.
func DefaultConfidence(s Status) Confidence {
	switch s {
	case Confirmed:
		return 100
	case Reported:
		return 80
	case Alleged:
		return 60
	case Disputed:
		return 50
	}
	return 50
}

// ParseConfidence reads a number above 0 and up to 1 with at most two decimals.
func ParseConfidence(text string) (Confidence, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	if len(fraction) <= 2 && digits(whole+fraction) && len(whole) == 1 {
		n, err := strconv.ParseUint(whole+fraction+strings.Repeat("0", 2-len(fraction)), 10, 16)
		if err == nil && n >= 1 && n <= 100 {
			return Confidence(n), nil
		}
	}
	return 0, Errorf(KindInvalid, "%q is not a confidence; write a number from 0.01 to 1 with at most two decimals", text)
}

// String returns the confidence as a decimal such as 0.8.
func (c Confidence) String() string { return decimal(int64(c), 2) }

// MarshalJSON writes the confidence as a number.
func (c Confidence) MarshalJSON() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalJSON reads what [ParseConfidence] does; null is a confidence that is not stated.
func (c *Confidence) UnmarshalJSON(data []byte) (err error) {
	if string(data) == "null" {
		*c = 0
		return nil
	}
	*c, err = ParseConfidence(string(data))
	return err
}

// product is an exact product of up to 18 confidences: at most 10^36, which
// fits 128 bits.
type product struct{ hi, lo uint64 }

func (p product) times(c Confidence) product {
	hi, lo := bits.Mul64(p.lo, uint64(c))
	return product{hi + p.hi*uint64(c), lo}
}

func (p product) compare(q product) int {
	switch {
	case p == q:
		return 0
	case p.hi < q.hi || (p.hi == q.hi && p.lo < q.lo):
		return -1
	}
	return 1
}
