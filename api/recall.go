package api

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/s2"

	"debadge/graph"
)

// recalled are the routes whose answers are kept: the same question at the same
// revision, day and policies has the same answer, byte for byte.
var recalled = []string{"/v1/trace", "/v1/timeline"}

const (
	// recallBytes bounds the answers that are kept, in each of two generations.
	recallBytes = 32 << 20

	// recallPatience is how long the store may take to tell its revision. One
	// that is away must not have the time of an answer twice.
	recallPatience = 100 * time.Millisecond

	// recallBeside is about what an answer takes beside its question and body.
	recallBeside = 512

	// recallMost is how long an answer may be to be kept.
	recallMost = 256 << 10
)

// basisNow is what an answer rests on beside its question. Two that are equal
// give equal answers.
type basisNow struct {
	revision graph.Revision
	recorded int64         // when the revision was: another store can have the same number
	day      graph.Day     // that as_of means if it is not given
	policies *graph.Policy // the first of them, which a reload replaces
}

// remembered is an answer that was given.
type remembered struct {
	packed  []byte // the body, compressed: more answers are kept, at the price of copying one
	headers []field
	finding graph.Finding // for the metrics, "" if it has none
	action  graph.Action
}

// field is one of an answer's headers. Its values are shared by all answers, and
// replaced or appended to, never changed.
type field struct {
	name   string // in its canonical form
	values []string
}

func setAll(h http.Header, fields []field) {
	for _, f := range fields {
		h[f.name] = f.values
	}
}

// memory keeps answers of one basis: those of two generations, of which the older
// is dropped when the younger is full.
type memory struct {
	mu         sync.Mutex
	basis      basisNow
	young, old map[string]*remembered
	size       int // bytes in young
}

func (m *memory) get(at basisNow, question string) *remembered {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.basis != at {
		return nil
	}
	if a := m.young[question]; a != nil {
		return a
	}
	a := m.old[question]
	if a != nil {
		m.put(question, a) // it is in use, so it lives on
	}
	return a
}

// add keeps an answer. What was computed on another basis than the last one
// asked about is of no use any more.
func (m *memory) add(at basisNow, question string, a *remembered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.basis != at {
		if at.revision < m.basis.revision && at.policies == m.basis.policies {
			return
		}
		m.basis, m.young, m.old, m.size = at, map[string]*remembered{}, nil, 0
	}
	m.put(question, a)
}

func (m *memory) put(question string, a *remembered) {
	if m.size > recallBytes {
		m.young, m.old, m.size = map[string]*remembered{}, m.young, 0
	}
	m.young[question] = a
	m.size += len(question) + len(a.packed) + recallBeside
}

// recall answers what was answered before, and keeps what is answered now. The
// caller was let through, and is counted and logged, as for any other answer.
func (s *server) recall(c *gin.Context) {
	r := c.Request
	if !s.Recall || r.Method != http.MethodGet || !slices.Contains(recalled, c.FullPath()) || r.Header.Get("If-None-Match") != "" || r.ContentLength != 0 {
		return
	}
	at, ok := s.basisNow(c)
	if !ok {
		return // whoever answers says why
	}
	holdAnswer(r.Context())
	question := c.FullPath() + "?" + r.URL.RawQuery
	if a := s.memory.get(at, question); a != nil {
		s.again(c, a)
		return
	}
	w := &keepingWriter{ResponseWriter: c.Writer}
	c.Writer = w
	defer func() { c.Writer = w.ResponseWriter }()
	c.Next()
	if w.Status() != http.StatusOK || w.lost {
		return
	}
	rec := recordOf(r.Context())
	body := w.body.Bytes()
	w.headers = append(w.headers, field{"Content-Length", []string{strconv.Itoa(len(body))}})
	s.memory.add(at, question, &remembered{packed: s2.Encode(nil, body), headers: w.headers, finding: rec.finding, action: rec.action})
}

// buffers are for what is written to a client at once.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// buffer returns an empty one, which is put back once it is written.
func buffer() *[]byte {
	b, ok := buffers.Get().(*[]byte)
	if !ok {
		panic("the pool holds something else")
	}
	*b = (*b)[:0]
	return b
}

// again writes an answer that was given before.
func (s *server) again(c *gin.Context, a *remembered) {
	b := buffer()
	defer buffers.Put(b)
	body, err := s2.Decode(*b, a.packed)
	if err != nil {
		return // it is computed once more
	}
	*b = body
	setAll(c.Writer.Header(), a.headers)
	if a.finding != "" {
		s.metrics.found(a.finding, a.action)
	}
	c.Writer.WriteHeader(http.StatusOK)
	_, _ = c.Writer.Write(body) // a client that is gone does not miss it
	c.Abort()
}

// basisNow is what answers rest on at the moment, false if the store does not
// say so at once.
func (s *server) basisNow(c *gin.Context) (at basisNow, ok bool) {
	ctx := c.Request.Context()
	if !s.seenLately() {
		patient, done := context.WithTimeout(ctx, recallPatience)
		defer done()
		ctx = patient
	}
	policies := s.shelf.all()
	if len(policies) == 0 {
		return at, false
	}
	at.day, at.policies = graph.DayOf(s.Clock()), &policies[0]
	err := s.Store.View(ctx, graph.Moment{}, func(v graph.View) error {
		var recorded time.Time
		at.revision, recorded = v.At()
		at.recorded = recorded.UnixNano()
		return nil
	})
	return at, err == nil
}

// seenLately is whether the index need not ask the store for a view, which could
// take long. A timer for each request costs more than all else here.
func (s *server) seenLately() bool {
	if s.Index == nil {
		return false
	}
	_, seen, ok := s.Index.Progress()
	age := s.Clock().Sub(seen)
	return ok && age >= 0 && age < recallPatience/2
}

// keepingWriter keeps what passes through it, up to a bound.
type keepingWriter struct {
	gin.ResponseWriter
	body    bytes.Buffer
	headers []field // as they are before the answer may be compressed
	lost    bool    // it was too long, or did not leave at once
}

// Write writes, and keeps.
func (w *keepingWriter) Write(p []byte) (int, error) {
	if w.headers == nil {
		for _, name := range []string{"Content-Type", "ETag", "Vary", "Cache-Control"} {
			if v := w.Header().Values(name); len(v) > 0 {
				w.headers = append(w.headers, field{http.CanonicalHeaderKey(name), slices.Clone(v)})
			}
		}
	}
	n, err := w.ResponseWriter.Write(p)
	if w.lost = w.lost || err != nil || w.body.Len()+len(p) > recallMost; !w.lost {
		w.body.Write(p)
	}
	return n, err
}

// WriteString writes, and keeps.
func (w *keepingWriter) WriteString(text string) (int, error) { return w.Write([]byte(text)) }

// Unwrap lets deadlines be set on the connection.
func (w *keepingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
