package screen

import (
	"context"

	"debadge/graph"
	"debadge/graph/identifier"
)

// Meaning is what a person said that a text of one run means. What a text means
// in every run is an attribute of the entity: see [graph.CalledAttribute].
type Meaning struct {
	Role         Role     `json:"role"` // product, or the role of a company
	Text         string   `json:"text"` // the first text of the line for the product, or the company's
	Brand        string   `json:"brand,omitempty"`
	Manufacturer string   `json:"manufacturer,omitempty"`
	Entity       graph.ID `json:"entity,omitempty"` // "" is none that debadge knows
}

// byHand is why something is what a person said that it is.
const byHand = "chosen by hand for this run"

// chosen asks what people said before it asks others.
type chosen struct {
	Names

	products  map[[3]string]graph.ID // by text, brand and manufacturer
	companies map[string]graph.ID
}

// WithChoices recognizes what people said by what they said, and everything else
// by other names. Of two choices about the same, the later one counts.
func WithChoices(n Names, choices []Meaning) Names {
	if len(choices) == 0 {
		return n
	}
	c := chosen{Names: n, products: map[[3]string]graph.ID{}, companies: map[string]graph.ID{}}
	for _, choice := range choices {
		if choice.Role == Product {
			c.products[[3]string{choice.Text, choice.Brand, choice.Manufacturer}] = choice.Entity
		} else {
			c.companies[choice.Text] = choice.Entity
		}
	}
	return c
}

// Product looks for a choice about the product of the line: it is about all
// texts that the line has for it.
func (c chosen) Product(ctx context.Context, v graph.View, text string, in *Input) (Recognized, error) {
	if id, ok := c.products[[3]string{in.text(), in.Brand, in.Manufacturer}]; ok && in.text() != "" {
		return recognizedByHand(id), nil
	}
	return c.Names.Product(ctx, v, text, in)
}

// Company looks for a choice about the name of a company.
func (c chosen) Company(ctx context.Context, v graph.View, text string, ids []identifier.Identifier) (Recognized, error) {
	if id, ok := c.companies[text]; ok && text != "" {
		return recognizedByHand(id), nil
	}
	return c.Names.Company(ctx, v, text, ids)
}

func recognizedByHand(id graph.ID) Recognized {
	if id == "" {
		return Recognized{Resolution: NotKnown, Why: byHand}
	}
	return Recognized{Resolution: Identified, Entity: id, Score: 1, Why: byHand}
}

// text is the first that a line has for its product.
func (in *Input) text() string {
	if in.Product == "" && len(in.Also) > 0 {
		return in.Also[0]
	}
	return in.Product
}
