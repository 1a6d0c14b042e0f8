package graph

import (
	"context"
	"slices"
)

// inquiry is a question made ready to be asked of one view: names resolved to
// handles, the policy's rules in the form that the walk tests.
type inquiry struct {
	view     View
	policy   *Policy
	asOf     Day
	walked   RelationSet
	lists    map[Node]bool // nil: every list counts
	narrowed []ID          // the lists to which the question was narrowed
	rules    []ownershipRule
	editions []ListEdition // of the lists that count
	least    Action        // whatever the finding: a stale edition asks for a review

	without map[ClaimRef]survey // what the walk of a trace shows without a claim

	onDecisive, onPaths int  // claims read to find decisive claims, and other paths
	shortened           bool // that was too much
}

// maxRules is how many ownership rules a policy may have: they are bits of a byte.
const maxRules = 8

type ownershipRule struct {
	*OwnershipRule
	lists     map[Node]bool // nil: every list of the policy
	interests uint8         // bits by Interest
	implied   bool          // whatever it catches, an earlier rule catches at any time
	excluded  map[Node]bool // by company of a known seat: the rule does not cover that seat
}

func newInquiry(ctx context.Context, v View, policy *Policy, asOf Day, narrow []string) (*inquiry, error) {
	if err := policy.Check(); err != nil {
		return nil, err
	}
	if asOf < MinDay || asOf >= MaxDay {
		return nil, Errorf(KindInvalid, "the date asked about is outside of %s to %s; an open end is no date", MinDay, MaxDay-1)
	}
	q := &inquiry{view: v, policy: policy, asOf: asOf, walked: policy.walked()}
	var err error
	if q.lists, err = listNodes(ctx, v, policy.Lists); err != nil {
		return nil, err
	}
	if err := q.narrow(ctx, narrow); err != nil {
		return nil, err
	}
	if err := q.readEditions(ctx); err != nil {
		return nil, err
	}
	return q, q.addRules(ctx)
}

// listNodes returns the handles of lists; one that is not known is an error,
// since leaving it out would widen what counts as clear.
func listNodes(ctx context.Context, v View, ids []ID) (map[Node]bool, error) {
	if len(ids) == 0 {
		return nil, nil //nolint:nilnil // nil means every list
	}
	nodes, err := v.Nodes(ctx, ids)
	if err != nil {
		return nil, err
	}
	set := make(map[Node]bool, len(nodes))
	for i, n := range nodes {
		if n == NoNode {
			return nil, Errorf(KindNotFound, "the policy names the list %s, which is not known at this revision", ids[i])
		}
		set[n] = true
	}
	return set, nil
}

// narrow restricts the lists that count to those that the question names.
func (q *inquiry) narrow(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	for _, name := range names {
		list, err := Resolve(ctx, q.view, name, List)
		if err != nil {
			return err
		}
		if !slices.Contains(q.narrowed, list.ID) {
			q.narrowed = append(q.narrowed, list.ID)
		}
	}
	slices.Sort(q.narrowed)
	named, err := listNodes(ctx, q.view, q.narrowed)
	if err != nil {
		return err
	}
	for _, id := range q.narrowed {
		if len(q.policy.Lists) > 0 && !slices.Contains(q.policy.Lists, id) {
			return Errorf(KindInvalid, "%s does not count under the policy %q, so nothing can be said about it; leave it out or change the policy", id, q.policy.Name)
		}
	}
	q.lists = named
	return nil
}

func (q *inquiry) addRules(ctx context.Context) error {
	q.rules = make([]ownershipRule, len(q.policy.Ownership))
	for i := range q.policy.Ownership {
		rule := &q.rules[i]
		rule.OwnershipRule = &q.policy.Ownership[i]
		for _, interest := range rule.Interests {
			rule.interests |= 1 << interest
		}
		if rule.interests == 0 {
			rule.interests = 1 << Equity
		}
		if len(rule.Lists) > 0 {
			nodes, err := q.view.Nodes(ctx, rule.Lists)
			if err != nil {
				return err
			}
			rule.lists = make(map[Node]bool, len(nodes))
			for _, n := range nodes { // a regulator's list that the store does not hold has no members
				rule.lists[n] = n != NoNode
			}
		}
		rule.implied = slices.ContainsFunc(q.rules[:i], rule.impliedBy)
	}
	return nil
}

func (r *ownershipRule) impliedBy(o ownershipRule) bool {
	return o.lists == nil && len(o.InForce) == 0 && len(o.ExcludeCountries) == 0 &&
		o.interests&r.interests == r.interests &&
		(o.Form == AnyShare || (o.Form == r.Form && o.Threshold.Micro() <= r.Threshold.Micro()))
}

func (r *ownershipRule) covers(list Node) bool { return r.lists == nil || r.lists[list] }

func (r *ownershipRule) counts(e *Edge) bool { return r.interests>>e.Interest&1 == 1 }

// force is whether a rule is in force at a day.
type force uint8

const (
	notInForce force = iota
	unconfirmedForce
	inForce
)

var forceNames = [...]string{notInForce: "no", unconfirmedForce: "unconfirmed", inForce: "yes"}

// at returns whether the rule is in force on a day, with the note of the period
// that decides it.
func (r *ownershipRule) at(day Day) (force, string) {
	if len(r.InForce) == 0 {
		return inForce, ""
	}
	found, note := notInForce, ""
	for _, p := range r.InForce {
		if p.From.Earliest() > day || day >= p.To.Latest() {
			continue
		}
		if !p.Unconfirmed {
			return inForce, p.Note
		}
		found, note = unconfirmedForce, p.Note
	}
	return found, note
}

// inForce returns the rules in force on a day that are not implied by another
// one, as bits.
func (q *inquiry) inForce(day Day) uint8 {
	var bits uint8
	for i := range q.rules {
		if f, _ := q.rules[i].at(day); f == inForce && !q.rules[i].implied {
			bits |= 1 << i
		}
	}
	return bits
}

func (q *inquiry) listCounts(n Node) bool { return q.lists == nil || q.lists[n] }
