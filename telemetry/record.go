package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"

	"restrain/journal"
)

// Record takes an entry in: as a log record each time, in the metrics once.
func (e *Exporter) Record(ctx context.Context, entry journal.Entry) {
	e.logger.Emit(ctx, record(entry))
	if entry.Seq <= e.counted {
		return
	}
	e.counted = entry.Seq
	switch entry.Kind {
	case journal.Tamper:
		e.tampered.Add(ctx, 1)
	case journal.AgentRecord:
		e.agentRecord(ctx, &entry)
	case journal.Step:
		e.steps.Add(ctx, 1, metric.WithAttributes(
			attribute.String("restrain.verdict", entry.Verdict),
			attribute.String("restrain.outcome", entry.Outcome),
			attribute.Bool("restrain.ran", entry.Ran),
			attribute.String("restrain.severity", entry.Severity),
			attribute.String("restrain.door", entry.Door),
			attribute.String("restrain.agent", entry.Agent)))
		e.contribution.Record(ctx, entry.Contribution, metric.WithAttributes(
			attribute.String("restrain.severity", entry.Severity)))
	}
}

// record is an entry as a log record. Its event name is restrain. and the
// entry's kind, its body the command or the reason, its attributes the rest.
func record(entry journal.Entry) log.Record {
	var r log.Record
	r.SetEventName("restrain." + entry.Kind)
	r.SetTimestamp(entry.Time)
	severity := severityOf(entry)
	r.SetSeverity(severity)
	r.SetSeverityText(severity.String())
	body := entry.Command
	if entry.Kind != journal.Step {
		body = entry.Reason
	}
	r.SetBody(attribute.StringValue(body))
	r.AddAttributes(
		attribute.String("session.id", entry.Session),
		attribute.Int64("restrain.journal.seq", int64(entry.Seq)),
		attribute.String("restrain.journal.hash", entry.Hash))
	if entry.Of > 0 { // the step that it is a part of, or is about
		r.AddAttributes(attribute.Int64("restrain.journal.of", int64(entry.Of)))
	}
	switch {
	case entry.Kind == journal.Step:
		r.AddAttributes(stepAttributes(entry)...)
	case entry.Record != nil:
		r.AddAttributes(recordAttributes(&entry)...)
	}
	return r
}

// kinds are what a record counts, by their names.
func kinds(r *journal.Record) []attribute.KeyValue {
	return []attribute.KeyValue{
		attribute.Int("all", r.Steps), attribute.Int("outside", r.Outside), attribute.Int("found", r.Found), attribute.Int("used", r.Used),
		attribute.Int("asked", r.Asked), attribute.Int("denied", r.Denied), attribute.Int("around", r.Around),
	}
}

// agentRecord takes an agent's record into the metrics.
func (e *Exporter) agentRecord(ctx context.Context, entry *journal.Entry) {
	if entry.Record == nil {
		return
	}
	agent := attribute.String("restrain.agent", entry.Agent)
	for _, kind := range kinds(entry.Record) {
		e.record.Record(ctx, kind.Value.AsInt64(), metric.WithAttributes(agent, attribute.String("restrain.record.kind", string(kind.Key))))
	}
	e.poor.Record(ctx, entry.Record.Poor, metric.WithAttributes(agent))
}

func recordAttributes(entry *journal.Entry) []attribute.KeyValue {
	r := entry.Record
	attributes := []attribute.KeyValue{
		attribute.String("restrain.agent", entry.Agent), attribute.Int("restrain.record.sessions", r.Sessions),
		attribute.Float64("restrain.record.poor", r.Poor), attribute.Float64("restrain.record.week", r.Week), attribute.Float64("restrain.record.change", r.Change),
	}
	for _, kind := range kinds(r) {
		attributes = append(attributes, attribute.KeyValue{Key: "restrain.record." + kind.Key, Value: kind.Value})
	}
	return attributes
}

func stepAttributes(entry journal.Entry) []attribute.KeyValue {
	attributes := []attribute.KeyValue{
		attribute.String("restrain.verdict", entry.Verdict),
		attribute.String("restrain.outcome", entry.Outcome),
		attribute.Bool("restrain.ran", entry.Ran),
		attribute.String("restrain.severity", entry.Severity),
		attribute.String("restrain.level", entry.Level),
		attribute.String("restrain.door", entry.Door),
		attribute.String("restrain.agent", entry.Agent),
		attribute.Int("process.pid", entry.PID),
		attribute.String("process.working_directory", entry.Dir),
		attribute.Float64("restrain.divergence", entry.Divergence),
		attribute.Float64("restrain.contribution", entry.Contribution),
		attribute.Float64("restrain.surprise", entry.Surprise),
		attribute.Float64("restrain.percentile", entry.Percentile),
		attribute.String("restrain.reason", entry.Reason),
		attribute.String("restrain.sequence", entry.Sequence),
		attribute.StringSlice("restrain.classes", entry.Classes),
		attribute.StringSlice("restrain.rules", entry.Rules),
		attribute.StringSlice("restrain.resources", entry.Resources),
	}
	if entry.Answer != nil {
		attributes = append(attributes,
			attribute.Bool("restrain.answer.approved", entry.Answer.Approved),
			attribute.String("restrain.answer.by", entry.Answer.By),
			attribute.String("restrain.answer.reason", entry.Answer.Reason))
	}
	return attributes
}

// severityOf is how much an entry matters to who watches many machines: what was
// held or denied is a warning, or an error when its harm would have been high.
func severityOf(entry journal.Entry) log.Severity {
	switch {
	case entry.Kind == journal.Tamper:
		return log.SeverityError
	case entry.Kind != journal.Step, entry.Verdict == "allow":
		return log.SeverityInfo
	case entry.Severity == "critical", entry.Severity == "high":
		return log.SeverityError
	}
	return log.SeverityWarn
}
