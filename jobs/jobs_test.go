package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"debadge/graph"
	"debadge/jobs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock moves when it is told to.
type clock struct{ now atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.now.Store(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) time() time.Time { return time.Unix(0, c.now.Add(1)) }

func (c *clock) move(d time.Duration) { c.now.Add(int64(d)) }

func open(t *testing.T, o jobs.Options) *jobs.Queue {
	t.Helper()
	if o.Clock == nil {
		o.Clock = newClock().time
	}
	q, err := jobs.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// running runs a queue until stop is called.
func running(t *testing.T, q *jobs.Queue) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var under sync.WaitGroup
	under.Go(func() { q.Run(ctx) })
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			under.Wait()
			if err := q.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

func await(t *testing.T, q *jobs.Queue, id string, state jobs.State) jobs.Job {
	t.Helper()
	for range 2000 {
		j, err := q.Get(id)
		if err != nil {
			t.Fatal(err)
		}
		if j.State == state {
			return j
		}
		time.Sleep(5 * time.Millisecond)
	}
	j, _ := q.Get(id)
	t.Fatalf("it is %s: %s", j.State, j.Problem)
	return j
}

// shout writes the input in capitals.
func shout(_ context.Context, r *jobs.Run) error {
	data, err := os.ReadFile(r.Input())
	if err != nil {
		return err
	}
	f, err := r.Create("loud")
	if err != nil {
		return err
	}
	_, err = f.WriteString(strings.ToUpper(string(data)))
	r.Progress(jobs.Progress{Done: int64(len(data)), Total: int64(len(data)), Items: 1})
	return errors.Join(err, r.Summarize(map[string]int{"letters": len(data)}), f.Close())
}

// TestInputIsKept where the work says so, whatever comes of it.
func TestInputIsKept(t *testing.T) {
	q := open(t, jobs.Options{Dir: filepath.Join(t.TempDir(), "jobs")})
	q.Handle("shout", shout)
	q.Handle("keep", func(_ context.Context, r *jobs.Run) error {
		r.KeepInput()
		return graph.Errorf(graph.KindInvalid, "no column is known")
	})
	defer running(t, q)()
	kept := await(t, q, add(t, q, "keep", "hello").ID, jobs.Failed)
	path, err := q.InputPath(kept.ID)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "hello" {
		t.Errorf("%q %v", text, err)
	}
	gone := await(t, q, add(t, q, "shout", "hello").ID, jobs.Done)
	if _, err := q.InputPath(gone.ID); graph.KindOf(err) != graph.KindConflict {
		t.Errorf("an input that is gone: %v", err)
	}
	if _, err := q.InputPath("nothing"); graph.KindOf(err) != graph.KindNotFound {
		t.Errorf("the input of no job: %v", err)
	}
}

func add(t *testing.T, q *jobs.Queue, kind, input string) jobs.Job {
	t.Helper()
	j, err := q.Add(kind, "somebody", map[string]string{"a": "b"}, strings.NewReader(input))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestJob goes the whole way.
func TestJob(t *testing.T) {
	q := open(t, jobs.Options{Dir: filepath.Join(t.TempDir(), "jobs")})
	q.Handle("shout", shout)
	defer running(t, q)()
	j := await(t, q, add(t, q, "shout", "hello").ID, jobs.Done)
	f, err := q.Result(j.ID, "loud")
	if err != nil || f == nil {
		t.Fatal(f, err)
	}
	defer f.Close()
	if text, _ := io.ReadAll(f); string(text) != "HELLO" || string(j.Summary) != `{"letters":5}` || string(j.Params) != `{"a":"b"}` || j.Progress.Items != 1 || j.Size != 5 || j.Ended.IsZero() {
		t.Errorf("%q %+v", text, j)
	}
	if f, err := q.Result(j.ID, "input"); f != nil || err != nil {
		t.Errorf("the input stays: %v", err)
	}
	if !q.HasResult(j.ID, "loud") || q.HasResult(j.ID, "input") || q.HasResult("none", "loud") {
		t.Error("which results there are is told wrongly")
	}
	if f, err := q.Result(j.ID, "../"+j.ID+"/none"); f != nil || err != nil {
		t.Errorf("%v %v", f, err)
	}
	if all := q.Of("somebody"); len(all) != 1 || len(q.Of("somebody else")) != 0 {
		t.Errorf("%v", all)
	}
	if err := q.Cancel(j.ID); err != nil {
		t.Error(err)
	}
	if _, err := q.Get(j.ID); graph.KindOf(err) != graph.KindNotFound {
		t.Errorf("a removed job: %v", err)
	}
	if err := q.Cancel(j.ID); graph.KindOf(err) != graph.KindNotFound {
		t.Errorf("a removed job: %v", err)
	}
}

// TestFailures says why a job failed, to its caller and to the log.
func TestFailures(t *testing.T) {
	var logged atomic.Int32
	q := open(t, jobs.Options{Dir: t.TempDir(), Retry: time.Millisecond, Failed: func(jobs.Job, error) { logged.Add(1) }})
	var away atomic.Int32
	for kind, work := range map[string]jobs.Work{
		"refuse": func(context.Context, *jobs.Run) error {
			return &graph.Error{Kind: graph.KindInvalid, Message: "line 3 is broken", Fields: []graph.FieldError{{Field: "x", Message: "is wrong"}}}
		},
		"secret": func(context.Context, *jobs.Run) error { return errors.New("password hunter2") },
		"panic":  func(context.Context, *jobs.Run) error { panic("at the disco") },
		"later": func(ctx context.Context, r *jobs.Run) error {
			if away.Add(1) < 3 {
				return graph.Unavailable("the store is away", nil)
			}
			return shout(ctx, r)
		},
	} {
		q.Handle(kind, work)
	}
	defer running(t, q)()
	for kind, says := range map[string]string{"refuse": "line 3 is broken; x is wrong", "secret": "the log has the cause", "panic": "the log has the cause"} {
		j := await(t, q, add(t, q, kind, "x").ID, jobs.Failed)
		if !strings.Contains(j.Problem, says) || strings.Contains(j.Problem, "hunter2") {
			t.Errorf("%s: %s", kind, j.Problem)
		}
	}
	await(t, q, add(t, q, "later", "x").ID, jobs.Done)
	if logged.Load() != 5 {
		t.Errorf("%d lines in the log", logged.Load())
	}
}

// blocker is work that lasts until it is told to end.
type blocker struct{ began, end chan struct{} }

func newBlocker() *blocker { return &blocker{make(chan struct{}, 9), make(chan struct{})} }

func (b *blocker) work(ctx context.Context, r *jobs.Run) error {
	b.began <- struct{}{}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-b.end:
		return shout(ctx, r)
	}
}

// TestCancel ends jobs that run and that wait.
func TestCancel(t *testing.T) {
	b := newBlocker()
	q := open(t, jobs.Options{Dir: t.TempDir(), AtOnce: 1})
	q.Handle("block", b.work)
	defer running(t, q)()
	first, second := add(t, q, "block", "x"), add(t, q, "block", "y")
	<-b.began
	for _, id := range []string{second.ID, first.ID} {
		if err := q.Cancel(id); err != nil {
			t.Fatal(err)
		}
		await(t, q, id, jobs.Canceled)
	}
	if len(b.began) != 0 {
		t.Error("a canceled job was begun")
	}
}

// TestSeveralAtOnce holds the number that run at a time, and of those that wait.
func TestSeveralAtOnce(t *testing.T) {
	b := newBlocker()
	q := open(t, jobs.Options{Dir: t.TempDir(), AtOnce: 2, Most: 2})
	q.Handle("block", b.work)
	defer running(t, q)()
	var ids []string
	for range 2 {
		ids = append(ids, add(t, q, "block", "x").ID)
		<-b.began
	}
	for range 2 {
		ids = append(ids, add(t, q, "block", "x").ID)
	}
	if _, err := q.Add("block", "", nil, nil); graph.KindOf(err) != graph.KindUnavailable {
		t.Errorf("one too many: %v", err)
	}
	time.Sleep(20 * time.Millisecond)
	if len(b.began) != 0 {
		t.Error("a third one runs")
	}
	close(b.end)
	for _, id := range ids {
		await(t, q, id, jobs.Done)
	}
}

// TestRestart begins again what was under way when the service stopped.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	b := newBlocker()
	q := open(t, jobs.Options{Dir: dir, AtOnce: 1})
	q.Handle("block", b.work)
	stop := running(t, q)
	under, behind := add(t, q, "block", "one"), add(t, q, "block", "two")
	<-b.began
	if _, err := jobs.Open(jobs.Options{Dir: dir, Clock: newClock().time}); graph.KindOf(err) != graph.KindConflict {
		t.Errorf("two services on one folder: %v", err)
	}
	stop()
	q = open(t, jobs.Options{Dir: dir})
	q.Handle("block", shout)
	defer running(t, q)()
	for _, id := range []string{under.ID, behind.ID} {
		if j := await(t, q, id, jobs.Done); j.Caller != "somebody" || j.Began != 1 {
			t.Errorf("%+v", j)
		}
	}
}

// TestCrash begins again what a process had begun that was killed, but not what
// kills it each time.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	q := open(t, jobs.Options{Dir: dir})
	ids := map[int]string{}
	for began := 1; began <= 3; began++ {
		ids[began] = add(t, q, "shout", "x").ID
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	for began, id := range ids { // as a process leaves them that ran them
		path := filepath.Join(dir, id, "state.json")
		state, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(string(state), `"state": "waiting"`, `"state": "running"`, 1)
		text = strings.Replace(text, `"began": 0`, fmt.Sprintf(`"began": %d`, began), 1)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, left := range []string{".new-abc", "strange", strings.Repeat("a", 26)} {
		if err := os.MkdirAll(filepath.Join(dir, left), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	told := 0
	q = open(t, jobs.Options{Dir: dir, Failed: func(jobs.Job, error) { told++ }})
	q.Handle("shout", shout)
	defer running(t, q)()
	await(t, q, ids[1], jobs.Done)
	await(t, q, ids[2], jobs.Done)
	if j := await(t, q, ids[3], jobs.Failed); !strings.Contains(j.Problem, "several times") {
		t.Errorf("%+v", j)
	}
	if _, err := os.Stat(filepath.Join(dir, ".new-abc")); !errors.Is(err, os.ErrNotExist) || told != 1 {
		t.Errorf("%v, told %d", err, told)
	}
}

// TestOldResultsGo removes them after their time.
func TestOldResultsGo(t *testing.T) {
	dir, c := t.TempDir(), newClock()
	q := open(t, jobs.Options{Dir: dir, Clock: c.time, Keep: time.Hour})
	q.Handle("shout", shout)
	stop := running(t, q)
	id := add(t, q, "shout", "x").ID
	await(t, q, id, jobs.Done)
	stop()
	for _, test := range []struct {
		later time.Duration
		stays bool
	}{{59 * time.Minute, true}, {2 * time.Minute, false}} {
		c.move(test.later)
		q := open(t, jobs.Options{Dir: dir, Clock: c.time, Keep: time.Hour})
		running(t, q)()
		if _, err := os.Stat(filepath.Join(dir, id)); (err == nil) != test.stays {
			t.Errorf("after %s: %v", test.later, err)
		}
	}
}

// TestInputs that are too large, or break off, leave nothing.
func TestInputs(t *testing.T) {
	dir := t.TempDir()
	q := open(t, jobs.Options{Dir: dir, MaxSize: 4})
	defer q.Close()
	if _, err := q.Add("x", "", nil, strings.NewReader("12345")); !errors.Is(err, jobs.ErrTooLarge) {
		t.Errorf("%v", err)
	}
	if _, err := q.Add("x", "", nil, io.MultiReader(strings.NewReader("12"), broken{})); graph.KindOf(err) != graph.KindUnavailable {
		t.Errorf("%v", err)
	}
	if j, err := q.Add("x", "", nil, strings.NewReader("1234")); err != nil || j.Size != 4 {
		t.Errorf("%v %v", j, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("%v %v", entries, err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the line is dead") }

// TestRemaining estimates by what was done.
func TestRemaining(t *testing.T) {
	start := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		state       jobs.State
		done, total int64
		want        time.Duration
		known       bool
	}{
		{jobs.Running, 25, 100, 30 * time.Second, true},
		{jobs.Running, 0, 100, 0, false},
		{jobs.Running, 5, 0, 0, false},
		{jobs.Done, 25, 100, 0, false},
	} {
		j := jobs.Job{State: test.state, Started: start, Progress: jobs.Progress{Done: test.done, Total: test.total}}
		if d, ok := j.Remaining(start.Add(10 * time.Second)); d != test.want || ok != test.known {
			t.Errorf("%+v: %s %v", test, d, ok)
		}
	}
}
