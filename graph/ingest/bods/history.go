package bods

import (
	"fmt"
	"slices"

	"debadge/graph"
	"debadge/graph/ingest"
)

// version is a statement about a relationship in the history of its record. One
// that is told elsewhere in the file (told is false) only ends what stands
// before it.
type version struct {
	statement

	told bool
}

// slot tells the interests of one relationship apart, from statement to
// statement: by type, by level, and by number where several have both.
type slot struct {
	kind, level string
	number      int
}

// stretch is an interest that has begun and not ended yet.
type stretch struct {
	slot

	claim graph.Claim
	from  *version
}

// history works out, statement by statement, from when to when each interest of
// a relationship holds.
type history struct {
	sink  ingest.Sink
	key   string
	open  []stretch // in the order of their beginnings
	count map[slot]int
}

// tell gives the sink the claims of the versions of one relationship.
func tell(sink ingest.Sink, key string, versions []version) error {
	h := history{sink: sink, key: key, count: map[slot]int{}}
	for i := range versions {
		if err := h.take(&versions[i]); err != nil {
			return err
		}
	}
	for _, s := range h.open {
		if err := h.emit(s); err != nil {
			return err
		}
	}
	return nil
}

// take goes on to the next version: what it states anew ends what was stated
// before, and so does what it no longer states.
func (h *history) take(v *version) error {
	if v.Subject.record == "" || v.InterestedParty.record == "" {
		if err := v.unspecified(h.sink); err != nil {
			return err
		}
		return h.drop(v, nil)
	}
	slots, interests := h.slots(v)
	for i, s := range slots {
		claim, wrong := v.claim(interests[i])
		if err := v.refuse(h.sink, wrong); err != nil {
			return err
		}
		if claim.Relation == graph.Owns && claim.ShareMax.Micro() == 0 {
			v.leaveOut(h.sink, "interest with a share of 0")
			if err := h.until(s, firstOf(claim.ValidFrom, v.date)); err != nil {
				return err
			}
			continue
		}
		if err := h.state(v, stretch{s, claim, v}); err != nil {
			return err
		}
	}
	return h.drop(v, slots)
}

// state takes what a version says of one interest.
func (h *history) state(v *version, s stretch) error {
	if v.closed() {
		if s.claim.ValidTo.IsZero() {
			s.claim.ValidTo = v.date
		}
		if h.isOpen(s.slot) {
			return h.until(s.slot, s.claim.ValidTo)
		}
		if s.claim.ValidTo.IsZero() {
			v.leaveOut(h.sink, "interest that is over, without a date")
			return nil
		}
		return h.emit(s)
	}
	if s.claim.ValidFrom.IsZero() && v.follows() {
		s.claim.ValidFrom = v.date // it is known to hold since then
	}
	if err := h.until(s.slot, s.claim.ValidFrom); err != nil {
		return err
	}
	h.open = append(h.open, s)
	return nil
}

// unspecified notes why nobody is named as the owner.
func (v *version) unspecified(sink ingest.Sink) error {
	v.leaveOut(sink, "relationship whose ends are not both specified")
	if !v.told || v.Subject.record == "" || v.InterestedParty.reason == "" {
		return nil
	}
	subject := v.mention(v.Subject.record)
	subject.Attributes = map[string][]string{"unspecified_owner": {v.InterestedParty.reason}}
	return sink.Record(ingest.Record{At: v.at, Mentions: []graph.Entity{subject}})
}

// refuse tells what is wrong, where the version itself is told.
func (v *version) refuse(sink ingest.Sink, wrong []ingest.Refusal) error {
	for _, w := range wrong {
		if !v.told {
			break
		}
		if err := sink.Refuse(w); err != nil {
			return err
		}
	}
	return nil
}

// leaveOut counts what is left out, where the version itself is told.
func (v *version) leaveOut(sink ingest.Sink, what string) {
	if v.told {
		sink.LeaveOut(what)
	}
}

// slots numbers the interests that count, and leaves the others out. A
// relationship that states none is an interest of an unknown kind, unless it
// voids an earlier one.
func (h *history) slots(v *version) (slots []slot, interests []*interest) {
	if len(v.Interests) == 0 && !v.closed() && len(v.Replaces) == 0 {
		v.Interests = []interest{{Type: "unknownInterest"}}
	}
	seen := map[slot]int{}
	for i := range v.Interests {
		in := &v.Interests[i]
		if in.level() == "indirect" && len(v.Components)+len(v.OldComponents) > 0 {
			v.leaveOut(h.sink, "indirect interest beside its components")
			continue
		}
		s := slot{kind: in.Type, level: in.level()}
		seen[s]++
		s.number = seen[s]
		slots, interests = append(slots, s), append(interests, in)
	}
	return slots, interests
}

// drop ends what a version no longer states.
func (h *history) drop(v *version, stated []slot) error {
	for _, s := range slices.Clone(h.open) {
		if !slices.Contains(stated, s.slot) {
			if err := h.until(s.slot, v.date); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *history) isOpen(s slot) bool {
	return slices.ContainsFunc(h.open, func(o stretch) bool { return o.slot == s })
}

// until ends an interest on the day on which something else takes its place.
// If that is no later than its own beginning, or has no date, it was never so:
// what takes its place corrects it.
func (h *history) until(s slot, next graph.Date) error {
	i := slices.IndexFunc(h.open, func(o stretch) bool { return o.slot == s })
	if i < 0 {
		return nil
	}
	ended := h.open[i]
	h.open = slices.Delete(h.open, i, i+1)
	c := &ended.claim
	if next.IsZero() || (!c.ValidFrom.IsZero() && c.ValidFrom.Earliest() >= next.Latest()) {
		ended.from.leaveOut(h.sink, "interest that a later statement restates or corrects")
		return nil
	}
	if c.ValidTo.IsZero() || next.Latest() < c.ValidTo.Latest() {
		c.ValidTo = next
	}
	return h.emit(ended)
}

// emit gives the sink the claim of an interest. In its key is the how manieth
// of its kind it is in the history, so that a later edition that tells its end
// means the same claim.
func (h *history) emit(s stretch) error {
	h.count[s.slot]++
	if !s.from.told {
		return nil
	}
	st := ingest.Statement{Claim: s.claim, Key: fmt.Sprintf("%s %s %s %d %d", h.key, s.kind, s.level, s.number, h.count[s.slot])}
	v := s.from
	return h.sink.Record(ingest.Record{
		At:     v.at,
		Claims: []ingest.Statement{st},
	})
}

// firstOf returns the first of two dates that there is.
func firstOf(a, b graph.Date) graph.Date {
	if a.IsZero() {
		return b
	}
	return a
}
