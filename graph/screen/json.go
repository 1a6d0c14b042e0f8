package screen

import (
	"bytes"
	"encoding/json"
	"io"
)

// NDJSON writes each row as a line {"row": …} and the summary as the last one,
// {"head": …}: without it the output is seen to be cut short.
type NDJSON struct{ w io.Writer }

var _ Encoder = (*NDJSON)(nil)

// Begin has nothing to write.
func (n *NDJSON) Begin(w io.Writer, _ Head) (io.Writer, error) {
	n.w = w
	return w, nil
}

// Encode appends a line.
func (n *NDJSON) Encode(b []byte, r *Row) ([]byte, error) {
	b, err := appendJSON(append(b, `{"row":`...), r)
	return append(b, "}\n"...), err
}

// End writes the head.
func (n *NDJSON) End(s Summary) error {
	b, err := appendJSON([]byte(`{"head":`), s)
	if err == nil {
		_, err = n.w.Write(append(b, "}\n"...))
	}
	return err
}

// JSON writes one object: the rows, one a line, and the summary behind them.
type JSON struct{ w io.Writer }

var _ Encoder = (*JSON)(nil)

// Begin opens the object.
func (j *JSON) Begin(w io.Writer, _ Head) (io.Writer, error) {
	j.w = w
	_, err := io.WriteString(w, "{\n\"rows\": [")
	return w, err
}

// Encode appends an element.
func (j *JSON) Encode(b []byte, r *Row) ([]byte, error) {
	if r.Line > 1 {
		b = append(b, ',')
	}
	return appendJSON(append(b, '\n'), r)
}

// End closes the object, whole also where the run was interrupted.
func (j *JSON) End(s Summary) error {
	b, err := appendJSON([]byte("\n],\n"), s)
	if err != nil {
		return err
	}
	// The summary's fields stand beside the rows.
	b = bytes.Replace(b, []byte("],\n{"), []byte("],\n"), 1)
	_, err = j.w.Write(append(b, '\n'))
	return err
}

// appendJSON appends a value as JSON, with the characters of names as they are.
func appendJSON(b []byte, v any) ([]byte, error) {
	out := bytes.NewBuffer(b)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return b, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
