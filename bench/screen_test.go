package bench_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"

	"debadge/bench"
	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/resolve"
	"debadge/graph/screen"
	"debadge/graph/synth"
)

// screen compares the findings for an order that names its products by ids with
// bare walks and with a bit for each product; then the whole way of a file.
func (w *world) screen(t *testing.T, n amount) {
	t.Helper()
	subjects := w.some(n.lines)
	names := w.names(t)
	w.view(t, func(v graph.View) error {
		nodes, err := w.nodes(t.Context(), v, subjects)
		if err != nil {
			return err
		}
		a := assessor(t, v)
		defer a.Close()
		kept, err := graph.NewFindings(4*len(w.ids)).Assessor(t.Context(), v, policy, asOf, nil)
		if err != nil {
			return err
		}
		defer kept.Close()
		// The bits of every product, one word for 64 of them, as the fastest answer to all lines.
		bits := make([]uint64, (len(w.ids)+63)/64)
		want := 0
		for _, s := range subjects {
			if w.verdict(s) != 0 {
				bits[s/64] |= 1 << (s % 64)
				want++
			}
		}
		count := func(listed int) error {
			if listed != want {
				return fmt.Errorf("%d of the lines are listed; by the plain computation %d are", listed, want)
			}
			return nil
		}
		w.sheet.measure(t, bench.Screen, turns{3 * n.few.rounds, 1}, []side{
			{name: bench.Floor, ask: func(int) error {
				for _, s := range subjects {
					w.up.walk(s)
				}
				return nil
			}},
			{name: bench.Screened, ask: func(int) error {
				fresh := assessor(t, v) // that has met none of the companies
				defer fresh.Close()
				return count(listedAmong(t, nodes, fresh))
			}},
			{name: "debadge, index: the findings, by whoever has met their companies", ask: func(int) error { return count(listedAmong(t, nodes, a)) }},
			{name: bench.Prepared, ask: func(int) error { return count(listedAmong(t, nodes, kept)) }},
			{name: bench.Bitset, ask: func(int) error {
				listed := 0
				for _, s := range subjects {
					listed += int(bits[s/64] >> (s % 64) & 1)
				}
				return count(listed)
			}},
			{name: bench.ScreenedFile, ask: w.file(t, names, synth.OrderOptions{Lines: n.lines, Seed: 7, IDs: true})},
			{name: "debadge, index: a CSV file in free text to NDJSON, both cores", ask: w.file(t, names, synth.OrderOptions{Lines: n.lines, Seed: 7})},
		})
		return nil
	})
}

// listedAmong is how many of some products are found to be listed.
func listedAmong(t *testing.T, nodes []graph.Node, by *graph.Assessor) int {
	t.Helper()
	listed := 0
	for _, node := range nodes {
		found, err := by.Assess(t.Context(), node)
		if err != nil {
			t.Fatal(err)
		}
		if found.Finding == graph.Listed {
			listed++
		}
	}
	return listed
}

// names is what resolves texts, for the whole benchmark.
func (w *world) names(t *testing.T) *resolve.Index {
	t.Helper()
	if w.resolver == nil {
		var err error
		if w.resolver, err = resolve.Open(t.Context(), w.index, graph.Moment{}, resolve.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	return w.resolver
}

// file screens an order as the command does, and checks every line that names
// its product by id.
func (w *world) file(t *testing.T, names *resolve.Index, opts synth.OrderOptions) func(int) error {
	t.Helper()
	var order, out bytes.Buffer
	w.view(t, func(v graph.View) error { return synth.Orders(t.Context(), v, opts, &order) })
	screenOptions := screen.Options{Names: screen.NamesOf(names), AsOf: asOf, Policy: policy}
	run := func(to io.Writer) error {
		f, err := file.New("order.csv", order.Bytes(), file.Options{})
		if err != nil {
			return err
		}
		lines, err := screen.Open(f, screen.InputOptions{})
		if err != nil {
			return err
		}
		_, err = screen.Run(t.Context(), w.index, lines, new(screen.NDJSON), to, screenOptions)
		return err
	}
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	w.checkLines(t, &out, opts.Lines)
	return func(int) error { return run(io.Discard) }
}

// checkLines compares the findings about products with the plain computation.
func (w *world) checkLines(t *testing.T, out io.Reader, lines int) {
	t.Helper()
	d, checked := json.NewDecoder(out), 0
	for {
		var line struct {
			Row struct {
				Product *struct {
					Entity  *struct{ ID graph.ID }
					Finding graph.Finding
				}
			}
		}
		if err := d.Decode(&line); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if line.Row.Product == nil || line.Row.Product.Entity == nil {
			continue // the last line, or a text that means no product for sure
		}
		checked++
		id := line.Row.Product.Entity.ID
		if want := w.verdict(w.number[id]) != 0; (line.Row.Product.Finding == graph.Listed) != want {
			t.Fatalf("%s is %s; by the plain computation listed is %t", id, line.Row.Product.Finding, want)
		}
	}
	if checked < lines/3 {
		t.Fatalf("%d products in %d lines", checked, lines)
	}
}
