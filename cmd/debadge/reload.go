package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"debadge/api"
	"debadge/graph"
)

// watchEvery is how often the files of the certificate are looked at.
const watchEvery = time.Second

// readPolicies reads a folder of policies, in the order of its files. What begins
// with a dot, and what ends otherwise than policies do, is not one.
func readPolicies(folder string) ([]graph.Policy, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, usage("the folder of policies cannot be read: %w", err)
	}
	var policies []graph.Policy
	from := map[string]string{}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		extension := strings.ToLower(filepath.Ext(path))
		if strings.HasPrefix(e.Name(), ".") || !slices.Contains([]string{".yaml", ".yml", ".json"}, extension) {
			continue
		}
		policy, err := readPolicy(path)
		if err != nil {
			return nil, err
		}
		if other, ok := from[policy.Name]; ok {
			return nil, usage("%s and %s are both called %q; give each policy a name of its own", other, path, policy.Name)
		}
		from[policy.Name] = path
		policies = append(policies, policy)
	}
	return policies, nil
}

// reloader exchanges policies and the certificate of a running service.
type reloader struct {
	log         *slog.Logger
	read        func() ([]graph.Policy, error) // nil if there are none to read
	shelf       *api.Shelf
	certificate *api.Certificate // nil without TLS
	recorder    recorder
}

// run reads everything again on SIGHUP, and the certificate when its files
// change, until ctx ends. stop waits for it.
func (r *reloader) run(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	var under sync.WaitGroup
	under.Go(func() {
		defer signal.Stop(hangup)
		ticker := time.NewTicker(watchEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangup:
				r.policies(ctx)
				r.exchangeCertificate(ctx)
			case <-ticker.C:
				r.exchangeCertificate(ctx)
			}
		}
	})
	return func() { cancel(); under.Wait() }
}

// policies reads the policies again. If one is wrong all old ones stay: a half
// of the new ones would be a set that nobody wrote.
func (r *reloader) policies(ctx context.Context) {
	if r.read == nil {
		r.log.LogAttrs(ctx, slog.LevelInfo, "asked to read policies again, but no folder of policies is named")
		return
	}
	policies, err := r.read()
	if err == nil {
		err = r.shelf.Replace(policies)
	}
	if err != nil {
		r.log.LogAttrs(ctx, slog.LevelError, "the policies were not exchanged; the old ones stay", slog.String("error", err.Error()))
		return
	}
	r.recorder.policies(ctx, policies)
	digests := make([]any, len(policies))
	for i, p := range policies {
		digests[i] = slog.String(p.Name, p.Digest())
	}
	r.log.LogAttrs(ctx, slog.LevelInfo, "policies were read", slog.Group("policies", digests...))
}

func (r *reloader) exchangeCertificate(ctx context.Context) {
	if r.certificate == nil {
		return
	}
	changed, err := r.certificate.Reload()
	switch {
	case err != nil && changed:
		r.log.LogAttrs(ctx, slog.LevelError, "the certificate was not exchanged; the old one stays", slog.String("error", err.Error()))
	case err != nil:
		r.log.LogAttrs(ctx, slog.LevelWarn, "the certificate cannot be looked at; the old one stays", slog.String("error", err.Error()))
	case changed:
		r.log.LogAttrs(ctx, slog.LevelInfo, "the certificate was exchanged", slog.Time("ends", r.certificate.Ends()))
	}
}
