package api

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
)

// packFrom is from how many bytes on an answer is compressed.
const packFrom = 2 << 10

// packable are the media types that compressing makes smaller; an event stream
// is none, since its events must not wait for each other.
var packable = []string{jsonType, ndjsonType, problemType, "application/openapi+json", "text/html", "text/plain", "text/css", "text/javascript", "text/vnd.graphviz", svgType, "application/graphml+xml", "application/gexf+xml"}

var packers = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is one of the package's own
	}
	return z
}}

// pack compresses answers for clients that take it.
func (s *server) pack(c *gin.Context) {
	if c.Request.Method != http.MethodGet || !takesGzip(c.Request.Header.Get("Accept-Encoding")) {
		c.Next()
		return
	}
	w := &packedWriter{ResponseWriter: c.Writer}
	c.Writer = w
	defer func() { c.Writer = w.ResponseWriter }() // what is told of a panic goes out as it is
	c.Next()
	w.finish()
}

// takesGzip reads Accept-Encoding.
func takesGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, err := mime.ParseMediaType(part)
		if err != nil || coding != "gzip" {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		return err != nil || q > 0
	}
	return false
}

// packedWriter decides with the first byte of an answer.
type packedWriter struct {
	gin.ResponseWriter
	decided bool
	z       *gzip.Writer // nil: as it is
}

func (w *packedWriter) decide() {
	w.decided = true
	h := w.Header()
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || !slices.Contains(packable, media) || h.Get("Content-Encoding") != "" {
		return
	}
	h.Add("Vary", "Accept-Encoding")
	if size, err := strconv.Atoi(h.Get("Content-Length")); err == nil && size < packFrom {
		return
	}
	h.Del("Content-Length")
	h.Set("Content-Encoding", "gzip")
	if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
		h.Set("ETag", "W/"+tag) // other bytes that mean the same
	}
	z, ok := packers.Get().(*gzip.Writer)
	if !ok {
		panic("the pool holds something else")
	}
	w.z = z
	w.z.Reset(w.ResponseWriter)
}

// Write compresses, or not.
func (w *packedWriter) Write(data []byte) (int, error) {
	if !w.decided {
		w.decide()
	}
	if w.z == nil {
		return w.ResponseWriter.Write(data)
	}
	return w.z.Write(data)
}

// WriteString compresses, or not.
func (w *packedWriter) WriteString(text string) (int, error) { return w.Write([]byte(text)) }

// Flush sends on what has been written so far.
func (w *packedWriter) Flush() { _ = w.FlushError() }

// FlushError sends on what has been written so far.
func (w *packedWriter) FlushError() error {
	if w.z != nil {
		if err := w.z.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets deadlines be set on the connection.
func (w *packedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// finish writes the end of a whole answer.
func (w *packedWriter) finish() {
	if w.z == nil {
		return
	}
	_ = w.z.Close() // a client that is gone does not miss it
	w.z.Reset(nil)
	packers.Put(w.z)
}
