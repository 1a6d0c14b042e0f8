package neo4jtest

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// tie puts the command into a process group of its own and has the kernel kill it when the tests end, be it by a crash.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// terminate asks a process to end.
func terminate(p *os.Process) error {
	return p.Signal(syscall.SIGTERM)
}

// killGroup kills a process that tie prepared, and its children.
func killGroup(p *os.Process) error {
	return syscall.Kill(-p.Pid, syscall.SIGKILL)
}

// tryLock locks a file for this process and returns whether it could. The lock ends with the process.
func tryLock(file *os.File) (bool, error) {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return false, nil
	}
	return err == nil, err
}
