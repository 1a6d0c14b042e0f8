package neo4jtest

import (
	"strings"
	"testing"
)

// Whoever gets no server reads what to do about it.
func TestNoWaySaysHowToGetOne(t *testing.T) {
	t.Setenv(envURI, "")
	t.Setenv(envJars, t.TempDir())
	t.Setenv(envWay, "jdk")
	_, err := open(t, false)
	if err == nil {
		t.Fatal("a server started without jars")
	}
	for _, hint := range []string{envURI, "docker pull " + image(), ".ci/neo4j-jars", ".ci/setup", "jdk: no "} {
		if !strings.Contains(err.Error(), hint) {
			t.Errorf("the error does not mention %q:\n%v", hint, err)
		}
	}
}

func TestUnknownWayIsRefused(t *testing.T) {
	t.Setenv(envWay, "podman")
	if attempts, refused := plan(t, false); len(attempts) != 0 || len(refused) != 1 {
		t.Errorf("an unknown way led to %v, %v", attempts, refused)
	}
}

// A server that was given is for tests that share; who stops servers takes one of its own.
func TestGivenServerComesFirst(t *testing.T) {
	t.Setenv(envWay, "")
	t.Setenv(envURI, "bolt://127.0.0.1:1")
	if attempts, _ := plan(t, false); len(attempts) != 1 || attempts[0].way != wayURI {
		t.Errorf("the ways to a shared server are %v", attempts)
	}
	attempts, _ := plan(t, true)
	for _, a := range attempts {
		if a.way == wayURI {
			t.Error("a test that stops its server got the one that was given")
		}
	}
}

func TestPortsAreDistinct(t *testing.T) {
	seen := map[int]bool{}
	for range 50 {
		port, err := freePort()
		if err != nil {
			t.Fatal(err)
		}
		if seen[port] || port < firstPort || port >= firstPort+portCount {
			t.Errorf("port %d is taken, or out of range", port)
		}
		seen[port] = true
	}
}
