package ledger_test

import (
	"path/filepath"
	"testing"

	"debadge/graph"
	"debadge/ledger"
)

// watchedOver is a decision that a second officer has to sign.
func watchedOver(subject string) ledger.NewDecision {
	n := decideOn(subject)
	n.Question.Policy.SecondOfficer = []graph.Action{graph.Pass, graph.Review}
	return n
}

func signing(decision string) ledger.NewSignOff {
	return ledger.NewSignOff{Decision: decision, Author: "s.econd", Verdict: ledger.Signed, Reasoning: "read it"}
}

// TestSign records decisions that need another officer, and some that do not.
func TestSign(t *testing.T) {
	t.Parallel()
	for _, l := range both(t, options()) {
		s := newStore(t, listedCase())
		if d := mustDecide(t, l, s, decideOn("B1")); d.State != ledger.Final {
			t.Errorf("%+v", d)
		}
		n := watchedOver("B1")
		n.Action = graph.Block
		if d := mustDecide(t, l, s, n); d.State != ledger.Final || d.NeedsSignOff {
			t.Errorf("%+v", d)
		}
		for _, subject := range []string{"B1", "C1", "B1"} {
			if d := mustDecide(t, l, s, watchedOver(subject)); d.State != ledger.Waiting {
				t.Errorf("%+v", d)
			}
		}
		d, err := l.Sign(t.Context(), "key:second", signing("decision-3"))
		if err != nil || d.State != ledger.Signed || d.SignOff == nil || d.SignOff.Author != "s.econd" {
			t.Errorf("%+v %v", d, err)
		}
		refusal := signing("decision-4")
		refusal.Verdict = ledger.Refused
		if d, err := l.Sign(t.Context(), "key:second", refusal); err != nil || d.State != ledger.Refused {
			t.Errorf("%+v %v", d, err)
		}
		if again, err := l.Sign(t.Context(), "key:second", signing("decision-3")); err != nil || *again.SignOff != *d.SignOff {
			t.Errorf("%+v %v", again, err)
		}
		for state, want := range map[ledger.DecisionState]int{ledger.Final: 2, ledger.Waiting: 1, ledger.Signed: 1, ledger.Refused: 1} {
			found, err := l.Decisions(t.Context(), ledger.Decisions{State: state})
			if err != nil || len(found) != want || found[0].State != state {
				t.Errorf("%s: %+v %v", state, found, err)
			}
		}
		for _, c := range checked(t, l, s) {
			if !c.Same || c.State == "" {
				t.Errorf("%+v", c)
			}
		}
		v, err := l.Verify(t.Context())
		if err != nil || v.Decisions != 5 || v.Entries != 7 {
			t.Errorf("%+v %v", v, err)
		}
	}
}

func TestSignRefused(t *testing.T) {
	t.Parallel()
	l, s := inMemory(t), newStore(t, listedCase())
	mustDecide(t, l, s, watchedOver("B1"))
	mustDecide(t, l, s, decideOn("B1"))
	mustDecide(t, l, s, watchedOver("B1"))
	if _, err := l.Sign(t.Context(), "key:second", signing("decision-3")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		change func(*ledger.NewSignOff)
		kind   graph.ErrorKind
		says   string
	}{
		{func(n *ledger.NewSignOff) { n.Author = "O.Ficer" }, graph.KindConflict, "another officer"},
		{func(n *ledger.NewSignOff) { n.Decision = "decision-2" }, graph.KindConflict, "stands without"},
		{func(n *ledger.NewSignOff) { n.Decision, n.Verdict = "decision-3", ledger.Refused }, graph.KindConflict, "was signed by s.econd"},
		{func(n *ledger.NewSignOff) { n.Decision = "decision-9" }, graph.KindNotFound, "decision-9"},
		{func(n *ledger.NewSignOff) { n.Decision = "3" }, graph.KindInvalid, "not the id"},
		{func(n *ledger.NewSignOff) { n.Verdict = ledger.Final }, graph.KindInvalid, "verdict"},
		{func(n *ledger.NewSignOff) { n.Author = "" }, graph.KindInvalid, "author"},
		{func(n *ledger.NewSignOff) { n.Reasoning = " " }, graph.KindInvalid, "reasoning"},
	} {
		n := signing("decision-1")
		c.change(&n)
		_, err := l.Sign(t.Context(), "key:second", n)
		wantError(t, err, c.kind, c.says)
	}
	if v, err := l.Verify(t.Context()); err != nil || v.Entries != 4 {
		t.Errorf("%+v %v", v, err)
	}
}

// TestSignOffTampered changes what a second officer said, takes it away, and
// puts it beside another record.
func TestSignOffTampered(t *testing.T) {
	t.Parallel()
	for statement, says := range map[string]string{
		"UPDATE signoffs SET record = replace(record, 'refused', 'signed') WHERE decision = 1": "sign-off of decision-1",
		"DELETE FROM signoffs":             "tells of 1 sign-offs",
		"UPDATE signoffs SET decision = 2": "",
		"UPDATE decisions SET record = replace(record, 'invoice', 'involce') WHERE id = 1": "",
	} {
		path := filepath.Join(t.TempDir(), "ledger.db")
		l, s := openAt(t, path, options()), newStore(t, listedCase())
		mustDecide(t, l, s, watchedOver("B1"))
		mustDecide(t, l, s, watchedOver("C1"))
		n := signing("decision-1")
		n.Verdict = ledger.Refused
		if _, err := l.Sign(t.Context(), "key:second", n); err != nil {
			t.Fatal(err)
		}
		execute(t, path, statement)
		if says != "" {
			_, err := l.Verify(t.Context())
			wantError(t, err, graph.KindConflict, says)
			continue
		}
		wrong := 0
		for _, c := range checked(t, l, s) {
			if !c.Same && c.Reason == "what was signed is not this record" {
				wrong++
			}
		}
		if wrong != 1 {
			t.Errorf("%s: %d are found", statement, wrong)
		}
	}
}

// TestDecideOnce sends the same request twice, and another one under its key.
func TestDecideOnce(t *testing.T) {
	t.Parallel()
	for _, l := range both(t, options()) {
		s := newStore(t, listedCase())
		n := decideOn("B1")
		n.Key, n.Request = "order-17", "sha256:1"
		first := mustDecide(t, l, s, n)
		mustAppendMore(t, s)
		if again := mustDecide(t, l, s, n); again.ID != first.ID || again.Answer != first.Answer || again.State != first.State {
			t.Errorf("%+v", again)
		}
		if other, err := l.Decide(t.Context(), s, "key:other", n); err != nil || other.ID != "decision-2" {
			t.Errorf("%+v %v", other, err)
		}
		n.Request = "sha256:2"
		_, err := l.Decide(t.Context(), s, "key:tester", n)
		wantError(t, err, graph.KindConflict, "decision-1")
		if all, err := l.Decisions(t.Context(), ledger.Decisions{}); err != nil || len(all) != 2 {
			t.Errorf("%+v %v", all, err)
		}
	}
}

func mustAppendMore(t *testing.T, s graph.Store) {
	t.Helper()
	if _, err := s.Append(t.Context(), graph.ChangeSet{ID: "more", Entities: []graph.Entity{{ID: "company:later", Name: "Later"}}}); err != nil {
		t.Fatal(err)
	}
}
