// Command debadge answers which products trace back to a listed entity.
package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// The exit statuses.
const (
	answered       = 0
	couldNotAnswer = 1
	usedWrongly    = 2
)

func run(ctx context.Context, args, env []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := program{clock: time.Now, env: env, stdin: stdin, stdout: stdout, stderr: stderr}
	return p.run(ctx, args)
}

// program is one run of the command: what it was given, and what its flags say.
type program struct {
	clock          func() time.Time
	env            []string
	stdin          io.Reader
	stdout, stderr io.Writer
	transport      http.RoundTripper // to issuers of tokens; nil is that of net/http
	flags          flags
	config         configFile // the file of settings, if there is one
	started        bool       // the arguments were understood, a command runs
}

func (p *program) run(ctx context.Context, args []string) int {
	root := p.root() //nolint:contextcheck // commands get ctx from ExecuteContext
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	return p.report(root.ExecuteContext(ctx))
}

const about = `debadge answers one question: which products trace back to a listed entity?

It keeps claims about products, companies and lists as a graph, each with its
evidence and dates, and answers with the path, the evidence of every hop, and
how strong the weakest one is. It says what the claims say, and by whom they
were made; it accuses nobody.

Exit status: 0 answered; 1 could not answer, or something was refused; 2 used
wrongly; 3 a screened line reaches the action of --fail-on.`

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "debadge",
		Short:         "Which products trace back to a listed entity?",
		Long:          about,
		Example:       "  debadge trace KR2280-X2 --demo\n  debadge screen order.csv --demo\n  debadge import bundle cases/*.json\n  debadge serve",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.readEnvironment(cmd); err != nil {
				return err
			}
			if err := p.checkStoreFlags(cmd); err != nil {
				return err
			}
			p.started = true
			return nil
		},
	}
	root.AddGroup(
		&cobra.Group{ID: "ask", Title: "Questions:"},
		&cobra.Group{ID: "keep", Title: "Claims:"},
		&cobra.Group{ID: "account", Title: "Decisions, and who did what:"},
		&cobra.Group{ID: "run", Title: "Running:"},
	)
	root.SetFlagErrorFunc(wrongFlag)
	root.SetHelpCommand(helpCommand())
	root.SetHelpCommandGroupID("run")
	root.SetCompletionCommandGroupID("run")
	p.register(root, root.PersistentFlags(), everywhere)
	p.add(
		root, "ask",
		p.traceCommand(),
		p.reachCommand(),
		p.rebadgingsCommand(),
		p.timelineCommand(),
		p.dossierCommand(),
		p.screenCommand(),
		p.resolveCommand(),
		p.listsCommand(),
		p.membersCommand(),
		p.diffCommand(),
		p.queriesCommand(),
		p.policyCommand(),
	)
	p.add(
		root, "keep",
		p.importCommand(),
		p.exportCommand(),
		p.refreshCommand(),
		p.linkCommand(),
		p.retractCommand(),
		p.storeCommand(),
	)
	p.add(root, "account", p.decisionCommand(), p.watchCommand(), p.auditCommand(), p.keyCommand())
	p.add(root, "run", p.serveCommand(), p.mcpCommand(), p.healthcheckCommand(), p.configCommand(), p.versionCommand(), settingsTopic())
	refuseUnknownShell(root)
	return root
}

// refuseUnknownShell makes the completion command refuse what is not a shell.
func refuseUnknownShell(root *cobra.Command) {
	root.InitDefaultCompletionCmd("completion")
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Args = noCommand
			c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			c.Example = "  source <(debadge completion bash)\n  debadge completion zsh > _debadge"
		}
	}
}

// helpCommand is cobra's, but for an unknown command being an error.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Help about a command, or about the settings",
		Example: "  debadge help trace\n  debadge help settings",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			at, _, err := cmd.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, c := range at.Commands() {
				names = append(names, c.Name())
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			at, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(at, strings.Join(append(rest, args...)[:1], ""))
			}
			at.InitDefaultHelpFlag()
			return at.Help()
		},
	}
}

func (p *program) add(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = group
		root.AddCommand(c)
	}
}
