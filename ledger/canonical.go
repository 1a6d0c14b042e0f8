package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/gowebpki/jcs"

	"debadge/graph"
)

// canonical writes a value as canonical JSON (RFC 8785): one value, one text.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, graph.Errorf(graph.KindInternal, "what is to be kept cannot be written as JSON: %w", err)
	}
	text, err := jcs.Transform(b.Bytes())
	if err != nil {
		return nil, graph.Errorf(graph.KindInternal, "what is to be kept has no canonical form: %w", err)
	}
	return text, nil
}

// DigestOf returns the digest of a value's canonical JSON, as the log keeps it.
func DigestOf(v any) (string, error) {
	text, err := canonical(v)
	if err != nil {
		return "", err
	}
	return digestOf(text), nil
}

// digestOf returns the digest of bytes in the form of all digests here.
func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// isDigest reports whether a text is one that digestOf can return.
func isDigest(text string) bool {
	const prefix, length = "sha256:", 64
	if len(text) != len(prefix)+length || text[:len(prefix)] != prefix {
		return false
	}
	for _, r := range text[len(prefix):] {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') {
			return false
		}
	}
	return true
}
