package neo4jtest

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
)

// process is a command in a process group of its own that cannot outlive the tests.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // how it ended; valid once done is closed
}

// launch starts the command.
func launch(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{})}
	tie(cmd)
	started := make(chan error)
	go func() {
		// The kernel sends the death signal when the thread that started the command ends, not
		// the process. A locked thread lasts as long as this function.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// running tells whether the command has not ended yet.
func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// stop asks the command to end, kills it when the context is over first, and returns when it has ended.
func (p *process) stop(ctx context.Context) error {
	if !p.running() {
		return nil
	}
	err := terminate(p.cmd.Process)
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return errors.Join(errors.New("it did not stop in time and was killed"), err, p.kill())
	}
}

// kill ends the command and all that it started, at once.
func (p *process) kill() error {
	if !p.running() {
		return nil
	}
	err := killGroup(p.cmd.Process)
	if err != nil && p.running() {
		return err
	}
	<-p.done
	return nil
}
