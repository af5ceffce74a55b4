package io.turnpike.trace;

import io.netty.handler.codec.http.HttpHeaders;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Traces through OpenTelemetry's own interface. Micrometer's would hide it, but takes parents from
 * the thread, knows no status but an exception, and allocates several objects for each turn that is
 * not recorded, which most are. Its bridge stays between this and exemplars.
 */
public final class OpenTelemetryTracing implements TurnTracing {

  private final Tracer tracer;
  private final TextMapPropagator propagator;
  private final InstantSource clock;
  private final LongSupplier ticker;

  /**
   * @param clock of the spans
   * @param ticker the turns' own clock, in nanoseconds
   */
  public OpenTelemetryTracing(OpenTelemetry telemetry, InstantSource clock, LongSupplier ticker) {
    this.tracer = telemetry.getTracer("io.turnpike");
    this.propagator = telemetry.getPropagators().getTextMapPropagator();
    this.clock = clock;
    this.ticker = ticker;
  }

  @Override
  public TurnTrace begin(HttpHeaders headers, long arrivedNanos) {
    Instant now = clock.instant();
    long nowNanos = nowNanos();
    long epochOffsetNanos =
        TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - nowNanos;
    Context client = propagator.extract(Context.root(), headers, Headers.INSTANCE);
    Span turn =
        tracer
            .spanBuilder("turn")
            .setParent(client)
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(arrivedNanos + epochOffsetNanos, TimeUnit.NANOSECONDS)
            .startSpan();
    Context context = client.with(turn);
    if (turn.isRecording()) {
      return new RecordedTurn(
          this, turn, context, new RecordedTurn.Begin(nowNanos, epochOffsetNanos));
    }
    SpanContext unrecorded = turn.getSpanContext();
    return unrecorded.isValid()
        ? new UnrecordedTurn(unrecorded.getTraceId(), this, context)
        : Untraced.INSTANCE; // its SDK is switched off
  }

  /** Writes the span of that context into headers for whoever goes on with it. */
  HttpHeaders tell(Context context, HttpHeaders headers) {
    propagator.inject(context, headers, Headers.INSTANCE);
    return headers;
  }

  Tracer tracer() {
    return tracer;
  }

  long nowNanos() {
    return ticker.getAsLong();
  }

  /** Headers as propagators see them. */
  private enum Headers implements TextMapGetter<HttpHeaders>, TextMapSetter<HttpHeaders> {
    INSTANCE;

    @Override
    public Iterable<String> keys(HttpHeaders headers) {
      return headers.names();
    }

    @Override
    public @Nullable String get(@Nullable HttpHeaders headers, String name) {
      return headers == null ? null : headers.get(name);
    }

    @Override
    public void set(@Nullable HttpHeaders headers, String name, String value) {
      if (headers != null) {
        headers.set(name, value);
      }
    }
  }
}
