package io.turnpike.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnpike.error.ApiError;
import io.turnpike.node.NodeId;
import io.turnpike.openai.TurnApi;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import io.turnpike.turn.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TurnMetricsTest {

  private static final int PROMPT_TOKENS = 90;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final TurnMetrics metrics =
      new TurnMetrics(meters, new TurnMetrics.Door(() -> 3, () -> 1, 10));

  @Test
  void aHandoff_isTimedAndCounted_underItsPair() {
    metrics.count(handedOver("p", "d"), 0);
    metrics.count(handedOver("p", "d"), 0);

    Timer time = meters.get("turnpike.handoff").tags("prefill", "p", "decode", "d").timer();
    assertThat(time.count()).isEqualTo(2);
    assertThat(time.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(14);
    assertThat(tokens("turnpike.handoff.tokens", "decode", "d")).isEqualTo(2 * PROMPT_TOKENS);
  }

  @Test
  void pairs_beyondThe64th_areOther() {
    for (int i = 0; i < 70; i++) {
      metrics.count(handedOver("p", "d-" + i), 0);
    }
    metrics.count(handedOver("p", "d-0"), 0);

    assertThat(meters.find("turnpike.handoff").timers()).hasSize(65);
    assertThat(meters.get("turnpike.handoff").tag("decode", "other").timer().count()).isEqualTo(6);
    assertThat(meters.get("turnpike.handoff").tag("decode", "d-0").timer().count()).isEqualTo(2);
  }

  @Test
  void theCache_isCompared_whereATurnStayedForIt() {
    metrics.count(stayed(Reason.CACHE_WARM, 40), 64);
    metrics.count(stayed(Reason.CACHE_WARM, 80), 64); // more than expected is no debt of others
    metrics.count(stayed(Reason.CACHE_WARM, -1), 64); // the engine told nothing
    metrics.count(stayed(Reason.NO_PREFILL, 0), 64); // it went elsewhere
    metrics.count(handedOver("p", "d"), 64);

    assertThat(tokens("turnpike.cache.tokens", "kind", "expected")).isEqualTo(128);
    assertThat(tokens("turnpike.cache.tokens", "kind", "seen")).isEqualTo(104);
    assertThat(meters.find("turnpike.handoff").timers()).hasSize(1);
  }

  @Test
  void aLaterTurn_isTimed_apartFromFirstOnes() {
    metrics.count(stayed(Reason.CACHE_WARM, 40), 64);

    assertThat(timed("turnpike.ttft", "later")).isEqualTo(1);
    assertThat(timed("turnpike.turn.duration", "later")).isEqualTo(1);
    assertThat(timed("turnpike.ttft", "first")).isZero();
  }

  private long timed(String name, String turn) {
    return meters.get(name).tags("route", "decode-direct", "turn", turn).timer().count();
  }

  @Test
  void aTurn_isCountedByHowItWasRecognised() {
    metrics.count(stayed(Reason.CACHE_WARM, 40), 64);

    assertThat(tokens("turnpike.recognitions", "match", "continued")).isEqualTo(1);
    assertThat(tokens("turnpike.recognitions", "match", "new")).isZero();
  }

  private double tokens(String name, String label, String value) {
    return meters.get(name).tag(label, value).counter().count();
  }

  private static Receipt handedOver(String prefill, String decode) {
    return receipt(Route.DISAGGREGATED, Reason.FIRST_TURN, prefill, decode, PROMPT_TOKENS);
  }

  private static Receipt stayed(Reason reason, long cached) {
    return receipt(Route.DECODE_DIRECT, reason, null, "d", cached);
  }

  @Test
  void refusals_areCountedByReason() {
    List<ApiError> errors =
        List.of(
            ApiError.invalidJson("cut"),
            ApiError.unauthorized("a key"),
            ApiError.modelNotAllowed("m"),
            ApiError.bodyTooLarge(1),
            ApiError.tooManyRequests("busy"),
            ApiError.draining());
    errors.forEach(metrics::refused);
    metrics.refused(ApiError.draining());
    for (ApiError error : errors) {
      assertThat(tokens("turnpike.refusals", "code", String.valueOf(error.code())))
          .as(error.message())
          .isEqualTo(error.status() == 503 ? 2 : 1);
    }
  }

  @Test
  void answersThatWentOn_areCounted_withTheirGaps() {
    Resumed one = new Resumed(new NodeId("d"), null, new NodeId("e"), 20, 40);
    Resumed another = new Resumed(new NodeId("e"), new NodeId("p"), new NodeId("d"), 30, 60);
    metrics.count(stayed(Reason.CACHE_WARM, 40, List.of(one, another)), 64);
    metrics.count(stayed(Reason.CACHE_WARM, 40), 0);

    assertThat(meters.get("turnpike.resumes").counter().count()).isEqualTo(2);
    Timer gap = meters.get("turnpike.resume.gap").timer();
    assertThat(gap.count()).isEqualTo(2);
    assertThat(gap.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(100);
    assertThat(tokens("turnpike.cache.tokens", "kind", "expected"))
        .as("what another engine had cached says nothing of this one")
        .isZero();
  }

  private static Receipt stayed(Reason reason, long cached, List<Resumed> resumed) {
    return receipt(Route.DECODE_DIRECT, reason, null, "d", cached, resumed);
  }

  private static Receipt receipt(
      Route route, Reason reason, @Nullable String prefill, String decode, long cached) {
    return receipt(route, reason, prefill, decode, cached, List.of());
  }

  private static Receipt receipt(
      Route route,
      Reason reason,
      @Nullable String prefill,
      String decode,
      long cached,
      List<Resumed> resumed) {
    return new Receipt(
        "r",
        null,
        Instant.EPOCH,
        TurnApi.CHAT,
        null,
        "m",
        true,
        "ppd",
        route,
        reason,
        prefill == null ? null : new NodeId(prefill),
        new NodeId(decode),
        null,
        2,
        "continued",
        List.of(),
        0,
        resumed,
        200,
        Outcome.ANSWERED,
        PROMPT_TOKENS,
        cached,
        2,
        new Receipt.Timing(1, prefill == null ? Double.NaN : 5, 7, 30, 13, 40),
        null);
  }
}
