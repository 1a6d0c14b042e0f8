package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/gowebpki/jcs"
	"golang.org/x/mod/sumdb/tlog"

	"debadge/graph"
)

// Proof shows that an entry stands at its place in the log, to somebody who has
// the verifier key and nothing else.
type Proof struct {
	Index      int64           `json:"index"`
	Entry      json.RawMessage `json:"entry"`
	Checkpoint string          `json:"checkpoint"` // signed
	Hashes     []tlog.Hash     `json:"hashes"`     // from the entry up to the root
}

// Prove returns the proof of an entry, in the log as it is now.
func (l *Ledger) Prove(ctx context.Context, index int64) (Proof, error) {
	var (
		c    Checkpoint
		p    = Proof{Index: index}
		data string
	)
	err := l.read(ctx, func(tx *sql.Tx) (err error) {
		if c, err = stateOf(ctx, tx); err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, "SELECT data FROM entries WHERE n = ?", index).Scan(&data)
		if errors.Is(err, sql.ErrNoRows) {
			return graph.Errorf(graph.KindNotFound, "the log has no entry %d; it has %d, counted from 0", index, c.Size)
		}
		if err != nil {
			return err
		}
		hashes, err := tlog.ProveRecord(c.Size, index, storedHashes(ctx, tx))
		p.Entry, p.Hashes = json.RawMessage(data), hashes
		return err
	})
	if err != nil {
		return Proof{}, err
	}
	signed, err := l.sign(ctx, c)
	p.Checkpoint = string(signed)
	return p, err
}

// ParseProof reads a proof from JSON.
func ParseProof(data []byte) (p Proof, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return Proof{}, graph.Errorf(graph.KindInvalid, "it is not a proof as debadge audit proof prints it: %w", err)
	}
	if d.More() {
		return Proof{}, graph.Errorf(graph.KindInvalid, "it is not a proof: there is more than one JSON value")
	}
	return p, nil
}

// Check returns the entry that the proof is about and the checkpoint that holds
// it, if the proof is right. One that is wrong is KindConflict.
func (p Proof) Check(verifierKey string) (IndexedEntry, Checkpoint, error) {
	c, err := OpenCheckpoint([]byte(p.Checkpoint), verifierKey)
	if err != nil {
		return IndexedEntry{}, Checkpoint{}, err
	}
	data, err := jcs.Transform(p.Entry)
	if err != nil {
		return IndexedEntry{}, Checkpoint{}, graph.Errorf(graph.KindInvalid, "the entry of the proof is not JSON: %w", err)
	}
	e := IndexedEntry{Index: p.Index}
	if err := json.Unmarshal(data, &e.Entry); err != nil {
		return IndexedEntry{}, Checkpoint{}, graph.Errorf(graph.KindInvalid, "the entry of the proof is none: %w", err)
	}
	if p.Index < 0 || p.Index >= c.Size {
		return IndexedEntry{}, Checkpoint{}, graph.Errorf(graph.KindConflict, "the proof is wrong: entry %d is not among the %d of its checkpoint", p.Index, c.Size)
	}
	if tlog.CheckRecord(p.Hashes, c.Size, c.Root, p.Index, tlog.RecordHash(data)) != nil {
		return IndexedEntry{}, Checkpoint{}, graph.Errorf(graph.KindConflict, "the proof is wrong: entry %d of the log is another one, or was changed", p.Index)
	}
	return e, c, nil
}
