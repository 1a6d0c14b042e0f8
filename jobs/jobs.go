// Package jobs keeps work that outlasts a request: a file to screen or to
// import, with how far it is and what came of it. A job is a folder, so that it
// outlives the process: its state stands in one file that is replaced as a
// whole, its input and results beside it. What a process that died had begun is
// begun again from its start.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// State says what has become of a job.
type State string

// The states. The last three are final.
const (
	Waiting  State = "waiting"
	Running  State = "running"
	Done     State = "done"
	Failed   State = "failed"
	Canceled State = "canceled"
)

// Ended reports whether nothing more will come of a job.
func (s State) Ended() bool { return s == Done || s == Failed || s == Canceled }

// Job is what is known of one.
type Job struct {
	ID     string          `json:"id"`
	Kind   string          `json:"kind"`   // names the work
	Caller string          `json:"caller"` // whose it is
	Params json.RawMessage `json:"params,omitempty"`
	Size   int64           `json:"size"` // of the input, in bytes

	State    State           `json:"state"`
	Began    int             `json:"began"` // how often
	Created  time.Time       `json:"created"`
	Started  time.Time       `json:"started,omitzero"` // the last time
	Ended    time.Time       `json:"ended,omitzero"`
	Problem  string          `json:"problem,omitempty"` // why it failed
	Summary  json.RawMessage `json:"summary,omitempty"` // of the result
	Progress Progress        `json:"progress"`

	KeepsInput bool `json:"keeps_input,omitempty"` // also once it has ended
}

// Progress says how far a job is.
type Progress struct {
	Done  int64 `json:"done"`  // of the input, in bytes
	Total int64 `json:"total"` // 0 if it is not known
	Items int   `json:"items"` // lines or records
}

// Remaining estimates how long a running job still takes, false if that is not
// known yet.
func (j *Job) Remaining(now time.Time) (time.Duration, bool) {
	p := j.Progress
	if j.State != Running || p.Done <= 0 || p.Total <= 0 || p.Done > p.Total {
		return 0, false
	}
	took := now.Sub(j.Started)
	return time.Duration(float64(took) * float64(p.Total-p.Done) / float64(p.Done)), true
}

// Work does what jobs of a kind are for. It may be called again for the same
// job, from the start: after a crash, or after it said that something it needs
// is not available ([graph.KindUnavailable]). It ends soon after ctx does.
type Work func(ctx context.Context, r *Run) error

// Options say how jobs are kept. Dir and Clock are needed.
type Options struct {
	Dir     string           // the folder of all jobs, made if it is not there
	Clock   func() time.Time // dates them
	AtOnce  int              // how many run at a time; default 2
	Most    int              // how many may wait; default 100
	Keep    time.Duration    // how long results stay; default 24 hours
	MaxSize int64            // of an input, in bytes; default 1 GiB
	Failed  func(j Job, err error)
	Retry   time.Duration // how long to wait for what is not available; default 2 s
}

const (
	defaultAtOnce  = 2
	defaultMost    = 100
	defaultKeep    = 24 * time.Hour
	defaultMaxSize = 1 << 30
	defaultRetry   = 2 * time.Second

	mostBegun   = 3  // a job that ended its process so often is not begun again
	mostRetries = 60 // of something that is not available
)

// ErrTooLarge says that an input is larger than the options allow.
var ErrTooLarge = errors.New("the input is too large")
