package bench_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"debadge/bench"
	"debadge/graph"
	"debadge/graph/synth"
)

// downstreamSQL asks the file for how many products trace back to a company in
// one recursive query. It leaves the hops out, which would make it many times
// slower: what it counts is at least as much.
var downstreamSQL = fmt.Sprintf(`
WITH RECURSIVE down (entity, spent) AS (
  SELECT key, 0 FROM entities WHERE id = ?1
  UNION
  SELECT c.to_entity, down.spent + %[2]s
  FROM down CROSS JOIN claims c ON c.from_entity = down.entity
  WHERE %[1]s AND c.relation NOT IN (11, 12) AND down.spent + %[2]s <= 1
  UNION
  SELECT c.from_entity, down.spent + (c.relation = 10)
  FROM down CROSS JOIN claims c ON c.to_entity = down.entity AND c.relation IN (6, 10)
  WHERE %[1]s AND down.spent + (c.relation = 10) <= 1
)
SELECT count(DISTINCT down.entity) FROM down CROSS JOIN entities e ON e.key = down.entity WHERE e.id GLOB 'product:*'`,
	admissible, "(c.relation = 10 OR (c.relation = 8 AND c.share_min < 50000000))")

// reached counts the products that trace back to an entity, by the plain
// computation.
func (w *world) reached(from int32, owns rule) int {
	count := 0
	for _, n := range w.plain.spread(from, &w.plain.down, when{asOf, graph.Alleged}, owns) {
		if w.plain.product[n] {
			count++
		}
	}
	return count
}

// reach compares what counts, and lists, everything downstream of the hub.
func (w *world) reach(t *testing.T, n amount) {
	t.Helper()
	want := w.reached(w.hub, aggregate(w.caughtAt(when{asOf, graph.Alleged})))
	inOneHand := w.reached(w.hub, oneOwner)
	t.Logf("the hub reaches %d products", want)
	recursive := w.prepared(t, downstreamSQL)
	page := func(limit int) func(int) error {
		return func(int) error {
			rows := 0
			answer, err := graph.Reach(t.Context(), w.index, ofHub(limit), func(graph.ReachRow) error { rows++; return nil })
			if err == nil && (answer.Total != want || !answer.Complete || (limit == 0 && rows != want)) {
				err = fmt.Errorf("%d products in %d rows; by the plain computation there are %d", answer.Total, rows, want)
			}
			return err
		}
	}
	sides := []side{
		{name: bench.Floor, ask: func(int) error {
			return notFewer(w.down.walk(w.hub), want, nil)
		}},
		{name: bench.WholeReach, ask: page(1)},
		{name: bench.FirstPage, ask: w.firstPage(t, 100)},
		{name: "debadge, index: the first page of 100, and how many there are", ask: page(100)},
		{name: "debadge, index: the first table of the pages, by brands and sellers", ask: func(int) error {
			table, err := graph.ReadReachTable(t.Context(), w.index, ofHub(0))
			if err == nil && table.Len() != want {
				err = fmt.Errorf("%d products; by the plain computation there are %d", table.Len(), want)
			}
			if err == nil {
				_, err = table.Select(t.Context(), w.index, graph.ReachFilter{Most: 50, MostCounts: 200})
			}
			return err
		}},
		{name: "debadge, index: the whole reach, with a row for each product", ask: page(0)},
		{name: "SQLite: one recursive query", ask: func(int) error {
			found := 0
			err := recursive.QueryRowContext(t.Context(), string(synth.Hub), int64(asOf)).Scan(&found)
			return notFewer(found, inOneHand, err)
		}},
	}
	if asked("postgres") {
		p := w.postgres()
		sides = append(sides, side{name: "PostgreSQL: one recursive query", ask: func(int) error {
			found := 0
			err := p.conn.QueryRow(t.Context(), downstreamInPostgres, w.hub, int32(asOf)).Scan(&found)
			return notFewer(found, inOneHand, err)
		}})
	}
	if asked("networkx") {
		x := w.networkx()
		sides = append(sides, side{name: "NetworkX: descendants, on the claims of the day", took: func() time.Duration { return x.took }, ask: func(int) error {
			found, err := x.ask("reach", w.hub)
			return notFewer(found, want, err)
		}})
	}
	w.sheet.measure(t, bench.Reach, n.few, sides)
}

func ofHub(limit int) graph.ReachQuestion {
	return graph.ReachQuestion{Origin: string(synth.Hub), AsOf: asOf, Policy: policy, Limit: limit}
}

// firstPage asks for a page without how many products there are, and checks it
// against the beginning of all.
func (w *world) firstPage(t *testing.T, limit int) func(int) error {
	t.Helper()
	var want, found []graph.ID
	_, err := graph.Reach(t.Context(), w.index, ofHub(0), func(r graph.ReachRow) error {
		if len(want) < limit {
			want = append(want, r.Product.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	question := ofHub(limit)
	question.Uncounted = true
	return func(int) error {
		found = found[:0]
		_, err := graph.Reach(t.Context(), w.index, question, func(r graph.ReachRow) error {
			found = append(found, r.Product.ID)
			return nil
		})
		if err == nil && !slices.Equal(found, want) {
			err = fmt.Errorf("the page is %v, and all begin with %v", found, want)
		}
		return err
	}
}

// typical is the reach of listed companies other than the hub.
func (w *world) typical(t *testing.T, n amount) {
	t.Helper()
	at := when{asOf, graph.Alleged}
	var origins []int32
	for _, c := range w.plain.company {
		if c != w.hub && w.plain.listed(c, at) {
			origins = append(origins, c)
		}
	}
	if len(origins) == 0 {
		origins = []int32{w.hub} // of a small graph
	}
	want, inOneHand := make([]int, len(origins)), make([]int, len(origins))
	for i, c := range origins {
		want[i], inOneHand[i] = w.reached(c, aggregate(w.caughtAt(at))), w.reached(c, oneOwner)
	}
	recursive := w.prepared(t, downstreamSQL)
	sides := []side{
		{name: bench.Floor, ask: func(i int) error {
			i %= len(origins)
			return notFewer(w.down.walk(origins[i]), want[i], nil)
		}},
		{name: bench.WholeReach, ask: func(i int) error {
			i %= len(origins)
			question := graph.ReachQuestion{Origin: string(w.ids[origins[i]]), AsOf: asOf, Policy: policy, Limit: 1}
			answer, err := graph.Reach(t.Context(), w.index, question, func(graph.ReachRow) error { return nil })
			if err == nil && answer.Total != want[i] {
				err = fmt.Errorf("%s: %d products; by the plain computation there are %d", w.ids[origins[i]], answer.Total, want[i])
			}
			return err
		}},
		{name: "SQLite: one recursive query", ask: func(i int) error {
			i %= len(origins)
			found := 0
			err := recursive.QueryRowContext(t.Context(), string(w.ids[origins[i]]), int64(asOf)).Scan(&found)
			return notFewer(found, inOneHand[i], err)
		}},
	}
	if asked("postgres") {
		p := w.postgres()
		sides = append(sides, side{name: "PostgreSQL: one recursive query", ask: func(i int) error {
			i %= len(origins)
			found := 0
			err := p.conn.QueryRow(t.Context(), downstreamInPostgres, origins[i], int32(asOf)).Scan(&found)
			return notFewer(found, inOneHand[i], err)
		}})
	}
	if asked("networkx") {
		x := w.networkx()
		sides = append(sides, side{name: "NetworkX: descendants, on the claims of the day", took: func() time.Duration { return x.took }, ask: func(i int) error {
			i %= len(origins)
			found, err := x.ask("reach", origins[i])
			return notFewer(found, want[i], err)
		}})
	}
	w.sheet.measure(t, bench.Typical, n.slow, sides)
}

// notFewer is for sides that answer an easier question: they find as much at least.
func notFewer(found, want int, err error) error {
	if err == nil && found < want {
		err = fmt.Errorf("%d products; by the plain computation there are %d", found, want)
	}
	return err
}
