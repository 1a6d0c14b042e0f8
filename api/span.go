package api

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// trackSpan records a span of the request. It is made here and not by otelgin,
// which writes paths, addresses and the names of browsers into spans: whom
// somebody asks about is their business. The names of the attributes are those of
// the semantic conventions of OpenTelemetry for HTTP.
func (s *server) trackSpan(c *gin.Context) {
	if s.Tracer == nil || isProbe(c.FullPath()) {
		return
	}
	route := c.FullPath()
	if route == "" {
		route = "none"
	}
	r := recordOf(c.Request.Context())
	ctx := propagation.TraceContext{}.Extract(c.Request.Context(), propagation.HeaderCarrier(c.Request.Header))
	ctx, span := s.Tracer.Tracer("debadge/api").Start(ctx, methodLabel(c.Request.Method)+" "+route, trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(
			attribute.String("http.request.method", methodLabel(c.Request.Method)), attribute.String("http.route", route),
			attribute.String("debadge.request_id", r.id),
		))
	defer span.End()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
	status := r.status(c)
	span.SetAttributes(attribute.Int("http.response.status_code", status))
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
}
