package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

type pieces struct {
	bytes.Buffer

	mu   sync.Mutex
	n    int
	fail error
}

func (p *pieces) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	if p.fail != nil {
		return 0, p.fail
	}
	return p.Buffer.Write(b)
}

func (p *pieces) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.n
}

// TestLogLinesAreGathered: lines appear whole, in their order, after the delay at
// the latest, at once if there are many, and at the end; in few pieces.
func TestLogLinesAreGathered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var to pieces
		w := &logWriter{to: &to}
		line := strings.Repeat("x", 99) + "\n"
		write := func(n int) {
			for range n {
				if _, err := io.WriteString(w, line); err != nil {
					t.Error(err)
				}
			}
		}
		write(3)
		if to.count() != 0 {
			t.Error("a line did not wait for others")
		}
		time.Sleep(logDelay)
		synctest.Wait()
		if to.count() != 1 || to.String() != strings.Repeat(line, 3) {
			t.Errorf("after the delay there are %d bytes in %d pieces", to.Len(), to.count())
		}
		write(logMost/len(line) + 2)
		if to.count() != 2 {
			t.Error("more lines wait than may")
		}
		w.Flush()
		if want := (3 + logMost/len(line) + 2) * len(line); to.Len() != want || to.n != 3 {
			t.Errorf("at the end there are %d of %d bytes, in %d pieces", to.Len(), want, to.n)
		}
	})
}

// TestLogThatFails tells of it with the next line, and goes on.
func TestLogThatFails(t *testing.T) {
	full := errors.New("no space left")
	to := pieces{fail: full}
	w := &logWriter{to: &to}
	_, _ = io.WriteString(w, "lost\n")
	w.Flush()
	if _, err := io.WriteString(w, "kept\n"); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	to.fail = nil
	w.Flush()
	if to.String() != "kept\n" {
		t.Errorf("%q", to.String())
	}
}
