package api

import (
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
)

const ndjsonType = "application/x-ndjson"

type reachInput struct {
	Freshness

	Origin  string   `query:"origin" required:"true" minLength:"1" maxLength:"500"`
	AsOf    day      `query:"as_of"`
	KnownAt moment   `query:"known_at"`
	Policy  string   `query:"policy" maxLength:"200"`
	List    []string `query:"list,explode" maxItems:"100"`
	Limit   int      `query:"limit" minimum:"1" maximum:"10000"`
	Cursor  string   `query:"cursor" maxLength:"500"`

	Uncounted bool `query:"uncounted"`
}

// reachPage is a reach as one JSON object: the head and one page of rows.
type reachPage struct {
	graph.ReachAnswer
	Rows []graph.ReachRow `json:"rows"`
}

// reachLine is one line of a stream: a row, or at the end its head, or the
// problem that cut it short.
type reachLine struct {
	Row     *graph.ReachRow    `json:"row,omitempty"`
	Head    *graph.ReachAnswer `json:"head,omitempty"`
	Problem *problem           `json:"problem,omitempty"`
}

func (s *server) addReach() {
	op := operation("reach", "/v1/reach", "questions", "Which products trace back to a company or a list?",
		"Answers with one row a product, in the order of ids: as one JSON object with a page of rows (1,000 unless limit says otherwise), "+
			"which with uncounted=true may leave out how many there are in all (total is -1, and complete speaks of the rows so far) and then comes much sooner; "+
			"or with Accept: "+ndjsonType+" as a stream of all rows (limit holds if it is given). A line of the stream is {\"row\": …}; the last one is {\"head\": …}. "+
			"A stream that ends without it, or with {\"problem\": …}, is not complete, and its connection is cut.",
		notFound, ambiguous, unavailable, timeout)
	respondWith(op, jsonType, s.schema(reflect.TypeFor[reachPage]()))
	respondWith(op, ndjsonType, s.schema(reflect.TypeFor[reachLine]()))
	serve(s, op, s.reach)
}

func (s *server) reach(hc huma.Context, in *reachInput) {
	w := humagin.Unwrap(hc).Writer
	w.Header().Add("Vary", "Accept")
	policy, err := s.policy(in.Policy)
	if err != nil {
		writeProblem(hc.Context(), w, problemOf(hc.Context(), err))
		return
	}
	q := graph.ReachQuestion{
		Origin: in.Origin, AsOf: s.dayOr(in.AsOf), KnownAt: in.KnownAt.at, Policy: policy, Lists: in.List,
		Cursor: in.Cursor, Limit: in.Limit, Uncounted: in.Uncounted,
	}
	if accepts(hc.Header("Accept"), ndjsonType) {
		s.streamReach(hc.Context(), w, in, q)
		return
	}
	if q.Limit == 0 {
		q.Limit = defaultPage
	}
	s.answerWhole(hc, in, func(ctx context.Context) (func(http.ResponseWriter), error) {
		q.KnownAt = in.KnownAt.at
		answer := reachPage{Rows: []graph.ReachRow{}}
		var count tally
		var err error
		answer.ReachAnswer, err = graph.Reach(ctx, s.Store, q, func(row graph.ReachRow) error {
			answer.Rows = append(answer.Rows, row)
			count.found(graph.Listed, row.Action)
			return nil
		})
		if err != nil {
			return nil, err
		}
		s.metrics.add(&count)
		return inJSON(answer), nil
	})
}

// flushEvery is how many rows go out at once.
const flushEvery = 500

// lineStream writes lines; the first one begins the answer.
type lineStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	lines   int
}

func (l *lineStream) send(v any) error {
	if l.lines == 0 {
		l.w.Header().Set("Content-Type", ndjsonType)
		l.w.WriteHeader(http.StatusOK)
	}
	e := json.NewEncoder(l.w)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	l.lines++
	if l.lines%flushEvery == 1 {
		return l.control.Flush()
	}
	return nil
}

func (s *server) streamReach(parent context.Context, w http.ResponseWriter, in *reachInput, q graph.ReachQuestion) {
	ctx, cancel := context.WithTimeout(parent, s.StreamTimeout)
	defer cancel()
	out := &lineStream{w: w, control: http.NewResponseController(w)}
	defer limitWrites(parent, out.control, s.StreamTimeout)()
	var head graph.ReachAnswer
	var count tally
	defer s.metrics.add(&count)
	err := s.await(ctx, in)
	if err == nil {
		head, err = graph.Reach(ctx, s.Store, q, func(row graph.ReachRow) error {
			count.found(graph.Listed, row.Action)
			return out.send(reachLine{Row: &row})
		})
	}
	if err == nil {
		err = out.send(reachLine{Head: &head})
	}
	if err == nil {
		return
	}
	p := problemOf(ctx, err)
	if out.lines == 0 {
		writeProblem(parent, w, p)
		return
	}
	recordOf(parent).note(p)
	if err := out.send(reachLine{Problem: p}); err == nil {
		_ = out.control.Flush()
	}
	panic(http.ErrAbortHandler) // a client that does not look for the last line sees a failure too
}

// quality is how much a client wants a media type, 1 if it does not say.
func quality(params map[string]string) float64 {
	q, err := strconv.ParseFloat(params["q"], 64)
	if err != nil {
		return 1
	}
	return q
}

// accepts reports whether a client asks for a media type by name, and prefers
// nothing else that the path can give.
func accepts(header, want string) bool {
	wanted, other := 0.0, 0.0
	for part := range strings.SplitSeq(header, ",") {
		media, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := quality(params)
		switch media {
		case want:
			wanted = max(wanted, q)
		case jsonType:
			other = max(other, q)
		}
	}
	return wanted > 0 && wanted >= other
}
