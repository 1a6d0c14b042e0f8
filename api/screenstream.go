package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/screen"
)

const csvType = "text/csv"

// Mapped names columns by hand.
type Mapped struct {
	Map []string `query:"map,explode" maxItems:"50"`
}

type screenStreamInput struct {
	Screened
	Mapped
}

// screenLine is one line of a stream: a row, or at the end its head, which says
// whether it is whole.
type screenLine struct {
	Row  *screen.Row     `json:"row,omitempty"`
	Head *screen.Summary `json:"head,omitempty"`
}

func (s *server) addScreenStream() {
	op := operationFor(mayScreen, http.MethodPost, "screen-stream", "/v1/screen/stream", "screening", "Screen a file of any length as a stream",
		"Takes NDJSON, an object or a text a line, or CSV with a header, and answers while it is sent: in batches of up to 256 lines, in their order, at one revision. "+
			"Columns and keys are found by their names in several languages, or named by map. "+
			"Answers with NDJSON, {\"row\": …} a line and {\"head\": …} as the last one, or with Accept: "+csvType+" with the columns of the input and the answers behind them. "+
			"A stream that was interrupted has no head, or one that is not finished, and its connection is cut. "+
			"There is no limit to its length, but one to how long nothing moves.",
		notFound, unavailable, timeout)
	takes(op, "The lines, in UTF-8.", map[string]*huma.Schema{ndjsonType: {Type: huma.TypeString}, csvType: {Type: huma.TypeString}})
	respondWith(op, ndjsonType, s.schema(reflect.TypeFor[screenLine]()))
	respondWith(op, csvType, &huma.Schema{Type: huma.TypeString})
	serve(s, op, s.screenStream)
}

func (s *server) screenStream(hc huma.Context, in *screenStreamInput) {
	c := humagin.Unwrap(hc)
	c.Writer.Header().Set("Vary", "Accept")
	media, p := bodyType(c.Request, hc.Operation())
	if p != nil {
		writeProblem(hc.Context(), c.Writer, p)
		return
	}
	pace := newPace(c.Writer, s.IdleTimeout)
	defer pace.stop()
	out := &screenStream{pace: pace, w: c.Writer, media: ndjsonType, encoder: new(screen.NDJSON)}
	if accepts(hc.Header("Accept"), csvType) {
		out.media, out.encoder = csvType, &screen.CSV{Explain: in.Explain}
	}
	if p = s.runStream(hc, in, &pacedReader{c.Request.Body, pace}, media, out); p == nil {
		return
	}
	if !out.began {
		writeProblem(hc.Context(), c.Writer, p)
		return
	}
	recordOf(hc.Context()).note(p)
	_ = out.pace.control.Flush()
	panic(http.ErrAbortHandler) // a client that does not look for the head sees a failure too
}

// runStream answers what comes.
func (s *server) runStream(hc huma.Context, in *screenStreamInput, body io.Reader, media string, out *screenStream) *problem {
	ctx, done := s.limit(hc.Context(), nil)
	opts, err := s.screening(ctx, &in.Screened)
	if err != nil {
		defer done()
		return problemOf(ctx, err)
	}
	done()
	opts.Timeout = s.RequestTimeout
	input := sha256.New()
	out.log = func(sum *screen.Summary) error {
		return s.logScreening(hc.Context(), s.actor(hc.Context()), streamScreened, input, &opts, sum)
	}
	if err = s.screenBody(hc.Context(), opts, in.Map, io.TeeReader(body, input), media, out); err != nil {
		return problemOf(hc.Context(), err)
	}
	return nil
}

func (s *server) screenBody(ctx context.Context, opts screen.Options, columns []string, body io.Reader, media string, out *screenStream) error {
	mapping, err := readMapping(columns)
	if err != nil {
		return err
	}
	if body, err = withoutMark(body); err != nil {
		return err
	}
	format := map[string]string{ndjsonType: "ndjson", csvType: "csv"}[media]
	lines, err := screen.Open(&file.File{Name: "request", Text: body}, screen.InputOptions{Format: format, Mapping: mapping})
	if err != nil {
		return err
	}
	_, err = screen.Run(ctx, s.Store, lines, s.counting(out), out, opts)
	return err
}

// readMapping reads the parameter map.
func readMapping(texts []string) (screen.Mapping, error) {
	m, err := screen.ParseMapping(texts)
	if e, ok := errors.AsType[*graph.Error](err); ok {
		return nil, &graph.Error{Kind: graph.KindInvalid, Message: "the query is refused", Fields: []graph.FieldError{{Field: "query.map", Message: clip(e.Message)}}}
	}
	return m, err
}

// mark begins a text in UTF-8, where something is to say that it is.
var mark = []byte("\xef\xbb\xbf")

func withoutMark(body io.Reader) (io.Reader, error) {
	begin := make([]byte, len(mark))
	n, err := io.ReadFull(body, begin)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, unreadable(err)
	}
	return io.MultiReader(bytes.NewReader(bytes.TrimPrefix(begin[:n], mark)), body), nil
}

func unreadable(err error) error {
	return graph.Unavailable("the body could not be read to its end", err)
}

// screenStream writes the answers of a stream. What stands before the first row
// waits for it, so that an error before is a problem and no stream that began.
type screenStream struct {
	pace    *pace
	w       http.ResponseWriter
	media   string
	encoder screen.Encoder
	log     func(*screen.Summary) error // makes the entry of the audit log
	held    bytes.Buffer
	began   bool
}

var _ screen.Encoder = (*screenStream)(nil)

// Begin keeps what stands before the rows.
func (o *screenStream) Begin(w io.Writer, h screen.Head) (io.Writer, error) {
	if _, err := o.encoder.Begin(w, h); err != nil {
		return nil, err
	}
	return screenRows{o}, nil
}

// Encode appends a row.
func (o *screenStream) Encode(b []byte, r *screen.Row) ([]byte, error) { return o.encoder.Encode(b, r) }

// End writes what stands behind the rows, unless nothing was begun that has to end.
func (o *screenStream) End(s screen.Summary) error {
	if !o.began && !s.Finished {
		return nil
	}
	if err := o.log(&s); err != nil {
		return err
	}
	if err := o.begin(); err != nil {
		return err
	}
	return o.encoder.End(s)
}

// Write writes, or keeps what the answer begins with.
func (o *screenStream) Write(p []byte) (int, error) {
	if !o.began {
		return o.held.Write(p)
	}
	n, err := o.w.Write(p)
	o.pace.moved()
	return n, err
}

func (o *screenStream) begin() error {
	if o.began {
		return nil
	}
	o.began = true
	// From here on answers go out while lines come in. Before, what is left of the
	// body is read with a problem: net/http would not do it for a stream, and fail
	// the next request of the connection.
	_ = o.pace.control.EnableFullDuplex()
	o.w.Header().Set("Content-Type", o.media)
	o.w.WriteHeader(http.StatusOK)
	_, err := o.Write(o.held.Bytes())
	return err
}

// screenRows is where rows go: they begin the answer, and leave at once.
type screenRows struct{ *screenStream }

// Write writes the rows of a batch.
func (r screenRows) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := r.begin(); err != nil {
		return 0, err
	}
	n, err := r.screenStream.Write(p)
	if err == nil {
		err = r.pace.control.Flush()
	}
	return n, err
}

// pace bounds how long nothing may move on a stream that has no other limit.
// A deadline that is long past fails what waits for the client.
type pace struct {
	control *http.ResponseController
	limit   time.Duration

	mu    sync.Mutex
	timer *time.Timer // nil once the stream has ended: the connection may have another request then
}

func newPace(w http.ResponseWriter, limit time.Duration) *pace {
	p := &pace{control: http.NewResponseController(w), limit: limit}
	// What has no connection, as a recorder in a test, has nothing to set.
	_ = p.control.SetReadDeadline(time.Time{})
	_ = p.control.SetWriteDeadline(time.Time{})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer = time.AfterFunc(limit, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.timer == nil {
			return
		}
		_ = p.control.SetReadDeadline(time.Unix(1, 0))
		_ = p.control.SetWriteDeadline(time.Unix(1, 0))
	})
	return p
}

func (p *pace) moved() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Reset(p.limit)
	}
}

func (p *pace) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer.Stop()
	p.timer = nil
}

// pacedReader is a body that comes at its own pace.
type pacedReader struct {
	r    io.Reader
	pace *pace
}

// Read reads, and notes that something came.
func (p *pacedReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if n > 0 {
		p.pace.moved()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable(err)
	}
	return n, err
}

// preferred returns which of some media types a client asks for by name, the
// first if none.
func preferred(header string, offered ...string) string {
	best, at := offered[0], 0.0
	for part := range strings.SplitSeq(header, ",") {
		media, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		for _, o := range offered {
			if q := quality(params); media == o && q > at {
				best, at = o, q
			}
		}
	}
	return best
}
