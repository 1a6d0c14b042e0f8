package bench_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"debadge/bench"
	"debadge/graph"
	"debadge/graph/sqlite"
)

// question is what a side answers: the whole question by the default policy, or
// as much of it as it can.
type question uint8

const (
	byDefault  question = iota // with the aggregate rule
	byOneOwner                 // with a rule about one owner, as a query without a fixed point can follow
	atMost                     // without time, or without affiliations: never less than is listed
	nothing                    // but how long asking takes
)

// tracer is a side that tells whether a product traces back to a listing.
type tracer struct {
	name   string
	most   int // questions in a round; 0: all of them
	asks   question
	listed func(i int) (bool, error)
	took   func() time.Duration // as that of a side
}

// trace compares what answers one question about one product.
func (w *world) trace(t *testing.T, n amount) {
	t.Helper()
	subjects := w.some((n.trace.rounds + 1) * n.trace.each)
	w.view(t, func(v graph.View) error {
		nodes, err := w.nodes(t.Context(), v, subjects)
		if err != nil {
			return err
		}
		a := assessor(t, v)
		defer a.Close()
		w.checkFindings(t, a, nodes, subjects, n)
		tracers := append([]tracer{
			{name: bench.Floor, asks: atMost, listed: func(i int) (bool, error) { return w.up.walk(subjects[i]) > 0, nil }},
			{name: bench.Index, listed: func(i int) (bool, error) {
				found, err := a.Assess(t.Context(), nodes[i])
				return found.Finding == graph.Listed, err
			}},
			{name: bench.Evidence, most: 100, listed: w.answer(t, w.index, subjects, 1)},
			{name: bench.FivePaths, most: 100, listed: w.answer(t, w.index, subjects, 5)},
		}, w.tracersInSQLite(t, subjects, n)...)
		if asked("postgres") {
			tracers = append(tracers, w.tracerInPostgres(t, subjects, n))
		}
		if asked("neo4j") {
			tracers = append(tracers, w.tracersInNeo4j(t, subjects, n)...)
		}
		if asked("networkx") {
			tracers = append(tracers, w.tracerInNetworkX(t, subjects, n))
		}
		w.agree(t, tracers, subjects, n)
		var sides []side
		for _, one := range tracers {
			sides = append(sides, side{one.name, func(i int) error { _, err := one.listed(i); return err }, one.most, one.took})
		}
		w.sheet.measure(t, bench.Trace, n.trace, sides)
		w.allocations(t, a, nodes)
		return nil
	})
}

// checkFindings compares findings and strengths with the plain computation.
func (w *world) checkFindings(t *testing.T, a *graph.Assessor, nodes []graph.Node, subjects []int32, n amount) {
	t.Helper()
	counts, cut := map[graph.Finding]int{}, 0
	for i := range min(n.checked, len(subjects)) {
		found, err := a.Assess(t.Context(), nodes[i])
		if err != nil {
			t.Fatal(err)
		}
		counts[found.Finding]++
		if !found.Complete { // there is something beyond the most hops
			cut++
		}
		if want := w.verdict(subjects[i]); found.Strength != want || (found.Finding == graph.Listed) != (want != 0) {
			t.Fatalf("%s is %s, strength %q; by the plain computation the strength is %q", w.ids[subjects[i]], found.Finding, found.Strength, want)
		}
	}
	t.Logf("as computed otherwise: %v, %d of them cut short at the most hops", counts, cut)
	if counts[graph.Listed] == 0 || counts[graph.Clear] == 0 || cut > n.checked/20 {
		t.Fatalf("findings of one sort, or that are cut short, show little: %v, %d", counts, cut)
	}
}

// agree wants of every side what the plain computation says to its question.
func (w *world) agree(t *testing.T, tracers []tracer, subjects []int32, n amount) {
	t.Helper()
	at := when{asOf, graph.Alleged}
	for i := range min(n.checked, len(subjects)) {
		byPolicy := w.verdict(subjects[i]) != 0
		inOneHand := false
		for _, reached := range w.plain.spread(subjects[i], &w.plain.up, at, oneOwner) {
			inOneHand = inOneHand || w.plain.listed(reached, at)
		}
		for _, one := range tracers {
			if one.most > 0 && i >= 10*one.most {
				continue // a slow side is asked less
			}
			got, err := one.listed(i)
			if err != nil {
				t.Fatalf("%s, %s: %v", one.name, w.ids[subjects[i]], err)
			}
			wrong := got != byPolicy
			switch one.asks {
			case byDefault:
			case byOneOwner:
				wrong = got != inOneHand
			case atMost:
				wrong = byPolicy && !got
			case nothing:
				wrong = false
			}
			if wrong {
				t.Fatalf("%s: listed is %t for %s; by the plain computation %t, and %t by a rule about one owner",
					one.name, got, w.ids[subjects[i]], byPolicy, inOneHand)
			}
		}
	}
}

// answer asks a store for whole answers with so many paths.
func (w *world) answer(t *testing.T, s graph.Store, subjects []int32, paths int) func(i int) (bool, error) {
	t.Helper()
	return func(i int) (bool, error) {
		found, err := graph.Trace(t.Context(), s, graph.Question{Subject: string(w.ids[subjects[i]]), AsOf: asOf, Policy: policy, Paths: paths})
		return found.Finding == graph.Listed, err
	}
}

// finding asks a store for the finding alone, each time with a view of its own.
func (w *world) finding(t *testing.T, s graph.Store, subjects []int32) func(i int) (bool, error) {
	t.Helper()
	return func(i int) (listed bool, err error) {
		err = s.View(t.Context(), graph.Moment{}, func(v graph.View) error {
			a, err := graph.NewAssessor(t.Context(), v, policy, asOf, nil)
			if err != nil {
				return err
			}
			defer a.Close()
			nodes, err := v.Nodes(t.Context(), []graph.ID{w.ids[subjects[i]]})
			if err != nil {
				return err
			}
			found, err := a.Assess(t.Context(), nodes[0])
			listed = found.Finding == graph.Listed
			return err
		})
		return listed, err
	}
}

// admissible is what a claim of debadge's file has to be to count, for a day ?2.
const admissible = "c.status <= 3 AND c.retracted = 0 AND c.first_day <= ?2 AND ?2 < c.end_day"

// upstreamSQL asks the file for a trace in one recursive query: the entity, how
// many affiliations were spent, how many hops. The numbers are those that every
// file has: relations 8 OWNS, 6 IDENTICAL_TO, 10 AFFILIATED_WITH, 11 LISTED_ON,
// 12 PARTY_TO.
var upstreamSQL = fmt.Sprintf(`
WITH RECURSIVE up (entity, spent, hops) AS (
  SELECT key, 0, 0 FROM entities WHERE id = ?1
  UNION
  SELECT c.from_entity, up.spent + %[2]s, up.hops + 1
  FROM up CROSS JOIN claims c ON c.to_entity = up.entity
  WHERE %[1]s AND c.relation NOT IN (11, 12) AND up.hops < 16 AND up.spent + %[2]s <= 1
  UNION
  SELECT c.to_entity, up.spent + (c.relation = 10), up.hops + 1
  FROM up CROSS JOIN claims c ON c.from_entity = up.entity AND c.relation IN (6, 10)
  WHERE %[1]s AND up.hops < 16 AND up.spent + (c.relation = 10) <= 1
)
SELECT EXISTS (
  SELECT 1 FROM up CROSS JOIN claims c ON c.from_entity = up.entity AND c.relation = 11 WHERE %[1]s
)`, admissible, "(c.relation = 10 OR (c.relation = 8 AND c.share_min < 50000000))")

// tracersInSQLite are debadge on the file, and the file alone.
func (w *world) tracersInSQLite(t *testing.T, subjects []int32, n amount) []tracer {
	t.Helper()
	store, err := sqlite.Open(t.Context(), w.path, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	recursive := w.prepared(t, upstreamSQL)
	return []tracer{
		{name: "debadge, SQLite directly: the finding", most: n.slow.each, listed: w.finding(t, store, subjects)},
		{name: "debadge, SQLite directly: the answer with all evidence", most: n.slow.each, listed: w.answer(t, store, subjects, 1)},
		{name: "SQLite: one recursive query", most: n.slow.each, asks: byOneOwner, listed: func(i int) (found bool, err error) {
			err = recursive.QueryRowContext(t.Context(), string(w.ids[subjects[i]]), int64(asOf)).Scan(&found)
			return found, err
		}},
	}
}

// prepared makes a statement ready on a connection of its own.
func (w *world) prepared(t *testing.T, text string) *sql.Stmt {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.path+"?mode=ro&_pragma=cache_size(-65536)&_pragma=mmap_size(17179869184)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	statement, err := db.PrepareContext(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = statement.Close() })
	return statement
}

// allocations counts those of a finding that is clear.
func (w *world) allocations(t *testing.T, a *graph.Assessor, nodes []graph.Node) {
	t.Helper()
	for _, n := range nodes {
		found, err := a.Assess(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if found.Finding == graph.Clear {
			made := testing.AllocsPerRun(100, func() { _, _ = a.Assess(t.Context(), n) })
			w.sheet.value(bench.Trace, bench.ClearAllocs, "", made)
			return
		}
	}
	t.Fatal("no product is clear")
}
