package neo4jtest

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// homePrefix begins the name of every home directory.
const homePrefix = "debadge-neo4j-home-"

// newHome makes a home directory for a server and locks it for as long as this process lives. It also
// removes the directories of processes that were killed before they could.
func newHome() (home string, lock *os.File, err error) {
	sweep()
	home, err = os.MkdirTemp("", homePrefix)
	if err != nil {
		return "", nil, err
	}
	lock, err = os.Create(lockOf(home))
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(home))
	}
	if _, err := tryLock(lock); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return "", nil, errors.Join(err, lock.Close(), os.RemoveAll(home))
	}
	return home, lock, nil
}

// sweep removes home directories whose process is gone. What cannot be removed is left for the next time:
// it costs a few megabytes, not a test.
func sweep() {
	homes, err := filepath.Glob(filepath.Join(os.TempDir(), homePrefix+"*"))
	if err != nil {
		return
	}
	for _, home := range homes {
		if abandoned(home) {
			_ = os.RemoveAll(home)
		}
	}
}

// abandoned tells whether a home directory has no living process. One that is a minute young may not
// have its lock yet.
func abandoned(home string) bool {
	info, err := os.Stat(home)
	if err != nil || time.Since(info.ModTime()) < time.Minute {
		return false
	}
	lock, err := os.Open(lockOf(home))
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	defer lock.Close()
	free, err := tryLock(lock)
	return free && err == nil
}

// lockOf is the file in a home directory whose lock says that it is in use.
func lockOf(home string) string {
	return filepath.Join(home, "in-use")
}
