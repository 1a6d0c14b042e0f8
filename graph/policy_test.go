package graph_test

import (
	"strings"
	"testing"

	"debadge/graph"
)

func TestBuiltInPolicies(t *testing.T) {
	t.Parallel()
	digests := map[string]string{}
	for _, p := range graph.BuiltInPolicies() {
		if err := p.Check(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if other, ok := digests[p.Digest()]; ok {
			t.Errorf("%s and %s have one digest", p.Name, other)
		}
		digests[p.Digest()] = p.Name
	}
	if got := graph.StrictPolicy(); got.WeakestStatus != graph.Confirmed || got.MaxAffiliations != 0 {
		t.Errorf("strict counts %s and %d affiliations", got.WeakestStatus, got.MaxAffiliations)
	}
	if got := graph.CautiousPolicy(); got.Ownership[0].Form != graph.AnyShare || got.MaxAffiliations != 2 || got.Actions.Alleged != graph.Block {
		t.Errorf("cautious is %+v", got)
	}
}

// TestDigestIsStable: answers that were given name the policy by its digest, so
// that it must not change with the program.
func TestDigestIsStable(t *testing.T) {
	t.Parallel()
	p, err := graph.ParsePolicy([]byte(`{"name": "house", "weakest_status": "reported", "ownership": [{"name": "half", "form": "aggregate", "threshold": 50}]}`))
	if err != nil {
		t.Fatal(err)
	}
	const want = "sha256:0a4a26d2bb561d2816aba14dfabcfa84769328e1faaccf099f207825cd890dee"
	if got := p.Digest(); got != want {
		t.Errorf("the digest is %s and was %s", got, want)
	}
	other, err := graph.ParsePolicy([]byte("{\n\"ownership\": [{\"threshold\": \"50.0\", \"form\": \"aggregate\", \"name\": \"half\"}], \"weakest_status\": \"reported\", \"name\": \"house\"}"))
	if err != nil || other.Digest() != want {
		t.Errorf("written in another order it is %s: %v", other.Digest(), err)
	}
	other.MaxHops--
	if other.Digest() == want {
		t.Error("other rules have the same digest")
	}
}

func TestParsePolicyFillsIn(t *testing.T) {
	t.Parallel()
	p, err := graph.ParsePolicy([]byte(`{"name": "x", "actions": {"alleged": "block"}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := graph.DefaultPolicy()
	want.Name, want.Actions.Alleged = "x", graph.Block
	if p.Digest() != want.Digest() {
		t.Errorf("got %+v, want %+v", p, want)
	}
	p, err = graph.ParsePolicy([]byte(`{"name": "x", "ownership": []}`))
	if err != nil || len(p.Ownership) != 0 {
		t.Errorf("an empty list of rules is %+v: %v", p.Ownership, err)
	}
}

func TestParsePolicyRefuses(t *testing.T) {
	t.Parallel()
	rule := func(text string) string { return `{"name": "x", "ownership": [{` + text + `}]}` }
	for name, c := range map[string]struct{ text, says string }{
		"nothing":              {``, "policy is refused"},
		"no object":            {`[]`, "policy is refused"},
		"no name":              {`{}`, "name"},
		"unknown key":          {`{"name": "x", "max_hop": 3}`, "max_hop"},
		"unknown key inside":   {`{"name": "x", "actions": {"allleged": "pass"}}`, "allleged"},
		"unknown key of rule":  {rule(`"name": "r", "form": "any", "treshold": 50`), "treshold"},
		"two values":           {`{"name": "x"} {"name": "y"}`, "more than one"},
		"too many hops":        {`{"name": "x", "max_hops": 17}`, "max_hops"},
		"no hops":              {`{"name": "x", "max_hops": 0}`, "max_hops"},
		"too many links":       {`{"name": "x", "max_affiliations": 5}`, "max_affiliations"},
		"negative links":       {`{"name": "x", "max_affiliations": -1}`, "max_affiliations"},
		"no entities":          {`{"name": "x", "max_entities": 0}`, "max_entities"},
		"disputed":             {`{"name": "x", "weakest_status": "disputed"}`, "weakest_status"},
		"unknown status":       {`{"name": "x", "weakest_status": "rumored"}`, "rumored"},
		"party to":             {`{"name": "x", "relations": ["PARTY_TO"]}`, "relations[0]"},
		"unknown relation":     {`{"name": "x", "relations": ["MADE"]}`, "MADE"},
		"list is a company":    {`{"name": "x", "lists": ["company:a"]}`, "lists[0]"},
		"confidence above one": {`{"name": "x", "min_confidence": 2}`, "confidence"},
		"unknown passes":       {`{"name": "x", "actions": {"unknown": "pass"}}`, "actions.unknown"},
		"incomplete passes":    {`{"name": "x", "actions": {"incomplete": "pass"}}`, "actions.incomplete"},
		"undetermined passes":  {`{"name": "x", "actions": {"undetermined": "pass"}}`, "actions.undetermined"},
		"second officer":       {`{"name": "x", "second_officer": ["pas"]}`, "pas"},
		"second officer twice": {`{"name": "x", "second_officer": ["pass", "block", "pass"]}`, "second_officer[2]"},
		"form":                 {rule(`"name": "r", "form": "most", "threshold": 50`), "form"},
		"no threshold":         {rule(`"name": "r", "form": "aggregate"`), "threshold"},
		"threshold of nothing": {rule(`"name": "r", "form": "majority", "threshold": 0`), "threshold"},
		"threshold above":      {rule(`"name": "r", "form": "majority", "threshold": 101`), "101"},
		"nameless rule":        {rule(`"form": "any"`), "ownership[0].name"},
		"period":               {rule(`"name": "r", "form": "any", "in_force": [{"from": "2021", "to": "2020"}]`), "in_force[0]"},
		"nine rules":           {`{"name": "x", "ownership": [` + strings.Repeat(`{"name": "r", "form": "any"},`, 8) + `{"name": "r", "form": "any"}]}`, "ownership"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := graph.ParsePolicy([]byte(c.text))
			if graph.KindOf(err) != graph.KindInvalid || err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v; want it to say %q", c.text, err, c.says)
			}
		})
	}
}

// TestSealed: a policy that keeps its digest has the one that it had, and one that
// cannot be meant is not sealed.
func TestSealed(t *testing.T) {
	p := graph.DefaultPolicy()
	sealed, err := p.Sealed()
	if err != nil || sealed.Digest() != p.Digest() || sealed.Check() != nil {
		t.Errorf("sealed it is %s, else %s: %v", sealed.Digest(), p.Digest(), err)
	}
	sealed.MaxHops = 0
	if _, err := sealed.Sealed(); graph.KindOf(err) != graph.KindInvalid {
		t.Errorf("sealing what was changed since, got %v", err)
	}
}
