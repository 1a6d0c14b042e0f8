// Package neo4jtest gives tests a real Neo4j 5.26, and never a stand-in for one.
//
// Where the server comes from is decided once a process, in this order:
//
//   - the server at DEBADGE_TEST_NEO4J_URI, with DEBADGE_TEST_NEO4J_USER and DEBADGE_TEST_NEO4J_PASSWORD
//     (no user means no authentication). The tests empty its database. Processes take turns at it;
//   - a container, if a Docker engine answers and has the image DEBADGE_TEST_NEO4J_IMAGE
//     (default: [Image]);
//   - a local JDK 17 and the jars of Neo4j [Version], which the script .ci/neo4j-jars fetches, in the
//     directory DEBADGE_TEST_NEO4J_JARS (default: the user's cache).
//
// An image that would have to be pulled comes last. DEBADGE_TEST_NEO4J_WAY, one of uri, docker and jdk,
// allows that way alone. If none leads to a server, the test fails and says how to get one; it is never skipped.
//
// Tests that use [Start] share one server and so one database (the community edition has no
// other): they empty it with [Server.Wipe] when they begin and do not run in parallel. A test that
// stops its server takes one of its own from [StartOwn].
package neo4jtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Version is the release whose jars .ci/neo4j-jars fetches. A test compares the two.
const Version = "5.26.30"

// Image is the container image that is used if DEBADGE_TEST_NEO4J_IMAGE names no other.
const Image = "neo4j:5.26-community"

// Names of the environment variables that the package comment explains.
const (
	envURI      = "DEBADGE_TEST_NEO4J_URI"
	envUser     = "DEBADGE_TEST_NEO4J_USER"
	envPassword = "DEBADGE_TEST_NEO4J_PASSWORD"
	envImage    = "DEBADGE_TEST_NEO4J_IMAGE"
	envJars     = "DEBADGE_TEST_NEO4J_JARS"
	envWay      = "DEBADGE_TEST_NEO4J_WAY"
)

// A way is where a server may come from; its text is what envWay says to allow it alone.
type way string

const (
	wayURI    way = "uri"
	wayDocker way = "docker"
	wayJDK    way = "jdk"
)

// How long each step may take. A server is up after 6 seconds on an idle machine with two cores, and
// after 20 on one that runs other tests meanwhile.
const (
	launchLimit = time.Minute      // until the process or the container runs
	pullLimit   = 5 * time.Minute  // the same, with an image to be pulled first
	shareLimit  = 15 * time.Minute // until other packages are done with the server at envURI
	answerLimit = 4 * time.Minute  // from then on until the server answers
	stopLimit   = 30 * time.Second
	wipeLimit   = 2 * time.Minute
)

// shared is the one server of this process.
var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// Start returns the server that all tests of this process share, and starts it on the first call. It
// ends with the process, at the latest when that is killed; [Main] ends it in an orderly way. The
// database holds what earlier tests left: see [Server.Wipe].
func Start(tb testing.TB) *Server {
	tb.Helper()
	shared.once.Do(func() {
		shared.server, shared.err = open(tb, false)
	})
	if shared.err != nil {
		tb.Fatal(shared.err)
	}
	return shared.server
}

// StartOwn starts a server for this test alone, with an empty database, which the test may stop, kill
// and restart. It is removed with its data when the test ends. DEBADGE_TEST_NEO4J_URI does not count
// here: nobody's server is stopped but our own.
func StartOwn(tb testing.TB) *Server {
	tb.Helper()
	server, err := open(tb, true)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := server.host.remove(); err != nil {
			tb.Errorf("remove the Neo4j at %s: %v", server.URI, err)
		}
	})
	return server
}

// Main runs the tests of m, ends the shared server, and returns the status to exit with. The testing
// package exits by itself when TestMain returns, so this is enough:
//
//	func TestMain(m *testing.M) { neo4jtest.Main(m) }
//
// A package without it leaves no server behind either, but a directory in the system's temporary one,
// until the next test process starts a server. In place of a [testing.M] it takes anything that runs tests.
func Main(m interface{ Run() int }) int {
	status := m.Run()
	if shared.server == nil {
		return status
	}
	if err := shared.server.host.remove(); err != nil {
		fmt.Fprintf(os.Stderr, "neo4jtest: end the Neo4j at %s: %v\n", shared.server.URI, err)
		return max(status, 1)
	}
	return status
}

// attempt is one way that may lead to a server.
type attempt struct {
	way   way
	limit time.Duration
	host  func() host
}

// open tries the ways in order and returns the first server that answers.
func open(tb testing.TB, own bool) (*Server, error) {
	tb.Helper()
	attempts, refused := plan(tb, own)
	for i, a := range attempts {
		server, err := a.open(tb, own)
		if err != nil && portTaken.MatchString(err.Error()) {
			server, err = a.open(tb, own)
		}
		if err == nil {
			return server, nil
		}
		if i+1 < len(attempts) {
			tb.Logf("neo4jtest: no Neo4j by way of %s, trying %s: %v", a.way, attempts[i+1].way, err)
		}
		refused = append(refused, fmt.Errorf("%s: %w", a.way, err))
	}
	return nil, nothingLeft(refused)
}

// open starts the server of one attempt and waits until it answers.
func (a attempt) open(tb testing.TB, own bool) (*Server, error) {
	tb.Helper()
	began := time.Now()
	h := a.host()
	launch, cancel := context.WithTimeout(tb.Context(), a.limit)
	defer cancel()
	if err := h.start(launch); err != nil {
		return nil, errors.Join(err, h.remove())
	}
	server := &Server{URI: h.uri(), host: h, own: own}
	if a.way == wayURI {
		server.User, server.Password = os.Getenv(envUser), os.Getenv(envPassword)
	}
	answer, cancel := context.WithTimeout(tb.Context(), answerLimit)
	defer cancel()
	version, err := server.await(answer)
	if err != nil {
		return nil, errors.Join(err, h.remove())
	}
	tb.Logf("neo4jtest: Neo4j %s at %s by way of %s after %.1f s", version, server.URI, a.way, time.Since(began).Seconds())
	return server, nil
}

// plan lists the ways to try, in order, and why the others are out of the question.
func plan(tb testing.TB, own bool) (attempts []attempt, refused []error) {
	tb.Helper()
	only := way(os.Getenv(envWay))
	if only != "" && !slices.Contains([]way{wayURI, wayDocker, wayJDK}, only) {
		return nil, []error{fmt.Errorf("%s is %q: set it to uri, docker or jdk, or to nothing", envWay, only)}
	}
	at := os.Getenv(envURI)
	if at != "" && !own && (only == "" || only == wayURI) {
		return []attempt{{way: wayURI, limit: shareLimit, host: func() host { return &given{at: at} }}}, nil
	}
	if only == wayURI {
		return nil, []error{fmt.Errorf("%s is uri: that needs %s, and a test that stops its server cannot use it", envWay, envURI)}
	}
	if only != wayJDK {
		a, err := planContainer(tb)
		attempts, refused = appendPlan(attempts, refused, a, err)
	}
	if only != wayDocker {
		a, err := planJVM(tb.Context())
		attempts, refused = appendPlan(attempts, refused, a, err)
	}
	// A pull takes minutes, or fails after minutes: what is here already goes first.
	slices.SortStableFunc(attempts, func(a, b attempt) int { return cmp.Compare(a.limit, b.limit) })
	return attempts, refused
}

// appendPlan files an attempt under the possible ones, or its error under the refused ones.
func appendPlan(attempts []attempt, refused []error, a attempt, err error) ([]attempt, []error) {
	if err != nil {
		return attempts, append(refused, fmt.Errorf("%s: %w", a.way, err))
	}
	return append(attempts, a), refused
}

// nothingLeft says how to get a server, and what stood in the way of each.
func nothingLeft(refused []error) error {
	var b strings.Builder
	b.WriteString("no Neo4j to test on. Any one of these gives one:\n")
	fmt.Fprintf(&b, "  - set %s, with %s and %s if it asks for them, to a server that may be emptied\n", envURI, envUser, envPassword)
	fmt.Fprintf(&b, "  - start a Docker engine, then: docker pull %s\n", image())
	b.WriteString("  - install a JDK 17 and Maven, then run .ci/neo4j-jars; on Debian or Ubuntu .ci/setup does all of it\n")
	b.WriteString("What was tried:")
	for _, err := range refused {
		b.WriteString("\n  " + strings.ReplaceAll(err.Error(), "\n", "\n    "))
	}
	return errors.New(b.String())
}
