package main

import (
	"context"

	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/ledger"
)

func (p *program) signDecisionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sign ID --reason TEXT --author NAME [--refuse]",
		Short: "Sign a decision as the second officer, or refuse it",
		Long: `Sign records that another officer agrees with a decision whose policy asks for
one (second_officer: the actions that need it). Until then the decision is
pending. Who made it cannot sign it, and it is signed or refused once; one that
was refused does not stand, and what is decided next is another decision.`,
		Example: `  debadge decision sign decision-3 --reason "license seen" --author b.chen
  debadge decision sign decision-3 --refuse --reason "the license is of another product" --author b.chen`,
		Args: takes("the id of a decision"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if p.flags.reason == "" || p.flags.author == "" {
				return usage("decision sign needs --reason and --author: why, and who signs")
			}
			n := ledger.NewSignOff{Decision: args[0], Author: p.flags.author, Verdict: ledger.Signed, Reasoning: p.flags.reason}
			if p.flags.refuse {
				n.Verdict = ledger.Refused
			}
			return p.withLedger(cmd.Context(), holding, func(ctx context.Context, l *ledger.Ledger) error {
				d, err := l.Sign(ctx, ledger.CommandLine, n)
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
	p.register(cmd, cmd.Flags(), signPlace)
	return cmd
}

// writeSignOff says what is left to say of a decision that needs two officers.
func writeSignOff(g *page, d ledger.Decision) {
	switch {
	case d.SignOff != nil:
		g.line("    ", "%s by %s at %s: %s", d.State, d.SignOff.Author, d.SignOff.RecordedAt.UTC().Format(minuteForm), d.SignOff.Reasoning)
	case d.State == ledger.Waiting:
		g.line("    ", "pending: another officer has to sign it")
	}
}
