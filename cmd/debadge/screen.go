package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/index"
	"debadge/graph/resolve"
	"debadge/graph/screen"
)

// reached is the exit status of a screening in which a line reaches the action
// of --fail-on.
const reached = 3

// errReached is that a line reached it.
var errReached = errors.New("a line reached the action of --fail-on")

func (p *program) screenCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "screen FILE|-",
		Short: "Which lines of an order or a bill of material trace back to a listed entity?",
		Long: `Screen reads a purchase order or a bill of material, recognizes the product and
the companies that each line names, traces them, and says what the policy makes
of it: block, review or pass. A line that is not known, that several entities
match, or that cannot be read is never passed.

FILE is CSV, XLSX, NDJSON, a JSON array, or CycloneDX in JSON or XML, also as
.gz or .zip; - is the standard input. The form is found by the content, the
columns by their names in several languages; --map names a column by hand.

All lines are answered at one revision, which the output says beside the policy
and the dates. With --format csv or xlsx the columns of the input are kept and
the answers stand behind them; in csv a cell that a spreadsheet would compute is
written behind an apostrophe, in xlsx it is a text.

Exit status: 0 answered; 1 could not answer every line; 2 used wrongly; 3 a line
reaches the action of --fail-on.`,
		Example: `  debadge screen order.csv --demo
  debadge screen order.xlsx --map product=Artikel,brand=Hersteller --format html > report.html
  debadge screen order.csv --format xlsx > answered.xlsx
  zcat bom.json.gz | debadge screen - --format ndjson --fail-on block`,
		Args: takes("a file, or - for the standard input"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := p.screening()
			if err != nil {
				return err
			}
			return p.with(cmd.Context(), streaming, func(ctx context.Context, s graph.Store) error {
				return p.screen(ctx, s, args[0], r)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "screen")
	return cmd
}

// screening is what the flags of a screening say.
type screening struct {
	opts    screen.Options
	input   screen.InputOptions
	encoder screen.Encoder
	failOn  graph.Action // 0 is none
	charset file.Charset
}

func (p *program) screening() (screening, error) {
	var r screening
	if err := p.checkRead(); err != nil {
		return r, err
	}
	q, err := p.question("-")
	if err != nil {
		return r, err
	}
	r.opts = screen.Options{
		AsOf: q.AsOf, KnownAt: q.KnownAt, Policy: q.Policy, Lists: q.Lists, Timeout: p.flags.timeout,
		Explain: p.flags.explain || p.flags.format == "json" || p.flags.format == "html",
	}
	if r.input.Mapping, err = screen.ParseMapping(p.flags.columns); err != nil {
		return r, usage("--map %s", err)
	}
	if r.input.Format, err = screen.ParseFormat(p.flags.from); err != nil {
		return r, usage("--from %s", err)
	}
	if r.charset, err = file.ParseCharset(p.flags.charset); err != nil {
		return r, usage("--charset %s", err)
	}
	if p.flags.failOn != "" {
		if r.failOn, err = graph.ParseAction(p.flags.failOn); err != nil || r.failOn == graph.Pass {
			return r, usage("--fail-on %q is not an action that can fail; use block or review", p.flags.failOn)
		}
	}
	switch p.flags.format {
	case "csv":
		r.encoder = &screen.CSV{Explain: p.flags.explain}
	case "xlsx":
		if terminal(p.stdout) {
			return r, usage("--format xlsx writes a workbook, which a terminal cannot show; send it to a file, with > answered.xlsx")
		}
		r.encoder = &screen.XLSX{Explain: p.flags.explain}
	case "ndjson":
		r.encoder = new(screen.NDJSON)
	case "json":
		r.encoder = new(screen.JSON)
	case "html":
		r.encoder = new(screen.HTML)
	default:
		r.encoder = &screenTable{explain: p.flags.explain}
	}
	return r, nil
}

func (p *program) screen(ctx context.Context, s graph.Store, name string, r screening) error {
	input, err := p.openInput(name, r.charset)
	if err != nil {
		return err
	}
	defer func() { _ = input.Close() }() // it was only read
	lines, err := screen.Open(input, r.input)
	if err != nil {
		return err
	}
	if s, err = p.indexed(ctx, s); err != nil {
		return err
	}
	if r.opts.Names, err = screen.OpenNames(ctx, s, r.opts.KnownAt, resolve.Options{}); err != nil {
		return err
	}
	show, done := p.showProgress(input.Name)
	r.opts.Progress = show
	sum, err := screen.Run(ctx, s, lines, r.encoder, p.stdout, r.opts)
	done()
	switch {
	case err != nil && sum.Format == "": // nothing was begun
		return asked(err)
	case err != nil:
		fmt.Fprintf(p.stderr, "%s: %s answered before it ended\n", escape(input.Name), plural(sum.Lines, "line was", "lines were"))
		return err
	}
	if p.flags.format != "text" {
		fmt.Fprintf(p.stderr, "%s: %s\n", escape(input.Name), summaryWords(sum))
	}
	if r.failOn != 0 && (sum.Actions["block"] > 0 || (r.failOn == graph.Review && sum.Actions["review"] > 0)) {
		return errReached
	}
	return nil
}

// summaryWords tells the counts of a screening in a line.
func summaryWords(s screen.Summary) string {
	return fmt.Sprintf("%s: %s block, %s review, %s pass (revision %d, policy %s, as of %s)", plural(s.Lines, "line", "lines"),
		thousands(s.Actions["block"]), thousands(s.Actions["review"]), thousands(s.Actions["pass"]), s.Revision, escape(s.Policy.Name), s.AsOf)
}

func (p *program) openInput(name string, charset file.Charset) (*file.File, error) {
	opts := file.Options{Charset: charset}
	if name == "-" {
		return file.Spool(standardInput, p.stdin, opts)
	}
	return file.Open(name, opts)
}

// indexed returns the store in the way that it is to be read. What it returns
// is closed with the store.
func (p *program) indexed(ctx context.Context, s graph.Store) (graph.Store, error) {
	if p.flags.read == "direct" || p.flags.demo || p.flags.store == "memory:" {
		return s, nil
	}
	options := index.Options{Clock: p.clock, MaxStale: math.MaxInt64} // one revision is read once
	if path, ok := strings.CutPrefix(p.storeName(), "sqlite:"); ok {
		options.SnapshotPath = path + ".index"
	}
	return index.Follow(ctx, s, options)
}

// progressPause is how long it takes until a line of progress follows another.
const progressPause = 10 * time.Second

// showProgress returns what shows how far a screening is, and what ends that: a
// bar on a terminal that shows nothing else, lines with some time between them
// elsewhere.
func (p *program) showProgress(name string) (show func(screen.Progress), done func()) {
	shown := terminal(p.stdout) // what is written
	if p.onTerminal() && !shown {
		var bar *progressbar.ProgressBar
		return func(at screen.Progress) {
				if bar == nil {
					bar = progressbar.NewOptions64(at.Total,
						progressbar.OptionSetWriter(p.stderr), progressbar.OptionSetDescription(escape(name)),
						progressbar.OptionShowBytes(true), progressbar.OptionSetPredictTime(true),
						progressbar.OptionSetWidth(20), progressbar.OptionClearOnFinish(),
					)
				}
				_ = bar.Set64(at.Done) // only what is shown
			}, func() {
				if bar != nil {
					_ = bar.Finish() // only what is shown
				}
			}
	}
	began := p.clock()
	last := began
	return func(at screen.Progress) {
		now := p.clock()
		if now.Sub(last) < progressPause {
			return
		}
		last = now
		fmt.Fprintf(p.stderr, "%s: %s\n", escape(name), progressWords(at, now.Sub(began)))
	}, func() {}
}

// progressWords says how far a screening is, and when it will be done.
func progressWords(at screen.Progress, took time.Duration) string {
	text := plural(at.Lines, "line", "lines") + " answered"
	if at.Total <= 0 || at.Done <= 0 {
		return text
	}
	left := time.Duration(float64(took) * float64(at.Total-at.Done) / float64(at.Done)).Round(time.Second)
	return fmt.Sprintf("%s, %d%% of the file; about %s left", text, 100*at.Done/at.Total, left)
}
