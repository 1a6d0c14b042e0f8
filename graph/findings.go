package graph

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// Findings keeps what was found about entities, so that an entity which is asked
// about again on the same day, by the same rules and at the same revision is only
// looked up. It takes a byte an entity for each day, policy, choice of lists and
// revision, keeps those that were asked for last, and may be used by several
// goroutines. Only a view whose handles mean the same as those of the next one
// can be remembered: an index in memory.
type Findings struct {
	most int // bytes

	mu   sync.Mutex
	days []*dayFindings // the one asked for last at the end
}

// NewFindings returns an empty store of findings that takes at most so many
// bytes, unless one day alone takes more.
func NewFindings(most int) *Findings { return &Findings{most: most} }

// dayFindings are those of one day, policy, choice of lists and revision.
type dayFindings struct {
	key   findingsKey
	found []atomic.Uint32 // four entities each, by handle; 0: not found yet
}

type findingsKey struct {
	numbering     any
	revision      Revision
	policy, lists string
	asOf          Day
}

// Assessor returns an assessor that shares what it finds. Of nil it is as
// [NewAssessor] makes it.
func (k *Findings) Assessor(ctx context.Context, v View, policy Policy, asOf Day, lists []string) (*Assessor, error) {
	a, err := NewAssessor(ctx, v, policy, asOf, lists)
	if k == nil || err != nil {
		return a, err
	}
	d, ok := v.(dense)
	if !ok || d.Numbering() == nil {
		return a, nil
	}
	revision, _ := v.At()
	key := findingsKey{d.Numbering(), revision, policy.Digest(), fmt.Sprint(a.q.narrowed), asOf}
	a.kept = k.of(key, d.NodeCount())
	return a, nil
}

// of returns the findings of a key, and lets go of those that were asked for
// longest ago.
func (k *Findings) of(key findingsKey, nodes int) *dayFindings {
	k.mu.Lock()
	defer k.mu.Unlock()
	if i := slices.IndexFunc(k.days, func(d *dayFindings) bool { return d.key == key }); i >= 0 {
		found := k.days[i]
		k.days = append(slices.Delete(k.days, i, i+1), found)
		return found
	}
	bytes := 0
	k.days = append(k.days, &dayFindings{key, make([]atomic.Uint32, nodes/4+1)})
	for _, d := range k.days {
		bytes += d.bytes()
	}
	for len(k.days) > 1 && bytes > k.most {
		bytes -= k.days[0].bytes()
		k.days = slices.Delete(k.days, 0, 1)
	}
	return k.days[len(k.days)-1]
}

func (d *dayFindings) bytes() int { return 4 * len(d.found) }

// An assessment in a byte, from the lowest bits: action 2, which is never 0,
// strength 3, finding 2, complete 1.
const (
	codeAction   = 3
	codeStrength = 2 // shift
	codeStatus   = 7
	codeFinding  = 5 // shift
	codeKind     = 3
	codeComplete = 1 << 7
)

var codedFindings = [...]Finding{Clear, Listed, Unknown}

func code(a Assessment) uint32 {
	c := uint32(a.Action) | uint32(a.Strength)<<codeStrength
	c |= uint32(slices.Index(codedFindings[:], a.Finding)) << codeFinding //nolint:gosec // every finding is there
	if a.Complete {
		c |= codeComplete
	}
	return c
}

// decoded are the assessments by their codes.
var decoded = func() (all [1 << 8]Assessment) {
	for c := range all {
		if kind := c >> codeFinding & codeKind; kind < len(codedFindings) {
			all[c] = Assessment{
				Finding: codedFindings[kind], Strength: Status(c >> codeStrength & codeStatus),
				Action: Action(c & codeAction), Complete: c&codeComplete != 0,
			}
		}
	}
	return all
}()

// get returns the code of the finding about an entity, 0 if it is not known.
func (d *dayFindings) get(n Node) uint8 {
	return uint8(d.found[n/4].Load() >> (n % 4 * 8)) //nolint:gosec // one of four bytes
}

func (d *dayFindings) put(n Node, a Assessment) {
	d.found[n/4].Or(code(a) << (n % 4 * 8))
}
