package main

import (
	"io"
	"sync"
	"time"
)

const (
	// logDelay is how long a line of the log may wait for others, with which it is
	// written in one go: a write for each request takes longer than many an answer.
	logDelay = 50 * time.Millisecond

	// logMost is how many bytes of lines wait at most.
	logMost = 32 << 10
)

// logWriter gathers the lines of a log. What waits is lost only with a process
// that is killed; what must never be lost stands in the audit log.
type logWriter struct {
	mu      sync.Mutex
	to      io.Writer
	lines   []byte
	waiting bool // somebody will write the lines
	failed  error
}

// Write takes a whole line. It returns what went wrong with one before.
func (w *logWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, line...)
	switch {
	case len(w.lines) >= logMost:
		w.flush()
	case !w.waiting:
		w.waiting = true
		time.AfterFunc(logDelay, w.Flush)
	}
	return len(line), w.failed
}

// Flush writes what waits.
func (w *logWriter) Flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = false
	w.flush()
}

func (w *logWriter) flush() {
	if len(w.lines) > 0 {
		_, w.failed = w.to.Write(w.lines)
		w.lines = w.lines[:0]
	}
}
