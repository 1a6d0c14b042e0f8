package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/ledger"
)

func (p *program) auditCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "The audit log: who did what, and proof that it is whole",
		Long: `The audit log has an entry for each change of the claims, decision, screening
run, import and key. It is a Merkle tree: a checkpoint of a hundred bytes, kept
elsewhere, is enough to tell later whether any entry up to it was changed,
removed, added or moved.`,
		Example: "  debadge audit checkpoint --out monday.checkpoint\n  debadge audit verify --checkpoint monday.checkpoint\n  debadge audit list",
		Args:    noCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		p.auditVerifyCommand(), p.auditCheckpointCommand(), p.auditProofCommand(), p.auditExportCommand(), p.auditListCommand(), p.auditKeyCommand(), p.auditBackupCommand(),
	)
	return cmd
}

func (p *program) auditKeyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Print the key that checkpoints are verified by",
		Long: `Key prints the verifier key, which is no secret: keep it apart from the ledger,
beside the checkpoints. The signing key is made at first use in a file beside
the ledger that nobody else can read; DEBADGE_AUDIT_KEY_FILE names another one.`,
		Example: "  debadge audit key > debadge.verifier",
		Args:    takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withLedger(cmd.Context(), beside, func(ctx context.Context, l *ledger.Ledger) error {
				key, err := l.VerifierKey(ctx)
				if err == nil {
					_, err = fmt.Fprintln(p.stdout, key)
				}
				return err
			})
		},
	}
	p.register(cmd, cmd.Flags(), "audit key")
	return cmd
}

func (p *program) auditCheckpointCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "checkpoint [--out FILE]",
		Short: "Sign what the log holds now, to be kept elsewhere",
		Long: `Checkpoint brings the log up to the newest revision of the store, and writes its
size and hash as a signed note. Keep it where nobody who can change the ledger
can change it too: without one kept elsewhere, nothing tells a whole log that
was made anew from the one that was.`,
		Example: "  debadge audit checkpoint --out 2026-06-01.checkpoint",
		Args:    takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.follow(cmd.Context()); err != nil {
				return err
			}
			return p.withLedger(cmd.Context(), beside, func(ctx context.Context, l *ledger.Ledger) error {
				signed, err := l.Checkpoint(ctx)
				switch {
				case err != nil:
					return err
				case p.flags.auditOut == "":
					_, err = p.stdout.Write(signed)
					return err
				}
				if err := renameio.WriteFile(p.flags.auditOut, signed, 0o644); err != nil {
					return graph.Unavailable("the checkpoint cannot be written to "+p.flags.auditOut, err)
				}
				return nil
			})
		},
	}
	p.register(cmd, cmd.Flags(), "audit checkpoint")
	return cmd
}

func (p *program) auditProofCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "proof N",
		Short: "Prove that an entry stands in the log",
		Long: `Proof prints an entry with its place, a signed checkpoint and the hashes that
lead from one to the other, as JSON. Who has the verifier key checks it with
audit verify --proof, without the ledger. Entries are counted from 0.`,
		Example: "  debadge audit proof 12 > entry-12.json\n  debadge audit verify --proof entry-12.json --verifier \"$(cat debadge.verifier)\"",
		Args:    takes("the number of an entry"),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || n < 0 {
				return usage("%q is not the number of an entry; they are counted from 0", args[0])
			}
			return p.withLedger(cmd.Context(), beside, func(ctx context.Context, l *ledger.Ledger) error {
				proof, err := l.Prove(ctx, n)
				if err != nil {
					return err
				}
				return graph.EncodeJSON(p.stdout, proof)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "audit proof")
	return cmd
}

func (p *program) auditExportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print the whole log, an entry a line",
		Long: `Export prints every entry as the bytes that are hashed, canonical JSON, one a
line: line N holds entry N-1. The leaf hash of an entry is SHA-256 over a zero
byte and the line without its end (RFC 6962), so that others can compute the
hash of a checkpoint without debadge.`,
		Example: "  debadge audit export > log.ndjson",
		Args:    takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withLedger(cmd.Context(), lookingAt, func(ctx context.Context, l *ledger.Ledger) error {
				out := bufio.NewWriter(p.stdout)
				err := l.Export(ctx, func(data string) error {
					_, err := fmt.Fprintln(out, data)
					return err
				})
				if err != nil {
					return err
				}
				return out.Flush()
			})
		},
	}
	p.register(cmd, cmd.Flags(), "audit export")
	return cmd
}

func (p *program) auditListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Look at the newest entries",
		Example: "  debadge audit list\n  debadge audit list --kind decision --limit 0 --format json\n  debadge audit list --subject key-1",
		Args:    takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if p.flags.entries < 0 {
				return usage("--limit %d is less than nothing", p.flags.entries)
			}
			which := ledger.Entries{
				Kind: ledger.EntryKind(p.flags.entryKind), Subject: p.flags.entrySubject, Limit: p.flags.entries, Newest: true,
			}
			return p.withLedger(cmd.Context(), lookingAt, func(ctx context.Context, l *ledger.Ledger) error {
				entries := []ledger.IndexedEntry{}
				err := l.Entries(ctx, which, func(e ledger.IndexedEntry) error {
					entries = append(entries, e)
					return nil
				})
				if err != nil {
					return err
				}
				if p.flags.format == "json" {
					return graph.EncodeJSON(p.stdout, entries)
				}
				return p.writeEntries(entries)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "audit list")
	return cmd
}

func (p *program) writeEntries(entries []ledger.IndexedEntry) error {
	g := newPage(p.stdout)
	if len(entries) == 0 {
		g.line("", "No such entry.")
	}
	for _, e := range entries {
		g.line(fmt.Sprintf("%6d  ", e.Index), "%s  %s  %s, by %s", e.Time.UTC().Format("2006-01-02 15:04:05 UTC"), e.Kind, orElse(e.Subject, "no subject"), e.Actor)
		if len(e.Details) > 0 {
			g.line("        ", "%s", e.Details)
		}
	}
	return g.flush()
}

func (p *program) auditVerifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify [--checkpoint FILE]… [--proof FILE]",
		Short: "Is the log whole, and does it go on from earlier checkpoints?",
		Long: `Verify computes every hash of the log again from its entries, compares keys and
decisions with what the log says of them, and proves that the log goes on from
each earlier checkpoint given: that nothing up to it was changed, removed, added
or moved, and that the log was not cut, rolled back or made anew.

With --claims it also compares each revision of the store with its entry, by all
that the store tells of it.

With --proof it checks the proof of one entry, for which it needs no ledger if
--verifier is given. The exit status is 1 if anything does not fit.`,
		Example: `  debadge audit verify --checkpoint monday.checkpoint
  debadge audit verify --checkpoint monday.checkpoint --verifier "$(cat debadge.verifier)"
  debadge audit verify --proof entry-12.json`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if p.flags.proof != "" {
				return p.verifyProof(cmd.Context())
			}
			return p.withLedger(cmd.Context(), lookingAt, p.verifyLog)
		},
	}
	p.register(cmd, cmd.Flags(), "audit verify")
	return cmd
}

// verifierKey is the key that was given, or that of the ledger.
func (p *program) verifierKey(ctx context.Context, l *ledger.Ledger) (string, error) {
	if p.flags.verifier != "" {
		return p.flags.verifier, nil
	}
	return l.VerifierKey(ctx)
}

func (p *program) verifyProof(ctx context.Context) error {
	if len(p.flags.checkpoints) > 0 {
		return usage("--proof brings its own checkpoint; leave --checkpoint out")
	}
	data, err := os.ReadFile(p.flags.proof)
	if err != nil {
		return usage("the proof cannot be read: %w", err)
	}
	proof, err := ledger.ParseProof(data)
	if err != nil {
		return inFile(p.flags.proof, err)
	}
	key := p.flags.verifier
	if key == "" {
		if err := p.withLedger(ctx, lookingAt, func(ctx context.Context, l *ledger.Ledger) error {
			key, err = l.VerifierKey(ctx)
			return err
		}); err != nil {
			return err
		}
	}
	entry, checkpoint, err := proof.Check(key)
	if err != nil {
		return inFile(p.flags.proof, err)
	}
	if p.flags.format == "json" {
		return graph.EncodeJSON(p.stdout, struct {
			Entry      ledger.IndexedEntry `json:"entry"`
			Checkpoint ledger.Checkpoint   `json:"checkpoint"`
		}{entry, checkpoint})
	}
	g := newPage(p.stdout)
	g.line("", "The proof is right: entry %d of %d of %s is", entry.Index, checkpoint.Size, checkpoint.Origin)
	if err := g.flush(); err != nil {
		return err
	}
	return p.writeEntries([]ledger.IndexedEntry{entry})
}

func (p *program) verifyLog(ctx context.Context, l *ledger.Ledger) error {
	var earlier []ledger.Checkpoint
	for _, name := range p.flags.checkpoints {
		key, err := p.verifierKey(ctx, l)
		if err != nil {
			return err
		}
		signed, err := os.ReadFile(name) //nolint:gosec // the file that the user names
		if err != nil {
			return usage("the checkpoint cannot be read: %w", err)
		}
		c, err := ledger.OpenCheckpoint(signed, key)
		if err != nil {
			return inFile(name, err)
		}
		earlier = append(earlier, c)
	}
	v, err := l.Verify(ctx, earlier...)
	if err != nil {
		return err
	}
	if p.flags.claims {
		if err := p.with(ctx, streaming, func(ctx context.Context, s graph.Store) error {
			_, err := l.VerifyStore(ctx, s)
			return err
		}); err != nil {
			return err
		}
	}
	if p.flags.format == "json" {
		return graph.EncodeJSON(p.stdout, v)
	}
	return p.writeVerified(v)
}

func (p *program) writeVerified(v ledger.Verified) error {
	g := newPage(p.stdout)
	g.line("", "The log is whole: %s, each as it was hashed.", plural(int(v.Entries), "entry", "entries"))
	g.gap()
	g.line("  log        ", "%s", v.Origin)
	g.line("  hash       ", "%s", strings.TrimSpace(v.Root.String()))
	g.line("  revision   ", "%d is the newest of the claims that it knows", v.Revision)
	g.line("  keys       ", "%d, as the log tells of them", v.Keys)
	g.line("  decisions  ", "%d, as the log tells of them", v.Decisions)
	if p.flags.claims {
		g.line("  claims     ", "each revision up to there is in the store as the log tells of it")
	}
	for i, size := range v.Since {
		g.line("  goes on    ", "from the %s of %s", plural(int(size), "entry", "entries"), p.flags.checkpoints[i])
	}
	if len(v.Since) == 0 {
		g.gap()
		g.line("", "No earlier checkpoint was given: whether the log was cut, rolled back or made anew cannot be told.")
	}
	return g.flush()
}
