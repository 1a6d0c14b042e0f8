package storetest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"debadge/graph"
)

// sets returns the change sets of the case, but for those that every store
// refuses, which it tries.
func (c caseFile) sets(t *testing.T) []graph.ChangeSet {
	t.Helper()
	var sets []graph.ChangeSet
	known := map[graph.ID]bool{}
	plain := newPlainStore(nil)
	for i, change := range c.Changes {
		cs := change.set(t, known)
		cs.Reason = fmt.Sprintf("change %d", i+1)
		_, err := plain.append(cs)
		switch {
		case change.Refused != "" && (err == nil || graph.KindOf(err).String() != change.Refused):
			t.Errorf("change %d is to be refused as %s: %v", i+1, change.Refused, err)
		case change.Refused == "" && err != nil:
			t.Fatalf("change %d: %v", i+1, err)
		case change.Refused == "":
			sets = append(sets, cs)
		}
	}
	return sets
}

// set reads the lines of a change. A claim is
//
//	id from RELATION to …
//
// followed by a status (else confirmed) and any of from=date to=date
// confidence=0.8 share=25 share=25..50 interest=control denied. Many claims at
// once, with ids id0, id1, …, are
//
//	id chain 17 RELATION product:n   from product:n0 to product:n1 and so on
//	id hub 20 RELATION company:h product:n   from the hub to product:n0, …
//	id clique 5 RELATION company:n   between any two of company:n0, …
func (c caseChange) set(t *testing.T, known map[graph.ID]bool) graph.ChangeSet {
	t.Helper()
	cs := graph.ChangeSet{Entities: slices.Clone(c.Entities)}
	for _, e := range c.Entities {
		known[e.ID] = true
	}
	if !known["source:paper"] {
		known["source:paper"] = true
		cs.Sources = []graph.Source{{ID: "source:denial", Title: "A denial", Publisher: "The maker"}, {ID: "source:paper", Title: "A paper", Publisher: "A publisher"}}
	}
	for _, line := range c.Claims {
		for _, single := range spelledOut(t, line) {
			claim := claimOf(t, single)
			cs.Claims = append(cs.Claims, claim)
			for _, id := range []graph.ID{claim.From, claim.To} {
				if _, slug, ok := strings.Cut(string(id), ":"); ok && !known[id] {
					known[id] = true
					cs.Entities = append(cs.Entities, graph.Entity{ID: id, Name: slug})
				}
			}
		}
	}
	for _, line := range c.Retract {
		claim, by, _ := strings.Cut(line, " by ")
		r := graph.Retraction{Claim: graph.ID("claim:" + claim), Reason: "it was wrong"}
		if by != "" {
			r.ReplacedBy = graph.ID("claim:" + by)
		}
		cs.Retractions = append(cs.Retractions, r)
	}
	return cs
}

// spelledOut turns a line that stands for many claims into one for each.
func spelledOut(t *testing.T, line string) []string {
	t.Helper()
	words := strings.Fields(line)
	if len(words) < 5 || !slices.Contains([]string{"chain", "hub", "clique"}, words[1]) {
		return []string{line}
	}
	n, err := strconv.Atoi(words[2])
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	id, relation, node := words[0], words[3], words[4]
	var all []string
	add := func(from, to string, rest []string) {
		all = append(all, fmt.Sprintf("%s%d %s %s %s %s", id, len(all), from, relation, to, strings.Join(rest, " ")))
	}
	for i := range n {
		switch words[1] {
		case "chain":
			add(fmt.Sprintf("%s%d", node, i), fmt.Sprintf("%s%d", node, i+1), words[5:])
		case "hub":
			add(node, fmt.Sprintf("%s%d", words[5], i), words[6:])
		case "clique":
			for j := range i {
				add(fmt.Sprintf("%s%d", node, j), fmt.Sprintf("%s%d", node, i), words[5:])
			}
		}
	}
	return all
}

func claimOf(t *testing.T, line string) graph.Claim {
	t.Helper()
	words := strings.Fields(line)
	if len(words) < 4 {
		t.Fatalf("%q is no claim", line)
	}
	relation, err := graph.ParseRelation(words[2])
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	c := graph.Claim{
		ID: graph.ID("claim:" + words[0]), From: graph.ID(words[1]), Relation: relation, To: graph.ID(words[3]), Status: graph.Confirmed,
		Citations: []graph.Citation{{Source: "source:paper", Stance: graph.Supports, Locator: "p. 1"}},
	}
	for _, word := range words[4:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "from":
			c.ValidFrom = date(value)
		case "to":
			c.ValidTo = date(value)
		case "confidence":
			c.Confidence, err = graph.ParseConfidence(value)
		case "share":
			least, most, band := strings.Cut(value, "..")
			if !band {
				most = least
			}
			c.ShareMin, c.ShareMax = share(least), share(most)
		case "interest":
			c.Attributes = map[string]string{"interest": value}
		case "denied":
			c.Citations = append(c.Citations, graph.Citation{Source: "source:denial", Stance: graph.Denies, Text: "the maker denies it"})
		default:
			c.Status, err = graph.ParseStatus(word)
		}
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	return c
}
