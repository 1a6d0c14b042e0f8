package file_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"debadge/graph/file"
)

// trialRow is a row of the trial: its text, and what a reader must say of it.
type trialRow struct {
	line   int
	text   string
	lines  int
	fields []string // of a good row
	column string   // of a bad one
	reason string
}

// trial makes the same rows each time, one in twenty of them malformed.
func trial(rows int, each func(trialRow) bool) {
	random := rand.New(rand.NewPCG(4, 4))
	line := 2
	for n := range rows {
		row := trialRow{line: line, lines: 1, fields: []string{strconv.Itoa(n), "Räder & Co " + strconv.Itoa(random.IntN(1e6)), "浪潮", "plain"}}
		switch random.IntN(4) {
		case 0:
			row.fields[1], row.fields[2] = `quoted, "twice"`, "on two\nlines"
			row.lines = 2
		case 1:
			row.fields[3] = ""
		}
		row.text = written(row.fields)
		if random.IntN(20) == 0 {
			row = malformed(random, line, n, rows)
		}
		if !each(row) {
			return
		}
		line += row.lines
	}
}

func written(fields []string) string {
	quoted := make([]string, len(fields))
	for i, f := range fields {
		quoted[i] = f
		if strings.ContainsAny(f, "\",\n") {
			quoted[i] = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
		}
	}
	return strings.Join(quoted, ",") + "\r\n"
}

func malformed(random *rand.Rand, line, n, rows int) trialRow {
	row := trialRow{line: line, lines: 1}
	number := strconv.Itoa(n)
	switch random.IntN(9) {
	case 0:
		row.text, row.column, row.reason = number+",caf\xe9,x,y\n", "name", "the field is not UTF-8"
	case 1:
		row.text, row.column, row.reason = number+",x,a\x00b,y\n", "other", "a NUL byte"
	case 2:
		row.text, row.column, row.reason = number+",x,\"a,y\n", "other", "a closing quote"
	case 3:
		row.text, row.column, row.reason = number+",x,a\"b,y\n", "other", "a quote stands inside a field"
	case 4:
		row.text, row.column, row.reason = "\xef\xbb\xbf"+number+",x,a,y\n", "", "a byte order mark"
	case 5:
		row.text, row.reason = utf16Text(number+",x,a,y\r\n", false), "the row is UTF-16"
	case 6:
		row.text, row.reason = utf16Text(number+",x,a,y\r\n", true), "the row is UTF-16"
	case 7:
		row.text, row.column, row.reason = number+",x\n", "name", "has 2 fields, but the header has 4"
	case 8:
		size := 2 << 20
		if n > rows-rows/5 {
			size = 10 << 20
		}
		if random.IntN(rows/40) > 40 { // some 10 in all, however many rows there are
			size = 2
		}
		row.text, row.column, row.reason = number+",x,"+strings.Repeat("z", size)+",y\n", "other", "the field is longer than 1 MiB"
		if size == 2 {
			row.text, row.column, row.reason = number+",x,a,y,z\n", "", "has 5 fields, but the header has 4"
		}
	}
	return row
}

// TestMalformed is trial L4 at a twentieth of its size; [BenchmarkMalformed] is the
// whole.
func TestMalformed(t *testing.T) {
	const rows = 50_000
	var bad int
	grown := held(t, func() { bad = tryMalformed(t, rows) })
	if grown > 200 {
		t.Errorf("the file took %d MiB, want at most 200", grown)
	}
	if bad < rows/25 || bad > rows/15 {
		t.Errorf("%d of %d rows were bad; the trial should have one in twenty", bad, rows)
	}
}

func BenchmarkMalformed(b *testing.B) {
	for b.Loop() {
		b.ReportMetric(float64(tryMalformed(b, 1_000_000)), "bad")
	}
}

func tryMalformed(tb testing.TB, rows int) (bad int) {
	tb.Helper()
	out, in := io.Pipe()
	go func() {
		w := bufio.NewWriterSize(in, 1<<16)
		_, err := w.WriteString("id,name,other,last\r\n")
		trial(rows, func(r trialRow) bool {
			_, err = w.WriteString(r.text)
			return err == nil
		})
		in.CloseWithError(errors.Join(err, w.Flush()))
	}()
	table, err := file.NewTable(big(out), file.TableOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	trial(rows, func(want trialRow) bool {
		row, err := table.Next()
		wrong := compare(want, row, err)
		if wrong != "" {
			tb.Errorf("line %d: %s", want.line, wrong)
		}
		if want.fields == nil {
			bad++
		}
		return wrong == ""
	})
	if _, err := table.Next(); !errors.Is(err, io.EOF) && !tb.Failed() {
		tb.Errorf("behind the last row: %v", err)
	}
	_ = out.Close()
	return bad
}

func compare(want trialRow, row file.Row, err error) string {
	if want.fields != nil {
		if err != nil || row.Line != want.line || !slices.Equal(row.Fields, want.fields) {
			return fmt.Sprintf("row %d %.100q (%v), want %q", row.Line, row.Fields, err, want.fields)
		}
		return ""
	}
	got, ok := errors.AsType[*file.BadRow](err)
	switch {
	case !ok:
		return fmt.Sprintf("row %.100q (%v), want it refused: %s", row.Fields, err, want.reason)
	case got.Line != want.line, !strings.Contains(got.Reason, want.reason) && !strings.Contains(got.Reason, "never closed"), got.Column != want.column && got.Reason[:7] != "the row":
		return fmt.Sprintf("%v, want column %q: %s", got, want.column, want.reason)
	}
	return ""
}
