package link

import (
	"context"
	"strings"

	"debadge/graph"
)

// Author is the author of the change sets in which claims are stated and
// withdrawn here. Who else withdraws one separates its ends.
const Author = "debadge link"

// claimPrefix begins the ids of the claims that are made here.
const claimPrefix = "claim:debadge-link:"

// pair is two companies, the ids in order.
type pair [2]graph.ID

func pairOf(a, b graph.ID) pair { return pair{min(a, b), max(a, b)} }

// said is a claim that two companies are one legal person.
type said struct {
	pair
	disputed  bool
	withdrawn bool
	what      string // of a claim made here: the attribute that was compared
}

// Linker keeps what is compared of every company of a store, and who said what
// of them, in step with the store's feed: once it has read all of it, following
// a change costs no more than the change. It is for one goroutine at a time.
type Linker struct {
	revision  graph.Revision
	companies map[graph.ID]*company
	made      map[graph.ID]*said // claims made here, by id
	others    map[graph.ID]*said // claims of others
	separated map[pair]bool      // by a person who withdrew a claim
}

// New returns a linker that has read nothing yet.
func New() *Linker {
	return &Linker{
		companies: map[graph.ID]*company{}, made: map[graph.ID]*said{},
		others: map[graph.ID]*said{}, separated: map[pair]bool{},
	}
}

// Follow reads what a store recorded since the last call.
func (l *Linker) Follow(ctx context.Context, s graph.Store) error {
	return s.Changes(ctx, l.revision, func(c graph.Change) error {
		l.follow(c)
		return nil
	})
}

func (l *Linker) follow(c graph.Change) {
	for _, e := range c.Entities {
		if e.ID.Kind() == graph.Company {
			l.companies[e.ID] = companyOf(e)
		}
	}
	for _, claim := range c.Claims {
		if claim.Relation != graph.SameAs {
			continue
		}
		s := &said{pair: pairOf(claim.From, claim.To), disputed: claim.Status == graph.Disputed}
		if strings.HasPrefix(string(claim.ID), claimPrefix) {
			s.what = claim.Citations[0].Locator
			l.made[claim.ID] = s
		} else {
			l.others[claim.ID] = s
		}
	}
	for _, r := range c.Retractions {
		l.withdraw(r, c.Author)
	}
	l.revision = c.Revision
}

// withdraw notes a retraction. A correction, which names another claim, and the
// withdrawal of a disputed claim separate nobody.
func (l *Linker) withdraw(r graph.Retraction, author string) {
	s, mine := l.made[r.Claim]
	if !mine {
		s = l.others[r.Claim]
	}
	if s == nil {
		return
	}
	s.withdrawn = true
	if r.ReplacedBy == "" && !s.disputed && (!mine || author != Author) {
		l.separated[s.pair] = true
	}
}

// apart returns the pairs that somebody separated, or says not to be one.
func (l *Linker) apart() map[pair]bool {
	all := make(map[pair]bool, len(l.separated))
	for p := range l.separated {
		all[p] = true
	}
	for _, s := range l.others {
		if s.disputed && !s.withdrawn {
			all[s.pair] = true
		}
	}
	return all
}
