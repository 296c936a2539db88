package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// TracingOptions say where traces go.
type TracingOptions struct {
	// Endpoint is the collector's base address, "http://127.0.0.1:4318" (OTLP over HTTP). "" switches tracing off.
	Endpoint string
	// Sample is the share of requests that are traced, 0 to 1.
	Sample  float64
	Version string // of the program
}

// Tracing makes the middleware that gives each sampled request a span, and what sends the last spans when the program ends. Spans are
// named by route pattern and hold method, status and the request's number; no address, path or query. Switched off, the middleware
// is nil and costs nothing. It stands inside Frame.
func Tracing(ctx context.Context, o TracingOptions) (Middleware, func(context.Context) error, error) {
	if o.Endpoint == "" {
		return nil, func(context.Context) error { return nil }, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(strings.TrimRight(o.Endpoint, "/")+"/v1/traces"))
	if err != nil {
		return nil, nil, fmt.Errorf("setting up traces to %s: %w", o.Endpoint, err)
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithSampler(sdktrace.TraceIDRatioBased(o.Sample)),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "dygnet"), attribute.String("service.version", o.Version))),
	)
	return traced(provider.Tracer("dygnet/web")), provider.Shutdown, nil
}

// traced opens a span around each request. Packages below find it in the context.
func traced(tracer trace.Tracer) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			v := visitOf(r.Context())
			if v == nil {
				next.ServeHTTP(w, r)
				return
			}
			// A traceparent from outside is not heeded: anybody could fill the collector with it.
			ctx, span := tracer.Start(r.Context(), "request", trace.WithSpanKind(trace.SpanKindServer), trace.WithNewRoot())
			defer func() {
				if span.IsRecording() {
					span.SetName(v.route())
					span.SetAttributes(attribute.String("http.route", v.route()), attribute.String("http.request.method", methodName(r)),
						attribute.Int("http.response.status_code", v.answer.status), attribute.String("dygnet.request", v.id))
					if v.answer.status >= http.StatusInternalServerError {
						span.SetStatus(codes.Error, "")
					}
				}
				span.End()
			}()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}
