package io.turnpike.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.gateway.Outcome;
import io.turnpike.gateway.Receipt;
import io.turnpike.node.NodeId;
import io.turnpike.openai.TurnApi;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StudyMetricsTest {

  private final StudyMetrics metrics = new StudyMetrics(131_072);

  @Test
  void names_areThoseOfTheStudy() {
    Map<String, Object> shown =
        metrics.list(List.of(receipt("ppd", Route.DECODE_DIRECT, 2, 1000))).getFirst();
    assertThat(shown.keySet())
        .containsExactly(
            "request_id",
            "mode",
            "turn",
            "conv_hash",
            "total_time_ms",
            "p_prefill_time_ms",
            "d_time_ms",
            "proxy_overhead_ms",
            "prompt_tokens",
            "completion_tokens",
            "estimated_kv_size_mb",
            "timestamp");
    assertThat(shown)
        .containsEntry("request_id", "r")
        .containsEntry("mode", "ppd_d_direct")
        .containsEntry("turn", 2)
        .containsEntry("p_prefill_time_ms", 0.0)
        .containsEntry("d_time_ms", 30.0)
        .containsEntry("proxy_overhead_ms", 10.0)
        .containsEntry("prompt_tokens", 1000L)
        .containsEntry("estimated_kv_size_mb", 131.072)
        .containsEntry("timestamp", 1.5);
  }

  @Test
  void unknownCounts_areZero() {
    Map<String, Object> shown =
        metrics.list(List.of(receipt("pd", Route.DISAGGREGATED, 1, -1))).getFirst();
    assertThat(shown).containsEntry("prompt_tokens", 0L).containsEntry("estimated_kv_size_mb", 0.0);
  }

  @Test
  void modes_areTheStudysWords() {
    assertThat(StudyMetrics.mode(receipt("pd", Route.DISAGGREGATED, 2, 1))).isEqualTo("pd");
    assertThat(StudyMetrics.mode(receipt("ppd", Route.DISAGGREGATED, 1, 1))).isEqualTo("ppd_turn1");
    assertThat(StudyMetrics.mode(receipt("ppd", Route.DECODE_DIRECT, 2, 1)))
        .isEqualTo("ppd_d_direct");
  }

  @Test
  void summary_countsAndAverages_perMode() {
    Map<String, Object> summary =
        metrics.summary(
            List.of(
                receipt("ppd", Route.DISAGGREGATED, 1, 1),
                receipt("ppd", Route.DECODE_DIRECT, 2, 1),
                receipt("ppd", Route.DECODE_DIRECT, 3, 1)));
    assertThat(summary).containsEntry("total_requests", 3);
    assertThat(part(summary, "pd")).containsEntry("count", 0).containsEntry("avg_total_ms", 0.0);
    assertThat(part(summary, "ppd_turn1")).containsEntry("count", 1);
    assertThat(part(summary, "ppd_d_direct"))
        .containsEntry("count", 2)
        .containsEntry("avg_total_ms", 40.0)
        .containsEntry("avg_d_ms", 30.0)
        .containsEntry("avg_overhead_ms", 10.0)
        .containsEntry("avg_p_prefill_ms", 0.0);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> part(Map<String, Object> summary, String mode) {
    return (Map<String, Object>) summary.getOrDefault(mode, Map.of());
  }

  private static Receipt receipt(String mode, Route route, int turn, long promptTokens) {
    return new Receipt(
        "r",
        Instant.ofEpochMilli(1500),
        TurnApi.CHAT,
        "m",
        true,
        mode,
        route,
        Reason.MODE,
        null,
        new NodeId("d"),
        null,
        turn,
        "new",
        List.of(),
        0,
        200,
        Outcome.ANSWERED,
        promptTokens,
        -1,
        -1,
        new Receipt.Timing(Double.NaN, Double.NaN, 5, 30, 10, 40));
  }
}
