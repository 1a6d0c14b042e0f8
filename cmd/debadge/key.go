package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/ledger"
)

func (p *program) keyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "key",
		Short:   "API keys: make, look at, revoke",
		Example: "  debadge key create --name erp --role screener\n  debadge key list\n  debadge key revoke key-1",
		Args:    noCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.createKeyCommand(), p.listKeysCommand(), p.revokeKeyCommand())
	return cmd
}

// keyShown is a key as it is shown the only time that its secret is.
type keyShown struct {
	ledger.Key
	Secret string `json:"secret"`
}

func (p *program) createKeyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "create --name NAME --role ROLE [--expires TIME]",
		Short: "Make an API key, and show it once",
		Long: `Create makes an API key and prints it. It is shown this once: what is kept is
its SHA-256 alone. The name stands in the audit log wherever the key was used,
and is never given to another key.

It can be done while the service runs, which knows the key from then on.`,
		Example: `  debadge key create --name erp --role screener
  debadge key create --name audit-2027 --role reader --expires 2027-12-31`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			n, err := p.newKey()
			if err != nil {
				return err
			}
			return p.withLedger(cmd.Context(), beside, func(ctx context.Context, l *ledger.Ledger) error {
				text, key, err := l.CreateKey(ctx, ledger.CommandLine, n)
				if err != nil {
					return asked(err)
				}
				if p.flags.format == "json" {
					return graph.EncodeJSON(p.stdout, keyShown{key, text})
				}
				fmt.Fprintf(p.stderr, "debadge: %s is made; this is the only time that it is shown\n", key.ID)
				_, err = fmt.Fprintln(p.stdout, text)
				return err
			})
		},
	}
	p.register(cmd, cmd.Flags(), "key create")
	return cmd
}

func (p *program) newKey() (ledger.NewKey, error) {
	if p.flags.keyName == "" || p.flags.keyRole == "" {
		return ledger.NewKey{}, usage("key create needs --name and --role, such as --name erp --role screener")
	}
	role, err := ledger.ParseRole(p.flags.keyRole)
	if err != nil {
		return ledger.NewKey{}, usage("--role: %w", err)
	}
	n := ledger.NewKey{Name: p.flags.keyName, Role: role}
	if p.flags.keyExpires != "" {
		at, err := graph.ParseMoment(p.flags.keyExpires)
		if err != nil || at.Revision != 0 {
			return n, usage("--expires %q is not a time; write 2027-01-31 or 2027-01-31T12:00:00Z", p.flags.keyExpires)
		}
		n.ExpiresAt = at.Time
	}
	return n, nil
}

func (p *program) listKeysCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Which API keys are there?",
		Example: "  debadge key list\n  debadge key list --format json",
		Args:    takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withLedger(cmd.Context(), lookingAt, func(ctx context.Context, l *ledger.Ledger) error {
				keys, err := l.Keys(ctx)
				if err != nil {
					return err
				}
				if p.flags.format == "json" {
					return graph.EncodeJSON(p.stdout, keys)
				}
				return p.writeKeys(keys)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "key list")
	return cmd
}

func (p *program) writeKeys(keys []ledger.Key) error {
	g := newPage(p.stdout)
	g.line("", "%s", plural(len(keys), "key", "keys"))
	now := p.clock()
	for _, k := range keys {
		g.gap()
		g.line(k.ID+"  ", "%s: %s, %s", k.Name, k.Role, keyState(k, now))
		used := "never used"
		if !k.LastUsed.IsZero() {
			used = "last used " + k.LastUsed.Format(minuteForm)
		}
		g.line("    ", "made %s by %s; %s", k.CreatedAt.Format(minuteForm), k.CreatedBy, used)
	}
	return g.flush()
}

// minuteForm is how pages write a time that is known to the minute.
const minuteForm = "2006-01-02 15:04 UTC"

func keyState(k ledger.Key, now time.Time) string {
	switch k.State(now) {
	case ledger.KeyRevoked:
		return "revoked " + k.RevokedAt.Format(minuteForm)
	case ledger.KeyExpired:
		return "expired " + k.ExpiresAt.Format(minuteForm)
	case ledger.KeyActive:
	}
	if k.ExpiresAt.IsZero() {
		return "active, never expires"
	}
	return "active until " + k.ExpiresAt.Format(minuteForm)
}

func (p *program) revokeKeyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "revoke ID",
		Short: "End an API key for good",
		Long: `Revoke ends a key. A service that runs refuses it from then on; there is no need
to restart it.`,
		Example: "  debadge key revoke key-1",
		Args:    takes("the id of a key"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withLedger(cmd.Context(), beside, func(ctx context.Context, l *ledger.Ledger) error {
				k, err := l.RevokeKey(ctx, ledger.CommandLine, args[0])
				if err != nil {
					return asked(err)
				}
				_, err = fmt.Fprintf(p.stdout, "%s (%s) is revoked since %s\n", k.ID, escape(k.Name), k.RevokedAt.Format(minuteForm))
				return err
			})
		},
	}
	p.register(cmd, cmd.Flags(), "key revoke")
	return cmd
}
