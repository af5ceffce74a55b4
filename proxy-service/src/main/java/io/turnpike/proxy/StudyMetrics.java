package io.turnpike.proxy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.turnpike.control.ControlJson;
import io.turnpike.receipt.AnsweredTurns;
import io.turnpike.receipt.Receipt;
import io.turnpike.routing.Route;
import java.util.List;
import java.util.Map;

/**
 * Receipts in the shape that the study's proxy gave them ({@code GET /metrics} and {@code
 * /metrics/summary}): turns that were answered, streamed ones included.
 */
final class StudyMetrics {

  /** The study's MB are these: 8 tokens of 131,072 B are one. */
  private static final double BYTES_PER_MB = 1024 * 1024;

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

  /**
   * All turns together.
   *
   * @param totalRequests that were answered
   * @param notAnswered the others, by outcome; they are in no figure beside
   */
  @ControlJson
  record Summary(
      int totalRequests,
      Averages pd,
      Averages ppdTurn1,
      @JsonProperty("ppd_d_direct") Averages ppdDirect,
      Map<String, Integer> notAnswered) {}

  /** The turns of one of the study's modes; 0 where there is none. */
  @ControlJson
  record Averages(
      int count,
      double avgTotalMs,
      @JsonProperty("avg_p_prefill_ms") double avgPrefillMs,
      @JsonProperty("avg_d_ms") double avgDecodeMs,
      double avgOverheadMs) {}

  List<StudiedTurn> list(List<Receipt> receipts) {
    return AnsweredTurns.of(receipts).turns().stream().map(this::one).toList();
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
        promptTokens * kvBytesPerToken / BYTES_PER_MB,
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
    AnsweredTurns answered = AnsweredTurns.of(receipts);
    List<Receipt> turns = answered.turns();
    return new Summary(
        turns.size(),
        averages(turns, "pd"),
        averages(turns, "ppd_turn1"),
        averages(turns, "ppd_d_direct"),
        answered.notAnswered());
  }

  private static Averages averages(List<Receipt> turns, String mode) {
    List<Receipt> some = turns.stream().filter(r -> mode(r).equals(mode)).toList();
    return new Averages(
        some.size(),
        AnsweredTurns.mean(some, r -> r.timing().totalMs()),
        AnsweredTurns.mean(some, r -> orZero(r.timing().prefillMs())),
        AnsweredTurns.mean(some, r -> orZero(r.timing().decodeMs())),
        AnsweredTurns.mean(some, r -> r.timing().overheadMs()));
  }

  private static double orZero(double ms) {
    return Double.isNaN(ms) ? 0 : ms;
  }
}
