package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"debadge/api"
	"debadge/web"
)

// configName is the command that looks at the configuration.
const configName = "config"

func (p *program) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     configName,
		Short:   "Look at the settings of the service",
		Example: "  debadge config show --config debadge.yaml",
		Args:    noCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	show := &cobra.Command{
		Use:   "show",
		Short: "Every setting, and where its value came from",
		Long: `Show prints every setting that serve would run with, and where its value came
from: a flag, the environment, a line of the file of settings, or the default.
Of secrets it tells only whether they are given.`,
		Example: "  debadge config show\n  debadge config show --config debadge.yaml --addr 0.0.0.0:8080",
		Args:    takes(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.showConfig(cmd) },
	}
	check := &cobra.Command{
		Use:   "check",
		Short: "Would serve run with these settings?",
		Long: `Check reads everything that serve would read before it listens: the file of
settings, policies, the certificate and its key. It opens no store and asks
nobody. The exit status is 0 if serve would run with them, else 2.`,
		Example: "  debadge config check --config debadge.yaml",
		Args:    takes(),
		RunE: func(*cobra.Command, []string) error {
			if _, err := p.prepare(); err != nil {
				return err
			}
			_, err := fmt.Fprintln(p.stdout, "The settings are in order.")
			return err
		},
	}
	for _, c := range []*cobra.Command{show, check} {
		cmd.AddCommand(c)
		p.register(c, c.Flags(), configName)
	}
	return cmd
}

// showConfig prints the table of settings with their values.
func (p *program) showConfig(cmd *cobra.Command) error {
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SETTING\tVALUE\tFROM")
	shown := map[string]bool{}
	for _, s := range settings() {
		if s.env == "" || shown[s.env] {
			continue
		}
		shown[s.env] = true
		value, source := p.settingValue(cmd, s)
		fmt.Fprintf(table, "%s\t%s\t%s\n", s.key(), escape(value), escape(source))
	}
	return table.Flush()
}

// settingValue returns what a setting is, and where that came from.
func (p *program) settingValue(cmd *cobra.Command, s setting) (value, source string) {
	texts, source := p.given(s)
	if slices.Contains(secrets(), s.env) {
		if source == "" {
			return "", "default"
		}
		return "(hidden)", source
	}
	if s.flag == "" {
		if source == "" {
			return "", "default"
		}
		return strings.Join(texts, ","), source
	}
	flag := cmd.Flags().Lookup(s.flag)
	if flag == nil {
		return "", "default"
	}
	value = strings.Trim(flag.Value.String(), "[]")
	switch {
	case flag.Changed:
		return value, "--" + s.flag
	case source == "":
		return value, "default"
	}
	return value, source
}

// prepared is what a service needs before it opens a store or listens.
type prepared struct {
	options     api.Options
	shelf       *api.Shelf
	certificate *api.Certificate // nil without TLS
	pages       web.Options
}

// prepare reads what the settings name, and refuses what cannot work.
func (p *program) prepare() (prepared, error) {
	var ready prepared
	if err := p.checkServe(); err != nil {
		return ready, err
	}
	policies, err := p.policies()
	if err != nil {
		return ready, err
	}
	if ready.shelf, err = api.NewShelf(policies); err != nil {
		return ready, usage("--policies: %w", err)
	}
	if ready.certificate, err = p.certificate(); err != nil {
		return ready, err
	}
	o := &ready.options
	if o.Access, err = p.access(nil); err != nil {
		return ready, err
	}
	if o.Proxies, err = p.proxies(); err != nil {
		return ready, err
	}
	if _, err = p.webhookNetworks(); err != nil {
		return ready, err
	}
	if o.Limits, err = p.limits(); err != nil {
		return ready, err
	}
	if _, err := p.secret("DEBADGE_NEO4J_PASSWORD"); err != nil {
		return ready, err
	}
	if p.flags.otlpEndpoint != "" {
		if _, err := otlpURL(p.flags.otlpEndpoint); err != nil {
			return ready, err
		}
		if _, err := p.otlpHeaders(); err != nil {
			return ready, err
		}
	}
	if ready.pages, err = p.pages(); err != nil {
		return ready, err
	}
	if err := api.CheckOrigins(p.flags.corsOrigins); err != nil {
		return ready, usage("--cors-origin: %w", err)
	}
	o.Shelf, o.Origins, o.MaxLag, o.RequestTimeout = ready.shelf, p.flags.corsOrigins, p.flags.maxLag, p.flags.timeout
	o.StoreName, o.Clock, o.Version = p.storeName(), p.clock, thisBuild().Version
	return ready, nil
}

// certificate reads the certificate, if there is to be TLS.
func (p *program) certificate() (*api.Certificate, error) {
	if (p.flags.tlsCert == "") != (p.flags.tlsKey == "") {
		return nil, usage("--tls-cert and --tls-key belong together; give both or none")
	}
	if p.flags.tlsCert == "" {
		return nil, nil //nolint:nilnil // no TLS, which is no error
	}
	c, err := api.OpenCertificate(p.flags.tlsCert, p.flags.tlsKey)
	if err != nil {
		return nil, usageError{err}
	}
	return c, nil
}
