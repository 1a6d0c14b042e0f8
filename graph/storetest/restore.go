package storetest

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"debadge/graph"
)

// RunRestore checks that stores take over the log of another one as it is.
func RunRestore(t *testing.T, open Opener) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(*probe)
	}{
		{"as it is", restoreExactly},
		{"nothing else in its place", restoreOther},
		{"what is no log", restoreRefused},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(newProbe(t, open)) })
	}
}

// history is what three authors appended, the second of whom said again what
// was known: the digest of what is in the log is not that of what was appended.
func history() []graph.ChangeSet {
	again := world()
	again.ID, again.Reason = "again", "and more"
	again.Entities = append(again.Entities, entity("company:later", "Later"))
	again.Entities[0].Name = "renamed"
	again.Claims = append(again.Claims, claim("claim:later", graph.Makes, "company:later", "product:alpha:one"))
	return []graph.ChangeSet{rich(), again, {ID: "back", Retractions: []graph.Retraction{{Claim: "claim:later", Reason: "no"}}}}
}

// logOf appends change sets to a plain store, an hour apart, and returns its log.
func logOf(p *probe, sets ...graph.ChangeSet) []graph.Change {
	at := FixedTime.Add(123_456_000)
	s := newPlainStore(func() time.Time {
		at = at.Add(time.Hour)
		return at
	})
	for _, cs := range sets {
		_, err := s.Append(p.ctx, cs)
		p.must("append to the original", err)
	}
	var log []graph.Change
	p.must("changes", s.Changes(p.ctx, 0, func(c graph.Change) error {
		c.Entities, c.Sources, c.Claims = slices.Clone(c.Entities), slices.Clone(c.Sources), slices.Clone(c.Claims)
		slices.SortFunc(c.Entities, func(a, b graph.Entity) int { return cmp.Compare(a.ID, b.ID) })
		slices.SortFunc(c.Sources, func(a, b graph.Source) int { return cmp.Compare(a.ID, b.ID) })
		slices.SortFunc(c.Claims, func(a, b graph.Claim) int { return cmp.Compare(a.ID, b.ID) })
		log = append(log, c)
		return nil
	}))
	return log
}

func (p *probe) restorer() graph.Restorer {
	p.t.Helper()
	r, ok := p.store.(graph.Restorer)
	if !ok {
		p.t.Fatal("the store does not restore")
	}
	return r
}

func restoreExactly(p *probe) {
	log := logOf(p, history()...)
	empty := graph.Change{ChangeSet: graph.ChangeSet{ID: "part: nothing"}, Revision: 4, RecordedAt: log[2].RecordedAt.Add(time.Microsecond), Digest: graph.ChangeSet{}.Digest()}
	log = append(log, empty)
	for _, c := range log {
		receipt, err := p.restorer().Restore(p.ctx, c)
		p.must("restore", err)
		p.same("revision", receipt.Revision, c.Revision)
		p.same("record time", receipt.RecordedAt, c.RecordedAt)
		p.same("replayed", receipt.Replayed, false)
	}
	p.same("the log", p.changes(0), log)
	p.store = p.reopen()
	p.same("the log after it was opened again", p.changes(0), log)
	for _, c := range log {
		receipt, err := p.restorer().Restore(p.ctx, c)
		p.must("restore again", err)
		p.same("again", receipt, graph.Receipt{Revision: c.Revision, RecordedAt: c.RecordedAt, Replayed: true})
	}
	for i, cs := range history() {
		receipt := p.append(cs)
		p.same("what was appended to the original is known", receipt, graph.Receipt{Revision: log[i].Revision, RecordedAt: log[i].RecordedAt, Replayed: true})
	}
	p.same("the next revision", p.append(graph.ChangeSet{Entities: []graph.Entity{entity("company:next", "Next")}}).Revision, graph.Revision(5))
}

func restoreOther(p *probe) {
	log := logOf(p, history()...)
	_, err := p.restorer().Restore(p.ctx, log[1])
	p.fails("a gap", err, graph.KindConflict)
	p.append(graph.ChangeSet{ID: "mine", Entities: []graph.Entity{entity("company:mine", "Mine")}})
	_, err = p.restorer().Restore(p.ctx, log[0])
	p.fails("into another store", err, graph.KindConflict)
	moved := log[0]
	moved.ID, moved.Revision = "mine", 1
	_, err = p.restorer().Restore(p.ctx, moved)
	p.fails("another change by the same id", err, graph.KindConflict)
	p.same("revision", p.status().Revision, graph.Revision(1))
}

func restoreRefused(p *probe) {
	log := logOf(p, history()...)
	_, err := p.restorer().Restore(p.ctx, log[0])
	p.must("restore", err)
	for name, change := range map[string]struct {
		spoil func(*graph.Change)
		kind  graph.ErrorKind
	}{
		"no id":         {func(c *graph.Change) { c.ID = "" }, graph.KindInvalid},
		"no revision":   {func(c *graph.Change) { c.Revision = 0 }, graph.KindInvalid},
		"no digest":     {func(c *graph.Change) { c.Digest = "" }, graph.KindInvalid},
		"nanoseconds":   {func(c *graph.Change) { c.RecordedAt = c.RecordedAt.Add(1) }, graph.KindInvalid},
		"no time":       {func(c *graph.Change) { c.RecordedAt = time.Time{} }, graph.KindInvalid},
		"earlier":       {func(c *graph.Change) { c.RecordedAt = log[0].RecordedAt }, graph.KindConflict},
		"nothing new":   {func(c *graph.Change) { c.ChangeSet = log[0].ChangeSet; c.ID = "other" }, graph.KindConflict},
		"a wrong claim": {func(c *graph.Change) { c.Claims = []graph.Claim{{ID: "claim:x"}} }, graph.KindInvalid},
		"an end that is not there": {func(c *graph.Change) {
			c.Claims = []graph.Claim{claim("claim:x", graph.Makes, "company:nobody", "product:alpha:one")}
		}, graph.KindInvalid},
	} {
		c := log[1]
		change.spoil(&c)
		_, err := p.restorer().Restore(p.ctx, c)
		p.fails(name, err, change.kind)
	}
	p.same("revision", p.status().Revision, graph.Revision(1))
}
