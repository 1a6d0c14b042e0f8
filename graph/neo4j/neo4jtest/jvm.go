package neo4jtest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// jvm is a Neo4j that runs from its jars in a local Java.
type jvm struct {
	java, jars string

	home string
	lock *os.File
	port int
	proc *process
}

// planJVM finds what a server from jars needs.
func planJVM(ctx context.Context) (attempt, error) {
	a := attempt{way: wayJDK, limit: launchLimit}
	java, err := findJava(ctx)
	if err != nil {
		return a, err
	}
	jars, err := findJars()
	if err != nil {
		return a, err
	}
	a.host = func() host { return &jvm{java: java, jars: jars} }
	return a, nil
}

// javaVersion finds the major version in what java -version prints.
var javaVersion = regexp.MustCompile(`version "(\d+)`)

// findJava returns a Java that Neo4j 5.26 runs on.
func findJava(ctx context.Context) (string, error) {
	java := "java"
	if home := os.Getenv("JAVA_HOME"); home != "" {
		java = filepath.Join(home, "bin", "java")
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, java, "-version").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("no Java: install a JDK 17 (%s -version: %w)", java, err)
	}
	found := javaVersion.FindSubmatch(out)
	if found == nil {
		return "", fmt.Errorf("%s -version does not tell its version: %q", java, out)
	}
	if major, err := strconv.Atoi(string(found[1])); err != nil || major < 17 {
		return "", fmt.Errorf("%s is Java %s: Neo4j needs 17; set JAVA_HOME to a JDK 17", java, found[1])
	}
	return java, nil
}

// findJars returns the directory of the jars.
func findJars() (string, error) {
	dir := os.Getenv(envJars)
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("no directory for the jars of Neo4j: set %s: %w", envJars, err)
		}
		dir = filepath.Join(cache, "debadge", "neo4j-"+Version, "lib")
	}
	jars, err := filepath.Glob(filepath.Join(dir, "neo4j-5.26.*.jar"))
	if err != nil || len(jars) == 0 {
		return "", fmt.Errorf("no jars of Neo4j in %s: run .ci/neo4j-jars", dir)
	}
	return dir, nil
}

// start launches the server; the first time on a fresh home directory.
func (j *jvm) start(context.Context) error {
	if j.home == "" {
		if err := j.settle(); err != nil {
			return err
		}
	}
	console, err := os.OpenFile(j.console(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer console.Close()
	// Without a context: the server outlives that of its first test.
	limits := limitsOf(benchmarking())
	cmd := exec.Command(j.java, "-Xms256m", limits.heap, "-XX:+UseSerialGC", limits.compiler,
		"--add-opens=java.base/java.nio=ALL-UNNAMED",
		"--add-opens=java.base/java.io=ALL-UNNAMED",
		"--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
		"-cp", filepath.Join(j.jars, "*"),
		"org.neo4j.server.CommunityEntryPoint",
		"--home-dir="+j.home, "--config-dir="+filepath.Join(j.home, "conf"), "--console-mode")
	cmd.Stdout, cmd.Stderr = console, console
	j.proc, err = launch(cmd)
	if err != nil {
		return fmt.Errorf("start %s: %w", j.java, err)
	}
	return nil
}

// limits are what a server may use.
type limits struct{ heap, compiler, pages string }

// limitsOf leaves out Java's second compiler, unless this is a benchmark: what it gains in speed comes
// after minutes, what it takes comes at once. A test of 30 seconds takes 15 without it. A benchmark also
// has a graph that does not fit into the memory of a test.
func limitsOf(benchmark bool) limits {
	if benchmark {
		return limits{heap: "-Xmx2g", compiler: "-XX:TieredStopAtLevel=4", pages: "3g"}
	}
	return limits{heap: "-Xmx1g", compiler: "-XX:TieredStopAtLevel=1", pages: "256m"}
}

// benchmarking tells whether this process runs benchmarks.
func benchmarking() bool {
	bench := flag.Lookup("test.bench")
	return bench != nil && bench.Value.String() != ""
}

// settle chooses the port and makes the home directory, with its settings.
func (j *jvm) settle() (err error) {
	if j.port, err = freePort(); err != nil {
		return err
	}
	if j.home, j.lock, err = newHome(); err != nil {
		return err
	}
	settings := []string{
		"server.default_listen_address=127.0.0.1",
		fmt.Sprintf("server.bolt.listen_address=127.0.0.1:%d", j.port),
		fmt.Sprintf("server.bolt.advertised_address=127.0.0.1:%d", j.port),
		"server.http.enabled=false",
		"dbms.security.auth_enabled=false",
		"dbms.usage_report.enabled=false",
		"server.memory.pagecache.size=" + limitsOf(benchmarking()).pages,
		// Else every new database begins with 256 MB of empty log.
		"db.tx_log.preallocate=false",
		// Else the network layer waits for ten seconds of silence before it stops.
		"internal.dbms.bolt.netty_server_shutdown_quiet_period=0",
		"",
	}
	conf := filepath.Join(j.home, "conf")
	if err := os.Mkdir(conf, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(conf, "neo4j.conf"), []byte(strings.Join(settings, "\n")), 0o600)
}

// stop asks the server to end and waits for it.
func (j *jvm) stop(ctx context.Context) error {
	if j.proc == nil {
		return nil
	}
	return j.proc.stop(ctx)
}

// kill ends the server at once.
func (j *jvm) kill(context.Context) error {
	if j.proc == nil {
		return nil
	}
	return j.proc.kill()
}

// remove kills the server, since nobody will read its data again, and deletes the home directory.
func (j *jvm) remove() error {
	if err := j.kill(context.Background()); err != nil {
		return err
	}
	if j.home == "" {
		return nil
	}
	err := errors.Join(os.RemoveAll(j.home), j.lock.Close())
	j.home = ""
	return err
}

// uri names the loopback interface, which is all that the server listens on.
func (j *jvm) uri() string {
	return fmt.Sprintf("bolt://127.0.0.1:%d", j.port)
}

// ended reports a server that has given up, most likely because of its settings or its port.
func (j *jvm) ended(context.Context) error {
	if j.proc == nil || j.proc.running() {
		return nil
	}
	return fmt.Errorf("the server ended by itself (%w); its last lines:\n%s", j.proc.err, tail(j.console()))
}

// console is the file that the server's output goes to.
func (j *jvm) console() string {
	return filepath.Join(j.home, "console.log")
}

// tail returns the last lines of a file, or why it cannot be read.
func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return lastLines(string(text))
}

// lastLines returns the end of a text.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}
