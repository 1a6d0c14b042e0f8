package jobs

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/renameio/v2"

	"debadge/graph"
)

const (
	stateFile = "state.json"
	inputFile = "input"
	lockFile  = "lock"

	unfinished = ".new-" // before the name of a folder whose input is not whole
	folderMode = 0o700
	fileMode   = 0o600
)

var idForm = regexp.MustCompile(`^[a-z0-9]{20,40}$`)

func (q *Queue) folder(id string) string { return filepath.Join(q.opts.Dir, id) }

// save replaces the state of a job on disk.
func (q *Queue) save(j *Job) error {
	data, err := json.MarshalIndent(j, "", "  ")
	if err == nil {
		err = renameio.WriteFile(filepath.Join(q.folder(j.ID), stateFile), data, fileMode)
	}
	if err != nil {
		return graph.Unavailable("the state of a job cannot be written", err)
	}
	return nil
}

// load reads the jobs of the folder. What another process left half made is
// removed; a folder without a state that can be read is left alone and told.
func (q *Queue) load() error {
	entries, err := os.ReadDir(q.opts.Dir)
	if err != nil {
		return graph.Unavailable("the folder of jobs cannot be read", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), unfinished) {
			if err := os.RemoveAll(filepath.Join(q.opts.Dir, e.Name())); err != nil {
				return graph.Unavailable("a job that was left half made cannot be removed", err)
			}
		}
		if !e.IsDir() || !idForm.MatchString(e.Name()) {
			continue
		}
		j := new(Job)
		data, err := os.ReadFile(filepath.Join(q.folder(e.Name()), stateFile))
		if err == nil {
			err = json.Unmarshal(data, j)
		}
		if err != nil || j.ID != e.Name() {
			q.opts.Failed(Job{ID: e.Name()}, graph.Errorf(graph.KindInternal, "the state of job %s cannot be read; its folder is left as it is: %w", e.Name(), err))
			continue
		}
		if err := q.again(j); err != nil {
			return err
		}
		q.jobs[j.ID] = &entry{job: *j}
	}
	return nil
}

// again makes a job wait that a process which died had begun.
func (q *Queue) again(j *Job) error {
	if j.State != Running {
		return nil
	}
	j.State, j.Progress = Waiting, Progress{}
	if j.Began >= mostBegun {
		j.State, j.Ended = Failed, q.opts.Clock().UTC()
		j.Problem = "the service ended several times while it did this; it is not tried again"
	}
	return q.save(j)
}

// write makes the folder of a job with its input, all of it or nothing.
func (q *Queue) write(j *Job, input io.Reader) error {
	made := filepath.Join(q.opts.Dir, unfinished+j.ID)
	err := os.Mkdir(made, folderMode)
	if err == nil {
		j.Size, err = q.writeInput(filepath.Join(made, inputFile), input)
	}
	var data []byte
	if err == nil {
		data, err = json.MarshalIndent(j, "", "  ")
	}
	if err == nil {
		err = renameio.WriteFile(filepath.Join(made, stateFile), data, fileMode)
	}
	if err == nil {
		err = os.Rename(made, q.folder(j.ID))
	}
	if err == nil {
		return nil
	}
	_ = os.RemoveAll(made) // or the next start does
	if _, ok := errors.AsType[*graph.Error](err); ok || errors.Is(err, ErrTooLarge) {
		return err
	}
	return graph.Unavailable("the job cannot be written to disk", err)
}

func (q *Queue) writeInput(path string, input io.Reader) (size int64, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode) //nolint:gosec // in our own folder
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if input == nil {
		return 0, nil
	}
	size, err = io.Copy(f, io.LimitReader(input, q.opts.MaxSize+1))
	switch {
	case err != nil:
		return size, err
	case size > q.opts.MaxSize:
		return size, ErrTooLarge
	}
	return size, f.Sync()
}

// Result opens a result of a job that is done, nil if it has none of that name.
func (q *Queue) Result(id, name string) (*os.File, error) {
	if _, err := q.Get(id); err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(q.folder(id), filepath.Base(name)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil //nolint:nilnil // as the comment says
	case err != nil:
		return nil, graph.Unavailable("the result of the job cannot be read", err)
	}
	return f, nil
}

// HasResult reports whether a job has a result of that name.
func (q *Queue) HasResult(id, name string) bool {
	_, err := os.Stat(filepath.Join(q.folder(id), filepath.Base(name)))
	return err == nil
}

// InputPath is the path of a job's input. Of one that has ended and did not keep
// it, or was canceled before it began, it is KindConflict.
func (q *Queue) InputPath(id string) (string, error) {
	j, err := q.Get(id)
	path := filepath.Join(q.folder(id), inputFile)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); j.State.Ended() && errors.Is(err, fs.ErrNotExist) {
		return "", graph.Errorf(graph.KindConflict, "the file of the job is not kept; send it again")
	}
	return path, nil
}
