package resolve

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hbollon/go-edlib"

	"debadge/graph"
)

// Pair is a row of a labeled set: a text, a name, and whether the text is a way
// to write that name.
type Pair struct {
	Text, Brand, Name string
	Kind              graph.Kind
	Same              bool
	How               string // how the pair was made
	Score             float64
}

// pairHeader is the header of a labeled set.
var pairHeader = []string{"text", "brand", "name", "kind", "same", "how"}

// ReadPairs reads a labeled set from CSV.
func ReadPairs(r io.Reader) ([]Pair, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = len(pairHeader)
	header, err := rows.Read()
	if err != nil || !slices.Equal(header, pairHeader) {
		return nil, graph.Errorf(graph.KindInvalid, "a labeled set is a CSV file that begins with the header %s", strings.Join(pairHeader, ","))
	}
	var pairs []Pair
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, graph.Errorf(graph.KindInvalid, "the labeled set cannot be read: %w", err)
		}
		line, _ := rows.FieldPos(0)
		p := Pair{Text: row[0], Brand: row[1], Name: row[2], Kind: graph.Kind(row[3]), Same: row[4] == "yes", How: row[5]}
		if (p.Kind != graph.Company && p.Kind != graph.Product) || (row[4] != "yes" && row[4] != "no") {
			return nil, graph.Errorf(graph.KindInvalid, "line %d of the labeled set: kind is company or product, and same is yes or no", line)
		}
		pairs = append(pairs, p)
	}
	if len(pairs) == 0 {
		return nil, graph.Errorf(graph.KindInvalid, "the labeled set has no pair")
	}
	return pairs, nil
}

// Measure is how well a threshold on scores tells pairs apart.
type Measure struct {
	Threshold float64 `json:"threshold"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	Right     int     `json:"right"`  // same, and found so
	Wrong     int     `json:"wrong"`  // not same, but found so
	Missed    int     `json:"missed"` // same, but not found so
	Accuracy  float64 `json:"accuracy"`
}

// Measured counts at one threshold.
func Measured(pairs []Pair, threshold float64) Measure {
	m := Measure{Threshold: threshold}
	for _, p := range pairs {
		switch found := p.Score >= threshold; {
		case found && p.Same:
			m.Right++
		case found:
			m.Wrong++
		case p.Same:
			m.Missed++
		}
	}
	m.Accuracy = 1 - float64(m.Wrong+m.Missed)/float64(len(pairs))
	if m.Right > 0 {
		m.Precision = float64(m.Right) / float64(m.Right+m.Wrong)
		m.Recall = float64(m.Right) / float64(m.Right+m.Missed)
	}
	return m
}

// Best returns the measure at the threshold, in hundredths, at which most pairs
// are decided rightly.
func Best(pairs []Pair) Measure {
	const steps = 100
	var best Measure
	for i := range steps + 1 {
		if m := Measured(pairs, float64(i)/steps); m.Accuracy > best.Accuracy {
			best = m
		}
	}
	return best
}

// Evaluate scores each pair: the names of all pairs are put into one index, and
// the score is that of the pair's own name among the candidates of its text.
func Evaluate(pairs []Pair, opts Options) ([]Pair, error) {
	opts, err := opts.checked()
	if err != nil {
		return nil, err
	}
	type key struct {
		kind        graph.Kind
		brand, name string
	}
	ids := map[key]graph.ID{}
	b := newBuilder()
	for _, p := range pairs {
		k := key{p.Kind, p.Brand, p.Name}
		if _, ok := ids[k]; ok {
			continue
		}
		ids[k] = graph.ID(fmt.Sprintf("%s:%d", p.Kind, len(ids)))
		if err := b.add(&graph.Entity{ID: ids[k], Name: p.Name, Brand: p.Brand}); err != nil {
			return nil, err
		}
	}
	x := newIndex(opts, 0, b.segment(), nil)
	scored := slices.Clone(pairs)
	for i := range scored {
		p := &scored[i]
		p.Score = 0
		for _, c := range x.Resolve(Query{Text: p.Text, Kind: p.Kind, Limit: len(ids), Related: true}).Candidates {
			if c.Entity.ID == ids[key{p.Kind, p.Brand, p.Name}] && !c.DifferentModel {
				p.Score = c.Score
			}
		}
	}
	return scored, nil
}

// EvaluateJaroWinkler scores each pair by the plain Jaro-Winkler similarity of
// the lower-case texts, the brand in front of a product's name or not, whichever
// is higher: what a search without this package would do.
func EvaluateJaroWinkler(pairs []Pair) []Pair {
	scored := slices.Clone(pairs)
	for i := range scored {
		p := &scored[i]
		p.Score = 0
		for _, name := range []string{p.Name, strings.TrimSpace(p.Brand + " " + p.Name)} {
			score := float64(edlib.JaroWinklerSimilarity(strings.ToLower(p.Text), strings.ToLower(name)))
			p.Score = max(p.Score, score)
		}
	}
	return scored
}
