package graph

import (
	"context"
	"time"
)

// Trace answers upstream: every listed entity that a product or company traces
// back to at a date, with the best paths and the evidence of every hop. A
// subject that is not known is the finding Unknown, not an error; a name that
// several entities have is KindAmbiguous.
func Trace(ctx context.Context, s Store, question Question) (Answer, error) {
	var answer Answer
	err := s.View(ctx, question.KnownAt, func(v View) error {
		var err error
		answer, err = TraceView(ctx, v, question)
		return err
	})
	return answer, err
}

// TraceView is [Trace] on a view that is at hand, whatever the moment that the
// question names; the answer repeats it.
func TraceView(ctx context.Context, v View, question Question) (Answer, error) {
	q, err := newInquiry(ctx, v, &question.Policy, question.AsOf, question.Lists)
	if err != nil {
		return Answer{}, err
	}
	subject, err := Resolve(ctx, v, question.Subject, Product, Company)
	if KindOf(err) == KindNotFound {
		return q.unknownSubject(question, err.Error()), nil
	}
	if err != nil {
		return Answer{}, err
	}
	w := newWalk(Upstream, q.policy.MaxEntities)
	defer w.release()
	nodes, err := v.Nodes(ctx, []ID{subject.ID})
	if err != nil {
		return Answer{}, err
	}
	if err := w.gather(ctx, q, nodes[0]); err != nil {
		return Answer{}, err
	}
	return q.answer(ctx, w, question, subject)
}

func (q *inquiry) basis(question Question) Basis {
	revision, recorded := q.view.At()
	return Basis{
		AsOf: q.asOf.Date(), KnownAt: knownAt(question.KnownAt, recorded), Revision: revision,
		Policy: PolicyRef{q.policy.Name, q.policy.Digest()}, Lists: q.narrowed, Editions: q.editions,
	}
}

// knownAt is the record time that an answer states: the one asked for, or that
// of the revision; none for an empty store.
func knownAt(asked Moment, recorded time.Time) *time.Time {
	if !asked.Time.IsZero() && asked.Revision == 0 {
		recorded = asked.Time
	}
	if recorded.IsZero() {
		return nil
	}
	recorded = recorded.UTC()
	return &recorded
}

func (q *inquiry) unknownSubject(question Question, reason string) Answer {
	return Answer{
		Query: question.Subject, Finding: Unknown, Action: max(q.policy.Actions.Unknown, q.least), Complete: true,
		Reasons: []string{reason + "; that it is unknown does not mean that it is clear"}, Basis: q.basis(question),
		DecisiveClaims: []ID{}, Listings: []ListingAnswer{}, Former: []FormerListing{},
		Ownership: []OwnershipAnswer{}, Disputed: []ClaimAnswer{}, Sources: []Source{},
	}
}

// conclusion is a finding with what an organization does about it.
type conclusion struct {
	finding  Finding
	strength Status
	action   Action
	complete bool
	reasons  []string
}

// conclude turns a survey into a finding. Nothing found is clear only where
// everything was seen and no ownership rule is left undetermined. Deep says that
// there are entities beyond the most hops.
func (q *inquiry) conclude(w *walk, s *survey, deep bool, undetermined []string) conclusion {
	c := conclusion{finding: Clear, reasons: w.reasons(deep, q.policy.MaxHops)}
	c.complete = len(c.reasons) == 0
	actions := q.policy.Actions
	for _, e := range s.entries {
		c.finding = Listed
		if c.strength == 0 || e.tier < c.strength {
			c.strength = e.tier
		}
		c.action = max(c.action, actions.listed(e.tier, e.way))
	}
	if len(undetermined) > 0 {
		c.action = max(c.action, actions.Undetermined)
		c.reasons = append(c.reasons, undetermined...)
	}
	if !c.complete {
		c.action = max(c.action, actions.Incomplete)
	}
	if c.finding == Clear && len(c.reasons) > 0 {
		c.finding = Unknown
		c.action = max(c.action, actions.Unknown)
	}
	if c.finding == Clear {
		c.action = max(c.action, actions.Clear)
	}
	return c
}

// answer surveys a gathered walk and writes down what it shows.
func (q *inquiry) answer(ctx context.Context, w *walk, question Question, subject Entity) (Answer, error) {
	cut := walk{hopCut: w.hopCut, sizeCut: w.sizeCut, claimCut: w.claimCut, most: w.most} // before the wider walk leaves out more
	w.hopCut = false                                                                      // on other days
	if err := w.widen(ctx, q); err != nil {
		return Answer{}, err
	}
	part := w.leading()
	defer part.release()
	if err := q.loadCountries(ctx, part); err != nil {
		return Answer{}, err
	}
	now := q.survey(part, q.asOf, noClaim)
	verdicts := q.verdicts(part, &now)
	c := q.conclude(&cut, &now, false, q.undetermined(verdicts))
	b := newBook(q, part)
	a := Answer{
		Query: question.Subject, Finding: c.finding, Strength: c.strength, Action: max(c.action, q.least),
		Complete: c.complete, Reasons: c.reasons, Basis: q.basis(question),
	}
	if err := q.chooseRoutes(ctx, b, &now, max(question.Paths, 1)); err != nil {
		return Answer{}, err
	}
	steps, err := q.steps(ctx, w, part, q.asOf, &now)
	if err != nil {
		return Answer{}, err
	}
	verdicts, err = q.allVerdicts(ctx, w, verdicts)
	if err != nil {
		return Answer{}, err
	}
	b.wantSteps(w, steps)
	b.wantVerdicts(verdicts)
	if err := b.load(ctx); err != nil {
		return Answer{}, err
	}
	ref := subject.Ref()
	a.Subject = &ref
	a.Listings = b.listings()
	for _, l := range a.Listings {
		for _, p := range l.Paths {
			a.PostListingRebadge = a.PostListingRebadge || p.PostListingRebadge
		}
	}
	decisive, err := q.decisiveOverall(ctx, part, &now)
	if err != nil {
		return Answer{}, err
	}
	a.DecisiveClaims = b.ids(decisive)
	a.Since = b.since(steps, c.finding)
	a.Former = b.former(steps)
	a.Ownership = b.ownership(verdicts)
	a.Disputed = b.disputed()
	a.Sources = b.sources()
	q.tellShortened(&a)
	return a, nil
}
