package file

import (
	"bytes"
	"errors"
	"io"
)

// window is the part of a text between what was consumed and what was read,
// never longer than its limit. It lets a reader look ahead over many lines and
// go back to the second of them.
type window struct {
	in    io.Reader
	buf   []byte
	start int // of what is not consumed
	end   int // of what was read
	limit int
	err   error // of the reader, once it gave one
}

func newWindow(in io.Reader, limit int) *window {
	return &window{in: in, buf: make([]byte, min(limit, 256<<10)), limit: limit}
}

// line returns the line that begins skip bytes behind the start, with its
// newline. A line without one is the text's last, or is longer than the window
// has place for (whole is false).
func (w *window) line(skip int) (text []byte, whole bool) {
	seen := skip
	for {
		if w.start+seen < w.end {
			if at := bytes.IndexByte(w.buf[w.start+seen:w.end], '\n'); at >= 0 {
				return w.buf[w.start+skip : w.start+seen+at+1], true
			}
		}
		seen = w.end - w.start
		if seen >= w.limit {
			return w.buf[w.start+skip : w.end], false
		}
		if w.err != nil {
			return w.buf[w.start+skip : w.end], true
		}
		w.fill()
	}
}

// fill reads more, into place that it makes.
func (w *window) fill() {
	if w.end == len(w.buf) {
		switch used := w.end - w.start; {
		case used <= len(w.buf)/2:
			copy(w.buf, w.buf[w.start:w.end])
		default:
			larger := make([]byte, min(2*len(w.buf), w.limit))
			if len(larger) == len(w.buf) {
				larger = w.buf
			}
			copy(larger, w.buf[w.start:w.end])
			w.buf = larger
		}
		w.start, w.end = 0, w.end-w.start
	}
	n, err := w.in.Read(w.buf[w.end:])
	w.end += n
	w.err = err
}

// take consumes n bytes of what was read.
func (w *window) take(n int) { w.start += n }

// skipLine consumes the rest of a line however long it is.
func (w *window) skipLine() {
	for {
		text, _ := w.line(0)
		w.take(len(text))
		if len(text) == 0 || text[len(text)-1] == '\n' {
			return
		}
	}
}

// ended reports whether all of the text was consumed.
func (w *window) ended() bool {
	for w.start == w.end && w.err == nil {
		w.fill()
	}
	return w.start == w.end
}

// read reports whether the text behind a row of n bytes was read to its end.
func (w *window) readAll(n int) bool { return w.err != nil && w.start+n == w.end }

// failure is what the reader gave beside the end.
func (w *window) failure() error {
	if errors.Is(w.err, io.EOF) {
		return nil
	}
	return w.err
}
