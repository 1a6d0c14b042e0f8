package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"debadge/graph"
)

// RunCopies draws random graphs into one store, has it copied once, and wants
// the copy to answer every question as the store does, byte for byte, now and
// at former revisions.
func RunCopies(t *testing.T, copyOf func(t *testing.T, from graph.Store) graph.Store) {
	t.Helper()
	at := FixedTime
	from := newPlainStore(func() time.Time {
		at = at.Add(time.Hour)
		return at
	})
	type moment struct {
		problem
		at graph.Revision
	}
	var all []moment
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, fmt.Sprintf("k%d.", drawn.Add(1)))
		for _, cs := range p.sets {
			all = append(all, moment{p, appendTo(t, cs, []graph.Store{from})}, moment{p, 0})
		}
	})
	if t.Failed() {
		return
	}
	to := copyOf(t, from)
	for _, m := range all {
		want := m.answers(from, m.at)
		for i, got := range m.answers(to, m.at) {
			if !bytes.Equal(got, want[i]) {
				t.Fatalf("the copy answers\n%s\nand the store\n%s", got, want[i])
			}
		}
	}
}

// RunParts draws random graphs, takes from each the part upstream of every
// entity, and wants the traces of that entity to be those of the whole, byte for
// byte.
func RunParts(t *testing.T, partOf func(from graph.Store, subject graph.ID, day graph.Day) (graph.Store, error)) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, "")
		from := newPlainStore(func() time.Time { return FixedTime })
		for _, cs := range p.sets {
			appendTo(t, cs, []graph.Store{from})
		}
		for _, subject := range p.subjects() {
			part, err := partOf(from, subject, p.asOf)
			if err != nil {
				t.Fatal(err)
			}
			q := p.question(subject, 3)
			want, err := graph.Trace(t.Context(), from, q)
			if err != nil {
				t.Fatal(err)
			}
			got, err := graph.Trace(t.Context(), part, q)
			a, _ := encoded(want, nil)
			if b, err := encoded(got, err); err != nil || !bytes.Equal(a, b) {
				t.Fatalf("%v: the part answers about %s\n%s\nand the whole\n%s", err, subject, b, a)
			}
		}
	})
}

// SameAnswers asks two stores about every company, product and list and wants
// the same bytes. It returns how many questions it asked.
func SameAnswers(t *testing.T, want, got graph.Store, day graph.Day) int {
	t.Helper()
	n := 0
	ask := func(what string, question func(graph.Store) ([]byte, error)) {
		n++
		a, err := question(want)
		b, err2 := question(got)
		if err != nil || err2 != nil || !bytes.Equal(a, b) {
			t.Fatalf("%s: %v, %v\n%s\nand\n%s", what, err, err2, a, b)
		}
	}
	for _, kind := range []graph.Kind{graph.Product, graph.Company, graph.List} {
		for _, id := range idsOf(t, want, kind) {
			if kind != graph.List {
				ask("trace of "+string(id), func(s graph.Store) ([]byte, error) {
					answer, err := graph.Trace(t.Context(), s, graph.Question{Subject: string(id), AsOf: day, Policy: graph.DefaultPolicy(), Paths: 3})
					return encoded(answer, err)
				})
			}
			if kind != graph.Product {
				ask("reach of "+string(id), func(s graph.Store) ([]byte, error) {
					page, err := reachPage(t.Context(), s, graph.ReachQuestion{Origin: string(id), AsOf: day, Policy: graph.DefaultPolicy()})
					return encoded(page, err)
				})
			}
		}
	}
	return n
}

func idsOf(t *testing.T, s graph.Store, kind graph.Kind) []graph.ID {
	t.Helper()
	var ids []graph.ID
	if err := s.View(t.Context(), graph.Moment{}, func(v graph.View) error {
		found, err := v.Find(t.Context(), graph.Find{Kind: kind})
		ids = slices.Clone(found)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return ids
}
