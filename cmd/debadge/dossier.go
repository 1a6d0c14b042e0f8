package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/graph/dossier"
)

func (p *program) dossierCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dossier SUBJECT",
		Short: "One page on a product or company: finding, pictures, evidence, how to check it",
		Long: `Dossier writes one page that needs nothing else, to be read in a browser, printed
or put into a file: the finding, the lineage and the timeline as pictures, every
hop with its evidence and the denials, the claims that decide it, the sources
with their addresses and digests, what was asked, and how to ask it again.

The page has no time of its own: asked of one store with the same --as-of and
--known-at, two runs are equal byte for byte.

With --out FILE.pdf the page is printed by the Chromium or Chrome that is found
in the PATH, which puts its own time into it.`,
		Example: `  debadge dossier KR2280-X2 --demo --as-of 2024-04-15 --out case.html
  debadge dossier "Aivres KR2280-X2" --paths 3 --out case.pdf`,
		Args:              takes("a product or company"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := p.question(args[0])
			if err != nil {
				return err
			}
			out := p.flags.out
			extension := strings.ToLower(filepath.Ext(out))
			if out != "" && extension != ".html" && extension != ".htm" && extension != ".pdf" {
				return usage("--out %q says no format; end it in .html or .pdf", out)
			}
			var page []byte
			err = p.with(cmd.Context(), reading, func(ctx context.Context, s graph.Store) error {
				page, err = p.dossier(ctx, s, q)
				return err
			})
			switch {
			case err != nil:
				return err
			case out == "":
				_, err = p.stdout.Write(page)
				return err
			case extension == ".pdf":
				return p.printPage(cmd.Context(), page, out)
			}
			return writeFile(out, page)
		},
	}
	p.register(cmd, cmd.Flags(), "dossier")
	return cmd
}

// writeFile writes a file whole, or leaves what was there.
func writeFile(path string, data []byte) error {
	if err := renameio.WriteFile(path, data, 0o644); err != nil {
		return graph.Unavailable(path+" cannot be written", err)
	}
	return nil
}

// dossier makes the page about a subject.
func (p *program) dossier(ctx context.Context, s graph.Store, q graph.Question) ([]byte, error) {
	var b bytes.Buffer
	answer, err := dossier.Write(ctx, s, &b, q, dossier.Options{Version: thisBuild().Version, Policy: p.flags.policy, Demo: p.flags.demo})
	if err != nil {
		return nil, asked(err)
	}
	if answer.Subject == nil {
		p.hint(ctx, s, q.Subject, q.KnownAt)
	}
	return b.Bytes(), nil
}
