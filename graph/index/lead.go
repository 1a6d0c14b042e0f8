package index

import "debadge/graph"

// lead is what a walk downstream reads of a claim, in 8 bytes: a maker may have
// hundreds of thousands of products behind it, and what such a walk costs is
// reading memory. The rest of the claim stands in its fact.
type lead struct {
	far  graph.Node
	bits uint32 // from the lowest: relation 4, status 2, confidence 7, ends 1, begin 18
}

const (
	leadRelation   = 15
	leadStatus     = 4 // shift; one less than the status
	leadConfidence = 6 // shift
	leadEnds       = 1 << 13
	leadBegin      = 14 // shift

	// The values of begin. Above them stands a day, counted from a day in 1611.
	beginInFact = 0 // too early or too late to be written here
	beginOpen   = 1
	beginOffset = 1 << 17
	beginMost   = 1<<18 - 1
)

// beginCode returns how the day on which a claim begins to hold is written.
func beginCode(d graph.Day) uint32 {
	if d == graph.MinDay {
		return beginOpen
	}
	if code := int64(d) + beginOffset; code > beginOpen && code <= beginMost {
		return uint32(code)
	}
	return beginInFact
}

func newLead(f *fact, far graph.Node) lead {
	bits := uint32(f.relation) | uint32(f.status-1)<<leadStatus | uint32(f.confidence)<<leadConfidence | beginCode(f.begin)<<leadBegin
	if f.end != graph.MaxDay {
		bits |= leadEnds
	}
	return lead{far, bits}
}

func (l lead) relation() graph.Relation     { return graph.Relation(l.bits & leadRelation) }
func (l lead) status() graph.Status         { return graph.Status(l.bits>>leadStatus&3) + 1 }
func (l lead) confidence() graph.Confidence { return graph.Confidence(l.bits >> leadConfidence & 127) }

// holds reports whether the claim holds on a day, and whether the lead alone
// tells.
func (l lead) holds(on graph.Day) (yes, known bool) {
	begin := l.bits >> leadBegin
	if begin == beginInFact {
		return false, false
	}
	if begin != beginOpen && int64(on)+beginOffset < int64(begin) {
		return false, true
	}
	return l.bits&leadEnds == 0, l.bits&leadEnds == 0
}

// leads are the claims not retracted, grouped by the end that is upstream.
type leads struct {
	start  []uint32 // of each node, and the end of the last
	far    []lead
	claims []uint32
}

func (d *leads) put(near graph.Node, l lead, claim uint32) {
	d.start[near]--
	i := d.start[near]
	d.far[i], d.claims[i] = l, claim
}

// of returns the leads of a node among which are all of some relations, with
// their claims.
func (d *leads) of(n graph.Node, set graph.RelationSet) ([]lead, []uint32) {
	begin, end := d.start[n], d.start[n+1]
	if set&toProducts == 0 {
		for i := begin; i < end; i++ {
			if toProducts.Has(d.far[i].relation()) {
				end = i
			}
		}
	}
	return d.far[begin:end], d.claims[begin:end]
}

// leadPart is which leads are those of a node, with the first of them.
type leadPart struct {
	begin, end uint32
	first      lead
}

// aheadBlock is for how many nodes the leads are looked up at once.
const aheadBlock = 256

// part returns where the leads of a node are, none of one that came after so many.
func (d *leads) part(n graph.Node, nodes uint32) leadPart {
	if number(n) >= nodes {
		return leadPart{}
	}
	return leadPart{begin: d.start[n], end: d.start[n+1]}
}
