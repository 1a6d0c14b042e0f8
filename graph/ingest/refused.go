package ingest

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"debadge/graph"
)

// RefusedFile writes refusals as CSV, for the person who mends the file.
type RefusedFile struct {
	w     *csv.Writer
	begun bool
}

// NewRefusedFile returns a writer of refusals that begins with the header.
func NewRefusedFile(w io.Writer) *RefusedFile { return &RefusedFile{w: csv.NewWriter(w)} }

// Add writes a row. Each is written at once: an import that is cut short has
// told what it refused.
func (f *RefusedFile) Add(r Refusal) error {
	if !f.begun {
		f.begun = true
		f.row("file", "line", "column", "value", "reason")
	}
	line := ""
	if r.Line > 0 {
		line = strconv.Itoa(r.Line)
	}
	f.row(r.File, line, r.Column, r.Value, r.Reason)
	f.w.Flush()
	if err := f.w.Error(); err != nil {
		return graph.Unavailable("the file of refused rows cannot be written", err)
	}
	return nil
}

func (f *RefusedFile) row(fields ...string) {
	for i, text := range fields {
		fields[i] = NoFormula(text)
	}
	_ = f.w.Write(fields) // Add asks for the error
}

// NoFormula returns a text that a spreadsheet does not take for a formula: one
// that begins like a formula gets an apostrophe in front.
func NoFormula(text string) string {
	if strings.HasPrefix(strings.TrimLeft(text, " \u00a0"), "\t") || strings.HasPrefix(text, "\r") || strings.HasPrefix(text, "\n") {
		return "'" + text
	}
	if rest := strings.TrimLeft(text, " \t\r\n\u00a0"); rest != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(rest)[0]) {
		return "'" + text
	}
	return text
}
