package io.turnpike.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.node.NodeId;
import io.turnpike.openai.TurnApi;
import io.turnpike.receipt.Receipt;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import io.turnpike.turn.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class StudyMetricsTest {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final StudyMetrics metrics = new StudyMetrics(131_072);

  @Test
  void names_areThoseOfTheStudy() {
    assertThat(
            JSON.writeValueAsString(
                metrics.list(List.of(receipt("ppd", Route.DECODE_DIRECT, 2, 1000)))))
        .isEqualTo(
            """
            [{"request_id":"r","mode":"ppd_d_direct","turn":2,"conv_hash":"",\
            "total_time_ms":40.0,"p_prefill_time_ms":0.0,"d_time_ms":30.0,\
            "proxy_overhead_ms":10.0,"prompt_tokens":1000,"completion_tokens":0,\
            "estimated_kv_size_mb":125.0,"timestamp":1.5}]\
            """);
  }

  @Test
  void unknownCounts_areZero() {
    StudyMetrics.StudiedTurn shown =
        metrics.list(List.of(receipt("pd", Route.DISAGGREGATED, 1, -1))).getFirst();
    assertThat(shown.promptTokens()).isZero();
    assertThat(shown.estimatedKvSizeMb()).isZero();
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
    StudyMetrics.Summary summary =
        metrics.summary(
            List.of(
                receipt("ppd", Route.DISAGGREGATED, 1, 1),
                receipt("ppd", Route.DECODE_DIRECT, 2, 1),
                receipt("ppd", Route.DECODE_DIRECT, 3, 1)));
    assertThat(JSON.writeValueAsString(summary))
        .isEqualTo(
            """
            {"total_requests":3,\
            "pd":{"count":0,"avg_total_ms":0.0,"avg_p_prefill_ms":0.0,"avg_d_ms":0.0,\
            "avg_overhead_ms":0.0},\
            "ppd_turn1":{"count":1,"avg_total_ms":40.0,"avg_p_prefill_ms":0.0,"avg_d_ms":30.0,\
            "avg_overhead_ms":10.0},\
            "ppd_d_direct":{"count":2,"avg_total_ms":40.0,"avg_p_prefill_ms":0.0,"avg_d_ms":30.0,\
            "avg_overhead_ms":10.0},"not_answered":{}}\
            """);
  }

  @Test
  void turnsWithoutAnAnswer_areInNoFigure_butCountedApart() {
    Receipt refused = ended(Outcome.REFUSED, 4);
    List<Receipt> all =
        List.of(
            receipt("ppd", Route.DISAGGREGATED, 1, 1),
            refused,
            refused,
            ended(Outcome.CLIENT_GONE, 1));
    StudyMetrics.Summary summary = metrics.summary(all);
    assertThat(summary.totalRequests()).isEqualTo(1);
    assertThat(summary.ppdTurn1().count()).isEqualTo(1);
    assertThat(summary.ppdTurn1().avgTotalMs()).isEqualTo(40);
    assertThat(summary.notAnswered()).isEqualTo(Map.of("refused", 2, "client-gone", 1));
    assertThat(metrics.list(all)).hasSize(1);
  }

  @Test
  void megabytes_areThoseOfTheStudy() {
    assertThat(
            metrics
                .list(List.of(receipt("pd", Route.DISAGGREGATED, 1, 91)))
                .getFirst()
                .estimatedKvSizeMb())
        .isEqualTo(11.375);
  }

  private static Receipt receipt(String mode, Route route, int turn, long promptTokens) {
    return receipt(mode, route, turn, promptTokens, Outcome.ANSWERED, 40);
  }

  private static Receipt ended(Outcome outcome, double totalMs) {
    return receipt("ppd", Route.DISAGGREGATED, 1, -1, outcome, totalMs);
  }

  private static Receipt receipt(
      String mode, Route route, int turn, long promptTokens, Outcome outcome, double totalMs) {
    return new Receipt(
        "r",
        null,
        Instant.ofEpochMilli(1500),
        TurnApi.CHAT,
        null,
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
        List.of(),
        200,
        outcome,
        promptTokens,
        -1,
        -1,
        new Receipt.Timing(Double.NaN, Double.NaN, 5, 30, 10, totalMs),
        null);
  }
}
