package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"strings"

	"debadge/graph"
	"debadge/graph/screen"
	"debadge/jobs"
	"debadge/ledger"
)

// screeningDetails are what the log says of a screening beside the digest of its
// input: nothing that a line said.
type screeningDetails struct {
	Lines    int                   `json:"lines"`
	Finished bool                  `json:"finished"` // false: it was cut short
	Actions  map[string]int        `json:"actions"`
	Findings map[graph.Finding]int `json:"findings"`
	AsOf     graph.Date            `json:"as_of"`
	Revision graph.Revision        `json:"revision"`
	Policy   graph.PolicyRef       `json:"policy"`
	Lists    []string              `json:"lists,omitempty"`
}

// logScreening makes an entry of a screening before its answer is whole: one that
// nobody could prove later is not given. It is written even if the client has
// left, who may have read the rows by then.
func (s *server) logScreening(ctx context.Context, actor, subject string, input hash.Hash, o *screen.Options, sum *screen.Summary) error {
	if s.Ledger == nil {
		return nil
	}
	_, err := s.Ledger.Log(context.WithoutCancel(ctx), ledger.Event{
		Actor: actor, Kind: ledger.ScreeningEntry, Subject: subject, Digest: digestOf(input),
		Details: screeningDetails{
			Lines: sum.Lines, Finished: sum.Finished, Actions: sum.Actions, Findings: sum.Findings, AsOf: o.AsOf.Date(), Revision: sum.Revision,
			Policy: graph.PolicyRef{Name: o.Policy.Name, Digest: o.Policy.Digest()}, Lists: o.Lists,
		},
	})
	return err
}

// The subjects of screenings that were no jobs.
const (
	requestScreened = "screening:request"
	streamScreened  = "screening:stream"
)

func digestOf(h hash.Hash) string { return "sha256:" + hex.EncodeToString(h.Sum(nil)) }

// hashOf reads the file of a job.
func hashOf(r *jobs.Run) (hash.Hash, error) {
	f, err := os.Open(r.Input())
	if err != nil {
		return nil, graph.Unavailable("the file of the job cannot be read", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return nil, graph.Unavailable("the file of the job cannot be read", err)
	}
	return h, nil
}

// actorOfJob is who the audit log says a job was made by.
func actorOfJob(j *jobs.Job) string {
	credential, name, _ := strings.Cut(j.Caller, " ")
	if actor := (Caller{Name: name, Credential: Credential(credential)}).Actor(); actor != "" {
		return actor
	}
	return string(NoCredential)
}

func jobSubject(j *jobs.Job) string { return "job:" + j.ID }

// importDetails are what the log says of an import or a refresh beside the digest
// of the file. Its claims have entries of their own, by revision.
type importDetails struct {
	Format   string     `json:"format,omitempty"`
	Register string     `json:"register,omitempty"`
	Edition  graph.Date `json:"edition,omitzero"`
	DryRun   bool       `json:"dry_run,omitempty"`
	Outcome  string     `json:"outcome"`          // done, refused or failed
	Report   string     `json:"report,omitempty"` // digest of the report
}

// logImport makes an entry of an import that ended with an error or not.
func (s *server) logImport(ctx context.Context, r *jobs.Run, input hash.Hash, d importDetails, report any, err error) error {
	if s.Ledger == nil || ctx.Err() != nil {
		return err // one that was cut short is done again, and logged then
	}
	event := ledger.Event{Actor: actorOfJob(&r.Job), Kind: ledger.ImportEntry, Subject: jobSubject(&r.Job)}
	if input != nil {
		event.Digest = digestOf(input)
	}
	switch kind := graph.KindOf(err); {
	case err == nil:
		d.Outcome = "done"
		digest, wrong := ledger.DigestOf(report)
		if wrong != nil {
			return wrong
		}
		d.Report = digest
	case kind == graph.KindInvalid, kind == graph.KindConflict:
		d.Outcome = "refused"
	default:
		d.Outcome = "failed"
	}
	event.Details = d
	_, wrong := s.Ledger.Log(ctx, event)
	return errors.Join(err, wrong)
}
