package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/graph/resolve"
)

func (p *program) resolveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "resolve TEXT",
		Short: "Which product or company does a text mean?",
		Long: `Resolve finds the products and companies that a text may mean: a model number,
a name in any script, an identifier such as an LEI or a GTIN, or a line of an
order that mentions one. Each candidate has a score from 0 to 1 and the reason
for it.

The outcome is resolved if one candidate reaches the threshold and is clear of
the next, ambiguous if several do, and unknown if none does. Nothing is guessed:
another generation of a model is another model, and shown as one.

A person can decide: --means says that the text means an entity from now on,
--never that it does not, however alike they are. A choice is kept with its
author and reason, and named whenever it decides. In an answer as known before,
it is not there.

--evaluate measures precision and recall on a CSV file of labeled pairs, in
place of answering, and shows the misses.`,
		Example: `  debadge resolve "Aivres KR 2280 X2 2U" --demo
  debadge resolve 浪潮集團 --kind company --format json --demo
  debadge resolve "KR-2280 mk2" --means product:aivres:kr2280-x2 --reason "invoice 17 shows it" --author a.lopez
  debadge resolve --evaluate graph/resolve/testdata/pairs.csv`,
		Args: func(cmd *cobra.Command, args []string) error {
			if p.flags.evaluate != "" {
				return takes()(cmd, args)
			}
			return takes("a text")(cmd, args)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			opts, err := p.resolveOptions()
			if err != nil {
				return err
			}
			switch {
			case p.flags.evaluate != "":
				return p.evaluate(opts)
			case p.flags.means != "" || p.flags.never != "":
				return p.choose(cmd.Context(), args[0])
			}
			return p.resolve(cmd.Context(), args[0], opts)
		},
	}
	p.register(cmd, cmd.Flags(), "resolve")
	return cmd
}

func (p *program) resolveOptions() (resolve.Options, error) {
	threshold, err := strconv.ParseFloat(p.flags.threshold, 64)
	if err != nil || threshold <= 0 || threshold > 1 {
		return resolve.Options{}, usage("--threshold %q is not a number above 0 and up to 1", p.flags.threshold)
	}
	if p.flags.candidates < 1 {
		return resolve.Options{}, usage("--limit %d is below 1", p.flags.candidates)
	}
	if k := graph.Kind(p.flags.kind); k != "" && k != graph.Company && k != graph.Product {
		return resolve.Options{}, usage("--kind %q is not a kind that can be resolved; use product or company", p.flags.kind)
	}
	return resolve.Options{Threshold: threshold}, nil
}

func (p *program) resolve(ctx context.Context, text string, opts resolve.Options) error {
	if strings.TrimSpace(text) == "" {
		return usage("the text to resolve is empty")
	}
	at, err := parseMoment(p.flags.knownAt)
	if err != nil {
		return err
	}
	return p.with(ctx, reading, func(ctx context.Context, s graph.Store) error {
		x, err := resolve.Open(ctx, s, at, opts)
		if err != nil {
			return err
		}
		result := x.Resolve(resolve.Query{Text: text, Brand: p.flags.brand, Kind: graph.Kind(p.flags.kind), Limit: p.flags.candidates, Related: true})
		if p.flags.format == "json" {
			return graph.EncodeJSON(p.stdout, result)
		}
		return p.writeResult(result)
	})
}

// writeResult writes a result for people.
func (p *program) writeResult(r resolve.Result) error {
	g := newPage(p.stdout)
	switch r.Outcome {
	case resolve.Resolved:
		g.line("", "%q means %s: RESOLVED", r.Query, r.Entity.FullName())
	case resolve.Ambiguous:
		g.line("", "%q may mean any of these: AMBIGUOUS", r.Query)
	case resolve.Unknown:
		g.line("", "debadge does not know what %q means; this is not a clear: UNKNOWN", r.Query)
	}
	g.bullets(r.Reasons)
	for _, c := range r.Candidates {
		g.gap()
		g.candidate(c, c.Score < r.Threshold)
	}
	for _, c := range r.Excluded {
		g.gap()
		g.line("", "not %s  (%s)", c.Entity.FullName(), c.Entity.ID)
		g.line("  ", "%s", c.Why)
	}
	g.gap()
	g.line("  ", "threshold %v; revision %d", r.Threshold, r.Revision)
	return g.flush()
}

func (g *page) candidate(c resolve.Candidate, below bool) {
	note := ""
	switch {
	case c.DifferentModel:
		note = ", a different model"
	case below:
		note = ", below the threshold"
	}
	g.line("", "%s  (%s)", c.Entity.FullName(), c.Entity.ID)
	g.line("  ", "score %v%s: %s", c.Score, note, c.Why)
	if len(c.Transformations) > 0 && !c.DifferentModel {
		g.line("  ", "alike but for: %s", strings.Join(c.Transformations, ", "))
	}
	for _, part := range c.Parts {
		text := part.Text
		switch {
		case part.Text == "":
			text = part.Name
		case part.Name != "" && part.Name != part.Text:
			text += " = " + part.Name
		}
		g.line("    ", "%s: %s, %s", text, part.Role, part.How)
	}
}

// choose keeps what a person decided about a text.
func (p *program) choose(ctx context.Context, text string) error {
	if p.flags.means != "" && p.flags.never != "" {
		return usage("--means and --never say two things; give one at a time")
	}
	if p.flags.demo || p.flags.store == "memory:" {
		return usage("nothing can be decided in %s: it is made anew each time", p.storeName())
	}
	id, decide, says := p.flags.means, resolve.Means, "means"
	if p.flags.never != "" {
		id, decide, says = p.flags.never, resolve.Never, "never means"
	}
	return p.with(ctx, reading, func(ctx context.Context, s graph.Store) error {
		var entity graph.Entity
		var cs graph.ChangeSet
		err := s.View(ctx, graph.Moment{}, func(v graph.View) (err error) {
			if entity, err = graph.Resolve(ctx, v, id, graph.Product, graph.Company); err != nil {
				return err
			}
			if cs, err = decide(entity, resolve.Choice{Text: text, Author: p.flags.author, Reason: p.flags.reason}); err != nil {
				return asked(err)
			}
			cs.Seen, err = cs.See(ctx, v) // a version that somebody else wrote meanwhile is not lost
			return err
		})
		if err != nil {
			return err
		}
		receipt, err := s.Append(ctx, cs)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "from revision %d on %s %s %s (%s), by the choice of %s\n", receipt.Revision,
			escape(strconv.Quote(text)), says, escape(entity.Ref().FullName()), entity.ID, escape(p.flags.author))
		return err
	})
}

// evaluation is what --evaluate found.
type evaluation struct {
	Pairs       int             `json:"pairs"`
	Measure     resolve.Measure `json:"debadge"`
	JaroWinkler resolve.Measure `json:"jaro_winkler"` // at the threshold that suits it best
	Misses      []miss          `json:"misses"`
}

type miss struct {
	Text  string  `json:"text"`
	Name  string  `json:"name"`
	Same  bool    `json:"same"`
	Score float64 `json:"score"`
	How   string  `json:"how"`
}

func (p *program) evaluate(opts resolve.Options) (err error) {
	f, err := os.Open(p.flags.evaluate)
	if err != nil {
		return usage("the labeled set cannot be read: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	pairs, err := resolve.ReadPairs(f)
	if err != nil {
		return err
	}
	scored, err := resolve.Evaluate(pairs, opts)
	if err != nil {
		return err
	}
	e := evaluation{Pairs: len(pairs), Measure: resolve.Measured(scored, opts.Threshold), JaroWinkler: resolve.Best(resolve.EvaluateJaroWinkler(pairs)), Misses: []miss{}}
	for _, s := range scored {
		if (s.Score >= opts.Threshold) != s.Same {
			e.Misses = append(e.Misses, miss{s.Text, s.Name, s.Same, s.Score, s.How})
		}
	}
	if p.flags.format == "json" {
		return graph.EncodeJSON(p.stdout, e)
	}
	return p.writeEvaluation(e)
}

func (p *program) writeEvaluation(e evaluation) error {
	g := newPage(p.stdout)
	row := func(name string, m resolve.Measure) {
		g.line("", "%-13s threshold %.2f   precision %.3f   recall %.3f   decided rightly %.3f", name, m.Threshold, m.Precision, m.Recall, m.Accuracy)
	}
	g.line("", "%d labeled pairs", e.Pairs)
	row("debadge", e.Measure)
	row("Jaro-Winkler", e.JaroWinkler)
	if len(e.Misses) > 0 {
		g.gap()
		g.line("", "What debadge misses:")
	}
	for _, m := range e.Misses {
		says := "is not found to be"
		if !m.Same {
			says = "is taken for"
		}
		g.hang("- ", "  ", "%q %s %q (score %v): %s", m.Text, says, m.Name, m.Score, m.How)
	}
	return g.flush()
}
