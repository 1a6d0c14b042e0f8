package sqlite

import (
	"crypto/sha256"
	"encoding/binary"

	"debadge/graph"
)

// sealOf hashes everything that the feed tells of a change. It is stored with
// the change and compared when it is read: SQLite has no checksums of its own,
// and a flipped bit in a claim must not become an answer.
func sealOf(c graph.Change) []byte {
	h := sha256.New()
	var number [8]byte
	for _, n := range []uint64{uint64(c.Revision), uint64(c.RecordedAt.UnixMicro())} {
		binary.BigEndian.PutUint64(number[:], n)
		h.Write(number[:])
	}
	for _, text := range []string{c.ID, c.Digest, c.ChangeSet.Digest()} {
		binary.BigEndian.PutUint64(number[:], uint64(len(text)))
		h.Write(number[:])
		h.Write([]byte(text))
	}
	return h.Sum(nil)
}
