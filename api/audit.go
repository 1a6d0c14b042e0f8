package api

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/ledger"
)

type auditInput struct {
	Kind   string `query:"kind"   enum:"change,import,screening,decision,signoff,key,policy,watch"`
	About  string `query:"about"  maxLength:"200"                                          minLength:"1"`
	Newest bool   `query:"newest"`
	Cursor int64  `query:"cursor" minimum:"1"`
	Limit  int    `query:"limit"  maximum:"1000"                                           minimum:"1"`
}

type auditAnswer struct {
	Entries []ledger.IndexedEntry `json:"entries"`
	Next    int64                 `json:"next,omitempty"` // the cursor of the next page
}

// proofAnswer shows that an entry stands at its place in the log.
type proofAnswer struct {
	Index      int64           `json:"index"`
	Entry      json.RawMessage `json:"entry"`      // its canonical JSON (RFC 8785) is what is hashed
	Checkpoint string          `json:"checkpoint"` // signed
	Hashes     []string        `json:"hashes"`     // from the entry up to the root, in base64
}

type proofInput struct {
	Index int64 `path:"index" minimum:"0"`
}

const auditPath = "/v1/audit"

func auditOperation(id, path, summary, description string, more ...fault) *huma.Operation {
	return operationFor(mayAdminister, http.MethodGet, id, path, "audit", summary, description, more...)
}

func (s *server) addAudit() {
	register(s, auditOperation("audit", auditPath, "What was done, by whom and when",
		"Answers with entries of the audit log, the oldest first: of changes of the claims, imports, screenings (by digest), decisions and their sign-offs, keys, policies and watches. "+
			"With newest, the newest entries alone, the latest first, in one page.", notFound, timeout), s.auditEntries)
	register(s, auditOperation("audit-proof", auditPath+"/proof/{index}", "The proof that an entry stands in the log",
		"Answers with the entry, the signed checkpoint of the log as it is now, and the hashes in between, as debadge audit verify --proof checks them with the verifier key alone.", notFound, timeout),
		s.auditProof)
	s.addText("audit-checkpoint", auditPath+"/checkpoint", "The state of the log, signed",
		"Answers with a checkpoint as C2SP's tlog-checkpoint has it. Who keeps one elsewhere can tell later whether everything up to it is still there, unchanged and in order.",
		func(ctx context.Context, l Ledger) ([]byte, error) { return l.Checkpoint(ctx) })
	s.addText("audit-key", auditPath+"/key", "The key that checkpoints are verified by",
		"Answers with the verifier key of the log. It is no secret; who keeps it elsewhere notices another one.",
		func(ctx context.Context, l Ledger) ([]byte, error) {
			key, err := l.VerifierKey(ctx)
			return []byte(key + "\n"), err
		})
}

// addText adds an operation that answers with a text.
func (s *server) addText(id, path, summary, description string, text func(context.Context, Ledger) ([]byte, error)) {
	const media = "text/plain"
	op := auditOperation(id, path, summary, description, timeout)
	respondWith(op, media, &huma.Schema{Type: huma.TypeString})
	serve(s, op, func(hc huma.Context, _ *struct{}) {
		w := humagin.Unwrap(hc).Writer
		ctx, done := s.limit(hc.Context(), w)
		defer done()
		l, err := s.kept()
		var data []byte
		if err == nil {
			data, err = text(ctx, l)
		}
		if err != nil {
			writeProblem(hc.Context(), w, problemOf(ctx, err))
			return
		}
		writeBytes(w, http.StatusOK, media+"; charset=utf-8", data)
	})
}

func (s *server) auditEntries(ctx context.Context, in *auditInput) (auditAnswer, error) {
	answer := auditAnswer{Entries: []ledger.IndexedEntry{}}
	l, err := s.kept()
	if err != nil {
		return answer, err
	}
	if in.Newest && in.Cursor > 0 {
		return answer, refuseField("query.cursor", "has no meaning with newest, which has one page")
	}
	which := ledger.Entries{Kind: ledger.EntryKind(in.Kind), Subject: in.About, From: in.Cursor, Limit: cmp.Or(in.Limit, keptPage), Newest: in.Newest}
	err = l.Entries(ctx, which, func(e ledger.IndexedEntry) error {
		answer.Entries = append(answer.Entries, e)
		return nil
	})
	if n := len(answer.Entries); n == which.Limit && !in.Newest {
		answer.Next = answer.Entries[n-1].Index + 1
	}
	return answer, err
}

func (s *server) auditProof(ctx context.Context, in *proofInput) (proofAnswer, error) {
	l, err := s.kept()
	if err != nil {
		return proofAnswer{}, err
	}
	p, err := l.Prove(ctx, in.Index)
	answer := proofAnswer{Index: p.Index, Entry: p.Entry, Checkpoint: p.Checkpoint, Hashes: []string{}}
	for _, h := range p.Hashes {
		answer.Hashes = append(answer.Hashes, h.String())
	}
	return answer, err
}

// numbered is the number of an id such as watch-12.
func numbered(id, prefix string) int64 {
	if len(id) <= len(prefix) {
		return 0
	}
	n, err := strconv.ParseInt(id[len(prefix):], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
