package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"debadge/graph"
)

// drawn counts the graphs that [RunProperties] has put into stores, so that
// each gets ids of its own.
var drawn atomic.Int64

// RunProperties asks stores of each kind about random graphs and wants the same
// answers from all, byte for byte, and from each whatever the order in which it
// was given the claims; and wants the answer of a former revision to stay what
// it was. One store of a kind takes all graphs, each with ids of its own.
func RunProperties(t *testing.T, open ...Opener) {
	t.Helper()
	clock := func() time.Time { return FixedTime }
	plain, plainShuffled := newPlainStore(clock), newPlainStore(clock)
	inOrder, shuffled := []graph.Store{plain}, []graph.Store{plainShuffled}
	for _, o := range open {
		first, _ := o(t, clock)
		second, _ := o(t, clock)
		inOrder, shuffled = append(inOrder, first), append(shuffled, second)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, fmt.Sprintf("i%d.", drawn.Add(1)))
		var former [][]byte
		var at graph.Revision
		for i, cs := range p.sets {
			at = appendTo(t, cs, inOrder)
			answers := p.answersOf(t, inOrder, 0)
			if i == 0 {
				former = answers
			}
		}
		again := p.answersOf(t, inOrder, at-1)
		for i := range again {
			if !bytes.Equal(again[i], former[i]) {
				t.Fatalf("at revision %d the answer was\n%s\nand is now\n%s", at-1, former[i], again[i])
			}
		}
		for _, cs := range p.shuffledSets(t) {
			appendTo(t, cs, shuffled)
		}
		last := p.answersOf(t, inOrder[:1], 0)
		for i, answer := range p.answersOf(t, shuffled, 0) {
			if !bytes.Equal(answer, last[i]) {
				t.Fatalf("given in another order the answer is\n%s\nand not\n%s", answer, last[i])
			}
		}
	})
}

// appendTo appends to each store and wants the same receipts.
func appendTo(t *rapid.T, cs graph.ChangeSet, stores []graph.Store) graph.Revision {
	var first graph.Receipt
	for i, s := range stores {
		receipt, err := s.Append(context.Background(), cs)
		if err != nil {
			t.Fatalf("store %d: %v", i, err)
		}
		if i == 0 {
			first = receipt
		} else if receipt != first {
			t.Fatalf("store %d acknowledges %+v, another one %+v", i, receipt, first)
		}
	}
	return first.Revision
}

// answersOf asks every question about the problem of every store, and returns
// what all of them answer.
func (p problem) answersOf(t *rapid.T, stores []graph.Store, at graph.Revision) [][]byte {
	var all [][]byte
	for i, s := range stores {
		answers := p.answers(s, at)
		for j := range answers {
			if i > 0 && !bytes.Equal(answers[j], all[j]) {
				t.Fatalf("store %d answers\n%s\nand store 0\n%s", i, answers[j], all[j])
			}
		}
		all = answers
		p.sameTables(t, s, at)
		p.sameFindings(t, s, at)
	}
	return all
}

func (p problem) answers(s graph.Store, at graph.Revision) [][]byte {
	var all [][]byte
	keep := func(answer any, err error) {
		data, err := encoded(answer, err)
		if err != nil {
			data = []byte(graph.KindOf(err).String() + ": " + err.Error())
		}
		all = append(all, data)
	}
	moment := graph.Moment{Revision: at}
	for _, subject := range p.subjects() {
		q := p.question(subject, 3)
		q.KnownAt = moment
		trace, err := graph.Trace(context.Background(), s, q)
		keep(trace, err)
		timeline, err := graph.Timeline(context.Background(), s, q)
		keep(timeline, err)
	}
	for _, origin := range slices.Concat(p.lists, p.owners) {
		q := p.reach(origin)
		q.KnownAt = moment
		page, err := reachPage(context.Background(), s, q)
		keep(page, err)
		late, err := graph.Rebadgings(context.Background(), s, q)
		keep(late, err)
	}
	return all
}

// shuffledSets gives the claims in another order and at another time, but for
// those that are withdrawn, which have to come first.
func (p problem) shuffledSets(t *rapid.T) []graph.ChangeSet {
	first, second := p.sets[0], p.sets[1]
	var early, free []graph.Claim
	for _, c := range slices.Concat(first.Claims, second.Claims) {
		if slices.ContainsFunc(second.Retractions, func(r graph.Retraction) bool { return r.Claim == c.ID }) {
			early = append(early, c)
		} else {
			free = append(free, c)
		}
	}
	free = rapid.Permutation(free).Draw(t, "order")
	cut := rapid.IntRange(0, len(free)).Draw(t, "other cut")
	first.Claims, second.Claims = slices.Concat(early, free[:cut]), free[cut:]
	return []graph.ChangeSet{first, second}
}
