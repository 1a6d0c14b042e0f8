package main

import (
	"context"
	"log/slog"
	"net/netip"
	"strings"

	"debadge/api"
	"debadge/graph"
	"debadge/graph/refresh"
	"debadge/ledger"
	"debadge/webhook"
)

// webhookNetworks are those that webhooks may reach beside the public internet.
func (p *program) webhookNetworks() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range p.flags.webhookAllow {
		network, err := parseNetwork(text)
		if err != nil {
			return nil, usage("--webhook-allow %q is not an address or a network; write 10.0.0.0/8", text)
		}
		all = append(all, network)
	}
	return all, nil
}

// webhooks delivers the events of a ledger.
func (p *program) webhooks(l *ledger.Ledger, log *slog.Logger) (*webhook.Sender, error) {
	allowed, err := p.webhookNetworks()
	if err != nil {
		return nil, err
	}
	return webhook.New(l, webhook.Options{Clock: p.clock, Log: log, Agent: "debadge/" + thisBuild().Version, Allowed: allowed})
}

// serviceActor is who the audit log says did what nobody asked for by a request.
const serviceActor = "service"

// recorder makes entries of what a service does by itself.
type recorder struct {
	audit api.AuditLog
	log   *slog.Logger
}

func (r recorder) record(ctx context.Context, e ledger.Event) {
	e.Actor = serviceActor
	if _, err := r.audit.Log(context.WithoutCancel(ctx), e); err != nil {
		r.log.LogAttrs(ctx, slog.LevelError, "the audit log lacks an entry", slog.String("kind", string(e.Kind)), slog.String("subject", e.Subject), slog.String("error", err.Error()))
	}
}

// policies records by which rules the service answers from now on.
func (r recorder) policies(ctx context.Context, configured []graph.Policy) {
	refs := []graph.PolicyRef{}
	for _, p := range configured {
		refs = append(refs, graph.PolicyRef{Name: p.Name, Digest: p.Digest()})
	}
	digest, err := ledger.DigestOf(refs)
	if err != nil {
		r.log.LogAttrs(ctx, slog.LevelError, "the audit log lacks the policies", slog.String("error", err.Error()))
		return
	}
	r.record(ctx, ledger.Event{Kind: ledger.PolicyEntry, Subject: "policies", Digest: digest, Details: map[string]any{"policies": refs}})
}

// refreshed records a refresh by schedule that brought something, or failed.
func (r recorder) refreshed(ctx context.Context, o refresh.Outcome, err error) {
	if err == nil && o.Unchanged {
		return
	}
	details := map[string]any{"register": o.Name, "outcome": "done"}
	if !o.Edition.IsZero() {
		details["edition"] = o.Edition
	}
	if err != nil {
		details["outcome"] = "failed"
	}
	r.record(ctx, ledger.Event{Kind: ledger.ImportEntry, Subject: "register:" + strings.TrimSpace(o.Name), Details: details})
}
