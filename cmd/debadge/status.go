package main

import (
	"context"

	"github.com/spf13/cobra"

	"debadge/graph"
)

func (p *program) storeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "store",
		Short:   "Look after the store",
		Example: "  debadge store status",
		Args:    noCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	status := &cobra.Command{
		Use:   "status",
		Short: "How much does the store hold?",
		Example: `  debadge store status
  debadge store status --store neo4j://localhost:7687 --format json`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.with(cmd.Context(), reading, func(ctx context.Context, s graph.Store) error {
				status, err := s.Status(ctx)
				if err != nil {
					return err
				}
				if p.flags.format == "json" {
					return graph.EncodeJSON(p.stdout, status)
				}
				return p.writeStatus(status)
			})
		},
	}
	p.register(status, status.Flags(), "status")
	cmd.AddCommand(status)
	return cmd
}

func (p *program) writeStatus(s graph.StoreStatus) error {
	g := newPage(p.stdout)
	g.line("store      ", "%s", p.storeName())
	if s.Revision == 0 {
		g.line("revision   ", "0: nothing was recorded yet")
	} else {
		g.line("revision   ", "%d, recorded at %s", s.Revision, s.RecordedAt.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	g.line("entities   ", "%s", thousands(s.Entities))
	g.line("sources    ", "%s", thousands(s.Sources))
	g.line("claims     ", "%s", thousands(s.Claims))
	g.line("retracted  ", "%s", thousands(s.Retracted))
	return g.flush()
}
