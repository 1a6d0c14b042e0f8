package main

import (
	"github.com/schollz/progressbar/v3"

	"debadge/graph/ingest"
)

// bar is a progress bar over records where their number is known, else over the
// bytes of the files.
type bar struct {
	bar     *progressbar.ProgressBar
	records bool
}

func (p *program) newBar(what string, size int64, now ingest.Progress) *bar {
	options := []progressbar.Option{
		progressbar.OptionSetWriter(p.stderr), progressbar.OptionSetDescription(what),
		progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(20), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100_000_000),
	}
	if now.Total > 0 {
		options = append(options, progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("records"))
		return &bar{progressbar.NewOptions64(int64(now.Total), options...), true}
	}
	return &bar{progressbar.NewOptions64(size, append(options, progressbar.OptionShowBytes(true))...), false}
}

func (b *bar) set(read int64, now ingest.Progress) {
	done := read
	if b.records {
		done = int64(now.Records)
	}
	_ = b.bar.Set64(done) // only what is shown
}

func (b *bar) end() { _ = b.bar.Finish() } // only what is shown
