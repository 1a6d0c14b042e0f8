package synth

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"math/rand/v2"
	"strings"
	"unicode"

	"debadge/graph"
)

// OrderOptions say what [Orders] writes.
type OrderOptions struct {
	Lines int
	Seed  uint64
	IDs   bool // every line names its product by debadge's id
}

// orderHeader has the columns of a purchase order; that of ids is what the
// screening reads as debadge's own.
var orderHeader = []string{"Pos", "Model", "Brand", "Supplier", "Quantity", "Unit price", "Debadge ID"}

// orderShares are how many of a hundred lines are of a kind.
const (
	orderByID       = 20 // named by id
	orderAsIs       = 20 // as the store has it
	orderWritten    = 20 // in another case, spacing or order
	orderMisspelled = 10
	orderAgain      = 10 // a line that was there before
	// The others are of products that no store has.
)

// orderAtOnce is how many lines are made of entities read together.
const orderAtOnce = 1000

// Orders writes a purchase order as CSV: products of the view, which trace back
// to a listed entity or do not, by their ids, as the store has them, as people
// write them and misspelled, and products that nobody knows. Equal views and
// options give equal bytes.
func Orders(ctx context.Context, v graph.View, opts OrderOptions, w io.Writer) error {
	products, err := v.Find(ctx, graph.Find{Kind: graph.Product})
	if err != nil {
		return err
	}
	if len(products) == 0 {
		return graph.Errorf(graph.KindNotFound, "the view has no product to order")
	}
	out := bufio.NewWriter(w)
	o := &orders{
		opts: opts, csv: csv.NewWriter(out),
		rand: rand.New(rand.NewPCG(opts.Seed, uint64(opts.Lines))), //nolint:gosec // repeatable by intent, and no secret
	}
	if err := o.csv.Write(orderHeader); err != nil {
		return err
	}
	for first := 1; first <= opts.Lines; first += orderAtOnce {
		ids := make([]graph.ID, min(orderAtOnce, opts.Lines-first+1))
		for i := range ids {
			ids[i] = products[o.rand.IntN(len(products))]
		}
		entities, err := v.Entities(ctx, ids)
		if err != nil {
			return err
		}
		for i, e := range entities {
			if err := o.csv.Write(o.line(first+i, e)); err != nil {
				return err
			}
		}
	}
	o.csv.Flush()
	if err := o.csv.Error(); err != nil {
		return err
	}
	return out.Flush()
}

type orders struct {
	opts OrderOptions
	csv  *csv.Writer
	rand *rand.Rand
	kept [64][]string // lines to be ordered again
}

func (o *orders) line(at int, e graph.Entity) []string {
	line := o.product(e)
	slot := &o.kept[o.rand.IntN(len(o.kept))]
	if *slot == nil {
		*slot = line
	}
	return append([]string{number(at)}, line...)
}

func (o *orders) product(e graph.Entity) []string {
	model, brand, id := e.Name, e.Brand, ""
	supplier := "Retail " + series[o.rand.IntN(len(series))]
	kind := o.rand.IntN(100)
	if o.opts.IDs {
		kind = 0
	}
	switch {
	case kind < orderByID:
		id = string(e.ID)
	case kind < orderByID+orderAsIs:
	case kind < orderByID+orderAsIs+orderWritten:
		model, brand = o.written(model, brand)
	case kind < orderByID+orderAsIs+orderWritten+orderMisspelled:
		brand = o.misspelled(brand)
	case kind < orderByID+orderAsIs+orderWritten+orderMisspelled+orderAgain:
		if kept := o.kept[o.rand.IntN(len(o.kept))]; kept != nil {
			return kept
		}
	default:
		model = "ZQ" + number(100_000+o.rand.IntN(900_000)) + "-" + series[o.rand.IntN(len(series))]
		brand = "Nobody " + series[o.rand.IntN(len(series))]
	}
	return []string{model, brand, supplier, number(1 + o.rand.IntN(40)), number(50+o.rand.IntN(9000)) + ".00", id}
}

// written is how a person writes a model and its brand.
func (o *orders) written(model, brand string) (string, string) {
	switch o.rand.IntN(5) {
	case 0:
		return strings.ToLower(model), brand
	case 1:
		return strings.ReplaceAll(model, "-", " "), strings.ToUpper(brand)
	case 2:
		return brand + " " + model, ""
	case 3:
		return strings.ReplaceAll(model, "-", "/"), brand
	}
	return strings.Map(func(r rune) rune { // full-width forms
		if r > ' ' && r <= '~' {
			return r - '!' + '！'
		}
		return r
	}, model), brand
}

// misspelled swaps two letters of a name, or leaves one out.
func (o *orders) misspelled(name string) string {
	letters := []rune(name)
	if len(letters) < 4 {
		return name
	}
	i := 1 + o.rand.IntN(len(letters)-2)
	if !unicode.IsLetter(letters[i]) || !unicode.IsLetter(letters[i+1]) {
		return name
	}
	if o.rand.IntN(2) == 0 {
		return string(append(letters[:i:i], letters[i+1:]...))
	}
	letters[i], letters[i+1] = letters[i+1], letters[i]
	return string(letters)
}
