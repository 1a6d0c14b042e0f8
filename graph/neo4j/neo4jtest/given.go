package neo4jtest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// given is a server that somebody else runs, at the address that was given. A lock keeps the test
// processes of several packages from emptying it under each other.
type given struct {
	at   string
	lock *os.File
}

// start waits for the lock. It is held until the process ends, however that happens.
func (g *given) start(ctx context.Context) error {
	name := fmt.Sprintf("debadge-neo4j-%x.lock", sha256.Sum256([]byte(g.at)))
	path := filepath.Join(os.TempDir(), name)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("lock %s: %w", envURI, err)
	}
	for {
		held, err := tryLock(file)
		if held {
			g.lock = file
			return nil
		}
		if err != nil {
			return errors.Join(fmt.Errorf("lock %s by %s: %w", envURI, path, err), file.Close())
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("other tests still use the server at %s (they hold %s): "+
				"run the packages one after another (go test -p 1), or give each a server of its own", envURI, path), file.Close())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// stop is refused: the server is not ours.
func (g *given) stop(context.Context) error {
	return errors.New("it was not started by the tests")
}

// kill is refused: the server is not ours.
func (g *given) kill(ctx context.Context) error {
	return g.stop(ctx)
}

// remove leaves the server alone and gives up the lock.
func (g *given) remove() error {
	if g.lock == nil {
		return nil
	}
	defer func() { g.lock = nil }()
	return g.lock.Close()
}

// uri is the address as it was given.
func (g *given) uri() string { return g.at }

// ended is not known for a server that is not ours.
func (g *given) ended(context.Context) error { return nil }
