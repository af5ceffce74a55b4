package io.turnpike.proxy;

import io.turnpike.gateway.Receipt;
import io.turnpike.routing.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  List<Map<String, Object>> list(List<Receipt> receipts) {
    return receipts.stream().map(this::one).toList();
  }

  private Map<String, Object> one(Receipt receipt) {
    Receipt.Timing timing = receipt.timing();
    long promptTokens = Math.max(0, receipt.promptTokens());
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("request_id", receipt.id());
    shown.put("mode", mode(receipt));
    shown.put("turn", receipt.turn());
    shown.put("conv_hash", receipt.conversation() == null ? "" : receipt.conversation());
    shown.put("total_time_ms", timing.totalMs());
    shown.put("p_prefill_time_ms", orZero(timing.prefillMs()));
    shown.put("d_time_ms", orZero(timing.decodeMs()));
    shown.put("proxy_overhead_ms", timing.overheadMs());
    shown.put("prompt_tokens", promptTokens);
    shown.put("completion_tokens", Math.max(0, receipt.completionTokens()));
    shown.put("estimated_kv_size_mb", promptTokens * kvBytesPerToken / 1e6);
    shown.put("timestamp", receipt.at().toEpochMilli() / 1000.0);
    return shown;
  }

  /** The study's words for what a turn did. */
  static String mode(Receipt receipt) {
    if (receipt.route() == Route.DECODE_DIRECT) {
      return "ppd_d_direct";
    }
    return receipt.mode().equals("pd") ? "pd" : "ppd_turn1";
  }

  Map<String, Object> summary(List<Receipt> receipts) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("total_requests", receipts.size());
    for (String mode : List.of("pd", "ppd_turn1", "ppd_d_direct")) {
      List<Receipt> some = receipts.stream().filter(r -> mode(r).equals(mode)).toList();
      Map<String, Object> part = new LinkedHashMap<>();
      part.put("count", some.size());
      part.put("avg_total_ms", average(some, r -> r.timing().totalMs()));
      part.put("avg_p_prefill_ms", average(some, r -> orZero(r.timing().prefillMs())));
      part.put("avg_d_ms", average(some, r -> orZero(r.timing().decodeMs())));
      part.put("avg_overhead_ms", average(some, r -> r.timing().overheadMs()));
      shown.put(mode, part);
    }
    return shown;
  }

  private static double average(List<Receipt> receipts, ToDoubleFunction<Receipt> value) {
    return receipts.stream().mapToDouble(value).average().orElse(0);
  }

  private static double orZero(double ms) {
    return Double.isNaN(ms) ? 0 : ms;
  }
}
