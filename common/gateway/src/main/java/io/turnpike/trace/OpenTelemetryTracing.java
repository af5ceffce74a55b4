package io.turnpike.trace;

import io.netty.handler.codec.http.HttpHeaders;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Traces through OpenTelemetry's own interface. Micrometer's would hide it, but takes parents from
 * the thread, knows no status but an exception, and allocates several objects for each turn that is
 * not recorded, which most are. Its bridge stays between this and exemplars.
 */
public final class OpenTelemetryTracing implements TurnTracing {

  private static final String TURN = "turn";

  private final Tracer tracer;
  private final TextMapPropagator propagator;
  private final List<String> traceHeaders;
  private final Lots lots;
  private final InstantSource clock;
  private final LongSupplier ticker;

  /**
   * Which turns are recorded that come without a trace. It is drawn before anything is begun: most
   * are not.
   *
   * @param sampler of the SDK; the same trace id gets the same answer
   * @param ids of the SDK
   */
  public record Lots(Sampler sampler, DrawnIds ids) {

    private boolean isDrawn(String traceId) {
      SamplingDecision decision =
          sampler
              .shouldSample(
                  Context.root(), traceId, TURN, SpanKind.SERVER, Attributes.empty(), List.of())
              .getDecision();
      return decision != SamplingDecision.DROP;
    }

    private Span blank(String traceId) {
      return Span.wrap(
          SpanContext.create(
              traceId, ids.generateSpanId(), TraceFlags.getDefault(), TraceState.getDefault()));
    }
  }

  /**
   * @param clock of the spans
   * @param ticker the turns' own clock, in nanoseconds
   */
  public OpenTelemetryTracing(
      OpenTelemetry telemetry, Lots lots, InstantSource clock, LongSupplier ticker) {
    this.tracer = telemetry.getTracer("io.turnpike");
    this.propagator = telemetry.getPropagators().getTextMapPropagator();
    this.traceHeaders = List.copyOf(propagator.fields());
    this.lots = lots;
    this.clock = clock;
    this.ticker = ticker;
  }

  @Override
  public TurnTrace begin(HttpHeaders headers, long arrivedNanos) {
    if (hasTrace(headers)) {
      Context client = propagator.extract(Context.root(), headers, Headers.INSTANCE);
      return begin(client, arrivedNanos, SpanBuilder::startSpan);
    }
    String id = lots.ids().generateTraceId();
    return lots.isDrawn(id)
        ? begin(Context.root(), arrivedNanos, first -> lots.ids().begin(id, first))
        : new UnrecordedTurn(id, Context.root().with(lots.blank(id)), propagator);
  }

  private boolean hasTrace(HttpHeaders headers) {
    for (int i = 0; i < traceHeaders.size(); i++) {
      if (headers.contains(traceHeaders.get(i))) {
        return true;
      }
    }
    return false;
  }

  private TurnTrace begin(Context client, long arrivedNanos, Function<SpanBuilder, Span> start) {
    Instant now = clock.instant();
    long nowNanos = nowNanos();
    long epochOffsetNanos =
        TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - nowNanos;
    Span turn =
        start.apply(
            tracer
                .spanBuilder(TURN)
                .setParent(client)
                .setSpanKind(SpanKind.SERVER)
                .setStartTimestamp(arrivedNanos + epochOffsetNanos, TimeUnit.NANOSECONDS));
    Context context = client.with(turn);
    return turn.isRecording()
        ? new RecordedTurn(this, turn, context, new RecordedTurn.Begin(nowNanos, epochOffsetNanos))
        : new UnrecordedTurn(turn.getSpanContext().getTraceId(), context, propagator);
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
