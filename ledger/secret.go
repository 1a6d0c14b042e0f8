package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"strings"

	"debadge/graph"
)

// keyPrefix begins every API key, so that scanners for secrets find one that
// was left somewhere.
const keyPrefix = "dbk_"

const (
	secretBytes   = 32 // 256 random bits
	checksumBytes = 4
)

// keyText is the alphabet of a key behind its prefix: nothing in it is told
// apart by letter case, or ends a word where a terminal selects it.
var keyText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// KeyHash is the SHA-256 of a key's secret. It is all that is ever kept of it.
type KeyHash [sha256.Size]byte

// newSecret makes a key: its text, which is shown once, and its hash.
func newSecret() (text string, hash KeyHash) {
	secret := make([]byte, secretBytes, secretBytes+checksumBytes)
	_, _ = rand.Read(secret) // never fails
	hash = sha256.Sum256(secret)
	secret = binary.BigEndian.AppendUint32(secret, crc32.ChecksumIEEE(secret))
	return keyPrefix + keyText.EncodeToString(secret), hash
}

// ParseKey reads the text of a key. One that was mistyped or cut off is
// KindInvalid, by its checksum, and so not taken for one that is unknown. The
// error does not repeat the text.
func ParseKey(text string) (KeyHash, error) {
	rest, ok := strings.CutPrefix(text, keyPrefix)
	if !ok {
		return KeyHash{}, graph.Errorf(graph.KindInvalid, "this is no API key of debadge; one begins with %s", keyPrefix)
	}
	if len(rest) != keyText.EncodedLen(secretBytes+checksumBytes) {
		return KeyHash{}, graph.Errorf(graph.KindInvalid, "the API key has %d characters instead of %d; it was not copied whole",
			len(text), len(keyPrefix)+keyText.EncodedLen(secretBytes+checksumBytes))
	}
	data, err := keyText.DecodeString(rest)
	if err != nil || keyText.EncodeToString(data) != rest {
		return KeyHash{}, graph.Errorf(graph.KindInvalid, "the API key is mistyped; a key has lower-case letters and the digits 2 to 7")
	}
	secret := data[:secretBytes]
	if binary.BigEndian.Uint32(data[secretBytes:]) != crc32.ChecksumIEEE(secret) {
		return KeyHash{}, graph.Errorf(graph.KindInvalid, "the API key is mistyped: its checksum does not match")
	}
	return sha256.Sum256(secret), nil
}
