package storetest

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"debadge/graph"
)

// pairsAgree: product p traces back to a listing if and only if the listing
// reaches p, by the same way and as strongly.
func pairsAgree(t *rapid.T) {
	p := drawProblem(t, "")
	store, reference := filled(t, p)
	traced := map[string]bool{}
	for _, product := range p.products {
		answer, err := graph.Trace(context.Background(), store, p.question(product, 1))
		if err != nil {
			t.Fatal(err)
		}
		best := map[graph.ID]graph.ListingAnswer{}
		for _, l := range answer.Listings {
			for _, origin := range []graph.ID{l.Entity.ID, l.List.ID} {
				old, ok := best[origin]
				if !ok || l.Strength < old.Strength || (l.Strength == old.Strength && l.Way < old.Way) {
					best[origin] = l
				}
			}
		}
		for origin, l := range best {
			traced[strings.Join([]string{string(origin), string(product), l.Way.String(), l.Strength.String()}, " ")] = true
		}
	}
	for _, origin := range append(p.lists, p.owners...) {
		q := p.reach(origin)
		if origin.Kind() == graph.List && !reference.read(q.Policy, q.Lists, q.AsOf).listCounts(origin) {
			continue
		}
		page, err := reachPage(context.Background(), store, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			key := strings.Join([]string{string(origin), string(row.Product.ID), row.Way.String(), row.Strength.String()}, " ")
			if !traced[key] {
				t.Fatalf("reached but not traced: %s", key)
			}
			delete(traced, key)
		}
	}
	for key := range traced {
		t.Fatalf("traced but not reached: %s", key)
	}
}

// claimsAdd: one more claim that counts never takes away a listing, nor makes
// it weaker.
func claimsAdd(t *rapid.T) {
	p := drawProblem(t, "")
	store, _ := filled(t, p)
	before := strengths(t, store, p)
	added := p.drawClaims(t, "more")
	for i := range added {
		added[i].Status = max(graph.Confirmed, min(added[i].Status, p.policy.WeakestStatus))
		added[i].Confidence = 100
	}
	if _, err := store.append(graph.ChangeSet{Claims: added}); err != nil {
		t.Fatal(err)
	}
	after := strengths(t, store, p)
	for key, strength := range before {
		if after[key] == 0 || after[key] > strength {
			t.Fatalf("%s was %s and is %q with more claims", key, strength, after[key])
		}
	}
}

// strengths returns how strongly each subject traces back to each listing, in
// whatever way.
func strengths(t *rapid.T, store graph.Store, p problem) map[string]graph.Status {
	all := map[string]graph.Status{}
	for _, subject := range p.subjects() {
		answer, err := graph.Trace(context.Background(), store, p.question(subject, 1))
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range answer.Listings {
			key := strings.Join([]string{string(subject), string(l.Entity.ID), string(l.List.ID)}, " ")
			if old := all[key]; old == 0 || l.Strength < old {
				all[key] = l.Strength
			}
		}
	}
	return all
}

// idsAreNames: other ids in the same order give the same answers.
func idsAreNames(t *rapid.T) {
	p := drawProblem(t, "")
	store, _ := filled(t, p)
	other := p.renamed("q0.")
	otherStore, _ := filled(t, other)
	for i, subject := range p.subjects() {
		want := ask(t, store, p.question(subject, 3))
		got := ask(t, otherStore, other.question(other.subjects()[i], 3))
		if got := bytes.ReplaceAll(got, []byte("q0."), nil); !bytes.Equal(got, want) {
			t.Fatalf("trace of %s with other ids:\n%s\nwant:\n%s", subject, got, want)
		}
	}
}

// renamed puts something in front of the slug of every company and product.
func (p problem) renamed(front string) problem {
	name := func(id graph.ID) graph.ID {
		if kind := id.Kind(); kind == graph.Company || kind == graph.Product {
			return graph.ID(string(kind) + ":" + front + string(id[len(kind)+1:]))
		}
		return id
	}
	other := p
	other.products, other.owners, other.sets = nil, nil, nil
	for _, id := range p.products {
		other.products = append(other.products, name(id))
	}
	for _, id := range p.owners {
		other.owners = append(other.owners, name(id))
	}
	for _, cs := range p.sets {
		cs.Entities, cs.Claims = slices.Clone(cs.Entities), slices.Clone(cs.Claims)
		for i := range cs.Entities {
			cs.Entities[i].ID = name(cs.Entities[i].ID)
		}
		for i := range cs.Claims {
			cs.Claims[i].From, cs.Claims[i].To = name(cs.Claims[i].From), name(cs.Claims[i].To)
		}
		other.sets = append(other.sets, cs)
	}
	return other
}

func ask(t *rapid.T, store graph.Store, q graph.Question) []byte {
	answer, err := graph.Trace(context.Background(), store, q)
	data, err := encoded(answer, err)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// cutIsNotClear: where a walk may not visit everything it says so, and what it
// did not see is not clear; where it says nothing it saw everything.
func cutIsNotClear(t *rapid.T) {
	p := drawProblem(t, "")
	store, _ := filled(t, p)
	most := rapid.IntRange(1, 4).Draw(t, "entities")
	for _, subject := range p.subjects() {
		q := p.question(subject, 1)
		whole, err := graph.Trace(context.Background(), store, q)
		if err != nil {
			t.Fatal(err)
		}
		q.Policy.MaxEntities = most
		part, err := graph.Trace(context.Background(), store, q)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case !part.Complete && (part.Finding == graph.Clear || len(part.Reasons) == 0):
			t.Fatalf("%s: cut short and %s, reasons %q", subject, part.Finding, part.Reasons)
		case part.Complete && (part.Finding != whole.Finding || part.Strength != whole.Strength || part.Action != whole.Action):
			t.Fatalf("%s: complete with %d entities and %s %s, but %s %s with all", subject, most, part.Finding, part.Strength, whole.Finding, whole.Strength)
		}
		assessed(t, store, q, part)
	}
}
