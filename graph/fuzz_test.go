package graph_test

import (
	"testing"

	"debadge/graph"
)

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2023", "2023-03", "2024-02-29", "0001-01-01", "9999-12-31", "2023-02-30", "", "2023-3", "２０２３"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := graph.ParseDate(text)
		if err != nil {
			return
		}
		if d.String() != text || d.IsZero() {
			t.Errorf("%q is read as %q", text, d)
		}
		if d.Earliest() > d.Latest() || d.Earliest() < graph.MinDay || d.Latest() > graph.MaxDay {
			t.Errorf("%q is from %s to %s", text, d.Earliest(), d.Latest())
		}
	})
}

func FuzzParseShare(f *testing.F) {
	for _, seed := range []string{"0", "50", "33.33", "100", "16.700000", "100.000001", "-1", "1e2", ".5", "", "0000000050"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := graph.ParseShare(text)
		if err != nil {
			return
		}
		if s.IsZero() || s.Micro() < 0 || s.Micro() > graph.WholeShare {
			t.Errorf("%q is read as %d", text, s.Micro())
		}
		if again, err := graph.ParseShare(s.String()); err != nil || again != s {
			t.Errorf("%q is written as %q and read as %q: %v", text, s, again, err)
		}
	})
}

func FuzzParsePolicy(f *testing.F) {
	for _, seed := range []string{
		`{"name": "x"}`, `{"name": "x", "max_hop": 3}`, `{"name": "x", "ownership": [{"name": "r", "form": "majority", "threshold": "33.33"}]}`,
		`{"name": "x", "lists": ["list:a"], "relations": ["MAKES"], "weakest_status": "reported", "min_confidence": 0.5}`,
		`{"name": "x", "ownership": [{"name": "r", "form": "any", "in_force": [{"from": "2025-09-29", "to": "2025-11-10"}]}]}`, `null`, `{}`, `[`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := graph.ParsePolicy(data)
		if err != nil {
			if graph.KindOf(err) != graph.KindInvalid {
				t.Errorf("%s: %v", data, err)
			}
			return
		}
		if err := p.Check(); err != nil {
			t.Errorf("%s is accepted and then refused: %v", data, err)
		}
		again, err := graph.ParsePolicy(data)
		if err != nil || again.Digest() != p.Digest() {
			t.Errorf("%s has two digests: %v", data, err)
		}
	})
}
