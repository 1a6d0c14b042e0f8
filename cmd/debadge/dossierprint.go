package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"debadge/graph"
)

// browsers are the names that Chromium and its relatives have in the PATH.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "chrome-headless-shell", "microsoft-edge"}

// printTime is how long a browser may take.
const printTime = 2 * time.Minute

// findBrowser looks for a browser in the PATH that the program was given.
func (p *program) findBrowser() string {
	for _, folder := range filepath.SplitList(p.getenv("PATH")) {
		for _, name := range browsers {
			path := filepath.Join(folder, name)
			if found, err := exec.LookPath(path); err == nil && filepath.IsAbs(path) {
				return found
			}
		}
	}
	return ""
}

// printPage prints a page to a PDF by a browser without a window, which may
// neither run scripts nor load anything: the page forbids it.
func (p *program) printPage(ctx context.Context, page []byte, out string) (err error) {
	browser := p.findBrowser()
	if browser == "" {
		return graph.Errorf(graph.KindUnavailable, "a PDF needs Chromium or Chrome, and the PATH has none of %s; "+
			"install one, or write --out %s and print that from a browser", strings.Join(browsers, ", "), strings.TrimSuffix(out, filepath.Ext(out))+".html")
	}
	folder, err := os.MkdirTemp("", "debadge-dossier-*")
	if err != nil {
		return graph.Unavailable("the PDF needs a temporary folder, which cannot be made", err)
	}
	defer func() { _ = os.RemoveAll(folder) }() // a browser that still ends may write there
	source, target := filepath.Join(folder, "case.html"), filepath.Join(folder, "case.pdf")
	if err := os.WriteFile(source, page, 0o600); err != nil {
		return graph.Unavailable("the page cannot be written for the browser", err)
	}
	ctx, cancel := context.WithTimeout(ctx, printTime)
	defer cancel()
	args := []string{
		"--headless", "--disable-gpu", "--disable-extensions", "--no-first-run", "--no-pdf-header-footer",
		"--user-data-dir=" + filepath.Join(folder, "profile"), "--print-to-pdf=" + target, "file://" + filepath.ToSlash(source),
	}
	if os.Geteuid() == 0 {
		args = slices.Insert(args, 0, "--no-sandbox") // Chromium does not start as root with one
	}
	cmd := exec.CommandContext(ctx, browser, args...) //nolint:gosec // found in the user's own PATH
	cmd.Env = p.env
	cmd.WaitDelay = 5 * time.Second
	said, failed := cmd.CombinedOutput()
	data, err := os.ReadFile(target) //nolint:gosec // in our own folder
	if err != nil || !bytes.HasPrefix(data, []byte("%PDF-")) {
		return graph.Errorf(graph.KindUnavailable, "%s printed no PDF (%v): %s", browser, failed, lastLine(said))
	}
	return writeFile(out, data)
}

func lastLine(said []byte) string {
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return lines[len(lines)-1]
}
