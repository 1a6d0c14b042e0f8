package neo4jtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// envParent makes this test binary the parent in TestProcessDiesWithItsParent.
const envParent = "DEBADGE_TEST_NEO4J_PARENT"

// A test that times out, panics or is killed must not leave a server behind.
func TestProcessDiesWithItsParent(t *testing.T) {
	if os.Getenv(envParent) != "" {
		p, err := launch(exec.CommandContext(t.Context(), "sleep", "60"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(os.Stdout, "child %d\n", p.cmd.Process.Pid)
		<-p.done
		return
	}
	parent := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcessDiesWithItsParent$")
	parent.Env = append(os.Environ(), envParent+"=1")
	output, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(line), "child "))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(child, 0); err != nil {
		t.Fatalf("the child %d does not run: %v", child, err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// It ends by the signal that it was just sent.
	_ = parent.Wait()
	if !gone(child) {
		t.Errorf("the child %d outlived its parent", child)
	}
}

// gone waits until a process has ended; one that nobody has asked for its status counts as ended.
func gone(pid int) bool {
	for range 100 {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(status), ") Z ") {
			return true
		}
		time.Sleep(50 * time.Millisecond)
	}
	return false
}

func TestProcessThatDoesNotStopIsKilled(t *testing.T) {
	p, err := launch(exec.CommandContext(t.Context(), "sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"))
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := p.stop(ctx); err == nil {
		t.Error("it stopped, though it ignores the signal")
	}
	if p.running() {
		t.Error("it still runs")
	}
	if err := errors.Join(p.stop(ctx), p.kill()); err != nil {
		t.Errorf("ending it again: %v", err)
	}
}

func TestHomesOfTheDeadAreRemoved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dead, lock, err := newHome()
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	living, lock, err := newHome()
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	long := time.Now().Add(-time.Hour)
	for _, home := range []string{dead, living} {
		if err := os.Chtimes(home, long, long); err != nil {
			t.Fatal(err)
		}
	}
	sweep()
	if _, err := os.Stat(dead); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the home of a process that is gone is still there: %v", err)
	}
	if _, err := os.Stat(living); err != nil {
		t.Errorf("the home of a living process is gone: %v", err)
	}
}
