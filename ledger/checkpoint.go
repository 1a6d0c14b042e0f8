package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"debadge/graph"
)

// Checkpoint is the state of a log: whoever keeps one can tell later whether
// everything up to it is still there, unchanged and in order.
type Checkpoint struct {
	Origin string    `json:"origin"` // which log
	Size   int64     `json:"size"`   // how many entries it had
	Root   tlog.Hash `json:"root"`   // the hash over all of them
}

// String writes a checkpoint as it is signed: origin, size and root, a line each.
func (c Checkpoint) String() string { return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root) }

// ParseCheckpoint reads the signed text of a checkpoint.
func ParseCheckpoint(text string) (Checkpoint, error) {
	const lines = 4 // the last one is empty
	fields := strings.Split(text, "\n")
	if len(fields) != lines || fields[0] == "" || fields[lines-1] != "" {
		return Checkpoint{}, graph.Errorf(graph.KindInvalid, "it is not a checkpoint, which has three lines: the log, its size and its hash")
	}
	size, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != fields[1] {
		return Checkpoint{}, graph.Errorf(graph.KindInvalid, "the size of the checkpoint is not a number of entries")
	}
	root, err := tlog.ParseHash(fields[2])
	if err != nil || root.String() != fields[2] {
		return Checkpoint{}, graph.Errorf(graph.KindInvalid, "the hash of the checkpoint is not one")
	}
	return Checkpoint{fields[0], size, root}, nil
}

// OpenCheckpoint reads a signed checkpoint, if a verifier key says that its
// signature is right.
func OpenCheckpoint(signed []byte, verifierKey string) (Checkpoint, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(verifierKey))
	if err != nil {
		return Checkpoint{}, graph.Errorf(graph.KindInvalid, "the verifier key is not one as debadge audit key prints it: %w", err)
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	var (
		unverified *note.UnverifiedNoteError
		wrong      *note.InvalidSignatureError
	)
	switch {
	case errors.As(err, &unverified):
		return Checkpoint{}, graph.Errorf(graph.KindConflict, "the checkpoint is not signed by the key %s", verifier.Name())
	case errors.As(err, &wrong):
		return Checkpoint{}, graph.Errorf(graph.KindConflict, "the signature of the checkpoint is wrong: its text was changed")
	case err != nil:
		return Checkpoint{}, graph.Errorf(graph.KindInvalid, "it is not a signed checkpoint: %w", err)
	}
	return ParseCheckpoint(opened.Text)
}

// Origin returns the name of the log.
func (l *Ledger) Origin(ctx context.Context) (origin string, err error) {
	err = l.read(ctx, func(tx *sql.Tx) error {
		origin, err = originOf(ctx, tx)
		return err
	})
	return origin, err
}

func originOf(ctx context.Context, tx *sql.Tx) (origin string, err error) {
	err = tx.QueryRowContext(ctx, "SELECT origin FROM log").Scan(&origin)
	return origin, err
}

// State returns the checkpoint of the log as it is now, unsigned.
func (l *Ledger) State(ctx context.Context) (c Checkpoint, err error) {
	err = l.read(ctx, func(tx *sql.Tx) error {
		c, err = stateOf(ctx, tx)
		return err
	})
	return c, err
}

func stateOf(ctx context.Context, tx *sql.Tx) (c Checkpoint, err error) {
	if c.Origin, err = originOf(ctx, tx); err != nil {
		return c, err
	}
	if c.Size, err = treeSize(ctx, tx); err != nil {
		return c, err
	}
	c.Root, err = tlog.TreeHash(c.Size, storedHashes(ctx, tx))
	return c, err
}

// Checkpoint returns the state of the log as a signed note, to be kept where
// nobody who can change the ledger can change it too.
func (l *Ledger) Checkpoint(ctx context.Context) ([]byte, error) {
	c, err := l.State(ctx)
	if err != nil {
		return nil, err
	}
	return l.sign(ctx, c)
}

func (l *Ledger) sign(ctx context.Context, c Checkpoint) ([]byte, error) {
	s, err := l.signer(ctx)
	if err != nil {
		return nil, err
	}
	signed, err := note.Sign(&note.Note{Text: c.String()}, s)
	if err != nil {
		return nil, graph.Errorf(graph.KindInternal, "the checkpoint cannot be signed: %w", err)
	}
	return signed, nil
}
