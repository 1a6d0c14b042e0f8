package file

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Row is one row of a table. It stays valid after the next one is read.
type Row struct {
	Line   int // on which it begins; of a spreadsheet its row number
	Fields []string
	index  map[string]int
}

// Get returns the field under the header's name, whatever its letter case, and
// without the space around it; "" if the table has no such column.
func (r Row) Get(column string) string {
	if at, ok := r.index[fold(column)]; ok && at < len(r.Fields) {
		return strings.TrimSpace(r.Fields[at])
	}
	return ""
}

// BadRow is a row, or an item, that could not be read. What comes after it can.
type BadRow struct { //nolint:errname // it is told to people as a row, and is an error only in passing
	Line      int
	Column    string // the header's name, or "column 7"; "" if it is the row as a whole
	Value     string // what stands there, shortened and with what cannot be shown escaped
	Reason    string // what is wrong and what would be right
	Truncated bool   // the file ends in it: the edition is cut off
	Header    bool   // it is the header row again
}

// Error says what is wrong and where in the file; the file's name is the
// caller's to say.
func (b *BadRow) Error() string {
	where := fmt.Sprintf("line %d", b.Line)
	if b.Column != "" {
		where += ", " + b.Column
	}
	if b.Value != "" {
		return where + ": " + b.Value + ": " + b.Reason
	}
	return where + ": " + b.Reason
}

// Shorten returns a value as a message can show it: at most some 60 characters
// of one line, what is no text escaped.
func Shorten(value string) string {
	const most = 60
	cut := value
	if len(cut) > 4*most {
		cut = cut[:4*most]
	}
	var b strings.Builder
	n := 0
	for i, r := range cut {
		if n++; n > most {
			return b.String() + "…"
		}
		switch {
		case r == utf8.RuneError:
			_, size := utf8.DecodeRuneInString(cut[i:])
			if size == 1 {
				fmt.Fprintf(&b, `\x%02x`, cut[i])
				continue
			}
			b.WriteRune(r)
		case r < ' ' || r == 0x7F || isFormat(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	if len(cut) < len(value) {
		b.WriteString("…")
	}
	return b.String()
}

// isFormat tells characters that hide or reorder what is shown.
func isFormat(r rune) bool {
	return r >= 0x80 && r < 0xA0 || r == 0xFEFF || r >= 0x200B && r <= 0x200F || r >= 0x2028 && r <= 0x202E || r >= 0x2060 && r <= 0x2069
}

func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }
