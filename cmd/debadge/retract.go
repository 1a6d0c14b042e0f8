package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"debadge/graph"
)

func (p *program) retractCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "retract CLAIM --reason TEXT",
		Short: "Withdraw a claim",
		Long: `Retract withdraws a claim from the answers of later revisions. Nothing is
deleted: an answer at an earlier --known-at still counts it. A claim is
corrected by importing the right one and naming it as --replaced-by.`,
		Example: `  debadge retract claim:inspur-group-ns-cmic --reason "wrong entry"
  debadge retract claim:old --replaced-by claim:new --reason "date corrected" --author a.lopez`,
		Args:              takes("a claim"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case strings.TrimSpace(p.flags.reason) == "":
				return usage("retract needs --reason, which later readers will see")
			case p.flags.demo || p.flags.store == "memory:":
				return usage("nothing can be retracted from %s: it is made anew each time", p.storeName())
			}
			return p.with(cmd.Context(), reading, func(ctx context.Context, s graph.Store) error {
				return p.retract(ctx, s, graph.ID(args[0]))
			})
		},
	}
	p.register(cmd, cmd.Flags(), "retract")
	return cmd
}

func (p *program) retract(ctx context.Context, s graph.Store, claim graph.ID) error {
	receipt, err := s.Append(ctx, graph.ChangeSet{
		Author: p.flags.author, Reason: p.flags.reason,
		Retractions: []graph.Retraction{{Claim: claim, Reason: p.flags.reason, ReplacedBy: graph.ID(p.flags.replacedBy)}},
	})
	if err != nil {
		return err
	}
	if receipt.Retracted == 0 || receipt.Replayed {
		_, err = fmt.Fprintf(p.stdout, "%s was retracted before; nothing is changed\n", escape(string(claim)))
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s is retracted from revision %d on; --known-at %d brings back the answers before\n",
		escape(string(claim)), receipt.Revision, receipt.Revision-1)
	return err
}
