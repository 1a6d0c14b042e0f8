package bench_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"debadge/bench"
	"debadge/graph"
	"debadge/graph/resolve"
)

// text compares what finds the product that a text means: a name in which a
// letter is missing or two are swapped, inside of a line of an order.
func (w *world) text(t *testing.T, n amount) {
	t.Helper()
	names := w.names(t)
	subjects := w.some((n.slow.rounds + 1) * n.slow.each)
	called, err := w.fullNames(t, subjects)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(9, 9))
	texts, right, wrong := make([]string, len(subjects)), 0, 0
	for i, name := range called {
		texts[i] = misspelled(r, name)
		if found := names.Resolve(resolve.Query{Text: texts[i]}); found.Entity != nil {
			if found.Entity.ID == w.ids[subjects[i]] {
				right++
			} else {
				wrong++
			}
		}
	}
	t.Logf("of %d texts %d mean what was meant, %d something else", len(texts), right, wrong)
	if right < len(texts)/2 || wrong > len(texts)/50 {
		t.Fatalf("of %d texts %d mean what was meant, %d something else", len(texts), right, wrong)
	}
	sides := []side{{name: bench.Resolved, ask: func(i int) error { names.Resolve(resolve.Query{Text: texts[i]}); return nil }}}
	w.sheet.measure(t, bench.FreeText, n.slow, sides)
	w.sheet.value(bench.Memory, "names to resolve texts by, a name", "B", float64(names.Size().Bytes)/float64(names.Size().Names))
	if asked("rapidfuzz") {
		w.rapidfuzz(t, texts[:2*n.slow.each])
	}
}

// fullNames returns what products are called, with their brands.
func (w *world) fullNames(t *testing.T, products []int32) ([]string, error) {
	t.Helper()
	var all []string
	err := w.index.View(t.Context(), graph.Moment{}, func(v graph.View) error {
		all = nil
		for part := range slices.Chunk(products, 10_000) {
			ids := make([]graph.ID, len(part))
			for i, n := range part {
				ids[i] = w.ids[n]
			}
			entities, err := v.Entities(t.Context(), ids)
			if err != nil {
				return err
			}
			for _, e := range entities {
				all = append(all, e.Ref().FullName())
			}
		}
		return nil
	})
	return all, err
}

// misspelled writes a name as a hurried person does.
func misspelled(r *rand.Rand, name string) string {
	brand, model, _ := strings.Cut(name, " ")
	if letters := []rune(brand); len(letters) > 3 {
		i := 1 + r.IntN(len(letters)-2)
		if r.IntN(2) == 0 {
			letters = slices.Delete(letters, i, i+1)
		} else {
			letters[i], letters[i+1] = letters[i+1], letters[i]
		}
		brand = string(letters)
	}
	return "Server " + brand + " " + strings.ReplaceAll(model, "-", " ") + " 2U"
}

// rapidfuzz looks the same texts up in the same names. It is a process of its
// own, right behind the other side.
func (w *world) rapidfuzz(t *testing.T, texts []string) {
	t.Helper()
	all, err := w.fullNames(t, w.product)
	if err != nil {
		t.Fatal(err)
	}
	took, err := extractOne(t, all, texts)
	if err != nil {
		t.Fatal(err)
	}
	w.sheet.durations(bench.FreeText, bench.Rapidfuzz, took)
}

// extractOne asks rapidfuzz for the best of some names to each text.
func extractOne(t *testing.T, names, texts []string) ([]time.Duration, error) {
	t.Helper()
	given, err := json.Marshal(map[string]any{"names": names, "texts": texts})
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(t.Context(), python(t), "testdata/rapidfuzz_texts.py")
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(given)), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("rapidfuzz: %w", err)
	}
	var took []time.Duration
	err = json.Unmarshal(out, &took)
	return took, err
}

// python is the interpreter that has networkx and rapidfuzz.
func python(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "../.ci/python", "bench", "networkx==3.6.1", "rapidfuzz==3.14.6")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("networkx and rapidfuzz: %v", err)
	}
	return strings.TrimSpace(string(out))
}
