package extent_test

import (
	"testing"

	"debadge/extent"
)

func TestRounds(t *testing.T) {
	for value, want := range map[string]int{"": 3, "0": 3, "1": 100, "true": 100, "often": 3} {
		t.Setenv("DEBADGE_TRIAL_FULL", value)
		if got := extent.Rounds(3, 100); got != want {
			t.Errorf("with %q it is %d, want %d", value, got, want)
		}
	}
}

// ended is a test that takes note of its end.
type ended struct {
	testing.TB
	fatal bool
}

func (e *ended) Helper() {}

func (e *ended) Fatalf(string, ...any) { e.fatal = true }

func TestSize(t *testing.T) {
	for value, want := range map[string]int{"": 10, "250": 250, "0": 0, "-1": 0, "many": 0} {
		t.Setenv(extent.Products, value)
		tb := &ended{TB: t}
		if got := extent.Size(tb, extent.Products, 10); tb.fatal != (want == 0) || (want > 0 && got != want) {
			t.Errorf("with %q it is %d, want %d", value, got, want)
		}
	}
}
