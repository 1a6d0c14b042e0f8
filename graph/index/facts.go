package index

import (
	"encoding/binary"
	"encoding/hex"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"debadge/graph"
)

// fact is what walks and views need of a claim, in 24 bytes.
type fact struct {
	from, to   graph.Node
	begin, end graph.Day
	share      uint32 // in the column of shares
	relation   graph.Relation
	status     graph.Status
	confidence graph.Confidence
	extra      uint8 // interest, precision of both dates, named
}

const (
	interestMask  = 3
	beginShift    = 2
	endShift      = 4
	precisionMask = 3
	named         = 1 << 6 // the claim's id is no digest: its raw form begins with the reference of a text
)

// rawID is a claim's id in 16 bytes.
type rawID [16]byte

// shares are the bounds of a share and whether each was stated.
type shares struct {
	low, high int32
	stated    uint32
}

const claimPrefix = "claim:"

// raw returns the bytes of an id that is a digest.
func raw(id graph.ID) (r rawID, ok bool) {
	digits, ok := strings.CutPrefix(string(id), claimPrefix)
	if !ok || len(digits) != 2*len(r) || strings.ToLower(digits) != digits {
		return r, false
	}
	_, err := hex.Decode(r[:], []byte(digits))
	return r, err == nil
}

func (s *snapshot) claimID(n uint32) graph.ID {
	r := s.ids.at(n)
	if s.facts.at(n).extra&named != 0 {
		return graph.ID(s.text(binary.LittleEndian.Uint32(r[:])))
	}
	var text [len(claimPrefix) + 2*len(r)]byte
	copy(text[:], claimPrefix)
	hex.Encode(text[len(claimPrefix):], r[:])
	return graph.ID(text[:])
}

func (s *snapshot) claimHash(n uint32) uint64 {
	if s.facts.at(n).extra&named != 0 {
		return maphash.String(seed, string(s.claimID(n)))
	}
	return maphash.Bytes(seed, s.ids.at(n)[:])
}

// claim returns a claim's number.
func (s *snapshot) claim(id graph.ID) (uint32, bool) {
	r, ok := raw(id)
	if ok {
		return s.byClaim.find(maphash.Bytes(seed, r[:]), func(n uint32) bool {
			return n < s.facts.n && *s.ids.at(n) == r && s.facts.at(n).extra&named == 0
		})
	}
	return s.byClaim.find(maphash.String(seed, string(id)), func(n uint32) bool {
		return n < s.facts.n && s.facts.at(n).extra&named != 0 && s.claimID(n) == id
	})
}

// precision says how much of a date is known: nothing, the year, the month or
// the day.
func precision(d graph.Date) uint8 {
	switch {
	case d.IsZero():
		return 0
	case d.IsDay():
		return 3
	case d.Latest()-d.Earliest() > 31:
		return 1
	}
	return 2
}

// dateOf is the date of a precision that a day is the first or last of.
func dateOf(d graph.Day, precision uint8) (graph.Date, error) {
	switch precision {
	case 0:
		return graph.Date{}, nil
	case 3:
		return d.Date(), nil
	}
	return graph.ParseDate(d.String()[:len("2006")+int(precision-1)*len("-01")])
}

// addClaim adds a claim and returns its number.
func (x *index) addClaim(c graph.Claim) (uint32, error) {
	from, ok := x.entities.find(c.From, x.entities.first.n)
	to, ok2 := x.entities.find(c.To, x.entities.first.n)
	if !ok || !ok2 {
		return 0, graph.Errorf(graph.KindInternal, "the feed yields %s before its ends %s and %s", c.ID, c.From, c.To)
	}
	f := fact{
		from: graph.Node(from), to: graph.Node(to), //nolint:gosec // apply bounds them
		begin: c.ValidFrom.Earliest(), end: c.ValidTo.Latest(), share: x.share(c),
		relation: c.Relation, status: c.Status, confidence: c.Confidence,
		extra: precision(c.ValidFrom)<<beginShift | precision(c.ValidTo)<<endShift,
	}
	if c.Relation == graph.Owns {
		f.extra |= uint8(c.Interest())
	}
	id, digest := raw(c.ID)
	if !digest {
		f.extra |= named
		binary.LittleEndian.PutUint32(id[:], x.intern(string(c.ID)))
	}
	record, err := x.encodeEvidence(c)
	if err != nil {
		return 0, err
	}
	n := x.facts.add(f)
	x.ids.add(id)
	x.evidence.add(x.details.write(record))
	x.byClaim = x.byClaim.add(x.claimHash(n), n, x.claimHash)
	return n, nil
}

func (x *index) share(c graph.Claim) uint32 {
	k := shares{low: c.ShareMin.Micro(), high: c.ShareMax.Micro()}
	if !c.ShareMin.IsZero() {
		k.stated |= 1
	}
	if !c.ShareMax.IsZero() {
		k.stated |= 2
	}
	n, ok := x.byShare[k]
	if !ok {
		n = x.shares.add(k)
		x.byShare[k] = n
	}
	return n
}

// encodeEvidence writes a claim's citations and attributes.
func (x *index) encodeEvidence(c graph.Claim) ([]byte, error) {
	to := x.record[:0]
	to = binary.AppendUvarint(to, uint64(len(c.Citations)))
	for _, q := range c.Citations {
		source, ok := x.source(q.Source)
		if !ok {
			return nil, graph.Errorf(graph.KindInternal, "the feed yields %s before its source %s", c.ID, q.Source)
		}
		stance := uint64(0)
		if q.Stance == graph.Denies {
			stance = 1
		}
		to = binary.AppendUvarint(to, uint64(source)<<1|stance)
		to = x.appendRef(to, q.Locator)
		to = x.appendRef(to, q.Text)
	}
	to = binary.AppendUvarint(to, uint64(len(c.Attributes)))
	if len(c.Attributes) > 0 {
		for _, k := range slices.Sorted(maps.Keys(c.Attributes)) {
			to = x.appendRef(to, k)
			to = x.appendRef(to, c.Attributes[k])
		}
	}
	x.record = to
	return to, nil
}

// source returns a source's number; claims that come together mostly rest on
// one source.
func (x *index) source(id graph.ID) (uint32, bool) {
	if x.cited.id == id && id != "" {
		return x.cited.number, true
	}
	n, ok := x.sources.find(id, x.sources.first.n)
	if ok {
		x.cited.id, x.cited.number = id, n
	}
	return n, ok
}

// decodeClaim returns a claim as it was recorded.
func (s *snapshot) decodeClaim(n uint32) (graph.Claim, error) {
	f, share := s.facts.at(n), s.shares.at(s.facts.at(n).share)
	c := graph.Claim{
		ID: s.claimID(n), Relation: f.relation, Status: f.status, Confidence: f.confidence,
		From: s.entities.id(number(f.from)), To: s.entities.id(number(f.to)),
	}
	var err, err2 error
	c.ValidFrom, err = dateOf(f.begin, f.extra>>beginShift&precisionMask)
	c.ValidTo, err2 = dateOf(f.end, f.extra>>endShift&precisionMask)
	if err != nil || err2 != nil {
		return c, graph.Errorf(graph.KindInternal, "the index holds wrong dates of %s", c.ID)
	}
	if share.stated&1 != 0 {
		c.ShareMin = graph.ShareOf(share.low)
	}
	if share.stated&2 != 0 {
		c.ShareMax = graph.ShareOf(share.high)
	}
	at := s.details.cursor(*s.evidence.at(n))
	c.Citations = make([]graph.Citation, at.length())
	for i := range c.Citations {
		source := at.number()
		q := graph.Citation{Source: s.sources.id(uint32(source >> 1)), Stance: graph.Supports} //nolint:gosec // encodeEvidence wrote it
		if source&1 != 0 {
			q.Stance = graph.Denies
		}
		q.Locator, q.Text = s.ref(&at), s.ref(&at)
		c.Citations[i] = q
	}
	if k := at.length(); k > 0 {
		c.Attributes = make(map[string]string, k)
		for range k {
			name := s.ref(&at)
			c.Attributes[name] = s.ref(&at)
		}
	}
	return c, nil
}

// number is a node as columns count it.
func number(n graph.Node) uint32 { return uint32(n) } //nolint:gosec // NoNode becomes a number that no column has
