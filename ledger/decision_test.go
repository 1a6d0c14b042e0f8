package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/ledger"
)

// today is the day of every test's clock.
func today() graph.Day { return graph.DayOf(noon()) }

// claim states something, by one source.
func claim(id string, r graph.Relation, from, to graph.ID) graph.Claim {
	return graph.Claim{
		ID: graph.ID("claim:" + id), Relation: r, From: from, To: to, Status: graph.Confirmed,
		Citations: []graph.Citation{{Source: "source:gazette", Stance: graph.Supports}},
	}
}

// listedCase has a listed maker whose product goes on under another badge, and
// another maker that is clear.
func listedCase() graph.ChangeSet {
	return graph.ChangeSet{
		ID: "case", Author: "Ann", Reason: "a case",
		Entities: []graph.Entity{
			{ID: "list:embargo", Name: "Embargo"},
			{ID: "company:origin", Name: "Origin Works"},
			{ID: "company:other", Name: "Other Works"},
			{ID: "product:origin:a1", Name: "A1"},
			{ID: "product:badge:b1", Name: "B1"},
			{ID: "product:other:c1", Name: "C1"},
		},
		Sources: []graph.Source{{ID: "source:gazette", Title: "Gazette", Publisher: "Gazette"}},
		Claims: []graph.Claim{
			claim("origin-listed", graph.ListedOn, "company:origin", "list:embargo"),
			claim("origin-makes-a1", graph.Makes, "company:origin", "product:origin:a1"),
			claim("a1-is-b1", graph.RebrandedAs, "product:origin:a1", "product:badge:b1"),
			claim("other-makes-c1", graph.Makes, "company:other", "product:other:c1"),
		},
	}
}

// with is a change set of claims.
func with(claims ...graph.Claim) graph.ChangeSet {
	return graph.ChangeSet{Author: "Ann", Claims: claims}
}

func without(ids ...string) graph.ChangeSet {
	cs := graph.ChangeSet{Author: "Ann"}
	for _, id := range ids {
		cs.Retractions = append(cs.Retractions, graph.Retraction{Claim: graph.ID("claim:" + id), Reason: "wrong"})
	}
	return cs
}

func decideOn(subject string) ledger.NewDecision {
	return ledger.NewDecision{
		Author: "o.ficer", Action: graph.Review, Reasoning: "seen the invoice",
		Question: graph.Question{Subject: subject, AsOf: today(), Policy: graph.DefaultPolicy()},
	}
}

func mustDecide(t *testing.T, l *ledger.Ledger, s graph.Store, n ledger.NewDecision) ledger.Decision {
	t.Helper()
	d, err := l.Decide(t.Context(), s, "key:tester", n)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// checked asks every decision's question again and returns what came of it.
func checked(t *testing.T, l *ledger.Ledger, s graph.Store) []ledger.DecisionCheck {
	t.Helper()
	var all []ledger.DecisionCheck
	if err := l.VerifyDecisions(t.Context(), s, ledger.Decisions{}, func(c ledger.DecisionCheck) error {
		all = append(all, c)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestDecide(t *testing.T) {
	t.Parallel()
	for _, l := range both(t, options()) {
		s := newStore(t, listedCase())
		n := decideOn("b1")
		n.Attachments = []ledger.Attachment{{Name: "invoice.pdf", SHA256: strings.Repeat("0f", 32)}}
		n.Question.Lists, n.Question.Paths = []string{"embargo"}, 3
		d := mustDecide(t, l, s, n)
		q := d.Question
		if d.ID != "decision-1" || d.Author != "o.ficer" || q.Asked != "b1" || q.Subject != "product:badge:b1" || q.Revision != 1 || q.KnownAt == nil ||
			!slices.Equal(q.Lists, []string{"list:embargo"}) || q.Paths != 3 || d.Answer.Finding != graph.Listed || d.Answer.Action != graph.Block {
			t.Errorf("%+v", d)
		}
		mustDecide(t, l, s, decideOn("C1"))
		unknown := mustDecide(t, l, s, decideOn("Z9"))
		if unknown.Question.Subject != "Z9" || unknown.Answer.Finding != graph.Unknown {
			t.Errorf("%+v", unknown)
		}
		again, err := l.Decision(t.Context(), d.ID)
		if err != nil || fmt.Sprint(again.Answer, again.Question.PolicyDigest, again.Attachments) != fmt.Sprint(d.Answer, d.Question.PolicyDigest, d.Attachments) ||
			again.Question.Policy.Digest() != d.Question.PolicyDigest {
			t.Errorf("%+v, %v", again, err)
		}
		for _, c := range []struct {
			which ledger.Decisions
			want  int
		}{{ledger.Decisions{}, 3}, {ledger.Decisions{Subject: "product:badge:b1"}, 1}, {ledger.Decisions{After: "decision-1"}, 2}, {ledger.Decisions{After: "decision-1", Limit: 1}, 1}} {
			if found, err := l.Decisions(t.Context(), c.which); err != nil || len(found) != c.want {
				t.Errorf("%+v: %d, %v", c.which, len(found), err)
			}
		}
		for _, c := range checked(t, l, s) {
			if !c.Same {
				t.Errorf("%+v", c)
			}
		}
		v, err := l.Verify(t.Context())
		if err != nil || v.Decisions != 3 || v.Entries != 3 {
			t.Errorf("%+v, %v", v, err)
		}
	}
}

func TestDecideRefused(t *testing.T) {
	t.Parallel()
	l, s := inMemory(t), newStore(t, listedCase())
	for field, change := range map[string]func(n *ledger.NewDecision){
		"author":                func(n *ledger.NewDecision) { n.Author = "" },
		"action":                func(n *ledger.NewDecision) { n.Action = 0 },
		"reasoning":             func(n *ledger.NewDecision) { n.Reasoning = " \n" },
		"attachments[0].name":   func(n *ledger.NewDecision) { n.Attachments = []ledger.Attachment{{SHA256: strings.Repeat("0f", 32)}} },
		"attachments[0].sha256": func(n *ledger.NewDecision) { n.Attachments = []ledger.Attachment{{Name: "a", SHA256: "0F"}} },
		"subject":               func(n *ledger.NewDecision) { n.Question.Subject = "" },
		"20,000 bytes":          func(n *ledger.NewDecision) { n.Reasoning = strings.Repeat("x", 20_001) },
		"max_hops":              func(n *ledger.NewDecision) { n.Question.Policy.MaxHops = 0 },
	} {
		n := decideOn("B1")
		change(&n)
		_, err := l.Decide(t.Context(), s, "key:tester", n)
		wantError(t, err, graph.KindInvalid, field)
	}
	_, err := l.Decide(t.Context(), index.NewMemory(noon), "key:tester", decideOn("B1"))
	wantError(t, err, graph.KindInvalid, "knew nothing yet")
	_, err = l.Decision(t.Context(), "decision-1")
	wantError(t, err, graph.KindNotFound, "decision-1")
	_, err = l.Decision(t.Context(), "1")
	wantError(t, err, graph.KindInvalid, "decision-1")
	if v, err := l.Verify(t.Context()); err != nil || v.Entries != 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestAnswerForm pins the digest of an answer. A change of it means that the
// digests of all decisions that were ever recorded differ: an answer then has
// another form, and the former one must still be written. DESIGN.md says how.
func TestAnswerForm(t *testing.T) {
	t.Parallel()
	l, s := inMemory(t), newStore(t, listedCase())
	d := mustDecide(t, l, s, decideOn("B1"))
	const want = "sha256:2ec7708878fd46fc279c302386cc556a38ed83d6f3599a701919dd89b699e7f8"
	if d.Answer.Form != 1 || d.Answer.Digest != want {
		t.Errorf("form %d has the digest %s", d.Answer.Form, d.Answer.Digest)
	}
}

// TestDecisionTampered changes what a decision says, or the answer it rests on.
func TestDecisionTampered(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ statement, says string }{
		{"UPDATE decisions SET record = replace(record, 'invoice', 'involce')", "decision-1"},
		{"UPDATE decisions SET entry = 1 WHERE id = 1", ""},
		{"DELETE FROM decisions WHERE id = 2", "tells of 2 decisions"},
		{"INSERT INTO entries (n, data) SELECT 2, data FROM entries WHERE n = 1", "hash"},
	} {
		path := filepath.Join(t.TempDir(), "ledger.db")
		l, s := openAt(t, path, options()), newStore(t, listedCase())
		mustDecide(t, l, s, decideOn("B1"))
		mustDecide(t, l, s, decideOn("C1"))
		if c.says == "" { // two decisions change places
			execute(t, path, "UPDATE decisions SET entry = 9 - entry", "PRAGMA foreign_keys = 0", "UPDATE decisions SET entry = entry - 8")
		} else {
			execute(t, path, "PRAGMA foreign_keys = 0", "DELETE FROM standings WHERE decision = 2", c.statement)
		}
		_, err := l.Verify(t.Context())
		wantError(t, err, graph.KindConflict, c.says)
	}
}

// TestDecisionsDiffer finds decisions whose answer a store no longer gives.
func TestDecisionsDiffer(t *testing.T) {
	t.Parallel()
	l, s := inMemory(t), newStore(t, listedCase())
	mustDecide(t, l, s, decideOn("B1"))
	mustDecide(t, l, s, decideOn("C1"))
	other := listedCase()
	other.Claims[2].Citations[0].Locator = "page 2"
	found := checked(t, l, newStore(t, other))
	if found[0].Same || found[0].Now == found[0].Digest || found[0].Now == "" || !found[1].Same {
		t.Errorf("%+v", found)
	}
	found = checked(t, l, index.NewMemory(noon))
	if found[0].Same || !strings.Contains(found[0].Reason, "revision 1") {
		t.Errorf("%+v", found)
	}
}

// TestDecisionsStay records decisions on a graph that goes on changing: whatever
// is recorded and retracted later, the digests stay.
func TestDecisionsStay(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			g := newGrowing(t, seed)
			l := inMemory(t)
			for range 12 {
				g.grow(t)
				g.decide(t, l)
			}
			for range 20 {
				g.grow(t)
			}
			for i, c := range checked(t, l, g.store) {
				if !c.Same {
					t.Errorf("decision %d: %+v", i+1, c)
				}
			}
		})
	}
}

// growing is a store that changes at random.
type growing struct {
	r      *rand.Rand
	store  *index.Memory
	claims []graph.ID // not retracted
	n      int
}

const growingSize = 14

func newGrowing(t *testing.T, seed uint64) *growing {
	t.Helper()
	g := &growing{r: rand.New(rand.NewPCG(seed, 6)), store: index.NewMemory(noon)}
	cs := graph.ChangeSet{
		ID: "start", Sources: []graph.Source{{ID: "source:gazette", Title: "Gazette", Publisher: "Gazette"}},
		Entities: []graph.Entity{{ID: "list:embargo", Name: "Embargo"}, {ID: "list:other", Name: "Other list"}},
	}
	for i := range growingSize {
		cs.Entities = append(cs.Entities,
			graph.Entity{ID: g.company(i), Name: fmt.Sprintf("Company %d", i)}, graph.Entity{ID: g.product(i), Name: fmt.Sprintf("P%d", i)})
	}
	mustAppend(t, g.store, cs)
	return g
}

func (g *growing) company(i int) graph.ID { return graph.ID(fmt.Sprintf("company:c%d", i)) }
func (g *growing) product(i int) graph.ID { return graph.ID(fmt.Sprintf("product:c:p%d", i)) }

// grow adds a few claims, and retracts one now and then.
func (g *growing) grow(t *testing.T) {
	t.Helper()
	g.n++
	cs := graph.ChangeSet{ID: fmt.Sprintf("growth %d", g.n)}
	for i := range 1 + g.r.IntN(3) {
		cs.Claims = append(cs.Claims, g.claim(t, fmt.Sprintf("g%d-%d", g.n, i)))
	}
	if len(g.claims) > 0 && g.r.IntN(2) == 0 {
		i := g.r.IntN(len(g.claims))
		cs.Retractions = []graph.Retraction{{Claim: g.claims[i], Reason: "wrong"}}
		g.claims = slices.Delete(g.claims, i, i+1)
	}
	if g.r.IntN(4) == 0 {
		cs.Entities = []graph.Entity{{
			ID: g.company(g.r.IntN(growingSize)), Name: "Company", Attributes: map[string][]string{"country": {[]string{"US", "CN"}[g.r.IntN(2)]}},
		}}
	}
	if g.r.IntN(3) == 0 {
		cs.Entities = append(cs.Entities, graph.Entity{ID: graph.ID(fmt.Sprintf("product:new:z%d", g.r.IntN(5))), Name: fmt.Sprintf("Z%d", g.r.IntN(5))})
	}
	if g.r.IntN(5) == 0 {
		cs.Entities = append(cs.Entities, graph.Entity{ID: "list:other", Name: "Other list", Attributes: map[string][]string{
			graph.EditionAttribute: {(today() - graph.Day(g.r.IntN(40))).String()}, graph.MaxAgeAttribute: {"30"},
		}})
	}
	mustAppend(t, g.store, cs)
	for _, c := range cs.Claims {
		g.claims = append(g.claims, c.ID)
	}
}

func (g *growing) claim(t *testing.T, id string) graph.Claim {
	t.Helper()
	i, j := g.r.IntN(growingSize), g.r.IntN(growingSize-1)
	if j >= i {
		j++
	}
	var c graph.Claim
	switch g.r.IntN(7) {
	case 0:
		c = claim(id, graph.ListedOn, g.company(i), []graph.ID{"list:embargo", "list:other"}[g.r.IntN(2)])
	case 1:
		c = claim(id, graph.Owns, g.company(i), g.company(j))
		if share, err := graph.ParseShare([]string{"20", "50", "30"}[g.r.IntN(3)]); err != nil {
			t.Fatal(err)
		} else if g.r.IntN(3) > 0 {
			c.ShareMin, c.ShareMax = share, share
		}
	case 2:
		c = claim(id, graph.AffiliatedWith, g.company(i), g.company(j))
	case 3:
		c = claim(id, graph.RebrandedAs, g.product(i), g.product(j))
	case 4:
		c = claim(id, graph.Sells, g.company(i), g.product(j))
	case 5:
		c = claim(id, graph.RenamedTo, g.company(i), g.company(j))
	default:
		c = claim(id, graph.Makes, g.company(i), g.product(j))
	}
	c.Status = []graph.Status{graph.Confirmed, graph.Reported, graph.Alleged}[g.r.IntN(3)]
	if g.r.IntN(2) == 0 {
		c.ValidFrom = (today() + graph.Day(g.r.IntN(40)-20)).Date()
	}
	if g.r.IntN(4) == 0 && !c.ValidFrom.IsZero() && !c.Relation.Rule().Event {
		c.ValidTo = (c.ValidFrom.Earliest() + graph.Day(1+g.r.IntN(20))).Date()
	}
	return c
}

// decision asks about anything by any policy.
func (g *growing) decision() ledger.NewDecision {
	subject := string(g.product(g.r.IntN(growingSize)))
	switch g.r.IntN(5) {
	case 0:
		subject = string(g.company(g.r.IntN(growingSize)))
	case 1:
		subject = fmt.Sprintf("Z%d", g.r.IntN(5))
	}
	n := decideOn(subject)
	policies := graph.BuiltInPolicies()
	n.Question.Policy = policies[g.r.IntN(len(policies))]
	if g.r.IntN(3) == 0 {
		n.Question.Lists = []string{"list:embargo"}
	}
	if g.r.IntN(4) == 0 {
		n.Question.AsOf += graph.Day(g.r.IntN(30) - 15)
	}
	return n
}

// decide records a decision about anything but a name that several entities have.
func (g *growing) decide(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	if _, err := l.Decide(t.Context(), g.store, "key:tester", g.decision()); err != nil && graph.KindOf(err) != graph.KindAmbiguous {
		t.Fatal(err)
	}
}

// changedBy brings findings up to date and returns the decisions that differ.
func changedBy(t *testing.T, l *ledger.Ledger, s graph.Store, on graph.Day) (ledger.Rescreened, map[string]ledger.ChangedDecision) {
	t.Helper()
	done, all, err := l.ChangedDecisions(t.Context(), s, on, ledger.Decisions{})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]ledger.ChangedDecision{}
	for _, c := range all {
		found[c.ID] = c
	}
	return done, found
}

// TestChangedDecisions tells the decisions that a change reaches, by what, and
// looks at no others.
func TestChangedDecisions(t *testing.T) {
	t.Parallel()
	clock := newTicking()
	l := openAt(t, "", ledger.Options{Clock: clock.time})
	s := newStore(t, listedCase())
	for _, subject := range []string{"A1", "B1", "C1", "company:other", "Z9"} {
		mustDecide(t, l, s, decideOn(subject))
	}
	want := func(name string, on graph.Day, looked int, ids ...string) map[string]ledger.ChangedDecision {
		t.Helper()
		done, found := changedBy(t, l, s, on)
		if done.Total != 5 || done.Looked != looked || len(found) != len(ids) {
			t.Errorf("%s: %+v, %d changed; want %d looked at and %v", name, done, len(found), looked, ids)
		}
		for _, id := range ids {
			if _, ok := found[id]; !ok {
				t.Errorf("%s: %s has not changed", name, id)
			}
		}
		return found
	}
	want("nothing new", today(), 0)

	// Z9, which is not known, is looked at whenever anything is new.
	mustAppend(t, s, with(claim("other-listed", graph.ListedOn, "company:other", "list:embargo")))
	found := want("a listing", today(), 3, "decision-3", "decision-4")
	c := found["decision-3"]
	if c.Answer.Finding != graph.Clear || c.Now.Finding != graph.Listed || c.Revision != 2 || len(c.Gained) != 1 || len(c.Lost) != 0 ||
		c.Gained[0].Entity.ID != "company:other" || len(c.ClaimsLost) != 0 ||
		len(c.ClaimsGained) != 1 || c.ClaimsGained[0].ID != "claim:other-listed" {
		t.Errorf("%+v", c)
	}
	want("nothing since", today(), 0, "decision-3", "decision-4")

	mustAppend(t, s, without("a1-is-b1"))
	found = want("a retraction", today(), 2, "decision-2", "decision-3", "decision-4")
	if c := found["decision-2"]; c.Now.Finding != graph.Clear || len(c.Lost) != 1 || len(c.ClaimsLost) != 1 || c.ClaimsLost[0].ID != "claim:a1-is-b1" {
		t.Errorf("%+v", c)
	}

	mustAppend(t, s, without("other-listed"))
	want("as it was", today(), 3, "decision-2")

	mustAppend(t, s, graph.ChangeSet{Entities: []graph.Entity{{ID: "product:z:z9", Name: "Z9"}}})
	if c := want("known at last", today(), 1, "decision-2", "decision-5")["decision-5"]; c.Now.Finding != graph.Clear {
		t.Errorf("%+v", c)
	}

	// A listing of another day: it is looked at when it is recorded, and on that day.
	later := claim("other-listed-later", graph.ListedOn, "company:other", "list:embargo")
	later.ValidFrom = (today() + 10).Date()
	mustAppend(t, s, with(later))
	want("a listing to come", today(), 3, "decision-2", "decision-5")
	want("the day before", today()+9, 0, "decision-2", "decision-5")
	want("the day", today()+10, 2, "decision-2", "decision-3", "decision-4", "decision-5")
	want("the day after", today()+11, 0, "decision-2", "decision-3", "decision-4", "decision-5")

	// A list that becomes too old asks for a review of everything.
	edition := graph.Entity{ID: "list:embargo", Name: "Embargo", Attributes: map[string][]string{
		graph.EditionAttribute: {(today() + 11).String()}, graph.MaxAgeAttribute: {"5"},
	}}
	mustAppend(t, s, graph.ChangeSet{Entities: []graph.Entity{edition}})
	want("an edition", today()+12, 1, "decision-2", "decision-3", "decision-4", "decision-5")
	found = want("too old", today()+17, 5, "decision-2", "decision-3", "decision-4", "decision-5")
	if found["decision-5"].Now.Action != graph.Review {
		t.Errorf("%+v", found["decision-5"])
	}
}

// TestRescreenAgrees compares what is brought up to date step by step with what
// every question finds when all of them are asked anew, on random graphs, over
// days and changes.
func TestRescreenAgrees(t *testing.T) {
	t.Parallel()
	looked, total := 0, 0
	for seed := range uint64(extent.Rounds(25, 500)) {
		g, l := newGrowing(t, 100+seed), inMemory(t)
		day := today()
		for range 12 {
			for range g.r.IntN(3) {
				g.grow(t)
			}
			g.decide(t, l)
			day += graph.Day(g.r.IntN(6))
			if g.r.IntN(3) == 0 {
				continue // decisions of several revisions and days are brought up to date at once
			}
			done, found := changedBy(t, l, g.store, day)
			looked, total = looked+done.Looked, total+done.Total
			compareAnew(t, l, g, day, found)
		}
	}
	t.Logf("%d of %d findings were computed again", looked, total)
}

func compareAnew(t *testing.T, l *ledger.Ledger, g *growing, day graph.Day, found map[string]ledger.ChangedDecision) {
	t.Helper()
	all, err := l.Decisions(t.Context(), ledger.Decisions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		a, err := graph.Trace(t.Context(), g.store, graph.Question{Subject: d.Question.Subject, AsOf: day, Policy: d.Question.Policy, Lists: d.Question.Lists})
		now := graph.Assessment{Finding: a.Finding, Strength: a.Strength, Action: a.Action, Complete: a.Complete}
		if graph.KindOf(err) == graph.KindAmbiguous {
			now = found[d.ID].Now // as good as not known
			if now.Finding != graph.Unknown && now.Finding != "" {
				t.Errorf("%s names several entities and is %+v", d.ID, now)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		c, changed := found[d.ID]
		if changed != (now != d.Answer.Assessment) || (changed && c.Now != now) {
			t.Errorf("%s about %s on %s: found %+v when asked anew, decided on %+v, told: %t %+v",
				d.ID, d.Question.Subject, day, now, d.Answer.Assessment, changed, c.Now)
		}
	}
}

// TestChangedByReader lists what changed from a ledger that it cannot write to.
func TestChangedByReader(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l, s := openAt(t, path, options()), newStore(t, listedCase())
	mustDecide(t, l, s, decideOn("C1"))
	mustAppend(t, s, with(claim("other-listed", graph.ListedOn, "company:other", "list:embargo")))
	reader := openAt(t, path, ledger.Options{Clock: noon, ReadOnly: true})
	for range 2 {
		if done, found := changedBy(t, reader, s, today()); done.Looked != 1 || len(found) != 1 {
			t.Errorf("%+v, %v", done, found)
		}
	}
	if _, err := l.Rescreen(t.Context(), s, today()); err != nil {
		t.Fatal(err)
	}
	if done, found := changedBy(t, reader, s, today()); done.Looked != 0 || len(found) != 1 {
		t.Errorf("%+v, %v", done, found)
	}
	_, err := reader.Rescreen(t.Context(), newStore(t, listedCase()), today())
	wantError(t, err, graph.KindConflict, "rolled back")
}

func TestRescreenOnTheClock(t *testing.T) {
	t.Parallel()
	// A clock that goes back a day leaves findings as they are for that day.
	l, s := inMemory(t), newStore(t, listedCase())
	mustDecide(t, l, s, decideOn("C1"))
	later := claim("other-listed-later", graph.ListedOn, "company:other", "list:embargo")
	later.ValidFrom = (today() + 1).Date()
	mustAppend(t, s, with(later))
	for _, step := range []struct {
		day     graph.Day
		changed int
	}{{today(), 0}, {today() + 1, 1}, {today(), 0}, {today() + 2, 1}} {
		if _, found := changedBy(t, l, s, step.day); len(found) != step.changed {
			t.Errorf("on %s %d have changed", step.day, len(found))
		}
	}
}
