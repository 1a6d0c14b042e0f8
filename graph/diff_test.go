package graph_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
)

func dateOf(t *testing.T, text string) graph.Date {
	t.Helper()
	d, err := graph.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// grown is a store to which some change sets were appended, a minute apart.
func grown(t *testing.T, sets ...graph.ChangeSet) graph.Store {
	t.Helper()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := index.NewMemory(func() time.Time { at = at.Add(time.Minute); return at })
	for _, cs := range sets {
		if _, err := s.Append(t.Context(), cs); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

var cited = []graph.Citation{{Source: "source:s", Stance: graph.Supports}}

// lessons is a product that comes to trace to a listing, by a claim that is
// corrected, and no longer does when another one is retracted.
func lessons(t *testing.T) graph.Store {
	t.Helper()
	return grown(t,
		graph.ChangeSet{
			Author: "a.lopez", Reason: "the start",
			Entities: []graph.Entity{
				{ID: "company:maker", Name: "Maker"}, {ID: "list:l", Name: "L"}, {ID: "product:m", Name: "M"}, {ID: "product:x", Name: "X"}, {ID: "product:idle", Name: "Idle"},
			},
			Sources: []graph.Source{{ID: "source:s", Title: "S", Publisher: "P"}},
			Claims: []graph.Claim{
				{ID: "claim:listed", Relation: graph.ListedOn, From: "company:maker", To: "list:l", Status: graph.Confirmed, Citations: cited},
				{ID: "claim:made", Relation: graph.Makes, From: "company:maker", To: "product:m", Status: graph.Confirmed, Citations: cited},
			},
		},
		graph.ChangeSet{
			Author: "b.kim", Reason: "a teardown",
			Entities: []graph.Entity{{ID: "product:x", Name: "X", Brand: "Seller"}, {ID: "product:y", Name: "Y"}},
			Sources:  []graph.Source{{ID: "source:s", Title: "S, second edition", Publisher: "P"}, {ID: "source:teardown", Title: "T", Publisher: "P"}},
			Claims: []graph.Claim{
				{ID: "claim:same", Relation: graph.RebrandedAs, From: "product:m", To: "product:x", Status: graph.Alleged, Citations: cited},
				{ID: "claim:next", Relation: graph.SucceededBy, From: "product:x", To: "product:y", Status: graph.Confirmed, Citations: cited},
			},
		},
		graph.ChangeSet{
			Author: "b.kim", Reason: "looked again",
			Claims:      []graph.Claim{{ID: "claim:same-2", Relation: graph.RebrandedAs, From: "product:m", To: "product:x", Status: graph.Reported, Citations: cited}},
			Retractions: []graph.Retraction{{Claim: "claim:same", Reason: "better evidence", ReplacedBy: "claim:same-2"}},
		},
		graph.ChangeSet{Author: "c.roy", Reason: "withdrawn", Retractions: []graph.Retraction{{Claim: "claim:made", Reason: "another maker"}}},
	)
}

func TestDiff(t *testing.T) {
	s := lessons(t)
	strengths := func(row graph.DiffRow) string {
		return fmt.Sprint(row.Subject.ID, " ", row.Before.Finding, row.Before.Strength, " ", row.After.Finding, row.After.Strength)
	}
	for _, c := range []struct {
		name     string
		from, to graph.Moment
		counts   graph.DiffCounts
		items    []string
		rows     []string
		because  [][]graph.ID
	}{
		{
			"learned",
			graph.Moment{Revision: 1},
			graph.Moment{Revision: 2},
			graph.DiffCounts{ChangeSets: 1, EntitiesRecorded: 1, EntitiesChanged: 1, Sources: 2, ClaimsRecorded: 2},
			[]string{"entity_changed product:x", "entity_recorded product:y", "source_changed source:s", "source_recorded source:teardown", "claim_recorded claim:next", "claim_recorded claim:same"},
			[]string{"product:x clear listedalleged", "product:y unknown listedalleged"},
			[][]graph.ID{{"claim:same"}, {"product:y", "claim:next", "claim:same"}},
		},
		{
			"corrected",
			graph.Moment{Revision: 2},
			graph.Moment{Time: time.Date(2026, 1, 1, 0, 3, 30, 0, time.UTC)},
			graph.DiffCounts{ChangeSets: 1, ClaimsRecorded: 1, ClaimsCorrected: 1},
			[]string{"claim_recorded claim:same-2", "claim_corrected claim:same"},
			[]string{"product:x listedalleged listedreported", "product:y listedalleged listedreported"},
			[][]graph.ID{{"claim:same", "claim:same-2"}, {"claim:same", "claim:same-2"}},
		},
		{
			"retracted",
			graph.Moment{Revision: 3},
			graph.Moment{},
			graph.DiffCounts{ChangeSets: 1, ClaimsRetracted: 1},
			[]string{"claim_retracted claim:made"},
			[]string{"product:m listedconfirmed clear", "product:x listedreported clear", "product:y listedreported clear"},
			[][]graph.ID{{"claim:made"}, {"claim:made"}, {"claim:made"}},
		},
		{
			"recorded and retracted in one stretch",
			graph.Moment{Revision: 1},
			graph.Moment{},
			graph.DiffCounts{ChangeSets: 3, EntitiesRecorded: 1, EntitiesChanged: 1, Sources: 2, ClaimsRecorded: 3, ClaimsRetracted: 1, ClaimsCorrected: 1},
			nil,
			[]string{"product:m listedconfirmed clear", "product:y unknown clear"},
			[][]graph.ID{{"claim:made"}, {"product:y"}},
		},
		{"nothing", graph.Moment{Revision: 4}, graph.Moment{}, graph.DiffCounts{}, []string{}, []string{}, nil},
		{
			"before the first",
			graph.Moment{Time: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)},
			graph.Moment{Revision: 1},
			graph.DiffCounts{ChangeSets: 1, EntitiesRecorded: 5, Sources: 1, ClaimsRecorded: 2},
			nil,
			[]string{"company:maker unknown listedconfirmed", "product:idle unknown clear", "product:m unknown listedconfirmed", "product:x unknown clear"},
			[][]graph.ID{{"company:maker", "claim:listed"}, {"product:idle"}, {"product:m", "claim:made", "claim:listed"}, {"product:x"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer, err := graph.Diff(t.Context(), s, graph.DiffQuestion{From: c.from, To: c.to, AsOf: dateOf(t, "2026-01-01").Earliest(), Policy: graph.DefaultPolicy()})
			if err != nil {
				t.Fatal(err)
			}
			if answer.Counts != c.counts {
				t.Errorf("the counts are %+v, not %+v", answer.Counts, c.counts)
			}
			items, rows := []string{}, []string{}
			for _, i := range answer.Items {
				items = append(items, fmt.Sprint(i.What, " ", i.ID))
				if i.Relation == 0 == (i.ID.Kind() == "claim") {
					t.Errorf("%s %s has the relation %q", i.What, i.ID, i.Relation)
				}
			}
			if c.items != nil && !slices.Equal(items, c.items) {
				t.Errorf("it learned\n%q, not\n%q", items, c.items)
			}
			for i, row := range answer.Findings.Rows {
				rows = append(rows, strengths(row))
				var because []graph.ID
				for _, b := range row.Because {
					because = append(because, b.ID)
				}
				if i < len(c.because) && !slices.Equal(because, c.because[i]) {
					t.Errorf("%s because of %q, not of %q", row.Subject.ID, because, c.because[i])
				}
			}
			if !slices.Equal(rows, c.rows) {
				t.Errorf("the findings are\n%q, not\n%q", rows, c.rows)
			}
		})
	}
}

func TestDiffIsBounded(t *testing.T) {
	q := graph.DiffQuestion{From: graph.Moment{Revision: 1}, AsOf: dateOf(t, "2026-01-01").Earliest(), Policy: graph.DefaultPolicy(), Limit: 1}
	answer, err := graph.Diff(t.Context(), lessons(t), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.ChangeSets) != 1 || len(answer.Items) != 5 || len(answer.Findings.Rows) != 1 || answer.Findings.Total != 2 || answer.Counts.ClaimsRecorded != 3 {
		t.Errorf("with one of each: %+v", answer)
	}
	q.From, q.To = graph.Moment{Revision: 3}, graph.Moment{Revision: 2}
	if _, err := graph.Diff(t.Context(), lessons(t), q); graph.KindOf(err) != graph.KindInvalid {
		t.Errorf("from after to: %v", err)
	}
	q.From = graph.Moment{Revision: 9}
	if _, err := graph.Diff(t.Context(), lessons(t), q); graph.KindOf(err) != graph.KindNotFound {
		t.Errorf("a revision that is not there: %v", err)
	}
}

// TestDiffMissesNothing compares the findings that differ with those of every
// company and product, on random graphs that grow and are corrected.
func TestDiffMissesNothing(t *testing.T) {
	changed := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 5))
		s := randomLessons(t, r)
		status, err := s.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		from := graph.Revision(1 + r.IntN(int(status.Revision)))
		q := graph.DiffQuestion{From: graph.Moment{Revision: from}, AsOf: dateOf(t, "2015-06-01").Earliest(), Policy: graph.DefaultPolicy()}
		answer, err := graph.Diff(t.Context(), s, q)
		if err != nil {
			t.Fatal(err)
		}
		want := map[graph.ID]bool{}
		before, after := assessAll(t, s, from, q), assessAll(t, s, status.Revision, q)
		for id := range after {
			if before[id] != after[id] {
				want[id] = true
			}
		}
		for _, row := range answer.Findings.Rows {
			if !want[row.Subject.ID] || row.Before != before[row.Subject.ID] || row.After != after[row.Subject.ID] {
				t.Errorf("seed %d: %s is told as changed: %+v", seed, row.Subject.ID, row)
			}
			delete(want, row.Subject.ID)
			changed++
		}
		if len(want) > 0 {
			t.Errorf("seed %d: %v changed too", seed, want)
		}
	}
	if changed < 100 {
		t.Errorf("only %d findings changed in all", changed)
	}
}

func assessAll(t *testing.T, s graph.Store, at graph.Revision, q graph.DiffQuestion) map[graph.ID]graph.Assessment {
	t.Helper()
	found := map[graph.ID]graph.Assessment{}
	err := s.View(t.Context(), graph.Moment{Revision: at}, func(v graph.View) error {
		a, err := graph.NewAssessor(t.Context(), v, q.Policy, q.AsOf, nil)
		if err != nil {
			return err
		}
		defer a.Close()
		for _, kind := range []graph.Kind{graph.Company, graph.Product} {
			ids, err := v.Find(t.Context(), graph.Find{Kind: kind})
			if err != nil {
				return err
			}
			nodes, err := v.Nodes(t.Context(), ids)
			if err != nil {
				return err
			}
			for i, n := range nodes {
				if found[ids[i]], err = a.Assess(t.Context(), n); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// randomLessons is a store that learns random claims and withdraws some of them.
func randomLessons(t *testing.T, r *rand.Rand) graph.Store {
	t.Helper()
	sizes := map[graph.Kind]int{graph.Company: 6, graph.Product: 8, graph.List: 2, graph.Proceeding: 1}
	pick := func(kind graph.Kind) graph.ID { return graph.ID(fmt.Sprintf("%s:%d", kind, r.IntN(sizes[kind]))) }
	first := graph.ChangeSet{Sources: []graph.Source{{ID: "source:s", Title: "S", Publisher: "P"}}}
	for _, kind := range graph.Kinds() {
		for i := range sizes[kind] {
			first.Entities = append(first.Entities, graph.Entity{ID: graph.ID(fmt.Sprintf("%s:%d", kind, i)), Name: "N"})
		}
	}
	sets := []graph.ChangeSet{first}
	var live []graph.ID
	for n := range 5 {
		var cs graph.ChangeSet
		for i := range 8 {
			relation := graph.Relations()[r.IntN(len(graph.Relations()))]
			c := graph.Claim{
				ID: graph.ID(fmt.Sprintf("claim:%d-%d", n, i)), Relation: relation, From: pick(relation.Rule().From), To: pick(relation.Rule().To),
				Status: graph.Status(1 + r.IntN(4)), Citations: cited,
			}
			if c.From == c.To {
				continue
			}
			if relation.Rule().Share && r.IntN(2) == 0 {
				c.ShareMin = graph.ShareOf(int32(r.IntN(graph.WholeShare)))
				c.ShareMax = c.ShareMin
			}
			cs.Claims = append(cs.Claims, c)
		}
		for range r.IntN(3) {
			if len(live) > 0 {
				k := r.IntN(len(live))
				cs.Retractions = append(cs.Retractions, graph.Retraction{Claim: live[k], Reason: "wrong"})
				live = slices.Delete(live, k, k+1)
			}
		}
		for _, c := range cs.Claims {
			live = append(live, c.ID)
		}
		sets = append(sets, cs)
	}
	return grown(t, sets...)
}
