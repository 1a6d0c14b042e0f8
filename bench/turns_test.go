package bench_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"debadge/bench"
)

func now() time.Time { return time.Now().UTC() } //nolint:forbidigo // benchmarks measure time

// side is one way to answer the questions of a workload.
type side struct {
	name string
	ask  func(i int) error    // the question of that number
	most int                  // questions in a round; 0: all of them
	took func() time.Duration // of the last answer, where another process measured it
}

// turns is how a workload is asked: in every round each side gets the same
// questions, one side after the other, and begins where the side before it did.
type turns struct {
	rounds int
	each   int // questions in a round
}

// measure asks every side in turns and keeps its quantiles. The first round is
// one more, and not counted: it warms the sides up.
func (s *sheet) measure(t *testing.T, workload string, n turns, sides []side) {
	t.Helper()
	took := make([][]time.Duration, len(sides))
	for round := range n.rounds + 1 {
		for k := range sides {
			k := (k + round) % len(sides)
			most := n.each
			if sides[k].most > 0 {
				most = min(most, sides[k].most)
			}
			for i := range most {
				question := round*n.each + i
				began := now()
				if err := sides[k].ask(question); err != nil {
					t.Fatalf("%s, %s, question %d: %v", workload, sides[k].name, question, err)
				}
				lasted := now().Sub(began)
				if sides[k].took != nil {
					lasted = sides[k].took()
				}
				if round > 0 {
					took[k] = append(took[k], lasted)
				}
			}
		}
	}
	for k := range sides {
		s.durations(workload, sides[k].name, took[k])
	}
}

// fewest is how many samples a 99th percentile needs.
const fewest = 100

// durations keeps the quantiles of what was measured.
func (s *sheet) durations(workload, side string, took []time.Duration) {
	slices.SortFunc(took, cmp.Compare)
	r := bench.Result{Workload: workload, Side: side, Unit: "ns", Samples: len(took), P50: float64(took[len(took)/2])}
	if len(took) >= fewest {
		r.P99 = float64(took[len(took)*99/100])
	}
	s.add(r)
}

// value keeps what is no duration.
func (s *sheet) value(workload, side, unit string, value float64) {
	s.add(bench.Result{Workload: workload, Side: side, Unit: unit, Samples: 1, P50: value})
}

// sheet collects the results of a run.
type sheet struct {
	run     bench.Run
	results []bench.Result
}

func (s *sheet) add(r bench.Result) {
	r.Run = s.run
	s.results = append(s.results, r)
}
