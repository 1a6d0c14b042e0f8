package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/maphash"
	"strings"

	"debadge/graph"
)

// A claim's id is claim:REGISTER:KEY:CONTENT. The key stays the same when a
// later edition says something else; the content tells what is said. Both are
// 64 bits of a hash, in 16 digits.
type (
	keyHash     uint64
	contentHash uint64
)

// hashed returns 64 bits of a hash over texts, each behind its length.
func hashed(texts ...string) uint64 {
	h := sha256.New()
	var size [8]byte
	for _, t := range texts {
		binary.BigEndian.PutUint64(size[:], uint64(len(t)))
		h.Write(size[:])
		h.Write([]byte(t))
	}
	return binary.BigEndian.Uint64(h.Sum(nil))
}

func digits(n uint64) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], n)
	return hex.EncodeToString(b[:])
}

// keyOf identifies a statement in every edition. The claim is prepared: the
// ends of a symmetric one are in order.
func keyOf(register string, s Statement) keyHash {
	return keyHash(hashed(register, s.Relation.String(), string(s.From), string(s.To), s.Key))
}

// contentOf identifies what a claim says, whoever it cites for it.
func contentOf(c graph.Claim) contentHash {
	c.Citations = nil
	return contentHash(hashed(c.Digest()))
}

// claimID names a claim. One that takes the place of another has an id of its
// own even if it says what some claim before that one said: what went away and
// came back is a new claim.
func claimID(register string, key keyHash, content contentHash, instead graph.ID) graph.ID {
	last := uint64(content)
	if instead != "" {
		last = hashed(digits(last), string(instead))
	}
	return graph.ID("claim:" + register + ":" + digits(uint64(key)) + ":" + digits(last))
}

// keyIn returns the key in the id of a claim, if the register made the claim.
func keyIn(register string, id graph.ID) (keyHash, bool) {
	rest, ok := strings.CutPrefix(string(id), "claim:"+register+":")
	if !ok {
		return 0, false
	}
	key, _, ok := strings.Cut(rest, ":")
	b, err := hex.DecodeString(key)
	if !ok || err != nil || len(b) != 8 {
		return 0, false
	}
	return keyHash(binary.BigEndian.Uint64(b)), true
}

// seed of the hashes that live no longer than an import.
var seed = maphash.MakeSeed()

// short is a hash of a text that means something in this process alone.
func short(text string) uint64 { return maphash.String(seed, text) }
