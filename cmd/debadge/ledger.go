package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/ledger"
)

// ledgerFlags are the values of the settings of the ledger's commands.
type ledgerFlags struct {
	ledger string

	keyName, keyRole, keyExpires string

	checkpoints               []string
	verifier, proof, auditOut string
	claims                    bool
	entryKind, entrySubject   string
	entries                   int

	action, decisionState string
	attach                []string
	changed, refuse       bool

	watcher, endpoint string
	sinceEvent        int
}

// recordPlace is how the table of settings calls the command that records decisions.
const recordPlace = "decision record"

// signPlace is how it calls the command that signs them.
const signPlace = "decision sign"

// isLedgerCommand reports whether a command's own commands work on the ledger.
func isLedgerCommand(name string) bool {
	return slices.Contains([]string{"key", "audit", "decision", "watch"}, name)
}

// ledgerSettings are the rows of the ledger and its commands.
func ledgerSettings() []setting {
	return []setting{
		{"ledger", "DEBADGE_LEDGER", "PATH", func(f *flags) any { return &f.ledger }, "", "where keys, decisions and the audit log are (default: beside a SQLite store, else in the user's data directory)", []string{
			"key create", "key list", "key revoke", "audit key", "audit verify", "audit checkpoint", "audit proof", "audit export", "audit list", "audit backup",
			recordPlace, signPlace, "decision list", "decision show", "decision verify", "serve",
			"watch add", "watch list", "watch events", "watch pause", "watch resume", "watch end", "watch replay", "watch secret",
		}},
		{"", "DEBADGE_AUDIT_KEY_FILE", "", nil, "", "the file of the key that signs checkpoints of the audit log (default: beside the ledger; made at first use)", nil},

		{"name", "", "NAME", func(f *flags) any { return &f.keyName }, "", "who or what uses the key, as the audit log will name it; required", []string{"key create"}},
		{"role", "", "ROLE", func(f *flags) any { return &f.keyRole }, "", "what it may be used for: reader, screener, analyst, officer, monitor or admin; required", []string{"key create"}},
		{"expires", "", "TIME", func(f *flags) any { return &f.keyExpires }, "", "when it ends: 2027-01-31 (at its end, UTC) or 2027-01-31T12:00:00Z (default: never)", []string{"key create"}},
		{"format", "", "FORMAT", func(f *flags) any { return &f.format }, "text", "text for people; json for programs", []string{
			"key create", "key list", "audit verify", "audit list", recordPlace, signPlace, "decision list", "decision show", "decision verify",
			"watch list", "watch events",
		}},

		{"checkpoint", "", "FILE", func(f *flags) any { return &f.checkpoints }, []string(nil), "prove that the log goes on from this earlier checkpoint; may be repeated", []string{"audit verify"}},
		{"verifier", "", "KEY", func(f *flags) any { return &f.verifier }, "", "the key that checkpoints are verified by, as audit key printed it (default: that of the ledger itself)", []string{"audit verify"}},
		{"claims", "", "", func(f *flags) any { return &f.claims }, false, "compare the claims of the store with the log, too", []string{"audit verify"}},
		{"proof", "", "FILE", func(f *flags) any { return &f.proof }, "", "check this proof of one entry, and nothing else", []string{"audit verify"}},
		{"out", "", "FILE", func(f *flags) any { return &f.auditOut }, "", "write it to this file (default: the standard output)", []string{"audit checkpoint"}},
		{"kind", "", "KIND", func(f *flags) any { return &f.entryKind }, "", "entries of this kind alone: change, import, screening, decision, signoff, key, policy or watch", []string{"audit list"}},
		{"subject", "", "SUBJECT", func(f *flags) any { return &f.entrySubject }, "", "entries about this alone, such as key-1 or revision:12", []string{"audit list"}},
		{"limit", "", "N", func(f *flags) any { return &f.entries }, 20, "the newest so many, 0 for all", []string{"audit list"}},

		{"action", "", "ACTION", func(f *flags) any { return &f.action }, "", "what was done: block, review or pass; required", []string{recordPlace}},
		{"reason", "", "TEXT", func(f *flags) any { return &f.reason }, "", "why it was decided so; required", []string{recordPlace, signPlace}},
		{"attach", "", "FILE", func(f *flags) any { return &f.attach }, []string(nil), "keep the name and SHA-256 of this file; may be repeated", []string{recordPlace}},
		{"subject", "", "ID", func(f *flags) any { return &f.entrySubject }, "", "decisions on this product or company alone", []string{"decision list"}},
		{"changed", "", "", func(f *flags) any { return &f.changed }, false, "those alone that would be on another finding today, and why", []string{"decision list"}},

		{"state", "", "STATE", func(f *flags) any { return &f.decisionState }, "", "those in this state alone: final, pending (for a second officer), signed or refused", []string{"decision list"}},
		{"refuse", "", "", func(f *flags) any { return &f.refuse }, false, "refuse the decision: it does not stand", []string{signPlace}},

		{"watcher", "", "NAME", func(f *flags) any { return &f.watcher }, "", "who is to be told; required", []string{"watch add"}},
		{"endpoint", "", "URL", func(f *flags) any { return &f.endpoint }, "", "where a service delivers the events (default: they are fetched)", []string{"watch add"}},
		{"since", "", "N", func(f *flags) any { return &f.sinceEvent }, 0, "only events after the one of this number", []string{"watch events", "watch replay"}},
	}
}

// ledgerUse is what a command does with the ledger.
type ledgerUse uint8

const (
	lookingAt ledgerUse = iota // one that is not there is an error
	beside                     // changes it even while a service has it
	holding                    // takes it
)

// ledgerPath is the file of the ledger, "" for one in memory.
func (p *program) ledgerPath() (string, error) {
	if p.flags.ledger != "" {
		return p.flags.ledger, nil
	}
	if p.flags.demo || p.flags.store == "memory:" {
		return "", nil
	}
	if path, ok := strings.CutPrefix(p.storeName(), "sqlite:"); ok && path != "" {
		return path + ".ledger", nil
	}
	if path := p.defaultPath(); path != "" {
		return filepath.Join(filepath.Dir(path), "ledger.db"), nil
	}
	return "", usage("there is no home directory to keep a ledger in; name one with --ledger PATH")
}

// openLedger opens the ledger that the flags name; holder is how the process
// names itself to others.
func (p *program) openLedger(ctx context.Context, how ledgerUse, holder string) (*ledger.Ledger, error) {
	path, err := p.ledgerPath()
	if err != nil {
		return nil, err
	}
	return ledger.Open(ctx, path, ledger.Options{
		Clock: p.clock, Holder: holder, KeyFile: p.getenv("DEBADGE_AUDIT_KEY_FILE"),
		ReadOnly: how == lookingAt && path != "", Beside: how == beside,
	})
}

// withLedger calls use with the ledger and closes it. A ledger in memory would
// be forgotten at once.
func (p *program) withLedger(ctx context.Context, how ledgerUse, use func(context.Context, *ledger.Ledger) error) (err error) {
	if path, err := p.ledgerPath(); err != nil || path == "" {
		return errors.Join(err, usage("%s has no ledger: it is made anew each time; name a file with --ledger PATH", p.storeName()))
	}
	l, err := p.openLedger(ctx, how, "debadge")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return use(ctx, l)
}

// follow brings the audit log up to the store's newest revision. A service that
// has the ledger does so itself; a store that is not there has none.
func (p *program) follow(ctx context.Context) error {
	err := p.with(ctx, streaming, func(ctx context.Context, s graph.Store) error {
		return p.withLedger(ctx, holding, func(ctx context.Context, l *ledger.Ledger) error {
			_, err := l.Follow(ctx, s)
			return err
		})
	})
	if isHeld(err) || graph.KindOf(err) == graph.KindNotFound {
		return nil
	}
	return err
}

// isHeld reports whether an error says that another process has the ledger.
func isHeld(err error) bool { return errors.Is(err, ledger.ErrHeld) }
