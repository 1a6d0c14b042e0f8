package ledger

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"debadge/graph"
)

// signer signs checkpoints, and knows the key by which others verify them.
type signer struct {
	note.Signer
	verifier string
}

// keyFileMode keeps the signing key to its owner.
const keyFileMode = 0o600

// keyFile is where the signing key is, "" for a ledger in memory without one.
func (l *Ledger) keyFile() string {
	if l.options.KeyFile == "" && l.path != "" {
		return l.path + ".audit-key"
	}
	return l.options.KeyFile
}

// signer returns the signing key, and makes one at its first use.
func (l *Ledger) signer(ctx context.Context) (*signer, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.signing != nil {
		return l.signing, nil
	}
	text, err := l.readKeyFile()
	if errors.Is(err, fs.ErrNotExist) && !l.options.ReadOnly {
		text, err = l.makeKeyFile(ctx)
	}
	var known *graph.Error
	switch {
	case errors.As(err, &known):
		return nil, err
	case errors.Is(err, fs.ErrNotExist):
		return nil, graph.Errorf(graph.KindNotFound, "there is no signing key at %s yet; debadge audit key makes one", l.keyFile())
	case err != nil:
		return nil, graph.Unavailable("the signing key "+l.keyFile()+" cannot be read or made", err)
	}
	s, err := parseSigner(text)
	if err != nil {
		return nil, graph.Errorf(graph.KindInvalid, "%s holds no signing key: %w", l.keyFile(), err)
	}
	l.signing = s
	return s, nil
}

// readKeyFile reads the key from its file, which nobody else may read.
func (l *Ledger) readKeyFile() (string, error) {
	path := l.keyFile()
	if path == "" {
		return "", fs.ErrNotExist
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", graph.Errorf(graph.KindInvalid, "the signing key %s can be read by others (mode %04o); make it chmod 600, and think of it as known", path, info.Mode().Perm())
	}
	data, err := os.ReadFile(path) //nolint:gosec // the file that the operator names
	return strings.TrimSpace(string(data)), err
}

// makeKeyFile makes a key named after the log.
func (l *Ledger) makeKeyFile(ctx context.Context) (string, error) {
	origin, err := l.Origin(ctx)
	if err != nil {
		return "", err
	}
	secret, _, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return "", err
	}
	path := l.keyFile()
	if path == "" {
		return secret, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, keyFileMode) //nolint:gosec // beside the ledger, or where the operator says
	if errors.Is(err, fs.ErrExist) {
		return l.readKeyFile() // another process was faster
	}
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(secret + "\n")
	return secret, errors.Join(err, f.Sync(), f.Close())
}

// parseSigner reads a signing key as note.GenerateKey writes it. Its errors do
// not repeat the key.
func parseSigner(text string) (*signer, error) {
	const parts, seedAt = 5, 1 // PRIVATE, KEY, name, hash and data are kept apart by plus signs
	s, err := note.NewSigner(text)
	if err != nil {
		return nil, errors.New("it is not a key of the form PRIVATE+KEY+name+hash+data")
	}
	fields := strings.SplitN(text, "+", parts)
	data, err := base64.StdEncoding.DecodeString(fields[len(fields)-1])
	if err != nil || len(data) != seedAt+ed25519.SeedSize {
		return nil, errors.New("its data is not that of an Ed25519 key")
	}
	public, ok := ed25519.NewKeyFromSeed(data[seedAt:]).Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("its data is not that of an Ed25519 key")
	}
	verifier, err := note.NewEd25519VerifierKey(s.Name(), public)
	return &signer{s, verifier}, err
}

// VerifierKey returns the key by which anybody verifies checkpoints and proofs
// of this log. It is no secret; who keeps it apart from the ledger will notice
// another key.
func (l *Ledger) VerifierKey(ctx context.Context) (string, error) {
	s, err := l.signer(ctx)
	if err != nil {
		return "", err
	}
	return s.verifier, nil
}
