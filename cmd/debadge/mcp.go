package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"debadge/api"
)

func (p *program) mcpCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Answer an agent on the standard input, by the Model Context Protocol",
		Long: `Mcp is for programs that start it and let an agent ask: it takes messages of the
Model Context Protocol on the standard input and answers on the standard output.
The tools only read: search, trace, timeline, reach, screening, entities, claims,
sources and lists. Each answers with the finding, its
strength, its sources and whether it is complete. serve has the same at /mcp.`,
		Example: "  debadge mcp --demo\n  debadge mcp --store sqlite:claims.db",
		Args:    takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.checkRead(); err != nil {
				return err
			}
			return p.answerAgent(cmd.Context())
		},
	}
	p.register(cmd, cmd.Flags(), "mcp")
	return cmd
}

func (p *program) answerAgent(ctx context.Context) (err error) {
	log := slog.New(slog.NewJSONHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s, err := p.openServed(ctx, log, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return api.ServeAgent(ctx, api.Options{
		Store: s, StoreName: p.storeName(), Clock: p.clock, Log: log, Version: thisBuild().Version, RequestTimeout: p.flags.timeout,
	}, io.NopCloser(p.stdin), unclosed{p.stdout})
}

// unclosed is a writer that somebody else closes.
type unclosed struct{ io.Writer }

// Close leaves the writer open.
func (unclosed) Close() error { return nil }
