//go:build !linux

package neo4jtest

import (
	"errors"
	"os"
	"os/exec"
)

// tie does nothing here: Linux alone can bind the life of a process to another's. [Main] still ends the server.
func tie(*exec.Cmd) {}

// terminate asks a process to end.
func terminate(p *os.Process) error {
	return p.Signal(os.Interrupt)
}

// killGroup kills a process; the server starts no others.
func killGroup(p *os.Process) error {
	return p.Kill()
}

// tryLock is written for Linux alone so far.
func tryLock(*os.File) (bool, error) {
	return false, errors.ErrUnsupported
}
