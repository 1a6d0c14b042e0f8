package sqlite

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
	codeNoMemory = 7
	codeReadOnly = 8
	codeStopped  = 9
	codeIO       = 10
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeNotADB   = 26

	primaryCode = 0xff
)

var codeMessages = map[int]string{
	codeBusy:     "another process is writing to the store; try again",
	codeLocked:   "the store is locked; try again",
	codeNoMemory: "the store has too little memory",
	codeReadOnly: "the store's file cannot be written to",
	codeStopped:  "the store was told to stop",
	codeIO:       "the store's file cannot be read or written (an input or output error)",
	codeCorrupt:  "the store's file is damaged; restore it from a backup",
	codeFull:     "there is no space for the store's file to grow; nothing was written",
	codeCantOpen: "the store's file cannot be opened",
	codeNotADB:   "the store's file is damaged or not a database; restore it from a backup",
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
		return graph.Unavailable("the store was not waited for", err)
	case errors.Is(err, context.DeadlineExceeded):
		return graph.Unavailable("the store did not answer in time", err)
	case errors.Is(err, sql.ErrConnDone):
		return graph.Unavailable("the store is closed", err)
	case errors.As(err, &failed):
		if message, ok := codeMessages[failed.Code()&primaryCode]; ok {
			return graph.Unavailable(message, err)
		}
	}
	return &graph.Error{Kind: graph.KindInternal, Message: "the store failed", Cause: err}
}

func isCode(err error, codes ...int) bool {
	var failed *driver.Error
	if !errors.As(err, &failed) {
		return false
	}
	for _, c := range codes {
		if failed.Code()&primaryCode == c {
			return true
		}
	}
	return false
}

// damaged reports what should never be found in a file that only debadge wrote.
func damaged(format string, args ...any) error {
	cause := graph.Errorf(graph.KindInternal, format, args...)
	return graph.Unavailable("the store's file is damaged; restore it from a backup ("+cause.Message+")", cause)
}
