package export

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"time"

	"debadge/graph"
)

// ndjsonVersion is the version of the format that is written, and read.
const ndjsonVersion = 1

// line is a line of the stream; one of its fields is set. A head begins it; a
// change is followed by what it brought, in the order of the fields, each in
// the order of ids; the end says how much there was, so that a stream that was
// cut short is seen to be.
type line struct {
	Head       *head             `json:"debadge_log,omitempty"`
	Change     *changeLine       `json:"change,omitempty"`
	Entity     *graph.Entity     `json:"entity,omitempty"`
	Source     *graph.Source     `json:"source,omitempty"`
	Claim      *graph.Claim      `json:"claim,omitempty"`
	Retraction *graph.Retraction `json:"retraction,omitempty"`
	End        *endLine          `json:"end,omitempty"`
}

type head struct {
	Version int `json:"version"`
	Basis
}

type changeLine struct {
	Revision    graph.Revision `json:"revision"`
	RecordedAt  time.Time      `json:"recorded_at"`
	ID          string         `json:"id"`
	Author      string         `json:"author,omitempty"`
	Reason      string         `json:"reason,omitempty"`
	Digest      string         `json:"digest"`
	Entities    int            `json:"entities,omitempty"`
	Sources     int            `json:"sources,omitempty"`
	Claims      int            `json:"claims,omitempty"`
	Retractions int            `json:"retractions,omitempty"`
}

type endLine struct {
	Revision graph.Revision `json:"revision"`
	Items    int            `json:"items"`
	SHA256   string         `json:"sha256"` // of every line before it
}

// NDJSON writes the log of a store as lines of JSON, from which [Restore] makes
// the same store anew: nothing is lost, neither record times nor the order in
// which things were recorded.
func NDJSON(ctx context.Context, s graph.Store, w io.Writer, opts Options) error {
	l, err := openLog(ctx, s, opts)
	if err != nil {
		return err
	}
	n := &lineWriter{out: bufio.NewWriterSize(w, 1<<16), sum: sha256.New()}
	if err := n.write(line{Head: &head{ndjsonVersion, l.basis}}); err != nil {
		return err
	}
	items := 0
	if err := l.each(ctx, func(c graph.Change) error {
		items += size(c.ChangeSet)
		return n.change(c)
	}); err != nil {
		return err
	}
	end := endLine{Revision: l.basis.Revision, Items: items, SHA256: hex.EncodeToString(n.sum.Sum(nil))}
	if err := n.write(line{End: &end}); err != nil {
		return err
	}
	return written(n.out.Flush())
}

type lineWriter struct {
	out *bufio.Writer
	sum hash.Hash
}

func (n *lineWriter) write(l line) error {
	b, err := marshal(l)
	if err != nil {
		return err
	}
	b = append(b, '\n')
	n.sum.Write(b)
	_, err = n.out.Write(b)
	return written(err)
}

func (n *lineWriter) change(c graph.Change) error {
	if err := n.write(line{Change: &changeLine{
		Revision: c.Revision, RecordedAt: c.RecordedAt.UTC(), ID: c.ID, Author: c.Author, Reason: c.Reason, Digest: c.Digest,
		Entities: len(c.Entities), Sources: len(c.Sources), Claims: len(c.Claims), Retractions: len(c.Retractions),
	}}); err != nil {
		return err
	}
	for i := range c.Entities {
		if err := n.write(line{Entity: &c.Entities[i]}); err != nil {
			return err
		}
	}
	for i := range c.Sources {
		if err := n.write(line{Source: &c.Sources[i]}); err != nil {
			return err
		}
	}
	for i := range c.Claims {
		if err := n.write(line{Claim: &c.Claims[i]}); err != nil {
			return err
		}
	}
	for i := range c.Retractions {
		if err := n.write(line{Retraction: &c.Retractions[i]}); err != nil {
			return err
		}
	}
	return nil
}
