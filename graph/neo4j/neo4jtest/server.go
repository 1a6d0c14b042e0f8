package neo4jtest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"
)

// Server is a running Neo4j.
type Server struct {
	// URI is where it listens, for the driver: bolt://host:port. It stays the same through a restart.
	URI string
	// User and Password are empty if the server asks for none.
	User, Password string

	host host
	own  bool
}

// A host runs a Neo4j: as a process, in a container, or not at all if somebody else runs it.
type host interface {
	// start launches the server, with the data and on the port of the time before; it need not wait until the server answers.
	start(ctx context.Context) error
	// stop asks the server to end, and returns when it has.
	stop(ctx context.Context) error
	// kill ends the server without warning, and returns when it has ended.
	kill(ctx context.Context) error
	// remove ends the server, if it runs, and deletes its data. It can be called at any time.
	remove() error
	// uri is where the server listens once it is started.
	uri() string
	// ended returns why the server is gone, with the last lines of its log, or nil if it may still run.
	ended(ctx context.Context) error
}

// Auth is the token that the driver needs for this server.
func (s *Server) Auth() neo4j.AuthToken {
	if s.User == "" {
		return neo4j.NoAuth()
	}
	return neo4j.BasicAuth(s.User, s.Password, "")
}

// Stop shuts the server down in an orderly way. It is for a server from [StartOwn], as are the methods
// below that end it.
func (s *Server) Stop(tb testing.TB) {
	tb.Helper()
	s.end(tb, "stop", s.host.stop)
}

// Kill ends the server without warning, as a crash would: SIGKILL, nothing is flushed.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	s.end(tb, "kill", s.host.kill)
}

// Restart starts the server again on the same port and with the same data, and returns when it
// answers. A server that still runs is stopped first.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	s.Stop(tb)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), answerLimit)
	defer cancel()
	if err := s.host.start(ctx); err != nil {
		tb.Fatalf("restart the Neo4j at %s: %v", s.URI, err)
	}
	if _, err := s.await(ctx); err != nil {
		tb.Fatalf("restart the Neo4j at %s: %v", s.URI, err)
	}
}

// end applies one of the host's ways to end a server to a server of the test's own.
func (s *Server) end(tb testing.TB, what string, how func(context.Context) error) {
	tb.Helper()
	if !s.own {
		tb.Fatalf("%s the Neo4j at %s: other tests share it; take one from StartOwn", what, s.URI)
	}
	// Also in a cleanup, where the context of the test is over.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), stopLimit)
	defer cancel()
	if err := how(ctx); err != nil {
		tb.Fatalf("%s the Neo4j at %s: %v", what, s.URI, err)
	}
}

// await returns the server's version and edition as soon as it answers a query.
func (s *Server) await(ctx context.Context) (string, error) {
	driver, err := s.driver()
	if err != nil {
		return "", err
	}
	defer closeDriver(ctx, driver)
	for {
		version, err := ask(ctx, driver)
		if err == nil {
			return version, nil
		}
		if refusal := (*neo4j.Neo4jError)(nil); errors.As(err, &refusal) && refusal.HasSecurityCode() {
			return "", fmt.Errorf("the Neo4j at %s refuses user %q: set %s and %s: %w", s.URI, s.User, envUser, envPassword, err)
		}
		if gone := s.host.ended(ctx); gone != nil {
			return "", gone
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("the Neo4j at %s does not answer in time: %w", s.URI, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// ask runs one query and returns the server's version and edition.
func ask(ctx context.Context, driver neo4j.DriverWithContext) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := driver.VerifyConnectivity(ctx); err != nil {
		return "", err
	}
	rows, err := column(ctx, driver, "CALL dbms.components() YIELD versions, edition RETURN versions[0] + ' ' + edition", nil)
	if err != nil {
		return "", err
	}
	if len(rows) != 1 {
		return "", fmt.Errorf("dbms.components returned %d rows in place of one", len(rows))
	}
	return rows[0], nil
}

// driver opens a driver for the package's own queries.
func (s *Server) driver() (neo4j.DriverWithContext, error) {
	driver, err := neo4j.NewDriverWithContext(s.URI, s.Auth(), func(c *config.Config) {
		c.TelemetryDisabled = true
		c.SocketConnectTimeout = 2 * time.Second
	})
	if err != nil {
		return nil, fmt.Errorf("%q is no address of a Neo4j server: %w", s.URI, err)
	}
	return driver, nil
}

// closeDriver closes a driver, also if the context of its work is over.
func closeDriver(ctx context.Context, driver neo4j.DriverWithContext) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	// Nothing depends on it: the connections end with the process at the latest.
	_ = driver.Close(ctx)
}
