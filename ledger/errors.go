package ledger

import (
	"context"
	"database/sql"
	"errors"

	driver "modernc.org/sqlite"

	"debadge/graph"
)

// The result codes of SQLite that mean something to a caller; the upper bytes
// of a code say more and are cut off.
const (
	codeBusy     = 5
	codeLocked   = 6
	codeReadOnly = 8
	codeIO       = 10
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeNotADB   = 26

	primaryCode = 0xff
)

var codeMessages = map[int]string{
	codeBusy:     "another process is writing to the ledger; try again",
	codeLocked:   "the ledger is locked; try again",
	codeReadOnly: "the ledger's file cannot be written to",
	codeIO:       "the ledger's file cannot be read or written (an input or output error)",
	codeCorrupt:  "the ledger's file is damaged; restore it from a backup",
	codeFull:     "there is no space for the ledger's file to grow; nothing was written",
	codeCantOpen: "the ledger's file cannot be opened",
	codeNotADB:   "the ledger's file is damaged or not a database; restore it from a backup",
}

// translate turns an error of the driver into one that callers understand.
// Whatever already is a [*graph.Error] stays as it is.
func translate(err error) error {
	var (
		known  *graph.Error
		failed *driver.Error
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled):
		return graph.Unavailable("the ledger was not waited for", err)
	case errors.Is(err, context.DeadlineExceeded):
		return graph.Unavailable("the ledger did not answer in time", err)
	case errors.Is(err, sql.ErrConnDone), errors.Is(err, sql.ErrTxDone):
		return graph.Unavailable("the ledger is closed", err)
	case errors.As(err, &failed):
		if message, ok := codeMessages[failed.Code()&primaryCode]; ok {
			return graph.Unavailable(message, err)
		}
	}
	return &graph.Error{Kind: graph.KindInternal, Message: "the ledger failed", Cause: err}
}

func isBusy(err error) bool {
	var failed *driver.Error
	return errors.As(err, &failed) && (failed.Code()&primaryCode == codeBusy || failed.Code()&primaryCode == codeLocked)
}
