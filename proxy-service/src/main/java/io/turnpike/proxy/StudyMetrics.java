package io.turnpike.proxy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.turnpike.control.ControlJson;
import io.turnpike.receipt.Receipt;
import io.turnpike.routing.Route;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Receipts in the shape that the study's proxy gave them ({@code GET /metrics} and {@code
 * /metrics/summary}), streamed turns included.
 */
final class StudyMetrics {

  private final long kvBytesPerToken;

  StudyMetrics(long kvBytesPerToken) {
    this.kvBytesPerToken = kvBytesPerToken;
  }

  /**
   * One turn. Times are milliseconds, {@code timestamp} seconds since 1970; what is not known is 0.
   */
  @ControlJson
  record StudiedTurn(
      String requestId,
      String mode,
      int turn,
      String convHash,
      double totalTimeMs,
      @JsonProperty("p_prefill_time_ms") double prefillTimeMs,
      @JsonProperty("d_time_ms") double decodeTimeMs,
      double proxyOverheadMs,
      long promptTokens,
      long completionTokens,
      double estimatedKvSizeMb,
      double timestamp) {}

  /** All turns together. */
  @ControlJson
  record Summary(
      int totalRequests,
      Averages pd,
      Averages ppdTurn1,
      @JsonProperty("ppd_d_direct") Averages ppdDirect) {}

  /** The turns of one of the study's modes; 0 where there is none. */
  @ControlJson
  record Averages(
      int count,
      double avgTotalMs,
      @JsonProperty("avg_p_prefill_ms") double avgPrefillMs,
      @JsonProperty("avg_d_ms") double avgDecodeMs,
      double avgOverheadMs) {}

  List<StudiedTurn> list(List<Receipt> receipts) {
    return receipts.stream().map(this::one).toList();
  }

  private StudiedTurn one(Receipt receipt) {
    Receipt.Timing timing = receipt.timing();
    long promptTokens = Math.max(0, receipt.promptTokens());
    return new StudiedTurn(
        receipt.id(),
        mode(receipt),
        receipt.turn(),
        receipt.conversation() == null ? "" : receipt.conversation(),
        timing.totalMs(),
        orZero(timing.prefillMs()),
        orZero(timing.decodeMs()),
        timing.overheadMs(),
        promptTokens,
        Math.max(0, receipt.completionTokens()),
        promptTokens * kvBytesPerToken / 1e6,
        receipt.at().toEpochMilli() / 1000.0);
  }

  /** The study's words for what a turn did. */
  static String mode(Receipt receipt) {
    if (receipt.route() == Route.DECODE_DIRECT) {
      return "ppd_d_direct";
    }
    return receipt.mode().equals("pd") ? "pd" : "ppd_turn1";
  }

  Summary summary(List<Receipt> receipts) {
    return new Summary(
        receipts.size(),
        averages(receipts, "pd"),
        averages(receipts, "ppd_turn1"),
        averages(receipts, "ppd_d_direct"));
  }

  private static Averages averages(List<Receipt> receipts, String mode) {
    List<Receipt> some = receipts.stream().filter(r -> mode(r).equals(mode)).toList();
    return new Averages(
        some.size(),
        average(some, r -> r.timing().totalMs()),
        average(some, r -> orZero(r.timing().prefillMs())),
        average(some, r -> orZero(r.timing().decodeMs())),
        average(some, r -> r.timing().overheadMs()));
  }

  private static double average(List<Receipt> receipts, ToDoubleFunction<Receipt> value) {
    return receipts.stream().mapToDouble(value).average().orElse(0);
  }

  private static double orZero(double ms) {
    return Double.isNaN(ms) ? 0 : ms;
  }
}
