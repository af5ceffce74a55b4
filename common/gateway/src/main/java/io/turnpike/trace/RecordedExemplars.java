package io.turnpike.trace;

import io.opentelemetry.api.trace.Span;
import io.prometheus.metrics.tracer.common.SpanContext;

/**
 * Which trace an exemplar leads to. Boot's own asks Micrometer's tracer, which wraps the span anew
 * at each observation of a metric, recorded or not. Thread-safe.
 */
public final class RecordedExemplars implements SpanContext {

  @Override
  public String getCurrentTraceId() {
    return Span.current().getSpanContext().getTraceId();
  }

  @Override
  public String getCurrentSpanId() {
    return Span.current().getSpanContext().getSpanId();
  }

  @Override
  public boolean isCurrentSpanSampled() {
    return Span.current().getSpanContext().isSampled();
  }

  @Override
  public void markCurrentSpanAsExemplar() {
    // Spans say nothing of it.
  }
}
