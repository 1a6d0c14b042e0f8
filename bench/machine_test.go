package bench_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"debadge/bench"
)

// machine says where and when a run is made, as far as the system tells.
func machine(t *testing.T) bench.Run {
	t.Helper()
	r := bench.Run{
		Date: now().Format("2006-01-02"), Load: "not known", Version: "not known",
		Machine: fmt.Sprintf("%d cores, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version()),
	}
	if name := field("/proc/cpuinfo", "model name"); name != "" {
		r.Machine = name + ", " + r.Machine
	}
	if kib, err := strconv.Atoi(strings.TrimSuffix(field("/proc/meminfo", "MemTotal"), " kB")); err == nil {
		r.Machine += fmt.Sprintf(", %d GiB", (kib+1<<19)>>20)
	}
	if data, err := os.ReadFile("/proc/loadavg"); err == nil {
		r.Load, _, _ = strings.Cut(string(data), " ")
	}
	if out, err := exec.CommandContext(t.Context(), "git", "describe", "--always", "--dirty").Output(); err == nil {
		r.Version = strings.TrimSpace(string(out))
	}
	return r
}

// field returns the first value of a key in a file of the system's, "" if there
// is none.
func field(path, key string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
