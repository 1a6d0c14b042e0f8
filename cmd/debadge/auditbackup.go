package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"debadge/ledger"
)

func (p *program) auditBackupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the ledger to a file, also while a service writes to it",
		Long: `Backup writes the whole ledger, as it is at one moment, to a file, and verifies
every hash of that copy. It can be used as it is: name it with --ledger.

The key that signs checkpoints is in a file of its own and is not copied. Back up
the ledger before the claims: then each revision that it tells of is in theirs.
docs/backup.md has the whole way, there and back.`,
		Example: "  debadge audit backup monday.ledger\n  debadge audit verify --ledger monday.ledger --checkpoint monday.checkpoint",
		Args:    takes("a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withLedger(cmd.Context(), lookingAt, func(ctx context.Context, l *ledger.Ledger) error {
				v, err := l.Backup(ctx, args[0])
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.stdout, "%s: %s, to revision %d of the claims\n", escape(args[0]), plural(int(v.Entries), "entry", "entries"), v.Revision)
				return err
			})
		},
	}
	p.register(cmd, cmd.Flags(), "audit backup")
	return cmd
}
