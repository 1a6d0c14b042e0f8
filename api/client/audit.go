package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// AuditEntry is one thing that was done, as the audit log keeps it.
type AuditEntry struct {
	Index   int64           `json:"index"` // counted from 0
	Time    time.Time       `json:"time"`
	Actor   string          `json:"actor"`
	Kind    string          `json:"kind"` // change, import, screening, decision, key, policy or watch
	Subject string          `json:"subject"`
	Digest  string          `json:"digest,omitempty"`
	Details json.RawMessage `json:"details,omitempty"`
}

// AuditPage is a part of the audit log.
type AuditPage struct {
	Entries []AuditEntry `json:"entries"`
	Next    int64        `json:"next,omitempty"` // the From of the part behind this one; 0 is none
}

// AuditOf selects entries; all conditions that are given must hold.
type AuditOf struct {
	Kind   string
	About  string // such as decision-1
	Newest bool   // the newest alone, the latest first
	From   int64  // the index of the first one
	Limit  int    // 0 is the service's default
}

// AuditProof shows that an entry stands at its place in the log, to who has the
// verifier key.
type AuditProof struct {
	Index      int64           `json:"index"`
	Entry      json.RawMessage `json:"entry"`
	Checkpoint string          `json:"checkpoint"`
	Hashes     []string        `json:"hashes"`
}

const auditPath = "/v1/audit"

// Audit asks for entries of the audit log, the oldest first.
func (c *Client) Audit(ctx context.Context, of AuditOf) (AuditPage, error) {
	query := url.Values{}
	fill(query, "kind", of.Kind, "about", of.About, "newest", truth(of.Newest), "limit", number(of.Limit))
	if of.From > 0 {
		query.Set("cursor", decimal(of.From))
	}
	return get[AuditPage](ctx, c, auditPath, query)
}

// AuditProof asks for the proof of an entry.
func (c *Client) AuditProof(ctx context.Context, index int64) (AuditProof, error) {
	return get[AuditProof](ctx, c, auditPath+"/proof/"+decimal(index), nil)
}

// AuditCheckpoint asks for the state of the log, signed.
func (c *Client) AuditCheckpoint(ctx context.Context) ([]byte, error) {
	return c.read(ctx, call{method: http.MethodGet, path: auditPath + "/checkpoint", header: map[string]string{"Accept": "text/plain"}})
}

// AuditKey asks for the key that checkpoints are verified by.
func (c *Client) AuditKey(ctx context.Context) ([]byte, error) {
	return c.read(ctx, call{method: http.MethodGet, path: auditPath + "/key", header: map[string]string{"Accept": "text/plain"}})
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
