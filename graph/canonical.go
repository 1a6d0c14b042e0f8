package graph

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"strings"
)

// canon hashes a record as its fields in a fixed order, each behind its length,
// so that no two different records can be written the same way.
type canon struct{ h hash.Hash }

func newCanon(kind string) canon {
	c := canon{sha256.New()}
	c.text(kind)
	return c
}

func (c canon) text(fields ...string) {
	var size [8]byte
	for _, f := range fields {
		binary.BigEndian.PutUint64(size[:], uint64(len(f)))
		c.h.Write(size[:])
		c.h.Write([]byte(f))
	}
}

func (c canon) count(n int) {
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(n)) //nolint:gosec // a length is not negative
	c.h.Write(size[:])
}

func (c canon) sum() string { return hex.EncodeToString(c.h.Sum(nil)) }

// Digest identifies the content of the entity: two versions that say the same
// have one digest.
func (e Entity) Digest() string {
	c := newCanon("entity")
	c.text(string(e.ID), e.Name, e.Brand)
	c.count(len(e.Aliases))
	for _, a := range e.Aliases {
		c.text(a.Text, a.Language)
	}
	c.count(len(e.Attributes))
	for _, k := range slices.Sorted(maps.Keys(e.Attributes)) {
		c.text(k)
		c.count(len(e.Attributes[k]))
		c.text(e.Attributes[k]...)
	}
	return c.sum()
}

// ContentDigest identifies what debadge holds of the source; Digest is the
// archived document's.
func (s Source) ContentDigest() string {
	c := newCanon("source")
	c.text(string(s.ID), s.Title, s.Publisher, s.Date.String(), s.URL, s.Language, s.Kind, s.Digest)
	return c.sum()
}

// Digest identifies what the claim says, without its id.
func (c Claim) Digest() string {
	w := newCanon("claim")
	w.text(c.Relation.String(), string(c.From), string(c.To), c.Status.String(), c.Confidence.String(),
		c.ValidFrom.String(), c.ValidTo.String(), c.ShareMin.String(), c.ShareMax.String())
	w.count(len(c.Attributes))
	for _, k := range slices.Sorted(maps.Keys(c.Attributes)) {
		w.text(k, c.Attributes[k])
	}
	w.count(len(c.Citations))
	for _, q := range c.Citations {
		w.text(string(q.Source), string(q.Stance), q.Locator, q.Text)
	}
	return w.sum()
}

// digestIDLength is how much of a digest makes an id: 128 bits.
const digestIDLength = 32

// derivedMark begins every derived id.
const derivedMark = string(claimKind) + ":"

func (c Claim) derivedID() ID { return ID(derivedMark + c.Digest()[:digestIDLength]) }

// HasDerivedID reports whether the id is the one that [ChangeSet.Prepare] gives
// the claim if it comes without. No claim that says anything else has it, unless
// somebody named it so: see [Claim.IsMisnamed].
func (c Claim) HasDerivedID() bool { return c.ID == c.derivedID() }

// IsMisnamed reports whether the id looks like a derived one and is not that of
// the claim: it may turn out to be another claim's.
func (c Claim) IsMisnamed() bool {
	digits, marked := strings.CutPrefix(string(c.ID), derivedMark)
	return marked && len(digits) == digestIDLength && strings.Trim(digits, "0123456789abcdef") == "" && !c.HasDerivedID()
}

// Digest identifies the content of the change set, without its id.
func (cs ChangeSet) Digest() string {
	c := newCanon("changes")
	c.text(cs.Author, cs.Reason)
	c.count(len(cs.Entities))
	for _, e := range cs.Entities {
		c.text(e.Digest())
	}
	c.count(len(cs.Sources))
	for _, s := range cs.Sources {
		c.text(s.ContentDigest())
	}
	c.count(len(cs.Claims))
	for _, k := range cs.Claims {
		c.text(string(k.ID), k.Digest())
	}
	c.count(len(cs.Retractions))
	for _, r := range cs.Retractions {
		c.text(string(r.Claim), r.Reason, string(r.ReplacedBy))
	}
	return c.sum()
}
