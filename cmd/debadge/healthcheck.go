package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"debadge/graph"
)

// healthPatience is how long a service that is well needs at most.
const healthPatience = 3 * time.Second

func (p *program) healthcheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "healthcheck",
		Short: "Is a service well? For the health check of a container",
		Long: `Healthcheck asks a service whether it can answer questions (/readyz), or with
--live whether its process is alive (/livez). The exit status is 0 if so, else 1.`,
		Example: `  debadge healthcheck --addr http://127.0.0.1:8080
  debadge healthcheck --live`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.healthcheck(cmd.Context()) },
	}
	p.register(cmd, cmd.Flags(), "healthcheck")
	return cmd
}

// healthClient asks a service on this machine whatever name its certificate has:
// it is known to be the one, and nothing is told to it.
func healthClient(host string) *http.Client {
	if a, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !a.IsLoopback()) {
		return http.DefaultClient
	}
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // see above
		DisableKeepAlives: true,
	}}
}

func (p *program) healthcheck(ctx context.Context) error {
	base := p.flags.target
	if !strings.Contains(base, "://") {
		base = "http://" + base
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return usage("--addr %q is not the address of a service; write http://HOST:PORT", p.flags.target)
	}
	u = u.JoinPath("readyz")
	if p.flags.live {
		u.Path = strings.TrimSuffix(u.Path, "readyz") + "livez"
	}
	ctx, cancel := context.WithTimeout(ctx, min(healthPatience, p.flags.timeout))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return usage("--addr %q is not the address of a service: %w", p.flags.target, err)
	}
	response, err := healthClient(u.Hostname()).Do(request)
	if err != nil {
		if failed := new(url.Error); errors.As(err, &failed) {
			err = failed.Err
		}
		return graph.Errorf(graph.KindUnavailable, "no answer from %s: %s", u, err)
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	if response.StatusCode != http.StatusOK {
		const enough = 2 << 10
		body, _ := io.ReadAll(io.LimitReader(response.Body, enough)) // what came of it
		return graph.Errorf(graph.KindUnavailable, "%s answers %s: %s", u, response.Status, strings.Join(strings.Fields(string(body)), " "))
	}
	_, err = fmt.Fprintf(p.stdout, "%s answers %s\n", u, response.Status)
	return err
}
