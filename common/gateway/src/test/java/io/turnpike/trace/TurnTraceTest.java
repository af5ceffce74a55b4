package io.turnpike.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.turnpike.connector.Connectors;
import io.turnpike.engine.TestNodes;
import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import io.turnpike.node.Role;
import io.turnpike.openai.TurnApi;
import io.turnpike.receipt.Receipt;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import io.turnpike.trace.OpenTelemetryTracing.Lots;
import io.turnpike.turn.Outcome;
import io.turnpike.turn.TurnRecord;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TurnTraceTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CLIENT = "00-" + TRACE + "-00f067aa0ba902b7-";
  private static final long BEGAN = 1_000;
  private static final Instant EPOCH = Instant.ofEpochSecond(10);

  private final Node p = TestNodes.node("p", Role.PREFILL, Connectors.NIXL);
  private final Node d = TestNodes.node("d", Role.DECODE, Connectors.NIXL);
  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private long now = BEGAN;
  private List<String> troubles = List.of();

  private TurnTracing tracing(Sampler sampler) {
    DrawnIds ids = new DrawnIds();
    Sampler parentBased = Sampler.parentBased(sampler);
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(spans))
            .setSampler(parentBased)
            .setIdGenerator(ids)
            .build();
    return new OpenTelemetryTracing(
        OpenTelemetrySdk.builder()
            .setTracerProvider(provider)
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build(),
        new Lots(parentBased, ids),
        () -> EPOCH.plusNanos(now - BEGAN),
        () -> now);
  }

  private TurnTrace recorded() {
    return tracing(Sampler.alwaysOn()).begin(new DefaultHttpHeaders(), BEGAN);
  }

  private static HttpHeaders headers() {
    return new DefaultHttpHeaders();
  }

  private static Receipt receipt(Outcome outcome) {
    return new Receipt(
        "r",
        null,
        EPOCH,
        TurnApi.COMPLETIONS,
        null,
        null,
        true,
        "pd",
        Route.DISAGGREGATED,
        Reason.MODE,
        null,
        null,
        null,
        0,
        "new",
        List.of(),
        0,
        List.of(),
        0,
        outcome,
        -1,
        -1,
        -1,
        new Receipt.Timing(0, 0, 0, 0, 0, 0),
        null);
  }

  /** Ends the turn, whose first content came then; 0: never. */
  private void end(TurnTrace trace, Outcome outcome, long firstContent, long prefillNanos) {
    TurnRecord record =
        new TurnRecord(
            null, 1, troubles, 0, BEGAN, BEGAN + 10, prefillNanos, 0, firstContent, outcome);
    trace.end(record, now, () -> receipt(outcome));
  }

  /** The spans in the order of their ends, each with its times on the turn's clock. */
  private List<String> told() {
    return spans.getFinishedSpanItems().stream()
        .map(
            span ->
                span.getName()
                    + " "
                    + time(span.getStartEpochNanos())
                    + "-"
                    + time(span.getEndEpochNanos())
                    + failure(span))
        .toList();
  }

  private static long time(long epochNanos) {
    return epochNanos - 10_000_000_000L;
  }

  private static String failure(SpanData span) {
    String said = span.getStatus().getDescription();
    return said.isEmpty() ? "" : ": " + said;
  }

  @Test
  void turn_isMadeOfItsParts_atTheirTimes() {
    now = BEGAN + 4;
    TurnTrace trace = recorded();
    now = BEGAN + 12;
    trace.prefill(p, headers());
    now = BEGAN + 40;
    trace.answer(d, p, headers());
    now = BEGAN + 100;
    end(trace, Outcome.ANSWERED, BEGAN + 60, 28);
    assertThat(told())
        .containsExactly(
            "admit 0-4",
            "recognise 4-10",
            "decide 10-12",
            "prefill 12-40",
            "handoff 40-60",
            "decode 40-60",
            "stream 60-100",
            "text_completion 0-100");
  }

  @Test
  void triesThatFailed_haveTheirTroubles_inOrder() {
    Node other = TestNodes.node("e", Role.DECODE, Connectors.NIXL);
    troubles = List.of("prefill p broke", "handoff p→d: d failed");
    TurnTrace trace = recorded();
    trace.prefill(p, headers());
    now = BEGAN + 20;
    trace.prefill(p, headers());
    now = BEGAN + 30;
    trace.answer(d, p, headers());
    now = BEGAN + 50;
    trace.answer(other, null, headers());
    now = BEGAN + 90;
    end(trace, Outcome.ANSWERED, BEGAN + 70, -1);
    assertThat(told())
        .containsSubsequence(
            "prefill 0-20: prefill p broke",
            "prefill 20-30",
            "handoff 30-50: handoff p→d: d failed",
            "decode 30-50: handoff p→d: d failed",
            "decode 50-70",
            "stream 70-90");
  }

  @Test
  void clientThatLeaves_isNobodysFault_andAFailureIs() {
    TurnTrace left = recorded();
    left.prefill(p, headers());
    now = BEGAN + 30;
    end(left, Outcome.CLIENT_GONE, 0, -1);
    assertThat(told()).contains("prefill 0-30", "text_completion 0-30");
    spans.reset();
    now = BEGAN;
    TurnTrace failed = recorded();
    failed.answer(d, null, headers());
    now = BEGAN + 30;
    troubles = List.of("d went away");
    end(failed, Outcome.FAILED, 0, -1);
    assertThat(told()).contains("decode 0-30: d went away", "text_completion 0-30: failed");
  }

  @Test
  void streamThatBreaksOff_saysSo_andItsLegDoesNot() {
    TurnTrace trace = recorded();
    trace.answer(d, null, headers());
    now = BEGAN + 90;
    end(trace, Outcome.CUT, BEGAN + 20, -1);
    assertThat(told())
        .contains("decode 0-20", "stream 20-90: broke off", "text_completion 0-90: cut");
  }

  @Test
  void overlappingLegs_endEachAtItsTime() {
    Node early = TestNodes.node("p", Role.PREFILL, Overlapping.INSTANCE);
    TurnTrace trace = recorded();
    trace.prefill(early, headers());
    trace.answer(d, early, headers());
    now = BEGAN + 90;
    end(trace, Outcome.ANSWERED, BEGAN + 50, 35);
    assertThat(told()).contains("prefill 0-35", "handoff 35-50", "decode 0-50");
  }

  private enum Overlapping implements Connector {
    INSTANCE;

    @Override
    public String word() {
      return "overlapping";
    }

    @Override
    public Order order() {
      return Order.OVERLAPPING;
    }
  }

  @Test
  void turnThatNobodyCouldServe_isDecidedUntilItsEnd() {
    TurnTrace trace = recorded();
    now = BEGAN + 15;
    end(trace, Outcome.REJECTED, 0, -1);
    assertThat(told())
        .containsExactly(
            "admit 0-0", "recognise 0-10", "decide 10-15", "text_completion 0-15: rejected");
  }

  @Test
  void clientDecides_whetherItIsRecorded() {
    assertThat(begun(Sampler.alwaysOff(), CLIENT + "01")).isInstanceOf(RecordedTurn.class);
    assertThat(begun(Sampler.alwaysOn(), CLIENT + "00")).isInstanceOf(UnrecordedTurn.class);
    assertThat(begun(Sampler.alwaysOn(), "nonsense")).isInstanceOf(RecordedTurn.class);
    assertThat(begun(Sampler.alwaysOff(), null)).isInstanceOf(UnrecordedTurn.class);
    assertThat(begun(Sampler.alwaysOff(), CLIENT + "00").id()).isEqualTo(TRACE);
  }

  @Test
  void shareOfTurnsWithoutATrace_isRecorded_andTheyKeepTheIdThatWasDrawn() {
    TurnTracing half = tracing(Sampler.traceIdRatioBased(0.5));
    Set<String> ids = new HashSet<>();
    int recorded = 0;
    for (int i = 0; i < 400; i++) {
      TurnTrace trace = half.begin(headers(), BEGAN);
      recorded += trace instanceof RecordedTurn ? 1 : 0;
      ids.add(Objects.requireNonNull(trace.id()));
      String told = trace.prefill(p, headers()).get("traceparent");
      assertThat(told)
          .startsWith("00-" + trace.id() + "-")
          .endsWith(trace instanceof RecordedTurn ? "-01" : "-00");
      assertThat(trace.answer(d, p, headers()).get("traceparent")).startsWith("00-" + trace.id());
    }
    assertThat(recorded).isBetween(120, 280); // 8 deviations
    assertThat(ids).hasSize(400);
  }

  private TurnTrace begun(Sampler sampler, @Nullable String parent) {
    HttpHeaders headers = new DefaultHttpHeaders();
    if (parent != null) {
      headers.set("traceparent", parent);
    }
    return tracing(sampler).begin(headers, BEGAN);
  }

  @Test
  void engines_areToldTheLeg_orThatNothingIsRecorded() {
    HttpHeaders forwarded = headers().set("traceparent", CLIENT + "01");
    TurnTrace trace = begun(Sampler.alwaysOff(), CLIENT + "01");
    trace.answer(d, null, forwarded);
    end(trace, Outcome.ANSWERED, BEGAN + 1, -1);
    String leg =
        spans.getFinishedSpanItems().stream()
            .filter(span -> span.getName().equals("decode"))
            .map(SpanData::getSpanId)
            .findFirst()
            .orElseThrow();
    assertThat(forwarded.getAll("traceparent")).containsExactly("00-" + TRACE + "-" + leg + "-01");
    HttpHeaders quiet = begun(Sampler.alwaysOn(), CLIENT + "00").prefill(p, headers());
    assertThat(quiet.get("traceparent")).startsWith("00-" + TRACE).endsWith("-00");
    TurnTrace none = TurnTracing.OFF.begin(headers(), BEGAN);
    assertThat(none.id()).isNull();
    assertThat(none.prefill(p, headers())).isEmpty();
  }

  @Test
  void metrics_areCounted_inTheTurnsTrace() {
    TurnTrace trace = recorded();
    trace.end(
        new TurnRecord(null, 0, List.of(), 0, BEGAN, 0, -1, 0, 0, Outcome.CLIENT_GONE),
        now,
        () -> {
          assertThat(Span.current().getSpanContext().getTraceId()).isEqualTo(trace.id());
          return receipt(Outcome.CLIENT_GONE);
        });
    assertThat(Span.current().getSpanContext().isValid()).isFalse();
    assertThat(told()).containsExactly("admit 0-0", "text_completion 0-0");
  }
}
