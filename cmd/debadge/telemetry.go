package main

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"debadge/graph"
)

// lastSpans is how long the last spans may take to be sent.
const lastSpans = 5 * time.Second

// tracer returns what makes spans and sends them where the flags say, nil if they
// say nothing. stop sends the last ones.
func (p *program) tracer(ctx context.Context, log *slog.Logger) (provider *sdktrace.TracerProvider, stop func(), err error) {
	nothing := func() {}
	if p.flags.otlpEndpoint == "" {
		return nil, nothing, nil
	}
	endpoint, err := otlpURL(p.flags.otlpEndpoint)
	if err != nil {
		return nil, nothing, err
	}
	headers, err := p.otlpHeaders()
	if err != nil {
		return nil, nothing, err
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint), otlptracehttp.WithHeaders(headers))
	if err != nil {
		return nil, nothing, graph.Errorf(graph.KindInvalid, "traces cannot be sent to %s: %w", endpoint, err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		log.LogAttrs(ctx, slog.LevelWarn, "traces were not sent", slog.String("error", err.Error()))
	}))
	provider = sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(resource.NewSchemaless(
		attribute.String("service.name", "debadge"), attribute.String("service.version", thisBuild().Version))))
	return provider, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSpans)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			log.LogAttrs(ctx, slog.LevelWarn, "the last traces were not sent", slog.String("error", err.Error()))
		}
	}, nil
}

// otlpURL is where spans go; a collector without a path has the usual one.
func otlpURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
		return "", usage("--otlp-endpoint %q is not the address of a collector; write http://HOST:4318, and headers as DEBADGE_OTLP_HEADERS", text)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces"
	}
	return u.String(), nil
}

func (p *program) otlpHeaders() (map[string]string, error) {
	text, err := p.secret("DEBADGE_OTLP_HEADERS")
	if err != nil {
		return nil, err
	}
	headers := map[string]string{}
	for pair := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(pair, "=")
		if strings.TrimSpace(pair) == "" {
			continue
		}
		if !ok {
			return nil, usage("DEBADGE_OTLP_HEADERS is not written as NAME=VALUE,NAME=VALUE")
		}
		headers[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return headers, nil
}
