package api

import (
	"encoding/json"
	"fmt"
	"strings"

	"debadge/graph"
)

// problemWords says what a problem document does.
func problemWords(body []byte) string {
	var p problem
	if json.Unmarshal(body, &p) != nil || p.Detail == "" {
		return internalDetail
	}
	parts := []string{p.Title + ": " + p.Detail}
	for _, f := range p.Errors {
		parts = append(parts, f.Field+" "+f.Message)
	}
	for _, c := range p.Candidates {
		parts = append(parts, "candidate "+string(c.ID)+" ("+c.Name+")")
	}
	return strings.Join(parts, "; ")
}

// told is what answers have in common that has to be said in words.
type told struct {
	Subject  *graph.EntityRef    `json:"subject"`
	Entity   *graph.EntityRef    `json:"entity"`
	Finding  graph.Finding       `json:"finding"`
	Strength graph.Status        `json:"strength"`
	Action   graph.Action        `json:"action"`
	Complete *bool               `json:"complete"`
	Reasons  []string            `json:"reasons"`
	Since    *graph.Date         `json:"since"`
	AsOf     *graph.Date         `json:"as_of"`
	Revision *graph.Revision     `json:"revision"`
	Policy   *graph.PolicyRef    `json:"policy"`
	Listings []toldListing       `json:"listings"`
	Disputed []json.RawMessage   `json:"disputed"`
	Editions []graph.ListEdition `json:"editions"`
	Next     string              `json:"next"`
	Total    *int                `json:"total"`
	Outcome  string              `json:"outcome"`
}

type toldListing struct {
	Entity graph.EntityRef `json:"entity"`
	List   graph.EntityRef `json:"list"`
	Way    graph.Way       `json:"way"`
	Paths  []struct {
		Strength graph.Status `json:"strength"`
		Hops     []struct {
			Claims []struct {
				ID        graph.ID         `json:"id"`
				Citations []graph.Citation `json:"citations"`
			} `json:"claims"`
		} `json:"hops"`
	} `json:"paths"`
}

// mostTold is how many listings are told in words.
const mostTold = 5

// answerWords says an answer in a few sentences, so that an agent that passes
// on its beginning alone passes on what matters.
func answerWords(body []byte) string {
	var t told
	if err := json.Unmarshal(body, &t); err != nil {
		return "The answer is the JSON below."
	}
	var parts []string
	if t.Finding != "" {
		parts = append(parts, t.findingWords())
		for i := range t.Listings[:min(len(t.Listings), mostTold)] {
			parts = append(parts, t.Listings[i].words())
		}
		if more := len(t.Listings) - mostTold; more > 0 {
			parts = append(parts, fmt.Sprintf("%d more listings stand below.", more))
		}
	}
	if t.Outcome != "" {
		parts = append(parts, t.outcomeWords())
	}
	if t.Complete != nil && !*t.Complete {
		parts = append(parts, "The answer is NOT complete.")
	}
	if len(t.Reasons) > 0 {
		parts = append(parts, "Beside it: "+strings.Join(t.Reasons, "; ")+".")
	}
	for _, e := range t.Editions {
		if e.Stale {
			parts = append(parts, fmt.Sprintf("The edition of %s that was used is older than it may be.", e.List.Name))
		}
	}
	if n := len(t.Disputed); n > 0 {
		parts = append(parts, fmt.Sprintf("%d disputed claims were not counted.", n))
	}
	if t.Next != "" {
		parts = append(parts, "There are more rows: go on with cursor "+t.Next+".")
	}
	return strings.Join(append(parts, t.basisWords()), " ")
}

func (t *told) findingWords() string {
	name := "The subject"
	if t.Subject != nil {
		name = t.Subject.FullName() + " (" + string(t.Subject.ID) + ")"
	}
	words := name + ": " + strings.ToUpper(string(t.Finding))
	if t.Strength != 0 {
		words += ", strength " + t.Strength.String()
	}
	words += ", action " + t.Action.String()
	if t.Since != nil && !t.Since.IsZero() {
		words += ", since " + t.Since.String()
	}
	if t.Finding == graph.Unknown {
		words += "; this is not a clear"
	}
	return words + "."
}

func (t *told) outcomeWords() string {
	if t.Entity != nil && t.Entity.ID != "" {
		return "The text means " + t.Entity.FullName() + " (" + string(t.Entity.ID) + ")."
	}
	return "The text is " + t.Outcome + "."
}

func (l *toldListing) words() string {
	claims, sources, denials := 0, map[graph.ID]bool{}, 0
	strength := ""
	for i, p := range l.Paths {
		if i == 0 {
			strength = p.Strength.String()
		}
		for _, h := range p.Hops {
			for _, c := range h.Claims {
				claims++
				for _, q := range c.Citations {
					sources[q.Source] = true
					if q.Stance == graph.Denies {
						denials++
					}
				}
			}
		}
	}
	words := fmt.Sprintf("Traces to %s on %s by %s, %s, by %d claims of %d sources", l.Entity.Name, l.List.Name, l.Way, strength, claims, len(sources))
	if denials > 0 {
		words += fmt.Sprintf(", with %d denials", denials)
	}
	return words + "."
}

func (t *told) basisWords() string {
	var parts []string
	if t.AsOf != nil && !t.AsOf.IsZero() {
		parts = append(parts, "as of "+t.AsOf.String())
	}
	if t.Revision != nil {
		parts = append(parts, fmt.Sprintf("known at revision %d", *t.Revision))
	}
	if t.Policy != nil {
		parts = append(parts, "policy "+t.Policy.Name)
	}
	if len(parts) == 0 {
		return "The answer is the JSON below."
	}
	return strings.ToUpper(parts[0][:1]) + strings.Join(parts, ", ")[1:] + "."
}
