package ftm

import (
	"strconv"
	"testing"
)

func TestSeenForgetsNothingAndRarelyErrs(t *testing.T) {
	const n = 100_000
	s := newSeen(n * 300) // bytes of file that so many entities take
	for i := range n {
		s.add("known-" + strconv.Itoa(i))
	}
	wrong := 0
	for i := range n {
		if !s.has("known-" + strconv.Itoa(i)) {
			t.Fatalf("known-%d is forgotten", i)
		}
		if s.has("unknown-" + strconv.Itoa(i)) {
			wrong++
		}
	}
	if wrong > n/10_000 {
		t.Errorf("%d of %d unknown ids are taken for known", wrong, n)
	}
}

func TestSeenHasASizeThatDoesNotGrowForEver(t *testing.T) {
	if small, large := len(newSeen(0).bits), len(newSeen(1<<50).bits); small != leastWords || large != mostWords {
		t.Errorf("%d and %d words, want %d and %d", small, large, leastWords, mostWords)
	}
}
