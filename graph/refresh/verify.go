package refresh

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"strings"

	"debadge/graph"
)

// maxProof bounds a file with a digest or a signature.
const maxProof = 64 << 10

// verify holds a file against the digest and the signature that the manifest
// names.
func (r *Refresher) verify(ctx context.Context, reg Register, i int, d *download, folder string) error {
	if len(reg.SHA256) > 0 {
		want := reg.SHA256[i]
		if isAddress(want) {
			text, err := r.proof(ctx, want, filepath.Join(folder, "digest"))
			if err != nil {
				return err
			}
			want = text
		}
		fields := strings.Fields(strings.TrimPrefix(want, "sha256:"))
		if len(fields) == 0 || "sha256:"+strings.ToLower(fields[0]) != d.Digest {
			return graph.Errorf(graph.KindConflict, "%s has the digest %s, not the one that is published for it", d.From, d.Digest)
		}
	}
	if len(reg.Signature) == 0 {
		return nil
	}
	text, err := r.proof(ctx, reg.Signature[i], filepath.Join(folder, "signature"))
	if err != nil {
		return err
	}
	signature, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return graph.Errorf(graph.KindConflict, "the signature of %s is not base64", d.From)
	}
	key, err := base64.StdEncoding.DecodeString(reg.PublicKey)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return graph.Errorf(graph.KindInvalid, "the public key of %s is not an Ed25519 key", reg.Name)
	}
	content, err := os.ReadFile(d.path)
	if err != nil {
		return graph.Unavailable(d.path+" cannot be read", err)
	}
	if !ed25519.Verify(key, content, signature) {
		return graph.Errorf(graph.KindConflict, "%s is not signed by the key that the manifest names", d.From)
	}
	return nil
}

// proof fetches a small text.
func (r *Refresher) proof(ctx context.Context, from, to string) (string, error) {
	if isAddress(from) {
		d, err := r.fetch(ctx, from, nil, to)
		if err != nil {
			return "", err
		}
		defer func() { _ = os.Remove(d.path) }() // it was only for this
		from = d.path
	}
	f, err := os.Open(from) //nolint:gosec // an address or path of the manifest
	if err != nil {
		return "", graph.Unavailable(from+" cannot be read", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxProof))
	if err != nil {
		return "", graph.Unavailable(from+" cannot be read", err)
	}
	return string(text), nil
}
