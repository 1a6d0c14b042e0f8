package neo4j_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	neo4jdriver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
	"debadge/graph/neo4j/neo4jtest"
	"debadge/queries"
)

// asked returns the parameters of a question about an entity.
func asked(id graph.ID, asOf graph.Day, weakest graph.Status, shareMin int64) map[string]any {
	var statuses []string
	for s := graph.Confirmed; s <= weakest; s++ {
		statuses = append(statuses, s.String())
	}
	return map[string]any{
		"subject": string(id), "origin": string(id), "as_of": neo4jdriver.DateOf(asOf.Time()), "revision": int64(1) << 32,
		"lists": []string{}, "statuses": statuses, "min_confidence": 0, "share_min": shareMin, "affiliations": 1,
	}
}

// plan returns the plan of a statement as the server draws it.
func plan(tb testing.TB, server *neo4jtest.Server, text string, params map[string]any) string {
	tb.Helper()
	_, summary := run(tb, server, text, params)
	var arguments map[string]any
	if summary.Profile() != nil {
		arguments = summary.Profile().Arguments()
	} else {
		arguments = summary.Plan().Arguments()
	}
	drawn, ok := arguments["string-representation"].(string)
	if !ok {
		tb.Fatalf("the server draws no plan for\n%s", text)
	}
	return drawn
}

// TestPlansOfSmallStore plans the statements of the store when there is next to
// nothing in it: the server keeps a plan for a while when that changes. People
// wait that while out; their questions are guarded on a large graph alone.
func TestPlansOfSmallStore(t *testing.T) {
	server := empty(t)
	s := openAt(t, server, now)
	appendAll(t, s, chain("small"))
	run(t, server, "CALL db.clearQueryCaches()", nil)
	explainAll(t, server, "store/")
}

// TestPlans guards the questions on a graph of ten thousand products beside
// nodes that have nothing to do with it.
func TestPlans(t *testing.T) {
	server := empty(t)
	s := openAt(t, server, now)
	made := synthesize(t, s, 10_000)
	run(t, server, "UNWIND range(1, 50000) AS i CREATE (:Stranger {id: 'product:' + i})", nil)
	run(t, server, "CALL db.resampleOutdatedIndexes()", nil)
	for _, c := range packPlanned {
		drawn := plan(t, server, "PROFILE "+queries.Must(c.query).Text, made.arguments(t, c))
		for _, bad := range []string{"AllNodesScan", "NodeByLabelScan", "StatefulShortestPath(Into", "CartesianProduct", "RelationshipTypeScan", "AllRelationshipsScan"} {
			if strings.Contains(drawn, bad) {
				t.Errorf("%s %v plans as %s:\n%s", c.query, c.given, bad, drawn)
			}
		}
		if n := hitsOf(t, drawn); n > c.ceiling {
			t.Errorf("%s %v takes %d database hits, more than %d:\n%s", c.query, c.given, n, c.ceiling, drawn)
		} else {
			t.Logf("%s %v: %d database hits", c.query, c.given, n)
		}
	}
	explainAll(t, server, "")
	timeTraces(t, s, made.product, graph.DayOf(plannedOn))
}

// explainAll lets the server plan every statement whose name begins so, for
// every relation.
func explainAll(t *testing.T, server *neo4jtest.Server, prefix string) {
	t.Helper()
	// Lists are few, and change sets are looked up one at a time.
	fine := strings.NewReplacer("NodeByLabelScan | c:ChangeSet", "", "NodeByLabelScan | l:List", "")
	spaces := regexp.MustCompile(`[ |0-9]*\|[ |0-9]*`)
	for _, q := range queries.All() {
		texts := []string{q.Text}
		if !strings.HasPrefix(q.Name, prefix) {
			continue
		}
		switch q.Name {
		case "store/write_claims", "store/retract_claims", "store/known_claims":
			texts = nil
			for _, r := range graph.Relations() {
				texts = append(texts, q.Of(r.String()))
			}
		case "store/upstream_edges", "store/downstream_edges":
			texts = append(texts, q.Narrow("OWNS"), q.Narrow("LISTED_ON"))
		}
		for _, text := range texts {
			drawn := plan(t, server, "EXPLAIN "+text, nil)
			operators := fine.Replace(spaces.ReplaceAllString(drawn, " | "))
			for _, bad := range []string{"Scan", "StatefulShortestPath(Into"} {
				if strings.Contains(operators, bad) {
					t.Errorf("%s plans as %s:\n%s", q.Name, bad, drawn)
				}
			}
		}
	}
}

// timeTraces compares a trace on the direct view with a bare round trip.
func timeTraces(t *testing.T, s graph.Store, product graph.ID, asOf graph.Day) {
	t.Helper()
	median := func(do func() error) time.Duration {
		var took []time.Duration
		for range 40 {
			began := now()
			if err := do(); err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		return took[len(took)/2]
	}
	status := median(func() error { _, err := s.Status(t.Context()); return err })
	trace := median(func() error {
		_, err := graph.Trace(t.Context(), s, graph.Question{Subject: string(product), AsOf: asOf, Policy: graph.DefaultPolicy()})
		return err
	})
	t.Logf("a transaction of one statement (three round trips): %v; a trace: %v", status, trace)
}

// randomGraph is a small graph with everything in it that a path can cross.
func randomGraph(r *rand.Rand) graph.ChangeSet {
	cs := graph.ChangeSet{Sources: []graph.Source{{ID: "source:s", Title: "s", Publisher: "s"}}}
	pick := func(kind graph.Kind, n int) graph.ID { return graph.ID(fmt.Sprintf("%s:%02d", kind, r.IntN(n))) }
	size := map[graph.Kind]int{graph.Company: 4 + r.IntN(8), graph.Product: 4 + r.IntN(10), graph.List: 2, graph.Proceeding: 1}
	for _, kind := range graph.Kinds() {
		for i := range size[kind] {
			cs.Entities = append(cs.Entities, graph.Entity{ID: graph.ID(fmt.Sprintf("%s:%02d", kind, i)), Name: "n"})
		}
	}
	years := func() graph.Date {
		d, err := graph.ParseDate(strconv.Itoa(2010 + r.IntN(10)))
		if err != nil {
			panic(err)
		}
		return d
	}
	seen := map[graph.ID]bool{}
	for range 10 + r.IntN(50) {
		relation := graph.Relations()[r.IntN(len(graph.Relations()))]
		rule := relation.Rule()
		c := graph.Claim{
			Relation: relation, From: pick(rule.From, size[rule.From]), To: pick(rule.To, size[rule.To]),
			Status: graph.Status(1 + r.IntN(4)), Citations: []graph.Citation{{Source: "source:s", Stance: graph.Supports}},
		}
		if c.From == c.To {
			continue
		}
		if r.IntN(3) == 0 {
			c.ValidFrom = years()
		}
		if !rule.Event && r.IntN(4) == 0 {
			if to := years(); c.ValidFrom.Earliest() < to.Latest() {
				c.ValidTo = to
			}
		}
		if rule.Share && r.IntN(3) > 0 {
			share := graph.ShareOf(int32(1 + r.IntN(graph.WholeShare)))
			c.ShareMin, c.ShareMax = share, share
		}
		cs.Claims = append(cs.Claims, c)
	}
	prepared, err := graph.ChangeSet{Entities: cs.Entities, Sources: cs.Sources, Claims: cs.Claims}.Prepare()
	if err != nil {
		// Two claims that say the same, very rarely: leave out the second.
		cs.Claims = slices.DeleteFunc(cs.Claims, func(c graph.Claim) bool {
			one, err := graph.ChangeSet{Claims: []graph.Claim{c}}.Prepare()
			if err != nil || seen[one.Claims[0].ID] {
				return true
			}
			seen[one.Claims[0].ID] = true
			return false
		})
		return cs
	}
	return prepared
}

// TestQuestionsAgree asks the same of the engine and of Cypher alone.
func TestQuestionsAgree(t *testing.T) {
	const graphs = 12
	server := neo4jtest.Start(t)
	asOf := graph.DayOf(time.Date(2015, 6, 1, 0, 0, 0, 0, time.UTC))
	for seed := range uint64(graphs) {
		empty(t)
		s := openAt(t, server, now)
		cs := randomGraph(rand.New(rand.NewPCG(seed, 4)))
		appendAll(t, s, cs)
		for _, majority := range []bool{false, true} {
			policy := graph.DefaultPolicy()
			rule := graph.OwnershipRule{Name: "r", Form: graph.AnyShare}
			shareMin := int64(0)
			if majority {
				rule.Form, rule.Threshold = graph.Majority, graph.ShareOf(graph.WholeShare/2)
				shareMin = graph.WholeShare / 2
			}
			policy.Ownership = []graph.OwnershipRule{rule}
			agree(t, server, s, cs, policy, asOf, shareMin, fmt.Sprintf("graph %d, majority %v", seed, majority))
		}
	}
}

func agree(t *testing.T, server *neo4jtest.Server, s graph.Store, cs graph.ChangeSet, policy graph.Policy, asOf graph.Day, shareMin int64, where string) {
	t.Helper()
	traced := map[graph.ID][]string{} // by origin: the products that trace back to it
	for _, e := range cs.Entities {
		if k := e.ID.Kind(); k != graph.Product && k != graph.Company {
			continue
		}
		answer, err := graph.Trace(t.Context(), s, graph.Question{Subject: string(e.ID), AsOf: asOf, Policy: policy})
		if err != nil {
			t.Fatal(err)
		}
		engine := best(answer)
		var cypher []string
		for _, l := range answer.Listings {
			pair := fmt.Sprint(e.ID, " ", l.Entity.ID)
			if e.ID.Kind() == graph.Product && !slices.Contains(traced[l.List.ID], pair) {
				traced[l.List.ID] = append(traced[l.List.ID], pair)
			}
		}
		done := map[string]bool{}
		for weakest := graph.Confirmed; weakest <= graph.Alleged; weakest++ {
			rows, _ := run(t, server, queries.Must("upstream_trace").Text, asked(e.ID, asOf, weakest, shareMin))
			for _, row := range rows {
				pair := fmt.Sprint(row.Values[0], " ", row.Values[1])
				if !done[pair] {
					done[pair] = true
					cypher = append(cypher, fmt.Sprint(pair, " ", weakest, " ", row.Values[3], " ", row.Values[4]))
				}
				checkPath(t, row, e.ID)
			}
		}
		slices.Sort(engine)
		slices.Sort(cypher)
		if !slices.Equal(engine, cypher) {
			t.Errorf("%s: %s traces back to\n%q by the engine,\n%q by Cypher", where, e.ID, engine, cypher)
		}
	}
	for _, e := range cs.Entities {
		if e.ID.Kind() != graph.List {
			continue
		}
		rows, _ := run(t, server, queries.Must("reach").Text, asked(e.ID, asOf, graph.Alleged, shareMin))
		var reached []string
		for _, row := range rows {
			reached = append(reached, fmt.Sprint(row.Values[0], " ", row.Values[1]))
		}
		slices.Sort(reached)
		slices.Sort(traced[e.ID])
		if !slices.Equal(reached, traced[e.ID]) {
			t.Errorf("%s: %s reaches\n%q, but it is traced back to from\n%q", where, e.ID, reached, traced[e.ID])
		}
		rebadgingsAgree(t, server, s, graph.ReachQuestion{Origin: string(e.ID), AsOf: asOf, Policy: policy}, shareMin, where)
	}
}

// best returns the best path to each company and list, whatever its way: the
// engine has one for each way.
func best(answer graph.Answer) []string {
	paths := map[string]graph.Path{}
	for _, l := range answer.Listings {
		pair := fmt.Sprint(l.Entity.ID, " ", l.List.ID)
		p := l.Paths[0]
		if old, there := paths[pair]; !there || cmp.Or(cmp.Compare(p.Strength, old.Strength),
			cmp.Compare(p.Affiliations, old.Affiliations), cmp.Compare(len(p.Hops), len(old.Hops))) < 0 {
			paths[pair] = p
		}
	}
	var all []string
	for pair, p := range paths {
		all = append(all, fmt.Sprint(pair, " ", p.Strength, " ", p.Affiliations, " ", len(p.Hops)-1))
	}
	return all
}

// checkPath checks that a path leads from the subject to the list without a gap.
func checkPath(t *testing.T, row *neo4jdriver.Record, at graph.ID) {
	t.Helper()
	hops, ok := row.Values[5].([]any)
	if !ok || int64(len(hops)-1) != row.Values[4] {
		t.Fatalf("the path is %v", row.Values[5])
	}
	here := string(at)
	for _, h := range hops {
		hop, ok := h.(map[string]any)
		if !ok {
			t.Fatalf("a hop is %v", h)
		}
		claims, ok := hop["claims"].([]any)
		if !ok || len(claims) == 0 {
			t.Errorf("no claim for the hop %v", hop)
		}
		switch here {
		case hop["from"]:
			here, _ = hop["to"].(string)
		case hop["to"]:
			here, _ = hop["from"].(string)
		default:
			t.Errorf("the path breaks at %s: %v", here, hops)
		}
	}
	if here != row.Values[1] {
		t.Errorf("the path to %v ends at %s", row.Values[1], here)
	}
}

func rebadgingsAgree(t *testing.T, server *neo4jtest.Server, s graph.Store, q graph.ReachQuestion, shareMin int64, where string) {
	t.Helper()
	found, err := graph.Rebadgings(t.Context(), s, q)
	if err != nil {
		t.Fatal(err)
	}
	var engine, cypher []string
	for _, r := range found {
		for _, c := range r.Claims {
			engine = append(engine, fmt.Sprint(r.Relation, " ", c.ID, " ", r.From.ID, " ", r.To.ID, " ", r.Entity.ID, " ", r.List.ID))
		}
	}
	rows, _ := run(t, server, queries.Must("post_listing_rebadgings").Text, asked(graph.ID(q.Origin), q.AsOf, graph.Alleged, shareMin))
	for _, row := range rows {
		v := row.Values
		cypher = append(cypher, fmt.Sprint(v[0], " ", v[1], " ", v[2], " ", v[3], " ", v[5], " ", v[6]))
	}
	slices.Sort(engine)
	slices.Sort(cypher)
	if !slices.Equal(engine, cypher) {
		t.Errorf("%s: the rebadgings of %s are\n%q by the engine,\n%q by Cypher", where, q.Origin, engine, cypher)
	}
}
