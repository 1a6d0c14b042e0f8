package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"debadge/graph"
)

// usageError is a command used wrongly.
type usageError struct{ error }

// Unwrap returns what was wrong.
func (e usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errTold is a failure that was told where it happened.
var errTold = errors.New("told already")

// asked turns what the engine refuses in a question into a wrong use.
func asked(err error) error {
	if err != nil && graph.KindOf(err) == graph.KindInvalid {
		return usageError{err}
	}
	return err
}

// report tells an error and returns the exit status.
func (p *program) report(err error) int {
	switch {
	case err == nil:
		return answered
	case errors.Is(err, errTold):
		return couldNotAnswer
	case errors.Is(err, errReached):
		return reached
	}
	text := p.message(err)
	var wrong usageError
	if p.started && !errors.As(err, &wrong) {
		fmt.Fprintf(p.stderr, "debadge: %s\n", text)
		return couldNotAnswer
	}
	if !p.started {
		text += "\nSee debadge --help."
	}
	fmt.Fprintf(p.stderr, "debadge: %s\n", text)
	return usedWrongly
}

// message says what is wrong, with what is safe to show and nothing that moves
// the cursor.
func (p *program) message(err error) string {
	var e *graph.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.As(err, &e):
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer within " + p.flags.timeout.String() + "; give it more time with --timeout"
	default:
		return escapeLines(err.Error())
	}
	lines := []string{escape(e.Message)}
	for _, f := range e.Fields {
		lines = append(lines, "  "+escape(f.Field)+": "+escape(f.Message))
	}
	for _, c := range e.Candidates {
		lines = append(lines, "  "+escape(string(c.ID))+"  ("+string(c.Kind)+": "+escape(c.FullName())+")")
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		lines = append(lines, "There was no answer within "+p.flags.timeout.String()+"; give it more time with --timeout.")
	case e.Kind == graph.KindUnavailable && e.Cause != nil && !strings.Contains(e.Message, e.Cause.Error()):
		lines = append(lines, "  cause: "+escape(e.Cause.Error()))
	case e.Kind == graph.KindInternal:
		lines = append(lines, "This is a fault of debadge; please report it.")
	}
	return strings.Join(lines, "\n")
}

func escapeLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		lines[i] = escape(line)
	}
	return strings.Join(lines, "\n")
}

// noCommand refuses what is not a command.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return unknownCommand(cmd, args[0])
}

func unknownCommand(cmd *cobra.Command, name string) error {
	text := fmt.Sprintf("%q is not a command of %s", name, cmd.CommandPath())
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		return usage("%s; did you mean %s?", text, strings.Join(near, " or "))
	}
	return usage("%s; it has %s", text, strings.Join(commandNames(cmd), ", "))
}

// commandNames are the names of the commands of a command.
func commandNames(cmd *cobra.Command) []string {
	var all []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			all = append(all, c.Name())
		}
	}
	return all
}

// wrongFlag says what is wrong with a flag without the words of the parser.
func wrongFlag(_ *cobra.Command, err error) error {
	if value, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		f := value.GetFlag()
		return usage("--%s %q is not a value for it; it takes %s: %s", f.Name, value.GetValue(), cmp.Or(f.Value.Type(), "nothing"), f.Usage)
	}
	return usageError{err}
}

// takes checks the number of arguments and names the one that is missing.
func takes(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < len(names) {
			return usage("%s needs %s, such as:\n%s", cmd.CommandPath(), names[len(args)], cmd.Example)
		}
		if len(args) > len(names) {
			hint := ""
			if len(names) > 0 {
				hint = "; put a name with spaces in quotes"
			}
			return usage("%s does not take the argument %q%s", cmd.CommandPath(), args[len(names)], hint)
		}
		return nil
	}
}
