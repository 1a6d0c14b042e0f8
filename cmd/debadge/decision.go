package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/ledger"
)

func (p *program) decisionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "decision",
		Short: "What was decided on findings, and whether they still stand",
		Long: `A decision is what an officer did about a finding, and why. It is kept with the
exact question (dates, revision, lists, the whole policy) and the digest of the
answer, so that the same question can be asked again years later.`,
		Example: `  debadge decision record KR2280-X2 --action block --reason "alleged rebadge of NF5280M5" --author a.lopez
  debadge decision list --changed
  debadge decision verify`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.recordDecisionCommand(), p.listDecisionsCommand(), p.showDecisionCommand(), p.signDecisionCommand(), p.verifyDecisionsCommand())
	return cmd
}

func (p *program) recordDecisionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "record SUBJECT --action ACTION --reason TEXT --author NAME",
		Short: "Record what was decided on a finding",
		Long: `Record asks what trace asks, and records the decision with the question, pinned
to the revision that answered it, and the digest of the answer. --action is what
was done, whatever the policy asked for. Of a file attached its name and SHA-256
are kept; keep the file itself elsewhere.`,
		Example: `  debadge decision record KR2280-X2 --action block --reason "alleged rebadge of NF5280M5" --author a.lopez
  debadge decision record KR2280-X2 --action pass --reason "license 4711" --author a.lopez --attach license.pdf`,
		Args:              takes("a product or company"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := p.newDecision(args[0])
			if err != nil {
				return err
			}
			return p.with(cmd.Context(), reading, func(ctx context.Context, s graph.Store) error {
				return p.withLedger(ctx, holding, func(ctx context.Context, l *ledger.Ledger) error {
					if _, err := l.Follow(ctx, s); err != nil {
						return err
					}
					d, err := l.Decide(ctx, s, ledger.CommandLine, n)
					if err != nil {
						return asked(err)
					}
					if p.flags.format == "json" {
						return graph.EncodeJSON(p.stdout, d)
					}
					return p.writeDecision(d)
				})
			})
		},
	}
	p.register(cmd, cmd.Flags(), "decision record")
	return cmd
}

func (p *program) newDecision(subject string) (n ledger.NewDecision, err error) {
	if n.Question, err = p.question(subject); err != nil {
		return n, err
	}
	if p.flags.action == "" || p.flags.reason == "" || p.flags.author == "" {
		return n, usage("decision record needs --action, --reason and --author: what was done, why, and who decided it")
	}
	if n.Action, err = graph.ParseAction(p.flags.action); err != nil {
		return n, usage("--action: %w", err)
	}
	n.Author, n.Reasoning = p.flags.author, p.flags.reason
	for _, name := range p.flags.attach {
		digest, err := fileDigest(name)
		if err != nil {
			return n, usage("what is attached cannot be read: %w", err)
		}
		n.Attachments = append(n.Attachments, ledger.Attachment{Name: filepath.Base(name), SHA256: digest})
	}
	return n, nil
}

func fileDigest(name string) (string, error) {
	f, err := os.Open(name) //nolint:gosec // the file that the user names
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (p *program) showDecisionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show ID",
		Short:   "Show a decision whole",
		Example: "  debadge decision show decision-1\n  debadge decision show decision-1 --format json",
		Args:    takes("the id of a decision"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withLedger(cmd.Context(), lookingAt, func(ctx context.Context, l *ledger.Ledger) error {
				d, err := l.Decision(ctx, args[0])
				if err != nil {
					return asked(err)
				}
				if p.flags.format == "json" {
					return graph.EncodeJSON(p.stdout, d)
				}
				return p.writeDecision(d)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "decision show")
	return cmd
}

func (p *program) writeDecision(d ledger.Decision) error {
	g := newPage(p.stdout)
	writeDecisionHead(g, d)
	g.gap()
	q := d.Question
	g.line("  reasoning  ", "%s", d.Reasoning)
	for _, a := range d.Attachments {
		g.line("  attached   ", "%s (sha256:%s)", a.Name, a.SHA256)
	}
	g.line("  as of      ", "%s", q.AsOf)
	g.line("  revision   ", "%d", q.Revision)
	g.line("  policy     ", "%s (%.19s…)", q.Policy.Name, q.PolicyDigest)
	for _, list := range q.Lists {
		g.line("  list       ", "%s", list)
	}
	g.line("  answer     ", "%s", d.Answer.Digest)
	return g.flush()
}

func writeDecisionHead(g *page, d ledger.Decision) {
	g.line(d.ID+"  ", "%s: %s, by %s at %s", d.Question.Subject, d.Action, d.Author, d.RecordedAt.UTC().Format(minuteForm))
	g.line("    ", "on the finding %s", findingWords(d.Answer.Assessment))
	writeSignOff(g, d)
}

func (p *program) listDecisionsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list [--changed]",
		Short: "Which decisions were recorded, and which would be on another finding today?",
		Long: `List shows the decisions. With --changed it shows those alone whose question,
asked today by the same policy with what is known today, has another finding,
strength or action than it had, and the claims that made it so. Only what lies
downstream of what was learned since the last look is computed again.`,
		Example: `  debadge decision list
  debadge decision list --subject product:aivres:kr2280-x2
  debadge decision list --changed --format json`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if p.flags.changed {
				if p.flags.entrySubject != "" || p.flags.decisionState != "" {
					return usage("--changed looks at all decisions; leave --subject and --state out")
				}
				return p.listChanged(cmd.Context())
			}
			return p.withLedger(cmd.Context(), lookingAt, func(ctx context.Context, l *ledger.Ledger) error {
				all, err := l.Decisions(ctx, ledger.Decisions{Subject: p.flags.entrySubject, State: ledger.DecisionState(p.flags.decisionState)})
				if err != nil {
					return err
				}
				if p.flags.format == "json" {
					return graph.EncodeJSON(p.stdout, all)
				}
				g := newPage(p.stdout)
				g.line("", "%s", plural(len(all), "decision", "decisions"))
				for _, d := range all {
					g.gap()
					writeDecisionHead(g, d)
				}
				return g.flush()
			})
		},
	}
	p.register(cmd, cmd.Flags(), "decision list")
	return cmd
}

// changedAnswer is what list --changed answers.
type changedAnswer struct {
	ledger.Rescreened
	Decisions []ledger.ChangedDecision `json:"decisions"`
}

// withBoth calls use with the store, read through an index, and the ledger,
// which is taken unless a service has it.
func (p *program) withBoth(ctx context.Context, use func(context.Context, graph.Store, *ledger.Ledger) error) error {
	if err := p.checkRead(); err != nil {
		return err
	}
	return p.with(ctx, streaming, func(ctx context.Context, s graph.Store) error {
		s, err := p.indexed(ctx, s)
		if err != nil {
			return err
		}
		inside := func(ctx context.Context, l *ledger.Ledger) error { return use(ctx, s, l) }
		if err := p.withLedger(ctx, holding, inside); !isHeld(err) {
			return err
		}
		return p.withLedger(ctx, lookingAt, inside)
	})
}

func (p *program) listChanged(ctx context.Context) error {
	return p.withBoth(ctx, func(ctx context.Context, s graph.Store, l *ledger.Ledger) error {
		done, changed, err := l.ChangedDecisions(ctx, s, p.today(), ledger.Decisions{})
		if err != nil {
			return err
		}
		if p.flags.format == "json" {
			return graph.EncodeJSON(p.stdout, changedAnswer{done, changed})
		}
		g := newPage(p.stdout)
		g.line("", "%s would be on another finding on %s, at revision %d; %s computed again",
			plural(len(changed), "decision", "decisions"), done.AsOf, done.Revision, plural(done.Looked, "finding was", "findings were"))
		for _, c := range changed {
			g.gap()
			writeDecisionHead(g, c.Decision)
			g.line("    ", "now it is %s", findingWords(c.Now))
			writeDifference(g, c.Difference)
		}
		return g.flush()
	})
}

func writeDifference(g *page, d ledger.Difference) {
	for _, l := range d.Lost {
		g.hang("  - ", "    ", "%s on %s: %s, %s", l.Entity.FullName(), l.List.FullName(), l.Way, l.Strength)
	}
	for _, l := range d.Gained {
		g.hang("  + ", "    ", "%s on %s: %s, %s", l.Entity.FullName(), l.List.FullName(), l.Way, l.Strength)
	}
	for _, c := range d.ClaimsLost {
		g.hang("    no longer ", "      ", "%s", claimWords(c))
	}
	for _, c := range d.ClaimsGained {
		g.hang("    by now ", "      ", "%s", claimWords(c))
	}
	if len(d.ClaimsLost)+len(d.ClaimsGained) == 0 {
		g.hang("    because ", "      ", "%s", "of what is beside its paths: the age of a list, or what its name stands for")
	}
}

// claimWords says what a claim states, by ids.
func claimWords(c graph.Claim) string {
	near, far := c.Relation.Ends(c.From, c.To)
	return fmt.Sprintf("%s [%s]", sentence(c, string(near), string(far)), c.ID)
}

func (p *program) verifyDecisionsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Does every decision's question still have the same answer?",
		Long: `Verify asks the question of every decision again, at the revision that it was
asked at, and compares the digest of the answer with the recorded one. The exit
status is 1 if any of them is not the same, or was signed as another record. That the decisions themselves were
not changed is what audit verify proves.`,
		Example: "  debadge decision verify\n  debadge decision verify --format json",
		Args:    takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withBoth(cmd.Context(), p.verifyDecisions)
		},
	}
	p.register(cmd, cmd.Flags(), "decision verify")
	return cmd
}

// decisionsVerified is what verify answers.
type decisionsVerified struct {
	Decisions int                    `json:"decisions"`
	Same      int                    `json:"same"`
	Pending   int                    `json:"pending"` // wait for a second officer
	Differ    []ledger.DecisionCheck `json:"differ"`
}

func (p *program) verifyDecisions(ctx context.Context, s graph.Store, l *ledger.Ledger) error {
	v := decisionsVerified{Differ: []ledger.DecisionCheck{}}
	err := l.VerifyDecisions(ctx, s, ledger.Decisions{}, func(c ledger.DecisionCheck) error {
		v.Decisions++
		if c.State == ledger.Waiting {
			v.Pending++
		}
		if c.Same {
			v.Same++
		} else {
			v.Differ = append(v.Differ, c)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if p.flags.format == "json" {
		err = graph.EncodeJSON(p.stdout, v)
	} else {
		err = p.writeDecisionsVerified(v)
	}
	if err == nil && len(v.Differ) > 0 {
		err = errTold
	}
	return err
}

func (p *program) writeDecisionsVerified(v decisionsVerified) error {
	g := newPage(p.stdout)
	g.line("", "%d of %s the same answer as when they were recorded.", v.Same, plural(v.Decisions, "decision has", "decisions have"))
	if v.Pending > 0 {
		g.line("", "%s for a second officer.", plural(v.Pending, "decision waits", "decisions wait"))
	}
	for _, c := range v.Differ {
		g.gap()
		g.line(c.ID+"  ", "%s", orElse(c.Reason, "the answer is another one"))
		g.line("    was  ", "%s", c.Digest)
		g.line("    is   ", "%s", orElse(c.Now, "none"))
	}
	return g.flush()
}
