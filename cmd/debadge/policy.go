package main

import (
	"github.com/spf13/cobra"

	"debadge/graph"
)

// policyShown is a policy with the digest that answers name it by, as the HTTP
// API gives it.
type policyShown struct {
	graph.Policy
	Digest string `json:"digest"`
}

func (p *program) policyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "policy",
		Short:   "Look at the rules that count",
		Example: "  debadge policy show default",
		Args:    noCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "show NAME|FILE",
		Short: "Check a policy, and print it whole",
		Long: `Show prints a policy as JSON: a built-in one by its name, or one from a file in
YAML or JSON, with everything that the file leaves out filled in, and with the
digest by which answers name it. What it prints, without the digest, can be
kept as a file and changed.`,
		Example: `  debadge policy show default
  debadge policy show our-rules.yaml`,
		Args:      takes("a policy"),
		ValidArgs: policyNames(),
		RunE: func(_ *cobra.Command, args []string) error {
			policy, err := readPolicy(args[0])
			if err != nil {
				return err
			}
			return graph.EncodeJSON(p.stdout, policyShown{policy, policy.Digest()})
		},
	})
	return cmd
}
