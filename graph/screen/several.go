package screen

import (
	"encoding/binary"
	"errors"
	"io"

	"debadge/graph"
)

// Output is one of several forms of the same answers, and where it goes.
type Output struct {
	Encoder Encoder
	To      io.Writer
}

// Several writes the answers in several forms at once, for a run whose reader
// is not known yet. What Run is given to write to is not used.
type Several struct {
	outputs []Output
	rows    []io.Writer // of each
	begun   int
}

var _ Encoder = (*Several)(nil)

// NewSeveral returns an encoder of all the outputs.
func NewSeveral(outputs ...Output) *Several { return &Several{outputs: outputs} }

// Begin begins all of them.
func (s *Several) Begin(_ io.Writer, h Head) (io.Writer, error) {
	for _, o := range s.outputs {
		rows, err := o.Encoder.Begin(o.To, h)
		if err != nil {
			return nil, errors.Join(err, s.End(Summary{Head: h, Reason: "it could not begin"}))
		}
		s.rows = append(s.rows, rows)
		s.begun++
	}
	return frames{s}, nil
}

// Encode appends the row in each form, its length before it.
func (s *Several) Encode(b []byte, r *Row) ([]byte, error) {
	var err error
	for _, o := range s.outputs {
		start := len(b)
		b = append(b, 0, 0, 0, 0)
		if b, err = o.Encoder.Encode(b, r); err != nil {
			return b, err
		}
		length := len(b) - start - frameHead
		if length > maxFrame {
			return b, graph.Errorf(graph.KindInvalid, "the answer about %s is too long", r.At)
		}
		binary.BigEndian.PutUint32(b[start:], uint32(length)) //nolint:gosec // checked
	}
	return b, nil
}

const (
	frameHead = 4
	maxFrame  = 1 << 30
)

// End ends those that were begun.
func (s *Several) End(sum Summary) error {
	var all error
	for _, o := range s.outputs[:s.begun] {
		all = errors.Join(all, o.Encoder.End(sum))
	}
	s.begun = 0
	return all
}

// frames hands out rows to where each form goes.
type frames struct{ *Several }

// Write takes whole rows in all forms, as Encode appended them.
func (f frames) Write(b []byte) (int, error) {
	for at, i := 0, 0; at < len(b); i = (i + 1) % len(f.rows) {
		end := at + frameHead + int(binary.BigEndian.Uint32(b[at:]))
		if _, err := f.rows[i].Write(b[at+frameHead : end]); err != nil {
			return at, err
		}
		at = end
	}
	return len(b), nil
}
