package screen_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"debadge/graph"
	"debadge/graph/identifier"
	"debadge/graph/index"
	"debadge/graph/ingest/bundle"
	"debadge/graph/screen"
)

var update = flag.Bool("update", false, "write the golden files anew")

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

// small is a store with a case of every answer.
func small(tb testing.TB) graph.Store {
	tb.Helper()
	s := index.NewMemory(noon)
	f, err := os.Open(filepath.Join("testdata", "store.json"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	if _, err := bundle.Import(tb.Context(), s, "store.json", f, nil); err != nil {
		tb.Fatal(err)
	}
	return s
}

// exact recognizes names by their keys alone: what the tests of the pipeline
// need, whatever resolving may learn.
type exact struct{ calls atomic.Int64 }

func (e *exact) Revision() graph.Revision { return 1 }

func (e *exact) find(ctx context.Context, v graph.View, text string, kind graph.Kind) (screen.Recognized, error) {
	e.calls.Add(1)
	ids, err := v.Find(ctx, graph.Find{Key: graph.NameKey(text), Kind: kind})
	switch {
	case err != nil || len(ids) == 0 || graph.NameKey(text) == "":
		return screen.Recognized{Resolution: screen.NotKnown}, err
	case len(ids) == 1:
		return screen.Recognized{Resolution: screen.Matched, Entity: ids[0], Score: 0.97, Why: "its name"}, nil
	}
	r := screen.Recognized{Resolution: screen.Ambiguous}
	for _, id := range ids {
		r.Candidates = append(r.Candidates, screen.CandidateID{ID: id, Score: 0.97, Why: "its name"})
	}
	return r, nil
}

func (e *exact) Product(ctx context.Context, v graph.View, text string, in *screen.Input) (screen.Recognized, error) {
	for _, id := range in.Identifiers {
		if id.Value == "4006381333931" {
			return screen.Recognized{Resolution: screen.Identified, Entity: "product:badge:x1", Score: 1, Why: "its gtin"}, nil
		}
	}
	return e.find(ctx, v, text, graph.Product)
}

func (e *exact) Company(ctx context.Context, v graph.View, text string, _ []identifier.Identifier) (screen.Recognized, error) {
	return e.find(ctx, v, text, graph.Company)
}

// given is a reader of lines that are there.
type given struct {
	lines []screen.Line
	end   error // in place of io.EOF
	at    int
}

func (g *given) Head() (name, format string, columns []string) {
	return "order.csv", "csv", []string{"Model", "Price"}
}

func (g *given) Next() (screen.Line, error) {
	if g.at == len(g.lines) {
		if g.end != nil {
			return screen.Line{}, g.end
		}
		return screen.Line{}, io.EOF
	}
	l := g.lines[g.at]
	g.at++
	l.Number, l.At = g.at, "line "+itoa(g.at+1)
	return l, nil
}

func (g *given) Position() (done, total int64) { return int64(g.at), int64(len(g.lines)) }
func (g *given) LeftOut() map[string]int       { return nil }

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func options(tb testing.TB, names screen.Names) screen.Options {
	tb.Helper()
	day, err := graph.ParseDate("2026-06-01")
	if err != nil {
		tb.Fatal(err)
	}
	return screen.Options{Names: names, AsOf: day.Earliest(), Policy: graph.DefaultPolicy()}
}

// every is a line of each kind.
func every() []screen.Line {
	lines := []screen.Line{
		{Input: screen.Input{Product: "Badge X1"}},
		{Input: screen.Input{Product: "x2", Brand: "Badge"}},
		{Input: screen.Input{Product: "C1"}},
		{Input: screen.Input{ID: "product:badge:x2"}},
		{Input: screen.Input{ID: "product:badge:x9"}},
		{Input: screen.Input{Product: "product:clean:c1"}},
		{Input: screen.Input{Product: "T1"}},
		{Input: screen.Input{Product: "no such thing"}},
		{Input: screen.Input{Product: "no such thing", Also: []string{"", "X1"}}},
		{Input: screen.Input{Product: "no such thing", Manufacturer: "Origin Group"}},
		{Input: screen.Input{Product: "C1", Supplier: "Origin Group"}},
		{Input: screen.Input{Product: "C1", Supplier: "Unheard of Ltd."}},
		{Input: screen.Input{Product: "C1", Supplier: "Twin Co."}},
		{Input: screen.Input{Supplier: "Clean Co."}},
		{Input: screen.Input{Supplier: "Unheard of Ltd."}},
		{Input: screen.Input{Identifiers: []identifier.Identifier{{Scheme: identifier.GTIN, Value: "4006381333931"}}}},
		{Input: screen.Input{Product: "Alleged A1"}},
		{Input: screen.Input{Product: "H1"}},
		{Bad: "it has 3 cells and the header has 2 (column 3: \"x\")"},
		{},
		{Input: screen.Input{Product: "=HYPERLINK(\"http://evil.example\")", Brand: "<script>alert(1)</script>"}},
		{Input: screen.Input{Product: "Evil \u202Exe.1\x1b[31m"}},
		{Input: screen.Input{Product: "no such thing", Brand: "Origin Group"}},
	}
	for i := range lines {
		lines[i].Cells = []string{lines[i].Input.Product, "-1,50"}
	}
	return lines
}

var encoders = map[string]func() screen.Encoder{
	"csv": func() screen.Encoder { return new(screen.CSV) }, "ndjson": func() screen.Encoder { return new(screen.NDJSON) },
	"json": func() screen.Encoder { return new(screen.JSON) }, "html": func() screen.Encoder { return new(screen.HTML) },
}

func TestOutputIsAsInTheGoldenFiles(t *testing.T) {
	for format, encoder := range encoders {
		for _, explain := range []bool{false, true} {
			name := "every." + format
			if explain {
				name = "every-explained." + format
			}
			t.Run(name, func(t *testing.T) {
				opts := options(t, new(exact))
				opts.Explain = explain
				e := encoder()
				if explain && format == "csv" {
					e = &screen.CSV{Explain: true}
				}
				var out bytes.Buffer
				sum, err := screen.Run(t.Context(), small(t), &given{lines: every()}, e, &out, opts)
				if err != nil || !sum.Finished {
					t.Fatal(err, sum)
				}
				path := filepath.Join("testdata", name)
				if *update {
					if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(want, out.Bytes()) {
					t.Errorf("%s is not as it was; run with -update and look at the difference", path)
				}
			})
		}
	}
}

// TestWorkbookHasTheCells compares a workbook, read by another library, with the
// golden file of CSV, cell by cell. What is a formula there to a spreadsheet has an
// apostrophe, which a cell of text does not need.
func TestWorkbookHasTheCells(t *testing.T) {
	opts := options(t, new(exact))
	opts.Explain = true
	var out bytes.Buffer
	if _, err := screen.Run(t.Context(), small(t), &given{lines: every()}, &screen.XLSX{Explain: true}, &out, opts); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	golden, err := os.ReadFile("testdata/every-explained.csv")
	if err != nil {
		t.Fatal(err)
	}
	want, err := csv.NewReader(bytes.NewReader(golden)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.GetRows("Lines")
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d rows, want %d: %v", len(got), len(want), err)
	}
	for i := range want {
		for j, cell := range want[i] {
			text := strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(cell, "'"), "\x1b", "\ufffd"), "\r\n", "\n")
			if j >= len(got[i]) && text != "" || j < len(got[i]) && got[i][j] != text {
				t.Errorf("row %d, column %d: %q, want %q", i+1, j+1, got[i][min(j, len(got[i])-1)], text)
			}
			name, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if formula, err := f.GetCellFormula("Lines", name); formula != "" || err != nil {
				t.Errorf("%s is the formula %s (%v)", name, formula, err)
			}
		}
	}
}

// kept keeps the rows as they are.
type kept struct{ rows chan screen.Row }

func (k kept) Begin(w io.Writer, _ screen.Head) (io.Writer, error) { return w, nil }
func (k kept) End(screen.Summary) error                            { return nil }
func (k kept) Encode(b []byte, r *screen.Row) ([]byte, error) {
	k.rows <- *r
	return b, nil
}

func TestUnknownOrAmbiguousIsNeverPassed(t *testing.T) {
	want := []struct {
		action  graph.Action
		finding graph.Finding
		how     screen.Resolution
	}{
		{graph.Block, graph.Listed, screen.Matched},
		{graph.Block, graph.Listed, screen.Matched},
		{graph.Pass, graph.Clear, screen.Matched},
		{graph.Block, graph.Listed, screen.Identified},
		{graph.Review, graph.Unknown, screen.NotKnown},
		{graph.Pass, graph.Clear, screen.Identified},
		{graph.Review, graph.Unknown, screen.Ambiguous},
		{graph.Review, graph.Unknown, screen.NotKnown},
		{graph.Block, graph.Listed, screen.Matched},
		{graph.Block, graph.Listed, screen.NotKnown},
		{graph.Block, graph.Listed, screen.Matched},
		{graph.Pass, graph.Clear, screen.Matched},
		{graph.Review, graph.Unknown, screen.Matched},
		{graph.Pass, graph.Clear, screen.Matched},
		{graph.Review, graph.Unknown, screen.NotKnown},
		{graph.Block, graph.Listed, screen.Identified},
		{graph.Review, graph.Listed, screen.Matched},
		{graph.Review, graph.Listed, screen.Matched}, // by affiliation, and an ownership rule is undetermined
		{graph.Review, graph.Unknown, screen.Refused},
		{graph.Review, graph.Unknown, screen.Refused},
		{graph.Review, graph.Unknown, screen.NotKnown},
		{graph.Review, graph.Unknown, screen.NotKnown},
		{graph.Block, graph.Listed, screen.NotKnown},
	}
	opts := options(t, new(exact))
	opts.Workers = 1
	k := kept{make(chan screen.Row, len(want))}
	if _, err := screen.Run(t.Context(), small(t), &given{lines: every()}, k, io.Discard, opts); err != nil {
		t.Fatal(err)
	}
	for i, w := range want {
		r := <-k.rows
		if r.Line != i+1 || r.Action != w.action || r.Finding != w.finding || r.Resolution() != w.how {
			t.Errorf("line %d: %s, %s, %s; want %s, %s, %s", r.Line, r.Action, r.Finding, r.Resolution(), w.action, w.finding, w.how)
		}
		if r.Action != graph.Pass && r.Finding == graph.Unknown && len(r.Reasons) == 0 {
			t.Errorf("line %d says no reason", r.Line)
		}
	}
}

// TestWhicheverItIs: where every entity that a text may mean is blocked, so is
// the line.
func TestWhicheverItIs(t *testing.T) {
	k := kept{make(chan screen.Row, 1)}
	lines := []screen.Line{{Input: screen.Input{Product: "both"}}}
	if _, err := screen.Run(t.Context(), small(t), &given{lines: lines}, k, io.Discard, options(t, new(exact))); err != nil {
		t.Fatal(err)
	}
	if r := <-k.rows; r.Action != graph.Block || r.Resolution() != screen.Ambiguous || r.Finding != graph.Unknown {
		t.Errorf("%+v", r)
	}
}

func TestOrderIsKeptAndEqualLinesAreAskedOnce(t *testing.T) {
	var lines []screen.Line
	for i := range 5000 {
		lines = append(lines, screen.Line{Input: screen.Input{Product: []string{"X1", "C1", "T1"}[i%3]}, Cells: []string{itoa(i), ""}})
	}
	names := new(exact)
	opts := options(t, names)
	opts.Workers = 1
	var serial, parallel bytes.Buffer
	sum, err := screen.Run(t.Context(), small(t), &given{lines: lines}, new(screen.CSV), &serial, opts)
	if err != nil {
		t.Fatal(err)
	}
	if asked := names.calls.Load(); asked != 3 {
		t.Errorf("three texts were asked about %d times", asked)
	}
	if sum.Lines != 5000 || sum.Actions["pass"] != 1667 || sum.Actions["block"] != 1667 || sum.Actions["review"] != 1666 {
		t.Errorf("%+v", sum.Counts)
	}
	opts.Workers, opts.Names = 8, slow{}
	if _, err := screen.Run(t.Context(), small(t), &given{lines: lines}, new(screen.CSV), &parallel, opts); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(serial.Bytes(), parallel.Bytes()) {
		t.Error("eight workers write something else than one")
	}
	for i, row := range strings.Split(strings.TrimSpace(serial.String()), "\n")[1:] {
		if !strings.HasPrefix(row, itoa(i)+",") {
			t.Fatalf("row %d is %s", i, row)
		}
	}
}

// slow is exact without its counter, so that workers may share it, and with a
// pause that makes them overtake each other.
type slow struct{}

func (slow) Revision() graph.Revision { return 1 }

func (slow) Product(ctx context.Context, v graph.View, text string, in *screen.Input) (screen.Recognized, error) {
	if text == "T1" {
		time.Sleep(time.Millisecond)
	}
	return new(exact).Product(ctx, v, text, in)
}

func (slow) Company(ctx context.Context, v graph.View, text string, ids []identifier.Identifier) (screen.Recognized, error) {
	return new(exact).Company(ctx, v, text, ids)
}

func TestAnInterruptedRunSaysHowFarItCame(t *testing.T) {
	cut := graph.Errorf(graph.KindInvalid, "order.csv.gz is cut off")
	lines := slices.Repeat([]screen.Line{{Input: screen.Input{Product: "C1"}}}, 300)
	for format, encoder := range encoders {
		t.Run(format, func(t *testing.T) {
			var out bytes.Buffer
			sum, err := screen.Run(t.Context(), small(t), &given{lines: lines, end: cut}, encoder(), &out, options(t, new(exact)))
			if !errors.Is(err, cut) || sum.Finished || sum.Lines != 300 || sum.Reason != cut.Message {
				t.Errorf("%v, %+v", err, sum)
			}
			if format != "csv" && !strings.Contains(out.String(), cut.Message) {
				t.Error("the output does not say that it is not finished")
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	opts := options(t, new(exact))
	opts.Progress = func(screen.Progress) { cancel() }
	sum, err := screen.Run(ctx, small(t), &given{lines: lines}, new(screen.NDJSON), io.Discard, opts)
	if !errors.Is(err, context.Canceled) || sum.Finished || sum.Lines != 256 || sum.Reason != "interrupted" {
		t.Errorf("%v, %+v", err, sum)
	}
}

// TestAnInterruptedRunDoesNotWait: neither for a reader that is stuck.
func TestAnInterruptedRunDoesNotWait(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := &stuck{release: make(chan struct{})}
	defer close(r.release)
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := screen.Run(ctx, small(t), r, new(screen.CSV), io.Discard, options(t, new(exact))); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

type stuck struct {
	given
	release chan struct{}
}

func (s *stuck) Next() (screen.Line, error) {
	<-s.release
	return screen.Line{}, io.EOF
}

// failing is a writer that is full.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAnOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	for format, encoder := range encoders {
		_, err := screen.Run(t.Context(), small(t), &given{lines: every()}, encoder(), failing{}, options(t, new(exact)))
		if err == nil {
			t.Errorf("%s: no error", format)
		}
	}
	if _, err := screen.Run(t.Context(), small(t), &given{lines: every()}, new(screen.XLSX), failing{}, options(t, new(exact))); err == nil {
		t.Error("xlsx: no error")
	}
}
