package bundle_test

import (
	"os"
	"strings"
	"testing"

	"debadge/graph"
)

// TestReadmeTellsTheRelations compares the table of the description with the
// one in code.
func TestReadmeTellsTheRelations(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range graph.Relations() {
		rule := r.Rule()
		_, row, ok := strings.Cut(string(readme), "\n| `"+rule.Name+"` | "+string(rule.From)+", "+string(rule.To)+" | ")
		row, _, _ = strings.Cut(row, "\n")
		if !ok {
			t.Errorf("no row tells of %s, from a %s to a %s", rule.Name, rule.From, rule.To)
		}
		for _, a := range rule.Attributes {
			if !strings.Contains(row, "`"+a.Name+"`") {
				t.Errorf("the row of %s lacks %s: %s", rule.Name, a.Name, row)
			}
		}
	}
}
