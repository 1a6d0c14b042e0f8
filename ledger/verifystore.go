package ledger

import (
	"context"
	"encoding/json"
	"errors"

	"debadge/graph"
)

// errCompared ends the reading of a feed that goes on beyond the log.
var errCompared = errors.New("compared as far as the log goes")

// VerifyStore compares every revision of the claim store with what the log says
// of it, and returns how many there are: a claim that was changed behind the
// store's back, with all of its own checksums, is found. What does not fit is
// KindConflict.
func (l *Ledger) VerifyStore(ctx context.Context, store graph.Store) (graph.Revision, error) {
	var logged []changeDetails
	err := l.Entries(ctx, Entries{Kind: ChangeEntry}, func(e IndexedEntry) error {
		var d changeDetails
		if err := json.Unmarshal(e.Details, &d); err != nil || d.Revision != graph.Revision(len(logged)+1) { //nolint:gosec // bounded by memory
			return tampered("entry %d of the log says nothing of revision %d", e.Index, len(logged)+1)
		}
		logged = append(logged, d)
		return nil
	})
	if err != nil || len(logged) == 0 {
		return 0, err
	}
	compared := 0
	err = store.Changes(ctx, 0, func(c graph.Change) error {
		d := logged[compared]
		if c.Revision != d.Revision || c.ID != d.ChangeSet || !c.RecordedAt.Equal(d.RecordedAt) || contentOf(c) != d.Content {
			return tampered("revision %d of the store is not the one that the log tells of", d.Revision)
		}
		if compared++; compared == len(logged) {
			return errCompared
		}
		return nil
	})
	if err != nil && !errors.Is(err, errCompared) {
		return 0, err
	}
	if compared < len(logged) {
		return 0, tampered("the store ends at revision %d, and the log tells of %d: it was cut or rolled back", compared, len(logged))
	}
	return logged[compared-1].Revision, nil
}
