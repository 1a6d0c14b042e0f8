package api

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
)

// asking is an input whose answer is a function of the question, of the day and
// of the revision at one moment, which it returns. Two answers to it with one
// entity tag are the same bytes.
type asking interface{ asked() *graph.Moment }

func (in *timelineInput) asked() *graph.Moment { return &in.KnownAt.at }
func (in *listsInput) asked() *graph.Moment    { return &in.KnownAt.at }
func (in *claimInput) asked() *graph.Moment    { return &in.KnownAt.at }

// asked of a page is the revision of the pages before.
func (in *entityInput) asked() *graph.Moment {
	in.KnownAt.at = in.Cursor.bind(in.KnownAt)
	return &in.KnownAt.at
}

func (in *listInput) asked() *graph.Moment {
	in.KnownAt.at = in.Cursor.bind(in.KnownAt)
	return &in.KnownAt.at
}

func (in *reachInput) asked() *graph.Moment { return &in.KnownAt.at }

const (
	ifNoneMatch    = "If-None-Match"
	notModified    = "304"
	cachedControl  = "private, no-cache" // to be kept by the one who asked, and asked about each time
	tagDigestBytes = 12
)

// describeConditional says in the description of an operation that its answers
// have an entity tag.
func describeConditional(op *huma.Operation) {
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: ifNoneMatch, In: "header", Schema: &huma.Schema{Type: huma.TypeString},
	})
	op.Responses[notModified] = &huma.Response{Description: "The answer is the one that has the entity tag of If-None-Match. It was not computed again."}
}

// describeTag adds the header to the answers of an operation.
func describeTag(op *huma.Operation) {
	for _, status := range []string{"200", notModified} {
		op.Responses[status].Headers["ETag"] = &huma.Param{
			Description: "Begins with the revision of the answer; it is the same for the same question on the same day at the same revision by the same rules.",
			Schema:      &huma.Schema{Type: huma.TypeString},
		}
	}
}

// unchanged answers with 304 where the client has the answer already, before it
// is computed. Else it binds the question to the revision of the entity tag, and
// puts the tag into the header of the answer to come.
func (s *server) unchanged(ctx context.Context, hc huma.Context, in any) (bool, error) {
	question, ok := in.(asking)
	if page, is := in.(*reachInput); is && page.Uncounted {
		return false, nil // whether the rows are counted nevertheless is no matter of the question alone
	}
	if !ok || hc.Query("cursor") != "" && hc.Operation().OperationID == "reach" {
		return false, nil // a cursor of reach names a revision that only it can read
	}
	tag, ok, err := s.tagOf(ctx, hc, question.asked())
	if err != nil || !ok {
		return false, err
	}
	w := humagin.Unwrap(hc).Writer
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", cachedControl)
	if !matchesTag(hc.Header(ifNoneMatch), tag) {
		return false, nil
	}
	w.Header().Add("Vary", "Accept-Encoding")
	w.WriteHeader(http.StatusNotModified)
	return true, nil
}

// tagOf makes the entity tag of the answer to come. There is none where the
// moment is one at which more may be recorded yet, and none of an empty store.
func (s *server) tagOf(ctx context.Context, hc huma.Context, at *graph.Moment) (tag string, ok bool, err error) {
	if at.Revision == 0 && !at.Time.IsZero() && at.Time.After(s.Clock().Add(-s.RequestTimeout)) {
		return "", false, nil
	}
	h := sha256.New()
	part := func(text string) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(text)))
		h.Write(size[:])
		h.Write([]byte(text))
	}
	var revision graph.Revision
	var recorded time.Time
	err = s.Store.View(ctx, *at, func(v graph.View) error {
		revision, recorded = v.At()
		return nil
	})
	if err != nil || revision == 0 {
		return "", false, err
	}
	part(strconv.FormatInt(recorded.UnixNano(), 36)) // tells two stores apart
	if *at == (graph.Moment{}) {
		at.Revision = revision
	}
	u := hc.URL()
	part(s.Version)
	part(u.Path)
	part(u.Query().Encode())
	part(prefer(hc.Header("Accept"), jsonType, ndjsonType))
	if hc.Query("as_of") == "" {
		part(graph.DayOf(s.Clock()).Date().String())
	}
	for _, p := range hc.Operation().Parameters {
		if p.Name == "policy" {
			policy, err := s.policy(hc.Query("policy"))
			if err != nil {
				return "", false, err
			}
			part(policy.Digest())
		}
	}
	return `"` + strconv.FormatUint(uint64(revision), 10) + "-" + hex.EncodeToString(h.Sum(nil)[:tagDigestBytes]) + `"`, true, nil
}

// matchesTag compares as If-None-Match does: a weak tag is as good as a strong one.
func matchesTag(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}
