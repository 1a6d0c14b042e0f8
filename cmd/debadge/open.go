package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"debadge/fixtures"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/ingest/bundle"
	"debadge/graph/neo4j"
	"debadge/graph/sqlite"
)

// access is what a command does with a store.
type access uint8

const (
	reading   access = iota // a store that does not exist is an error, not an empty one
	streaming               // as reading, but each part of the answer has the time of one
	writing                 // creates it
	serving                 // creates it, and does not need the server to be there yet
)

// schemes are the forms of the --store flag.
const schemes = "sqlite:PATH, neo4j://HOST:PORT, bolt://HOST:PORT or memory:"

// checkStoreFlags refuses a store that cannot be meant, before anything is opened.
func (p *program) checkStoreFlags(cmd *cobra.Command) error {
	if p.flags.demo && cmd.Flags().Changed("store") {
		return usage("--demo and --store say two things; give one")
	}
	if p.flags.demo || p.flags.store == "" {
		return nil
	}
	scheme, rest, ok := strings.Cut(p.flags.store, ":")
	switch {
	case !ok:
		return usage("the store %q has no scheme; write %s", p.flags.store, schemes)
	case scheme == "sqlite" && rest == "":
		return usage("the store %q names no file; write sqlite:PATH", p.flags.store)
	case scheme == "sqlite":
		return nil
	case scheme == "memory":
		if rest != "" {
			return usage("the store %q says too much; write memory:", p.flags.store)
		}
		return nil
	case isNeo4j(scheme):
		u, err := url.Parse(p.flags.store)
		if err != nil || u.Hostname() == "" {
			return usage("the store is not the address of a Neo4j server; write %s://HOST:PORT", scheme)
		}
		if u.User != nil {
			return usage("the store's address holds a user or password; give them as DEBADGE_NEO4J_USER and DEBADGE_NEO4J_PASSWORD")
		}
		return nil
	}
	return usage("the store %q has an unknown scheme; write %s", p.flags.store, schemes)
}

func isNeo4j(scheme string) bool {
	switch scheme {
	case "neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc":
		return true
	}
	return false
}

// storeName is the store as messages name it; it holds no secret.
func (p *program) storeName() string {
	switch {
	case p.flags.demo:
		return "demo"
	case p.flags.store != "":
		return p.flags.store
	}
	return "sqlite:" + p.defaultPath()
}

// defaultPath is the file of the store where none is named, "" if the user has
// no home.
func (p *program) defaultPath() string {
	if dir := p.getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "debadge", "debadge.db")
	}
	for _, name := range []string{"HOME", "USERPROFILE"} {
		if home := p.getenv(name); home != "" {
			return filepath.Join(home, ".local", "share", "debadge", "debadge.db")
		}
	}
	return ""
}

// open opens the store that the flags name.
func (p *program) open(ctx context.Context, how access) (graph.Store, error) {
	if p.flags.demo {
		return p.openDemo(ctx)
	}
	name := p.storeName()
	scheme, rest, _ := strings.Cut(name, ":")
	switch {
	case scheme == "memory":
		return index.NewMemory(p.clock), nil
	case isNeo4j(scheme):
		password, err := p.secret("DEBADGE_NEO4J_PASSWORD")
		if err != nil {
			return nil, err
		}
		return neo4j.Open(ctx, neo4j.Config{
			URI: name, User: p.getenv("DEBADGE_NEO4J_USER"), Password: password,
			Clock: p.clock, Timeout: p.flags.timeout, Lazy: how == serving,
		})
	case rest == "":
		return nil, usage("there is no home directory to keep claims in; name a store with --store sqlite:PATH")
	}
	if how == reading || how == streaming {
		if _, err := os.Stat(rest); errors.Is(err, fs.ErrNotExist) {
			return nil, graph.Errorf(graph.KindNotFound, "there is no store at %s yet; "+
				"make one with debadge import bundle FILE, name another one with --store, or look at the shipped cases with --demo", rest)
		}
	}
	return sqlite.Open(ctx, rest, p.clock)
}

// openDemo loads the shipped cases into memory.
func (p *program) openDemo(ctx context.Context) (graph.Store, error) {
	s := index.NewMemory(p.clock)
	for _, f := range fixtures.Files() {
		if _, err := bundle.Import(ctx, s, f.Name, bytes.NewReader(f.Data), nil); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// with calls use with the store and closes it. The time that one answer may
// take begins before the store is opened.
func (p *program) with(ctx context.Context, how access, use func(context.Context, graph.Store) error) (err error) {
	if how == reading {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.flags.timeout)
		defer cancel()
	}
	s, err := p.open(ctx, how)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return use(ctx, s)
}

// today is the day that a question means if it names none.
func (p *program) today() graph.Day { return graph.DayOf(p.clock()) }

// patience is how long a service that is stopped may finish what it has begun.
const patience = 15 * time.Second
