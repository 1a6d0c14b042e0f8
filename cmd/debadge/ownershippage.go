package main

import (
	"slices"

	"debadge/graph"
)

// ownership writes what each ownership rule says, apart from the lineage.
func (t *tracePage) ownership() {
	if len(t.answer.Ownership) == 0 {
		return
	}
	t.gap()
	t.line("", "Another question: is a company itself treated as listed because of who owns it?")
	for _, rules := range byCompany(t.answer.Ownership) {
		t.line("  ", "%s", rules[0].Entity.FullName())
		if !slices.ContainsFunc(rules, func(o graph.OwnershipAnswer) bool { return o.Verdict != graph.Out || len(o.Owners) > 0 }) {
			t.hang("  - ", "    ", "no, by any rule: no listed owner is known")
			continue
		}
		for _, o := range rules {
			t.hang("  - ", "    ", "by the rule %s: %s", o.Rule, verdictWords(o))
		}
	}
}
