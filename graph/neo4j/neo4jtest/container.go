package neo4jtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
)

// boltPort is where the server listens inside of its container.
const boltPort = "7687/tcp"

// image is the container image to use.
func image() string {
	if name := os.Getenv(envImage); name != "" {
		return name
	}
	return Image
}

// dockerized is a Neo4j that runs in a container.
type dockerized struct {
	provider *testcontainers.DockerProvider
	daemon   string
	port     int
	ctr      *testcontainers.DockerContainer
}

// planContainer asks the Docker engine whether it is there and has the image.
func planContainer(tb testing.TB) (attempt, error) {
	tb.Helper()
	a := attempt{way: wayDocker, limit: launchLimit}
	ctx, cancel := context.WithTimeout(tb.Context(), 10*time.Second)
	defer cancel()
	provider, err := askDocker(ctx)
	if err != nil {
		return a, fmt.Errorf("no Docker engine answers: %w", err)
	}
	daemon, err := provider.DaemonHost(ctx)
	if err != nil {
		return a, fmt.Errorf("where does the Docker engine publish ports? %w", err)
	}
	if _, err := provider.Client().ImageInspect(ctx, image()); err != nil {
		a.limit = pullLimit
		tb.Logf("neo4jtest: the Docker engine does not have %s, which is pulled only if no JDK leads to a Neo4j: %v", image(), err)
	}
	a.host = func() host { return &dockerized{provider: provider, daemon: daemon} }
	return a, nil
}

// askDocker connects to the Docker engine. The library looks for one without a time limit, and panics
// where some of its guesses fail.
func askDocker(ctx context.Context) (*testcontainers.DockerProvider, error) {
	type answer struct {
		provider *testcontainers.DockerProvider
		err      error
	}
	answers := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if cause := recover(); cause != nil {
				a.err = fmt.Errorf("%v", cause)
			}
			answers <- a
		}()
		a.provider, a.err = testcontainers.NewDockerProvider()
		if a.err == nil {
			a.err = a.provider.Health(ctx)
		}
	}()
	select {
	case a := <-answers:
		return a.provider, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// start makes the container the first time, and starts it again after that: its data is in it.
func (d *dockerized) start(ctx context.Context) (err error) {
	if d.ctr != nil {
		return d.ctr.Start(ctx)
	}
	if d.port, err = freePort(); err != nil {
		return err
	}
	// A port that is published anew on each start would change on a restart.
	publish := func(h *container.HostConfig) {
		binding := network.PortBinding{HostPort: strconv.Itoa(d.port)}
		if d.local() {
			binding.HostIP = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		}
		h.PortBindings = network.PortMap{network.MustParsePort(boltPort): {binding}}
	}
	d.ctr, err = testcontainers.Run(ctx, image(),
		testcontainers.WithExposedPorts(boltPort),
		testcontainers.WithHostConfigModifier(publish),
		testcontainers.WithLogger(log.NewNoopLogger()),
		testcontainers.WithEnv(map[string]string{
			"NEO4J_AUTH":                            "none",
			"NEO4J_server_bolt_advertised__address": strings.TrimPrefix(d.uri(), "bolt://"),
			"NEO4J_dbms_usage__report_enabled":      "false",
			"NEO4J_server_memory_heap_max__size":    "1g",
			"NEO4J_server_memory_pagecache_size":    "256m",
			"NEO4J_db_tx__log_preallocate":          "false",
		}))
	return err
}

// local tells whether the engine publishes ports on this machine.
func (d *dockerized) local() bool {
	return d.daemon == "localhost" || d.daemon == "127.0.0.1"
}

// stop asks the server to end; the engine kills it if it takes too long.
func (d *dockerized) stop(ctx context.Context) error {
	patience := stopLimit / 2
	return d.ctr.Stop(ctx, &patience)
}

// kill ends the server at once.
func (d *dockerized) kill(ctx context.Context) error {
	if _, err := d.provider.Client().ContainerKill(ctx, d.ctr.ID, client.ContainerKillOptions{Signal: "KILL"}); err != nil {
		return err
	}
	for {
		state, err := d.ctr.State(ctx)
		if err != nil || !state.Running {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// remove deletes the container with its volumes.
func (d *dockerized) remove() error {
	if d.ctr == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	err := d.ctr.Terminate(ctx, testcontainers.StopTimeout(0))
	d.ctr = nil
	return err
}

// uri is the published port. The engine binds it on IPv4 alone, so localhost would not always do.
func (d *dockerized) uri() string {
	host := d.daemon
	if d.local() {
		host = "127.0.0.1"
	}
	return fmt.Sprintf("bolt://%s:%d", host, d.port)
}

// ended reports a container that has given up.
func (d *dockerized) ended(ctx context.Context) error {
	state, err := d.ctr.State(ctx)
	if err != nil || state.Running {
		return err
	}
	return fmt.Errorf("the container ended by itself with status %d; its last lines:\n%s", state.ExitCode, d.log(ctx))
}

// log returns the end of what the container has printed, or why it cannot be read.
func (d *dockerized) log(ctx context.Context) string {
	logs, err := d.ctr.Logs(ctx)
	if err != nil {
		return err.Error()
	}
	text, err := io.ReadAll(io.LimitReader(logs, 1<<20))
	if err = errors.Join(err, logs.Close()); err != nil {
		return err.Error()
	}
	return lastLines(string(text))
}
