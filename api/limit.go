package api

import (
	"context"
	"net/http"
	"time"
)

// writeGrace is how long the end of an answer may take to be sent after the
// time limit of its question.
const writeGrace = 5 * time.Second

// limit bounds how long an answer may take. One that may take longer than the
// server lets anything be written gets a limit on writing of its own, unless w is nil.
func (s *server) limit(parent context.Context, w http.ResponseWriter) (context.Context, func()) {
	ctx, cancel := context.WithTimeout(parent, s.RequestTimeout)
	if w == nil || s.RequestTimeout+writeGrace < defaultLimits().write {
		return ctx, cancel
	}
	stop := limitWrites(parent, http.NewResponseController(w), s.RequestTimeout)
	return ctx, func() {
		stop()
		cancel()
	}
}

// limitWrites replaces the server's limit on writing an answer. A deadline that
// is long past fails the writes to a client that reads too slowly.
func limitWrites(parent context.Context, control *http.ResponseController, d time.Duration) (stop func()) {
	_ = control.SetWriteDeadline(time.Time{}) // a recorder in a test has no deadlines
	ctx, cancel := context.WithTimeout(parent, d+writeGrace)
	keep := context.AfterFunc(ctx, func() {
		_ = control.SetWriteDeadline(time.Unix(1, 0))
	})
	return func() {
		keep()
		cancel()
	}
}
