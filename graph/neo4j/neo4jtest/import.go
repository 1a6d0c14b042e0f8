package neo4jtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// importLimit is how long neo4j-admin may take: a million products take minutes.
const importLimit = 30 * time.Minute

// StartImported runs neo4j-admin with some arguments, such as those of an
// import, on a home directory that is new, and starts a server of the test's
// own there. It returns how long neo4j-admin took. The tool is a part of the
// jars that .ci/neo4j-jars fetches, so this takes a local JDK whatever
// DEBADGE_TEST_NEO4J_WAY says.
func StartImported(tb testing.TB, args ...string) (*Server, time.Duration) {
	tb.Helper()
	plan, err := planJVM(tb.Context())
	if err != nil {
		tb.Fatalf("neo4j-admin needs a JDK 17 and the jars of Neo4j; on Debian or Ubuntu .ci/setup installs both: %v", err)
	}
	j, _ := plan.host().(*jvm)
	server := &Server{host: j, own: true}
	tb.Cleanup(func() {
		if err := j.remove(); err != nil {
			tb.Errorf("remove the Neo4j at %s: %v", server.URI, err)
		}
	})
	if err := j.settle(); err != nil {
		tb.Fatal(err)
	}
	server.URI = j.uri()
	began := time.Now()
	if err := j.admin(tb.Context(), args); err != nil {
		tb.Fatal(err)
	}
	took := time.Since(began)
	ctx, cancel := context.WithTimeout(tb.Context(), launchLimit+answerLimit)
	defer cancel()
	if err := j.start(ctx); err != nil {
		tb.Fatal(err)
	}
	if _, err := server.await(ctx); err != nil {
		tb.Fatal(err)
	}
	return server, took
}

// admin runs neo4j-admin on the home directory.
func (j *jvm) admin(ctx context.Context, args []string) error {
	ctx, cancel := context.WithTimeout(ctx, importLimit)
	defer cancel()
	all := append([]string{"-Xmx1g", "-XX:+UseSerialGC", "-cp", filepath.Join(j.jars, "*"), "org.neo4j.server.startup.Neo4jAdminCommand"}, args...)
	cmd := exec.CommandContext(ctx, j.java, all...)
	cmd.Dir = j.home // where it leaves its report
	cmd.Env = append(os.Environ(), "NEO4J_HOME="+j.home, "NEO4J_CONF="+filepath.Join(j.home, "conf"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return errors.Join(fmt.Errorf("neo4j-admin: %w", err), errors.New(lastLines(string(out))))
	}
	return nil
}
