package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/ledger"
)

func (p *program) watchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Be told when the finding about a product or company changes",
		Long: `A subject on a watch list has an event for each change of its finding, strength
or action, with what made it so. A service writes them as claims change and days
pass; without one, watch events does when it is run. None is lost or written
twice.`,
		Example: "  debadge watch add KR2280-X2 --watcher procurement\n  debadge watch list\n  debadge watch events",
		Args:    noCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		p.addWatchCommand(), p.listWatchesCommand(), p.watchEventsCommand(),
		p.replayWatchCommand(), p.watchSecretCommand(),
		p.setWatchCommand("pause", "Gather events, and do not deliver them", ledger.WatchPaused),
		p.setWatchCommand("resume", "Deliver events again", ledger.WatchActive),
		p.setWatchCommand("end", "Stop watching, for good", ledger.WatchEnded),
	)
	return cmd
}

func (p *program) addWatchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add SUBJECT --watcher NAME [--endpoint URL]",
		Short: "Put a product or company on a watch list",
		Example: `  debadge watch add KR2280-X2 --watcher procurement
  debadge watch add KR2280-X2 --watcher erp --endpoint https://erp.example.com/hook --policy strict`,
		Args:              takes("a product or company"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			policy, err := readPolicy(p.flags.policy)
			if err != nil {
				return err
			}
			if p.flags.watcher == "" {
				return usage("watch add needs --watcher, who is to be told")
			}
			n := ledger.NewWatch{Subject: args[0], Watcher: p.flags.watcher, Endpoint: p.flags.endpoint, Policy: policy, Lists: p.flags.lists}
			return p.with(cmd.Context(), reading, func(ctx context.Context, s graph.Store) error {
				return p.withLedger(ctx, holding, func(ctx context.Context, l *ledger.Ledger) error {
					w, err := l.Watch(ctx, s, ledger.CommandLine, n)
					if err != nil {
						return asked(err)
					}
					return p.writeWatches([]ledger.Watch{w})
				})
			})
		},
	}
	p.register(cmd, cmd.Flags(), "watch add")
	return cmd
}

func (p *program) listWatchesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "What is watched, by whom, and what is found there?",
		Example: "  debadge watch list\n  debadge watch list --format json",
		Args:    takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withLedger(cmd.Context(), lookingAt, func(ctx context.Context, l *ledger.Ledger) error {
				all, err := l.Watches(ctx)
				if err != nil {
					return err
				}
				if p.flags.format == "json" {
					return graph.EncodeJSON(p.stdout, all)
				}
				return p.writeWatches(all)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "watch list")
	return cmd
}

func (p *program) writeWatches(all []ledger.Watch) error {
	g := newPage(p.stdout)
	if len(all) == 0 {
		g.line("", "Nothing is watched.")
	}
	for _, w := range all {
		g.line(w.ID+"  ", "%s, for %s: %s; found %s", w.Subject, w.Watcher, w.State, findingWords(w.Found))
		if w.Endpoint != "" {
			g.line("    ", "delivered to %s", w.Endpoint)
		}
		if w.Secret != "" {
			g.line("    ", "signed with %s; it is not shown again", w.Secret)
		}
	}
	return g.flush()
}

func (p *program) setWatchCommand(name, short string, state ledger.WatchState) *cobra.Command {
	cmd := &cobra.Command{
		Use:     name + " ID",
		Short:   short,
		Example: "  debadge watch " + name + " watch-1",
		Args:    takes("the id of a watch"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withLedger(cmd.Context(), holding, func(ctx context.Context, l *ledger.Ledger) error {
				w, err := l.SetWatch(ctx, ledger.CommandLine, args[0], state)
				if err != nil {
					return asked(err)
				}
				return p.writeWatches([]ledger.Watch{w})
			})
		},
	}
	p.register(cmd, cmd.Flags(), "watch "+name)
	return cmd
}

func (p *program) replayWatchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay ID [--since N]",
		Short: "Deliver events again",
		Long: `Replay has the events of a watch delivered that were given up, or with --since
all behind the one of that number. They keep their ids. A service delivers them.`,
		Example: "  debadge watch replay watch-1\n  debadge watch replay watch-1 --since 12",
		Args:    takes("the id of a watch"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var after *int64
			if cmd.Flags().Changed("since") {
				after = new(int64(p.flags.sinceEvent))
			}
			return p.withLedger(cmd.Context(), holding, func(ctx context.Context, l *ledger.Ledger) error {
				n, err := l.ReplayWatch(ctx, ledger.CommandLine, args[0], after)
				if err != nil {
					return asked(err)
				}
				_, err = fmt.Fprintf(p.stdout, "%s will be delivered again\n", plural(int(n), "event", "events"))
				return err
			})
		},
	}
	p.register(cmd, cmd.Flags(), "watch replay")
	return cmd
}

func (p *program) watchSecretCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secret ID",
		Short: "Sign the events of a watch with another secret",
		Long: `Secret makes another secret and shows it once. Events are signed with the one
before, too, for a day, so that the receiver can exchange it without missing one.`,
		Example: "  debadge watch secret watch-1",
		Args:    takes("the id of a watch"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withLedger(cmd.Context(), holding, func(ctx context.Context, l *ledger.Ledger) error {
				text, err := l.ReplaceSecret(ctx, ledger.CommandLine, args[0])
				if err != nil {
					return asked(err)
				}
				_, err = fmt.Fprintln(p.stdout, text)
				return err
			})
		},
	}
	p.register(cmd, cmd.Flags(), "watch secret")
	return cmd
}

func (p *program) watchEventsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "events [--since N]",
		Short: "Which findings that are watched have changed?",
		Long: `Events brings the findings that are watched up to date, unless a service does,
and shows the events after the one with the number N, the oldest first.`,
		Example: "  debadge watch events\n  debadge watch events --since 12 --format json",
		Args:    takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if p.flags.sinceEvent < 0 {
				return usage("--since %d is no number of an event", p.flags.sinceEvent)
			}
			return p.withBoth(cmd.Context(), p.watchEvents)
		},
	}
	p.register(cmd, cmd.Flags(), "watch events")
	return cmd
}

// eventsShown is how many events one call shows.
const eventsShown = 1000

func (p *program) watchEvents(ctx context.Context, s graph.Store, l *ledger.Ledger) error {
	if l.Writable() {
		if _, err := l.Rescreen(ctx, s, p.today()); err != nil {
			return err
		}
	}
	all, err := l.Events(ctx, int64(p.flags.sinceEvent), eventsShown)
	if err != nil {
		return err
	}
	if p.flags.format == "json" {
		return graph.EncodeJSON(p.stdout, all)
	}
	g := newPage(p.stdout)
	g.line("", "%s", plural(len(all), "event", "events"))
	for _, e := range all {
		var said ledger.FindingChanged
		if err := json.Unmarshal(e.Event, &said); err != nil {
			return graph.Errorf(graph.KindInternal, "%s cannot be read: %w", e.ID, err)
		}
		g.gap()
		g.line(fmt.Sprintf("%d  ", e.Seq), "%s: %s → %s, as of %s, at revision %d", said.Subject, findingWords(said.Before), findingWords(said.After), said.AsOf, said.Revision)
		g.line("    ", "for %s; %s", e.Watch, e.State)
		writeDifference(g, said.Difference)
	}
	return g.flush()
}
