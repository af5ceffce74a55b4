package io.turnpike.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.sdk.trace.IdGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Random ids of traces and spans; a trace's may be drawn before its first span begins, because
 * whether it is recorded depends on it, and most are not. Thread-safe.
 */
public final class DrawnIds implements IdGenerator {

  private final IdGenerator random = IdGenerator.random();
  private final ThreadLocal<@Nullable String> drawn = new ThreadLocal<>();

  @Override
  public String generateTraceId() {
    String id = drawn.get();
    return id == null ? random.generateTraceId() : id;
  }

  @Override
  public String generateSpanId() {
    return random.generateSpanId();
  }

  /** Begins a trace that has that id. */
  Span begin(String traceId, SpanBuilder first) {
    drawn.set(traceId);
    try {
      return first.startSpan();
    } finally {
      drawn.remove();
    }
  }
}
