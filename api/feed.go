package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
)

const eventType = "text/event-stream"

type feedInput struct {
	Since       uint32 `query:"since"         maximum:"2147483647"`
	Limit       int    `query:"limit"          maximum:"10000" minimum:"1"`
	Items       int    `query:"items"          maximum:"1000"  minimum:"1"`
	LastEventID string `header:"Last-Event-ID" maxLength:"20"`
}

// FeedHead says where a part of the feed stands in the whole.
type FeedHead struct {
	Since    graph.Revision `json:"since"`
	Next     graph.Revision `json:"next"`     // the since of the part after this one
	Revision graph.Revision `json:"revision"` // the newest there is
}

// feedPage is a part of the feed as one JSON object.
type feedPage struct {
	FeedHead
	Changes []graph.Change `json:"changes"`          // in the order of revisions
	Counts  []changeCounts `json:"counts,omitempty"` // of each change, where items bounds what is shown of it
}

// changeCounts says how much a change has, shown or not.
type changeCounts struct {
	Entities    int `json:"entities"`
	Sources     int `json:"sources"`
	Claims      int `json:"claims"`
	Retractions int `json:"retractions"`
}

// brief leaves of a change the first items of each sort.
func brief(c *graph.Change, items int) changeCounts {
	all := changeCounts{len(c.Entities), len(c.Sources), len(c.Claims), len(c.Retractions)}
	c.Entities, c.Sources = firstOf(c.Entities, items), firstOf(c.Sources, items)
	c.Claims, c.Retractions = firstOf(c.Claims, items), firstOf(c.Retractions, items)
	return all
}

// firstOf copies the first items, so that the others need not stay in memory.
func firstOf[T any](all []T, items int) []T { return slices.Clone(all[:min(len(all), items)]) }

// feedLine is a line of the feed as a stream: a change, or at the end the head,
// or the problem that cut it short.
type feedLine struct {
	Change  *graph.Change `json:"change,omitempty"`
	Head    *FeedHead     `json:"head,omitempty"`
	Problem *problem      `json:"problem,omitempty"`
}

// Bounds on a part of the feed that is in memory at once. A part has one change
// set at least, however large it is.
const (
	feedPageChanges = 100
	feedPageItems   = 10_000
)

func (s *server) addFeed() {
	op := operation("changes", "/v1/changes", "claims", "What was recorded after a revision, in order",
		"Answers with the change sets after since, each with what was new in it: as one JSON object with some of them (100 unless limit says otherwise, fewer if they are large; next is the since of the next part; items bounds what is shown of each, and counts then says how much it has), "+
			"with Accept: "+ndjsonType+" as a stream up to the newest (a line {\"change\": …} each, the last one {\"head\": …}; one that ends otherwise is not complete), "+
			"or with Accept: "+eventType+" as server-sent events that go on: the id of an event is its revision, so that Last-Event-ID goes on where a connection broke. "+
			"Each change comes in order and once a connection. An event stream ends in order when the service stops or after some minutes, a comment stands in for a pulse, and a client that does not read is cut off.",
		notFound, unavailable, timeout)
	respondWith(op, jsonType, s.schema(reflect.TypeFor[feedPage]()))
	respondWith(op, ndjsonType, s.schema(reflect.TypeFor[feedLine]()))
	respondWith(op, eventType, &huma.Schema{Type: huma.TypeString})
	serve(s, op, s.changes)
}

func (s *server) changes(hc huma.Context, in *feedInput) {
	w := humagin.Unwrap(hc).Writer
	w.Header().Add("Vary", "Accept")
	since := graph.Revision(in.Since)
	var err error
	if in.LastEventID != "" {
		n, wrong := strconv.ParseUint(in.LastEventID, 10, 32)
		if wrong != nil {
			err = refuseField("header.Last-Event-ID", "is not the id of an event, which is a revision")
		}
		since = graph.Revision(n)
	}
	form := prefer(hc.Header("Accept"), jsonType, ndjsonType, eventType)
	if err == nil && in.Items > 0 && form != jsonType {
		err = refuseField("query.items", "is for an answer as one JSON object; a stream has all of each change")
	}
	if err == nil {
		switch form {
		case ndjsonType:
			err = s.streamChanges(hc.Context(), w, since, in.Limit)
		case eventType:
			err = s.sendEvents(hc.Context(), w, since)
		default:
			err = s.pageChanges(hc.Context(), w, since, in)
		}
	}
	if err != nil {
		writeProblem(hc.Context(), w, problemOf(hc.Context(), err))
	}
}

// newest returns the newest revision that answers are given at.
func (s *server) newest(ctx context.Context) (newest graph.Revision, err error) {
	err = s.Store.View(ctx, graph.Moment{}, func(v graph.View) error {
		newest, _ = v.At()
		return nil
	})
	return newest, err
}

// begin returns the newest revision, which no reader of the feed is ahead of.
func (s *server) begin(ctx context.Context, since graph.Revision) (graph.Revision, error) {
	newest, err := s.newest(ctx)
	if err == nil && since > newest {
		err = graph.Errorf(graph.KindNotFound, "the store is at revision %d and has no revision %d yet", newest, since)
	}
	return newest, err
}

// part reads some changes after a revision. They are in memory before they go
// out, so that no slow client holds the store's feed open.
func (s *server) part(ctx context.Context, since, last graph.Revision, limit int, look func(*graph.Change)) ([]graph.Change, error) {
	found := []graph.Change{}
	items := 0
	err := s.Store.Changes(ctx, since, func(c graph.Change) error {
		if c.Revision > last {
			return errEnough
		}
		c.RecordedAt = c.RecordedAt.UTC()
		items += len(c.Entities) + len(c.Sources) + len(c.Claims) + len(c.Retractions)
		if look != nil {
			look(&c)
		}
		found = append(found, c)
		if len(found) == limit || items >= feedPageItems || c.Revision == last {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return found, err
}

func (s *server) pageChanges(parent context.Context, w http.ResponseWriter, since graph.Revision, in *feedInput) error {
	ctx, done := s.limit(parent, w)
	defer done()
	limit := cmp.Or(in.Limit, feedPageChanges)
	newest, err := s.begin(ctx, since)
	if err != nil {
		return problemOf(ctx, err)
	}
	page := feedPage{FeedHead: FeedHead{since, since, newest}, Changes: []graph.Change{}}
	var look func(*graph.Change)
	if in.Items > 0 {
		look = func(c *graph.Change) { page.Counts = append(page.Counts, brief(c, in.Items)) }
	}
	if since < newest {
		if page.Changes, err = s.part(ctx, since, newest, limit, look); err != nil {
			return problemOf(ctx, err)
		}
	}
	if n := len(page.Changes); n > 0 {
		page.Next = page.Changes[n-1].Revision
	}
	writeJSON(w, http.StatusOK, jsonType, page)
	return nil
}

// streamChanges writes the feed up to what is the newest revision now.
func (s *server) streamChanges(parent context.Context, w http.ResponseWriter, since graph.Revision, limit int) error {
	ctx, cancel := context.WithTimeout(parent, s.StreamTimeout)
	defer cancel()
	out := &lineStream{w: w, control: http.NewResponseController(w)}
	defer limitWrites(parent, out.control, s.StreamTimeout)()
	newest, err := s.begin(ctx, since)
	head := FeedHead{since, since, newest}
	for left := limit; err == nil && head.Next < newest && (limit == 0 || left > 0); {
		var found []graph.Change
		if found, err = s.part(ctx, head.Next, newest, left, nil); err == nil && len(found) == 0 {
			err = graph.Unavailable("the feed ends before the newest revision", nil)
		}
		for i := 0; i < len(found) && err == nil; i++ {
			err = out.send(feedLine{Change: &found[i]})
			head.Next = found[i].Revision
		}
		left -= len(found)
	}
	if err == nil {
		err = out.send(feedLine{Head: &head})
	}
	if err == nil {
		return nil
	}
	p := problemOf(ctx, err)
	if out.lines == 0 {
		return p
	}
	recordOf(parent).note(p)
	if err := out.send(feedLine{Problem: p}); err == nil {
		_ = out.control.Flush()
	}
	panic(http.ErrAbortHandler) // as a stream of rows
}

// sendEvents writes changes as they are recorded, until the client leaves, the
// service stops or the time of a stream is over; the client then comes back with
// the id of the last event.
func (s *server) sendEvents(parent context.Context, w http.ResponseWriter, since graph.Revision) error {
	ctx, cancel := context.WithTimeout(parent, s.StreamTimeout)
	defer cancel()
	if _, err := s.begin(ctx, since); err != nil {
		return problemOf(ctx, err)
	}
	moved, leave, err := s.tail.join(s.newest) //nolint:contextcheck // it looks for all streams, and outlives this one
	if err != nil {
		return err
	}
	defer leave()
	e := &events{w: w, control: http.NewResponseController(w), parent: parent, patience: s.tail.patience}
	if err := e.open(); err != nil || isHead(parent) {
		return nil
	}
	for {
		next, newest := moved()
		if since, err = s.catchUp(ctx, e, since, newest); err != nil {
			return nil // it was told in the stream, or the client is gone
		}
		if !s.tail.wait(ctx, next, stoppingOf(parent), func() error { return e.pulse(since) }) {
			return nil
		}
	}
}

// catchUp sends the changes up to a revision, and returns where the stream is
// then. Where answers come from may be ahead of the feed; what it lacks comes
// with the next look.
func (s *server) catchUp(ctx context.Context, e *events, since, newest graph.Revision) (graph.Revision, error) {
	for since < newest {
		found, err := s.part(ctx, since, newest, feedPageChanges, nil)
		if err != nil {
			p := problemOf(ctx, err)
			recordOf(e.parent).note(p) //nolint:contextcheck // the record is that of the request, and so is the limit on writing
			_ = e.send("", "problem", p)
			return since, err
		}
		if len(found) == 0 {
			break
		}
		for i := range found {
			if err := e.send(strconv.FormatUint(uint64(found[i].Revision), 10), "change", found[i]); err != nil {
				return since, err
			}
			since = found[i].Revision
		}
	}
	return since, nil
}

// events writes server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
type events struct {
	w        http.ResponseWriter
	control  *http.ResponseController
	parent   context.Context //nolint:containedctx // of the one request that it serves
	patience patience
}

func (e *events) open() error {
	e.w.Header().Set("Content-Type", eventType)
	e.w.Header().Set("X-Accel-Buffering", "no") // proxies hand on each event
	_ = e.control.SetReadDeadline(noDeadline)   // the limit on reading a request is not one on answering it
	e.w.WriteHeader(http.StatusOK)
	return e.write([]byte("retry: 2000\n\n"))
}

func (e *events) send(id, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if id != "" {
		fmt.Fprintf(&b, "id: %s\n", id)
	}
	fmt.Fprintf(&b, "event: %s\ndata: %s\n\n", name, data)
	return e.write(b.Bytes())
}

// pulse shows that the stream is alive, and to the service that the client is.
func (e *events) pulse(at graph.Revision) error {
	return e.write(fmt.Appendf(nil, ": revision %d\n\n", at))
}

func (e *events) write(data []byte) error {
	defer limitWrites(e.parent, e.control, e.patience.write)()
	if _, err := e.w.Write(data); err != nil {
		return err
	}
	return e.control.Flush()
}

// prefer returns the media type, of those offered, that a client would rather
// have; the first one if it does not say.
func prefer(accept string, offered ...string) string {
	best, weight := offered[0], 0.0
	for _, media := range offered {
		for part := range strings.SplitSeq(accept, ",") {
			named, params, err := mime.ParseMediaType(part)
			if err != nil || named != media {
				continue
			}
			q, err := strconv.ParseFloat(params["q"], 64)
			if err != nil {
				q = 1
			}
			if q > weight {
				best, weight = media, q
			}
		}
	}
	return best
}
