// Package extent tells how much trials and benchmarks do, by what is set in the
// environment of whoever runs them. Tests alone import it.
package extent

import (
	"os"
	"strconv"
	"testing"
)

// Products is the variable that says how many products the graphs of benchmarks
// have.
const Products = "DEBADGE_BENCH_PRODUCTS"

// Full reports whether trials run in their full form: with DEBADGE_TRIAL_FULL=1.
func Full() bool {
	full, _ := strconv.ParseBool(os.Getenv("DEBADGE_TRIAL_FULL")) // anything else is no
	return full
}

// Rounds returns how much a trial does: the first in every run of the tests, the
// second in its full form.
func Rounds(short, full int) int {
	if Full() {
		return full
	}
	return short
}

// Size returns the number that a variable gives, or the usual one if it is not
// set. What is no number above 0 ends the test.
func Size(tb testing.TB, variable string, usual int) int {
	tb.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		tb.Fatalf("%s is %q; give a number above 0", variable, text)
	}
	return n
}
