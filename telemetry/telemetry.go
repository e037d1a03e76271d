// Package telemetry owns how a session is told to an OpenTelemetry collector:
// journal entries as log records, steps and their verdicts as metrics, over
// OTLP. It reads the journal, which is free of secrets and complete before
// anything runs, so that nothing waits for a collector. It must not know how
// verdicts come about, and no program in the way of a command may link it: the
// SDK's packages take 1.7 ms to initialise.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
)

// Endpoint is the variable that switches telemetry on. It and the other OTEL_
// variables are the SDK's: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
const Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"

// Enabled reports whether an environment asks for telemetry.
func Enabled(getenv func(string) string) bool {
	return getenv(Endpoint) != "" && !strings.EqualFold(getenv("OTEL_SDK_DISABLED"), "true")
}

const scope = "restrain"

// An Exporter sends entries to the collector that the environment names.
type Exporter struct {
	logs    *sdklog.LoggerProvider
	metrics *sdkmetric.MeterProvider
	logger  log.Logger

	steps, tampered metric.Int64Counter
	contribution    metric.Float64Histogram
	record          metric.Int64Gauge
	poor            metric.Float64Gauge
	counted         uint64 // the latest entry that the metrics have
}

// batch is how many records are sent together at most; Follow emits fewer
// between two flushes, so that no record is sent before it is asked for.
const batch = 512

// New connects to the collector that the environment names. It does not wait
// for an answer: an unreachable collector is found out by Flush. session is the
// session's id, version restrain's.
func New(ctx context.Context, getenv func(string) string, session, version string) (*Exporter, error) {
	logs, metrics, err := exporters(ctx, getenv("OTEL_EXPORTER_OTLP_PROTOCOL"))
	if err != nil {
		return nil, err
	}
	res, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "restrain"), attribute.String("service.version", version),
			attribute.String("service.instance.id", session)),
		resource.WithHost(), resource.WithFromEnv(), resource.WithTelemetrySDK())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("telemetry resource: %w; check OTEL_RESOURCE_ATTRIBUTES", err)
	}
	e := &Exporter{
		logs: sdklog.NewLoggerProvider(sdklog.WithResource(res),
			sdklog.WithProcessor(sdklog.NewBatchProcessor(logs, sdklog.WithExportMaxBatchSize(batch)))),
		metrics: sdkmetric.NewMeterProvider(sdkmetric.WithResource(res),
			sdkmetric.WithReader(sdkmetric.NewPeriodicReader(metrics))),
	}
	// What the SDK's own goroutines meet is no reason to write to a terminal that
	// belongs to an agent; what is lost, Flush returns.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {}))
	e.logger = e.logs.Logger(scope, log.WithInstrumentationVersion(version))
	return e, e.instruments(e.metrics.Meter(scope, metric.WithInstrumentationVersion(version)))
}

func exporters(ctx context.Context, protocol string) (sdklog.Exporter, sdkmetric.Exporter, error) {
	var logs sdklog.Exporter
	var metrics sdkmetric.Exporter
	var errLogs, errMetrics error
	switch protocol {
	case "", "http/protobuf":
		logs, errLogs = otlploghttp.New(ctx)
		metrics, errMetrics = otlpmetrichttp.New(ctx)
	case "grpc":
		logs, errLogs = otlploggrpc.New(ctx)
		metrics, errMetrics = otlpmetricgrpc.New(ctx)
	default:
		return nil, nil, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL: %q is not supported; set http/protobuf or grpc", protocol)
	}
	if err := errors.Join(errLogs, errMetrics); err != nil {
		return nil, nil, fmt.Errorf("telemetry exporter: %w; check %s", err, Endpoint)
	}
	return logs, metrics, nil
}

func (e *Exporter) instruments(m metric.Meter) error {
	var errs [5]error
	e.steps, errs[0] = m.Int64Counter("restrain.steps", metric.WithUnit("{step}"),
		metric.WithDescription("Steps of agents that were judged, by verdict and severity."))
	e.tampered, errs[1] = m.Int64Counter("restrain.tamper", metric.WithUnit("{attempt}"),
		metric.WithDescription("Attempts of an agent on restrain itself."))
	e.contribution, errs[2] = m.Float64Histogram("restrain.step.contribution", metric.WithUnit("bit"),
		metric.WithDescription("What a step adds to the session's Jensen-Shannon divergence."),
		metric.WithExplicitBucketBoundaries(0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1))
	e.record, errs[3] = m.Int64Gauge("restrain.record", metric.WithUnit("{step}"),
		metric.WithDescription("An agent's steps in a project in 90 days, by what became of them."))
	e.poor, errs[4] = m.Float64Gauge("restrain.record.poor", metric.WithUnit("1"),
		metric.WithDescription("How poor an agent's record in a project is, 0 to 1."))
	if err := errors.Join(errs[:]...); err != nil {
		return fmt.Errorf("telemetry instruments: %w; report this as a defect", err)
	}
	return nil
}

// Flush sends what was recorded. After an error it may have been sent or not.
func (e *Exporter) Flush(ctx context.Context) error { return e.logs.ForceFlush(ctx) }

// Close sends what was recorded, logs and metrics, and disconnects.
func (e *Exporter) Close(ctx context.Context) error {
	return errors.Join(e.logs.Shutdown(ctx), e.metrics.Shutdown(ctx))
}
