package resolve_test

import (
	"os"
	"strings"
	"testing"

	"debadge/graph/resolve"
)

func labeled(t *testing.T) []resolve.Pair {
	t.Helper()
	f, err := os.Open("testdata/pairs.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pairs, err := resolve.ReadPairs(f)
	if err != nil {
		t.Fatal(err)
	}
	return pairs
}

// TestLabeledSet holds the promise of the README: run it with -v to see the
// misses.
func TestLabeledSet(t *testing.T) {
	const least = 0.97
	pairs := labeled(t)
	if len(pairs) < 400 {
		t.Errorf("the labeled set has %d pairs, want at least 400", len(pairs))
	}
	scored, err := resolve.Evaluate(pairs, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := resolve.Measured(scored, resolve.DefaultThreshold)
	t.Logf("debadge: %+v", m)
	t.Logf("Jaro-Winkler at its best threshold: %+v", resolve.Best(resolve.EvaluateJaroWinkler(pairs)))
	for _, p := range scored {
		if found := p.Score >= resolve.DefaultThreshold; found != p.Same {
			t.Logf("%-5v %.3f %q for %q: %s", p.Same, p.Score, p.Text, p.Name, p.How)
		}
	}
	if m.Precision < least || m.Recall < least {
		t.Errorf("precision %.4f and recall %.4f, want at least %v", m.Precision, m.Recall, least)
	}
}

func TestReadPairsRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "begins with the header",
		"a,b\n":                           "begins with the header",
		"text,brand,name,kind,same,how\n": "has no pair",
		"text,brand,name,kind,same,how\na,,b,list,yes,x\n":      "line 2",
		"text,brand,name,kind,same,how\na,,b,company,maybe,x\n": "line 2",
		"text,brand,name,kind,same,how\na,b\n":                  "cannot be read",
	} {
		if _, err := resolve.ReadPairs(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
